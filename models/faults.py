"""Faults: what went wrong, with a stable code and an HTTP status. A fault's docstring is its default message."""

import traceback
from collections.abc import Iterator
from typing import ClassVar


class Fault(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "fault"
    status: ClassVar[int] = 500

    def __init__(self, detail: str | None = None) -> None:
        self.detail = detail or (type(self).__doc__ or "").strip()
        super().__init__(self.detail)


class NotFound(Fault):
    """There is no such thing, or it is outside what this key may see."""

    code = "not-found"
    status = 404


class Invalid(Fault):
    """The request is not of the form it must have."""

    code = "invalid"
    status = 422


class NoSuchCategory(Invalid):
    """There is no such category; GET /v1/categories lists them."""


class Conflict(Fault):
    """That is not possible in the present state."""

    code = "conflict"
    status = 409


class Unavailable(Fault):
    """The store cannot be reached; try again shortly. What comes again under the same id counts once."""

    code = "unavailable"
    status = 503


class Refusal(Fault):
    """The command cannot be carried out as things stand: the message says what to do."""

    code = "refused-to-run"
    status = 409


def trace_of(error: BaseException) -> str:
    """Where it happened, for a log: the kinds of errors and the lines of code, never an error's own words, which may
    quote a text or a number.
    """
    return "\n".join(_trace_lines(error))


def _trace_lines(error: BaseException) -> Iterator[str]:
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"  {frame.filename}:{frame.lineno} in {frame.name}"
    yield type(error).__name__
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield "because of"
        yield from _trace_lines(cause)
