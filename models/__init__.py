"""What we know and how we keep it: one noun, one file, its table and queries. Nothing here knows HTTP or providers."""

from models import (
    calendar_notes,
    categories,
    channels,
    conversations,
    deliveries,
    events,
    forms,
    imported_reports,
    incidents,
    job_states,
    keys,
    labelled_examples,
    lexicon_terms,
    localities,
    messages,
    observations,
    readings,
    reference,
    reporters,
    reports,
    signals,
    tallies,
    unknown_places,
    vault_checks,
)
from models.database import Base

TABLES = (
    calendar_notes,
    categories,
    channels,
    conversations,
    deliveries,
    events,
    forms,
    imported_reports,
    incidents,
    job_states,
    keys,
    labelled_examples,
    lexicon_terms,
    localities,
    messages,
    observations,
    readings,
    reference,
    reporters,
    reports,
    signals,
    tallies,
    unknown_places,
    vault_checks,
)
"""Every module with a table, so that Base.metadata is whole once this package is imported."""

__all__ = ["TABLES", "Base"]
