"""/v1/lexicon: the operator's own words and phrases for categories, tried on the newest texts before they are kept."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from api.caching import etag_of, headers_of, identity, unchanged
from api.dependencies import ReadSession, Strict, TheHouse, TheReference, WriteSession
from api.formats.table import instant
from api.paging import ThePage
from api.security import Caller, Scoped, ScopeMissing
from intake.incoming import Means
from intake.reference import Reference
from intake.teaching import Change, add_term, record_trial, remove_term, try_term
from models.faults import NoSuchCategory, NotFound
from models.lexicon_terms import LONGEST_PHRASE, LexiconTerm, terms_of

router = APIRouter(prefix="/v1", tags=["lexicon"], dependencies=[Strict])

Reader = Annotated[Caller, Depends(Scoped("admin"))]


async def _keeper(caller: Reader) -> Caller:
    if caller.root_id is not None:
        raise ScopeMissing("There is one lexicon for all places: ask with a key that is bound to none.")
    return caller


Keeper = Annotated[Caller, Depends(_keeper)]


class TermTriedIn(BaseModel):
    """phrase: a word or some; case, accents and the plural's s make no difference."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"category": "theft", "phrase": "a pris mon sac"}]}
    )

    category: str
    phrase: str = Field(max_length=2 * LONGEST_PHRASE)


class TermIn(TermTriedIn):
    """language: ISO 639, for the list only; a phrase is found in texts of every language."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"category": "theft", "phrase": "a pris mon sac", "language": "fr"}]},
    )

    language: str | None = Field(None, max_length=8)


@router.get("/lexicon")
def read_lexicon(  # noqa: PLR0913  the query's own parameters
    request: Request,
    session: ReadSession,
    reference: TheReference,
    page: ThePage,
    caller: Reader,
    category: Annotated[str | None, Query()] = None,
) -> Response:
    """What the operator added to the words that come with the languages, by phrase."""
    if category is not None and category not in reference.category_ids:
        raise NoSuchCategory
    found = [
        term
        for term in terms_of(session)
        if (category is None or term.category_id == reference.category_ids[category])
        and (page.after is None or term.phrase > page.after[0])
    ]
    rows = [_row(reference, term) for term in found[: page.limit]]
    going_on = [rows[-1]["phrase"]] if len(found) > page.limit else None
    etag = etag_of("lexicon", rows, identity(caller), going_on)
    return unchanged(request, etag) or page.answer(rows, going_on, headers_of(etag))


@router.post("/lexicon", status_code=201)
def write_term(wanted: TermIn, house: TheHouse, caller: Keeper, session: WriteSession) -> JSONResponse:
    """From now on a text that holds this phrase is of this category, if nothing graver speaks for another. Reports that
    are there stay as they are.
    """
    reference, now = house.keeper.current(session), house.clock()
    term = add_term(session, reference, wanted.category, wanted.phrase, wanted.language, now, caller.actor)
    return JSONResponse(_row(reference, term), status_code=201)


@router.post("/lexicon/preview")
def preview_term(
    wanted: TermTriedIn, house: TheHouse, caller: Keeper, reference: TheReference, session: ReadSession
) -> JSONResponse:
    """Which of the last 1,000 texts this phrase would give another category: references and categories, no words, and
    none that is protected from this key. `texts` is how many were read. Nothing is kept but that it was asked.
    """
    means = Means(reference, house.vault, house.settings)
    trial = try_term(
        session, means, wanted.category, wanted.phrase, seen=caller.sees_message(), shown=caller.shown_protections
    )
    session.rollback()  # what was read is read: who writes must not wait for it
    with house.database.writing() as writing:
        record_trial(writing, wanted.category, trial, house.clock(), caller.actor)
    answer = {"texts": trial.texts, "rows": [_told(change) for change in trial.changes]}
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})


@router.delete("/lexicon/{term_id:uuid}", status_code=204)
def delete_term(term_id: UUID, house: TheHouse, caller: Keeper, session: WriteSession) -> Response:
    """From now on the phrase means what the languages' own lists say, if anything."""
    term = session.get(LexiconTerm, term_id)
    if term is None:
        raise NotFound
    remove_term(session, house.keeper.current(session), term, house.clock(), caller.actor)
    return Response(status_code=204)


def _row(reference: Reference, term: LexiconTerm) -> dict[str, Any]:
    return {
        "id": str(term.id),
        "category": reference.category_codes[term.category_id],
        "phrase": term.phrase,
        "language": term.language,
        "created_at": instant(term.created_at),
    }


def _told(change: Change) -> dict[str, Any]:
    return {
        "message": str(change.message_id),
        "reference": change.reference,
        "old": change.old,
        "new": change.new,
    }
