"""Lists of places: OCHA's P-code list and our own CSV, read into what is wanted. Nothing is stored here."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from babel import Locale
from babel.core import get_global

from jobs.imports.cells import LONGEST_CODE, BadValueError, day_of, decimal_of, filled, level_of, whole_of
from jobs.imports.outcome import Line, Outcome, last_of_each, opened_table
from models.database import ALWAYS

OCHA_COLUMNS: Final = ("Location", "Admin Level", "P-Code", "Name", "Parent P-Code", "Valid from date")
OUR_COLUMNS: Final = ("code", "name", "parent", "level")


@dataclass(frozen=True, slots=True)
class WantedLocality:
    """valid_from: None where the list says nothing of days."""

    line: int
    code: str
    name: str
    parent: str | None
    level: int
    valid_from: date | None
    population: int | None = None
    lat: float | None = None
    lon: float | None = None
    aliases: tuple[str, ...] = ()
    timezone: str | None = None


def read_places(path: Path, outcome: Outcome) -> list[WantedLocality]:
    """Parents first, then by day. Bad lines go to outcome. Raises Refusal for a file that is neither kind of list."""
    return sorted(_read(path, outcome), key=lambda each: (each.level, each.valid_from or ALWAYS, each.line))


def _read(path: Path, outcome: Outcome) -> list[WantedLocality]:
    with opened_table(path, (), Outcome()) as lines:
        is_ocha = set(OCHA_COLUMNS) <= set(next(lines, (0, {}))[1])
    columns, code, day = (OCHA_COLUMNS, "P-Code", "Valid from date") if is_ocha else (OUR_COLUMNS, "code", "")
    with opened_table(path, columns, outcome) as lines:
        rows = list(lines)
    held = last_of_each(rows, lambda row: row[code] and (row[code], row.get(day, "")), outcome)
    if is_ocha:
        return list(_read_all(held, outcome, _ocha)) + list(_countries(rows))
    return list(_read_all(held, outcome, _ours))


def _read_all(
    rows: Iterable[Line], outcome: Outcome, parse: Callable[[dict[str, str], int], WantedLocality]
) -> Iterator[WantedLocality]:
    for line, row in rows:
        try:
            yield parse(row, line)
        except BadValueError as error:
            outcome.refuse(line, str(error))


def _ocha(row: dict[str, str], line: int) -> WantedLocality:
    return WantedLocality(
        line=line,
        code=filled(row, "P-Code", LONGEST_CODE),
        name=filled(row, "Name"),
        parent=filled(row, "Parent P-Code"),
        level=level_of(filled(row, "Admin Level")),
        valid_from=day_of(filled(row, "Valid from date"), "Valid from date"),
    )


def _countries(rows: Iterable[Line]) -> Iterator[WantedLocality]:
    """OCHA's list names its countries only by ISO alpha-3; names and single time zones come from CLDR."""
    for code in sorted({row["Location"] for _, row in rows if row["Location"]}):
        alpha2 = next(iter(get_global("territory_aliases").get(code, ())), "")
        names = [Locale(language).territories.get(alpha2) for language in ("fr", "en")]
        known = [name for name in names if name]
        zones = [zone for zone, country in get_global("zone_territories").items() if country == alpha2]
        zone = zones[0] if len(zones) == 1 else None
        yield WantedLocality(
            0, code, known[0] if known else code, None, 0, None, aliases=tuple(known[1:]), timezone=zone
        )


def _ours(row: dict[str, str], line: int) -> WantedLocality:
    return WantedLocality(
        line=line,
        code=filled(row, "code", LONGEST_CODE),
        name=filled(row, "name"),
        parent=row["parent"] or None,
        level=level_of(filled(row, "level")),
        valid_from=None,
        population=whole_of(row.get("population", ""), "population"),
        lat=decimal_of(row.get("lat", ""), "lat", 90),
        lon=decimal_of(row.get("lon", ""), "lon", 180),
        aliases=_aliases(row.get("aliases", "")),
        timezone=_single_zone(row["code"]) if row["level"] == "0" else None,
    )


def _aliases(cell: str) -> tuple[str, ...]:
    names = tuple(alias.strip() for alias in cell.split("|") if alias.strip())
    for name in names:
        filled({"aliases": name}, "aliases")
    return names


def _single_zone(alpha3: str) -> str | None:
    return next((each.timezone for each in _countries([(0, {"Location": alpha3})])), None)
