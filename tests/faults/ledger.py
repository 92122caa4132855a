"""What must hold after any number of kills: one text, one message, one report, no two answers; figures that add up."""

import json
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import date
from typing import Any, Final
from urllib.parse import parse_qs
from uuid import UUID

from sqlalchemy import func, select

from jobs.rebuild import rebuild
from models.categories import Category
from models.channels import ChannelRow
from models.database import Database
from models.deliveries import Delivery
from models.events import Event
from models.incidents import Incident
from models.localities import LocalityParent
from models.messages import Message
from models.periods import GRAINS, start_of
from models.reporters import DataKeyRow, Reporter
from models.reports import Report
from models.settings import Settings
from models.tallies import Measures, Tally, TallyChange
from models.vault import DataKey, Sealed, Vault
from tests.fakes.twilio_server import TwilioServer

SETTLES_WITHIN_S: Final = 180.0
Figures = dict[tuple[int, str, date, int], tuple[int, ...]]


def insist_that_all_is_well(settings: Settings, channel: str, posted: Iterable[str], twilio: TwilioServer) -> int:
    """Returns how often a reply was handed to the provider."""
    vault = Vault.read(settings.key_file)
    with closing(Database(settings.database_url)) as database:
        insist_on_every_text_once(database, vault, channel, posted)
        insist_on_right_figures(database)
        return insist_on_one_post_an_attempt(database, vault, twilio)


def wait_until_settled(database: Database) -> None:
    """Everything understood and folded. Raises TimeoutError."""
    until = time.monotonic() + SETTLES_WITHIN_S
    while time.monotonic() < until:
        with database.reading() as session:
            waiting = session.scalar(select(func.count()).where(Delivery.sealed.is_not(None)))
            changes = session.scalar(select(func.count()).select_from(TallyChange))
        if not waiting and not changes:
            return
        time.sleep(0.2)
    raise TimeoutError(f"{waiting} deliveries and {changes} changes are left")


def insist_on_every_text_once(database: Database, vault: Vault, channel: str, posted: Iterable[str]) -> None:
    """posted: the MessageSids, all of them acknowledged, each of a text that is a complete report."""
    sids = set(posted)
    with database.reading() as session:
        channel_id = session.scalar(select(ChannelRow.id).where(ChannelRow.name == channel))
        deliveries = session.scalars(select(Delivery).where(Delivery.kind == "text")).all()
        keys = _keys(session.execute(select(DataKeyRow)).scalars(), vault)
        came = session.scalars(select(Message).where(Message.direction == "in")).all()
        reports = Counter(session.scalars(select(Report.id)))
        opened = Counter(session.scalars(select(Event.subject).where(Event.name == "report.opened")))
        received = Counter(session.scalars(select(Event.subject).where(Event.name == "message.received")))
        answered = Counter(session.scalars(select(Message.in_reply_to).where(Message.direction == "out")))
        assert channel_id is not None
        assert all(each.sealed is None for each in deliveries), "a delivery was not emptied"
        assert Counter(bytes(each.tag) for each in deliveries) == Counter(vault.tag(channel_id, sid) for sid in sids)
        assert Counter(_provider_id(keys, each) for each in came) == Counter(sids), "a text is lost or there twice"
        assert {each.id for each in came} == {each.id for each in deliveries}
        of_messages = Counter(each.report_id for each in came)
        assert None not in of_messages, "a text opened no report"
        assert of_messages == reports == opened
        assert set(reports.values()) <= {1}
        assert received == Counter(each.id for each in came)
        assert set(answered.values()) <= {1}, "a text was answered twice"


def _keys(rows: Iterable[DataKeyRow], vault: Vault) -> Mapping[UUID, DataKey]:
    return {row.reporter_id: vault.data_key(row.reporter_id, Sealed(row.wrapping_version, row.wrapped)) for row in rows}


def _provider_id(keys: Mapping[UUID, DataKey], message: Message) -> str:
    assert message.reporter_id is not None
    assert message.envelope is not None
    opened = keys[message.reporter_id].open(f"messages.envelope.{message.id}", message.envelope)
    return str(json.loads(opened)["provider_id"])


def insist_on_one_post_an_attempt(database: Database, vault: Vault, twilio: TwilioServer) -> int:
    """No reply went to the provider more often than there are attempts on record; returns how many posts there were."""
    attempts: Counter[tuple[str, str]] = Counter()
    with database.reading() as session:
        keys = _keys(session.execute(select(DataKeyRow)).scalars(), vault)
        query = (
            select(Message, Reporter)
            .join(Reporter, Reporter.id == Message.reporter_id)
            .where(Message.direction == "out")
        )
        for message, reporter in session.execute(query):
            key = keys[reporter.id]
            number = key.open(f"reporters.number.{reporter.id}", reporter.number or b"").decode()
            body = key.open(f"messages.body.{message.id}", message.body or b"").decode()
            attempts[number, body] += message.attempts
    with twilio.lock:
        asked = [parse_qs(body.decode()) for command, _, _, body in twilio.requests if command == "POST"]
    posts = Counter((form["To"][0], form["Body"][0]) for form in asked)
    doubled = {pair: (count, attempts[pair]) for pair, count in posts.items() if count > attempts[pair]}
    assert not doubled, f"{len(doubled)} replies were posted more often than attempted"
    return posts.total()


def insist_on_right_figures(database: Database) -> None:
    """The folded tallies, a recount of the tables and the rebuild from events are the same."""
    folded = stored_figures(database)
    assert folded, "nothing was counted"
    assert folded == recounted_figures(database)
    rebuild(database)
    assert folded == stored_figures(database)


def stored_figures(database: Database) -> Figures:
    with database.reading() as session:
        return {
            (each.locality_id, each.grain, each.start, each.category_id): tuple(
                getattr(each, name) for name in Measures._fields
            )
            for each in session.scalars(select(Tally))
            if any(getattr(each, name) for name in Measures._fields)
        }


def recounted_figures(database: Database) -> Figures:
    """From reports, incidents and messages, by the plainest code there is. No place here ever changed its parent."""
    figures: dict[tuple[int, str, date, int], Counter[str]] = {}
    with database.reading() as session:
        parents = {each.locality_id: each.parent_id for each in session.scalars(select(LocalityParent))}
        protects = {each.id: each.protect for each in session.scalars(select(Category))}
        reports = {report.id: report for report in session.scalars(select(Report))}
        incidents = session.scalars(select(Incident)).all()
        messages = session.scalars(select(Message).where(Message.direction == "in")).all()

        def count(place: int | None, day: date | None, categories: Iterable[int], **measures: int) -> None:
            while place is not None and day is not None:
                for grain in GRAINS:
                    for category in categories:
                        figures.setdefault((place, grain, start_of(grain, day), category), Counter()).update(measures)
                place = parents.get(place)

        def cells(category: int | None) -> list[int]:
            assert category is not None
            return [category, 0] if protects[category] == "none" else [category]

        for report in reports.values():
            if report.status != "waiting":
                count(report.locality_id, report.occurred_on, cells(report.category_id), reports=report.weight)
        for each in incidents:
            sums: dict[str, Any] = {"incidents": each.weight, "killed": each.killed, "injured": each.injured}
            count(each.locality_id, each.occurred_on, cells(each.category_id), **sums)
        for message in messages:
            about = reports[message.report_id] if message.report_id else None
            if about is not None and 0 in cells(about.category_id):
                count(message.counted_at_id, message.counted_on, [0], messages=1)
    return {key: tuple(sums[name] for name in Measures._fields) for key, sums in figures.items() if any(sums.values())}
