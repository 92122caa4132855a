"""What a text of a trained reporter says: any order, any case, with slips; and never a value that was not meant."""

import time
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.forms.definition import BadForm, Form, FormField
from intake.forms.reading import CodeReading, canonical, read_code
from intake.forms.values import LONGEST_TEXT, Value, cleaned
from tests.intake.forms.factories import KIND, PLAIN, RICH, SEX, TODAY, Finder, field, form


def read(text: str | bytes, of: Form = RICH) -> CodeReading | None:
    return read_code(text, {of.code: of}, Finder())


def said(text: str, of: Form = RICH) -> dict[str, Any]:
    """The values of a text that must be a form without any problem."""
    reading = read(text, of)
    assert reading is not None, text
    assert reading.problems == (), reading.problems
    return dict(reading.values)


def problems(text: str, of: Form = RICH) -> set[tuple[str, str | None]]:
    reading = read(text, of)
    assert reading is not None, text
    return {(problem.why, problem.tag) for problem in reading.problems}


@pytest.mark.parametrize(
    "text",
    [
        "OB 104 A1 B2 C17",
        "ob 104 a1 b2 c17",
        "OB-104;A=1,B:2 c 17",
        "OB104A1B2C17",
        "ob104 c17b2 a1",
        "OB 104 C 17 B 2 A 1",
        "OB no 104: A-1 / B-2 / C-17.",
        "Ob 104\nA 1\nB 2\nC 17\n",
        "OB 1O4 Al B2 C I7",
        "\u00ab OB \u00bb 104 A1 B2 C17".replace("\u00ab ", "").replace(" \u00bb", ""),
        "OB \u0661\u0660\u0664 A1 B2 C17",
        "OB 104 AA1 B2 C17",
        "OB 104 A1 B2 C17 A1",
        "OC 104 A1 B2 C17",
        "0B104A1B2C17",
    ],
)
def test_one_observation_in_many_spellings(text: str) -> None:
    reading = read(text, PLAIN)
    assert reading is not None
    assert (reading.number, dict(reading.values), reading.problems) == (104, {"A": 1, "B": 2, "C": 17}, ())


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("OB AGE34 SH V oui", {"AGE": 34, "S": "H", "V": True}),
        ("OB A2 SF VN", {"A": 2, "S": "F", "V": False}),
        ("OB A2 S homme", {"A": 2, "S": "H"}),
        ("OB A2 K coups et blessures", {"A": 2, "K": "2"}),
        ("OB A2 Kl", {"A": 2, "K": "1"}),
        ("OB P2,5 A3", {"P": Decimal("2.5"), "A": 3}),
        ("OB P=-2.5 A3", {"P": Decimal("-2.5"), "A": 3}),
        ("OB A3 D 12/11/26", {"A": 3, "D": date(2026, 11, 12)}),
        ("OB A3 D20/11/2026", {"A": 3, "D": date(2026, 11, 20)}),
        ("OB A3 D20112026 V1", {"A": 3, "D": date(2026, 11, 20), "V": True}),
        ("OB A3 D hier", {"A": 3, "D": date(2026, 11, 21)}),
        ("OB D il y a 3 jours A 2 V oui", {"D": date(2026, 11, 19), "A": 2, "V": True}),
        ("OB L Dixinn A 3", {"L": "GN-C-DIX", "A": 3}),
        ("OB A3 L Ouaga 2000", {"A": 3, "L": "BF-OUA"}),
        ("OB A3 LEU Dixinn", {"A": 3, "LIEU": "GN-C-DIX"}),
        ("OB A3 T bagarre au marche B", {"A": 3, "T": "bagarre au marche B"}),
        ("OB T bagarre au marche A 3 V oui", {"T": "bagarre au marche", "A": 3, "V": True}),
        ("OB T bagarre au marche A 3", {"T": "bagarre au marche", "A": 3}),
        ("OB T=bagarre; a 3", {"T": "bagarre", "A": 3}),
        ("OB P0,500 A3", {"P": Decimal("0.5"), "A": 3}),
        ("OB A 12L Dixinn", {"A": 12, "L": "GN-C-DIX"}),
        ("OB A 12S V1", {"A": 12, "V": True}),
        ("OB A 1S H", {"A": 1, "S": "H"}),
        ("OB V oui T la depuis hier, il y a 3 morts", {"V": True, "T": "la depuis hier, il y a 3 morts"}),
        ('OB T="dit: A=4; V=oui" A3', {"T": "dit: A=4; V=oui", "A": 3}),
    ],
)
def test_every_type_of_answer(text: str, values: dict[str, Value]) -> None:
    assert said(text) == values


