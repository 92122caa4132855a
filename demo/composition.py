"""Composes the demonstration's texts: who writes what and when, what the provider repeats and what a forger spoils.

Pure and seeded: no network, no database, no clock, nothing of the other rooms. How a text is spelt is in wording.py;
sending it is somebody else's work.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from demo.material import Place, Template, read_places, read_templates, weight_of
from demo.wording import worded

# Guinea's plan knows +224 3 (fixed), 6 (mobile) and 7 (internet telephony). Nothing begins with 9, so these numbers
# have the right length to be parsed, and belong to nobody. Rejected: a free mobile block such as 64 or 67, which may be
# handed out next year.
NUMBER_PREFIX = "+2249"

DAYS_BACK = 60
TEXTS_PER_SENDER = 4  # 150 senders for 600 texts
SHARE_REPEATED_BY_PROVIDER = 0.04
SHARE_SENT_AGAIN = 0.02
SHARE_SPOILT = 0.02
SHARE_IDLE = 0.08  # greetings and nonsense
SHARE_COMMANDS = 0.03
SHARE_ENGLISH = 0.35
LANGUAGES = ("fr", "en")

# A demonstration whose desk is empty shows nothing, and one with twenty people in danger at once is not believed.
FRESH_HOURS = 6
MOST_FRESH_DANGERS = 2

# What people report most (an assumption), hence what they report twice as often as there are templates for it.
COMMON = frozenset({
    "robbery", "burglary", "theft", "vehicle_theft", "assault", "road_crash", "fire", "public_disorder",
    "service_outage", "checkpoint_racket", "domestic_violence", "drugs",
})  # fmt: skip

# How many texts of a day are sent in each of its hours, 0 to 23 (an assumption: few at night, most in the evening).
HOUR_WEIGHTS = (2, 1, 1, 1, 1, 2, 4, 6, 7, 7, 7, 6, 6, 6, 6, 7, 7, 8, 9, 10, 10, 9, 6, 4)


@dataclass(frozen=True, slots=True)
class DemoText:
    """One delivery by the provider, in the order in which the list holds them.

    number: sender, E.164, possible but held by nobody. sent_at: UTC, within the last 60 days before `now`.
    provider_id: "SM" and 32 lower-case hex digits; unique, but for a repeat, which shares everything with its original.
    repeat_of: index of the earlier delivery that the provider hands over a second time.
    damage: None, "signature" (forged) or "account" (a foreign account): how the client is to spoil the request.
    """

    number: str
    text: str
    sent_at: datetime
    provider_id: str
    repeat_of: int | None
    damage: str | None


@dataclass(frozen=True, slots=True)
class Sender:
    number: str
    lang: str
    home: Place


class Deck:
    """Hands out its templates shuffled, all of them before any comes again, so that few texts look copied."""

    def __init__(self, templates: Iterable[Template], rng: random.Random) -> None:
        self._all = list(templates)
        self._rng = rng
        self._left: list[Template] = []

    def draw(self) -> Template:
        if not self._left:
            self._left = self._rng.sample(self._all, len(self._all))
        return self._left.pop()


def compose(count: int, now: datetime, seed: int = 2026) -> list[DemoText]:
    """`count` deliveries in order of sent_at; the same count, now and seed give the same list.

    now: aware. Raises ValueError when it is naive, because its day would then depend on the machine.
    """
    if now.tzinfo is None:
        raise ValueError("now must be aware")
    now = now.astimezone(UTC)
    rng = random.Random(seed)
    repeats = round(count * SHARE_REPEATED_BY_PROVIDER)
    again = round(count * SHARE_SENT_AGAIN)
    texts = written_texts(count - repeats - again, now, rng)
    spoilt = spoil(texts, round(count * SHARE_SPOILT), rng)
    texts = sorted(texts_sent_again(spoilt, again, now, rng), key=lambda text: text.sent_at)
    return with_repeats(texts, repeats, rng)


def written_texts(count: int, now: datetime, rng: random.Random) -> list[DemoText]:
    """What people write of their own accord, in order of time, nothing spoilt or repeated yet."""
    moments = moments_of(count, now, rng)
    senders = senders_of(count, rng)
    subjects = subjects_of(senders, rng)
    keep_most_dangers_from_the_last_hours(subjects, moments, now, rng)
    return [
        DemoText(
            number=sender.number,
            text=worded(template, sender.home, sent_at, rng),
            sent_at=sent_at,
            provider_id=f"SM{rng.getrandbits(128):032x}",
            repeat_of=None,
            damage=None,
        )
        for sender, template, sent_at in zip(senders, subjects, moments, strict=True)
    ]


def moments_of(count: int, now: datetime, rng: random.Random) -> list[datetime]:
    """`count` moments of the last 60 days, sorted, in whole seconds, mostly by day."""
    last = now.replace(microsecond=0)
    first = last - timedelta(days=DAYS_BACK)
    found: list[datetime] = []
    while len(found) < count:
        moment = first + timedelta(seconds=rng.randrange(1, DAYS_BACK * 86_400))
        if rng.random() * max(HOUR_WEIGHTS) < HOUR_WEIGHTS[moment.hour]:
            found.append(moment)
    return sorted(found)


def senders_of(count: int, rng: random.Random) -> list[Sender]:
    """Who writes each of `count` texts: everybody once, the others by Zipf's law, so that a few write often."""
    if count == 0:
        return []
    places = list(read_places().values())
    weights = [weight_of(place) for place in places]
    size = max(1, round(count / (1 - SHARE_REPEATED_BY_PROVIDER - SHARE_SENT_AGAIN) / TEXTS_PER_SENDER))
    people = [
        Sender(
            number=f"{NUMBER_PREFIX}{digits:08d}",
            # By rank and not by chance: the few who write most would otherwise decide the share of a language.
            lang="en" if int((rank + 1) * SHARE_ENGLISH) > int(rank * SHARE_ENGLISH) else "fr",
            home=rng.choices(places, weights)[0],
        )
        for rank, digits in enumerate(rng.sample(range(10**8), size))
    ]
    zipf = list(accumulate(1 / (rank + 3) for rank in range(size)))
    chosen = people + rng.choices(people, cum_weights=zipf, k=count - size)
    rng.shuffle(chosen)
    return chosen


