"""Learns the model from the example texts of all languages and writes it beside model.py: `make train`.

Needs scikit-learn, which understanding itself does not.
"""

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.svm import LinearSVC

from intake.languages import languages, texts_source, words_source
from intake.understand.casualties import CasualtyReader
from intake.understand.danger import hear
from intake.understand.features import SIGN, forms_of, pairs_of, pieces_of, unrepeated
from intake.understand.lexicon import Lexicon
from intake.understand.model import FILE
from intake.understand.normalise import words_of
from intake.understand.numbers import NumberReader
from intake.understand.signs import SignReader, terms_of
from intake.understand.wishes import WISHES
from intake.understand.word_lists import load_lexicon

FEWEST_TEXTS = {"pieces": 2, "words": 1}
"""A feature of fewer texts is left out; a word of a single text still tells what its neighbours are about."""
KEPT = 0.008
"""Weights below this part of their column's largest are left out: several times smaller, and as good."""
_STEPS = 32_767
_MARKED = re.compile(r"([!?*+]+) (.+)")
PHRASES = 25
"""At most so many of a category's words become texts, evenly chosen: the long lists would drown what people write."""


@dataclass(frozen=True, slots=True)
class Example:
    """danger: None where an honest person could go either way. dead, hurt: exactly one person is. also: a category that
    would be right too. whole: a text as somebody wrote it; a bare word of the lists does not teach what a report looks
    like.
    """

    text: str
    language: str
    section: str
    danger: bool | None
    also: str | None = None
    dead: bool = False
    hurt: bool = False
    whole: bool = True


def examples_of(language: str, source: str) -> Iterator[Example]:
    """The lines of a texts.txt. Raises ValueError for a line before the first section."""
    section = ""
    for number, line in enumerate(source.splitlines(), 1):
        if line.startswith("= "):
            section = line[2:].strip()
        elif line.strip():
            if not section:
                msg = f"texts.txt of {language}, line {number}: begin with a section such as `= theft`"
                raise ValueError(msg)
            marked = _MARKED.fullmatch(line)
            marks, text = marked.groups() if marked else ("", line)
            text, _, also = text.partition(" || ")
            danger = None if "?" in marks else "!" in marks
            yield Example(text.strip(), language, section, danger, also.strip() or None, "*" in marks, "+" in marks)


