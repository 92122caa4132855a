"""Which texts are commands, in four languages and the ways people write them, and which only begin like one."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.understand.answers import answer_of
from intake.understand.commands import CommandReader
from intake.understand.misspelt import Misspelt
from intake.understand.normalise import words_of
from intake.understand.places import PlaceIndex
from intake.understand.values import Place, Situation
from intake.understand.word_lists import load_lexicon

SITUATION = Situation(datetime(2026, 11, 22, tzinfo=UTC))
NAMES = (
    "Dixinn",
    "Kindia",
    "Matam",
    "Matoto",
    "Kankan",
    "Coyah",
    "Kisumu",
    "Nakuru",
    "Garissa",
    "Mombasa",
    "Tumaco",
    "Quibdó",
)
LEXICON = load_lexicon()
PLACES = PlaceIndex([Place(name.upper(), 2, name, parents=("LAND",)) for name in NAMES], LEXICON.places)
READER = CommandReader(
    LEXICON.commands,
    PLACES,
    (LEXICON.categories.terms, LEXICON.casualties.terms, LEXICON.danger.now, LEXICON.danger.violence),
)
TEXTS: Final = {
    "stop": (
        "STOP!!!",
        "Stop svp",
        "stop stop stop",
        "Bonjour, arrêtez de m'envoyer des messages",
        "je ne veux plus recevoir vos sms",
        "svp ne m'envoyez plus de message",
        "please stop sending me these messages",
        "I don't want your texts anymore",
        "no more messages pls",
        "remove my number from your list",
        "take me off your list please",
        "ya no quiero recibir mensajes",
        "por favor no me manden más mensajes",
        "quiten mi numero de la lista",
        "acheni kunitumia message",
        "sitaki ujumbe wenu tena",
        "tafadhali niondoe kwenye orodha yenu",
        "stpo",
        "unsuscribe",
    ),
    "start": (
        "START",
        "commencer",
        "je veux recevoir vos sms à nouveau",
        "i want to get messages again",
        "start again please",
        "quiero volver a recibir mensajes",
        "reactivar",
        "anza tena",
        "nataka kupokea ujumbe tena",
        "UNSTOP",
    ),
    "help": (
        "Aide",
        "aide svp",
        "bjr, comment on utilise ce numéro ?",
        "HELP",
        "how does this work?",
        "info",
        "What can I send to this number?",
        "hello how do i report something here",
        "ayuda",
        "como funciona esto?",
        "hola buenas para que es este numero",
        "msaada tafadhali",
        "hii huduma inafanya kazi aje?",
        "habari naomba maelekezo jinsi ya kutumia hii namba",
        "comment signaler",
    ),
    "status": (
        "statut K7M2QX",
        "Statut de mon signalement K7M2QX svp",
        "bonjour, où en est le dossier K7M2?",
        "ref K7M2QX des nouvelles?",
        "K7M2QX",
        "status of my report K7M2?",
        "any update on K7M2QX please",
        "what happened to my case W3RT9",
        "how far with report R4T6YZ",
        "estado K7M2",
        "que paso con mi denuncia 7GHT2?",
        "hay novedades del caso QWP34?",
        "hali ya K7M2QA",
        "ripoti yangu K7M2QA imefika wapi?",
        "naulizia kuhusu kesi T5WX9",
        "stauts K7M2",
        "statut k7m 2qx",
        "Quelle suite pour ma plainte numero B4K7?",
        "suivi MKTRWZ",
        "vous avez fait quoi pour mon signalement H7J9K",
        "I want to know about my report 4KMX7T",
        "Statut: KO7M2X",
    ),
    "stats": (
        "STATS DIXINN",
        "chiffres de Kindia",
        "stats de la préfecture de Kindia svp",
        "statistiques Matam ce mois",
        "combien de signalements à Matoto",
        "takwimu Kisumu",
        "stats for Nakuru please",
        "show me the figures for Kisumu",
        "crime statistics Mombasa",
        "estadísticas de Quibdó por favor",
        "cifras Tumaco",
        "takwimu za Kaunti ya Nakuru",
        "sttas Dixinn",
        "bilan de Kankan",
        "how many reports in Garissa this month",
    ),
    "language": (
        "francais",
        "English please",
        "langue anglais",
        "lugha kiswahili",
        "español",
        "en français svp",
        "please reply in english",
        "je veux en anglais",
        "kiswahili tafadhali",
        "en español por favor",
        "change language to french",
        "naomba kiswahili",
        "répondez moi en français",
        "no entiendo ingles, en español",
        "badilisha lugha iwe kiingereza",
        "frances",
    ),
    "delete": (
        "SUPPRIMER",
        "DELETE",
        "borrar",
        "FUTA",
        "supprimez mes messages svp",
        "delete my number",
        "please erase all my data",
        "borren todos mis mensajes",
        "eliminar mi numero por favor",
        "futa ujumbe wangu wote",
        "naomba mfute taarifa zangu zote",
        "effacer mon numéro et mes messages",
        "Delet",
        "je veux supprimer tout",
    ),
    "join": (
        "rejoindre Dixinn",
        "join Kisumu",
        "REJOINDRE commune de Matoto svp",
        "join Nakuru please",
        "unirme a Quibdó",
        "jiunge na Kisumu",
        "i want to join Garissa",
        "je veux m'inscrire à Kindia",
        "register me Mombasa",
        "inscribirme en Tumaco",
        "nataka kujiunga Nakuru",
        "my area is Kisumu",
    ),
    "confirm": (
        "4821",
        "4821 svp",
        "code 4821",
    ),
}
NO_COMMANDS: Final = (
    "STOP attaque en cours",
    "please help armed men at the market",
    "aide nous ils sont là",
    "help us",
    "help me please",
    "aidez moi",
    "au secours",
    "stop ils nous tuent",
    "help they are here",
    "ayuda estan aqui",
    "ayudenme",
    "nisaidie",
    "msaada wako hapa",
    "msaada tunauawa",
    "start of fight in Dixinn",
    "delete my son they said and shot",
    "supprimer la barrière illégale à Coyah",
    "info braquage à Matam",
    "statut quo au barrage de Coyah",
    "status: three dead in Garissa",
    "join forces bandits Kisumu",
    "they want us to join armed group in Mandera",
    "english teacher beaten in Kibra",
    "les français sont attaqués",
    "menu volé au restaurant",
    "stop au carrefour accident",
    "fin de tout ils brulent",
    "borrar sangre del piso",
    "futa damu",
    "chiffres de morts à Kindia 12",
    "hali ni mbaya Kisumu",
    "hali",
    "estado de sitio",
    "bonjour",
    "merci",
    "ok",
    "habari",
    "helo",
    "hola",
    "no water in Kisumu",
    "acha kupigwa mtoto",
    "wacha tuuawe",
    "basta nos roban",
    "para la pelea",
    "encore attaque",
)


def cases(texts: Iterable[tuple[str | None, str]]) -> list[object]:
    return [pytest.param(text, name, id=text) for name, text in texts]


@pytest.mark.parametrize(("text", "name"), cases((name, text) for name, texts in TEXTS.items() for text in texts))
def test_a_wish_is_understood_however_it_is_put(text: str, name: str) -> None:
    command = READER.read(words_of(text), SITUATION)
    assert command is not None
    assert command.name == name


@pytest.mark.parametrize("text", NO_COMMANDS)
def test_what_only_begins_like_a_command_is_none(text: str) -> None:
    assert READER.read(words_of(text), SITUATION) is None


@pytest.mark.parametrize(
    ("text", "argument"),
    [
        ("statut K7M2QX", "K7M2QX"),
        ("statut k7m 2qx", "K7M2QX"),
        ("status of my report K7M2?", "K7M2"),
        ("STATUT: KO7M2X", "KO7M2X"),
        ("STATS DIXINN", "DIXINN"),
        ("takwimu Kisumu", "KISUMU"),
        ("join Kisumu", "KISUMU"),
        ("français svp", "fr"),
        ("no entiendo ingles, en español", "es"),
        ("code 4821 svp", "4821"),
        ("statut", None),
    ],
)
def test_what_a_command_is_about(text: str, argument: str | None) -> None:
    command = READER.read(words_of(text), SITUATION)
    assert command is not None
    assert command.argument == argument


@pytest.mark.parametrize("text", ["STOP", "4821", "SUPPRIMER", "statut K7M2QX", "join Kisumu"])
def test_who_may_be_anybody_commands_nothing(text: str) -> None:
    anybody = Situation(SITUATION.sent_at, proves_sender=False)
    assert READER.read(words_of(text), anybody) is None


@given(st.text(max_size=200))
def test_reading_never_raises(text: str) -> None:
    words = words_of(text)
    READER.read(words, SITUATION)
    answer_of(words, LEXICON.answers)


@pytest.mark.parametrize(
    ("text", "argument"),
    [
        ("2", "2"),
        ("le 2 svp", "2"),
        ("option deux", "2"),
        ("Número uno", "1"),
        ("OUI", "yes"),
        ("ndiyo", "yes"),
        ("sí", "yes"),
        ("NON vol", "no"),
        ("hapana Kisumu", "no"),
        ("12", None),
        ("2 morts", None),
        ("0", None),
    ],
)
def test_an_answer_is_a_number_a_yes_or_a_no(text: str, argument: str | None) -> None:
    answer = answer_of(words_of(text), LEXICON.answers)
    assert (answer.argument if answer else None) == argument


@pytest.mark.parametrize(
    ("token", "meant"),
    [
        ("statu", "statut"),
        ("sttaut", "statut"),
        ("staatut", "statut"),
        ("statvt", "statut"),
        ("stut", None),
        ("stpo", "stop"),
        ("shop", None),
        ("stoppp", "stop"),
    ],
)
def test_one_slip_is_mended_in_long_words_only(token: str, meant: str | None) -> None:
    assert Misspelt(["statut", "stop"]).meant_by(token) == ((meant,) if meant else ())
