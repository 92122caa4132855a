"""What tells a wrong key file: one check value per root version, kept in the store."""

from hmac import compare_digest

from sqlalchemy import SmallInteger, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.database import Base
from models.faults import Refusal
from models.vault import Vault


class VaultCheck(Base):
    __tablename__ = "vault_checks"

    version: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    value: Mapped[bytes]


def has_checks(session: Session) -> bool:
    return session.scalar(select(VaultCheck.version).limit(1)) is not None


def insist_on_vault(session: Session, vault: Vault) -> None:
    """Raises Refusal when this key file is not the one the store was made with."""
    ours = vault.check_values()
    for row in session.scalars(select(VaultCheck)):
        if not compare_digest(ours.get(row.version, b""), row.value):
            raise Refusal(
                "This key file does not belong to this store: what is sealed there cannot be opened with it. "
                "Point KIBARO_KEY_FILE at the right file (or KIBARO_DATABASE_URL at the right store)."
            )


def record_checks(session: Session, vault: Vault) -> None:
    known = set(session.scalars(select(VaultCheck.version)))
    rows = [{"version": v, "value": value} for v, value in vault.check_values().items() if v not in known]
    if rows:
        session.execute(insert(VaultCheck), rows)
