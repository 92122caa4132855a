"""A taxonomy from a file. Codes never change and never go; labels and rules may, and figures follow when protection
does.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from jobs.imports.outcome import BadLine, Line, Outcome, opened_table, shown
from jobs.rebuild import rebuild_tallies, with_tallies_at_rest
from models.categories import PROTECTIONS, Category, CategoryLabel
from models.database import Database
from models.reference import count_reference_change
from models.reports import Report

DEFAULT_TAXONOMY: Final = Path(__file__).parents[2] / "models" / "categories.csv"
_COLUMNS: Final = (
    "code", "parent", "iccs", "protect", "desk_kind", "min_level", "min_count", "delay_days", "echo", "danger",
)  # fmt: skip
_DANGERS: Final = ("no", "if_now", "always")


def import_categories(database: Database, path: Path) -> Outcome:
    """Label columns are label_xx, one a language. Raises Refusal for what is no taxonomy."""
    outcome = Outcome()
    with opened_table(path, _COLUMNS, outcome) as lines:
        rows = list(lines)
    return with_tallies_at_rest(database, lambda session: put_categories(session, rows, outcome.bad))


def put_default_taxonomy(session: Session) -> None:
    if session.scalar(select(Category.id).limit(1)) is None:
        with opened_table(DEFAULT_TAXONOMY, _COLUMNS, Outcome()) as lines:
            put_categories(session, list(lines))


def put_categories(session: Session, rows: list[Line], bad: Sequence[BadLine] = ()) -> Outcome:
    """bad: lines that were found wanting before."""
    outcome = Outcome(bad=list(bad))
    known = {row.code: row for row in session.scalars(select(Category))}
    reprotected = False
    for line, row in _parents_first(rows):
        if reason := _fault(row, known):
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
            own = update(Report).where(Report.category_id == category.id, Report.protect == category.protect)
            session.execute(own.values(protect=values["protect"]))
            reprotected = True
        changed = [name for name, value in values.items() if getattr(category, name) != value]
        for name in changed:
            setattr(category, name, values[name])
        if _label(session, category, row) or changed:
            outcome.changed += 1
        else:
            outcome.unchanged += 1
    if outcome.added or outcome.changed:
        session.flush()
        count_reference_change(session)
    if reprotected:
        rebuild_tallies(session)
    return outcome


def _parents_first(rows: list[Line]) -> list[Line]:
    """By how many of the file's categories stand above; in a circle, where nobody is first, as they come."""
    parents = {row["code"]: row["parent"] for _, row in rows}

    def depth(code: str) -> int:
        above = 0
        while code in parents and above <= len(parents):
            code, above = parents[code], above + 1
        return above

    return sorted(rows, key=lambda each: depth(each[1]["code"]))


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
    if not row["desk_kind"] or not all(number.isdecimal() for number in numbers):
        return "desk_kind, min_level, min_count and delay_days must be filled; the last three with whole numbers"
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
        if not name.startswith("label_") or not label:
            continue
        language = name.removeprefix("label_")
        known = session.get(CategoryLabel, (category.id, language))
        if known is None:
            session.add(CategoryLabel(category_id=category.id, language=language, label=label))
            changed = True
        elif known.label != label:
            known.label = label
            changed = True
    return changed
