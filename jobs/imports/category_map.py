"""The category map: what another system's categories are here. A table to edit: ushahidi_category,category.

An empty category keeps the word as a tag: alone it says nothing better than `other`.
"""

import csv
import io
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from intake.understand.normalise import normalise
from jobs.imports.outcome import FEWEST_DIGITS_HIDDEN, Outcome, last_of_each, opened_table
from models.faults import Refusal

DEFAULT_MAP: Final = Path(__file__).with_name("ushahidi_categories.csv")
OTHER: Final = "other"
COLUMNS: Final = ("ushahidi_category", "category")
LONGEST_TAG: Final = 120
_NUMBERING: Final = re.compile(r"^\s*\d{1,2}[a-z]?[.):]?\s+", re.IGNORECASE)
"""Deployments number their categories: "2b. Water shortage"."""
_MOST_JOINED: Final = 4
_ACTIVE: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """word: as the map spells it. category: our code, empty for a tag."""

    word: str
    category: str


class CategoryMap:
    def __init__(self, entries: Mapping[str, Mapped]) -> None:
        self._entries = entries

    def words_of(self, cell: str) -> list[tuple[str, Mapped | None]]:
        """Each category of the cell, as written and as mapped; None where the map does not know it.

        They stand with commas between them, and may hold commas themselves: the longest that is known is taken.
        """
        parts = [part.strip() for part in cell.split(",") if part.strip()]
        found = []
        while parts:
            for count in range(min(len(parts), _MOST_JOINED), 0, -1):
                word = ", ".join(parts[:count])
                mapped = self._of([word, *(word.split("|") if count == 1 else ())])
                if mapped or count == 1:
                    found.append((word, mapped))
                    parts = parts[count:]
                    break
        return found

    def _of(self, sides: Iterable[str]) -> Mapped | None:
        """sides: the whole word, then the languages that stand in it side by side, as in "Pillage | Looting"."""
        for side in (spelt for each in sides for spelt in (each, _NUMBERING.sub("", each))):
            if mapped := self._entries.get(normalise(side)):
                return mapped
        return None


def read_map(path: Path | None = None) -> CategoryMap:
    """None: our own. Raises Refusal for what is no such table, or says two things of one word."""
    outcome = Outcome()
    with opened_table(path or DEFAULT_MAP, COLUMNS, outcome) as lines:
        rows = last_of_each(list(lines), lambda row: normalise(row["ushahidi_category"]), outcome)
    if outcome.bad:
        raise Refusal(f"{(path or DEFAULT_MAP).name}, line {outcome.bad[0].line}: {outcome.bad[0].reason}.")
    return CategoryMap(
        {
            normalise(word): Mapped(word, row["category"])
            for _, row in rows
            if (word := row["ushahidi_category"][:LONGEST_TAG].strip())
        }
    )


def map_to_edit(words: Mapping[str, int], known: CategoryMap, codes: Collection[str]) -> str:
    """A map of these words, the most frequent first, with what is known of them; and how many rows have each.

    Words with a long number in them are no categories and are left out.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow((*COLUMNS, "rows"))
    for word, rows in sorted(words.items(), key=lambda each: (-each[1], each[0])):
        if sum(char.isdigit() for char in word) < FEWEST_DIGITS_HIDDEN:
            ((_, mapped), *_rest) = known.words_of(word) or [(word, None)]
            inert = f"'{word}" if word.startswith(_ACTIVE) else word
            writer.writerow((inert, mapped.category if mapped and mapped.category in codes else "", rows))
    return buffer.getvalue()