def subjects_of(senders: list[Sender], rng: random.Random) -> list[Template]:
    """What each text is about, in its sender's language: reports, but for the shares of idle talk and commands."""
    slots = rng.sample(range(len(senders)), len(senders))
    idle_count, command_count = round(len(slots) * SHARE_IDLE), round(len(slots) * SHARE_COMMANDS)
    idle, commanding = set(slots[:idle_count]), set(slots[idle_count : idle_count + command_count])
    decks = {
        (lang, part): Deck(templates_of(lang, part), rng)
        for lang in LANGUAGES
        for part in ("report", "idle", "command")
    }
    subjects = []
    for slot, sender in enumerate(senders):
        part = "idle" if slot in idle else "command" if slot in commanding else "report"
        subjects.append(decks[sender.lang, part].draw())
    return subjects


def templates_of(lang: str, part: str) -> list[Template]:
    """part: report, command, or idle for greetings and nonsense together.

    Common reports are in it twice, but only where the place makes two texts out of one template.
    """
    kinds = {"greeting", "nonsense"} if part == "idle" else {part}
    found = [template for template in read_templates() if template.lang == lang and template.kind in kinds]
    return found + [template for template in found if template.category in COMMON and "{place}" in template.text]


def keep_most_dangers_from_the_last_hours(
    subjects: list[Template], moments: list[datetime], now: datetime, rng: random.Random
) -> None:
    """Exchanges, in place, the surplus of the last hours' danger texts for earlier, calm ones of the same language."""
    fresh = [slot for slot, moment in enumerate(moments) if moment > now - timedelta(hours=FRESH_HOURS)]
    older_calm: dict[str, list[int]] = {lang: [] for lang in LANGUAGES}
    for slot in range(len(moments) - len(fresh)):
        if not subjects[slot].danger:
            older_calm[subjects[slot].lang].append(slot)
    dangers = [slot for slot in fresh if subjects[slot].danger]
    for slot in dangers[MOST_FRESH_DANGERS:]:
        candidates = older_calm[subjects[slot].lang]
        if candidates:
            other = candidates.pop(rng.randrange(len(candidates)))
            subjects[slot], subjects[other] = subjects[other], subjects[slot]


def spoil(texts: list[DemoText], spoilt_count: int, rng: random.Random) -> list[DemoText]:
    """The same texts, of which `spoilt_count` are to be refused: in turn for their signature and for their account."""
    chosen = {slot: turn for turn, slot in enumerate(rng.sample(range(len(texts)), min(spoilt_count, len(texts))))}
    return [
        replace(text, damage=("signature", "account")[chosen[slot] % 2]) if slot in chosen else text
        for slot, text in enumerate(texts)
    ]


def texts_sent_again(texts: list[DemoText], again: int, now: datetime, rng: random.Random) -> list[DemoText]:
    """`texts` and as many that somebody, unsure whether they arrived, sent once more within 90 minutes of the same day.

    Of the same day, because "yesterday" would otherwise mean another one.
    """
    candidates = []
    for text in texts:
        midnight = text.sent_at.replace(hour=0, minute=0, second=0) + timedelta(days=1)
        room = int(min(timedelta(minutes=90), midnight - text.sent_at, now - text.sent_at).total_seconds())
        if text.damage is None and room > 120:
            candidates.append((text, room))
    chosen = rng.sample(candidates, min(again, len(candidates)))
    return texts + [
        replace(
            text,
            sent_at=text.sent_at + timedelta(seconds=rng.randrange(60, room)),
            provider_id=f"SM{rng.getrandbits(128):032x}",
        )
        for text, room in chosen
    ]


def with_repeats(texts: list[DemoText], repeats: int, rng: random.Random) -> list[DemoText]:
    """`texts` with some handed over a second time, right after the first, as a provider does that missed our answer."""
    sound = [slot for slot, text in enumerate(texts) if text.damage is None]
    repeated = set(rng.sample(sound, min(repeats, len(sound))))
    delivered: list[DemoText] = []
    for slot, text in enumerate(texts):
        delivered.append(text)
        if slot in repeated:
            delivered.append(replace(text, repeat_of=len(delivered) - 1))
    return delivered
