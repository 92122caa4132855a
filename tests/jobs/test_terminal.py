"""Texting from the terminal, and asking what would be understood."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from intake.incoming import Means
from jobs.terminal import read_lines, read_texts, text_from_terminal
from models.faults import Refusal
from models.messages import Message
from models.reports import Report
from tests.conftest import START, Store
from tests.intake.factories import AMINATA, all_of, one_of


def text(store: Store, words: str, sender: str = AMINATA, at: str = "") -> list[str]:
    return text_from_terminal(store.database, store.vault, store.keeper, store.settings, words, sender, at)


def test_a_text_is_answered_on_the_spot(store: Store) -> None:
    (answer,) = text(store, "vol à Dixinn")
    report = one_of(store, Report)
    assert answer.startswith("Noté: Vol, Dixinn")
    assert report.reference is not None
    assert report.reference in answer


def test_silence_is_said(store: Store) -> None:
    text(store, "blabla")
    assert text(store, "blabla") == ["(no reply)"]


def test_a_text_may_have_been_sent_before(store: Store) -> None:
    at = datetime.now(UTC) - timedelta(days=3)
    text(store, "vol à Dixinn", at=at.isoformat())
    assert one_of(store, Report).occurred_on == at.date()
    assert one_of(store, Message, Message.direction == "in").late


@pytest.mark.parametrize(
    ("sender", "at", "says"),
    [
        pytest.param("ORANGE", "", "is no phone number", id="a name"),
        pytest.param("8080", "", "is no phone number", id="a short code"),
        pytest.param(AMINATA, "yesterday", "is no time like", id="no time"),
        pytest.param(AMINATA, "2999-01-01", "is still to come", id="a time to come"),
    ],
)
def test_what_cannot_be_sent_is_refused(store: Store, sender: str, at: str, says: str) -> None:
    with pytest.raises(Refusal, match=says):
        text(store, "vol à Dixinn", sender, at)
    assert not all_of(store, Message)


FIELDS = [
    "id",
    "kind",
    "command",
    "argument",
    "category",
    "locality",
    "candidates",
    "occurred_on",
    "killed",
    "injured",
    "danger",
    "protect",
    "victim",
    "language",
    "confidence",
    "missing",
    "review",
    "reply",
]


def understood(store: Store, *lines: str) -> list[dict[str, Any]]:
    with store.database.reading() as session:
        means = Means(store.keeper.current(session), store.vault, store.settings)
    return [json.loads(line) for line in read_texts(means, lines, START)]


def test_each_line_in_is_a_line_out_with_all_fields(store: Store) -> None:
    asked = {"id": 7, "text": "accident à Coyah 2 morts et 3 blessés", "sent_at": "2026-11-20T10:00:00Z"}
    (line,) = understood(store, json.dumps(asked), "", "  \n")
    assert list(line) == FIELDS
    wanted = {
        "id": 7,
        "kind": "report",
        "category": "road_crash",
        "locality": "GN-CO",
        "occurred_on": "2026-11-20",
        "killed": 2,
        "injured": 3,
        "command": None,
        "missing": [],
    }
    assert {name: line[name] for name in wanted} == wanted
    assert line["reply"].startswith("Noté: Accident de la route, Coyah, 20/11")


def test_understanding_writes_nothing(store: Store) -> None:
    understood(store, '{"text": "vol à Dixinn"}', '{"text": "STOP"}')
    assert not all_of(store, Message)


def test_a_home_tells_same_named_places_apart(store: Store) -> None:
    lines = [json.dumps({"text": "vol à Tanéné", "home": home}) for home in (None, "GN-DU", "GN-BK", "XX")]
    assert [line["locality"] for line in understood(store, *lines)] == [None, "GN-DU-TAN", "GN-BK-TAN", None]


@pytest.mark.parametrize("bad", ["no json", "[]", '{"id": 1}', '"text"', "null"])
def test_a_line_that_is_no_question_is_named(store: Store, bad: str) -> None:
    with pytest.raises(Refusal, match="Line 2 is no JSON object"):
        understood(store, '{"text": "vol"}', bad)


def test_lines_come_from_a_file_and_a_missing_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"text": "vol"}\n', encoding="utf-8")
    assert list(read_lines(tmp_path / "in.jsonl")) == ['{"text": "vol"}\n']
    with pytest.raises(Refusal, match="cannot be read"):
        list(read_lines(tmp_path / "nowhere"))


def test_why_there_is_no_reply_is_said(store: Store) -> None:
    text(store, "STOP")
    assert text(store, "vol de moto à Dixinn") == ["(no reply: opted-out)"]
