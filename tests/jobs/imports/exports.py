"""Ushahidi exports made by hand, and looks at what became of their rows."""

from datetime import date
from pathlib import Path
from typing import Any

from jobs.imports.ushahidi import Wanted, import_ushahidi
from jobs.imports.ushahidi_rows import UshahidiOutcome
from jobs.rebuild import rebuild
from models.categories import Category
from models.imported_reports import ReportTag
from models.localities import Locality
from models.reports import Report
from tests.conftest import Store
from tests.intake.factories import all_of, fold, one_of
from tests.jobs.recount import differences, recounted, stored, write_csv

HEADER = "#,INCIDENT TITLE,INCIDENT DATE,LOCATION,DESCRIPTION,CATEGORY,LATITUDE,LONGITUDE,APPROVED,VERIFIED"
CANARY = "Camara Mamadou +12025550123"
DAY = date(2024, 3, 12)
Cells = dict[str, Any]


def row(serial: Any, **changes: Any) -> Cells:
    return {
        "#": serial,
        "INCIDENT TITLE": CANARY,
        "INCIDENT DATE": "12/03/2024 17:26",
        "LOCATION": "Dixinn, Conakry",
        "DESCRIPTION": f'{CANARY}, "quoted"\nand on',
        "CATEGORY": "4a. Pillage | Looting, ",
        "LATITUDE": "",
        "LONGITUDE": "",
        "APPROVED": "YES",
        "VERIFIED": "NO",
    } | changes


def brought(store: Store, folder: Path, *rows: Cells, country: str = "", **options: Any) -> UshahidiOutcome:
    header = ",".join(rows[0])
    path = write_csv(folder / "haiti.csv", header, [list(each.values()) for each in rows])
    wanted = Wanted(path, options.pop("dataset", "haiti"), country, **options)
    outcome = import_ushahidi(store.database, store.keeper, wanted, "UTC", store.clock())
    fold(store)
    return outcome


def report(store: Store, serial: str = "1") -> Report:
    return one_of(store, Report, Report.dataset_key == serial)


def place_of(store: Store, serial: str = "1") -> str:
    return one_of(store, Locality, Locality.id == report(store, serial).locality_id).code


def category_of(store: Store, serial: str = "1") -> str | None:
    category_id = report(store, serial).category_id
    return one_of(store, Category, Category.id == category_id).code if category_id else None


def tags_of(store: Store, serial: str = "1") -> set[str]:
    return {each.tag for each in all_of(store, ReportTag, ReportTag.report_id == report(store, serial).id)}


def agrees(store: Store) -> None:
    """Folded figures, rebuilt ones and a recount are the same."""
    assert not differences(stored(store), recounted(store))
    rebuild(store.database)
    assert not differences(stored(store), recounted(store))
