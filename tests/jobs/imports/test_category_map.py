"""The category map: words of another system, found whatever their numbering, language and commas."""

import csv
from pathlib import Path

import pytest

from jobs.imports.categories import DEFAULT_TAXONOMY
from jobs.imports.category_map import DEFAULT_MAP, map_to_edit, read_map
from models.faults import Refusal


def words(cell: str, path: Path | None = None) -> list[tuple[str, str | None]]:
    found = read_map(path).words_of(cell)
    return [(mapped.word, mapped.category) if mapped else (word, None) for word, mapped in found]


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param(" , ", [], id="commas alone"),
        pytest.param("Looting", [("Looting", "theft")], id="a word"),
        pytest.param("LOOTING, ", [("Looting", "theft")], id="in capitals, as exports end"),
        pytest.param("4a. Looting", [("Looting", "theft")], id="numbered"),
        pytest.param("4a. Razzia | Looting", [("Looting", "theft")], id="the second of two languages"),
        pytest.param(
            "2b. Eau | Water shortage, 4a. Razzia | Looting",
            [("Water shortage", "service_outage"), ("Looting", "theft")],
            id="two, each in two languages",
        ),
        pytest.param("1. Urgences | Emergency", [("Urgences", "")], id="a tag"),
        pytest.param("Fire, Looting", [("Fire", "fire"), ("Looting", "theft")], id="two"),
        pytest.param(
            "Fire, DEATHS, CIVILIANS, Dragons",
            [("Fire", "fire"), ("Deaths, civilians", "homicide"), ("Dragons", None)],
            id="a comma in a word",
        ),
        pytest.param("Dragons | Wings, Looting", [("Dragons | Wings", None), ("Looting", "theft")], id="unknown"),
    ],
)
def test_words_are_found(cell: str, found: list[tuple[str, str | None]]) -> None:
    assert words(cell) == found


def test_our_own_map_leads_to_our_own_taxonomy_only() -> None:
    with DEFAULT_MAP.open(encoding="utf-8") as ours, DEFAULT_TAXONOMY.open(encoding="utf-8") as taxonomy:
        codes = {row["code"] for row in csv.DictReader(taxonomy)}
        rows = list(csv.DictReader(ours))
    assert {row["category"] for row in rows} - codes == {""}
    assert len({row["ushahidi_category"].lower() for row in rows}) == len(rows) > 100


def test_a_map_can_be_edited_and_read_again(tmp_path: Path) -> None:
    known = read_map()
    text = map_to_edit({"4a. Looting": 3, "=Dragons": 9, "Call +12025550123": 1, "A, b": 1}, known, {"theft"})
    assert text.splitlines() == ["ushahidi_category,category,rows", "'=Dragons,,9", "4a. Looting,theft,3", '"A, b",,1']
    path = tmp_path / "map.csv"
    path.write_text(text.replace("'=Dragons,", "'=Dragons,fire"), encoding="utf-8")
    assert words("=Dragons, 4a. Looting, A, b", path) == [("'=Dragons", "fire"), ("4a. Looting", "theft"), ("A, b", "")]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param("word,category\n", "has no column ushahidi_category", id="columns"),
        pytest.param("ushahidi_category,category\nFire,fire\nFIRE,\n", "line 2: line 3 says something else", id="two"),
    ],
)
def test_what_is_no_map_is_refused(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "map.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(Refusal, match=says):
        read_map(path)
