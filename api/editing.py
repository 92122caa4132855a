"""Editing: what a change needs before it may begin: a caller who may, a body of the right form, and an If-Match that
still holds.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final, Generic, TypeVar
from uuid import UUID

from fastapi import Depends, Header, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from api.dependencies import TheHouse
from api.routes.door import read_body
from api.security import Caller, Credentials, caller_of
from intake.gateways.contract import WrongContentType
from intake.gateways.json_bodies import JSON, NotJson, object_of
from intake.reference import Reference
from models.faults import Conflict, Fault, Invalid, NoSuchCategory, NotFound
from models.incidents import Incident
from models.reports import Report

LARGEST_BODY: Final = 16 * 1024
MOST_CASUALTIES: Final = 1_000_000  # of one thing that happened; more is a slip
_STRONG: Final = re.compile(r'(?<![^\s,])"[^"]*"')

Model = TypeVar("Model", bound=BaseModel)


class IfMatchMissing(Fault):
    """Send If-Match with the ETag of what you have read, so that nobody's change is lost."""

    code = "if-match-missing"
    status = 428


class ChangedSince(Fault):
    """This has changed since you read it: read it again, then decide again."""

    code = "changed-since"
    status = 412


# -- who ---------------------------------------------------------------------------------------------------------------


def _editor(house: TheHouse, credentials: Credentials) -> Caller:
    """In a session of its own, over before the body is awaited and before the store is locked for writing."""
    with house.database.reading() as session:
        caller = caller_of(credentials, session)
    caller.insist_on("reports:read")
    caller.insist_on("reports:write")
    return caller


Editor = Annotated[Caller, Depends(_editor, scope="function")]
"""May read and write reports: a web form's key, which only writes, edits nothing."""


# -- what --------------------------------------------------------------------------------------------------------------


Casualties = Annotated[int, Field(strict=True, ge=0, le=MOST_CASUALTIES)]


class JsonBody(Generic[Model]):
    """A dependency: the body as this model. Its errors quote nothing of what was sent."""

    def __init__(self, model: type[Model]) -> None:
        self._model = model

    async def __call__(self, request: Request, _editor: Editor) -> Model:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
            raise WrongContentType(f"Send {JSON}.")
        try:
            given = object_of(await read_body(request, LARGEST_BODY))
        except NotJson:
            raise Invalid("The body must be one JSON object with each name once.") from None
        known = self._model.model_fields.keys()
        if unknown := len(given.keys() - known):
            raise Invalid(f"{unknown} unknown field(s); known here: {', '.join(known)}.")
        if not given:
            raise Invalid(f"Say what is to change: {', '.join(known)}.")
        try:
            return self._model.model_validate(given)
        except ValidationError as error:
            errors: list[Any] = error.errors(include_url=False, include_context=False, include_input=False)
            raise RequestValidationError([each | {"loc": ("body", *each["loc"])} for each in errors]) from None


def json_request(model: type[BaseModel], **examples: Mapping[str, Any]) -> dict[str, Any]:
    """The description of such a body, for an operation's openapi_extra."""
    shown = {name: {"value": dict(value)} for name, value in examples.items()}
    content = {JSON: {"schema": model.model_json_schema() | {"additionalProperties": False}, "examples": shown}}
    return {"requestBody": {"required": True, "content": content}}


_OUT_OF_SIGHT: Final = "By this the key that asks for it could not see it any more: somebody must who still could."


def category_for(reference: Reference, caller: Caller, code: str | None) -> int | None:
    """Raises NoSuchCategory; Conflict for one whose reports the caller does not see."""
    if code is None:
        return None
    if code not in reference.category_ids:
        raise NoSuchCategory
    category_id = reference.category_ids[code]
    if reference.rules[category_id].protect not in caller.shown_protections:
        raise Conflict(_OUT_OF_SIGHT)
    return category_id


def place_for(reference: Reference, caller: Caller, code: str | None, day: date | None) -> int | None:
    """Raises NotFound, the same for what is not there and for what was outside the caller's subtree on that day."""
    if code is None:
        return None
    spot = reference.spot(code)
    above = () if spot is None else [span for span in spot.up if day is None or span.from_day <= day < span.until_day]
    if spot is None or (caller.root_id and caller.root_id not in {span.ancestor_id for span in above}):
        raise NotFound("There is no such locality, or it is outside what this key may see.")
    return spot.id


def insist_on_sight(session: Session, of: type[Report | Incident], identifier: UUID, seen: ColumnElement[bool]) -> None:
    """After the change: nobody moves a thing out of their own sight. Raises Conflict."""
    session.flush()
    if session.scalar(select(of.id).where(of.id == identifier, seen)) is None:
        raise Conflict(_OUT_OF_SIGHT)


# -- since when --------------------------------------------------------------------------------------------------------


def strong_etag_of(*parts: Any) -> str:
    """The same bytes, for this caller: what If-Match is compared with."""
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


class Held:
    """What the client says it holds."""

    def __init__(self, given: list[str], *, required: bool) -> None:
        self._given = ", ".join(given).strip()
        if required and not self._given:
            raise IfMatchMissing

    def insist_on(self, etag: str) -> None:
        """Raises ChangedSince. A weak tag never matches: it promises the same meaning only."""
        if self._given and self._given != "*" and etag not in _STRONG.findall(self._given):
            raise ChangedSince


class _IfMatch:
    def __init__(self, *, required: bool) -> None:
        self._required = required

    async def __call__(
        self,
        request: Request,
        _editor: Editor,
        if_match: Annotated[str | None, Header(description="The ETag of what you have read, or `*`.")] = None,
    ) -> Held:
        del if_match  # it may come more than once
        return Held(request.headers.getlist("if-match"), required=self._required)


MustMatch = Annotated[Held, Depends(_IfMatch(required=True), scope="function")]
"""Asked for before anything is looked up, so that it tells nothing of what is there."""
MayMatch = Annotated[Held, Depends(_IfMatch(required=False), scope="function")]
