"""The reference: gazetteer, taxonomy and channels as every process holds them in memory, for one reference version."""

import json
import logging
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from zoneinfo import ZoneInfo

from babel.core import get_global
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.forms.book import FormBook, FormVersion
from intake.forms.definition import BadForm, form_of
from intake.gateways import gateway_of
from intake.gateways.contract import Channel, Gateway
from intake.understand.understand import Understanding
from intake.understand.values import Category, Place
from models.categories import Category as CategoryRow
from models.categories import CategoryLabel, CategoryMerge
from models.channels import ChannelRow
from models.database import ALWAYS, FOREVER
from models.faults import Fault
from models.forms import FormRow
from models.lexicon_terms import terms_of
from models.localities import EmergencyNumber, Locality, LocalityName, Span, ancestor_spans
from models.reference import reference_version
from models.vault import Sealed, Vault

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Spot:
    """One locality as the rooms above need it. up: the ancestors with their days, itself first. timezone: inherited."""

    id: int
    code: str
    level: int
    name: str
    up: tuple[Span, ...]
    timezone: ZoneInfo | None
    emergency_number: str | None

    def ancestors_on(self, day: date) -> list[int]:
        """Ids from itself up to the country, as valid on that day."""
        return [span.ancestor_id for span in self.up if span.from_day <= day < span.until_day]

    def parent_on(self, day: date | None) -> int | None:
        """None for a country. day: None is the newest that is known."""
        return next(
            (
                span.ancestor_id
                for span in self.up
                if span.distance == 1
                and (span.until_day == FOREVER if day is None else span.from_day <= day < span.until_day)
            ),
            None,
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """What the taxonomy says of telling others about a category, and of its merge into another."""

    protect: str
    min_level: int
    min_count: int
    delay_days: int
    desk_kind: str
    into_id: int | None = None
    since: date = FOREVER


@dataclass(frozen=True, slots=True)
class Reference:
    """rules: by category id. children: by locality id, under the newest parents. channels: by name, those that are not
    stopped; channels_by_id: all, for what came and went by them.
    """

    version: int
    spots: Mapping[int, Spot]
    spot_ids: Mapping[str, int]
    children: Mapping[int, Sequence[Spot]]
    categories: Mapping[str, Category]
    category_ids: Mapping[str, int]
    category_codes: Mapping[int, str]
    rules: Mapping[int, Rule]
    channels: Mapping[str, Channel]
    channels_by_id: Mapping[int, Channel]
    gateways: Mapping[int, Gateway]
    understanding: Understanding
    forms: FormBook = field(default_factory=FormBook)

    def spot(self, code: str | None) -> Spot | None:
        return self.spots.get(self.spot_ids.get(code, -1)) if code else None

    def code_of(self, locality_id: int | None) -> str | None:
        spot = self.spots.get(locality_id) if locality_id is not None else None
        return spot.code if spot else None

    def counted_as(self, category_id: int, day: date) -> int:
        """The category that reports of this one count in when they happened on that day: merges are dated redirects."""
        rule = self.rules.get(category_id)
        while rule is not None and rule.into_id is not None and rule.since <= day:
            category_id = rule.into_id
            rule = self.rules.get(category_id)
        return category_id

    def is_public(self, category_id: int) -> bool:
        return self.rules[category_id].protect == "none"

    def countries(self) -> list[Spot]:
        return [spot for spot in self.spots.values() if spot.level == 0]

    def emergency_number(self, *places: Spot | None, country: str) -> str | None:
        """Of the first place that has one; else of the programme's own country (ISO alpha-2)."""
        own = next((spot for code in _codes_of(country) if (spot := self.spot(code)) and spot.level == 0), None)
        asked: list[Spot | None] = [*places, own]
        return next((spot.emergency_number for spot in asked if spot is not None and spot.emergency_number), None)


@cache
def _codes_of(country: str) -> tuple[str, ...]:
    """Its ISO alpha-3 code, which CLDR knows as an alias of the alpha-2 one."""
    return tuple(code for code, known in get_global("territory_aliases").items() if country in known)


class ReferenceKeeper:
    """Holds the newest reference this process has read; reads it again when the store's version has moved on."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._held: Reference | None = None
        self._reading = threading.Lock()

    @property
    def held(self) -> Reference | None:
        """Without asking the store: for the door, which must not wait for it."""
        return self._held

    def current(self, session: Session) -> Reference:
        version = reference_version(session)
        held = self._held
        if held is not None and held.version == version:
            return held
        with self._reading:
            held = self._held
            if held is None or held.version != version:
                held = self._held = read_reference(session, version, self._vault)
            return held


def read_reference(session: Session, version: int, vault: Vault) -> Reference:
    spots = _read_spots(session)
    categories, category_ids = _read_categories(session)
    channels = _read_channels(session, vault, {spot.id: spot.code for spot in spots.values()})
    return Reference(
        version=version,
        spots=spots,
        spot_ids={spot.code: spot.id for spot in spots.values()},
        children=_children_of(spots.values()),
        categories=categories,
        category_ids=category_ids,
        category_codes={category_id: code for code, category_id in category_ids.items()},
        rules=_read_rules(session),
        channels={channel.name: channel for channel in channels if not channel.stopped},
        channels_by_id={channel.id: channel for channel in channels},
        gateways={channel.id: gateway_of(channel) for channel in channels},
        understanding=_understanding(session, spots, categories, _read_terms(session, category_ids)),
        forms=_read_forms(session),
    )


def understanding_with(session: Session, reference: Reference, terms: Mapping[str, str]) -> Understanding:
    """As it would be with these phrases too. terms: phrase → code of a category."""
    known = _read_terms(session, reference.category_ids)
    return _understanding(session, reference.spots, reference.categories, {**known, **terms})


def _understanding(
    session: Session, spots: Mapping[int, Spot], categories: Mapping[str, Category], terms: Mapping[str, str]
) -> Understanding:
    return Understanding(_read_places(session, spots), categories.values(), terms=terms)


def _read_terms(session: Session, category_ids: Mapping[str, int]) -> dict[str, str]:
    codes = {category_id: code for code, category_id in category_ids.items()}
    return {term.phrase: codes[term.category_id] for term in terms_of(session)}


def _read_spots(session: Session) -> dict[int, Spot]:
    spans = ancestor_spans(session)
    rows = {row.id: row for row in session.scalars(select(Locality))}
    names = dict(session.execute(select(LocalityName.locality_id, LocalityName.name).where(LocalityName.main)).all())
    numbers = dict(session.execute(select(EmergencyNumber.locality_id, EmergencyNumber.number)).all())
    return {row.id: _spot(row, spans, rows, names, numbers) for row in rows.values()}


def _children_of(spots: Iterable[Spot]) -> dict[int, list[Spot]]:
    children: dict[int, list[Spot]] = {}
    for spot in spots:
        if (parent := spot.parent_on(None)) is not None:
            children.setdefault(parent, []).append(spot)
    return children


def _spot(
    row: Locality,
    spans: Mapping[int, list[Span]],
    rows: Mapping[int, Locality],
    names: Mapping[int, str],
    numbers: Mapping[int, str],
) -> Spot:
    up = sorted(spans.get(row.id, [Span(row.id, ALWAYS, FOREVER)]), key=lambda span: span.distance)
    lineage = [span.ancestor_id for span in up if span.until_day == FOREVER]
    zone = next((rows[above].timezone for above in lineage if rows[above].timezone), None)
    number = next((numbers[above] for above in lineage if above in numbers), None)
    return Spot(
        row.id, row.code, row.level, names.get(row.id, row.code), tuple(up), ZoneInfo(zone) if zone else None, number
    )


def _read_places(session: Session, spots: Mapping[int, Spot]) -> Iterable[Place]:
    aliases: dict[int, list[str]] = {}
    for locality_id, name in session.execute(
        select(LocalityName.locality_id, LocalityName.name).where(LocalityName.main.is_(False))
    ):
        aliases.setdefault(locality_id, []).append(name)
    for spot in spots.values():
        lineage = [span.ancestor_id for span in spot.up[1:] if span.until_day == FOREVER]
        yield Place(
            code=spot.code,
            level=spot.level,
            name=spot.name,
            aliases=tuple(aliases.get(spot.id, ())),
            parents=tuple(spots[above].code for above in lineage),
            timezone=spot.timezone.key if spot.timezone else None,
        )


def _read_categories(session: Session) -> tuple[dict[str, Category], dict[str, int]]:
    labels: dict[int, dict[str, str]] = {}
    for row in session.scalars(select(CategoryLabel)):
        labels.setdefault(row.category_id, {})[row.language] = row.label
    rows = list(session.scalars(select(CategoryRow).order_by(CategoryRow.id)))
    codes = {row.id: row.code for row in rows}
    categories = {
        row.code: Category(
            code=row.code,
            parent=codes[row.parent_id] if row.parent_id else None,
            protect=row.protect,  # type: ignore[arg-type]  # the table's check constraint holds the values
            danger=row.danger,  # type: ignore[arg-type]  # likewise
            echo=row.echo,
            labels=labels.get(row.id, {}),
        )
        for row in rows
    }
    return categories, {code: category_id for category_id, code in codes.items()}


def _read_rules(session: Session) -> dict[int, Rule]:
    merges = {row.category_id: row for row in session.scalars(select(CategoryMerge))}
    return {
        row.id: Rule(
            protect=row.protect,
            min_level=row.min_level,
            min_count=row.min_count,
            delay_days=row.delay_days,
            desk_kind=row.desk_kind,
            into_id=merges[row.id].into_id if row.id in merges else None,
            since=merges[row.id].since if row.id in merges else FOREVER,
        )
        for row in session.scalars(select(CategoryRow))
    }


def _read_forms(session: Session) -> FormBook:
    versions = []
    for row in session.scalars(select(FormRow).order_by(FormRow.id)):
        try:
            versions.append(FormVersion(row.id, row.version, form_of(row.definition)))
        except BadForm:  # one that an older release let through must not stop the others
            log.error("form %s, version %s, cannot be used any more", row.code, row.version)
    return FormBook(versions)


def _read_channels(session: Session, vault: Vault, codes: Mapping[int, str]) -> list[Channel]:
    return [channel for row in session.scalars(select(ChannelRow)) if (channel := _channel(row, vault, codes))]


def _channel(row: ChannelRow, vault: Vault, codes: Mapping[int, str]) -> Channel | None:
    """None where it cannot be used: one broken channel must not stop the others."""
    try:
        return Channel(
            id=row.id,
            name=row.name,
            provider=row.provider,
            address=row.address,
            secrets=open_secrets(vault, row),
            area=codes.get(row.area_id) if row.area_id else None,
            language=row.language,
            free_to_sender=row.free_to_sender,
            receipt_only=row.receipt_only,
            stopped=row.stopped_at is not None,
        )
    except Fault as fault:
        log.error("channel %s cannot be used: %s", row.name, type(fault).__name__)
        return None


def open_secrets(vault: Vault, row: ChannelRow) -> dict[str, str]:
    if row.secrets is None or row.secrets_version is None:
        return {}
    opened = vault.open_under("channel", f"channels.secrets.{row.name}", Sealed(row.secrets_version, row.secrets))
    secrets: dict[str, str] = json.loads(opened)
    return secrets


def seal_secrets(vault: Vault, name: str, secrets: Mapping[str, str]) -> Sealed:
    return vault.seal_under("channel", f"channels.secrets.{name}", json.dumps(dict(secrets)).encode())
