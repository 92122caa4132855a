"""Channels and keys as the operator makes them: what is printed, what is stored, and what is refused."""

import hashlib
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from jobs.issuing import (
    WantedChannel,
    add_channel,
    channels_of,
    create_key,
    keys_of,
    replace_secrets,
    revoke_key,
    start_channel,
    stop_channel,
)
from models.channels import ChannelRow
from models.faults import Refusal
from models.keys import Key
from models.messages import Message
from models.reference import reference_version
from tests.conftest import START, Store
from tests.fakes.twilio_signer import ACCOUNT_SID, AUTH_TOKEN
from tests.intake.factories import add_twilio, all_of, events_of, hand_in, locality_id, one_of, reply_to

ACCOUNT = (f"account_sid={ACCOUNT_SID}", f"auth_token={AUTH_TOKEN}")


def wanted(**changes: Any) -> WantedChannel:
    values = {"name": "conakry", "provider": "twilio", "address": "+12025550100", "secrets": ACCOUNT}
    return WantedChannel(**(values | changes))


def add(store: Store, **changes: Any) -> str:
    return add_channel(store.database, store.vault, store.settings, wanted(**changes), store.clock())


def test_a_channel_prints_its_addresses_with_retry_override(store: Store) -> None:
    printed = add(store)
    assert "http://127.0.0.1:8000/intake/conakry#rc=" in printed
    assert "/intake/conakry/status" in printed
    assert AUTH_TOKEN not in printed


def test_a_channels_secrets_are_sealed_and_every_process_hears_of_it(store: Store) -> None:
    with store.database.reading() as session:
        before = reference_version(session)
    add(store, area="GN-C", language="en", free_to_sender=True, receipt_only=True)
    row = one_of(store, ChannelRow, ChannelRow.name == "conakry")
    assert AUTH_TOKEN.encode() not in (row.secrets or b"")
    with store.database.reading() as session:
        assert reference_version(session) == before + 1
        channel = store.keeper.current(session).channels["conakry"]
    assert dict(channel.secrets) == {"account_sid": ACCOUNT_SID, "auth_token": AUTH_TOKEN}
    assert (channel.area, channel.language, channel.free_to_sender, channel.receipt_only) == ("GN-C", "en", True, True)
    assert AUTH_TOKEN not in repr(channel)


