"""Opening a body: its own scope, a reason, an event for ever, and nothing of what the key may not see."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, select

from models.events import Event
from models.messages import Message
from models.reporters import DataKeyRow
from tests.serving import TWILIO, Served, problem_of

pytestmark = pytest.mark.anyio

REASON = {"reason": "place unclear"}


async def taken_in(served: Served, text: str) -> UUID:
    served.add_twilio()
    answer = await served.text(text)
    assert answer.status_code == 200, TWILIO
    served.dispatch()
    with served.store.database.reading() as session:
        return session.scalars(select(Message.id).where(Message.direction == "in")).one()


async def test_a_body_opens_with_a_reason_and_leaves_an_event(served: Served) -> None:
    message = await taken_in(served, "Vol à Dixinn, l'homme s'appelle Bah")
    key = served.key("bodies:read")
    answer = await served.post(f"/v1/messages/{message}/open", key, REASON)
    told = answer.json()
    assert (told["id"], told["body"]) == (str(message), "Vol à Dixinn, l'homme s'appelle Bah")
    assert told["unknown_places"] == []
    assert answer.headers["cache-control"] == "no-store"
    with served.store.database.reading() as session:
        event = session.scalars(select(Event).where(Event.name == "body.opened")).one()
        assert (event.subject, event.payload["reason"]) == (message, "place unclear")
        assert event.actor.startswith("key:")
        assert event.reporter_id is None
        assert "Bah" not in str(event.payload)


@pytest.mark.parametrize(
    "reason",
    [
        pytest.param("", id="none"),
        pytest.param("   ", id="blank"),
        pytest.param("x" * 201, id="long"),
        pytest.param("call +1 202 555 0123", id="a number"),
        pytest.param("2025550123", id="digits"),
        pytest.param(None, id="null"),
    ],
)
async def test_without_a_good_reason_nothing_opens(served: Served, reason: str | None) -> None:
    message = await taken_in(served, "Vol à Dixinn")
    answer = await served.post(f"/v1/messages/{message}/open", served.key("bodies:read"), {"reason": reason})
    assert answer.status_code == 422
    assert served.count(Event, Event.name == "body.opened") == 0


async def test_who_may_read_messages_may_not_open_them(served: Served) -> None:
    message = await taken_in(served, "Vol à Dixinn")
    key = served.key("messages:read", "reports:read", "admin")
    problem_of(await served.post(f"/v1/messages/{message}/open", key, REASON), 403, "scope-missing")


async def test_what_a_key_does_not_see_does_not_exist_for_it(served: Served) -> None:
    message = await taken_in(served, "mariage forcé à Matoto")
    hidden = [
        served.key("bodies:read"),
        served.key("bodies:read", "protected:read", locality="GN-BK"),
    ]
    unknown = await served.post(f"/v1/messages/{uuid4()}/open", hidden[0], REASON)
    for key in hidden:
        answer = await served.post(f"/v1/messages/{message}/open", key, REASON)
        assert (answer.status_code, answer.content) == (404, unknown.content)
    seen = served.key("bodies:read", "protected:read", locality="GN-C")
    assert (await served.post(f"/v1/messages/{message}/open", seen, REASON)).status_code == 200
    assert served.count(Event, Event.name == "body.opened") == 1


async def test_of_an_erased_reporter_nothing_opens(served: Served) -> None:
    message = await taken_in(served, "Vol à Dixinn")
    with served.store.database.writing() as session:
        session.execute(delete(DataKeyRow))
    problem_of(await served.post(f"/v1/messages/{message}/open", served.key("bodies:read"), REASON), 410, "body-gone")
    assert served.count(Event, Event.name == "body.opened") == 0
