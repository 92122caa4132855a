"""What the events of the android-sms-gateway app mean: texts in, and what became of those the phone sent.

Field names: modules/webhooks/payload/ of the app's source, and its documentation. Signatures are checked in android.py.
"""

import re
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from intake.gateways.contract import Delivered, Malformed, Media, Progress, Status, Text
from intake.gateways.json_bodies import exact_bytes

Fields = Mapping[str, object]

_ID: Final = re.compile(r"[\x21-\x7e]{1,128}")
_SENDER_LENGTH: Final = 64
_CONTENT_TYPE: Final = re.compile(r"[\x20-\x7e]{1,200}")
_MEDIA_URL: Final = re.compile(r"https?://[\x21-\x7e]{1,2000}")
_MAX_MEDIA: Final = 50
# Android's own word for the failure; the rest of the reason is free text that may quote the number.
_REASON: Final = re.compile(r"[A-Z][A-Z_]{4,59}")

_PROGRESS: Final = {
    "sms:sent": Progress.SENT,
    "sms:delivered": Progress.DELIVERED,
    "sms:failed": Progress.FAILED,
    "sms:cancelled": Progress.FAILED,
}
_BATCHES: Final = {
    "sms:batch:received": "sms:received",
    "sms:batch:data-received": "sms:data-received",
    "mms:batch:received": "mms:received",
    "mms:batch:downloaded": "mms:downloaded",
}


def items_of(event: Fields, recipient: str) -> Sequence[Delivered]:
    """What an authenticated event holds; nothing for pings, starts and events of the future. Raises Malformed.

    recipient: used where the event does not say which of the phone's numbers was written to.
    """
    kind = _string(event, "event")
    if kind in _PROGRESS:
        return (_status(kind, _object(event, "payload")),)
    if kind in _BODIES:
        return (_text(kind, _event_id(event), _object(event, "payload"), recipient),)
    if kind in _BATCHES:
        event_id = _event_id(event)
        texts = _objects(_object(event, "payload"), "messages")
        return [_text(_BATCHES[kind], f"{event_id}.{n}", text, recipient) for n, text in enumerate(texts)]
    return ()


def _event_id(event: Fields) -> str:
    # Not payload.messageId: that is a 32-bit hash of sender, date and words (InboxMessage.hashCode in the app's
    # ReceiverService.kt), and among 100,000 texts two share one. The event's id is random and the same in all retries.
    return _id(event, "id")


def _text(kind: str, provider_id: str, payload: Fields, recipient: str) -> Text:
    # sender since 2026; phoneNumber is its older name
    sender = _optional_string(payload, "sender") or _optional_string(payload, "phoneNumber") or ""
    if len(sender) > _SENDER_LENGTH or not sender.isprintable():
        raise Malformed("the sender is not of the app's form")
    to = _optional_string(payload, "recipient") or recipient
    return Text(
        provider_id=provider_id,
        sender=sender,
        recipient=to if to.isprintable() and len(to) <= _SENDER_LENGTH else recipient,
        body=_BODIES[kind](payload),
        sent_at=_moment(payload, "receivedAt"),
        media=_media(payload),
    )


def _status(kind: str, payload: Fields) -> Status:
    reason = _REASON.search(_optional_string(payload, "reason") or "")
    failed = _PROGRESS[kind] is Progress.FAILED
    return Status(
        provider_id=_id(payload, "messageId"),  # the id we gave it when sending
        progress=_PROGRESS[kind],
        stated=kind,
        error_code=(reason.group() if reason else kind.removeprefix("sms:")) if failed else None,
    )


def _message(payload: Fields) -> bytes:
    return exact_bytes(_string(payload, "message"))


def _data(payload: Fields) -> bytes:
    try:
        return b64decode(_string(payload, "data"), validate=True)
    except ValueError:
        raise Malformed("data is not base64") from None


def _subject(payload: Fields) -> bytes:
    return exact_bytes(_optional_string(payload, "subject") or "")


def _body(payload: Fields) -> bytes:
    return exact_bytes(_optional_string(payload, "body") or _optional_string(payload, "subject") or "")


_BODIES: Final[Mapping[str, Callable[[Fields], bytes]]] = {
    "sms:received": _message,
    "sms:data-received": _data,
    "mms:received": _subject,
    "mms:downloaded": _body,
}


def _media(payload: Fields) -> tuple[Media, ...]:
    if payload.get("attachments") is None:
        return ()
    attachments = _objects(payload, "attachments")
    if len(attachments) > _MAX_MEDIA:
        raise Malformed("too many attachments")
    return tuple(
        Media(
            url=_optional_matching(attachment, "downloadUrl", _MEDIA_URL),
            content_type=_optional_matching(attachment, "contentType", _CONTENT_TYPE)
            or _optional_matching(attachment, "mimeType", _CONTENT_TYPE),
        )
        for attachment in attachments
    )


def _moment(payload: Fields, name: str) -> datetime:
    """The device's time with its offset, as UTC."""
    try:
        moment = datetime.fromisoformat(_string(payload, name))
        if moment.tzinfo is None:
            raise Malformed(f"{name} has no offset")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Malformed(f"{name} is not a time") from None


def _string(fields: Fields, name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise Malformed(f"{name} is missing or not a string")
    return value


def _optional_string(fields: Fields, name: str) -> str | None:
    return None if fields.get(name) is None else _string(fields, name)


def _optional_matching(fields: Fields, name: str, form: re.Pattern[str]) -> str:
    value = _optional_string(fields, name) or ""
    if value and not form.fullmatch(value):
        raise Malformed(f"{name} is not of the app's form")
    return value


def _id(fields: Fields, name: str) -> str:
    value = _string(fields, name)
    if not _ID.fullmatch(value):
        raise Malformed(f"{name} is not of the app's form")
    return value


def _object(fields: Fields, name: str) -> Fields:
    value = fields.get(name)
    if not isinstance(value, dict):
        raise Malformed(f"{name} is missing or not an object")
    return value


def _objects(fields: Fields, name: str) -> Sequence[Fields]:
    value = fields.get(name)
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Malformed(f"{name} is missing or not a list of objects")
    return value
