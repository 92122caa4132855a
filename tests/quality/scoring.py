"""How far what was understood agrees with what an honest person wrote beside the text. Values only."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Labels = Mapping[str, Any]
"""A line of open.jsonl or locked.jsonl: what is not said is not there; `danger` is not there where a person could go
either way. `also`, `locality_also`: what would be right too. Of a command `locality` is the place it is about,
`argument` what else it may be about: the code of a language, a reference.
"""
Told = Mapping[str, Any]
"""A line of `kibaro understand --jsonl`."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One text: what is right, and what was told."""

    right: Labels
    told: Told

    @property
    def is_report(self) -> bool:
        return bool(self.right["kind"] == "report")

    @property
    def taken_for_report(self) -> bool:
        return self.told["kind"] in {"report", "answer"}

    @property
    def kind_right(self) -> bool:
        """Report, command or neither."""
        return _three(self.right["kind"]) == _three(self.told["kind"])

    @property
    def category_wrong(self) -> bool:
        answered = self.told["category"]
        return self.is_report and bool(answered) and bool(answered not in {self.right.get("category"), *self.also})

    @property
    def also(self) -> Sequence[str]:
        also: Sequence[str] = self.right.get("also", ())
        return also

    @property
    def place_answered(self) -> bool:
        return self.is_report and bool(self.told["locality"])

    @property
    def place_wrong(self) -> bool:
        fitting = {self.right.get("locality"), self.right.get("home"), *self.right.get("locality_also", ())}
        return self.place_answered and str(self.told["locality"]) not in fitting

    @property
    def obeyed(self) -> bool:
        """The command that it is, about what the label says, if it says that."""
        about = {self.right.get("argument"), self.right.get("locality"), *self.right.get("locality_also", ())} - {None}
        same = bool(self.told["command"] == self.right.get("command"))
        return same and (not about or self.told["argument"] in about)

    @property
    def command_wrong(self) -> bool:
        """Another one, or about something else. Not to know about what is to ask, which is not wrong."""
        if self.told["kind"] != "command":
            return False
        if self.told["command"] != self.right.get("command"):
            return True
        return self.told["argument"] is not None and not self.obeyed

    @property
    def wrong(self) -> bool:
        return not self.kind_right or self.command_wrong or self.category_wrong or self.place_wrong

    @property
    def asked(self) -> bool:
        """Asked back or put before a person, though a person would understand."""
        if not (self.is_report and self.taken_for_report):
            return False
        return not self.told["category"] or bool(self.right.get("locality") and not self.told["locality"])


def _three(kind: str) -> str:
    return {"report": "report", "answer": "report", "command": "command"}.get(kind, "neither")


@dataclass(frozen=True, slots=True)
class Measure:
    """value: None where no text tells. of: how many texts it is a share of. at_most: smaller is better."""

    name: str
    value: float | None
    of: int
    must: float
    aim: float
    at_most: bool = False

    @property
    def met(self) -> str:
        if self.value is None:
            return "-"
        sign = -1 if self.at_most else 1
        bounds = {"aim": self.aim, "must": self.must}
        return next((name for name, bound in bounds.items() if sign * self.value >= sign * bound), "MISSED")


def measures(pairs: Sequence[Pair], protected: frozenset[str]) -> Iterator[Measure]:
    """protected: codes of protected categories."""
    reports = [p for p in pairs if p.is_report]
    seen = [p for p in reports if p.taken_for_report]
    yield _share("report, command or neither, told apart", pairs, lambda p: p.kind_right, 0.93, 0.98)
    answered = [p for p in seen if p.told["category"]]
    yield _share("category, of what is answered", answered, lambda p: not p.category_wrong, 0.85, 0.94)
    placed = [p for p in seen if p.place_answered]
    yield _share("place, of what is answered", placed, lambda p: not p.place_wrong, 0.92, 0.97)
    dated = [p for p in seen if p.right.get("occurred_on")]
    yield _share("day, where the text says one", dated, lambda p: _same(p, "occurred_on"), 0.90, 0.97)
    yield counts_right([p for p in seen if "killed" in p.right or "injured" in p.right])
    sure = [p for p in pairs if p.right.get("danger") is True]
    yield _share("danger now recalled", sure, lambda p: bool(p.told["danger"]), 0.85, 0.98)
    alarms = [p for p in pairs if p.told["danger"] and ("danger" in p.right or not p.is_report)]
    yield _share("false danger, of alarms", alarms, lambda p: not p.right.get("danger"), 0.30, 0.12, at_most=True)
    guarded = [p for p in reports if p.right.get("category") in protected]
    yield _share("protected matters recognised", guarded, _is_guarded, 0.95, 0.99)
    hushed = [p for p in pairs if _is_guarded(p)]
    yield _share(
        "falsely protected, of protected",
        hushed,
        lambda p: not {p.right.get("category"), *p.also} & protected,
        0.25,
        0.10,
        at_most=True,
    )
    commands = [p for p in pairs if p.right["kind"] == "command"]
    yield _share("commands obeyed", commands, lambda p: p.obeyed, 0.97, 1.0)
    others = [p for p in pairs if p.right["kind"] in {"report", "greeting"}]
    name = "reports or greetings taken for a command"
    yield _share(name, others, lambda p: p.told["kind"] == "command", 0.0, 0.0, at_most=True)
    yield _share("wrong in some way", pairs, lambda p: p.wrong, 0.20, 0.06, at_most=True)
    yield _share("asked or sent to review, of reports", reports, lambda p: p.asked, 0.25, 0.10, at_most=True)


def _is_guarded(pair: Pair) -> bool:
    return bool(pair.told["protect"] != "none")


def _same(pair: Pair, name: str) -> bool:
    return bool(pair.right.get(name) == pair.told[name])


def counts_right(pairs: Sequence[Pair]) -> Measure:
    both = ("killed", "injured")
    return _share("killed and injured, where told", pairs, lambda p: all(_same(p, name) for name in both), 0.90, 0.97)


def _share(
    name: str,
    pairs: Iterable[Pair],
    holds: Callable[[Pair], bool],
    must: float,
    aim: float,
    *,
    at_most: bool = False,
) -> Measure:
    held = [holds(pair) for pair in pairs]
    return Measure(name, sum(held) / len(held) if held else None, len(held), must, aim, at_most)
