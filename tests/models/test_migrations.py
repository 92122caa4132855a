"""The schema's way up and down, on both engines and with rows in every table, and that the models say the same."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    String,
    Table,
    Uuid,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)

from models import Base
from models.database import Database
from models.faults import Refusal
from models.reports import CIRCUMSTANCES
from models.schema import insist_on_newest, migrate, migrate_down, newest, present

VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"
DATED = re.compile(r"20\d\d_[01]\d_[0-3]\d_[0-2]\d[0-5]\d_[a-z0-9_]+\.py")
ALLOWED = re.compile(r"(\w+) IN \('([^']+)'")
TABLES = Base.metadata.sorted_tables
REPORTS = Base.metadata.tables["reports"]


@pytest.fixture
def database(empty_url: str) -> Iterator[Database]:
    database = Database(empty_url)
    yield database
    database.close()


def plain_value(column: Column[Any]) -> Any:
    """Some value this column takes, foreign keys and check constraints aside."""
    kind = column.type
    if isinstance(kind, Uuid):
        return uuid4()
    if isinstance(kind, Boolean):
        return True
    if isinstance(kind, Integer | Float):
        return 1
    if isinstance(kind, Date):
        return date(2026, 11, 22)
    if isinstance(kind, LargeBinary):
        return b"\0\xff"
    if isinstance(kind, String):
        return "x"
    if isinstance(getattr(kind, "impl", kind), DateTime):
        return datetime(2026, 11, 22, tzinfo=UTC)
    return {}


def row_for(table: Table, made: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A row that fills every column; its foreign keys point at the rows made so far, its own table's at nothing."""
    allowed = {
        match[1]: match[2]
        for constraint in table.constraints
        if (match := ALLOWED.match(str(getattr(constraint, "sqltext", ""))))
    }
    row: dict[str, Any] = {}
    for column in table.columns:
        foreign = next(iter(column.foreign_keys), None)
        if foreign is not None:
            target = foreign.column
            row[column.name] = made.get(target.table.name, {}).get(target.name)
        else:
            row[column.name] = allowed.get(column.name) or plain_value(column)
    if table.name == "reports":
        row["status"] = "closed"  # because close_reason is filled
    return row


def fill(database: Database) -> dict[str, int]:
    """A row in every table; returns how many rows each then has."""
    made: dict[str, dict[str, Any]] = {}
    with database.writing() as session:
        for table in TABLES:
            found = session.execute(select(table)).mappings().first()
            made[table.name] = dict(found) if found else row_for(table, made)
            if not found:
                session.execute(insert(table), [made[table.name]])
    return rows_in(database)


def rows_in(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES}


def tables_of(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names())


def test_there_is_one_newest_schema() -> None:
    script = ScriptDirectory(str(VERSIONS.parent))
    assert script.get_heads() == [newest()]
    assert len(script.get_bases()) == 1


def test_migrations_are_named_by_their_date() -> None:
    names = [path.name for path in VERSIONS.glob("*.py") if path.name != "__init__.py"]
    assert names
    assert [name for name in names if not DATED.fullmatch(name)] == []


def test_every_migration_says_which_locks_it_takes_and_has_a_way_back() -> None:
    for revision in ScriptDirectory(str(VERSIONS.parent)).walk_revisions():
        assert "Takes locks on:" in revision.longdoc, revision.revision
        assert revision.module.downgrade.__code__.co_code != (lambda: None).__code__.co_code, revision.revision


def test_up_down_and_up_again_with_rows_in_every_table(database: Database) -> None:
    migrate(database)
    filled = fill(database)
    assert set(filled) == set(Base.metadata.tables)
    assert min(filled.values()) >= 1

    migrate_down(database, "base")
    assert tables_of(database) == {"alembic_version"}
    assert present(database) is None

    migrate(database)
    assert tables_of(database) == {*Base.metadata.tables, "alembic_version"}
    assert fill(database) == filled


def test_how_it_happened_comes_from_the_readings_that_are_there(database: Database) -> None:
    """Of a text understood before reports held it; one without a reading tells nothing."""
    told = {"victim": "woman", "setting": "market", "part_of_day": None, "kind": "report"}
    migrate(database)
    fill(database)
    with database.writing() as session:
        session.execute(update(Base.metadata.tables["readings"]).values(understood=told))
        silent = dict(session.execute(select(REPORTS)).mappings().one())
        names = {"id": uuid4(), "reference": "y", "dataset_key": "y"}
        session.execute(insert(REPORTS), [silent | names])
    migrate_down(database, "2026_11_22_1700")
    migrate(database)
    with database.reading() as session:
        columns = [REPORTS.c[name] for name in CIRCUMSTANCES]
        found = session.execute(select(*columns).order_by(REPORTS.c.reference)).all()
    assert found == [("woman", "market", None, None), (None, None, None, None)]


def test_migrating_again_changes_nothing(database: Database) -> None:
    migrate(database)
    filled = fill(database)
    migrate(database)
    assert rows_in(database) == filled


def test_the_models_are_the_schema(database: Database) -> None:
    migrate(database)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_checks_of_the_models_are_in_the_schema(database: Database) -> None:
    """Alembic compares no check constraints, so they are counted by name."""
    migrate(database)
    inspector = inspect(database.engine)
    for table in TABLES:
        wanted = {str(each.name) for each in table.constraints if isinstance(each, CheckConstraint)}
        assert {each["name"] for each in inspector.get_check_constraints(table.name)} == wanted, table.name


def test_a_store_without_the_newest_schema_is_refused_with_what_to_do(database: Database) -> None:
    with pytest.raises(Refusal, match="kibaro migrate"):
        insist_on_newest(database)
    migrate(database)
    insist_on_newest(database)


def test_nothing_is_left_in_the_file_of_a_store_taken_down(tmp_path: Path) -> None:
    """secure_delete: what was in a dropped table is in no free page."""
    path = tmp_path / "kibaro.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    marker = uuid4()
    with database.writing() as session:
        session.execute(text("INSERT INTO vault_checks (version, value) VALUES (7, :value)"), {"value": marker.bytes})
    migrate_down(database, "base")
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    assert marker.bytes not in b"".join(each.read_bytes() for each in tmp_path.iterdir())
