"""How a demonstration's text is spelt: its place and its day in the words of people who text, slips included.

What it is about and who sends it when is decided in composition.py.
"""

import random
import re
import unicodedata
from datetime import date, datetime, timedelta

from demo.material import Place, Template, read_places, weight_of

SHARE_MISSPELT = 0.12
SHARE_ALIAS = 0.10
SHARE_AT_HOME = 0.5  # a place of the sender's own locality; the others write from where they happen to be

WEEKDAYS = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS = {
    "fr": ("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout",
           "septembre", "octobre", "novembre", "decembre"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August",
           "September", "October", "November", "December"),
}  # fmt: skip

# Cattle, mines and borders are not reported from the capital.
UPCOUNTRY = re.compile(
    r"\b(frontiere|frontière|border|brousse|bush|for[eê]t|forest|village|villageois|fleuve|river|mines?|mineurs|"
    r"bauxit\w*|or|gold|orpailleur|carriere|champs?|fields?|farms?|boeufs|bœufs|cows|bétail|betail|berger\w*|"
    r"sous prefecture|rustlers)\b",
    re.IGNORECASE,
)


def worded(template: Template, home: Place, sent_at: datetime, rng: random.Random) -> str:
    """The template with its place and day filled in, shouted where the template shouts."""
    text = template.text
    if "{day}" in text:
        text = text.replace("{day}", day_words(template, sent_at, rng))
    if "{place}" in text:
        text = text.replace("{place}", place_words(template, home, rng))
    shouted = re.sub(r"\{\w+\}", "", template.text)
    return text.upper() if shouted.isupper() and template.kind == "report" else text


def day_words(template: Template, sent_at: datetime, rng: random.Random) -> str:
    """A day as people write it, never in the future of sent_at, and never more than three weeks before it.

    Days are those of Guinea, where local time is UTC all year.
    """
    since = re.search(r"(depuis|since) \{day\}", template.text) is not None
    clocked = re.search(r"\d\d? ?h\b|\d\dh\d\d|\d{4}h", template.text, re.IGNORECASE) is not None
    ways = english_days(sent_at, rng) if template.lang == "en" else french_days(sent_at, rng)
    if since:
        # "since on Monday" is no English and "depuis il y a" no French, however hastily one writes.
        ways = [way.removeprefix("on ") for way in ways if not way.startswith("il y a") and not way.endswith(" ago")]
    if clocked:
        # A text that names the hour must not name a part of the day, nor a day that has not come to that hour yet.
        apart = ("matin", "soir", "nuit", "auj", "morning", "night", "evening", "today")
        ways = [way for way in ways if not any(word in way for word in apart)]
    return rng.choice(ways)


def french_days(sent_at: datetime, rng: random.Random) -> list[str]:
    few, many = rng.randint(2, 6), rng.randint(3, 20)
    weekday, day = days_before(sent_at, few), days_before(sent_at, many)
    name = WEEKDAYS["fr"][weekday.weekday()]
    ordinal = "1er" if day.day == 1 else str(day.day)
    ways = ["hier"] * 3 + ["hier soir", "hier nuit", "avant hier", name, name, f"{name} soir", f"{name} passé"]
    ways += [f"le {day.day}/{day.month:02d}", f"le {ordinal} {MONTHS['fr'][day.month - 1]}", f"il y a {few} jours"]
    if sent_at.hour >= 10:
        ways += ["ce matin", "ce matin", "aujourd'hui", "auj"]
    if sent_at.hour >= 20:
        ways += ["ce soir"]
    if 5 <= sent_at.hour < 12:
        ways += ["cette nuit"]
    return ways


def english_days(sent_at: datetime, rng: random.Random) -> list[str]:
    few, many = rng.randint(2, 6), rng.randint(3, 20)
    weekday, day = days_before(sent_at, few), days_before(sent_at, many)
    name = WEEKDAYS["en"][weekday.weekday()]
    month = MONTHS["en"][day.month - 1]
    ways = ["yesterday"] * 3 + ["yesterday evening", f"on {name}", f"on {name}", f"on {name.lower()}"]
    ways += [f"on {day.day} {month}", f"on {day.day}/{day.month:02d}", f"on {month} {day.day}", f"{few} days ago"]
    if sent_at.hour >= 10:
        ways += ["this morning", "today", "today"]
    if 5 <= sent_at.hour < 15:
        ways += ["last night", "last night"]
    return ways


def days_before(sent_at: datetime, days: int) -> date:
    return sent_at.date() - timedelta(days=days)


def place_words(template: Template, home: Place, rng: random.Random) -> str:
    """The name of a place as people spell it: rarely with its accents, sometimes by another name, sometimes wrongly."""
    upcountry = UPCOUNTRY.search(template.text) is not None
    places = [place for place in read_places().values() if not (upcountry and in_conakry(place))]
    place = home
    if home not in places or rng.random() >= SHARE_AT_HOME:
        place = rng.choices(places, [weight_of(other) for other in places])[0]
    name = place.name
    if place.aliases and rng.random() < SHARE_ALIAS:
        name = rng.choice(place.aliases)
    elif rng.random() < 0.6:
        name = without_accents(name)
    # Drawn also for the names too short to survive a slip, hence a little above the share that is wanted.
    if rng.random() < SHARE_MISSPELT * 1.1:
        name = misspelt(name, rng)
    return name.lower() if rng.random() < 0.35 else name


def in_conakry(place: Place) -> bool:
    return place.code == "GN-C" or place.code.startswith("GN-C-")


def misspelt(name: str, rng: random.Random) -> str:
    """The name with one slip, or two in a long one; unchanged when it is too short to be recognised afterwards."""
    known = {
        without_accents(known).lower() for place in read_places().values() for known in (place.name, *place.aliases)
    }
    if len(name) < 5:
        return name
    for _ in range(20):
        wrong = name
        for _ in range(2 if len(name) >= 8 and rng.random() < 0.4 else 1):
            wrong = with_a_slip(wrong, rng)
        if without_accents(wrong).lower() not in known:
            return wrong
    return name


def with_a_slip(name: str, rng: random.Random) -> str:
    """One letter dropped, doubled, exchanged with its neighbour or replaced by a vowel; never the first one."""
    at = rng.randrange(1, len(name) - 1)
    slip = rng.choice(("drop", "double", "swap", "vowel"))
    if slip == "drop":
        return name[:at] + name[at + 1 :]
    if slip == "double":
        return name[: at + 1] + name[at:]
    if slip == "swap":
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    vowels = [place for place in range(1, len(name)) if name[place] in "aeiouyé"]
    at = rng.choice(vowels) if vowels else at
    return name[:at] + rng.choice([vowel for vowel in "aeiou" if vowel != name[at]]) + name[at + 1 :]


def without_accents(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))
