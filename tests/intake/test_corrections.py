"""Corrections: reports moved, closed, reopened, joined and split; incidents follow, figures follow, history stays."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from intake.corrections import WAYS
from models.faults import Conflict, Fault, Invalid
from models.incidents import Incident
from models.messages import Message
from models.reports import CLOSE_REASONS, CREDIBILITIES, STATUSES, Report, ReportDeparture
from models.tallies import Measures, TallyChange
from tests.conftest import START, Store
from tests.intake.correcting import ACTOR, correct, merge, move, state
from tests.intake.factories import (
    AMINATA,
    BOUBACAR,
    CIRE,
    add_twilio,
    all_of,
    events_of,
    figure,
    fold,
    give_home,
    hand_in,
    locality_id,
    message_of,
    one_of,
    report_of,
)
from tests.jobs.recount import disagreements, stored_reporters, unsettled

TODAY = START.date()
MONTH = TODAY.replace(day=1)
ONE = Measures(reports=1, incidents=1)


def put(store: Store, text: str = "vol à Dixinn", **changes: Any) -> Report:
    """The report a text opened, folded; each a moment after the one before."""
    store.clock.go_on(seconds=1)
    report = report_of(store, hand_in(store, text, **changes))
    fold(store)
    return report


def now(store: Store, report: Report) -> Report:
    return one_of(store, Report, Report.id == report.id)


def incident_of(store: Store, report: Report) -> Incident:
    return one_of(store, Incident, Incident.id == now(store, report).incident_id)


def folded(store: Store, locality: str, category: str | None, day: date = MONTH, grain: str = "month") -> Measures:
    """The cell after a fold, which the law of the recount holds of too."""
    fold(store)
    assert not disagreements(store)
    assert not unsettled(store)
    return figure(store, locality, category, grain, day)


def refused(kind: type[Fault], act: Any, *arguments: Any, **named: Any) -> str:
    """What is said to whoever tries."""
    with pytest.raises(kind) as caught:
        act(*arguments, **named)
    assert caught.value.detail
    return caught.value.detail


# -- transitions -------------------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(store: Store) -> Report:
    """A report whose reporter was asked for the place and lives in Matoto."""
    channel = add_twilio(store, free_to_sender=True)
    give_home(store, hand_in(store, "bonjour", sender=AMINATA), "GN-C-MTT")
    report = put(store, "vol de moto", sender=AMINATA, channel=channel)
    assert (report.status, report.locality_id) == ("waiting", None)
    return report


WAY_TO = {
    "waiting": (),
    "open": ("open",),
    "referred": ("open", "referred"),
    "resolved": ("open", "resolved"),
    "closed": ("closed",),
}


@pytest.mark.parametrize("to", STATUSES)
@pytest.mark.parametrize("start", STATUSES)
@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_report_goes_the_ways_of_the_design_and_no_other(store: Store, waiting: Report, start: str, to: str) -> None:
    def go(there: str) -> None:
        move(store, waiting.id, there, **({"reason": "handled"} if there == "closed" else {}))

    for way in WAY_TO[start]:
        go(way)
    if to in WAYS[start]:
        go(to)
        assert now(store, waiting).status == to
        return
    said = refused(Conflict, go, to)
    assert all(word in said for word in (start, *WAYS[start]))
    assert now(store, waiting).status == start


def test_the_table_is_that_of_the_design() -> None:
    wanted = {
        "waiting": {"open", "closed"},
        "open": {"referred", "resolved", "closed"},
        "referred": {"resolved", "closed"},
        "resolved": set(),
        "closed": set(),
    }
    for status in ("referred", "resolved", "closed"):
        wanted[status].add("open")  # each of these three goes to open again
    assert {status: set(ways) for status, ways in WAYS.items()} == wanted


@pytest.mark.parametrize(
    ("to", "more"),
    [
        pytest.param("closed", {}, id="closed without a reason"),
        pytest.param("resolved", {"reason": "handled"}, id="a reason without closing"),
        pytest.param("resolved", {"desk": "police"}, id="a desk without referring"),
        pytest.param("referred", {"desk": "nowhere"}, id="a desk that is none"),
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"])
def test_what_does_not_belong_to_a_transition_is_refused(store: Store, to: str, more: dict[str, str]) -> None:
    report = put(store)
    refused(Invalid, move, store, report.id, to, **more)
    assert now(store, report).revision == 1


@pytest.mark.parametrize("reason", CLOSE_REASONS)
def test_closing_keeps_the_figures_but_for_duplicates_and_tests_and_reopening_brings_them_back(
    store: Store, reason: str
) -> None:
    report = put(store)
    move(store, report.id, "closed", reason=reason)
    gone = reason in {"duplicate", "test"}
    assert folded(store, "GN-C-DIX", "theft") == (Measures() if gone else ONE)
    assert incident_of(store, report).counts is not gone
    move(store, report.id, "open")
    assert folded(store, "GN-C-DIX", "theft") == ONE
    assert (now(store, report).close_reason, now(store, report).revision) == (None, 3)


def test_referred_and_resolved_are_counted_while_they_last(store: Store) -> None:
    report = put(store)
    move(store, report.id, "referred")
    assert folded(store, "GN-C", None)._replace(messages=0) == ONE._replace(referred=1)
    move(store, report.id, "resolved")
    assert folded(store, "GN-C", None)._replace(messages=0) == ONE._replace(resolved=1)
    move(store, report.id, "open")
    assert folded(store, "GN-C", None)._replace(messages=0) == ONE


def test_a_report_is_referred_to_the_desk_of_its_category_unless_another_is_named(store: Store) -> None:
    report = put(store)
    move(store, report.id, "referred")
    assert now(store, report).desk == "police"
    move(store, report.id, "open")
    assert now(store, report).desk is None
    move(store, report.id, "referred", desk="committee")
    move(store, report.id, "closed", reason="handled")
    assert now(store, report).desk == "committee"


@pytest.mark.parametrize("text", ["mariage forcé à Matoto", "racket au barrage à Coyah"])
def test_a_protected_report_goes_to_the_desk_of_its_category_and_to_no_other(store: Store, text: str) -> None:
    report = put(store, text)
    refused(Conflict, move, store, report.id, "referred", desk="police")
    move(store, report.id, "referred")
    assert now(store, report).desk == {"survivor": "gender_child", "agent": "integrity"}[report.protect]


def test_what_has_no_category_is_referred_to_a_desk_that_is_named(store: Store) -> None:
    report = put(store)
    correct(store, report.id, category=None)
    refused(Conflict, move, store, report.id, "referred")
    move(store, report.id, "referred", desk="police")
    assert now(store, report).desk == "police"


# -- what waits --------------------------------------------------------------------------------------------------------


def test_a_correction_does_not_open_what_waits_and_a_transition_does(store: Store, waiting: Report) -> None:
    assert folded(store, "GN-C-MTT", "vehicle_theft") == Measures(waiting=1)
    correct(store, waiting.id, locality="GN-C-DIX")
    assert now(store, waiting).status == "waiting"
    assert folded(store, "GN-C-MTT", "vehicle_theft") == Measures()
    assert folded(store, "GN-C-DIX", "vehicle_theft") == Measures(waiting=1)
    move(store, waiting.id, "open")
    assert folded(store, "GN-C-DIX", "vehicle_theft") == ONE
    assert [event.name for event in events_of(store, "report.accepted")] == ["report.accepted"]


def test_what_waits_counts_where_its_reporter_lived_when_it_was_counted(store: Store, waiting: Report) -> None:
    """The home may change meanwhile: what was added there must be taken away there."""
    give_home(store, one_of(store, Message, Message.report_id == waiting.id, Message.direction == "in").id, "GN-BK-KAM")
    move(store, waiting.id, "closed", reason="expired")
    fold(store)
    assert figure(store, "GN-C-MTT", "vehicle_theft", "month", MONTH) == Measures()
    assert figure(store, "GN-BK-KAM", "vehicle_theft", "month", MONTH) == Measures()


# -- where, when and what ----------------------------------------------------------------------------------------------


def test_a_corrected_locality_moves_the_figures_and_never_the_day(store: Store) -> None:
    report = put(store, "vol de moto hier à Matoto")
    correct(store, report.id, locality="GN-BK-KAM")
    assert folded(store, "GN-C-MTT", "vehicle_theft") == Measures()
    assert folded(store, "GN-C", None) == Measures()
    assert folded(store, "GN-BK-KAM", None) == ONE._replace(messages=1)
    corrected = now(store, report)
    assert (corrected.occurred_on, corrected.day_basis) == (report.occurred_on, report.day_basis)
    assert incident_of(store, report).locality_id == corrected.locality_id


def test_the_texts_of_a_report_without_a_place_count_at_their_senders_home(store: Store) -> None:
    give_home(store, hand_in(store, "bonjour", sender=AMINATA), "GN-C-MTT")
    message_id = hand_in(store, "vol à Dixinn", sender=AMINATA)
    correct(store, report_of(store, message_id).id, locality=None)
    message = message_of(store, message_id)
    assert (message.counted_at_id, message.counted_on) == (locality_id(store, "GN-C-MTT"), TODAY)
    assert folded(store, "GN-C-MTT", None) == Measures(messages=1)
    assert folded(store, "GN-C-DIX", None) == Measures()


def test_a_corrected_day_is_one_that_was_said_and_the_texts_stay_on_theirs(store: Store) -> None:
    report = put(store)
    assert report.day_basis == "assumed"
    correct(store, report.id, occurred_on=date(2026, 10, 3))
    assert now(store, report).day_basis == "said"
    assert folded(store, "GN-C-DIX", None, date(2026, 10, 1)) == ONE
    assert folded(store, "GN-C-DIX", None) == Measures(messages=1)


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(1899, 12, 31), date(1, 1, 1), date(9999, 12, 31)])
@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_day_that_cannot_be_is_refused(store: Store, day: date) -> None:
    report = put(store)
    refused(Invalid, correct, store, report.id, occurred_on=day)
    refused(Invalid, state, store, report.incident_id, occurred_on=day)
    correct(store, report.id, occurred_on=TODAY)
    correct(store, report.id, occurred_on=date(1900, 1, 1))


def test_a_category_that_is_protected_takes_report_texts_and_incident_out_of_sight(store: Store) -> None:
    message_id = hand_in(store, "vol à Dixinn")
    report = report_of(store, message_id)
    assert folded(store, "GN-C-DIX", None).messages == 1
    correct(store, report.id, category="domestic_violence")
    assert now(store, report).protect == "survivor"
    assert {message.protect for message in all_of(store, Message)} == {"survivor"}, "its reply too"
    assert folded(store, "GN-C-DIX", None) == Measures()
    assert folded(store, "GN-C-DIX", "domestic_violence") == ONE
    correct(store, report.id, category="theft")
    assert folded(store, "GN-C-DIX", None) == ONE._replace(messages=1)
    assert {message.protect for message in all_of(store, Message)} == {"none"}


def test_naming_the_category_settles_a_doubt_about_it(store: Store) -> None:
    report = put(store)
    with store.database.writing() as session:
        doubtful = session.get_one(Report, report.id)
        doubtful.protect, doubtful.review = "survivor", "maybe-protected"
    assert correct(store, report.id, category="theft")
    settled = now(store, report)
    assert (settled.protect, settled.review, settled.confidence) == ("none", None, 100)


def test_a_category_taken_back_keeps_the_protection_as_a_doubt(store: Store) -> None:
    report = put(store, "mariage forcé à Matoto")
    correct(store, report.id, category=None)
    doubtful = now(store, report)
    assert (doubtful.category_id, doubtful.protect, doubtful.confidence) == (None, "survivor", None)
    assert folded(store, "GN-C-MTT", "forced_marriage") == Measures()


@pytest.mark.parametrize("credibility", CREDIBILITIES)
def test_credibility_is_counted(store: Store, credibility: str) -> None:
    report = put(store)
    correct(store, report.id, credibility=credibility)
    wanted = {"false": Measures(), "confirmed": ONE._replace(confirmed=1)}.get(credibility, ONE)
    assert folded(store, "GN-C-DIX", "theft") == wanted


def test_a_protected_report_is_never_false_whichever_came_first(store: Store) -> None:
    protected, public = put(store, "mariage forcé à Matoto"), put(store)
    refused(Conflict, correct, store, protected.id, credibility="false")
    correct(store, public.id, credibility="false")
    refused(Conflict, correct, store, public.id, category="bribery")
    correct(store, public.id, category="bribery", credibility="doubtful")
    assert now(store, public).protect == "agent"


def test_what_a_person_states_is_looked_at(store: Store) -> None:
    report = put(store, "vol de moto")
    assert report.review == "no-locality"
    correct(store, report.id, killed=0)
    assert now(store, report).review == "no-locality"
    correct(store, report.id, locality="GN-C-DIX")
    assert now(store, report).review is None


def test_what_is_still_missing_is_looked_at_next(store: Store) -> None:
    report = put(store, "au secours")
    assert (report.category_id, report.review) == (None, "no-category")
    correct(store, report.id, category="assault")
    assert now(store, report).review == "no-locality"


def test_review_null_says_that_a_person_has_looked(store: Store) -> None:
    report = put(store, "vol de moto")
    assert correct(store, report.id, review=None)
    assert now(store, report).review is None
    assert not correct(store, report.id, review=None)


# -- incidents ---------------------------------------------------------------------------------------------------------


def three(store: Store) -> list[Report]:
    """Reports of three people, each with an incident of its own."""
    texts = ("accident à Dixinn 2 morts", "accident à Kamsar 1 mort et 3 blessés", "accident à Coyah")
    reports = [put(store, text, sender=sender) for text, sender in zip(texts, (AMINATA, BOUBACAR, CIRE), strict=True)]
    assert all(report.incident_id for report in reports)
    return reports


def join(store: Store, report: Report, other: Report) -> None:
    correct(store, report.id, incident_id=now(store, other).incident_id)


def test_a_report_that_joins_leaves_its_own_incident_empty_and_the_highest_figure_counts(store: Store) -> None:
    first, second, _ = three(store)
    join(store, second, first)
    shared = incident_of(store, first)
    assert incident_of(store, second).id == shared.id
    assert (shared.killed, shared.injured, shared.weight) == (2, 3, 1)
    left = one_of(store, Incident, Incident.id == second.incident_id)
    assert (left.counts, left.revision) == (False, 2)
    assert folded(store, "GN-C-DIX", "road_crash") == Measures(reports=1, incidents=1, killed=2, injured=3)
    assert folded(store, "GN-BK-KAM", "road_crash") == Measures(reports=1)
    assert folded(store, "GIN", "road_crash") == Measures(reports=3, incidents=2, killed=2, injured=3)


def test_an_incident_is_where_its_first_counting_report_is(store: Store) -> None:
    first, second, _ = three(store)
    join(store, second, first)
    move(store, first.id, "closed", reason="test")
    assert incident_of(store, second).locality_id == second.locality_id
    assert folded(store, "GN-BK-KAM", "road_crash") == Measures(reports=1, incidents=1, killed=1, injured=3)
    move(store, first.id, "open")
    assert incident_of(store, second).locality_id == first.locality_id


def test_an_incident_without_counting_reports_keeps_what_it_was(store: Store) -> None:
    report = put(store, "accident à Dixinn 2 morts")
    move(store, report.id, "closed", reason="test")
    correct(store, report.id, locality="GN-BK-KAM", killed=7)
    kept = incident_of(store, report)
    assert (kept.counts, kept.killed, kept.locality_id) == (False, 2, locality_id(store, "GN-C-DIX"))
    move(store, report.id, "open")
    assert folded(store, "GN-BK-KAM", "road_crash") == Measures(reports=1, incidents=1, killed=7)


def test_a_split_gives_a_report_an_incident_of_its_own(store: Store) -> None:
    first, second, _ = three(store)
    join(store, second, first)
    correct(store, second.id, incident_id=None)
    assert incident_of(store, second).id not in {first.incident_id, second.incident_id}
    assert folded(store, "GN-BK-KAM", "road_crash") == Measures(reports=1, incidents=1, killed=1, injured=3)
    assert not correct(store, second.id, incident_id=None), "it is alone already"


def test_what_staff_state_counts_before_what_reports_say_until_it_is_taken_back(store: Store) -> None:
    first, second, _ = three(store)
    join(store, second, first)
    state(store, incident_of(store, first).id, killed=0, locality="GN-CO", occurred_on=date(2026, 10, 5))
    assert folded(store, "GN-CO", "road_crash", date(2026, 10, 1)) == Measures(incidents=1, killed=0, injured=3)
    correct(store, first.id, killed=9)
    assert incident_of(store, first).killed == 0
    assert folded(store, "GN-C-DIX", "road_crash") == Measures(reports=1)
    state(store, incident_of(store, first).id, killed=None, locality=None, occurred_on=None)
    assert folded(store, "GN-C-DIX", "road_crash") == Measures(reports=1, incidents=1, killed=9, injured=3)


def test_a_merged_incident_stops_counting_and_its_reports_belong_to_the_other(store: Store) -> None:
    first, second, third = three(store)
    join(store, second, first)
    merge(store, incident_of(store, first).id, incident_of(store, third).id)
    assert {now(store, report).incident_id for report in (first, second, third)} == {third.incident_id}
    assert folded(store, "GIN", "road_crash") == Measures(reports=3, incidents=1, killed=2, injured=3)
    (merged,) = [event for event in events_of(store, "incident.merged") if event.subject == first.incident_id]
    assert merged.payload["into"] == [str(third.incident_id)]
    assert len(events_of(store, "report.moved")) == 3


def test_what_was_merged_is_joined_by_nothing_and_merged_no_more(store: Store) -> None:
    first, second, third = three(store)
    gone = first.incident_id
    assert gone
    join(store, first, second)
    refused(Conflict, correct, store, third.id, incident_id=gone)
    refused(Conflict, merge, store, gone, third.incident_id)
    refused(Conflict, merge, store, third.incident_id, gone)
    refused(Conflict, merge, store, third.incident_id, third.incident_id)
    refused(Conflict, state, store, gone, killed=1)


def test_a_report_sent_back_whole_stays_in_its_incident(store: Store) -> None:
    report = put(store)
    assert not correct(store, report.id, incident_id=report.incident_id, locality="GN-C-DIX")
    assert correct(store, report.id, incident_id=report.incident_id, category="domestic_violence")
    assert now(store, report).incident_id == report.incident_id


def test_what_is_not_protected_alike_cannot_be_one_incident(store: Store) -> None:
    public, protected = put(store), put(store, "mariage forcé à Matoto")
    refused(Conflict, correct, store, public.id, incident_id=protected.incident_id)
    refused(Conflict, correct, store, protected.id, incident_id=public.incident_id)
    refused(Conflict, merge, store, public.incident_id, protected.incident_id)
    refused(Conflict, state, store, public.incident_id, category="forced_marriage")
    refused(Conflict, state, store, protected.incident_id, category="theft")
    correct(store, public.id, incident_id=protected.incident_id, category="fgm")
    assert folded(store, "GIN", "forced_marriage") == Measures(reports=1)
    assert folded(store, "GIN", "fgm") == ONE, "of what it is the first report"


@pytest.mark.parametrize("which", [0, 1], ids=["the first", "another"])
def test_a_report_that_becomes_protected_leaves_an_incident_it_shares(store: Store, which: int) -> None:
    reports = three(store)[:2]
    join(store, reports[1], reports[0])
    correct(store, reports[which].id, category="police_abuse")
    own, other = incident_of(store, reports[which]), incident_of(store, reports[1 - which])
    assert own.id != other.id
    assert folded(store, "GIN", "police_abuse").incidents == 1
    assert folded(store, "GIN", "road_crash").reports == 2
    assert other.locality_id == reports[1 - which].locality_id


def test_a_statement_does_not_show_what_became_protected(store: Store) -> None:
    report = put(store)
    state(store, report.incident_id, category="robbery")  # type: ignore[arg-type]
    correct(store, report.id, category="police_abuse")
    assert folded(store, "GIN", "robbery") == Measures()
    assert folded(store, "GIN", "police_abuse") == ONE


# -- history -----------------------------------------------------------------------------------------------------------


def test_a_correction_leaves_whole_snapshots_of_all_that_changed(store: Store) -> None:
    report = put(store, "accident à Dixinn 2 morts")
    store.clock.go_on(minutes=5)
    correct(store, report.id, locality="GN-BK-KAM", killed=3)
    (event,) = events_of(store, "report.corrected")
    assert (event.actor, event.reporter_id, event.recorded_at) == (ACTOR, report.reporter_id, store.clock())
    assert (event.payload["locality"], event.payload["killed"], event.payload["revision"]) == ("GN-BK-KAM", 3, 2)
    (settled,) = events_of(store, "incident.corrected")
    assert (settled.subject, settled.payload["killed"], settled.payload["counts"]) == (report.incident_id, 3, True)
    (text,) = events_of(store, "message.placed")
    assert text.payload["locality"] == "GN-BK-KAM"
    assert now(store, report).changed_at == incident_of(store, report).changed_at == store.clock()


def test_the_causes_of_changed_figures_are_the_names_of_what_happened(store: Store) -> None:
    first, second, _ = three(store)
    join(store, second, first)
    assert {change.cause for change in all_of(store, TallyChange)} == {"report.moved"}
    fold(store)
    move(store, first.id, "closed", reason="duplicate")
    changes = all_of(store, TallyChange)
    assert {change.cause for change in changes} == {"report.closed"}
    assert [change.reports for change in changes if change.reporter_id == first.reporter_id] == [-1]


def test_what_changes_nothing_leaves_nothing(store: Store) -> None:
    report = put(store, "accident à Dixinn 2 morts")
    correct(store, report.id, category="road_crash", occurred_on=report.occurred_on)
    before = now(store, report)
    fold(store)
    events = len(events_of(store, "report.corrected"))
    assert not correct(store, report.id, locality="GN-C-DIX", killed=2, category="road_crash", credibility="unassessed")
    assert not state(store, report.incident_id, killed=None)  # type: ignore[arg-type]
    assert (now(store, report).revision, now(store, report).changed_at) == (before.revision, before.changed_at)
    assert len(events_of(store, "report.corrected")) == events
    assert not all_of(store, TallyChange)


def test_whoever_saw_a_report_where_it_was_can_learn_that_it_left(store: Store) -> None:
    report = put(store)
    correct(store, report.id, killed=1)
    assert not all_of(store, ReportDeparture)
    for changes in ({"locality": "GN-BK-KAM"}, {"occurred_on": date(2026, 10, 1)}, {"category": "bribery"}):
        store.clock.go_on(minutes=1)
        correct(store, report.id, **changes)
    rows = sorted(all_of(store, ReportDeparture), key=lambda row: row.left_at)
    assert [(row.locality_id, row.occurred_on, row.protect) for row in rows] == [
        (locality_id(store, "GN-C-DIX"), TODAY, "none"),
        (locality_id(store, "GN-BK-KAM"), TODAY, "none"),
        (locality_id(store, "GN-BK-KAM"), date(2026, 10, 1), "none"),
    ]
    assert rows[-1].left_at == now(store, report).changed_at


def test_a_report_that_gets_its_first_place_has_left_nobodys_sight(store: Store) -> None:
    report = put(store, "vol de moto")
    correct(store, report.id, locality="GN-C-DIX")
    assert not all_of(store, ReportDeparture)


def test_distinct_reporters_follow(store: Store) -> None:
    """Two reports of one person in a place: they stay in its cells until the last is gone."""

    def heard(place: str, category: str = "") -> int:
        fold(store)
        assert not disagreements(store)
        return stored_reporters(store).get((place, "month", MONTH, category), 0)

    first, second = put(store, sender=AMINATA), put(store, "vol de moto à Dixinn", sender=AMINATA)
    put(store, sender=BOUBACAR)
    assert (heard("GN-C-DIX"), heard("GN-C-DIX", "theft"), heard("GN-C-DIX", "vehicle_theft")) == (2, 2, 1)
    move(store, first.id, "closed", reason="test")
    assert (heard("GN-C-DIX"), heard("GN-C-DIX", "theft")) == (2, 1)
    correct(store, second.id, locality="GN-BK-KAM")
    assert (heard("GN-C-DIX"), heard("GN-BK-KAM"), heard("GIN")) == (1, 1, 2)
    correct(store, second.id, category="bribery")
    assert (heard("GN-BK-KAM"), heard("GN-BK-KAM", "bribery"), heard("GIN")) == (0, 1, 1)


def test_an_imported_incident_shared_with_a_text_weighs_what_it_weighed(store: Store) -> None:
    heavy, light = put(store), put(store, sender=BOUBACAR)
    with store.database.writing() as session:
        session.get_one(Report, heavy.id).weight = 30
    correct(store, heavy.id, killed=1)
    join(store, light, heavy)
    assert incident_of(store, light).weight == 30
    assert isinstance(incident_of(store, light).id, UUID)
