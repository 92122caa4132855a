"""The model: a sum of small weights for what a text is made of. How it learns them: training.py.

Two blocks of features, pieces of words and whole words, each a vector of length one; a column for each category, each
kind of text that is no report, and some yes-or-no questions.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from itertools import accumulate
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intake.understand.features import forms_of, pairs_of, pieces_of

FILE = "model.npz"
WORDS_REMEMBERED = 50_000
"""Sums of a word's pieces kept in memory, some 500 bytes each. Most texts hold only words that came before."""
SHORTEST_REASON = 3
"""Letters of a word that is given as a reason: of shorter ones nobody learns anything."""
TEMPERATURE = 10.0
"""Margins are multiplied by it before they become probabilities; `make quality` shows whether these are honest."""

QUESTIONS = ("report", "wish", "danger", "dead", "hurt")
"""Columns that answer yes or no."""

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Scores:
    """categories: probabilities of the categories if the text is a report; nothing: of what it is if it is none, by the
    name of the section in texts.txt; they sum to one each. The questions' margins, above 0 is yes; wish: for something
    of us, whose report means nothing; dead, hurt: exactly one person is. language: margins. spoke: a row a word of the
    text, see Weights.
    """

    categories: Mapping[str, float]
    nothing: Mapping[str, float]
    report: float
    wish: float
    danger: float
    dead: float
    hurt: float
    language: Mapping[str, float]
    spoke: Vector


@dataclass(frozen=True, slots=True)
class Weights:
    """pieces, words: of each feature its row; row 0 says nothing. sizes: how rare it is (idf). table: what it says."""

    pieces: Mapping[str, int]
    words: Mapping[str, int]
    sizes: Vector
    table: NDArray[np.int16]

    def summed(self, groups: Sequence[Sequence[int]]) -> Vector:
        """Of each two groups, of pieces and of words, what they say and the squares of their lengths. None is empty."""
        rows = np.array([row for group in groups for row in group])
        starts = [0, *accumulate(len(group) for group in groups[:-1])]
        sizes = self.sizes[rows]
        said = np.add.reduceat(self.table[rows] * sizes[:, None], starts).reshape(len(groups) // 2, -1)
        squares = np.add.reduceat(sizes * sizes, starts).reshape(len(groups) // 2, -1)
        return np.concatenate([said, squares], axis=1)


class Model:
    """Immutable but for what it remembers of words; threads may read."""

    def __init__(self, names: Sequence[str], offsets: Vector, scales: Vector, weights: Weights) -> None:
        self._columns = {name: column for column, name in enumerate(names)}
        self._offsets, self._scales, self._weights = offsets, scales, weights
        self._categories = _columns(names, lambda mark: mark not in "_?~")
        self._nothing = _columns(names, "_".__eq__)
        self._languages = _columns(names, "~".__eq__)
        self._known: dict[str, int] = {}
        self._sums = np.zeros((64, 2 * len(names) + 2), np.float32)
        self._turn = Lock()

    def read(self, tokens: Sequence[str], signs: Sequence[str]) -> Scores:
        width = len(self._columns)
        spoke, beside = self._sums_of(tokens, signs)
        heard = spoke.sum(axis=0) + beside
        pieces_square, words_square = heard[-2:].tolist()
        heard = heard[:width] / (pieces_square**0.5 or 1.0) + heard[width:-2] / (words_square**0.5 or 1.0)
        margins = self._scales * heard + self._offsets
        answers = {name: float(margins[self._columns[f"?{name}"]]) for name in QUESTIONS}
        return Scores(
            _probabilities(margins, self._categories),
            _probabilities(margins, self._nothing),
            **answers,
            language={name[1:]: float(margins[at]) for name, at in self._languages.items()},
            spoke=spoke,
        )

    def because(self, tokens: Sequence[str], spoke: Vector, column: str, most: int = 5) -> list[str]:
        """The words that spoke loudest for a column; none where it is unknown. spoke: of their scores."""
        at = self._columns.get(column)
        if at is None:
            return []
        said = (spoke[:, at] + 2 * spoke[:, len(self._columns) + at]).tolist()
        heard = {
            token: loud for token, loud in zip(tokens, said, strict=True) if loud > 0 and len(token) >= SHORTEST_REASON
        }
        return sorted(heard, key=lambda token: -heard[token])[:most]

    def _sums_of(self, tokens: Sequence[str], signs: Sequence[str]) -> tuple[Vector, Vector]:
        """A row a token, and one for pairs and signs. Those of words that are new are summed, and remembered."""
        new = [token for token in dict.fromkeys(tokens) if token not in self._known]
        pieces, words = self._weights.pieces, self._weights.words
        groups: list[list[int]] = []
        for token in new:
            groups += [_found(pieces, pieces_of(token)), _found(words, forms_of(token))]
        *sums, beside = self._weights.summed([*groups, [0], _found(words, [*pairs_of(tokens), *signs])])
        fresh = dict(zip(new, sums, strict=True))
        rows = [self._known.get(token, 0) for token in tokens]
        spoke = self._sums[rows]
        for at, token in enumerate(tokens if fresh else ()):
            if token in fresh:
                spoke[at] = fresh[token]
        self._remember(fresh)
        return spoke, beside

    def _remember(self, fresh: Mapping[str, Vector]) -> None:
        with self._turn:
            for token, sums in fresh.items():
                row = len(self._known)
                if row < WORDS_REMEMBERED and token not in self._known:
                    if row == len(self._sums):
                        self._sums = np.concatenate([self._sums, np.zeros_like(self._sums)])
                    self._sums[row] = sums
                    self._known[token] = row  # last: whoever finds the word finds its sums


def _found(rows: Mapping[str, int], features: Iterable[str]) -> list[int]:
    return [0, *[row for row in map(rows.get, features) if row is not None]]


def _columns(names: Sequence[str], is_of: Callable[[str], bool]) -> dict[str, int]:
    """Those whose first character is fitting, and where they stand."""
    return {name: at for at, name in enumerate(names) if is_of(name[0])}


def _probabilities(margins: Vector, columns: Mapping[str, int]) -> dict[str, float]:
    own = margins[list(columns.values())]
    weights = np.exp(TEMPERATURE * (own - own.max(initial=-np.inf)))
    return dict(zip(columns, (weights / weights.sum()).tolist(), strict=True))


@cache
def shipped_model() -> Model:
    return read_model(files(__package__).joinpath(FILE).read_bytes())


def read_model(source: bytes) -> Model:
    with np.load(BytesIO(source), allow_pickle=False) as held:
        names = bytes(held["names"]).decode().split("\n")
        return Model(names, held["offsets"], held["scales"], _weights(held, len(names)))


def _weights(held: Mapping[str, NDArray[Any]], width: int) -> Weights:
    """As training.py wrote them, pieces before words."""
    pieces, words = (held[f"{name}_features"].tobytes().decode().split("\n") for name in ("pieces", "words"))
    sizes, lengths, columns, weights = (
        np.concatenate([held[f"pieces_{part}"], held[f"words_{part}"]])
        for part in ("sizes", "lengths", "columns", "weights")
    )
    table = np.zeros((1 + len(sizes), width), np.int16)
    table[np.repeat(np.arange(1, len(table)), lengths), columns] = weights
    return Weights(
        {feature: row for row, feature in enumerate(pieces, 1)},
        {feature: row for row, feature in enumerate(words, 1 + len(pieces))},
        np.append(np.float32(0), sizes.astype(np.float32)),
        table,
    )
