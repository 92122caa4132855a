"""The law: whatever happens in whatever order, folded tallies, rebuilt ones and a recount in plain Python agree."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from jobs.erasing import erase
from jobs.imports.categories import import_categories
from jobs.imports.incidents import import_incidents
from jobs.imports.localities import import_localities
from jobs.rebuild import rebuild
from models.faults import Conflict, Invalid
from models.reports import CLOSE_REASONS, Report
from models.tallies import Measures
from tests.conftest import Store
from tests.intake.correcting import correct, merge, move, state
from tests.intake.factories import Sms, add_twilio, all_of, dispatch, fold, give_home, hand_in, report_of, write_down
from tests.jobs.recount import (
    INCIDENTS_HEADER,
    OCHA_HEADER,
    TAXONOMY_HEADER,
    disagreements,
    stored,
    stored_reporters,
    taxonomy_row,
    unsettled,
    write_csv,
)

STEPS = 170
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
PLACES_BY_CODE = ["GN-C-SON", "GN-C-DIX", "GN-BK-KAM", "GN-CO-KOU", "GN-CO", "GIN"]
REPROTECTED = ["fire", "theft", "road_crash", "drugs", "forced_marriage", "vehicle_theft"]
MOVING = ["GN-C-SON", "GN-C-LAM", "GN-BK-KAM", "GN-CO"]


class History:
    """One random course of things. happened says what, to be read when the law breaks.

    done: how often each kind of correction was not refused. counted: the measures that were seen above nothing.
    """

    def __init__(self, store: Store, folder: Path, seed: int) -> None:
        self.store = store
        self.folder = folder
        self.dice = random.Random(seed)
        self.happened: list[str] = []
        self.done: Counter[str] = Counter()
        self.counted: set[str] = set()
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
            (12, self.correct),
            (12, self.move),
            (5, self.join),
            (3, self.split),
            (4, self.state),
            (3, self.merge),
            (2, self.erase),
            (6, self.fold),
            (1, self.rebuild),
        ]
        self.begin()
        chosen = self.dice.choices([step for _, step in steps], [weight for weight, _ in steps], k=STEPS)
        for step in chosen:
            self.happened.append(f"{step.__name__} {step()}")

    def begin(self) -> None:
        """What chance might leave out."""
        hand_in(self.store, "vol de moto", sender=SENDERS[0], channel=self.channels[2])  # waits, at home
        report = report_of(self.store, hand_in(self.store, "vol à Dixinn", sender=SENDERS[1]))
        correct(self.store, report.id, credibility="confirmed")
        self.happened += [f"texts {self.texts()}", f"fold {self.fold()}"]

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
        return [day, self.dice.choice(PLACES_BY_CODE), self.dice.choice(REPROTECTED), self.dice.randint(0, 9)]

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

    # -- what staff do -----------------------------------------------------------------------------------------------

    def correct(self) -> str:
        """Any field, often several at once."""
        report = self._some_report()
        possible: dict[str, Callable[[], object]] = {
            "category": lambda: self.dice.choice([*REPROTECTED, "robbery", "bribery", None]),
            "locality": lambda: self.dice.choice([*PLACES_BY_CODE, None]),
            "occurred_on": lambda: self.dice.choice([None, self._day(), self._day()]),
            "killed": lambda: self.dice.choice([None, self.dice.randint(0, 5)]),
            "injured": lambda: self.dice.choice([None, self.dice.randint(0, 5)]),
            "credibility": lambda: self.dice.choice(["unassessed", "confirmed", "confirmed", "doubtful", "false"]),
            "review": lambda: None,
        }
        names = self.dice.sample(list(possible), self.dice.choice([1, 1, 2, 3]))
        changes = {name: possible[name]() for name in names}
        return self._try("correct", lambda: correct(self.store, report.id, **changes), f"{report.id} {changes}")

    def move(self) -> str:
        report = self._some_report()
        to = self.dice.choice(["open", "referred", "resolved", "closed"])
        more = {"reason": self.dice.choice(CLOSE_REASONS)} if to == "closed" else {}
        return self._try(
            "move", lambda: move(self.store, report.id, to, **more), f"{report.id} {report.status} to {to} {more}"
        )

    def join(self) -> str:
        report = self._some_report()
        other = self._like(report)
        if other is None:
            return "nothing to join"
        changes = {"incident_id": other.incident_id} | self.dice.choice([{}, {}, {"category": "theft"}])
        return self._try("join", lambda: correct(self.store, report.id, **changes), f"{report.id} {changes}")

    def split(self) -> str:
        shared = Counter(report.incident_id for report in all_of(self.store, Report, Report.incident_id.is_not(None)))
        crowded = [incident_id for incident_id, members in shared.items() if members > 1]
        if not crowded:
            return "nothing to split"
        report = self.dice.choice(self._sorted(Report.incident_id.in_(crowded)))
        return self._try("split", lambda: correct(self.store, report.id, incident_id=None), str(report.id))

    def state(self) -> str:
        report = self._some_report()
        if report.incident_id is None:
            return "no incident"
        possible: dict[str, Callable[[], object]] = {
            "category": lambda: self.dice.choice([*REPROTECTED, None]),
            "locality": lambda: self.dice.choice([*PLACES_BY_CODE, None]),
            "occurred_on": lambda: self.dice.choice([None, self._day()]),
            "killed": lambda: self.dice.choice([None, self.dice.randint(0, 9)]),
            "injured": lambda: self.dice.choice([None, self.dice.randint(0, 9)]),
        }
        changes = {name: possible[name]() for name in self.dice.sample(list(possible), 2)}
        incident_id = report.incident_id
        return self._try("state", lambda: state(self.store, incident_id, **changes), f"{incident_id} {changes}")

    def merge(self) -> str:
        report = self._some_report()
        other = self._like(report)
        if other is None or report.incident_id is None or other.incident_id is None:
            return "no incident"
        one, into = report.incident_id, other.incident_id
        return self._try("merge", lambda: merge(self.store, one, into), f"{one} into {into}")

    def erase(self) -> str:
        store, sender = self.store, self.dice.choice(SENDERS[1:])  # one with a home stays: it is where some wait
        self.done["erase"] += 1
        erased = erase(store.database, store.keeper, store.vault, store.settings, sender, store.clock())
        return f"{sender[-2:]}: {erased}"

    def _try(self, name: str, act: Callable[[], object], told: str) -> str:
        """What cannot be is refused and changes nothing; that is a course of things too."""
        self.store.clock.go_on(minutes=self.dice.randint(0, 90))
        try:
            act()
        except (Conflict, Invalid) as fault:
            return f"{told}: {fault.detail}"
        self.done[name] += 1
        return told

    def _some_report(self) -> Report:
        """Of the texts more often than of the imported rows, of which there are many."""
        reports = self._sorted()
        texts = [report for report in reports if report.dataset is None]
        return self.dice.choice(texts if texts and self.dice.random() < 0.8 else reports)

    def _like(self, report: Report) -> Report | None:
        """One of another incident, mostly one that is protected alike."""
        others = self._sorted(Report.incident_id.is_not(None), Report.incident_id != report.incident_id)
        alike = [other for other in others if other.protect == report.protect]
        others = alike if alike and self.dice.random() < 0.8 else others
        return self.dice.choice(others) if others else None

    def _sorted(self, *conditions: Any) -> list[Report]:
        """In an order that is the same for the same seed: ids are random."""
        reports = all_of(self.store, Report, *conditions)
        return sorted(
            reports, key=lambda report: (report.recorded_at, report.dataset_key or "", report.category_id or 0)
        )

    def _day(self) -> date:
        return self.store.clock.now.date() - timedelta(days=self.dice.randint(0, 60))

    def fold(self) -> str:
        fold(self.store)
        figures = stored(self.store).values()
        self.counted |= {name for name in Measures._fields if any(getattr(each, name) for each in figures)}
        if self.dice.random() < 0.3:
            self.agree()
        return ""

    def agree(self) -> None:
        """The law itself."""
        assert not disagreements(self.store), "\n".join(self.happened)
        assert not unsettled(self.store), "\n".join(self.happened)

    def rebuild(self) -> str:
        return str(rebuild(self.store.database))

    def _sms(self, text: str) -> Sms:
        sent_at = self.store.clock() - timedelta(hours=self.dice.randint(0, 500)) if self.dice.random() < 0.5 else None
        return Sms(text, self.dice.choice(SENDERS), self.dice.choice(self.channels), sent_at)


@pytest.mark.parametrize("seed", range(3))
def test_running_counts_rebuild_and_recount_are_equal(store: Store, tmp_path: Path, seed: int) -> None:
    history = History(store, tmp_path, seed)
    history.go()
    fold(store)
    history.agree()
    rebuild(store.database)
    history.happened.append("after a rebuild")
    history.agree()
    _insist_that_much_happened(store, history)


def _insist_that_much_happened(store: Store, history: History) -> None:
    """A law over nothing always holds."""
    reports = all_of(store, Report)
    assert len(reports) > 60
    assert len({report.protect for report in reports}) >= 3
    assert any(report.weight > 1 and report.revision > 1 for report in reports)
    assert any(report.reporter_id is None and report.dataset is None for report in reports), "somebody was erased"
    assert history.counted == set(Measures._fields)
    missing = [
        name for name in ("correct", "move", "join", "split", "state", "merge", "erase") if not history.done[name]
    ]
    assert not missing
    assert history.done["correct"] > 10
    assert history.done["move"] > 5
    assert max(stored_reporters(store).values()) > 2
