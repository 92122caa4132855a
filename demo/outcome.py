"""What came of the demonstration, read back over HTTP as staff would, and shown on the terminal."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
from rich.console import Console
from rich.table import Table

from models.settings import Settings

SHOWN_EXCHANGES: Final = 6


@dataclass(frozen=True, slots=True)
class Sent:
    """What the door said: how many requests got which status, and the answers people received."""

    statuses: Counter[int]
    repeats: int
    exchanges: list[tuple[str, str]]
    seconds: float


def show_outcome(console: Console, settings: Settings, key: str, sent: Sent, *, goes_on: bool) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=settings.public_url, headers=headers, timeout=10) as client:
        _show_exchanges(console, sent)
        _show_figures(console, client)
        _show_waiting(console, client)
    _show_refused(console, sent)
    if not goes_on:
        _show_how_to_go_on(console, settings)
    _show_next(console, settings.public_url, key)


def _show_exchanges(console: Console, sent: Sent) -> None:
    console.print(
        "\n[bold]What people wrote, and what they were answered[/bold] (invented texts; real ones are sealed)"
    )
    step = max(len(sent.exchanges) // SHOWN_EXCHANGES, 1)
    for text, answer in sent.exchanges[::step][:SHOWN_EXCHANGES]:
        console.print(f"  ▸ {text}", markup=False, soft_wrap=True)
        console.print(f"    {answer}", markup=False, style="green", soft_wrap=True)


def _show_figures(console: Console, client: httpx.Client) -> None:
    since = (datetime.now(UTC) - timedelta(days=62)).date().isoformat()
    rows = _all(
        client,
        "/v1/aggregates",
        locality="GN-C",
        depth=1,
        period="day",
        group_by="locality,category",
        **{"from": since},
    )
    totals = _all(
        client, "/v1/aggregates", locality="GN-C", depth=1, period="day", group_by="locality", **{"from": since}
    )
    country = _all(client, "/v1/aggregates", locality="GIN", period="day", group_by="locality", **{"from": since})
    names = {row["code"]: row["name"] for row in _all(client, "/v1/localities")}
    labels = {row["code"]: row["labels"]["fr"] for row in _all(client, "/v1/categories")}
    table = Table(
        title="Texts received in 60 days: Guinea, Conakry and its communes (not crimes committed)", title_justify="left"
    )
    for heading in ("locality", "reports", "killed", "injured", "most reported"):
        table.add_column(heading, justify="right" if heading in {"reports", "killed", "injured"} else "left")
    for total in sorted([*totals, *country], key=lambda row: -row["reports"]):
        top = sorted((row for row in rows if row["locality"] == total["locality"]), key=lambda row: -row["reports"])
        most = ", ".join(f"{labels[row['category']]} {row['reports']}" for row in top[:3])
        figures = [str(total[name]) for name in ("reports", "killed", "injured")]
        table.add_row(names[total["locality"]], *figures, most)
    console.print()
    console.print(table)
    console.print(
        "Violence at home, rackets, armed groups and the like are counted too, but this key may not see them.",
        style="dim",
    )


def _show_waiting(console: Console, client: httpx.Client) -> None:
    reports = Counter(row["review"] for row in _all(client, "/v1/reports", review="true"))
    texts = Counter(row["review"] for row in _all(client, "/v1/messages", direction="in") if row["review"])
    console.print(
        "\n[bold]What waits for a person, and why[/bold] (what cannot be told is asked or looked at, never guessed)"
    )
    for reason, number in (reports + texts).most_common():
        console.print(f"  {number:4d}  {REASONS.get(reason, reason)}", markup=False)


REASONS: Final = {
    "no-category": "it is not clear what happened",
    "no-locality": "no place that is known was named",
    "several-categories": "it could be one of several things",
    "several-places": "it could be one of several places",
    "future-day": "the day lies in the future",
    "old-day": "the day lies over a year back",
    "several-days": "it could be one of several days",
    "unclear-day": "the day cannot be made out",
    "vague-day": "the day is only roughly said",
    "place-unsure": "the place is not certain",
    "advertisement": "it looks like an advertisement",
    "wrong-number": "it seems meant for somebody else",
    "question": "it asks rather than reports",
    "rumour": "it is hearsay",
    "no-question": "it names a place, and nothing was asked",
}


def _show_refused(console: Console, sent: Sent) -> None:
    refused = sum(number for status, number in sent.statuses.items() if status != httpx.codes.OK)
    console.print(
        f"\n{sent.statuses.total()} requests in {sent.seconds:.0f} s: {sent.statuses[200]} taken in, of which "
        f"{sent.repeats} repeats by the provider that changed nothing; "
        f"{refused} refused (forged signature or foreign account)."
    )


def _show_how_to_go_on(console: Console, settings: Settings) -> None:
    console.print("\n[bold]The server has stopped[/bold]; this serves the same store again:")
    port = settings.public_url.rpartition(":")[2]
    environment = f"KIBARO_DATABASE_URL={settings.database_url} KIBARO_KEY_FILE={settings.key_file}"
    console.print(f"  {environment} .venv/bin/kibaro serve --port {port}", markup=False)


def _show_next(console: Console, base: str, key: str) -> None:
    console.print("\n[bold]Ask it yourself[/bold]")
    for path in (
        "/v1/aggregates?locality=GN-C&depth=1&group_by=locality,period",
        "/v1/aggregates?category=theft*&period=week",
        "/v1/reports?review=true&limit=3",
    ):
        console.print(f"  curl -H 'Authorization: Bearer {key}' '{base}{path}'", markup=False, soft_wrap=True)
    console.print(f"  the whole API: {base}/docs\n", soft_wrap=True)


def _all(client: httpx.Client, path: str, **query: Any) -> list[dict[str, Any]]:
    """Every row of a list, page by page."""
    rows: list[dict[str, Any]] = []
    answer = client.get(path, params={"limit": 500, **query}).raise_for_status()
    rows += answer.json()["rows"]
    while following := answer.links.get("next"):
        answer = client.get(following["url"]).raise_for_status()
        rows += answer.json()["rows"]
    return rows
