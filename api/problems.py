"""Errors as problem documents (RFC 9457): a stable code, a sentence that says what to do, and never what was sent."""

import logging
import re
from collections.abc import Collection, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.faults import Fault, trace_of

MEDIA_TYPE = "application/problem+json"
log = logging.getLogger(__name__)

Paths = Sequence[tuple[re.Pattern[str], Collection[str]]]
"""What can be done at which paths."""


def problem(status: int, code: str, detail: str, **extra: Any) -> JSONResponse:
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "code": code, "detail": detail}
    headers = {"Cache-Control": "no-store"}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "5"
    return JSONResponse(body | extra, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def _on_fault(_request: Request, fault: Exception) -> JSONResponse:
    if not isinstance(fault, Fault):
        raise fault
    return problem(fault.status, fault.code, fault.detail)


def _on_invalid(_request: Request, error: Exception) -> JSONResponse:
    """What was wrong and where, but not what was sent: an error document ends up in logs."""
    if not isinstance(error, RequestValidationError):
        raise error
    errors = [{"where": ".".join(str(part) for part in each["loc"]), "what": each["msg"]} for each in error.errors()]
    detail = "; ".join(f"{each['where']}: {each['what']}" for each in errors)
    return problem(422, "invalid", detail, errors=errors)


def _on_http(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == HTTPStatus.BAD_REQUEST:  # a body that is no JSON at all
        return problem(422, "invalid", "The body must be JSON.")
    codes = {404: "not-found", 405: "method-not-allowed"}
    answer = problem(error.status_code, codes.get(error.status_code, "http"), str(error.detail))
    answer.headers.update(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        answer.headers["Allow"] = ", ".join(sorted(_methods(request.app.state.paths, request.url.path)))
    return answer


def _methods(paths: Paths, path: str) -> set[str]:
    """All that can be done there; the router names only those of the first function it finds."""
    return {method for pattern, methods in paths for method in methods if pattern.fullmatch(path)}


class NoSurprises:
    """Around all routes. Starlette's own way with a surprise is to raise it again for the server, which would log its
    words, and those may quote what was sent.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            if scope["type"] != "http":
                raise
            log.error("a request met %s\n%s", type(error).__name__, trace_of(error))
            if begun:
                raise ConnectionAbortedError("the answer broke off") from None
            detail = "Something went wrong here; it was noted. Nothing more is known to you or us yet."
            await problem(500, "internal", detail)(scope, receive, send)


def speak_problems(app: FastAPI) -> None:
    app.add_exception_handler(Fault, _on_fault)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_middleware(NoSurprises)
