"""How a delivery is wrapped into the one sealed blob of its row and unwrapped again, byte for byte."""

import json
from datetime import datetime
from uuid import UUID

from intake.gateways.contract import Delivered, Media, Progress, Status, Text
from models.vault import Sealed, Vault


def seal(vault: Vault, delivery_id: UUID, delivered: Delivered) -> Sealed:
    return vault.seal_under("inbox", _where(delivery_id), _pack(delivered))


def unseal(vault: Vault, delivery_id: UUID, sealed: Sealed) -> Delivered:
    """Raises DoesNotOpen."""
    return _unpack(vault.open_under("inbox", _where(delivery_id), sealed))


def _where(delivery_id: UUID) -> str:
    return f"deliveries.sealed.{delivery_id}"


def _pack(delivered: Delivered) -> bytes:
    if isinstance(delivered, Status):
        fields = [delivered.provider_id, delivered.progress, delivered.stated, delivered.error_code]
        return json.dumps({"status": fields}).encode()
    return json.dumps(
        {
            "id": delivered.provider_id,
            "from": delivered.sender,
            "to": delivered.recipient,
            "body": delivered.body.decode("latin-1"),  # every byte is one character, so any body survives JSON
            "sent_at": delivered.sent_at.isoformat() if delivered.sent_at else None,
            "media": [[media.url, media.content_type] for media in delivered.media],
            "coded": dict(delivered.coded) if delivered.coded is not None else None,
        }
    ).encode()


def _unpack(packed: bytes) -> Delivered:
    fields = json.loads(packed)
    if "status" in fields:
        provider_id, progress, stated, error_code = fields["status"]
        return Status(provider_id, Progress(progress) if progress else None, stated, error_code)
    return Text(
        provider_id=fields["id"],
        sender=fields["from"],
        recipient=fields["to"],
        body=fields["body"].encode("latin-1"),
        sent_at=datetime.fromisoformat(fields["sent_at"]) if fields["sent_at"] else None,
        media=tuple(Media(url, content_type) for url, content_type in fields["media"]),
        coded=fields["coded"],
    )
