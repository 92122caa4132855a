"""Codes of trained reporters: one text or several become one observation, and the report it means counts once."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from intake.defining import define_form
from intake.forms.definition import form_of
from jobs.erasing import erase
from jobs.imports.localities import import_localities
from models.faults import Invalid
from models.forms import FormRow
from models.incidents import Incident
from models.observations import Observation
from models.reporters import Reporter
from models.reports import Report
from models.unknown_places import UnknownPlaceMention
from tests.conftest import Store
from tests.intake.enrolled import ROAD, WEEKLY, define, enrol_as, suspend
from tests.intake.factories import (
    AMINATA,
    BOUBACAR,
    Sms,
    all_of,
    dispatch,
    events_of,
    figure,
    fold,
    hand_in,
    locality_id,
    message_of,
    one_of,
    opened,
    replies_to,
    reply_to,
    report_of,
    write_down,
)
from tests.intake.forms.factories import field

TODAY = date(2026, 11, 22)


@pytest.fixture
def officer(store: Store) -> Store:
    """Two forms, and Aminata enrolled as an officer of Dixinn."""
    define(store, ROAD, WEEKLY)
    enrol_as(store, AMINATA)
    return store


def said(store: Store, text: str, **changes: Any) -> str:
    """The words of the answer."""
    return opened(store, reply_to(store, hand_in(store, text, **changes))).decode()


def observation(store: Store) -> Observation:
    return one_of(store, Observation)


# -- one text ----------------------------------------------------------------------------------------------------------


def test_a_code_text_becomes_an_observation_and_a_report_that_counts(officer: Store) -> None:
    message = message_of(officer, hand_in(officer, "OB 104 A2 B3 K2"))
    seen, report = observation(officer), report_of(officer, message.id)
    assert (seen.status, seen.number, seen.said_values) == ("complete", 104, {"A": 2, "B": 3, "K": "2"})
    assert (seen.report_id, seen.reporter_id, seen.message_id) == (report.id, message.reporter_id, message.id)
    assert (report.source, report.killed, report.injured) == ("officer", 2, 3)
    assert (report.locality_id, report.place_basis) == (locality_id(officer, "GN-C-DIX"), "approximate")
    assert (report.occurred_on, report.day_basis, report.status) == (TODAY, "assumed", "open")
    assert message.kind == "form"
    fold(officer)
    own = figure(officer, "GN-C-DIX", "road_crash", "day", TODAY)
    assert (own.reports, own.incidents, own.killed, own.injured) == (1, 1, 2, 3)


def test_place_and_day_said_are_the_report_s(officer: Store) -> None:
    report = report_of(officer, hand_in(officer, "ob A0 K1 L Matam D 20/11/2026"))
    assert (report.locality_id, report.place_basis) == (locality_id(officer, "GN-C-MTM"), "said")
    assert (report.occurred_on, report.day_basis) == (date(2026, 11, 20), "said")


def test_the_answer_says_what_was_noted(officer: Store) -> None:
    answer = said(officer, "OB 104 A2 B3 K2 L Matam")
    reference = one_of(officer, Report).reference
    assert answer == f"OB 104: noté A=2 B=3 K=2 L=Matam. Ref {reference}. Erreur? Renvoyez OB 104 et le bon code."


def test_a_wrong_field_is_named_and_the_others_are_kept(officer: Store) -> None:
    answer = said(officer, "OB 104 A99 B3 K2")
    assert answer == "OB 104 noté, sauf A (morts): de 0 à 50. Renvoyez OB 104 et le bon code."
    assert (observation(officer).status, observation(officer).said_values) == ("partial", {"B": 3, "K": "2"})
    assert one_of(officer, Report).killed is None


def test_what_is_missing_is_asked_for_and_completed(officer: Store) -> None:
    assert "Il manque A (morts)" in said(officer, "OB 104 K2")
    assert said(officer, "OB 104 A1").startswith("OB 104: noté A=1 K=2.")
    assert observation(officer).status == "complete"
    assert (one_of(officer, Report).killed, len(all_of(officer, Incident))) == (1, 1)
    assert [len(events_of(officer, f"observation.{name}")) for name in ("opened", "completed")] == [1, 1]


def test_a_contradiction_is_asked_about_and_nothing_is_taken(officer: Store) -> None:
    assert "A (morts): 1 ou 2?" in said(officer, "OB 104 A1A2 K2")
    assert (observation(officer).status, one_of(officer, Report).killed) == ("contradiction", None)
    said(officer, "OB 104 A2")
    assert (observation(officer).status, one_of(officer, Report).killed) == ("complete", 2)


def test_free_text_is_sealed_and_in_no_event(officer: Store) -> None:
    hand_in(officer, "OB 104 A1 K2 T=camion contre moto au carrefour")
    seen = observation(officer)
    assert "T" not in seen.said_values
    assert seen.words is not None
    assert b"camion" not in seen.words
    assert "camion" not in str([event.payload for event in events_of(officer, "observation.opened")])


CRIES = [
    "T=ils sont armés, ils tirent sur nous au secours",
    "L Matam au secours ils nous attaquent avec des fusils",
    'L="au secours ils nous attaquent"',
    "D ils nous attaquent maintenant au secours",
    "D hier ils sont revenus au secours ils tirent sur nous",
    "au secours ils tirent",
    'S="ils tirent sur nous, au secours"',
    "aide",
]


@pytest.mark.parametrize("cry", CRIES)
def test_danger_comes_first_wherever_it_stands(officer: Store, cry: str) -> None:
    message_id = hand_in(officer, f"OB 104 A1 K2 {cry}")
    assert replies_to(officer, message_id)[0].startswith("danger")
    assert one_of(officer, Report).danger
    assert len(events_of(officer, "danger.seen")) == 1
    assert observation(officer).said_values == {"A": 1, "K": "2"}


def test_a_cry_from_a_place_is_placed_and_a_person_looks(officer: Store) -> None:
    hand_in(officer, "OB 104 A1 K2 L Matam au secours on nous attaque")
    report = one_of(officer, Report)
    assert (report.danger, report.locality_id) == (True, locality_id(officer, "GN-C-MTM"))
    assert report.review is not None


@pytest.mark.parametrize("cry", CRIES)
def test_danger_in_a_later_text_is_the_report_s(officer: Store, cry: str) -> None:
    hand_in(officer, "OB 104 A1 K2")
    message_id = hand_in(officer, f"OB 104 B3 K2 {cry}")
    report = one_of(officer, Report)
    assert (report.danger, report.injured) == (True, 3)
    assert [event.subject for event in events_of(officer, "danger.seen")] == [report.id]
    assert replies_to(officer, message_id)[0].startswith("danger")
    assert f"Ref {report.reference}" in opened(officer, reply_to(officer, message_id)).decode()


@pytest.mark.parametrize(
    "text",
    [
        "OB 104 A1 K2 D il y a deux heures",
        "OB 104 A1 K2 L marché de Matam",
        "OB 104 A1 K2 D la nuit du 12 au 13 novembre",
    ],
)
def test_a_place_and_a_day_in_words_are_no_danger(officer: Store, text: str) -> None:
    hand_in(officer, text)
    report = one_of(officer, Report)
    assert (report.danger, report.protect, report.review) == (False, "none", None)
    assert observation(officer).status == "complete"


def test_a_place_whose_name_sounds_like_a_cry_is_a_place(officer: Store, tmp_path: Path) -> None:
    csv = tmp_path / "places.csv"
    csv.write_text("code,name,parent,level\nGN-PS,Palmas del Socorro,GIN,1\n", encoding="utf-8")
    import_localities(officer.database, csv, TODAY)
    hand_in(officer, "OB 104 A1 K2 L Palmas del Socorro")
    report = one_of(officer, Report)
    assert (report.locality_id, report.danger) == (locality_id(officer, "GN-PS"), False)


def test_a_place_that_nobody_knows_is_not_the_officer_s_home(officer: Store) -> None:
    message_id = hand_in(officer, "OB 106 A1 K2 L Dixxxinfoo")
    report = one_of(officer, Report)
    assert (report.locality_id, report.place_basis, report.review) == (None, None, "place-unsure")
    assert one_of(officer, UnknownPlaceMention).message_id == message_id
    assert observation(officer).locality_id is None
    fold(officer)
    assert figure(officer, "GN-C-DIX", "road_crash", "day", TODAY).reports == 0
    hand_in(officer, "OB 106 L Matam")
    report = one_of(officer, Report)
    assert (report.locality_id, report.review) == (locality_id(officer, "GN-C-MTM"), None)


def test_a_place_that_nobody_knows_takes_the_assumed_one_away(officer: Store) -> None:
    hand_in(officer, "OB 106 A1 K2")
    message_id = hand_in(officer, "OB 106 L Dixxxinfoo")
    report = one_of(officer, Report)
    assert (report.locality_id, report.place_basis, report.review) == (None, None, "place-unsure")
    assert one_of(officer, UnknownPlaceMention).message_id == message_id
    fold(officer)
    assert figure(officer, "GN-C-DIX", "road_crash", "day", TODAY).reports == 0


def test_a_place_said_twice_differently_is_not_the_officer_s_home(officer: Store) -> None:
    hand_in(officer, "OB 106 A1 K2 L Matam; L Dixinn")
    report = one_of(officer, Report)
    assert (report.locality_id, report.review) == (None, "place-unsure")


def test_politeness_costs_nothing(officer: Store) -> None:
    answer = said(officer, "OB 107 K2 A1 merci chef bonne journee")
    assert answer == "OB 107 noté, sauf certains mots. Renvoyez OB 107 et le bon code."
    assert (observation(officer).said_values, one_of(officer, Report).killed) == ({"A": 1, "K": "2"}, 1)


# -- several texts -----------------------------------------------------------------------------------------------------


def test_a_correction_corrects_the_report_and_it_counts_once(officer: Store) -> None:
    hand_in(officer, "OB 104 A2 K2")
    hand_in(officer, "OB 104 K1 L Matam A0")
    report = one_of(officer, Report)
    assert (report.killed, report.locality_id, report.place_basis) == (0, locality_id(officer, "GN-C-MTM"), "said")
    fold(officer)
    assert figure(officer, "GN-C-DIX", "road_crash", "day", TODAY).reports == 0
    assert figure(officer, "GN-C-MTM", "theft", "day", TODAY).reports == 1
    assert figure(officer, "GIN", None, "year", date(2026, 1, 1)).reports == 1
    assert observation(officer).revision == 2


def test_two_texts_of_one_batch_are_one_observation(officer: Store) -> None:
    write_down(officer, Sms("OB 104 A2 K2"), Sms("OB 104 A3"))
    dispatch(officer)
    assert (observation(officer).said_values["A"], one_of(officer, Report).killed) == (3, 3)


def test_the_same_again_changes_nothing(officer: Store) -> None:
    hand_in(officer, "OB A2 K2")
    hand_in(officer, "ob a2k2")
    assert len(all_of(officer, Observation)) == len(all_of(officer, Report)) == 1
    assert events_of(officer, "observation.corrected") == []


def test_without_a_number_a_text_goes_on_with_the_last_for_two_hours(officer: Store) -> None:
    hand_in(officer, "OB A2 K2")
    officer.clock.go_on(hours=1)
    hand_in(officer, "OB B4")
    assert observation(officer).said_values == {"A": 2, "B": 4, "K": "2"}
    officer.clock.go_on(hours=3)
    hand_in(officer, "OB B5")
    assert len(all_of(officer, Observation)) == 2


def test_without_a_number_what_is_said_differently_is_another(officer: Store) -> None:
    hand_in(officer, "OB K2 A0 B3 L Coyah")
    hand_in(officer, "OB K1 L Kindia")
    first, second = sorted(all_of(officer, Observation), key=lambda each: each.opened_at)
    assert {first.said_values["K"], second.said_values["K"]} == {"1", "2"}
    assert len(all_of(officer, Report)) == 2


def test_without_a_number_what_was_wrong_is_mended(officer: Store) -> None:
    hand_in(officer, "OB K2 A99")
    hand_in(officer, "OB A3")
    assert observation(officer).said_values == {"K": "2", "A": 3}


@pytest.mark.parametrize("text", ["OB NON A3", "ob no a3"])
def test_a_no_corrects_the_last_one(officer: Store, text: str) -> None:
    assert said(officer, "OB A2 K2").endswith("Erreur? Renvoyez OB NON et le bon code.")
    hand_in(officer, text)
    assert (observation(officer).said_values["A"], one_of(officer, Report).killed) == (3, 3)


def test_a_no_with_nothing_to_correct_notes_nothing(officer: Store) -> None:
    assert said(officer, "OB NON K1 A0").startswith("OB: rien trouvé à corriger")
    assert all_of(officer, Observation) == []
    assert all_of(officer, Report) == []


def test_what_is_whole_does_not_complete_an_older_one_with_a_number(officer: Store) -> None:
    hand_in(officer, "OB 106 K2")
    hand_in(officer, "OB K2 A1 L Matam")
    assert sorted((each.number or 0, each.status) for each in all_of(officer, Observation)) == [
        (0, "complete"),
        (106, "partial"),
    ]


def test_a_number_that_was_forgotten_comes_later_but_another_report_is_another(officer: Store) -> None:
    define(officer, {**ROAD, "number": "required"})
    hand_in(officer, "OB K2 A1")
    hand_in(officer, "OB 107 A1 K2")
    assert observation(officer).number == 107
    hand_in(officer, "OB K2 A0")
    hand_in(officer, "OB 108 K1 A3")
    assert len(all_of(officer, Observation)) == 3


def test_a_second_observation_that_is_whole_is_another(officer: Store) -> None:
    hand_in(officer, "OB A2 K2")
    hand_in(officer, "OB A0 K1")
    assert len(all_of(officer, Observation)) == len(all_of(officer, Report)) == 2


def test_the_same_number_of_another_officer_is_another(officer: Store) -> None:
    enrol_as(officer, BOUBACAR)
    hand_in(officer, "OB 104 A2 K2")
    hand_in(officer, "OB 104 A3", sender=BOUBACAR)
    assert len(all_of(officer, Observation)) == 2


def test_the_report_s_reference_says_which_is_meant(officer: Store) -> None:
    hand_in(officer, "OB 104 A2 K2")
    officer.clock.go_on(days=60)
    hand_in(officer, f"OB REF {one_of(officer, Report).reference} A4")
    assert one_of(officer, Report).killed == 4


def test_a_reference_that_looks_like_ours_is_ours(officer: Store) -> None:
    hand_in(officer, "OB 104 A2 K2")
    with officer.database.writing() as session:
        session.get_one(Report, one_of(officer, Report).id).reference = "K7M2DA"
    officer.clock.go_on(days=60)
    hand_in(officer, "OB REF K7MZ0A A4")
    assert one_of(officer, Report).killed == 4


@pytest.mark.parametrize("text", ["OB REF 2222A2 A4 K2", "OB REF A1 K2", "OB REF2222A2 A4 K2"])
def test_a_reference_we_never_gave_opens_nothing(officer: Store, text: str) -> None:
    hand_in(officer, "OB 104 A2 K2")
    answer = said(officer, text)
    assert answer.startswith("OB: rien trouvé à corriger, rien n'est noté.")
    assert observation(officer).number == 104
    assert one_of(officer, Report).killed == 2


def test_danger_under_a_reference_we_never_gave_is_seen(officer: Store) -> None:
    message_id = hand_in(officer, "OB REF 2222A2 A4 T=au secours ils tirent sur nous")
    assert replies_to(officer, message_id)[0].startswith("danger")
    assert one_of(officer, Report).danger
    assert all_of(officer, Observation) == []


@pytest.mark.parametrize("changes", [{"status": "resolved"}, {"credibility": "false"}])
def test_what_is_no_longer_open_stays_and_a_person_looks(officer: Store, changes: dict[str, str]) -> None:
    hand_in(officer, "OB 104 A2 K2")
    with officer.database.writing() as session:
        report = session.get_one(Report, one_of(officer, Report).id)
        for name, value in changes.items():
            setattr(report, name, value)
    hand_in(officer, "OB 104 A3")
    report = one_of(officer, Report)
    assert (report.killed, report.review) == (2, "corrected-by-reporter")
    assert observation(officer).said_values["A"] == 3


def test_a_correction_locks_the_report_and_reads_it_again(officer: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []
    get_one = Session.get_one

    def noting(self: Session, entity: Any, ident: Any, **options: Any) -> Any:
        asked.append({"entity": entity, **options})
        return get_one(self, entity, ident, **options)

    hand_in(officer, "OB 104 A2 K2")
    monkeypatch.setattr(Session, "get_one", noting)
    hand_in(officer, "OB 104 A3")
    assert {"entity": Report, "with_for_update": True, "populate_existing": True} in asked


def test_what_staff_corrected_stays_unless_the_officer_says_otherwise(officer: Store) -> None:
    hand_in(officer, "OB 104 A2 K2 B1")
    with officer.database.writing() as session:
        session.get_one(Report, one_of(officer, Report).id).killed = 7
    hand_in(officer, "OB 104 B2")
    report = one_of(officer, Report)
    assert (report.killed, report.injured) == (7, 2)


def test_a_new_version_never_changes_what_was_said_under_the_old(officer: Store) -> None:
    hand_in(officer, "OB 104 A2 K2")
    changed = {**ROAD, "fields": [*ROAD["fields"], field("Z", required=True)]}
    assert define(officer, changed) == [2]
    assert define(officer, changed) == [2]
    hand_in(officer, "OB 104 A3")
    hand_in(officer, "OB 105 A3 K2")
    old, new = sorted(all_of(officer, Observation), key=lambda each: each.number or 0)
    assert [row.version for row in all_of(officer, FormRow) if row.code == "OB"] == [1, 2]
    assert (old.status, old.said_values["A"], new.status) == ("complete", 3, "partial")


# -- who ---------------------------------------------------------------------------------------------------------------


def test_a_citizen_s_codes_are_not_read(officer: Store) -> None:
    hand_in(officer, "OB 104 A2 K2", sender=BOUBACAR)
    assert all_of(officer, Observation) == []


def test_what_a_suspended_officer_writes_is_kept_for_a_person(officer: Store) -> None:
    suspend(officer, one_of(officer, Reporter, Reporter.kind == "officer").id)
    code = message_of(officer, hand_in(officer, "OB 104 A2 K2"))
    text = hand_in(officer, "Vol de moto hier à Dixinn")
    assert all_of(officer, Observation) == []
    assert (code.review, report_of(officer, text).review) == ("suspended-reporter", "suspended-reporter")
    stop = message_of(officer, hand_in(officer, "STOP"))
    assert (stop.kind, stop.review) == ("command", None)


def test_an_officer_s_sentence_stays_a_sentence(officer: Store) -> None:
    report = report_of(officer, hand_in(officer, "Vol de moto hier à Dixinn"))
    assert report.source == "officer"
    assert all_of(officer, Observation) == []


def test_who_writes_on_behalf_is_marked_and_nobody_is_named(officer: Store) -> None:
    enrol_as(officer, BOUBACAR, "relay", "Radio")
    hand_in(officer, "POUR Mariama Camara OB 104 A2 K2", sender=BOUBACAR)
    seen = observation(officer)
    assert (seen.on_behalf, seen.source, one_of(officer, Report).source) == (True, "relay", "relay")
    assert "Mariama" not in str([event.payload for event in events_of(officer, "observation.opened")])


def test_enrolling_twice_changes_kind_and_place_of_the_same_reporter(store: Store) -> None:
    first = enrol_as(store, AMINATA)
    again = enrol_as(store, "920 00 00 01", "monitor", "Radio", "GN-C-MTM")
    reporter = one_of(store, Reporter)
    assert (again, reporter.kind, reporter.unit) == (first, "monitor", "Radio")
    assert reporter.home_id == locality_id(store, "GN-C-MTM")
    assert AMINATA.encode() not in (reporter.number or b"")


# -- checklists --------------------------------------------------------------------------------------------------------


def test_a_checklist_is_one_observation_a_week_and_opens_no_report(officer: Store) -> None:
    hand_in(officer, "CL P3 V oui")
    hand_in(officer, "CL P4")
    assert (observation(officer).said_values, observation(officer).status) == ({"P": 4, "V": True}, "complete")
    officer.clock.go_on(days=1)  # Monday
    hand_in(officer, "CL P1 V non")
    assert len(all_of(officer, Observation)) == 2
    assert all_of(officer, Report) == []


# -- protected ---------------------------------------------------------------------------------------------------------


def test_a_protected_matter_is_answered_without_a_word_of_it(officer: Store) -> None:
    define(officer, {**ROAD, "code": "GV", "report": {"category": "sexual_violence", "killed": "A"}})
    answer = said(officer, "GV A1 K1 B99")
    assert answer == "GV noté, sauf B: de 0 à 50. Renvoyez GV et le bon code."
    assert (observation(officer).protect, one_of(officer, Report).protect) == ("survivor", "survivor")
    assert said(officer, "GV B9") == "GV: bien arrivé."
    assert said(officer, "GV 3 A1 K1 Mariam viol") == "GV 3 noté, sauf certains mots. Renvoyez GV 3 et le bon code."


@pytest.mark.parametrize("words", ["T la fille a été violée par son oncle", "L la fille a été violée par son oncle"])
def test_what_the_words_tell_is_protected_too(officer: Store, words: str) -> None:
    answer = said(officer, f"OB 105 K2 A1 {words}")
    report = one_of(officer, Report)
    assert (report.protect, report.review, observation(officer).protect) == ("survivor", "maybe-protected", "survivor")
    assert "K=2" not in answer
    hand_in(officer, "OB 105 K1 B2")
    report = one_of(officer, Report)
    assert (report.protect, report.review, observation(officer).protect) == ("survivor", "maybe-protected", "survivor")


def test_what_the_words_of_a_later_text_tell_is_protected_too(officer: Store) -> None:
    first = hand_in(officer, "OB 105 K2 A1 L Matam")
    hand_in(officer, "OB 105 T la fille a été violée par son oncle")
    report = one_of(officer, Report)
    assert (report.protect, report.review, observation(officer).protect) == ("survivor", "maybe-protected", "survivor")
    assert message_of(officer, first).protect == "survivor"


def test_while_the_category_is_open_the_strictest_holds(officer: Store) -> None:
    kinds = [{"code": "1", "label": {"fr": "vol"}, "category": "theft"}]
    kinds += [{"code": "2", "label": {"fr": "viol"}, "category": "sexual_violence"}]
    fields = [field("K", "choice", required=True, choices=kinds), field("A"), field("B")]
    define(officer, {"code": "XV", "title": {"fr": "x"}, "fields": fields, "report": {"category_from": "K"}})
    hand_in(officer, "XV A1 B2")
    assert observation(officer).protect == "survivor"
    hand_in(officer, "XV K1")
    assert (observation(officer).protect, one_of(officer, Report).protect) == ("none", "none")


# -- defining ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"code": "STOP"}, "a word"),
        ({"report": {"category": "no_such"}}, "no category"),
        ({"kind": "checklist", "period": "day", "expected": {"localities": ["XX"]}}, "no locality"),
    ],
)
def test_what_cannot_be_is_refused(store: Store, changes: dict[str, Any], why: str) -> None:
    with store.database.writing() as session, pytest.raises(Invalid, match=why):
        define_form(session, store.keeper.current(session), form_of({**ROAD, **changes}), store.clock(), "test")


# -- erased ------------------------------------------------------------------------------------------------------------


def test_an_erased_officer_leaves_codes_without_words_or_source(officer: Store) -> None:
    hand_in(officer, "OB 104 A2 K2 T=camion contre moto")
    erase(officer.database, officer.keeper, officer.vault, officer.settings, AMINATA, officer.clock())
    seen = observation(officer)
    assert (seen.reporter_id, seen.words) == (None, None)
    assert (seen.said_values, seen.report_id) == ({"A": 2, "K": "2"}, one_of(officer, Report).id)
    assert all(event.reporter_id is None for event in events_of(officer, "observation.opened"))
