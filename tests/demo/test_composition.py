"""The demonstration's texts: are they the same each time, nobody's number, and about places that exist?"""

import csv
import random
import re
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from importlib.resources import files

import phonenumbers
import pytest

from demo.composition import FRESH_HOURS, LANGUAGES, MOST_FRESH_DANGERS, DemoText, compose
from demo.material import PLACE_WEIGHTS, Template, read_places, read_templates
from demo.wording import day_words, in_conakry, misspelt, place_words, without_accents

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
SEEDS = (2026, 1, 2, 3)


@pytest.fixture(scope="module", params=SEEDS, ids=lambda seed: f"seed {seed}")
def texts(request: pytest.FixtureRequest) -> list[DemoText]:
    return compose(600, NOW, seed=request.param)


@pytest.fixture(scope="module")
def localities() -> list[dict[str, str]]:
    return list(csv.DictReader(files("demo").joinpath("guinea.csv").read_text(encoding="utf-8").splitlines()))


def test_the_same_seed_and_moment_give_the_same_texts() -> None:
    assert compose(600, NOW) == compose(600, NOW, seed=2026)


def test_another_seed_or_moment_gives_other_texts() -> None:
    assert compose(600, NOW) != compose(600, NOW, seed=2027)
    assert compose(600, NOW) != compose(600, NOW + timedelta(days=1))


def test_the_same_moment_in_another_zone_gives_the_same_texts() -> None:
    assert compose(50, NOW.astimezone(timezone(timedelta(hours=5)))) == compose(50, NOW)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        compose(5, NOW.replace(tzinfo=None))


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 20, 50, 600, 3000])
def test_there_are_as_many_deliveries_as_asked_for(count: int) -> None:
    assert len(compose(count, NOW)) == count


def test_deliveries_come_in_order_within_the_last_sixty_days(texts: list[DemoText]) -> None:
    moments = [text.sent_at for text in texts]
    assert moments == sorted(moments)
    assert NOW - timedelta(days=60) <= moments[0]
    assert moments[-1] <= NOW
    assert all(moment.utcoffset() == timedelta(0) for moment in moments)


def test_about_four_in_a_hundred_are_repeats_of_an_earlier_sound_delivery(texts: list[DemoText]) -> None:
    repeats = [(index, text) for index, text in enumerate(texts) if text.repeat_of is not None]
    assert 18 <= len(repeats) <= 30
    for index, text in repeats:
        assert text.repeat_of is not None
        assert text.repeat_of < index
        first = texts[text.repeat_of]
        assert first.repeat_of is None
        assert first.damage is None
        assert (text.number, text.text, text.provider_id) == (first.number, first.text, first.provider_id)


def test_provider_ids_are_well_formed_and_shared_by_repeats_alone(texts: list[DemoText]) -> None:
    fresh = [text.provider_id for text in texts if text.repeat_of is None]
    assert len(set(fresh)) == len(fresh)
    assert all(re.fullmatch(r"SM[0-9a-f]{32}", text.provider_id) for text in texts)


def test_some_people_send_the_same_text_again(texts: list[DemoText]) -> None:
    written = Counter((text.number, text.text, text.sent_at.date()) for text in texts if text.repeat_of is None)
    assert 8 <= sum(times - 1 for times in written.values()) <= 18


def test_about_two_in_a_hundred_are_spoilt_in_both_ways(texts: list[DemoText]) -> None:
    assert Counter(text.damage for text in texts if text.damage) == {"signature": 6, "account": 6}


def test_about_a_hundred_and_fifty_people_write_and_a_few_of_them_often(texts: list[DemoText]) -> None:
    per_sender = Counter(text.number for text in texts)
    assert 130 <= len(per_sender) <= 170
    assert per_sender.most_common(1)[0][1] >= 15
    assert sorted(per_sender.values())[len(per_sender) // 2] <= 3


def test_every_number_is_possible_and_belongs_to_nobody(texts: list[DemoText]) -> None:
    for number in {text.number for text in texts}:
        parsed = phonenumbers.parse(number, None)
        assert phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) == number
        assert phonenumbers.is_possible_number(parsed)
        assert not phonenumbers.is_valid_number(parsed)


def test_no_slot_is_left_open_and_few_texts_are_alike(texts: list[DemoText]) -> None:
    assert not any("{" in text.text for text in texts)
    assert len({text.text for text in texts}) > 450


def test_somebody_says_stop(texts: list[DemoText]) -> None:
    assert any(text.text.lower() in {"stop", "arret", "arreter", "stopall", "unsubscribe"} for text in texts)


def test_only_a_few_people_are_in_danger_in_the_last_hours() -> None:
    dangers = [
        re.compile(re.sub(r"\\\{\w+\\\}", ".+", re.escape(template.text)), re.IGNORECASE)
        for template in read_templates()
        if template.danger
    ]
    for seed in range(8):
        fresh = [
            text
            for text in compose(6000, NOW, seed)
            if text.sent_at > NOW - timedelta(hours=FRESH_HOURS) and text.repeat_of is None
        ]
        in_danger = {text.text for text in fresh if any(danger.fullmatch(text.text) for danger in dangers)}
        assert len(in_danger) <= MOST_FRESH_DANGERS


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("hour", [0, 6, 11, 22])
def test_a_day_that_is_said_fits_the_hour_of_sending(lang: str, hour: int) -> None:
    sent_at = NOW.replace(hour=hour)
    template = Template("{day}", lang, "report", "theft", None, False)
    said = {day_words(template, sent_at, random.Random(seed)) for seed in range(400)}
    assert (said & {"ce matin", "this morning"} != set()) == (hour >= 10)
    assert ("ce soir" in said) == (hour >= 20 and lang == "fr")
    assert not any(re.search(r"\b(Sunday|dimanche)\b", words, re.IGNORECASE) for words in said), "NOW is a Sunday"


