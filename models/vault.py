"""The vault: everything that seals, opens, tags and derives. Keys live in the key file, never in the store.

What is not here: deciding who may open what (api), and when a key is destroyed (retention).
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, Literal, Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from models.faults import Fault, Refusal

Purpose = Literal["inbox", "index", "tag", "wrapping", "channel"]
PURPOSES: Final[tuple[Purpose, ...]] = ("inbox", "index", "tag", "wrapping", "channel")
NONCE_BYTES: Final = 12  # the size AES-GCM is specified for
PAD_TO: Final = 128  # a length tells little when every short text has the same one
TAG_BYTES: Final = 16


class DoesNotOpen(Fault):
    """A sealed value does not open: it was changed, moved to another row, or sealed under another key."""

    code = "does-not-open"


@dataclass(frozen=True, slots=True)
class Sealed:
    version: int
    value: bytes


class Vault:
    """Root secrets by version; of each purpose the newest version seals, every version opens."""

    def __init__(self, roots: Mapping[int, bytes], current: Mapping[Purpose, int]) -> None:
        self._roots = dict(roots)
        self._current = dict(current)
        self._derived: dict[tuple[Purpose, int], bytes] = {}
        self._ciphers: dict[tuple[Purpose, int], AESGCM] = {}

    # -- the key file ------------------------------------------------------------------------------------------------

    @classmethod
    def made_new(cls) -> Self:
        return cls({1: secrets.token_bytes(32)}, dict.fromkeys(PURPOSES, 1))

    @classmethod
    def read(cls, path: Path) -> Self:
        """Raises Refusal when the file is missing or is no key file."""
        try:
            document = json.loads(path.read_text(encoding="ascii"))
            roots = {int(version): base64.b64decode(root, validate=True) for version, root in document["roots"].items()}
            current: dict[Purpose, int] = {purpose: int(document["current"][purpose]) for purpose in PURPOSES}
        except FileNotFoundError:
            raise Refusal(
                f"The key file {path} is not there. Without it the store cannot be opened: bring back the medium or "
                "the copy it is on, or point KIBARO_KEY_FILE at it."
            ) from None
        except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
            raise Refusal(
                f"{path} cannot be read as a Kibaro key file ({type(error).__name__}). "
                "Point KIBARO_KEY_FILE at the right one."
            ) from None
        if any(len(root) != 32 for root in roots.values()) or not set(current.values()) <= set(roots):  # noqa: PLR2004
            raise Refusal(f"{path} is damaged: a root secret is missing or too short. Restore it from your copy.")
        return cls(roots, current)

    def write(self, path: Path) -> None:
        """Make the key file, readable by its owner only. Raises Refusal if there is one already."""
        document = {
            "kibaro_key_file": 1,
            "roots": {str(version): base64.b64encode(root).decode() for version, root in self._roots.items()},
            "current": self._current,
        }
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise Refusal(f"{path} exists already; a key file is never overwritten.") from None
        except OSError as error:
            raise Refusal(f"The key file {path} cannot be made ({error.strerror}). Set KIBARO_KEY_FILE.") from None
        with os.fdopen(handle, "w", encoding="ascii") as file:
            json.dump(document, file, indent=1)
            file.flush()
            os.fsync(file.fileno())

    def check_values(self) -> dict[int, bytes]:
        """One value per root version; kept in the store, they tell a wrong key file without telling the key."""
        return {version: hmac.digest(root, b"kibaro check", "sha256") for version, root in self._roots.items()}

    # -- keys by purpose ---------------------------------------------------------------------------------------------

    def _key(self, purpose: Purpose, version: int) -> bytes:
        key = self._derived.get((purpose, version))
        if key is None:
            if version not in self._roots:
                raise DoesNotOpen(f"The key file holds no version {version} of the {purpose} key.")
            info = f"kibaro/{purpose}/{version}".encode()
            key = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(self._roots[version])
            self._derived[purpose, version] = key
        return key

    def _cipher(self, purpose: Purpose, version: int) -> AESGCM:
        cipher = self._ciphers.get((purpose, version))
        if cipher is None:
            cipher = self._ciphers[purpose, version] = AESGCM(self._key(purpose, version))
        return cipher

    def seal_under(self, purpose: Purpose, where: str, plain: bytes) -> Sealed:
        """where: table, column and row, as in "deliveries.sealed.<id>"; opening it anywhere else fails."""
        version = self._current[purpose]
        return Sealed(version, _seal(self._cipher(purpose, version), where, plain))

    def open_under(self, purpose: Purpose, where: str, sealed: Sealed) -> bytes:
        return _open(self._cipher(purpose, sealed.version), where, sealed.value)

    # -- tags and indexes --------------------------------------------------------------------------------------------

    @cached_property
    def tag_versions(self) -> tuple[int, ...]:
        """Newest first; a repeat is sought under each."""
        current = self._current["tag"]
        return (current, *sorted((version for version in self._roots if version < current), reverse=True))

    def tag(self, channel_id: int, provider_id: str, version: int | None = None) -> bytes:
        """16 bytes that say "seen before" without saying what."""
        return self._hmac("tag", version, f"{channel_id}\0{provider_id}".encode())

    def number_index(self, e164: str, version: int | None = None) -> bytes:
        return self._hmac("index", version, e164.encode(), length=32)

    def index_version(self) -> int:
        return self._current["index"]

    def tag_version(self) -> int:
        return self._current["tag"]

    def _hmac(self, purpose: Purpose, version: int | None, value: bytes, length: int = TAG_BYTES) -> bytes:
        key = self._key(purpose, self._current[purpose] if version is None else version)
        return hmac.digest(key, value, "sha256")[:length]

    # -- a reporter's own key ----------------------------------------------------------------------------------------

    def new_data_key(self, reporter_id: UUID) -> tuple["DataKey", Sealed]:
        """The key, and the same wrapped for the data_keys table."""
        raw = secrets.token_bytes(32)
        return DataKey(raw), self.seal_under("wrapping", f"data_keys.wrapped.{reporter_id}", raw)

    def data_key(self, reporter_id: UUID, wrapped: Sealed) -> "DataKey":
        return DataKey(self.open_under("wrapping", f"data_keys.wrapped.{reporter_id}", wrapped))


class DataKey:
    """One reporter's key. When its wrapped copy is destroyed, nothing it sealed opens again."""

    __slots__ = ("_cipher",)

    def __init__(self, raw: bytes) -> None:
        self._cipher = AESGCM(raw)

    def seal(self, where: str, plain: bytes) -> bytes:
        return _seal(self._cipher, where, _padded(plain))

    def open(self, where: str, sealed: bytes) -> bytes:
        return _unpadded(_open(self._cipher, where, sealed))


def digest_of_secret(secret: str) -> bytes:
    """For API keys: they are random and long, so a plain hash cannot be searched."""
    return hashlib.sha256(secret.encode()).digest()


def _seal(cipher: AESGCM, where: str, plain: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plain, where.encode())


def _open(cipher: AESGCM, where: str, sealed: bytes) -> bytes:
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], where.encode())
    except (InvalidTag, ValueError):
        raise DoesNotOpen from None


def _padded(plain: bytes) -> bytes:
    framed = len(plain).to_bytes(4, "big") + plain
    return framed + b"\0" * (-len(framed) % PAD_TO)


def _unpadded(padded: bytes) -> bytes:
    length = int.from_bytes(padded[:4], "big")
    return padded[4 : 4 + length]
