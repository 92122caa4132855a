"""Days and times as they must be written: not the numbers and times of day that pydantic would take for them."""

import re
from datetime import date
from typing import Annotated, Final

from pydantic import AwareDatetime, BeforeValidator

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME: Final = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*", re.IGNORECASE)


def _written_day(value: object) -> object:
    if value is None or type(value) is date or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    message = "a day is written like 2026-11-21"
    raise ValueError(message)


def _written_time(value: object) -> object:
    if isinstance(value, str) and not _TIME.fullmatch(value):
        message = "a time is written like 2026-11-21T09:00:00Z"
        raise ValueError(message)
    return value


Day = Annotated[date, BeforeValidator(_written_day)]
Moment = Annotated[AwareDatetime, BeforeValidator(_written_time)]