@pytest.mark.parametrize(
    ("text", "wrong", "kept"),
    [
        ("OB 104 A99 V1", {("range", "A")}, {"V": True}),
        ("OB 104 A2,5 V1", {("range", "A")}, {"V": True}),
        ("OB A5 000 V1", {("unclear", "A"), ("unread", None)}, {"V": True}),
        ("OB 104 A -1 V1", {("range", "A")}, {"V": True}),
        ("OB A3 P1,500", {("unclear", "P")}, {"A": 3}),  # or is it fifteen hundred?
        ("OB A3 P 1.500", {("unclear", "P")}, {"A": 3}),
        ("OB A3 P 1 500,5", {("unclear", "P"), ("unread", None)}, {"A": 3}),
        ("OB A12B V1", {("range", "A")}, {"V": True}),
        ("OB A 12B V1", {("range", "A")}, {"V": True}),
        ("OB AGE12B V1", {("range", "AGE")}, {"V": True}),
        ("OB AGE 12B V1", {("range", "AGE")}, {"V": True}),
        ("OB A3 P-2", {("unclear", "P")}, {"A": 3}),  # is it minus two?
        ("OB A3 S X", {("choice", "S")}, {"A": 3}),
        ("OB A3K7V1", {("choice", "K")}, {"A": 3, "V": True}),
        ("OB 104 A3 VO", {("unread", None)}, {"A": 3}),
        ("OB A3 V O", {("yes-no", "V")}, {"A": 3}),
        ("OB A3 V 0", {("yes-no", "V")}, {"A": 3}),
        ("OB A3 D 31/02/2026", {("date", "D")}, {"A": 3}),
        ("OB A3 D 23/11/2026", {("date", "D")}, {"A": 3}),
        ("OB A3 D 20/11/2024", {("date", "D")}, {"A": 3}),
        ("OB A3 L Nullepart", {("place", "L")}, {"A": 3}),
        ("OB A3 L Kindia", {("places", "L")}, {"A": 3}),
        ("OB A3 L Dixinn au secours", {("place", "L")}, {"A": 3}),
        ("OB A1A2 V1", {("two-values", "A")}, {"V": True}),
        ("OB A1 V1 A 2", {("two-values", "A")}, {"V": True}),
        ("OB A1 V1 AGE 12 Z5", {("unread", None)}, {"A": 1, "V": True, "AGE": 12}),
    ],
)
def test_a_wrong_answer_is_named_and_the_others_are_kept(
    text: str, wrong: set[tuple[str, str | None]], kept: dict[str, Value]
) -> None:
    assert problems(text) == wrong
    reading = read(text)
    assert reading is not None
    assert dict(reading.values) == kept


def test_a_value_said_twice_differently_is_never_the_last() -> None:
    doubled = form(field("AA"))
    assert problems("OB AA1AA2", doubled) == {("two-values", "AA")}
    assert said("OB AA1AA1", doubled) == {"AA": 1}


@pytest.mark.parametrize(
    "text",
    [
        "vol de moto à Dixinn hier soir",
        "OB",
        "",
        "?!",
        "obus tombe à Matam a 3 km",
        "ob les hommes armés sont là",
        "OB une dispute a 2 heures au marche de Dixinn hier",
        "OB 3 motos volees a Dixinn",
        "ob d une moto volee",
        "oc 3 motos",
        "stop",
        "A1 B2 C3",
        "bonjour OB 104 A1",
        "pour l instant rien",
    ],
)
def test_a_sentence_is_no_form(text: str) -> None:
    assert read(text) is None


