"""Loading in bulk: tables without their indexes meanwhile, and a store that has come to rest afterwards."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.database import Database

# References to a key stand in its way: they go first and come back last, and are checked then.
_CONSTRAINTS: Final = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
FROM pg_constraint
WHERE (conrelid = ANY(CAST(:tables AS regclass[])) AND contype IN ('p', 'u'))
   OR (confrelid = ANY(CAST(:tables AS regclass[])) AND contype = 'f')
ORDER BY contype = 'f', conname
"""
_INDEXES: Final = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
FROM pg_index
WHERE indrelid = ANY(CAST(:tables AS regclass[]))
  AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))
ORDER BY 1
"""


@contextmanager
def without_indexes(database: Database, tables: Sequence[str]) -> Iterator[None]:
    """Afterwards every key, reference and index is there again."""
    with database.writing() as session:
        constraints = session.execute(text(_CONSTRAINTS), {"tables": list(tables)}).all()
        indexes = session.execute(text(_INDEXES), {"tables": list(tables)}).all()
        for table, name, _ in reversed(constraints):
            session.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
        for name, _ in indexes:
            session.execute(text(f"DROP INDEX {name}"))
    yield
    with database.writing() as session:
        session.execute(text("SET LOCAL maintenance_work_mem = '1GB'"))
        for table, name, definition in constraints:
            session.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"))
        for _, definition in indexes:
            session.execute(text(definition))
        _insist_on_all(session, tables, [name for name, _ in indexes], [name for _, name, _ in constraints])


def _insist_on_all(session: Session, tables: Sequence[str], indexes: Sequence[str], constraints: Sequence[str]) -> None:
    there = {name for name, _ in session.execute(text(_INDEXES), {"tables": list(tables)})}
    kept = {name for _, name, _ in session.execute(text(_CONSTRAINTS), {"tables": list(tables)})}
    if there != set(indexes) or kept != set(constraints):
        raise RuntimeError("not all indexes came back")


def tidied(database: Database) -> None:
    """What autovacuum and the checkpointer would otherwise do in the middle of a measurement."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM (ANALYZE)")
        connection.exec_driver_sql("CHECKPOINT")
