"""Sending: at most one text per attempt, whatever provider, network and our own crashes do. Real HTTP to fakes."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, update

from intake.gateways import outbound
from intake.gateways.contract import Accepted, Gateway, Outgoing, SendResult, Status
from intake.gateways.contract import Progress as Went
from intake.reference import ReferenceKeeper
from jobs.issuing import start_channel, stop_channel
from jobs.leases import CHANNEL_REST, LEASE
from jobs.send import JOB, LONGEST_CALL, Sender, retry_delay_s
from models.channels import ChannelRow
from models.database import Database
from models.job_states import JobState
from models.messages import Message
from models.reporters import OptOut
from models.settings import Settings
from tests.conftest import Store
from tests.fakes.phone_server import PhoneServer
from tests.fakes.served import Fault
from tests.fakes.twilio_server import TwilioServer, error
from tests.intake.factories import (
    AMINATA,
    BOUBACAR,
    CIRE,
    Sms,
    add_phone,
    add_twilio,
    all_of,
    channel_id,
    dispatch,
    events_of,
    hand_in,
    message_of,
    one_of,
    opened,
    reply_to,
    write_down,
)

SETTLED = timedelta(seconds=60)  # Twilio's settle_s
BROKEN = Fault(500, b'{"code": 20500, "message": "broken", "status": 500}')


@dataclass
class Out:
    """A channel with its stand-in behind, and the sender. messages: what the provider has taken, as bodies."""

    store: Store
    sender: Sender
    server: TwilioServer | PhoneServer
    channel: str

    def queue(self, text: str = "vol à Dixinn", sender: str = AMINATA) -> UUID:
        """A reply that waits to be sent; its id."""
        return reply_to(self.store, hand_in(self.store, text, sender=sender, channel=self.channel)).id

    def send(self) -> int:
        return self.sender.run_once()

    def state(self, message_id: UUID) -> tuple[str | None, str | None]:
        message = message_of(self.store, message_id)
        return message.status, message.error_code

    @property
    def taken(self) -> int:
        return len(self.server.messages)

    @property
    def fault(self) -> str | None:
        return one_of(self.store, ChannelRow, ChannelRow.name == self.channel).fault

    def gateway(self) -> Gateway:
        with self.store.database.reading() as session:
            return self.store.keeper.current(session).gateways[channel_id(self.store, self.channel)]


def sender_of(store: Store, clock: Callable[[], datetime] | None = None, **changes: int) -> Sender:
    settings = Settings.model_validate(store.settings.model_dump() | changes)
    return Sender(store.database, store.vault, store.keeper, settings, clock=clock or store.clock)


@contextmanager
def working(sender: Sender) -> Iterator[None]:
    """Its thread runs, as in `kibaro work`."""
    stopping = threading.Event()
    thread = threading.Thread(target=sender.run, args=(stopping,))
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        sender.woken.set()
        thread.join()


def wait_until(done: Callable[[], bool], seconds: float = 15) -> None:
    end = monotonic() + seconds
    while not done():
        assert monotonic() < end, "it does not come about"
        sleep(0.02)


@pytest.fixture
def out(store: Store) -> Iterator[Out]:
    with TwilioServer() as server:
        store.clock.now = datetime.now(UTC)  # the stand-in dates what it takes by the real clock
        yield Out(store, sender_of(store), server, add_twilio(store, api_url=server.url))


@pytest.fixture
def phone(store: Store) -> Iterator[Out]:
    with PhoneServer() as server:
        yield Out(store, sender_of(store), server, add_phone(store, url=server.url))


# -- as it should be ---------------------------------------------------------------------------------------------------


def test_a_reply_is_handed_over_once(out: Out) -> None:
    message_id = out.queue()
    assert out.send() == 1
    assert out.send() == 0
    assert isinstance(out.server, TwilioServer)
    (taken,) = out.server.messages.values()
    message = message_of(out.store, message_id)
    assert taken.body.encode() == opened(out.store, message)
    assert taken.recipient == AMINATA
    assert taken.status_callback == "http://127.0.0.1:8000/intake/conakry/status"
    assert (message.status, message.attempts, message.leased_until, message.error_code) == ("sent", 1, None, None)
    assert message.sent_at == out.store.clock()


def test_a_callback_finds_the_text_it_is_about(out: Out) -> None:
    message_id = out.queue()
    out.send()
    (sid,) = out.server.messages
    write_down(out.store, (out.channel, Status(sid, Went.DELIVERED, "delivered")))
    dispatch(out.store)
    assert out.state(message_id) == ("delivered", None)


def test_danger_goes_first(out: Out) -> None:
    out.queue("vol à Dixinn")
    out.store.clock.go_on(seconds=1)
    out.queue("au secours", sender=BOUBACAR)
    out.send()
    assert isinstance(out.server, TwilioServer)
    assert [message.recipient for message in out.server.messages.values()] == [BOUBACAR, AMINATA]


def test_many_go_out_at_once_each_once(out: Out) -> None:
    ids = [out.queue(sender=f"+2249200000{n:02d}") for n in range(40)]
    with working(out.sender):
        wait_until(lambda: {out.state(each)[0] for each in ids} == {"sent"})
    assert out.taken == 40


def test_a_channel_that_hangs_holds_up_no_other(out: Out) -> None:
    with PhoneServer() as hanging:
        hanging.faults += [Fault(hang_s=20)] * 12
        phone = Out(out.store, out.sender, hanging, add_phone(out.store, url=hanging.url))
        stuck = [phone.queue(sender=f"+2249200000{n:02d}") for n in range(12)]
        with working(out.sender):
            wait_until(lambda: bool(hanging.requests))
            through = out.queue()
            wait_until(lambda: out.state(through)[0] == "sent")
            assert {phone.state(each)[0] for each in stuck} == {"sending", "queued"}
            hanging.stop()


def test_what_a_text_meets_is_noted_until_one_goes_through(out: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(Sender, "_carry_out", _broken)
        with working(out.sender):
            out.queue()
            wait_until(lambda: _failures(out.store) == 1)
    out.store.clock.go_on(seconds=LEASE.total_seconds() + 1)
    with working(out.sender):
        out.queue(sender=BOUBACAR)
        wait_until(lambda: _failures(out.store) == 0)


def _broken(*_: object) -> None:
    raise ZeroDivisionError


def _failures(store: Store) -> int:
    return sum(job.failures for job in all_of(store, JobState, JobState.name == JOB))


def test_two_senders_send_nothing_twice(out: Out) -> None:
    ids = [out.queue(sender=f"+2249200000{n:02d}") for n in range(40)]
    together = threading.Barrier(2)
    faults: list[BaseException] = []

    def work() -> None:
        database = Database(out.store.settings.database_url)
        keeper = ReferenceKeeper(out.store.vault)
        sender = Sender(database, out.store.vault, keeper, out.store.settings, clock=out.store.clock)
        together.wait()
        try:
            while sender.run_once():
                pass
        except BaseException as fault:
            faults.append(fault)
        database.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not faults
    assert {out.state(each)[0] for each in ids} == {"sent"}
    assert out.taken == 40


# -- refusals ----------------------------------------------------------------------------------------------------------


def test_who_told_the_provider_to_stop_is_opted_out_here_too(out: Out) -> None:
    first, second = out.queue(), out.queue()
    with out.store.database.writing() as session:
        later = out.store.clock() + timedelta(minutes=10)
        session.execute(update(Message).where(Message.id == second).values(due_at=later))
    out.server.faults.append(error(400, 21610))
    out.send()
    dispatch(out.store)
    assert out.state(first) == ("failed", "21610")
    assert out.state(second) == ("cancelled", "opted-out")
    assert one_of(out.store, OptOut).channel_id == channel_id(out.store, out.channel)
    assert [event.actor for event in events_of(out.store, "reply.refused")] == ["provider"]
    out.store.clock.go_on(hours=1)
    out.send()
    assert out.taken == 0


def test_a_stopped_channel_sends_nothing_also_of_what_is_queued_later(out: Out) -> None:
    write_down(out.store, Sms("vol à Dixinn", channel=out.channel))
    stop_channel(out.store.database, out.channel, out.store.clock())
    dispatch(out.store)  # what was taken in before is understood and answered as ever
    message_id = one_of(out.store, Message, Message.direction == "out").id
    assert out.state(message_id) == ("queued", None)
    out.send()
    assert (out.state(message_id), out.taken) == (("cancelled", "channel-stopped"), 0)
    start_channel(out.store.database, out.channel, out.store.clock())
    out.queue(sender=BOUBACAR)
    out.send()
    assert out.taken == 1


def test_what_a_stopped_channel_was_sending_is_looked_up_and_not_sent_again(out: Out) -> None:
    message_id = out.queue()
    out.server.faults.append(BROKEN)
    out.send()
    stop_channel(out.store.database, out.channel, out.store.clock())
    assert out.state(message_id)[0] == "sending"
    out.store.clock.go_on(seconds=SETTLED.total_seconds() + 1)
    for _ in range(2):
        out.send()
    assert (out.state(message_id), out.taken) == (("cancelled", "channel-stopped"), 0)


def test_retry_after_is_kept(out: Out) -> None:
    message_id = out.queue()
    out.server.faults.append(error(429, 20429, Retry_After="7"))
    out.send()
    assert out.state(message_id) == ("queued", "429")
    out.store.clock.go_on(seconds=6)
    assert out.send() == 0
    out.store.clock.go_on(seconds=1)
    assert out.send() == 1
    assert (out.state(message_id), out.taken) == (("sent", None), 1)


def test_without_retry_after_the_delay_grows(out: Out) -> None:
    message_id = out.queue()
    waits = []
    for _ in range(3):
        out.server.faults.append(error(429, 20429))
        out.send()
        due_at = message_of(out.store, message_id).due_at
        assert due_at is not None
        waits.append((due_at - out.store.clock()).total_seconds())
        out.store.clock.now = due_at
    assert waits == [30, 60, 120]


@pytest.mark.parametrize(("failures", "delay_s"), [(1, 30), (2, 60), (8, 3600), (10_000, 3600)])
def test_the_delay_doubles_up_to_an_hour(failures: int, delay_s: float) -> None:
    assert retry_delay_s(failures) == delay_s


def test_a_final_refusal_is_final(out: Out) -> None:
    message_id = out.queue()
    out.server.faults.append(error(400, 21211))
    out.send()
    out.store.clock.go_on(hours=2)
    out.send()
    assert (out.state(message_id), out.taken) == (("failed", "21211"), 0)


def test_a_channel_fault_is_shown_and_goes_when_it_is_mended(out: Out) -> None:
    first = out.queue()
    out.server.faults.append(error(401, 20003))
    out.send()
    assert (out.state(first), out.fault) == (("queued", "20003"), "20003")
    out.queue(sender=BOUBACAR)
    out.store.clock.go_on(seconds=CHANNEL_REST.total_seconds() - 1)
    out.send()
    assert out.taken == 0  # a faulty channel rests
    out.store.clock.go_on(seconds=2)
    out.send()
    assert (out.taken, out.fault) == (2, None)


# -- nobody knows ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        pytest.param(Fault(500, BROKEN.body, works_first=True), "20500", id="5xx"),
        pytest.param(Fault(works_first=True, drop=True), "connection-broken", id="connection dropped"),
        pytest.param(Fault(201, works_first=True, hang_s=5), "timeout", id="hangs"),
    ],
)
def test_a_text_that_was_taken_after_all_is_found_and_not_sent_again(
    out: Out, monkeypatch: pytest.MonkeyPatch, fault: Fault, code: str
) -> None:
    monkeypatch.setattr(outbound, "TIMEOUT", httpx.Timeout(0.3))
    message_id = out.queue()
    out.server.faults.append(fault)
    out.send()
    assert out.state(message_id) == ("sending", code)
    out.store.clock.go_on(seconds=59)
    assert out.send() == 0  # the provider's list is not believed yet
    out.store.clock.go_on(seconds=1)
    assert out.send() == 1
    assert (out.state(message_id), out.taken) == (("sent", None), 1)
    write_down(out.store, (out.channel, Status(next(iter(out.server.messages)), Went.DELIVERED, "delivered")))
    dispatch(out.store)
    assert out.state(message_id)[0] == "delivered"


@pytest.mark.parametrize(
    "fault", [pytest.param(BROKEN, id="5xx"), pytest.param(Fault(drop=True), id="connection dropped")]
)
def test_a_text_that_was_not_taken_is_sent_exactly_once_more(out: Out, fault: Fault) -> None:
    message_id = out.queue()
    out.server.faults.append(fault)
    out.send()
    out.store.clock.go_on(seconds=60)
    out.send()  # looked up: not there
    assert (out.state(message_id), out.taken) == (("queued", "not-there"), 0)
    while out.send():
        pass
    assert (out.state(message_id), out.taken) == (("sent", None), 1)
    assert message_of(out.store, message_id).attempts == 2


def test_where_the_provider_cannot_be_reached_nothing_is_in_doubt(out: Out) -> None:
    message_id = out.queue()
    with out.store.database.reading() as session:
        gateway = out.store.keeper.current(session).gateways[channel_id(out.store, out.channel)]
    url = out.server.url
    out.server.stop()
    assert gateway.send(Outgoing("x", AMINATA, "x", None)).error_code == "not-connected"  # type: ignore[union-attr]
    out.send()
    assert out.state(message_id) == ("queued", "not-connected")
    assert url not in str(out.state(message_id))


# -- a crash between `sending` and the record --------------------------------------------------------------------------


def crash(out: Out, message_id: UUID, *, after_the_call: bool) -> None:
    """As a process leaves it that dies in the middle of an attempt."""
    message = message_of(out.store, message_id)
    if after_the_call:
        outgoing = Outgoing(str(message_id), AMINATA, opened(out.store, message).decode(), None)
        assert isinstance(out.gateway().send(outgoing), Accepted)
    now = out.store.clock()
    with out.store.database.writing() as session:
        left = {"status": "sending", "attempts": 1, "attempted_at": now, "leased_until": now + LEASE}
        session.execute(update(Message).where(Message.id == message_id).values(**left))


def test_after_a_crash_a_text_that_went_out_is_found(out: Out) -> None:
    message_id = out.queue()
    crash(out, message_id, after_the_call=True)
    assert out.send() == 0  # the lease still runs
    out.store.clock.go_on(seconds=60)
    while out.send():
        pass
    assert (out.state(message_id), out.taken) == (("sent", None), 1)
    assert message_of(out.store, message_id).attempts == 1


def test_after_a_crash_a_text_that_did_not_go_out_is_sent_exactly_once(out: Out) -> None:
    message_id = out.queue()
    crash(out, message_id, after_the_call=False)
    out.store.clock.go_on(seconds=60)
    while out.send():
        pass
    assert (out.state(message_id), out.taken) == (("sent", None), 1)


def test_a_look_up_before_the_provider_has_settled_decides_nothing(out: Out) -> None:
    message_id = out.queue()
    crash(out, message_id, after_the_call=False)
    with out.store.database.writing() as session:
        soon = out.store.clock() + timedelta(seconds=20)
        session.execute(update(Message).where(Message.id == message_id).values(leased_until=soon))
    out.store.clock.go_on(seconds=20)
    out.send()
    assert out.state(message_id) == ("sending", "settling")
    out.store.clock.go_on(seconds=60)
    while out.send():
        pass
    assert (out.state(message_id), out.taken) == (("sent", None), 1)


def test_where_nobody_can_tell_it_is_said_after_an_hour_and_never_sent_again(out: Out) -> None:
    message_id = out.queue()
    crash(out, message_id, after_the_call=True)
    while out.store.clock() - (message_of(out.store, message_id).attempted_at or out.store.clock()) <= timedelta(
        hours=1
    ):
        assert out.state(message_id)[0] == "sending"
        out.store.clock.go_on(minutes=10, seconds=1)
        out.server.faults.append(BROKEN)
        assert out.send() == 1
    assert out.state(message_id)[0] == "unknown"
    asked = len(out.server.requests)
    out.store.clock.go_on(hours=5)
    assert out.send() == 0
    assert (len(out.server.requests), out.taken) == (asked, 1)


def test_two_texts_in_the_same_words_leave_it_unknown(out: Out) -> None:
    """Somebody sent the same words by hand: which of the two is ours cannot be told."""
    message_id = out.queue()
    crash(out, message_id, after_the_call=True)
    crash(out, message_id, after_the_call=True)
    out.store.clock.go_on(minutes=61)
    out.send()
    assert (out.state(message_id)[0], out.taken) == ("unknown", 2)


@pytest.mark.parametrize(
    "slept",
    [
        pytest.param(LEASE, id="the whole lease"),
        pytest.param(LEASE - LONGEST_CALL + timedelta(seconds=1), id="so long that the call may outlast the lease"),
    ],
)
def test_a_lease_overslept_sends_nothing(out: Out, slept: timedelta) -> None:
    """A process that was stopped between claim and call: another may have taken the text over meanwhile."""
    message_id = out.queue()
    claimed_at = out.store.clock()
    times = iter([claimed_at])
    sleepy = sender_of(out.store, lambda: next(times, claimed_at + slept))
    sleepy.run_once()
    assert (out.state(message_id)[0], out.taken) == ("queued", 0)
    out.store.clock.go_on(seconds=61)
    while out.send():
        pass
    assert (out.state(message_id), out.taken) == (("sent", None), 1)


def test_a_lease_not_yet_overslept_sends(out: Out) -> None:
    out.queue()
    claimed_at = out.store.clock()
    times = iter([claimed_at])
    sender_of(out.store, lambda: next(times, claimed_at + LEASE - LONGEST_CALL - timedelta(seconds=1))).run_once()
    assert out.taken == 1


def test_the_result_of_an_attempt_taken_over_is_ignored(out: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    message_id = out.queue()
    gateway = out.gateway()
    send = gateway.send

    def slow(text: Outgoing) -> SendResult:
        result = send(text)
        with out.store.database.writing() as session:
            session.execute(update(Message).where(Message.id == message_id).values(attempts=2, error_code="other"))
        return result

    monkeypatch.setattr(gateway, "send", slow)
    out.send()
    message = message_of(out.store, message_id)
    assert (message.status, message.error_code, message.provider_tag) == ("sending", "other", None)


# -- what must not go out any more -------------------------------------------------------------------------------------


def test_a_reply_that_waited_too_long_is_given_up(out: Out) -> None:
    message_id = out.queue()
    out.store.clock.go_on(hours=24, seconds=1)
    out.send()
    assert (out.state(message_id), out.taken) == (("cancelled", "expired"), 0)


def test_stop_before_sending_cancels(out: Out) -> None:
    first = out.queue()
    stop = out.queue("STOP")
    out.send()
    assert out.state(first) == ("cancelled", "opted-out")
    assert (out.state(stop)[0], out.taken) == ("sent", 1)


def test_an_opt_out_is_seen_even_where_no_handler_ran(out: Out) -> None:
    message_id = out.queue()
    with out.store.database.writing() as session:
        reporter_id = session.scalar(select(Message.reporter_id).where(Message.id == message_id))
        channel = channel_id(out.store, out.channel)
        session.add(OptOut(reporter_id=reporter_id, channel_id=channel, since=out.store.clock()))
    out.send()
    assert (out.state(message_id), out.taken) == (("cancelled", "opted-out"), 0)


def test_a_reply_without_reporter_is_never_sent(out: Out) -> None:
    message_id = out.queue()
    with out.store.database.writing() as session:
        session.execute(update(Message).where(Message.id == message_id).values(reporter_id=None))
    out.send()
    assert (out.state(message_id), out.taken) == (("cancelled", "erased"), 0)


def test_a_body_that_does_not_open_fails_alone(out: Out) -> None:
    broken, whole = out.queue(), out.queue(sender=BOUBACAR)
    with out.store.database.writing() as session:
        session.execute(update(Message).where(Message.id == broken).values(body=b"\0" * 60))
    out.send()
    assert out.state(broken) == ("failed", "does-not-open")
    assert (out.state(whole)[0], out.taken) == ("sent", 1)


def test_the_daily_budget_moves_the_rest_to_the_next_day(out: Out) -> None:
    out.store.clock.now = datetime.now(UTC).replace(hour=12)
    sender = sender_of(out.store, replies_per_day=2)
    ids = [out.queue(sender=number) for number in (AMINATA, BOUBACAR, CIRE)]
    while sender.run_once():
        pass
    left = [each for each in ids if out.state(each)[0] == "queued"]
    assert (len(left), out.taken) == (1, 2)
    midnight = out.store.clock().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    assert message_of(out.store, left[0]).due_at == midnight

    out.queue("au secours", sender="+224920000009")  # danger has the day's budget again for itself
    sender.run_once()
    assert out.taken == 3

    out.store.clock.now = midnight
    sender.run_once()
    assert (out.state(left[0])[0], out.taken) == ("sent", 4)


# -- the phone ---------------------------------------------------------------------------------------------------------


def test_a_phone_hands_over_and_tells_what_became_of_it(phone: Out) -> None:
    message_id = phone.queue()
    phone.send()
    assert isinstance(phone.server, PhoneServer)
    taken = phone.server.messages[str(message_id)]
    assert (taken["phoneNumbers"], phone.state(message_id)) == ([AMINATA], ("sent", None))
    write_down(phone.store, (phone.channel, Status(str(message_id), Went.DELIVERED, "sms:delivered")))
    dispatch(phone.store)
    assert phone.state(message_id)[0] == "delivered"


def test_a_phone_that_took_it_and_fell_silent_is_asked_and_not_sent_to_again(phone: Out) -> None:
    message_id = phone.queue()
    phone.server.faults.append(Fault(works_first=True, drop=True))
    phone.send()
    phone.store.clock.go_on(seconds=30)
    phone.send()
    posts = [request for request in phone.server.requests if request[0] == "POST"]
    assert (phone.state(message_id), phone.taken, len(posts)) == (("sent", None), 1, 1)


def test_a_phone_that_did_not_take_it_gets_it_once_more(phone: Out) -> None:
    message_id = phone.queue()
    phone.server.faults.append(Fault(drop=True))
    phone.send()
    phone.store.clock.go_on(seconds=30)
    while phone.send():
        pass
    assert (phone.state(message_id), phone.taken) == (("sent", None), 1)


def test_a_phone_with_another_password_is_a_channel_fault(phone: Out) -> None:
    message_id = phone.queue()
    phone.server.faults.append(Fault(401))
    phone.send()
    assert (phone.state(message_id), phone.fault) == (("queued", "http-401"), "http-401")
    phone.store.clock.go_on(seconds=61)
    phone.send()
    assert (phone.state(message_id), phone.fault) == (("sent", None), None)


def test_the_terminal_is_read_in_the_store(store: Store) -> None:
    message_id = reply_to(store, hand_in(store, "vol à Dixinn")).id
    sender_of(store).run_once()
    assert message_of(store, message_id).status == "sent"
    assert len(all_of(store, Message)) == 2


def test_a_danger_reply_that_could_not_go_out_within_the_hour_is_given_up(out: Out) -> None:
    """An hour later "call now" is wrong."""
    message_id = out.queue("au secours ils sont là")
    out.store.clock.go_on(minutes=61)
    out.send()
    assert (out.state(message_id), out.taken) == (("cancelled", "expired"), 0)