def test_who_writes_for_somebody_is_marked() -> None:
    reading = read("POUR le poste 4 OB 104 A1 V1")
    assert reading is not None
    assert (reading.on_behalf, reading.number, dict(reading.values)) == (True, 104, {"A": 1, "V": True})
    plain = read("OB 104 A1 V1")
    assert plain is not None
    assert not plain.on_behalf


def test_the_longest_code_that_fits_is_meant() -> None:
    short, long = form(field("A")), form(field("A"), code="OBX")
    reading = read_code("OBX A1", {"OB": short, "OBX": long}, Finder())
    assert reading is not None
    assert reading.form.code == "OBX"


def test_a_code_with_a_slip_that_two_forms_have_is_none() -> None:
    forms = {code: form(field("A"), field("B"), code=code) for code in ("OBA", "OBE")}
    assert read_code("OBX A1 B2", forms, Finder()) is None


def test_a_tag_with_a_slip_that_two_fields_have_is_none() -> None:
    alike = form(field("LIEU"), field("LIEN"), field("A"))
    assert problems("OB 104 A1 LIEX3", alike) == {("unread", None)}
    reading = read("OB 104 A1 LIEX3", alike)
    assert reading is not None
    assert dict(reading.values) == {"A": 1}


def test_a_report_s_reference_says_which_is_meant() -> None:
    reading = read("OB REF K7M2QA A4")
    assert reading is not None
    assert (reading.reference, reading.number, dict(reading.values)) == ("K7M2QA", None, {"A": 4})


def test_a_reference_with_a_slip_is_one_all_the_same() -> None:
    for text, reference in (
        ("OB REF 2222A2 A4", "2222A2"),
        ("OB REF K7M20A A4", "K7M20A"),
        ("OB REFK7M2QA A4", "K7M2QA"),
    ):
        reading = read(text)
        assert reading is not None
        assert (reading.reference, reading.problems, dict(reading.values)) == (reference, (), {"A": 4})


@pytest.mark.parametrize("text", ["OB NON A4", "ob no a4", "OB HAPANA A4"])
def test_a_no_after_the_code_corrects_the_last_one(text: str) -> None:
    reading = read(text)
    assert reading is not None
    assert (reading.corrects, reading.number, reading.problems, dict(reading.values)) == (True, None, (), {"A": 4})


@pytest.mark.parametrize("text", ["OB NON 104 A4", "OB 104 NON A4", "OB 104 A4", "OB no 104 A4"])
def test_a_no_beside_a_number_is_understood_too(text: str) -> None:
    reading = read(text)
    assert reading is not None
    assert (reading.number, reading.problems, dict(reading.values)) == (104, (), {"A": 4})


def test_a_number_right_before_a_tag_ends_there() -> None:
    reading = read("OB 104B2 A1", PLAIN)
    assert reading is not None
    assert (reading.number, dict(reading.values)) == (104, {"B": 2, "A": 1})


def test_politeness_takes_nothing_from_an_exact_code() -> None:
    assert problems("OB 107 A2 V1 merci chef bonne journee") == {("unread", None)}
    reading = read("OB 107 A2 V1 merci chef bonne journee")
    assert reading is not None
    assert (reading.number, dict(reading.values)) == (107, {"A": 2, "V": True})


def test_a_number_that_is_missing_or_too_many_is_told() -> None:
    must, none = form(field("A"), number="required"), form(field("A"), number="none")
    assert problems("OB A1", must) == {("number", None)}
    assert problems("OB 104 A=1", none) == {("number", None)}


@pytest.mark.parametrize(
    ("text", "loose"),
    [
        ("OB A1 T ils ont des armes ici Z", "ils ont des armes ici Z"),
        ("OB A1 L Dixinn au secours", "Dixinn au secours"),
        ("OB A1 D la semaine dernière", ""),
        ("OB A1 D ils nous attaquent maintenant", "ils nous attaquent maintenant"),
        ('OB A1 L="au secours" V1', "au secours"),
        ('OB A="on nous tue" V1', "on nous tue"),
        ("OB 104 A1 V1 venez vite", "venez vite"),
        ("POUR ma soeur attaquee OB 104 A1 V1", "POUR ma soeur attaquee"),
        ("OB A1 V1 L Dixinn D 20/11/2026 P99,5", ""),
    ],
)
def test_all_words_are_looked_through_for_danger(text: str, loose: str) -> None:
    reading = read(text)
    assert reading is not None
    assert reading.loose == loose


