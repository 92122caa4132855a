"""Commands in whole sentences, which the model takes for one."""

import pytest

from intake.understand.model import shipped_model
from intake.understand.wishes import WISHES
from tests.intake.understand.factories import read

_WISHES = [
    ("svp je voudrais que vous arretiez de m'envoyer des textos tous les jours", "stop"),
    ("bonsoir je voudrais comprendre a quoi sert ce systeme et ce que je dois ecrire dedans", "help"),
    ("je peux savoir ce que vous avez fait de mon signalement K7M2QX de la semaine passée", "status"),
    ("effacez tout ce que je vous ai raconté et mon numero aussi", "delete"),
    ("I would like to know what happened with the case I reported, number K7M2QX", "status"),
    ("kindly take my number out of your messages, they are too many", "stop"),
    ("can you please wipe everything I ever sent to this line", "delete"),
    ("hello please can somebody explain to me what this line is for and what to write", "help"),
    ("por favor ya no quiero que me lleguen mas mensajes de ustedes al celular", "stop"),
    ("quisiera saber en que quedo mi reporte K7M2QX, nadie me ha dicho", "status"),
    ("no entiendo frances, me pueden contestar en español por favor", "language"),
    ("naomba kujua ripoti yangu K7M2QX imefikia wapi jameni", "status"),
    ("tafadhali msinitumie tena hizi jumbe zenu kila siku nimechoka", "stop"),
]


@pytest.mark.parametrize(("text", "command"), _WISHES, ids=[text[:30] for text, _ in _WISHES])
def test_a_wish_in_a_whole_sentence_is_a_command(text: str, command: str) -> None:
    reading = read(text)
    assert (reading.kind, reading.command) == ("command", command)
    assert reading.argument == ("K7M2QX" if command == "status" else "es" if command == "language" else None)


@pytest.mark.parametrize(
    "text",
    [
        "arretez de frapper cet enfant chez le voisin de Matoto",
        "stop, they are beating a man behind the market",
        "delete my pictures from your phone before my wife sees them",
        "il m'a dit d'effacer tous les messages sinon il me tue",
        "how many times must we call the police before they come, they took our cows again",
        "j'habite à Dixinn et hier on a cambriolé ma maison",
        "help my brother is bleeding",
        "no quiero que vuelva a tocarme, por favor ayuda",
        "wanasema nifute meseji zote ama wataniua",
        "combien pour le sac de riz à Kindia",
    ],
)
def test_what_tells_of_events_or_speaks_to_somebody_else_is_none(text: str) -> None:
    assert read(text).kind != "command"


@pytest.mark.parametrize("text", [text for text, _ in _WISHES[:4]], ids=[text[:30] for text, _ in _WISHES[:4]])
def test_who_cannot_be_proven_gives_no_commands(text: str) -> None:
    assert read(text, proves_sender=False).kind != "command"


def test_the_model_knows_every_wish() -> None:
    assert set(WISHES) <= set(shipped_model().read(("stop",), ()).nothing)
