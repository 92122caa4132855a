"""The law: whatever happens in whatever order, folded tallies, rebuilt ones and a recount in plain Python agree."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from jobs.imports.categories import import_categories
from jobs.imports.incidents import import_incidents
from jobs.imports.localities import import_localities
from jobs.rebuild import rebuild
from models.reports import Report
from tests.conftest import Store
from tests.intake.factories import Sms, add_twilio, all_of, dispatch, fold, give_home, hand_in, write_down
from tests.jobs.recount import (
    INCIDENTS_HEADER,
    OCHA_HEADER,
    TAXONOMY_HEADER,
    differences,
    recounted,
    stored,
    taxonomy_row,
    write_csv,
)

STEPS = 110
SENDERS = [f"+2249200000{n:02d}" for n in range(6)]
TEXTS = [
    "vol à Dixinn",
    "Vol de moto hier à Matoto",
    "accident à Coyah 2 morts et 3 blessés",
    "incendie à Kamsar",
    "vol à Sonfonia",
    "cambriolage à Lambanyi avant hier",
    "mariage forcé à Matoto",
    "racket au barrage à Coyah",
    "trafic de drogue à Sonfonia",
    "au secours",
    "enlèvement à Siguiri",
    "vol à Tanéné",
    "blabla",
    "bonjour",
    "theft in Kaloum yesterday",
]
UNPLACED = ["vol de moto", "incendie", "accident 1 mort", "mariage forcé", "au secours"]
PLACES = ["Dixinn", "Kaloum", "Sonfonia", "Kamsar"]
REPROTECTED = ["fire", "theft", "road_crash", "drugs", "forced_marriage", "vehicle_theft"]
MOVING = ["GN-C-SON", "GN-C-LAM", "GN-BK-KAM", "GN-CO"]


class History:
    """One random course of things. happened says what, to be read when the law breaks."""

    def __init__(self, store: Store, folder: Path, seed: int) -> None:
        self.store = store
        self.folder = folder
        self.dice = random.Random(seed)
        self.happened: list[str] = []
        self.sent: list[Sms] = []
        self.files: dict[str, list[list[object]]] = {}
        self.moved_on: dict[str, date] = {}
        self.channels = ["terminal", "web", add_twilio(store, free_to_sender=True)]
        for sender, home in zip(SENDERS, ("GN-C-MTT", "GN-C-SON", "GN-BK-KAM"), strict=False):
            give_home(store, hand_in(store, "bonjour", sender=sender), home)

    def go(self) -> None:
        steps: list[tuple[int, Callable[[], str]]] = [
            (8, self.texts),
            (5, self.question_and_answer),
            (3, self.repeat),
            (3, self.import_new),
            (3, self.import_changed),
            (2, self.move_a_place),
            (2, self.reprotect),
            (6, self.fold),
            (1, self.rebuild),
        ]
        chosen = self.dice.choices([step for _, step in steps], [weight for weight, _ in steps], k=STEPS)
        for step in chosen:
            self.happened.append(f"{step.__name__} {step()}")

    def texts(self) -> str:
        self.store.clock.go_on(hours=self.dice.randint(0, 30))
        texts = [self._sms(self.dice.choice(TEXTS + UNPLACED)) for _ in range(self.dice.randint(1, 5))]
        self.sent += texts
        write_down(self.store, *texts)
        dispatch(self.store)
        return ", ".join(f"{sms.sender[-2:]} {sms.channel} {sms.text!r}" for sms in texts)

    def question_and_answer(self) -> str:
        sender = self.dice.choice(SENDERS)
        question = Sms(self.dice.choice(UNPLACED), sender, self.channels[2])
        write_down(self.store, question)
        dispatch(self.store)
        if self.dice.random() < 0.5:
            fold(self.store)
        if self.dice.random() < 0.3:
            return f"{question.text!r}, unanswered"
        answer = Sms(self.dice.choice(PLACES), sender, self.channels[2])
        self.sent += [question, answer]
        self.store.clock.go_on(hours=self.dice.randint(0, 23))
        write_down(self.store, answer)
        dispatch(self.store)
        return f"{question.text!r}, {answer.text!r}"

    def repeat(self) -> str:
        again = self.dice.sample(self.sent, min(3, len(self.sent)))
        write_down(self.store, *again)
        dispatch(self.store)
        return str(len(again))

    def import_new(self) -> str:
        name = f"file{len(self.files)}"
        self.files[name] = [self._row() for _ in range(self.dice.randint(1, 12))]
        return self._import(name)

    def import_changed(self) -> str:
        if not self.files:
            return "nothing yet"
        name = self.dice.choice(list(self.files))
        rows = self.files[name]
        for row in self.dice.sample(rows, (len(rows) + 1) // 2):
            row[3] = self.dice.randint(0, 9)
        rows.append(self._row())
        return self._import(name)

    def _import(self, name: str) -> str:
        path = write_csv(self.folder / f"{name}.csv", INCIDENTS_HEADER, self.files[name])
        outcome = import_incidents(self.store.database, self.store.keeper, path, name, self.store.clock())
        assert not outcome.bad
        return f"{name}: {outcome.added} added, {outcome.changed} changed"

    def _row(self) -> list[object]:
        day = self.store.clock.now.date() - timedelta(days=self.dice.randint(0, 400))
        places = ["GN-C-SON", "GN-C-DIX", "GN-BK-KAM", "GN-CO-KOU", "GN-CO", "GIN"]
        return [day, self.dice.choice(places), self.dice.choice(REPROTECTED), self.dice.randint(0, 9)]

    def move_a_place(self) -> str:
        code = self.dice.choice(MOVING)
        since = self.moved_on.get(code, date(2026, 9, 1)) + timedelta(days=self.dice.randint(1, 30))
        self.moved_on[code] = since
        parents = {2: ["GN-B", "GN-C", "GN-D"], 3: ["GN-BK", "GN-BF", "GN-CO"]}
        level = 3 if code == "GN-BK-KAM" else 2
        parent = self.dice.choice(parents[level])
        names = {"GN-C-SON": "Sonfonia", "GN-C-LAM": "Lambanyi", "GN-BK-KAM": "Kamsar", "GN-CO": "Coyah"}
        rows = [("GIN", level, code, names[code], parent, since)]
        outcome = import_localities(
            self.store.database, write_csv(self.folder / "moved.csv", OCHA_HEADER, rows), self.store.clock().date()
        )
        assert not outcome.bad
        return f"{code} to {parent} on {since}: {outcome.changed} changed"

    def reprotect(self) -> str:
        code, protect = self.dice.choice(REPROTECTED), self.dice.choice(["none", "survivor", "armed"])
        parent = "theft" if code == "vehicle_theft" else ""
        rows = [taxonomy_row(code, protect=protect, parent=parent)]
        outcome = import_categories(self.store.database, write_csv(self.folder / "t.csv", TAXONOMY_HEADER, rows))
        assert not outcome.bad
        return f"{code} is {protect}"

    def fold(self) -> str:
        fold(self.store)
        if self.dice.random() < 0.3:
            assert not differences(stored(self.store), recounted(self.store)), "\n".join(self.happened)
        return ""

    def rebuild(self) -> str:
        return str(rebuild(self.store.database))

    def _sms(self, text: str) -> Sms:
        sent_at = self.store.clock() - timedelta(hours=self.dice.randint(0, 500)) if self.dice.random() < 0.5 else None
        return Sms(text, self.dice.choice(SENDERS), self.dice.choice(self.channels), sent_at)


@pytest.mark.parametrize("seed", range(3))
def test_running_counts_rebuild_and_recount_are_equal(store: Store, tmp_path: Path, seed: int) -> None:
    history = History(store, tmp_path, seed)
    history.go()
    told = "\n".join(history.happened)
    fold(store)
    wanted = recounted(store)
    running = stored(store)
    rebuild(store.database)
    assert not differences(running, wanted), f"running counts differ after\n{told}"
    assert not differences(stored(store), wanted), f"the rebuild differs after\n{told}"
    _insist_that_much_happened(store, history)


def _insist_that_much_happened(store: Store, history: History) -> None:
    """A law over nothing always holds."""
    assert len({line.partition(" ")[0] for line in history.happened}) >= 8
    reports = all_of(store, Report)
    assert len(reports) > 60
    statuses = Counter(report.status for report in reports)
    assert {"open", "waiting"} <= statuses.keys()
    assert {report.protect for report in reports} >= {"none", "survivor"}
    assert any(report.weight > 1 and report.revision > 1 for report in reports)
    figures = stored(store).values()
    measures = ("reports", "incidents", "killed", "injured", "waiting", "messages")
    assert all(any(getattr(each, name) for each in figures) for name in measures)
