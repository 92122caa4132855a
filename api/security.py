"""Who is calling and what they may see: keys, scopes, localities, protection."""

from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import Session, aliased

from api.dependencies import ReadSession
from intake.reference import Spot
from models.database import FOREVER
from models.faults import Fault
from models.incidents import Incident
from models.keys import Key, key_of
from models.localities import LocalityAncestor
from models.messages import Message
from models.reports import Report, ReportDeparture

SEES_NO_AGENT: Final = frozenset({"police", "administration"})


class NoKey(Fault):
    """This needs a key: send the header `Authorization: Bearer <key>`. `kibaro keys create` makes one."""

    code = "no-key"
    status = 401


class ScopeMissing(Fault):
    """This key may not do that."""

    code = "scope-missing"
    status = 403


@dataclass(frozen=True, slots=True)
class Caller:
    """One key at work. root_id: the locality whose subtree it sees, None is everything."""

    key_id: UUID
    scopes: frozenset[str]
    root_id: int | None
    body: str

    @property
    def actor(self) -> str:
        """As events name who did something."""
        return f"key:{self.key_id}"

    @property
    def sees_protected(self) -> bool:
        return "protected:read" in self.scopes

    @property
    def shown_protections(self) -> frozenset[str]:
        """Reports of any other protection do not exist for this caller: one that comes later is hidden from all until
        it is named here.
        """
        if not self.sees_protected:
            return frozenset({"none"})
        seen = frozenset({"none", "survivor", "armed"})
        return seen if self.body in SEES_NO_AGENT else seen | {"agent"}

    def insist_on(self, scope: str) -> None:
        if scope not in self.scopes:
            raise ScopeMissing(f"This key lacks the scope {scope}.")

    def sees_report(self, of: type[Report | ReportDeparture] = Report) -> ColumnElement[bool]:
        """A condition on reports, or on what they were: inside the subtree on the day it happened, and not protected
        from this caller.
        """
        return and_(self.sees_there(of), of.protect.in_(sorted(self.shown_protections)))

    def sees_there(self, of: "type[Placed]") -> ColumnElement[bool]:
        """A condition: inside the subtree on the day it happened."""
        return true() if self.root_id is None else happened_below(self.root_id, of)

    def sees_message(self) -> ColumnElement[bool]:
        """A condition on messages: about a report it sees or, for an unbound key, about none."""
        about = exists().where(Report.id == Message.report_id, self.sees_report())
        seen = or_(about, Message.report_id.is_(None)) if self.root_id is None else about
        return and_(seen, Message.protect.in_(sorted(self.shown_protections)))

    def sees_place(self, spot: Spot) -> bool:
        """Inside the subtree as it is today; where the day matters, sees_report says."""
        return self.root_id is None or any(
            span.ancestor_id == self.root_id and span.until_day == FOREVER for span in spot.up
        )


Placed = Report | ReportDeparture | Incident


def happened_below(locality_id: int, of: type[Placed] = Report) -> ColumnElement[bool]:
    """A condition on reports: placed in this subtree on the day it happened; a report without a day, as it ever was."""
    up = aliased(LocalityAncestor)
    on_the_day = and_(up.from_day <= of.occurred_on, of.occurred_on < up.until_day)
    below = select(up.locality_id).where(
        up.locality_id == of.locality_id,
        up.ancestor_id == locality_id,
        or_(of.occurred_on.is_(None), on_the_day),
    )
    return below.exists()


bearer = HTTPBearer(auto_error=False, description="A key made by `kibaro keys create`.")


Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


def caller_of(credentials: HTTPAuthorizationCredentials | None, session: Session) -> Caller:
    """Raises NoKey."""
    key: Key | None = key_of(session, credentials.credentials) if credentials else None
    if key is None:
        raise NoKey
    return caller_from(key)


def caller_from(key: Key) -> Caller:
    return Caller(key.id, frozenset(key.scopes), key.locality_id, key.body)


def _caller(credentials: Credentials, session: ReadSession) -> Caller:
    return caller_of(credentials, session)


SomeCaller = Annotated[Caller, Depends(_caller, scope="function")]


class Scoped:
    """A dependency: the caller, who must hold this scope."""

    def __init__(self, scope: str) -> None:
        self.scope = scope

    async def __call__(self, caller: SomeCaller) -> Caller:
        caller.insist_on(self.scope)
        return caller