def test_a_day_after_since_is_not_on_a_day() -> None:
    template = Template("no light since {day}", "en", "report", "service_outage", None, False)
    said = {day_words(template, NOW, random.Random(seed)) for seed in range(400)}
    assert not any(words.startswith("on ") or words.endswith("ago") for words in said)


def test_most_places_are_in_conakry_and_about_an_eighth_is_misspelt() -> None:
    rng = random.Random(1)
    places = list(read_places().values())
    known = {without_accents(name).lower(): place for place in places for name in (place.name, *place.aliases)}
    template = Template("theft in {place}", "en", "report", "theft", None, False)
    home = read_places()["GN-C-RAT"]
    said = [without_accents(place_words(template, home, rng)).lower() for _ in range(4000)]
    recognised = [known[name] for name in said if name in known]
    assert 0.09 <= 1 - len(recognised) / len(said) <= 0.15
    assert sum(map(in_conakry, recognised)) / len(recognised) > 0.5


def test_cattle_and_mines_are_never_reported_from_conakry() -> None:
    template = Template("8 boeufs volés a {place}", "fr", "report", "livestock_theft", None, False)
    home = read_places()["GN-C-RAT"]
    rng = random.Random(1)
    assert not any("ratoma" in place_words(template, home, rng).lower() for _ in range(500))


def test_a_slip_never_makes_another_known_place() -> None:
    rng = random.Random(1)
    known = {without_accents(name).lower() for place in read_places().values() for name in (place.name, *place.aliases)}
    for place in read_places().values():
        for _ in range(50):
            wrong = without_accents(misspelt(place.name, rng)).lower()
            assert wrong not in known or len(place.name) < 5


def test_guinea_has_eight_regions_thirty_three_prefectures_and_conakry_thirteen_communes(
    localities: list[dict[str, str]],
) -> None:
    assert sum(row["level"] == "1" for row in localities) == 8
    second = [row for row in localities if row["level"] == "2"]
    assert sum(re.fullmatch(r"GN-[A-Z]{2}", row["code"]) is not None for row in second) == 33
    assert sum(row["parent"] == "GN-C" for row in second) == 13
    assert len(second) == 33 + 13


def test_every_locality_has_one_code_and_a_parent_one_level_up(localities: list[dict[str, str]]) -> None:
    level = {row["code"]: int(row["level"]) for row in localities}
    assert len(level) == len(localities)
    assert [row["code"] for row in localities if not row["parent"]] == ["GIN"]
    for row in localities:
        if row["parent"]:
            assert level[row["parent"]] == int(row["level"]) - 1


def test_every_position_that_is_given_lies_in_guinea(localities: list[dict[str, str]]) -> None:
    for row in localities:
        assert bool(row["lat"]) == bool(row["lon"])
        if row["lat"]:
            assert 7.1 < float(row["lat"]) < 12.7
            assert -15.1 < float(row["lon"]) < -7.6


def test_an_alias_says_something_new_and_belongs_to_one_place_of_its_parent(localities: list[dict[str, str]]) -> None:
    seen: set[tuple[str, str]] = set()
    for row in localities:
        names = [row["name"], *filter(None, row["aliases"].split("|"))]
        assert len(set(names)) == len(names), row["code"]
        here = {(row["parent"], name.lower()) for name in names}
        assert not here & seen, row["code"]
        seen |= here


def test_every_weighted_place_exists() -> None:
    assert set(PLACE_WEIGHTS) <= set(read_places())


def test_a_template_has_a_category_a_command_or_neither_as_its_kind_asks() -> None:
    for template in read_templates():
        assert template.lang in LANGUAGES
        assert template.kind in {"report", "command", "greeting", "nonsense"}
        assert (template.category is not None) == (template.kind == "report"), template
        assert (template.command is not None) == (template.kind == "command"), template
        assert template.kind == "report" or not template.danger, template
        assert set(re.findall(r"\{(\w*)\}", template.text)) <= {"place", "day"}, template


def test_templates_hold_no_telephone_number() -> None:
    for template in read_templates():
        assert not re.search(r"(\d[ .-]?){8,}", template.text), template


def test_templates_mix_languages_places_and_days_as_planned() -> None:
    templates = read_templates()
    reports = [template for template in templates if template.kind == "report"]
    assert len(templates) >= 420
    assert len(set(templates)) == len(templates)
    assert 0.30 <= sum(template.lang == "en" for template in templates) / len(templates) <= 0.40
    assert 0.12 <= sum("{place}" not in template.text for template in reports) / len(reports) <= 0.20
    assert 0.35 <= sum("{day}" not in template.text for template in reports) / len(reports) <= 0.60


def test_every_category_has_templates_and_danger_follows_its_rule() -> None:
    lines = files("models").joinpath("categories.csv").read_text(encoding="utf-8").splitlines()
    rules = {row["code"]: row["danger"] for row in csv.DictReader(lines)}
    reports = [template for template in read_templates() if template.category is not None]
    assert {template.category for template in reports} == set(rules)
    for template in reports:
        assert template.category is not None
        assert template.danger in {"always": {True}, "no": {False}}.get(rules[template.category], {True, False}), (
            template
        )
