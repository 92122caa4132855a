"""Faults: what went wrong, with a stable code and an HTTP status. A fault's docstring is its default message."""

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


class Conflict(Fault):
    """That is not possible in the present state."""

    code = "conflict"
    status = 409


class Unavailable(Fault):
    """The store cannot be reached; try again shortly. Nothing was accepted."""

    code = "unavailable"
    status = 503


class Refusal(Fault):
    """The command cannot be carried out as things stand: the message says what to do."""

    code = "refused-to-run"
    status = 409
