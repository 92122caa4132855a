"""What understanding a text costs against merely normalising it, and what forty times as many places add to that."""

import random
import string
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Final

from intake.languages import languages, texts_source
from intake.understand.normalise import words_of
from intake.understand.understand import Understanding
from intake.understand.values import Place, Situation
from tests.benchmarks.material import place_names
from tests.benchmarks.table import Row, Table
from tests.intake.understand.factories import taxonomy

TEXTS: Final = 1_500
FEW, MANY = 2_559, 100_000
HOSTILE_LENGTH: Final = 1_600
_SITUATION: Final = Situation(datetime(2026, 11, 20, 12, tzinfo=UTC))


def measure(table: Table, rounds: int) -> None:
    """Times are of the processor: everything runs on one core, in this process."""
    texts = _texts()
    few, many = (Understanding(_places(count), taxonomy()) for count in (FEW, MANY))
    steps: dict[str, Callable[[str], object]] = {
        "normalised": words_of,
        "few": lambda text: few.read(text, _SITUATION),
        "many": lambda text: many.read(text, _SITUATION),
    }
    taken: dict[str, list[list[float]]] = {name: [] for name in steps}
    for turn in range(rounds + 1):
        for name, step in steps.items():
            times = [_seconds(step, text) for text in texts]
            if turn:
                taken[name].append(times)
    totals = {name: [sum(times) for times in turns] for name, turns in taken.items()}
    # A ratio is taken round by round: what slows the machine down slows both.
    cost = median(a / b for a, b in zip(totals["few"], totals["normalised"], strict=True))
    growth = median(a / b for a, b in zip(totals["many"], totals["few"], strict=True))
    # Where 125,000 texts are normalised in a second, 0.016 is 2,000 understood.
    table.add(Row("texts a second: understood / merely normalised", 1 / cost, 0.016, 0.03, "more"))
    table.add(Row(f"a text understood with {MANY:,} places / with {FEW:,}", growth, 1.5, 1.1))
    slowest = sorted(median(each) for each in zip(*taken["few"], strict=True))
    p99 = slowest[len(slowest) * 99 // 100]
    worst, body = max((_seconds(steps["few"], body), name) for name, body in hostile_texts().items())
    table.note(
        f"{len(texts) / median(totals['few']):,.0f} texts a second, p99 {p99 * 1000:.1f} ms;"
        f" worst of {HOSTILE_LENGTH:,} hostile characters ({body}) {worst * 1000:.0f} ms"
    )


def hostile_texts() -> dict[str, str]:
    """Each made to keep one part of understanding busy."""
    dice = random.Random(3)
    words = ["".join(dice.choices("aeioulnrstkm", k=dice.randint(4, 8))) for _ in range(400)]
    texts = {
        "figures": "1",
        "dates": "1/",
        "marks": "e\u0301\u0323",
        "ligatures that stand for sentences": "\ufdfa",
        "Chinese": "\u6f22\u5b57",
        "days": "il y a 3 jours hier lundi ",
        "casualties": "2 morts et 3 blessés ",
        "names": "Missira région Kindia Dixinn ",
        "unknown words": " ".join(words) + " ",
        "unknown names": " à ".join(words).title() + " ",
        "letters": " ".join(string.ascii_lowercase) + " ",
        "any characters": "".join(chr(dice.randrange(0x20, 0x3000)) for _ in range(HOSTILE_LENGTH)),
    }
    return {name: (text * HOSTILE_LENGTH)[:HOSTILE_LENGTH] for name, text in texts.items()}


def _seconds(step: Callable[[str], object], text: str) -> float:
    started = time.process_time()
    step(text)
    return time.process_time() - started


def _texts() -> Sequence[str]:
    """Of all languages, as people write them."""
    lines = [line for language in languages() for line in texts_source(language).splitlines()]
    written = [line.lstrip("!?*+ ").partition(" || ")[0] for line in lines if line.strip() and not line.startswith("=")]
    return random.Random(1).sample(written, TEXTS)


def _places(count: int) -> list[Place]:
    """A country of regions, with a name of its own for every place."""
    country = Place("C", 0, "Kibarania")
    regions = [Place(f"R{number}", 1, f"Region {number}", (), ("C",)) for number in range(50)]
    names = place_names(random.Random(count))
    lower = [
        Place(f"P{number}", 2, next(names), (), (regions[number % len(regions)].code, "C"))
        for number in range(count - len(regions) - 1)
    ]
    return [country, *regions, *lower]
