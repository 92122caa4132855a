"""Many at once: nobody is turned away because those before hold what is needed to go on."""

import asyncio

import pytest

from models.deliveries import Delivery
from tests.serving import Served

pytestmark = pytest.mark.anyio


async def test_sixty_four_web_reports_at_once_are_all_taken(served: Served) -> None:
    key = served.key("reports:write")

    async def post(n: int) -> int:
        headers = key | {"idempotency-key": str(n)}
        return (await served.http.post("/v1/reports", json={"text": f"Vol {n}"}, headers=headers)).status_code

    assert await asyncio.gather(*(post(n) for n in range(64))) == [202] * 64
    assert served.count(Delivery) == 64


async def test_a_hundred_and_fifty_readers_at_once_are_all_answered(served: Served) -> None:
    key = served.key("aggregates:read")
    answers = await asyncio.gather(*(served.get("/v1/aggregates", key) for _ in range(150)))
    assert {answer.status_code for answer in answers} == {200}


async def test_texts_come_in_while_all_who_may_read_are_reading(served: Served) -> None:
    served.add_twilio()
    key = served.key("aggregates:read")
    reading = [asyncio.ensure_future(served.get("/v1/aggregates", key)) for _ in range(100)]
    answers = await asyncio.gather(*(served.text(f"Vol {n}") for n in range(32)))
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.status_code for answer in await asyncio.gather(*reading)} == {200}
