"""make quality: how well texts are understood, on texts that nothing was tuned on (locked) and on those it was (open).

The texts are ours, written without a look at the example texts that the model learns from. Each is read by the path of
`kibaro understand --jsonl`, with its country's gazetteer loaded. counts_*.jsonl: texts about dead and hurt people, with
no other label.
"""

import argparse
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from intake.incoming import Means
from intake.reference import ReferenceKeeper
from jobs.founding import open_vault
from jobs.terminal import read_texts
from tests.quality.scoring import Measure, Pair, counts_right, measures
from tests.quality.stores import HERE, quality_store

console = Console(width=120)


def main() -> int:
    asked = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        pairs, protected = _read_all(Path(folder), _texts(asked.parts))
        counted, _ = _read_all(Path(folder), _texts(f"counts_{part}" for part in asked.parts))
    every = list(measures(pairs, protected))
    _show(f"{len(pairs)} texts ({', '.join(asked.parts)})", every)
    _show_by("language", pairs, protected, lambda pair: str(pair.right["lang"]))
    _show_categories(pairs)
    counts = counts_right(counted)
    _show(f"{len(counted)} more texts about dead and hurt people", [counts])
    _show_by("language", counted, protected, lambda pair: str(pair.right["lang"]), lambda own, _: [counts_right(own)])
    if asked.wrong:
        for pair in pairs:
            if pair.wrong or pair.asked:
                _tell(pair)
    return 1 if any(each.met == "MISSED" for each in (*every, counts)) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make quality", description=__doc__)
    parser.add_argument("--parts", type=lambda listed: listed.split(","), default=["open", "locked"])
    parser.add_argument("--wrong", action="store_true", help="also print the texts of the open part that went wrong")
    asked = parser.parse_args()
    if asked.wrong:
        asked.parts = ["open"]  # whoever reads the others can no longer measure with them
    return asked


def _texts(names: Iterable[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for name in names for line in (HERE / f"{name}.jsonl").open(encoding="utf-8")]


def _read_all(folder: Path, texts: Sequence[dict[str, Any]]) -> tuple[list[Pair], frozenset[str]]:
    pairs: list[Pair] = []
    protected: frozenset[str] = frozenset()
    by_country: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for text in texts:
        by_country[text["country"]].append(text)
    for country, own in by_country.items():
        settings, database = quality_store(folder / f"{country}.db", country)
        vault = open_vault(database, settings)
        with database.reading() as session:
            means = Means(ReferenceKeeper(vault).current(session), vault, settings)
        protected = frozenset(c.code for c in means.reference.categories.values() if c.protect != "none")
        for right, told in zip(own, read_texts(means, map(json.dumps, own), datetime.now(UTC)), strict=True):
            pairs.append(Pair(right, json.loads(told)))
        database.close()
    return pairs, protected


def _show(title: str, every: Sequence[Measure]) -> None:
    table = Table("measure", "of", "measured", "must", "aim", "met", title=title, title_justify="left")
    for each in every:
        sign = "≤ " if each.at_most else ""
        value = "-" if each.value is None else f"{each.value:.3f}"
        table.add_row(each.name, str(each.of), value, f"{sign}{each.must:.2f}", f"{sign}{each.aim:.2f}", each.met)
    console.print(table)


def _show_by(
    title: str,
    pairs: Sequence[Pair],
    protected: frozenset[str],
    key: Callable[[Pair], str],
    measured: Callable[[Sequence[Pair], frozenset[str]], Iterable[Measure]] = measures,
) -> None:
    groups: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        groups[key(pair)].append(pair)
    names = sorted(groups)
    table = Table("measure", *names, title=f"by {title}", title_justify="left")
    columns = [list(measured(groups[name], protected)) for name in names]
    for row in zip(*columns, strict=True):
        table.add_row(row[0].name, *("-" if each.value is None else f"{each.value:.2f}" for each in row))
    console.print(table)


def _show_categories(pairs: Sequence[Pair]) -> None:
    groups: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        groups[pair.right.get("category") or f"({pair.right.get('none') or pair.right['kind']})"].append(pair)
    table = Table("category", "texts", "right", "asked", "wrong", title="by category", title_justify="left")
    for name, own in sorted(groups.items()):
        wrong, asked = sum(pair.wrong for pair in own), sum(pair.asked and not pair.wrong for pair in own)
        table.add_row(name, str(len(own)), str(len(own) - wrong - asked), str(asked), str(wrong))
    console.print(table)


def _tell(pair: Pair) -> None:
    kept = ("kind", "command", "argument", "category", "locality", "occurred_on", "killed", "injured", "danger")
    right = {name: pair.right[name] for name in kept if name in pair.right}
    told = {name: pair.told[name] for name in (*kept, "candidates", "review") if pair.told[name] not in (None, [])}
    console.print(f"\n{pair.right['text']}\n  right {right}\n  told  {told}", markup=False, soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