def test_a_secret_may_come_from_a_file(store: Store, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(AUTH_TOKEN + "\n", encoding="ascii")
    add(store, secrets=(ACCOUNT[0], f"auth_token=@{tmp_path / 'token'}"))
    with store.database.reading() as session:
        assert store.keeper.current(session).channels["conakry"].secrets["auth_token"] == AUTH_TOKEN


@pytest.mark.parametrize(
    ("address", "stored"),
    [
        pytest.param("+1 (202) 555-0100", "+12025550100", id="a number as people write it"),
        pytest.param("whatsapp:+12025550100", "whatsapp:+12025550100", id="WhatsApp"),
        pytest.param("920 00 00 01", "+224920000001", id="a national number"),
        pytest.param("8080", "8080", id="a short code"),
        pytest.param("KIBARO", "KIBARO", id="a name"),
    ],
)
def test_an_address_is_kept_in_one_form(store: Store, address: str, stored: str) -> None:
    add(store, address=address)
    assert one_of(store, ChannelRow, ChannelRow.name == "conakry").address == stored


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param({"name": "Conakry 1"}, "small letters", id="name"),
        pytest.param({"provider": "pigeon"}, "choose android-sms-gateway or twilio", id="provider"),
        pytest.param({"provider": "web"}, "no provider 'web' to connect", id="built in"),
        pytest.param({"language": "ff"}, "take en, es, fr, sw", id="language"),
        pytest.param({"address": ""}, "needs --address", id="no address"),
        pytest.param({"address": "call me!"}, "is no phone number", id="address"),
        pytest.param({"area": "XX"}, "no locality 'XX'", id="area"),
        pytest.param({"secrets": ACCOUNT[:1]}, "needs --secret auth_token", id="secret missing"),
        pytest.param({"secrets": (*ACCOUNT, "colour=red")}, "knows no secret colour", id="secret unknown"),
        pytest.param({"secrets": (ACCOUNT[0], "auth_token")}, "has no value", id="secret without value"),
        pytest.param({"secrets": (ACCOUNT[0], "auth_token=@/nowhere")}, "cannot be read", id="secret file"),
    ],
)
def test_a_channel_that_cannot_be_is_refused_with_what_to_do(store: Store, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(Refusal, match=re.escape(says)) as refusal:
        add(store, **changes)
    assert AUTH_TOKEN not in refusal.value.detail
    assert len(all_of(store, ChannelRow)) == 2


def test_a_channels_name_is_given_once(store: Store) -> None:
    add(store)
    with pytest.raises(Refusal, match="already"):
        add(store, address="+12025550101")


def held(store: Store) -> dict[str, str]:
    """The secrets of the channel, as every process has them."""
    with store.database.reading() as session:
        return dict(store.keeper.current(session).channels["conakry"].secrets)


def test_channels_are_listed_without_their_secrets(store: Store) -> None:
    add(store, area="GN-C", language="en", free_to_sender=True, receipt_only=True)
    add(store, name="plain")
    with store.database.writing() as session:
        session.execute(update(ChannelRow).where(ChannelRow.name == "plain").values(fault="20003"))
    stop_channel(store.database, "conakry", START)
    assert channels_of(store.database) == [
        "conakry  twilio  +12025550100  GN-C  en  free to the sender  receipt only  stopped 2026-11-22",
        "plain  twilio  +12025550100  no area  no language  cannot send (20003)",
        "terminal  terminal  no address  no area  no language",
        "web  web  no address  no area  no language",
    ]


def test_a_secret_that_leaked_is_replaced_and_the_others_stay(store: Store) -> None:
    add(store)
    before = one_of(store, ChannelRow, ChannelRow.name == "conakry").secrets
    with store.database.writing() as session:
        session.execute(update(ChannelRow).values(fault="20003", fault_at=START))
    replace_secrets(store.database, store.vault, "conakry", ["auth_token=" + "b" * 32], store.clock())
    row = one_of(store, ChannelRow, ChannelRow.name == "conakry")
    assert held(store) == {"account_sid": ACCOUNT_SID, "auth_token": "b" * 32}
    assert (row.fault, row.fault_at) == (None, None)
    assert row.secrets != before
    assert b"b" * 32 not in (row.secrets or b"")


def test_secrets_that_do_not_open_are_given_anew_as_a_whole(store: Store) -> None:
    add(store)
    with store.database.writing() as session:
        session.execute(update(ChannelRow).where(ChannelRow.name == "conakry").values(secrets=b"x" * 40))
    with pytest.raises(Refusal, match="needs --secret account_sid"):
        replace_secrets(store.database, store.vault, "conakry", ACCOUNT[1:], store.clock())
    replace_secrets(store.database, store.vault, "conakry", ACCOUNT, store.clock())
    assert held(store) == {"account_sid": ACCOUNT_SID, "auth_token": AUTH_TOKEN}


@pytest.mark.parametrize(
    ("name", "secrets", "says"),
    [
        pytest.param("conakry", (), "Say what to replace", id="nothing"),
        pytest.param("conakry", ("colour=red",), "knows no secret colour", id="unknown"),
        pytest.param("conakry", ("auth_token=",), "needs --secret auth_token", id="empty"),
        pytest.param("kindia", ACCOUNT, "`kibaro channels list` shows them", id="no such channel"),
        pytest.param("web", ACCOUNT, "keys revoke", id="built in"),
    ],
)
def test_secrets_that_cannot_be_leave_those_that_are(
    store: Store, name: str, secrets: tuple[str, ...], says: str
) -> None:
    add(store)
    with pytest.raises(Refusal, match=re.escape(says)):
        replace_secrets(store.database, store.vault, name, secrets, store.clock())
    assert held(store) == {"account_sid": ACCOUNT_SID, "auth_token": AUTH_TOKEN}


def test_a_stopped_channel_is_not_there_its_replies_are_cancelled_and_its_history_stays(store: Store) -> None:
    add(store)
    message_id = hand_in(store, "vol à Dixinn", channel="conakry")
    other = reply_to(store, hand_in(store, "vol à Dixinn", channel=add_twilio(store, "other")))
    assert stop_channel(store.database, "conakry", store.clock()) == 1
    assert stop_channel(store.database, "conakry", store.clock()) is None
    reply = reply_to(store, message_id)
    assert (reply.status, reply.error_code) == ("cancelled", "channel-stopped")
    assert one_of(store, Message, Message.id == other.id).status == "queued"
    with store.database.reading() as session:
        reference = store.keeper.current(session)
    assert "conakry" not in reference.channels
    assert reference.channels_by_id[reply.channel_id].name == "conakry"
    assert start_channel(store.database, "conakry", store.clock())
    assert not start_channel(store.database, "conakry", store.clock())
    assert held(store)["auth_token"] == AUTH_TOKEN
    assert reply_to(store, message_id).status == "cancelled"


@pytest.mark.parametrize("name", ["web", "terminal", "kindia"])
def test_what_every_store_has_or_nobody_knows_is_not_stopped(store: Store, name: str) -> None:
    with pytest.raises(Refusal):
        stop_channel(store.database, name, store.clock())
    with pytest.raises(Refusal):
        start_channel(store.database, name, store.clock())


def test_the_events_tell_what_became_of_a_channel_and_no_secret(store: Store) -> None:
    add(store, area="GN-C")
    replace_secrets(store.database, store.vault, "conakry", ACCOUNT[1:], store.clock())
    stop_channel(store.database, "conakry", store.clock())
    stop_channel(store.database, "conakry", store.clock())
    start_channel(store.database, "conakry", store.clock())
    facts = {"provider": "twilio", "area": "GN-C", "language": None, "free_to_sender": False, "receipt_only": False}
    told: dict[str, dict[str, Any]] = {
        "channel.added": facts,
        "channel.secret_changed": {"secrets": ["auth_token"]},
        "channel.stopped": {"cancelled": 0},
        "channel.started": {},
    }
    subjects = set()
    for name, payload in told.items():
        (event,) = events_of(store, name)
        subjects.add(event.subject)
        assert (event.actor, event.payload) == ("operator", {"channel": "conakry", **payload})
    assert len(subjects) == 1


def create(store: Store, **changes: Any) -> str:
    values = {"name": "committee", "scopes": ["aggregates:read"], "locality": "", "body": "other"} | changes
    return create_key(store.database, now=store.clock(), **values)


def test_a_key_is_shown_once_and_stored_as_a_hash(store: Store) -> None:
    secret = create(store, locality="GN-C", body="police", scopes=["aggregates:read", "aggregates:read"])
    assert re.fullmatch(r"[A-Za-z0-9_-]{24,}", secret)
    row = one_of(store, Key)
    assert row.digest == hashlib.sha256(secret.encode()).digest()
    assert (row.scopes, row.locality_id, row.body) == (["aggregates:read"], locality_id(store, "GN-C"), "police")
    assert create(store, name="another") != secret


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param({"scopes": ["everything"]}, "no scope everything", id="scope"),
        pytest.param({"body": "army"}, "--body is one of", id="body"),
        pytest.param({"locality": "XX"}, "no locality 'XX'", id="locality"),
        pytest.param(
            {"scopes": ["events:read"], "locality": "GN-C"}, "cannot be bound to a locality", id="unbound only"
        ),
    ],
)
def test_a_key_that_cannot_be_is_refused(store: Store, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(Refusal, match=says):
        create(store, **changes)
    assert not all_of(store, Key)


def test_a_keys_name_is_given_once(store: Store) -> None:
    create(store)
    with pytest.raises(Refusal, match="already"):
        create(store)


def test_a_revoked_key_is_listed_as_such_and_again_changes_nothing(store: Store) -> None:
    create_key(store.database, "staff", ["reports:read"], "GN-C", "police", store.clock())
    assert keys_of(store.database) == ["staff  reports:read  GN-C  police"]
    revoke_key(store.database, "staff", store.clock())
    revoke_key(store.database, "staff", store.clock())
    assert keys_of(store.database) == ["staff  reports:read  GN-C  police  revoked 2026-11-22"]


def test_a_key_that_is_not_there_cannot_be_revoked(store: Store) -> None:
    with pytest.raises(Refusal, match="keys list"):
        revoke_key(store.database, "nobody", store.clock())


def test_the_events_tell_who_could_see_what_and_since_when(store: Store) -> None:
    create_key(store.database, "staff", ["reports:read"], "GN-C", "police", store.clock())
    store.clock.go_on(hours=1)
    revoke_key(store.database, "staff", store.clock())
    revoke_key(store.database, "staff", store.clock())
    key = one_of(store, Key)
    for name, moment in (("key.created", START), ("key.revoked", START + timedelta(hours=1))):
        (event,) = events_of(store, name)
        assert (event.subject, event.actor, event.version, event.recorded_at) == (key.id, "operator", 1, moment)
        assert event.payload == {
            "name": "staff",
            "scopes": ["reports:read"],
            "locality": "GN-C",
            "body": "police",
        }
