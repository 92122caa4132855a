"""Three stories, told from the outside: signed webhooks in, texts and figures out, everything running."""

from collections.abc import Iterator

import pytest

from models.settings import Settings
from tests.journeys.town import Town, town, wait_for

AMINATA = "+224920000101"
FANTA = "+224920000102"
NIGHT = [f"+2249200002{n:02d}" for n in range(12)]


@pytest.fixture
def conakry(store_url: str, settings: Settings) -> Iterator[Town]:
    with town(store_url, settings) as running:
        yield running


def test_a_stolen_motorbike_becomes_an_answer_and_a_figure(conakry: Town) -> None:
    committee = conakry.make_key("aggregates:read", locality="GN-C")
    desk = conakry.make_key("reports:read", "messages:read")

    sid = conakry.text("Bonjour, vol de moto à Dixinn svp", AMINATA)

    (answer,) = wait_for(lambda: conakry.inbox(AMINATA), "an answer")
    assert answer.startswith("Noté: Vol de véhicule ou de moto, Dixinn, ")
    assert "Ref " in answer

    (figure,) = wait_for(
        lambda: conakry.rows(
            "/v1/aggregates", committee, group_by="locality,category", depth=1, category="vehicle_theft"
        ),
        "a figure",
    )[1:]
    assert (figure["locality"], figure["category"], figure["reports"]) == ("GN-C-DIX", "vehicle_theft", 1)

    (report,) = conakry.rows("/v1/reports", desk)
    assert (report["category"], report["locality"], report["status"]) == ("vehicle_theft", "GN-C-DIX", "open")

    conakry.text("Bonjour, vol de moto à Dixinn svp", AMINATA, sid)  # Twilio did not hear us the first time
    (sent,) = conakry.twilio.messages.values()
    conakry.tell_delivered(sent)

    def delivered() -> bool:
        return [row["status"] for row in conakry.rows("/v1/messages", desk, direction="out")] == ["delivered"]

    wait_for(delivered, "the word that it arrived")
    assert len(conakry.rows("/v1/reports", desk)) == 1
    assert len(conakry.inbox(AMINATA)) == 1


def test_a_girls_forced_marriage_gets_the_receipt_only_and_is_in_no_public_figure(conakry: Town) -> None:
    everything = {"group_by": "locality,category,period", "period": "year", "depth": 1}
    public = conakry.make_key("aggregates:read", "reports:read", "messages:read")
    gender_desk = conakry.make_key("aggregates:read", "reports:read", "protected:read")
    conakry.text("incendie à Kaloum", AMINATA)
    wait_for(lambda: conakry.rows("/v1/aggregates", public, **everything), "the first figures")
    before = conakry.get("/v1/aggregates", public, **everything)

    conakry.text("on veut marier ma fille de 13 ans de force à Matoto", FANTA)

    (answer,) = wait_for(lambda: conakry.inbox(FANTA), "a receipt")
    assert answer.startswith("Merci, message arrivé. Ref ")
    assert not [word for word in ("maria", "force", "fille", "matoto", "forced") if word in answer.lower()]

    def seen_by_the_desk() -> list[str]:
        rows = conakry.rows("/v1/aggregates", gender_desk, category="forced_marriage")
        return [row["category"] for row in rows if row["reports"] == 1]

    wait_for(seen_by_the_desk, "the desk's figure")
    after = conakry.get("/v1/aggregates", public, **everything)
    assert after.json()["rows"] == before.json()["rows"]
    assert after.headers["etag"] == before.headers["etag"]
    assert {row["category"] for row in conakry.rows("/v1/reports", public)} == {"fire"}
    assert {row["category"] for row in conakry.rows("/v1/reports", gender_desk)} == {"fire", "forced_marriage"}
    reference = answer.partition("Ref ")[2].partition(".")[0]
    everything_public = [conakry.get(path, public).text for path in ("/v1/reports", "/v1/messages", "/v1/aggregates")]
    assert not [page for page in everything_public if "forced_marriage" in page or reference in page]


def test_a_night_of_stops(conakry: Town) -> None:
    """Everybody has had enough, some in the middle of a sentence. All are heard; nobody hears from us again, but who
    calls for help.
    """
    desk = conakry.make_key("aggregates:read", "reports:read", "protected:read")
    for number in NIGHT:
        conakry.text("vol à Dixinn", number)
        conakry.text("STOP", number)
        conakry.text("incendie à Kaloum", number)

    def stopped(number: str) -> list[str]:
        return [text for text in conakry.inbox(number) if text.startswith("C'est noté: plus aucun SMS")]

    wait_for(lambda: all(stopped(number) for number in NIGHT), "every confirmation")
    wait_for(lambda: len(conakry.rows("/v1/reports", desk, limit=500)) == 2 * len(NIGHT), "every report")
    for number in NIGHT:
        conakry.text("stop", number)
        conakry.text("au secours ils sont là à Dixinn", number)
    wait_for(lambda: len(conakry.rows("/v1/reports", desk, limit=500)) == 3 * len(NIGHT), "the reports that followed")

    def helped(number: str) -> list[str]:
        return [text for text in conakry.inbox(number) if "n'envoie pas de secours. Demandez" in text]

    wait_for(lambda: all(helped(number) for number in NIGHT), "every answer to a call for help")

    conakry.text("START", NIGHT[0])
    conakry.text("vol à Dixinn", NIGHT[0])

    def welcomed_back() -> bool:
        return [text[:14] for text in sorted(conakry.inbox(NIGHT[0])[-2:])] == ["C'est noté: no", "Noté: Vol, Dix"]

    wait_for(welcomed_back, "the word that START was understood, and the next answer")

    for number in NIGHT[1:]:
        after_stop = conakry.inbox(number)
        assert (len(stopped(number)), len(helped(number))) == (1, 1)
        assert after_stop[-1] == helped(number)[0]
        assert after_stop[-2] == stopped(number)[0]
        assert len(after_stop) <= 3

    def counted() -> bool:
        rows = conakry.rows("/v1/aggregates", desk, locality="GN-C", group_by="category", period="year")
        return {row["category"]: row["reports"] for row in rows} == {"theft": len(NIGHT) + 1, "fire": len(NIGHT)}

    wait_for(counted, "the figures of the night")
