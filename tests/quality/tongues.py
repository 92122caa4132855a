"""How well the language of a text is guessed: `python -m tests.quality.tongues FILE`.

FILE: messages of disasters (R. Munro 2012, CC BY 4.0) with the columns `message` (English) and `original` (as it was
sent, mostly Haitian Creole, which we have no folder of; empty where it was sent in English).
"""

import csv
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from intake.understand.understand import Understanding
from intake.understand.values import Situation

SHORTEST = 3
"""Words: of fewer nobody could tell."""


def main() -> int:
    with Path(sys.argv[1]).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    understanding, situation = Understanding((), ()), Situation(datetime.now(UTC))
    counts: dict[str, Counter[str | None]] = {"sent in English": Counter(), "sent in another language": Counter()}
    for row in rows:
        text = row["original"] or row["message"]
        if len(text.split()) >= SHORTEST:
            guess = understanding.read(text, situation).language
            counts["sent in another language" if row["original"] else "sent in English"][guess] += 1
    console = Console()
    for name, found in counts.items():
        total = sum(found.values())
        shares = ", ".join(f"{language or 'none'} {count / total:.3f}" for language, count in found.most_common())
        console.print(f"{name}: {total} texts: {shares}", highlight=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