# -- laws --------------------------------------------------------------------------------------------------------------

CODES = st.text("ABCDEFGHJKLMNPQRSTUVWXYZ", min_size=1, max_size=3)


@st.composite
def forms(draw: st.DrawFn) -> Form:
    tags = draw(st.lists(CODES.filter(lambda t: t not in {"OB", "REF"}), min_size=1, max_size=8, unique=True))
    fields = []
    for tag in tags:
        kind = draw(st.sampled_from(["text", "integer", "decimal", "choice", "yes_no", "date", "place"]))
        changes: dict[str, Any] = {}
        if kind == "choice":
            changes["choices"] = draw(st.sampled_from([SEX, KIND]))
        if kind in {"integer", "decimal"}:
            changes["min"] = draw(st.integers(-50, 0))
        fields.append(field(tag, kind, **changes))
    try:
        return form(*fields)
    except BadForm:  # a form whose answers would be tags is refused
        return form(*({**each, "tag": f"XX{'ABCDEFGH'[n]}"} for n, each in enumerate(fields)))


def values_of(each: FormField) -> st.SearchStrategy[Value]:
    match each.type:
        case "integer":
            return st.integers(int(each.least), 999_999_999)
        case "decimal":
            return st.decimals(int(each.least), 999_999, allow_nan=False, places=3)
        case "choice":
            return st.sampled_from([choice.code for choice in each.choices])
        case "yes_no":
            return st.booleans()
        case "date":
            return st.dates(date(2025, 11, 23), TODAY)
        case "place":
            return st.text("ABCDEFGHIJ-0123456789", max_size=8).map(lambda rest: f"GN-{rest}")
        case _:
            return st.text(max_size=60).map(normal).filter(bool)


def normal(text: str) -> str:
    import unicodedata  # noqa: PLC0415  only here

    return cleaned(unicodedata.normalize("NFKC", cleaned(unicodedata.normalize("NFKC", text))))[:LONGEST_TEXT]


@given(st.data())
def test_what_a_form_prints_it_reads_back(data: st.DataObject) -> None:
    of = data.draw(forms())
    chosen = data.draw(st.lists(st.sampled_from([each.tag for each in of.fields]), min_size=1, unique=True))
    values = {each.tag: data.draw(values_of(each)) for each in of.fields if each.tag in chosen}
    number = data.draw(st.none() | st.integers(0, 999_999))
    text = canonical(of, values, number)
    reading = read(text, of)
    assert reading is not None, text
    assert (dict(reading.values), reading.problems, reading.number) == (values, (), number), text


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: f"OB 1 {text}".encode("utf-8", "replace")))
def test_reading_never_raises(body: bytes) -> None:
    read(body)


@given(st.text("OBAGESKVPDLT0123456789 .;=lI-", max_size=40))
def test_a_value_is_always_an_allowed_one(text: str) -> None:
    reading = read("OB " + text)
    for tag, value in (reading.values if reading else {}).items():
        kind = next(each for each in RICH.fields if each.tag == tag)
        assert kind.type not in {"integer", "decimal"} or kind.least <= value <= kind.most  # type: ignore[operator]
        assert kind.type != "choice" or kind.choice(str(value))


@pytest.mark.parametrize("piece", ["A", "A1", "A ", "A 1 ", "T a 3 ", "OB ", "AGE", "1", "S H ", '"', "D 1/1 ", "LEU1"])
def test_hostile_texts_are_read_within_fifty_milliseconds(piece: str) -> None:
    body = ("OB 104 " + piece * 1_600)[:1_600]
    read(body)
    started = time.perf_counter()
    read(body)
    assert time.perf_counter() - started < 0.05
