"""Both sides of a conversation: what was answered, and how it goes on elsewhere and later."""

import re
from uuid import UUID

from intake.reference import ReferenceKeeper
from jobs.expiring import expire_conversations
from models.database import Database
from models.vault import Vault
from tests.conftest import Store
from tests.intake.factories import hand_in, opened, reply_to


def words(store: Store, message_id: UUID) -> str:
    return opened(store, reply_to(store, message_id)).decode()


def restarted(store: Store) -> Store:
    """As a new process finds it: nothing is remembered but what is in the store."""
    vault = Vault.read(store.settings.key_file)
    store.database.close()
    return Store(store.settings, Database(store.settings.database_url), vault, ReferenceKeeper(vault), store.clock)


def expire(store: Store) -> int:
    return expire_conversations(store.database, store.keeper, store.clock())


def code_for(store: Store, **changes: str) -> str:
    """The code with which somebody who asks to be erased is to confirm it."""
    found = re.search(r"\b[0-9]{4}\b", words(store, hand_in(store, "SUPPRIMER", **changes)))
    assert found is not None
    return found[0]


def other_than(code: str) -> str:
    return "0000" if code != "0000" else "1111"
