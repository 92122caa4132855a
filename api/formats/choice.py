"""Which format an answer takes: what `format=` says, else the Accept header, else JSON."""

import re
from collections.abc import Collection, Iterator
from typing import Final, Literal, get_args

from models.faults import Fault, Invalid

FileFormat = Literal["csv", "xlsx", "geojson", "jsonstat", "parquet"]
Format = Literal["json", FileFormat]
FORMATS: Final[tuple[Format, ...]] = ("json", *get_args(FileFormat))
"""Of two that are wanted alike, the first."""

MEDIA_TYPES: Final[dict[Format, str]] = {
    "json": "application/json",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
    "jsonstat": "application/json-stat+json",  # no type is registered; this one is what clients ask for
    "parquet": "application/vnd.apache.parquet",
}
_ALSO: Final[dict[str, Format]] = {
    "application/csv": "csv",
    "application/vnd.geo+json": "geojson",
    "application/x-parquet": "parquet",
}
_NAMES: Final[list[tuple[str, Format]]] = [*((t, f) for f, t in MEDIA_TYPES.items()), *_ALSO.items()]

_PART: Final = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*")+')
_RANGE: Final = re.compile(r"\s*([\w!#$&^.+-]+|\*)/([\w!#$&^.+-]+|\*)\s*(?:;|$)")
_WEIGHT: Final = re.compile(r";\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*(?:;|$)", re.IGNORECASE)


class NotAcceptable(Fault):
    """Nothing the Accept header names can be had here."""

    code = "not-acceptable"
    status = 406


def chosen_format(wanted: Format | None, accept: str | None, offered: Collection[Format] = FORMATS) -> Format:
    """accept: the Accept header, several of them joined by commas. offered: what this answer can be."""
    names = ", ".join(each for each in FORMATS if each in offered)
    if wanted is not None:
        if wanted not in offered:
            raise Invalid(f"This cannot be had as {wanted}; format takes {names}.")
        return wanted
    ranges = list(_ranges(accept or "*/*"))
    if not ranges:
        return "json"  # a header that says nothing readable asks for nothing
    best = max((_liking(each, ranges), -FORMATS.index(each), each) for each in FORMATS if each in offered)
    if not best[0][0]:
        raise NotAcceptable(f"Nothing the Accept header names can be had here; send */* or use format={names}.")
    return best[2]


def _ranges(accept: str) -> Iterator[tuple[str, str, float]]:
    """Type, subtype and weight of each readable part; other parameters tell nothing of our formats."""
    for part in _PART.findall(accept):
        if named := _RANGE.match(part):
            weight = _WEIGHT.search(part)
            yield named[1].lower(), named[2].lower(), float(weight[1]) if weight else 1.0


def _liking(wanted: Format, ranges: list[tuple[str, str, float]]) -> tuple[float, int]:
    """The weight of the range that fits most closely (RFC 9110, 12.5.1), and how closely it fits."""
    likings = [(0.0, 0)]
    for name in (name for name, each in _NAMES if each == wanted):
        mine = name.split("/")
        fits = [(int(t != "*") + int(s != "*"), q) for t, s, q in ranges if t in {mine[0], "*"} and s in {mine[1], "*"}]
        if fits:
            closeness, weight = max(fits)
            likings.append((weight, closeness))
    return max(likings)
