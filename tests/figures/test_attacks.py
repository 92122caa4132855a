"""Attacks on the public rule: taking shown figures from each other must never leave what is hidden."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event

from intake.cases import Case
from intake.corrections import merge_incidents
from intake.rows import Rows
from jobs.imports.categories import import_categories
from jobs.imports.incidents import import_incidents
from jobs.imports.localities import import_localities
from models.incidents import Incident
from models.reporters import Reporter
from tests.conftest import Store
from tests.figures.asking import Window
from tests.figures.facts import MEASURES, Facts
from tests.figures.oracle import Asker, Row
from tests.figures.test_public_rule import a_world
from tests.figures.worlds import ABROAD, GUARDED, PLACES
from tests.figures.writing import put_reports
from tests.intake.factories import all_of, fold
from tests.jobs.recount import INCIDENTS_HEADER, OCHA_HEADER, TAXONOMY_HEADER, taxonomy_row, write_csv
from tests.serving import Served, utc

pytestmark = pytest.mark.anyio

OUTSIDER = Asker()
QUARTER = {"period": "quarter", "from": "2026-07-01", "to": "2026-09-30"}
EACH = QUARTER | {"group_by": "locality,category,period"}
END = date(2026, 9, 30)
DELAY = 7


class Scene:
    """Drugs are told down to level 2, from three incidents, seven days after the quarter."""

    def __init__(self, served: Served, folder: Path) -> None:
        self.store: Store = served.store
        self.window = Window(served)
        self._folder = folder
        self.rule()
        self.reporters = self._reporters(6)

    def rule(self, **changes: Any) -> None:
        row = taxonomy_row(
            "drugs", **({"protect": "armed", "min_level": 2, "min_count": 3, "delay_days": DELAY} | changes)
        )
        import_categories(self.store.database, write_csv(self._folder / "rules.csv", TAXONOMY_HEADER, [row]))

    def _reporters(self, number: int) -> list[UUID]:
        ids = [uuid4() for _ in range(number)]
        with self.store.database.writing() as session:
            session.add_all([Reporter(id=each, kind="citizen", created_at=self.store.clock()) for each in ids])
        return ids

    def tell(self, place: str, number: int, day: str = "2026-08-10", reporters: int = 6) -> None:
        """So many reports, by so many reporters in turn."""
        wanted = [
            {
                "category": "drugs",
                "locality": place,
                "day": date.fromisoformat(day),
                "reporter_id": self.reporters[n % reporters],
            }
            for n in range(number)
        ]
        put_reports(self.store, wanted)
        fold(self.store)

    def bring(self, place: str, weight: int) -> None:
        path = write_csv(self._folder / f"{place}.csv", INCIDENTS_HEADER, [("2026-08-10", place, "drugs", weight)])
        import_incidents(self.store.database, self.store.keeper, path, place, self.store.clock())
        fold(self.store)

    def move(self, code: str, level: int, parent: str, since: str) -> None:
        path = write_csv(self._folder / "moved.csv", OCHA_HEADER, [("GIN", level, code, code, parent, since)])
        import_localities(self.store.database, path, self.store.clock().date())

    async def shown(self, *places: str, **query: Any) -> dict[str, int]:
        """Reports about drugs, by place, as an outsider sees them; places with their children."""
        found: dict[str, int] = {}
        for place in places:
            rows = await self.window.rows(OUTSIDER, EACH | {"locality": place, "depth": 1} | query)
            found |= {row["locality"]: row["reports"] for row in rows if row["category"] == "drugs"}
        return found


@pytest.fixture
def scene(served: Served, tmp_path: Path) -> Scene:
    return Scene(served, tmp_path)


async def test_a_parent_counts_only_its_shown_children(scene: Scene) -> None:
    scene.tell("GN-BK", 4)
    scene.tell("GN-BK-KAM", 1)
    scene.tell("GN-BF", 2)
    scene.tell("GN-B", 5)
    scene.tell("GIN", 5)
    assert await scene.shown("GIN", "GN-B", "GN-BK") == {"GIN": 5, "GN-B": 5, "GN-BK": 5}


async def test_a_place_that_moves_in_the_middle_counts_whole_where_it_ends(scene: Scene) -> None:
    scene.tell("GN-CO", 2, "2026-08-10")
    scene.tell("GN-CO", 4, "2026-08-20")
    scene.tell("GN-KD", 2)
    scene.move("GN-CO", 2, "GN-C", "2026-08-15")
    assert await scene.shown("GIN", "GN-C", "GN-D") == {"GIN": 6, "GN-C": 6, "GN-CO": 6}


async def test_a_parent_whose_children_have_left_is_not_told_as_a_whole(scene: Scene) -> None:
    """What it held of them until they left would be told, though they themselves are hidden."""
    scene.move("GN-X", 1, "GIN", "2026-01-01")
    scene.move("GN-X-1", 2, "GN-X", "2026-01-01")
    scene.tell("GN-X", 4)
    before = await scene.shown("GIN", "GN-X", "GN-B")
    scene.move("GN-X-1", 2, "GN-B", "2026-08-15")
    scene.tell("GN-X-1", 1)
    assert before == await scene.shown("GIN", "GN-X", "GN-B") == {}


async def test_a_parent_whose_children_left_before_the_quarter_is_a_leaf(scene: Scene) -> None:
    scene.move("GN-X", 1, "GIN", "2026-01-01")
    scene.move("GN-X-1", 2, "GN-X", "2026-01-01")
    scene.move("GN-X-1", 2, "GN-B", "2026-07-01")
    scene.tell("GN-X", 4)
    assert await scene.shown("GIN", "GN-X") == {"GIN": 4, "GN-X": 4}


CELLS = {
    "GN-BK": (3, 3, 0, True),  # just enough
    "GN-BF": (2, 2, 0, False),  # too few incidents
    "GN-FR": (6, 2, 0, False),  # too few reporters
    "GN-GA": (6, 2, 1, True),  # an imported one is a third reporter
    "GN-CO": (0, 1, 3, True),  # an imported row stands for as many reporters as its weight
    "GN-KD": (0, 1, 2, False),  # a smaller imported row
}
"""Reports, by so many reporters; weight of an imported row; whether they are shown."""


async def test_a_cell_is_shown_from_enough_incidents_and_three_reporters(scene: Scene) -> None:
    for place, (number, reporters, weight, _) in CELLS.items():
        if weight:
            scene.bring(place, weight)
        scene.tell(place, number, reporters=reporters)
    shown = {place: number + weight for place, (number, _, weight, is_shown) in CELLS.items() if is_shown}
    assert await scene.shown("GN-B", "GN-D") == shown | {"GN-B": 10, "GN-D": 3}


async def test_incidents_are_counted_not_reports(scene: Scene) -> None:
    """Six reports of two incidents."""
    scene.tell("GN-BK", 6)
    ids = [incident.id for incident in all_of(scene.store, Incident)]
    for other in ids[1:-1]:
        with scene.store.database.writing() as session:
            reference, rows = scene.store.keeper.current(session), Rows()
            case = Case(session, reference, rows, scene.store.clock()).take([], [ids[0], other])
            merge_incidents(case, case.incidents[other], case.incidents[ids[0]])
            rows.write(session)
    fold(scene.store)
    assert await scene.shown("GN-BK") == {}
    scene.rule(min_count=2)
    assert await scene.shown("GN-BK") == {"GN-BK": 6}


async def test_a_quarter_is_shown_when_the_days_after_its_end_are_over(scene: Scene) -> None:
    scene.tell("GN-BK", 5)
    for delay, days, is_shown in ((0, 0, 0), (0, 1, 1), (7, 7, 0), (7, 8, 1), (53, 53, 0), (52, 53, 1)):
        scene.rule(delay_days=delay)
        scene.store.clock.now = utc(f"{END + timedelta(days=days)}T12:00:00")
        assert await scene.shown("GN-BK") == ({"GN-BK": 5} if is_shown else {}), (delay, days)


async def test_only_the_level_of_the_category_and_those_above_are_shown(scene: Scene) -> None:
    scene.tell("GN-BK-KAM", 5)
    for level, seen in ((0, ["GIN"]), (1, ["GIN", "GN-B"]), (2, ["GIN", "GN-B", "GN-BK"])):
        scene.rule(min_level=level)
        assert await scene.shown("GIN", "GN-B", "GN-BK", "GN-BK-KAM") == dict.fromkeys(seen, 5)


async def test_what_is_not_one_quarter_one_place_and_one_category_is_not_shown(scene: Scene, tmp_path: Path) -> None:
    abroad = write_csv(tmp_path / "abroad.csv", "code,name,parent,level", ABROAD)
    import_localities(scene.store.database, abroad, END)
    scene.tell("GN-BK", 5)
    scene.tell("SLE-E-KEN", 5)
    scene.tell("GN-BK", 5, "2026-05-20")
    one, both, guinea = QUARTER | {"category": "drugs"}, {"from": "2026-04-01"}, {"locality": "GIN"}
    shown: list[dict[str, Any]] = [
        one | guinea,
        one | {"group_by": "locality"},
        one | guinea | {"group_by": ""},
        QUARTER | guinea | {"group_by": "category"},
        one | both | guinea,
    ]
    hidden: list[dict[str, Any]] = [
        one,
        QUARTER | {"group_by": "category,period"},
        one | guinea | both | {"group_by": "locality"},
        one | guinea | {"category": "drugs*"},
        QUARTER | guinea,
        *(one | guinea | {"period": grain} for grain in ("day", "week", "month", "year")),
        one | guinea | {"boundaries": "2026-01-01"},
        one | guinea | {"as_of": "2026-11-22T09:00:00Z"},
    ]
    for query in shown:
        assert {row["reports"] for row in await scene.window.rows(OUTSIDER, query)} == {5}, query
    for query in hidden:
        assert await scene.window.rows(OUTSIDER, query) == [], query


async def test_a_question_over_a_century_costs_what_is_there_and_not_what_could_be(scene: Scene) -> None:
    scene.tell("GN-BK", 5)
    statements: list[str] = []
    event.listen(scene.store.database.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    query = EACH | {"locality": "GIN", "depth": 1, "from": "1900-01-01"}
    rows = await scene.window.rows(OUTSIDER, query)
    assert [(row["locality"], row["reports"]) for row in rows] == [("GIN", 5), ("GN-B", 5)]
    assert len(statements) < 20


async def test_a_shown_parent_less_its_shown_children_is_nothing(served: Served, tmp_path: Path) -> None:
    """Whatever moved when: by the tree of each quarter's end."""
    world = a_world(served, tmp_path, seed=11)
    window, facts = Window(served), Facts(world.store)
    rows: dict[tuple[str, str, str], Row] = {}
    for place in PLACES:
        for row in await window.rows(OUTSIDER, EACH | {"from": "2026-04-01", "locality": place}):
            if row["category"] in GUARDED:
                rows[row["locality"], row["end"], row["category"]] = row
    parents = 0
    for (place, end, category), row in rows.items():
        children = [each for each in facts.levels if facts.parent(each, date.fromisoformat(end)) == place]
        parts = [rows[child, end, category] for child in children if (child, end, category) in rows]
        if parts:
            parents += 1
            assert [row[name] for name in MEASURES] == [sum(part[name] for part in parts) for name in MEASURES], row
    assert parents > 5
