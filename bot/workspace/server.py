"""The workspace's server: Web API, Socket Mode, response URLs and the page, on loopback, in a thread."""

from __future__ import annotations

import asyncio
import errno
import json
import secrets
import socket
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.workspace import hooks
from bot.workspace.control import Control
from bot.workspace.driver import Workspace
from bot.workspace.limits import Limits
from bot.workspace.records import Json, SlackError
from bot.workspace.webapi import WebApi

HOST = "127.0.0.1"
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
PAGE = Path(__file__).parent / "page"
LARGEST_BODY = 2_000_000
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class WorkspaceServer:
    """`manifest` is the app's; `clock` moves the workspace's time; `ack_seconds` shortens Slack's three
    seconds, and the retry pauses with them, for tests. Rate limits run on real time."""

    def __init__(
        self,
        manifest: Json,
        *,
        port: int = 0,
        clock: Callable[[], datetime] | None = None,
        rate_limits: bool = True,
        ack_seconds: float = 3.0,
    ) -> None:
        self.workspace = Workspace(manifest, clock, ack_seconds)
        self.bot_token, self.app_token = (
            f"xoxb-local-{secrets.token_hex(8)}",
            f"xapp-1-local-{secrets.token_hex(8)}",
        )
        self._port = port
        self._api = WebApi(self.workspace, self.bot_token, self.app_token, Limits() if rate_limits else None)
        self._thread: threading.Thread | None = None
        self._uvicorn = uvicorn.Server(
            uvicorn.Config(
                self._app(),
                log_level="warning",
                access_log=False,
                ws="websockets-sansio",
                lifespan="off",
                timeout_graceful_shutdown=1,
                ws_max_size=1_000_000,
            )
        )

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._port}"

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    def start(self) -> None:
        """Returns once connections are accepted. OSError says so when the port is taken."""
        listener = _listen(self._port)
        self._port = listener.getsockname()[1]
        self.workspace.api_origin = self.url
        ready = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(listener, ready)), name="workspace", daemon=True
        )
        self._thread.start()
        ready.wait()

    async def _serve(self, listener: socket.socket, ready: threading.Event) -> None:
        # the socket listens already, so a client that comes before uvicorn accepts merely waits in its queue
        self.workspace.sockets.loop = asyncio.get_running_loop()
        ready.set()
        await self._uvicorn.serve(sockets=[listener])

    def stop(self) -> None:
        loop, thread = self.workspace.sockets.loop, self._thread
        if loop is None or thread is None or not thread.is_alive():
            return
        loop.call_soon_threadsafe(self.workspace.sockets.closing.set)
        self._uvicorn.should_exit = True
        thread.join(timeout=10)

    # -- routes

    def _app(self) -> ASGIApp:
        routes = [
            Route("/", _page),
            *Control(self.workspace).routes(),
            Route("/api/{method}", self._call, methods=["GET", "POST"]),
            Route("/hook/actions/{team}/{token}", self._hook, methods=["POST"]),
            WebSocketRoute("/link/", self.workspace.sockets.serve),
            Mount("/page", StaticFiles(directory=PAGE, check_dir=False)),
        ]
        return OwnHostOnly(Starlette(routes=routes), lambda: self._port)

    async def _call(self, request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return PlainTextResponse("Request Entity Too Large", 413)
        headers = request.headers
        reply = self._api.handle(
            request.path_params["method"],
            headers.get("authorization", ""),
            headers.get("content-type", ""),
            body,
            request.url.query,
        )
        if reply.pause:
            await asyncio.sleep(reply.pause)
        return JSONResponse(reply.answer, reply.status, reply.headers)

    async def _hook(self, request: Request) -> Response:
        try:
            body = json.loads(await request.body())
            hooks.respond(self.workspace, request.path_params["token"], body)
        except SlackError as refusal:
            is_url = refusal.error.endswith("_url")
            return JSONResponse(refusal.answer(), 404 if is_url else 400)
        except (ValueError, AttributeError):
            return JSONResponse({"ok": False, "error": "invalid_payload"}, 400)
        return PlainTextResponse("ok")


class OwnHostOnly:
    """Refuses what another site's page could send: a foreign `Host` (DNS rebinding) or `Origin`."""

    def __init__(self, app: ASGIApp, port: Callable[[], int]) -> None:
        self.app, self.port = app, port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope.get("headers", [])}
        own = {f"{name}:{self.port()}" for name in LOOPBACK}
        origin = headers.get("origin")
        # slack_sdk's socket client sends a Host without the port
        is_own_host = headers.get("host", "").lower() in own.union(LOOPBACK)
        if is_own_host and (origin is None or urlsplit(origin).netloc.lower() in own):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 4003})  # before the handshake: a 403
        else:
            refusal = PlainTextResponse("Only pages of this server may ask this server.\n", 403, SECURITY)
            await refusal(scope, receive, send)


def _page(_request: Request) -> Response:
    return FileResponse(PAGE / "index.html", headers=SECURITY)


async def _body(request: Request) -> bytes | None:
    """The body, or None when it is larger than any honest one."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_BODY:
            return None
        parts.append(part)
    return b"".join(parts)


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as problem:
        listener.close()
        if problem.errno == errno.EADDRINUSE:
            raise OSError(f"Port {port} is taken on {HOST}") from None
        raise
    listener.listen(128)
    return listener
