"""What the bot serves under a public address: calendars, each under its own secret link, and nothing else."""

import asyncio
import logging
import re
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial
from typing import Any, Protocol

import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

log = logging.getLogger(__name__)

EVERYWHERE = "0.0.0.0"  # whatever sends the public address here may be on another machine
ADDRESS = re.compile(r"/calendar/([A-Za-z0-9_-]{43})\.ics")
AT_ONCE = 100  # connections
LONGEST = 20.0  # seconds that a connection lasts
STOP_SECONDS = 5.0
HEADERS = {
    "Connection": "close",
    "Cache-Control": "private, no-cache",  # asked again each time, so that a revoked link ends at once
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


class Served(Protocol):
    """A calendar file: `etag` is another whenever it says something else, `changed_at` since when it has said so."""

    @property
    def content(self) -> bytes: ...
    @property
    def etag(self) -> str: ...
    @property
    def changed_at(self) -> datetime: ...


class SilentProtocol(H11Protocol):
    """Logs no request, whatever anybody in this process does to uvicorn's loggers: a request line holds the link.

    A connection is for one request and cut off after so many `seconds`: nobody keeps all of them by being slow.
    """

    def __init__(self, *given: Any, seconds: float, **named: Any) -> None:
        super().__init__(*given, **named)
        self.access_log = False
        self._seconds = seconds

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._end = self.loop.call_later(self._seconds, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end.cancel()
        super().connection_lost(exc)


class PublicServer:
    """Answers GET and HEAD of /calendar/<token>.ics; everything else is not found. No address is ever logged.

    `find` gives the calendar of a token, or None.
    """

    def __init__(self, port: int, find: Callable[[str], Served | None], longest: float = LONGEST) -> None:
        self.port = port
        self._find = find
        self._thread: threading.Thread | None = None
        self._uvicorn = uvicorn.Server(
            uvicorn.Config(
                self._app,
                interface="asgi3",
                http=partial(SilentProtocol, seconds=longest),  # type: ignore[arg-type]  # which it calls, no more
                access_log=False,
                log_config=None,
                lifespan="off",
                ws="none",
                server_header=False,
                limit_concurrency=AT_ONCE,
                timeout_graceful_shutdown=1,
            )
        )

    def start(self) -> None:
        """Returns once connections are accepted. OSError says so when the port is taken."""
        listener = socket.create_server((EVERYWHERE, self.port), backlog=AT_ONCE)
        self.port = listener.getsockname()[1]
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._uvicorn.serve(sockets=[listener])), name="public", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        self._uvicorn.should_exit = True
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(Request(scope))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        named = ADDRESS.fullmatch(request.scope["path"])
        if named is None or request.method not in {"GET", "HEAD"}:
            return _not_found()
        try:
            found = await run_in_threadpool(self._find, named[1])
        except Exception:  # of the database, say; what asks will ask again
            log.exception("a calendar can't be read")
            return PlainTextResponse("Not now", 503, {**HEADERS, "Retry-After": "60"})
        return _not_found() if found is None else _calendar(request, found)


def _not_found() -> Response:
    return PlainTextResponse("Not found", 404, HEADERS)


def _calendar(request: Request, found: Served) -> Response:
    changed_at = found.changed_at.astimezone(UTC).replace(microsecond=0)
    headers = {**HEADERS, "ETag": f'"{found.etag}"', "Last-Modified": format_datetime(changed_at, usegmt=True)}
    if _is_known(request, found.etag, changed_at):
        return Response(status_code=304, headers=headers)
    return Response(found.content, headers=headers, media_type="text/calendar; charset=utf-8")


def _is_known(request: Request, etag: str, changed_at: datetime) -> bool:
    """Does whoever asks have it as it is? A tag counts more than a time."""
    tags, since = request.headers.get("if-none-match"), request.headers.get("if-modified-since")
    if tags is not None:
        return any(tag.strip().removeprefix("W/") in {"*", f'"{etag}"'} for tag in tags.split(","))
    try:
        return since is not None and changed_at <= parsedate_to_datetime(since)
    except (TypeError, ValueError):  # no time, or one without a zone
        return False
