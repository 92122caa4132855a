"""The rows of the review list: what was understood, the alternatives and their scores; no word of any text."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from api.editing import strong_etag_of
from api.formats.table import instant
from api.routes.reports import etag_of_report
from api.security import Caller
from intake.readings import alternatives
from intake.reference import Reference, Spot
from models.messages import Message
from models.readings import ReadingRow
from models.reports import CIRCUMSTANCES, Report


def etag_of_text(reference: Reference, message: Message) -> str:
    return strong_etag_of("review", message.id, message.review, message.report_id, reference.version)


def shown_under_review(
    reference: Reference, caller: Caller, of: Report | Message, reading: ReadingRow | None
) -> dict[str, Any]:
    """of: a report, or a text that opened none. reading: of the text."""
    understood = reading.understood if reading is not None else {}
    channel = reference.channels_by_id.get(of.channel_id or 0)
    scored = alternatives(reference, reading, caller.shown_protections)
    own = _of_report(reference, of) if isinstance(of, Report) else _of_text(reference, caller, of, reading)
    return {
        "id": str(of.id),
        "reason": of.review,
        "protect": of.protect,
        "kind": understood.get("kind"),
        **own,
        **{name: understood.get(name) for name in CIRCUMSTANCES},
        "categories": [{"category": code, "percent": percent} for code, percent in scored],
        "places": [spot.code for spot in places_of(reference, caller, reading, _day(of, understood))],
        "message": str(reading.message_id) if reading is not None else own.get("message"),
        "channel": channel.name if channel else None,
    }


def places_of(reference: Reference, caller: Caller, reading: ReadingRow | None, day: date | None) -> list[Spot]:
    """What a place named may be, as far as this key sees it."""
    found = [reference.spot(code) for code in (reading.places if reading is not None else ())]
    return [spot for spot in found if spot is not None and _is_seen(caller, spot, day)]


def _is_seen(caller: Caller, spot: Spot, day: date | None) -> bool:
    if caller.root_id is None or day is None:
        return caller.sees_place(spot)
    return caller.root_id in spot.ancestors_on(day)


def _of_report(reference: Reference, report: Report) -> dict[str, Any]:
    return {
        "of": "report",
        "danger": report.danger,
        "reference": report.reference,
        "status": report.status,
        "category": reference.category_codes.get(report.category_id or 0),
        "confidence": report.confidence,
        "locality": reference.code_of(report.locality_id),
        "place_basis": report.place_basis,
        "occurred_on": report.occurred_on.isoformat() if report.occurred_on else None,
        "day_basis": report.day_basis,
        "killed": report.killed,
        "injured": report.injured,
        "recorded_at": instant(report.recorded_at),
        "etag": etag_of_report(reference, report),
    }


def _of_text(reference: Reference, caller: Caller, text: Message, reading: ReadingRow | None) -> dict[str, Any]:
    return {
        "of": "message",
        "danger": reading is not None and reading.danger,
        "reference": reading.reference if reading is not None else None,
        "status": None,
        "kind": text.kind,
        "message": str(text.id),
        **_understood(reference, caller, reading.understood if reading is not None else {}),
        "recorded_at": instant(text.created_at),
        "etag": etag_of_text(reference, text),
    }


def _understood(reference: Reference, caller: Caller, understood: dict[str, Any]) -> dict[str, Any]:
    category = reference.categories.get(understood.get("category") or "")
    is_shown = category is not None and category.protect in caller.shown_protections
    said = understood.get("day_said")
    return {
        "category": category.code if category is not None and is_shown else None,
        "confidence": understood.get("confidence") if is_shown else None,
        "locality": understood.get("locality"),
        "place_basis": "said" if understood.get("locality") else None,
        "occurred_on": understood.get("occurred_on"),
        "day_basis": ("said" if said else "assumed") if understood.get("occurred_on") else None,
        "killed": understood.get("killed"),
        "injured": understood.get("injured"),
    }


def _day(of: Report | Message, understood: dict[str, Any]) -> date | None:
    if isinstance(of, Report):
        return of.occurred_on
    day = understood.get("occurred_on")
    return date.fromisoformat(day) if day else None


Order = tuple[int, datetime, UUID]
"""1 where somebody may be in danger; when it came; its id. The greatest comes first."""
