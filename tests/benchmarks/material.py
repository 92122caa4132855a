"""What the benchmarks send and where it lies: a gazetteer of 2,559 places, texts that name them, signed requests."""

import csv
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from uuid import uuid4

from demo.material import read_templates
from tests.fakes.twilio_signer import ACCOUNT_SID, AUTH_TOKEN, encoded, signature, sms_form

CHANNEL: Final = "bench"
SECRETS: Final = (f"account_sid={ACCOUNT_SID}", f"auth_token={AUTH_TOKEN}")
PUBLIC_URL: Final = "http://127.0.0.1:8000"
SENDERS: Final = 2_000
PLACES_BY_LEVEL: Final = (5, 55, 300, 2_199)
"""As many as the P-code list of Guinea, Burkina Faso, Kenya, Ghana and Colombia has, in a similar shape."""

_ONSETS: Final = ["b", "d", "f", "g", "k", "l", "m", "n", "s", "t", "z", "w", "kr", "ny", "mb", "nd"]
_VOWELS: Final = ["a", "e", "i", "o", "u", "ou", "ia"]
_DAYS: Final = {
    "fr": ("hier", "hier soir", "avant hier", "lundi", "mardi", "samedi soir"),
    "en": ("yesterday", "on Monday", "on Friday", "2 days ago"),
}


def write_gazetteer(path: Path) -> Sequence[str]:
    """A CSV as `kibaro localities import` takes it; returns the names of the places below the regions."""
    dice = random.Random(2_559)
    names = place_names(dice)
    above: list[str] = [""]
    nameable: list[str] = []
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(("code", "name", "parent", "level", "population", "lat", "lon", "aliases"))
        for level, count in enumerate(PLACES_BY_LEVEL):
            here = [f"L{level}-{number:04d}" for number in range(count)]
            for number, code in enumerate(here):
                name = next(names)
                lines.writerow((code, name, above[number % len(above)], level, "", "", "", ""))
                if level > 1:
                    nameable.append(name)
            above = here
    return nameable


def place_names(dice: random.Random) -> Iterator[str]:
    given: set[str] = set()
    while True:
        name = "".join(dice.choice(_ONSETS) + dice.choice(_VOWELS) for _ in range(dice.randint(3, 4))).capitalize()
        if name not in given:
            given.add(name)
            yield name


def written_texts(count: int, places: Sequence[str], seed: int) -> list[str]:
    """The demonstration's templates, with places of our gazetteer and days in them."""
    dice = random.Random(seed)
    templates = read_templates()
    texts = []
    for _ in range(count):
        template = dice.choice(templates)
        day = dice.choice(_DAYS[template.lang])
        texts.append(template.text.replace("{place}", dice.choice(places)).replace("{day}", day))
    return texts


def form_of(text: str, number: int, senders: int = SENDERS) -> dict[str, str]:
    """Of a text nobody sent before, by one of the senders."""
    return sms_form(text, MessageSid="SM" + uuid4().hex, From=f"+2249{number % senders:08d}")


def rendered_posts(texts: Sequence[str]) -> list[bytes]:
    """Whole HTTP requests, each with a MessageSid of its own."""
    return [rendered_post(form_of(text, number)) for number, text in enumerate(texts)]


def rendered_post(form: dict[str, str], channel: str = CHANNEL) -> bytes:
    path = f"/intake/{channel}"
    body = encoded(form)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: sms.example.org\r\nUser-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n"
        f"Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\nContent-Length: {len(body)}\r\n"
        f"X-Twilio-Signature: {signature(PUBLIC_URL + path, form)}\r\nI-Twilio-Idempotency-Token: {uuid4()}\r\n\r\n"
    )
    return head.encode() + body


def rendered_get(path: str, key: str, more: str = "") -> bytes:
    """more: further lines of the header."""
    head = f"GET {path} HTTP/1.1\r\nHost: sms.example.org\r\nAccept: */*\r\nAuthorization: Bearer {key}\r\n"
    return f"{head}{more}\r\n".encode()