def phrases_of(language: str, source: Mapping[str, Any]) -> Iterator[Example]:
    """The words that surely mean a category, as the shortest texts there are: people send them alone, too."""
    for code, phrases in source["categories"].items():
        for phrase in phrases[:: len(phrases) // PHRASES + 1]:
            yield Example(phrase.replace(" + ", " "), language, code, None, whole=False)


def alarms_of(language: str, source: Mapping[str, Any]) -> Iterator[Example]:
    """The phrases that mean danger, and those that merely look like it, as texts of no category."""
    for name, danger in (("now", True), ("not_now", False)):
        for phrase in source["danger"][name]:
            yield Example(phrase, language, "", danger, whole=False)


def train(examples: Sequence[Example], lexicon: Lexicon) -> dict[str, NDArray[np.generic]]:
    """The arrays of the model's file."""
    readers = SignReader(lexicon), CasualtyReader(lexicon.casualties, NumberReader(lexicon.numbers))
    rows = [_features(example, lexicon, *readers) for example in examples]
    blocks = {name: _learn_sizes([row[name] for row in rows], FEWEST_TEXTS[name]) for name in FEWEST_TEXTS}
    matrix = hstack(
        [_matrix([row[name] for row in rows], features, sizes) for name, (features, sizes) in blocks.items()]
    ).tocsr()
    names, weights, offsets = _fit(matrix, examples)
    scales = np.abs(weights).max(axis=0) / _STEPS
    rounded = np.where(np.abs(weights) < KEPT * _STEPS * scales, 0, np.round(weights / scales)).astype(np.int16)
    held: dict[str, NDArray[np.generic]] = {
        "names": _packed(names),
        "offsets": offsets.astype(np.float32),
        "scales": scales.astype(np.float32),
    }
    first = 0
    for name, (features, sizes) in blocks.items():
        part = csr_matrix(rounded[first : first + len(features)])
        first += len(features)
        lengths = np.diff(part.indptr)
        kept = lengths > 0
        held |= {
            f"{name}_features": _packed([feature for feature, keep in zip(features, kept, strict=True) if keep]),
            f"{name}_sizes": sizes[kept].astype(np.float16),
            f"{name}_lengths": lengths[kept].astype(np.uint8),
            f"{name}_columns": part.indices.astype(np.uint8),
            f"{name}_weights": part.data.astype(np.int16),
        }
    return held


def _features(
    example: Example, lexicon: Lexicon, signs: SignReader, casualties: CasualtyReader
) -> dict[str, list[str]]:
    words = words_of(example.text)
    spoken = unrepeated(words.tokens)
    said = hear(words, lexicon.danger), terms_of(words, lexicon.categories), casualties.read(words)
    return {
        "pieces": [piece for token in spoken for piece in pieces_of(token)],
        "words": [
            *(form for token in spoken for form in forms_of(token)),
            *pairs_of(spoken),
            *signs.read(words, *said),
        ],
    }


def _learn_sizes(rows: Sequence[Sequence[str]], fewest: int) -> tuple[list[str], NDArray[np.float64]]:
    texts = Counter(feature for row in rows for feature in set(row))
    features = sorted(feature for feature, count in texts.items() if count >= fewest or feature.startswith(SIGN))
    return features, np.array([np.log((1 + len(rows)) / (1 + texts[feature])) + 1 for feature in features])


def _matrix(rows: Sequence[Sequence[str]], features: Sequence[str], sizes: NDArray[np.float64]) -> csr_matrix:
    """Rows of length one."""
    index = {feature: at for at, feature in enumerate(features)}
    starts, columns, values = [0], list[int](), list[float]()
    for row in rows:
        known = [index[feature] for feature in row if feature in index]
        counts = Counter(known)
        length = float(np.sqrt((sizes[known] ** 2).sum())) or 1.0
        columns += counts
        values += [sizes[at] * count / length for at, count in counts.items()]
        starts.append(len(columns))
    return csr_matrix((values, columns, starts), shape=(len(rows), len(features)))


def _fit(matrix: csr_matrix, examples: Sequence[Example]) -> tuple[list[str], NDArray[np.float64], NDArray[np.float64]]:
    """Names of the columns, weights (features x columns), offsets."""
    sections = np.array([example.section for example in examples])
    told = np.array([example.danger is not None for example in examples])
    whole = np.array([example.whole for example in examples])
    tongues = np.array([example.language for example in examples])
    of_some = sections != ""
    sorted_out = _machine(1.0).fit(matrix[of_some], sections[of_some])
    languages_told = _machine(0.3).fit(matrix, tongues)
    wish = np.isin(sections, list(WISHES))
    answers = {
        # A wish names places and reports as a report does: told apart from all the rest, it is left out of that.
        "?report": _answered(0.5, matrix, [not name.startswith("_") for name in sections], whole & ~wish),
        "?wish": _answered(0.5, matrix, wish, whole),
        "?danger": _answered(0.3, matrix, [bool(each.danger) for each in examples], told),
        "?dead": _answered(0.3, matrix, [each.dead for each in examples], whole),
        "?hurt": _answered(0.3, matrix, [each.hurt for each in examples], whole),
    }
    machines: Mapping[str, LinearSVC] = {"": sorted_out, "~": languages_told, **answers}
    names: list[str] = []
    for mark, machine in machines.items():
        names += [mark] if mark.startswith("?") else [f"{mark}{name}" for name in machine.classes_]
    weights = np.vstack([machine.coef_ for machine in machines.values()]).T
    offsets = np.concatenate([machine.intercept_ for machine in machines.values()])
    return names, weights, offsets


def _answered(cost: float, matrix: csr_matrix, answers: ArrayLike, of: NDArray[np.bool_]) -> LinearSVC:
    """of: the examples that have an answer."""
    return _machine(cost, balanced=True).fit(matrix[of], np.asarray(answers)[of])


def _machine(cost: float, *, balanced: bool = False) -> LinearSVC:
    weight = "balanced" if balanced else None
    return LinearSVC(C=cost, class_weight=weight, max_iter=200, tol=1e-2, random_state=0)


def _packed(names: Sequence[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(names).encode(), np.uint8)


def shipped() -> list[Example]:
    """What stands in the languages' folders."""
    examples = [each for language in languages() for each in examples_of(language, texts_source(language))]
    examples += [each for language in languages() for each in phrases_of(language, words_source(language))]
    return examples + [each for language in languages() for each in alarms_of(language, words_source(language))]


def main(arguments: Sequence[str] | None = None, tell: Callable[[str], object] = print) -> int:
    asked = _asked(arguments)
    started = time.perf_counter()
    examples = shipped()
    for path in asked.kept:
        own = list(examples_of(path.stem, path.read_text(encoding="utf-8")))
        tell(f"{len(own):,} texts of {path}")
        examples += own
    held = train(examples, load_lexicon())
    with asked.into.open("wb") as file:
        np.savez_compressed(file, **held)  # type: ignore[arg-type]  # names of arrays, none of them an option
    seconds = time.perf_counter() - started
    size = asked.into.stat().st_size / 1e6
    tell(f"{len(examples):,} texts learned in {seconds:.0f} s; {asked.into.name} has {size:.1f} MB")
    return 0


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make train", description=__doc__)
    kept = "example texts of your own, as `kibaro lexicon examples` writes them: fr.txt and the like"
    parser.add_argument("--with", dest="kept", metavar="FILE", action="append", type=Path, default=[], help=kept)
    parser.add_argument("--into", type=Path, default=Path(__file__).with_name(FILE), help="file of the model")
    asked = parser.parse_args(arguments)
    if strange := [path for path in asked.kept if path.stem not in languages() or not path.is_file()]:
        parser.error(f"{strange[0]}: no such file, or its name is no language ({', '.join(languages())})")
    return asked


if __name__ == "__main__":
    sys.exit(main())
