"""Changes asked for over HTTP: plain functions over a served application."""

from typing import Any
from uuid import UUID

import httpx

from tests.serving import Served

Key = dict[str, str]
EDITS = ("reports:read", "reports:write")


async def read(served: Served, key: Key, report_id: UUID | str) -> tuple[str, dict[str, Any]]:
    """ETag and report."""
    answer = await served.get(f"/v1/reports/{report_id}", key)
    assert answer.status_code == 200, answer.text
    return answer.headers["etag"], answer.json()


async def read_incident(served: Served, key: Key, incident_id: UUID | str) -> tuple[str, dict[str, Any]]:
    answer = await served.get(f"/v1/incidents/{incident_id}", key)
    assert answer.status_code == 200, answer.text
    return answer.headers["etag"], answer.json()


async def patch(served: Served, key: Key, path: str, body: Any, *etags: str) -> httpx.Response:
    headers = [*key.items(), *(("if-match", etag) for etag in etags)]
    return await served.http.patch(path, json=body, headers=headers)


async def correct(served: Served, key: Key, report_id: UUID | str, **changes: Any) -> httpx.Response:
    """With the ETag of the moment."""
    path = f"/v1/reports/{report_id}"
    etag = (await served.get(path, key)).headers.get("etag", '"none"')
    return await patch(served, key, path, changes, etag)


async def move(served: Served, key: Key, report_id: UUID | str, to: str, **more: Any) -> httpx.Response:
    return await served.http.post(f"/v1/reports/{report_id}/transitions", json={"to": to} | more, headers=key)


async def state(served: Served, key: Key, incident_id: UUID | str, **changes: Any) -> httpx.Response:
    """With the ETag of the moment."""
    path = f"/v1/incidents/{incident_id}"
    etag = (await served.get(path, key)).headers.get("etag", '"none"')
    return await patch(served, key, path, changes, etag)


async def merge(served: Served, key: Key, incident_id: UUID | str, into: UUID | str) -> httpx.Response:
    return await served.http.post(f"/v1/incidents/{incident_id}/merge", json={"into": str(into)}, headers=key)
