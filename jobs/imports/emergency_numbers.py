"""Emergency numbers from a file: locality,number,tested_on."""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.imports.cells import BadValueError, day_of
from jobs.imports.outcome import Outcome, last_of_each, opened_table, shown
from models.database import Database
from models.localities import EmergencyNumber, Locality
from models.reference import count_reference_change


def import_emergency_numbers(database: Database, path: Path) -> Outcome:
    """locality,number,tested_on: a number is inherited by every locality below that has none of its own."""
    outcome = Outcome()
    with opened_table(path, ("locality", "number", "tested_on"), outcome) as lines:
        rows = last_of_each(list(lines), lambda row: row["locality"], outcome)
    with database.writing() as session:
        ids = dict(session.execute(select(Locality.code, Locality.id)).all())
        for line, row in rows:
            try:
                _put_number(session, ids, row, outcome)
            except BadValueError as error:
                outcome.refuse(line, str(error))
        if outcome.added or outcome.changed:
            count_reference_change(session)
    return outcome


def _put_number(session: Session, ids: dict[str, int], row: dict[str, str], outcome: Outcome) -> None:
    locality_id, number = ids.get(row["locality"]), row["number"]
    if locality_id is None:
        message = f"locality {shown(row['locality'])} is not known"
        raise BadValueError(message)
    if not number.removeprefix("+").isdecimal() or len(number) > 13:  # noqa: PLR2004  what a reply text has room for
        message = f"number {shown(number)} is not 1 to 13 digits"
        raise BadValueError(message)
    tested_on = day_of(row["tested_on"], "tested_on") if row["tested_on"] else None
    known = session.get(EmergencyNumber, locality_id)
    if known is None:
        session.add(EmergencyNumber(locality_id=locality_id, number=number, tested_on=tested_on))
        outcome.added += 1
    elif (known.number, known.tested_on) != (number, tested_on):
        known.number, known.tested_on = number, tested_on
        outcome.changed += 1
    else:
        outcome.unchanged += 1
