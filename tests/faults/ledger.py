"""What must hold after any number of kills: one text, one message, one report, no two answers; figures that add up."""

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import date
from itertools import product
from typing import Any, Final
from urllib.parse import parse_qs
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

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
from tests.faults.follower import insist_on_a_feed_without_holes

SETTLES_WITHIN_S: Final = 180.0
Figures = dict[tuple[int, str, date, int], tuple[int, ...]]


def insist_that_all_is_well(settings: Settings, channel: str, posted: Iterable[str], twilio: TwilioServer) -> int:
    """Returns how often a reply was handed to the provider."""
    vault = Vault.read(settings.key_file)
    with closing(Database(settings.database_url)) as database:
        insist_on_every_text_once(database, vault, channel, posted)
        insist_on_right_figures(database)
        insist_on_a_feed_without_holes(database)
        return insist_on_one_post_an_attempt(database, vault, twilio)


def wait_until_settled(database: Database) -> None:
    """Everything understood, folded and published. Raises TimeoutError."""
    until = time.monotonic() + SETTLES_WITHIN_S
    while time.monotonic() < until:
        with database.reading() as session:
            waiting = session.scalar(select(func.count()).where(Delivery.sealed.is_not(None)))
            changes = session.scalar(select(func.count()).select_from(TallyChange))
            unpublished = session.scalar(select(func.count()).where(Event.position.is_(None)))
        if not waiting and not changes and not unpublished:
            return
        time.sleep(0.2)
    raise TimeoutError(f"{waiting} deliveries, {changes} changes and {unpublished} events are left")


def insist_on_every_text_once(database: Database, vault: Vault, channel: str, posted: Iterable[str]) -> None:
    """posted: the MessageSids, all of them acknowledged, each of a text that is a complete report."""
    sids = set(posted)
    with database.reading() as session:
        channel_id = session.scalar(select(ChannelRow.id).where(ChannelRow.name == channel))
        deliveries = session.scalars(select(Delivery).where(Delivery.kind == "text")).all()
        keys = _keys(session.execute(select(DataKeyRow)).scalars(), vault)
        came = session.scalars(select(Message).where(Message.direction == "in")).all()
        reports = session.scalars(select(Report.id)).all()
        opened = session.scalars(select(Event.subject).where(Event.name == "report.opened")).all()
        received = session.scalars(select(Event.subject).where(Event.name == "message.received")).all()
        answered = Counter(session.scalars(select(Message.in_reply_to).where(Message.direction == "out")))
        assert channel_id is not None
        assert all(each.sealed is None for each in deliveries), "a delivery was not emptied"
        _insist_on_same(
            "deliveries", (bytes(each.tag) for each in deliveries), (vault.tag(channel_id, sid) for sid in sids)
        )
        _insist_on_same("messages", (_provider_id(keys, each) for each in came), sids)
        _insist_on_same("messages of deliveries", (each.id for each in came), (each.id for each in deliveries))
        assert all(each.report_id for each in came), "a text opened no report"
        _insist_on_same("reports of messages", (each.report_id for each in came), reports)
        _insist_on_same("events of reports", opened, reports)
        _insist_on_same("events of messages", received, (each.id for each in came))
        assert all(count == 1 for count in answered.values()), "a text was answered twice"


def _insist_on_same(what: str, found: Iterable[Any], expected: Iterable[Any]) -> None:
    """Each as often as expected, in any order. Says how many are wrong: which ones would fill the screen."""
    counted, wanted = Counter(found), Counter(expected)
    lost, doubled = (wanted - counted).total(), (counted - wanted).total()
    assert not lost, f"{what}: {lost} of {wanted.total()} lost"
    assert not doubled, f"{what}: {doubled} too many"


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
    _insist_on_same_figures("the recount of the tables", folded, recounted_figures(database))
    rebuild(database)
    _insist_on_same_figures("the rebuild from events", folded, stored_figures(database))


def _insist_on_same_figures(what: str, folded: Figures, others: Figures) -> None:
    differing = [key for key in folded.keys() | others.keys() if folded.get(key) != others.get(key)]
    assert not differing, f"{what} differs from the tallies in {len(differing)} cells of {len(others)}"


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
    with database.reading() as session:
        parents = {each.locality_id: each.parent_id for each in session.scalars(select(LocalityParent))}
        protects = {each.id: each.protect for each in session.scalars(select(Category))}
        figures: dict[tuple[int, str, date, int], Counter[str]] = {}
        for place, day, category_id, measures in _counted(session):
            cells = [category_id, 0] if protects[category_id] == "none" else [category_id]
            if "messages" in measures:
                cells.remove(category_id)  # texts count in the all-categories cell only
            above: int | None = place
            while above is not None:
                for grain, cell in product(GRAINS, cells):
                    figures.setdefault((above, grain, start_of(grain, day), cell), Counter()).update(measures)
                above = parents.get(above)
    return {key: tuple(sums[name] for name in Measures._fields) for key, sums in figures.items()}


def _counted(session: Session) -> Iterator[tuple[int, date, int, dict[str, int]]]:
    """Place, day, category and measures of each thing that counts. Every report here is whole."""
    reports = {report.id: report for report in session.scalars(select(Report))}
    for report in reports.values():
        assert report.locality_id is not None
        assert report.occurred_on is not None
        assert report.category_id is not None
        yield report.locality_id, report.occurred_on, report.category_id, {"reports": report.weight}
    for each in session.scalars(select(Incident)):
        measures = {"incidents": each.weight, "killed": each.killed, "injured": each.injured}
        yield each.locality_id, each.occurred_on, each.category_id, measures
    for message in session.scalars(select(Message).where(Message.direction == "in")):
        about = reports[message.report_id or UUID(int=0)]
        assert message.counted_at_id is not None
        assert message.counted_on is not None
        yield message.counted_at_id, message.counted_on, about.category_id or 0, {"messages": 1}
