"""JSON-stat: valid to a validator, and what that one lets through: the version, cells that are not there."""

import json
from collections.abc import Callable
from math import prod
from typing import Any

import pytest
from jsonstat_validator import validate_jsonstat

from api.formats import cells
from api.formats.table import TooMuch
from models.faults import Invalid
from tests.api.formats.tables import FACTS, make_figures, make_row, make_table, written

Document = dict[str, Any]


def misfits(document: Document) -> list[str]:
    """What jsonstat-validator accepts all the same."""
    found = []
    if document.get("version") != "2.0":
        found.append("version")
    cells_there = prod(document["size"])
    for name in ("value", "status"):
        told = document[name]
        if isinstance(told, list):
            found += [name] * (len(told) != cells_there)
        else:
            found += [name for at in told if str(int(at)) != at or not 0 <= int(at) < cells_there]
    for side, size in zip(document["id"], document["size"], strict=True):
        category = document["dimension"][side]["category"]
        if not len(set(category["index"])) == len(category["index"]) == len(category["label"]) == size:
            found.append(side)
    return found


def made(**changes: Any) -> Document:
    document: Document = json.loads(written(make_table([make_row(**changes)]), "jsonstat"))
    return document


def figures() -> Document:
    document: Document = json.loads(written(make_figures(), "jsonstat"))
    return document


@pytest.mark.parametrize("document", [figures, made, lambda: json.loads(written(make_table([]), "jsonstat"))])
def test_a_validator_finds_nothing_wrong(document: Callable[[], Document]) -> None:
    assert validate_jsonstat(document())
    assert misfits(document()) == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        pytest.param(lambda d: d.pop("version"), ["version"], id="no version"),
        pytest.param(lambda d: d["value"].update({"9999": 1}), ["value"], id="a value outside"),
        pytest.param(lambda d: d["status"].update({"-1": "p"}), ["status"], id="a status outside"),
        pytest.param(lambda d: d.update(value=[1]), ["value"], id="too few values"),
    ],
)
def test_our_own_check_sees_what_the_validator_does_not(change: Callable[[Document], object], found: list[str]) -> None:
    document = figures()
    change(document)
    assert validate_jsonstat(document)
    assert misfits(document) == found


def test_sides_have_their_roles_and_labels() -> None:
    document = figures()
    assert document["id"] == ["geo", "time", "category", "metric"]
    assert document["size"] == [2, 3, 1, 10]
    assert document["role"] == {"geo": ["geo"], "time": ["time"], "metric": ["metric"]}
    sides = {side: each["category"] for side, each in document["dimension"].items()}
    assert sides["geo"]["label"] == {"GN-C": "Conakry", "GN-N": "Nzérékoré"}
    assert sides["time"]["index"] == ["2026-W45", "2026-W46", "2026-W47"]
    assert sides["category"]["label"] == {"theft": "Vol"}
    assert sides["metric"]["index"][0] == "reports"
    assert len(sides["metric"]["note"]["reports"]) == 2


def test_the_facts_go_with_it() -> None:
    document = made()
    assert document["updated"] == FACTS["as_of"]
    assert FACTS["counts"] in document["source"]
    assert document["extension"]["facts"] == FACTS
    facts = {name: fact for name, fact in FACTS.items() if name != "as_of"}
    later = json.loads(written(make_table([], facts=facts), "jsonstat"))
    assert later["updated"] == FACTS["generated_at"]


@pytest.mark.parametrize(
    ("changes", "value", "status"),
    [
        pytest.param({}, 12, None, id="a number"),
        pytest.param({"reports": 0}, 0, None, id="none is a number too"),
        pytest.param({"final": False}, 12, "p", id="a provisional number"),
        pytest.param({"final": None}, 12, None, id="not said to be provisional"),
        pytest.param({"reports": None}, None, "5-19", id="a band in its place"),
        pytest.param({"reports": None, "final": False}, None, "5-19", id="a band of an open period"),
        pytest.param({"reports": None, "band": None}, None, ":", id="no number"),
    ],
)
def test_a_status_says_what_the_number_does_not(changes: Document, value: int | None, status: str | None) -> None:
    document = made(**changes)
    assert document["value"].get("0") == value
    assert document["status"].get("0") == status
    assert status is None or status in document["extension"]["status"]["label"]


def test_what_is_not_asked_for_is_a_total() -> None:
    document = made(locality=None, name=None, period=None)
    assert document["dimension"]["geo"]["category"] == {"index": ["_T"], "label": {"_T": "all localities"}}
    assert document["dimension"]["time"]["category"] == {"index": ["_T"], "label": {"_T": "all periods"}}


def test_every_status_is_explained_the_same_way_each_time() -> None:
    document = figures()
    labels = document["extension"]["status"]["label"]
    assert set(document["status"].values()) <= labels.keys()
    assert list(labels) == [":", "p", "20+", "5-19", "<5"]


def test_places_without_a_row_have_no_value() -> None:
    rows = [make_row(locality="a", period="2026-10", reports=1), make_row(locality="b", period="2026-11", reports=2)]
    document = json.loads(written(make_table(rows), "jsonstat"))
    assert document["size"] == [2, 2, 3]
    assert {at: each for at, each in document["value"].items() if int(at) % 3 == 0} == {"0": 1, "9": 2}


def test_too_large_a_cube_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [make_row(locality=f"GN-{nth}", period=f"2026-{nth:02}") for nth in range(1, 5)]
    monkeypatch.setattr(cells, "MOST_CELLS", 4 * 4 * 3)
    assert json.loads(written(make_table(rows), "jsonstat"))["size"] == [4, 4, 3]
    monkeypatch.setattr(cells, "MOST_CELLS", 4 * 4 * 3 - 1)
    with pytest.raises(TooMuch, match=r"format=csv") as refused:
        written(make_table(rows), "jsonstat")
    assert refused.value.status == 422


def test_two_rows_in_one_place_are_never_one() -> None:
    with pytest.raises(ValueError, match="one place"):
        written(make_table([make_row(), make_row(reports=13)]), "jsonstat")


def test_a_table_that_is_no_cube_is_refused() -> None:
    with pytest.raises(Invalid, match="no cube"):
        written(make_table([], cube=None), "jsonstat")
