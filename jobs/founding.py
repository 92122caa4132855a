"""Founding a store: its schema, its key file, its default taxonomy and its built-in channels; and opening one that was
founded.
"""

from datetime import datetime

from sqlalchemy import select

from intake.languages import languages
from jobs.imports.categories import put_default_taxonomy
from jobs.rebuild import rebuild_tallies, with_tallies_at_rest
from models.channels import BUILT_IN, ChannelRow
from models.database import Database
from models.faults import Refusal
from models.reference import count_reference_change
from models.schema import migrate
from models.settings import Settings
from models.tallies import Tally
from models.vault import Vault
from models.vault_checks import has_checks, insist_on_vault, record_checks


def found_store(database: Database, settings: Settings, now: datetime, *, new_key_file: bool = False) -> Vault:
    """To the newest schema, and what every store has. Again changes nothing. Raises Refusal."""
    migrate(database)
    _count_reporters(database)
    with database.writing() as session:
        fresh = not has_checks(session)
        if fresh and not settings.key_file.exists() and not (settings.embedded or new_key_file):
            raise Refusal(
                f"There is no key file at {settings.key_file}. Bring the one of this programme or, for a new store, "
                "make one with `kibaro migrate --new-key-file` and keep a copy of it in another building."
            )
        if fresh and not settings.key_file.exists():
            Vault.made_new().write(settings.key_file)
        vault = Vault.read(settings.key_file)
        insist_on_vault(session, vault)
        record_checks(session, vault)
        put_default_taxonomy(session)
        known = set(session.scalars(select(ChannelRow.name)))
        for name in BUILT_IN:
            if name not in known:
                session.add(ChannelRow(name=name, provider=name, created_at=now))
                count_reference_change(session)
    return vault


def _count_reporters(database: Database) -> None:
    """Of a store whose figures are older than distinct reporters."""
    with database.reading() as session:
        uncounted = session.scalar(select(Tally.locality_id).where(Tally.reporters.is_(None)).limit(1)) is not None
    if uncounted:
        with_tallies_at_rest(database, rebuild_tallies)


def insist_on_language(language: str) -> None:
    """Raises Refusal for one that there is no folder of."""
    if language not in languages():
        raise Refusal(
            f"There are no replies in {language!r}; KIBARO_LANGUAGE and --language take {', '.join(languages())}."
        )


def open_vault(database: Database, settings: Settings) -> Vault:
    """Of a founded store. Raises Refusal when the key file is missing or is another store's."""
    insist_on_language(settings.language)
    vault = Vault.read(settings.key_file)
    with database.reading() as session:
        insist_on_vault(session, vault)
    return vault
