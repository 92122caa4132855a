"""Which format an answer takes."""

import contextlib
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.formats.choice import FORMATS, MEDIA_TYPES, Format, NotAcceptable, chosen_format
from models.faults import Invalid

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        pytest.param(None, "json", id="nothing said"),
        pytest.param("", "json", id="nothing in it"),
        pytest.param("*/*", "json", id="anything"),
        pytest.param("application/*", "json", id="any application"),
        pytest.param(BROWSER, "json", id="a browser"),
        pytest.param("text/csv", "csv", id="csv"),
        pytest.param("TEXT/CSV", "csv", id="in capitals"),
        pytest.param("text/*", "csv", id="any text"),
        pytest.param("application/csv", "csv", id="csv by another name"),
        pytest.param("text/csv; charset=utf-8; header=present", "csv", id="with parameters"),
        pytest.param('text/csv; note="a, b;q=0"', "csv", id="with a comma in quotes"),
        pytest.param("application/json, text/csv", "json", id="liked alike"),
        pytest.param("text/csv, application/json", "json", id="liked alike, whichever stands first"),
        pytest.param("text/csv, */*", "csv", id="what is named rather than anything"),
        pytest.param("text/csv;q=0.5, */*;q=0.9", "json", id="anything rather than what is named"),
        pytest.param("text/csv;q=0.9, application/json;q=0.8", "csv", id="by weight"),
        pytest.param("text/csv;q=0.9,application/geo+json;q=0.901", "geojson", id="to three digits"),
        pytest.param("text/csv;Q=0, */*", "json", id="not that"),
        pytest.param("*/*, application/json;q=0", "csv", id="anything but json"),
        pytest.param("text/html, application/vnd.apache.parquet", "parquet", id="the one we have"),
        pytest.param("application/json-stat+json", "jsonstat", id="json-stat"),
        pytest.param("nonsense", "json", id="unreadable"),
        pytest.param("text/csv;q=7, application/geo+json;q=0.1", "csv", id="a weight that is none"),
    ],
)
def test_the_accept_header_chooses(accept: str | None, expected: Format) -> None:
    assert chosen_format(None, accept) == expected


@pytest.mark.parametrize("accept", ["text/html", "text/csv;q=0", "image/*", "*/*;q=0", "application/xml, text/plain"])
def test_nothing_acceptable_is_a_406_that_says_what_there_is(accept: str) -> None:
    with pytest.raises(NotAcceptable, match="json, csv, xlsx, geojson, jsonstat, parquet") as refused:
        chosen_format(None, accept)
    assert refused.value.status == 406


@pytest.mark.parametrize("wanted", FORMATS)
def test_the_parameter_goes_before_the_header(wanted: Format) -> None:
    assert chosen_format(wanted, "text/html") == wanted
    assert chosen_format(None, MEDIA_TYPES[wanted]) == wanted


def test_what_this_answer_cannot_be_is_not_chosen() -> None:
    offered: tuple[Format, ...] = ("json", "csv")
    with pytest.raises(Invalid, match="format takes json, csv"):
        chosen_format("geojson", None, offered)
    with pytest.raises(NotAcceptable, match="format=json, csv"):
        chosen_format(None, "application/geo+json", offered)
    assert chosen_format(None, "application/geo+json, text/csv;q=0.1", offered) == "csv"


def test_every_format_has_a_media_type() -> None:
    assert list(MEDIA_TYPES) == list(FORMATS) == list(get_args(Format))


@given(st.text('*/,;q=01."\\ atexcsvjon+', max_size=40))
def test_no_header_is_a_surprise(accept: str) -> None:
    with contextlib.suppress(NotAcceptable):
        assert chosen_format(None, accept) in FORMATS
