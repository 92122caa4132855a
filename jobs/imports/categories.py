"""A taxonomy from a file. Codes never change and never go; labels and rules may, and figures follow when protection
does.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.imports.cells import LONGEST_CODE, LONGEST_NAME
from jobs.imports.outcome import BadLine, Line, Outcome, last_of_each, opened_table, shown
from jobs.imports.protection import note_in_history, protect_anew
from jobs.rebuild import rebuild_tallies, with_tallies_at_rest
from models.categories import PROTECTIONS, Category, CategoryLabel, CategoryMerge
from models.clock import Clock, now_utc
from models.database import Database
from models.faults import Refusal
from models.reference import count_reference_change

DEFAULT_TAXONOMY: Final = Path(__file__).parents[2] / "models" / "categories.csv"
_COLUMNS: Final = (
    "code", "parent", "iccs", "protect", "desk_kind", "min_level", "min_count", "delay_days", "echo", "danger",
)  # fmt: skip
_LONGEST: Final = {"code": LONGEST_CODE, "desk_kind": 32, "iccs": 16}
_LONGEST_LANGUAGE: Final = 8
_DIGITS: Final = 4
_DANGERS: Final = ("no", "if_now", "always")


def import_categories(database: Database, path: Path, clock: Clock = now_utc) -> Outcome:
    """Label columns are label_xx, one a language. Raises Refusal for what is no taxonomy, and for one after which
    merged categories would not be protected alike: then nothing of it is taken.
    """
    outcome = Outcome()
    with opened_table(path, _COLUMNS, outcome) as lines:
        rows = last_of_each(list(lines), lambda row: row["code"], outcome)
    return with_tallies_at_rest(database, lambda session: put_categories(session, rows, clock(), outcome.bad))


def put_default_taxonomy(session: Session) -> None:
    if session.scalar(select(Category.id).limit(1)) is None:
        with opened_table(DEFAULT_TAXONOMY, _COLUMNS, Outcome()) as lines:
            put_categories(session, list(lines), now_utc())


def put_categories(session: Session, rows: list[Line], now: datetime, bad: Sequence[BadLine] = ()) -> Outcome:
    """bad: lines that were found wanting before."""
    outcome = Outcome(bad=list(bad))
    known = {row.code: row for row in session.scalars(select(Category))}
    concerned: list[date | None] = []
    for line, row in _parents_first(rows):
        if reason := _too_long(row) or _fault(row, known):
            outcome.refuse(line, reason)
            continue
        values = _values(row, known)
        category = known.get(row["code"])
        if category is None:
            category = known[row["code"]] = Category(code=row["code"], **values)
            session.add(category)
            session.flush()
            outcome.added += 1
            _label(session, category, row)
            continue
        if category.protect != values["protect"]:
            concerned.append(protect_anew(session, category, values["protect"], now))
        changed = [name for name, value in values.items() if getattr(category, name) != value]
        for name in changed:
            setattr(category, name, values[name])
        if _label(session, category, row) or changed:
            outcome.changed += 1
        else:
            outcome.unchanged += 1
    if outcome.added or outcome.changed:
        session.flush()
        _insist_on_merges(session, known.values())
        count_reference_change(session)
    if concerned:
        rebuild_tallies(session)
        note_in_history(session, min((day for day in concerned if day), default=None))
    return outcome


def _insist_on_merges(session: Session, categories: Iterable[Category]) -> None:
    """What merging insists on stays so: else reports of the one would be counted with the protection of the other."""
    by_id = {category.id: category for category in categories}
    for merge in session.scalars(select(CategoryMerge).order_by(CategoryMerge.category_id)):
        one, into = by_id[merge.category_id], by_id[merge.into_id]
        if one.protect != into.protect:
            raise Refusal(
                f"{one.code} counts as {into.code} since {merge.since}, so both must be protected alike; in this file "
                f"{one.code} would be {one.protect} and {into.code} {into.protect}. Give both the same. "
                "Nothing was changed."
            )


def _parents_first(rows: list[Line]) -> list[Line]:
    """By how many of the file's categories stand above; in a circle, where nobody is first, as they come."""
    parents = {row["code"]: row["parent"] for _, row in rows}

    def depth(code: str) -> int:
        above = 0
        while code in parents and above <= len(parents):
            code, above = parents[code], above + 1
        return above

    return sorted(rows, key=lambda each: depth(each[1]["code"]))


def _too_long(row: dict[str, str]) -> str | None:
    """Columns of PostgreSQL have their ends."""
    longest = _LONGEST | {name: LONGEST_NAME for name in row if name.startswith("label_")}
    found = next((name for name, most in longest.items() if len(row[name]) > most), None)
    return f"{found} has more than {longest[found]} characters" if found else None


def _fault(row: dict[str, str], known: dict[str, Category]) -> str | None:
    numbers = [row[name] for name in ("min_level", "min_count", "delay_days")]
    if not row["code"]:
        return "code is empty"
    if row["parent"] and row["parent"] not in known:
        return f"parent {shown(row['parent'])} is not known"
    if row["code"] in _lineage(row["parent"], known):
        return f"{shown(row['code'])} cannot stand below itself"
    if row["protect"] not in PROTECTIONS:
        return f"protect {shown(row['protect'])} is none of {', '.join(PROTECTIONS)}"
    if row["danger"] not in _DANGERS:
        return f"danger {shown(row['danger'])} is none of {', '.join(_DANGERS)}"
    if row["echo"] not in {"yes", "no"}:
        return f"echo {shown(row['echo'])} is neither yes nor no"
    if not row["desk_kind"] or not all(number.isdecimal() and len(number) <= _DIGITS for number in numbers):
        return "desk_kind, min_level, min_count and delay_days must be filled; the last three with small whole numbers"
    return None


def _lineage(code: str, known: dict[str, Category]) -> list[str]:
    """A code and those above it."""
    codes = {category.id: category.code for category in known.values()}
    found = []
    while code:
        found.append(code)
        parent_id = known[code].parent_id
        code = codes[parent_id] if parent_id else ""
    return found


def _values(row: dict[str, str], known: dict[str, Category]) -> dict[str, Any]:
    return {
        "parent_id": known[row["parent"]].id if row["parent"] else None,
        "iccs": row["iccs"] or None,
        "protect": row["protect"],
        "desk_kind": row["desk_kind"],
        "min_level": int(row["min_level"]),
        "min_count": int(row["min_count"]),
        "delay_days": int(row["delay_days"]),
        "echo": row["echo"] == "yes",
        "danger": row["danger"],
    }


def _label(session: Session, category: Category, row: dict[str, str]) -> bool:
    changed = False
    for name, label in row.items():
        language = name.removeprefix("label_")
        if language == name or not label or len(language) > _LONGEST_LANGUAGE:
            continue
        known = session.get(CategoryLabel, (category.id, language))
        if known is None:
            session.add(CategoryLabel(category_id=category.id, language=language, label=label))
            changed = True
        elif known.label != label:
            known.label = label
            changed = True
    return changed
