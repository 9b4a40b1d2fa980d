"""The workspace's server: Web API, Socket Mode, response URLs and the page, on loopback, in a thread."""

from __future__ import annotations

import asyncio
import errno
import itertools
import json
import secrets
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.clock import Clock, system_clock
from bot.workspace import files, hooks, saved
from bot.workspace.control import Control
from bot.workspace.courier import Courier
from bot.workspace.driver import Workspace
from bot.workspace.oauth import OAuth
from bot.workspace.records import Json, SlackError, from_json, team_from
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
    """One app and the workspaces that it is installed in: the first is there at once, `add_workspace` adds others.

    `manifest` is the app's; `clock` moves the workspaces' time; `ack_seconds` shortens Slack's three seconds, and the
    retry pauses with them, for tests. Rate limits run on real time. With a `request_url` deliveries come over HTTP,
    signed with `signing_secret`; else over Socket Mode. Without `optional_scopes` whoever installed the app has
    declined the manifest's `bot_optional`. With an `enterprise_id` the workspaces are those of an organisation.
    """

    def __init__(
        self,
        manifest: Json,
        *,
        port: int = 0,
        clock: Clock | None = None,
        rate_limits: bool = True,
        ack_seconds: float = 3.0,
        request_url: str = "",
        optional_scopes: bool = True,
        enterprise_id: str = "",
    ) -> None:
        self._manifest, self._port, self._clock = manifest, port, clock or system_clock
        self.app_token, self.signing_secret = f"xapp-1-local-{secrets.token_hex(8)}", secrets.token_hex(16)
        self.client_id, self.client_secret = "1000000000.2000000000", secrets.token_hex(16)
        self.courier = Courier(ack_seconds, self.signing_secret, request_url)
        self._optional_scopes, self._enterprise_id = optional_scopes, enterprise_id
        self.workspaces: dict[str, Workspace] = {}
        self._serial = itertools.count(1)
        self.workspace = self.add_workspace()
        self.courier.sockets.app_id = self.workspace.team.app_id
        addresses = tuple(manifest.get("oauth_config", {}).get("redirect_urls", []))
        self._oauth = OAuth(self.client_id, self.client_secret, addresses)
        self._api = WebApi(self.workspaces, self.app_token, self._oauth, rate_limits)
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

    def add_workspace(self, name: str = "Local workspace") -> Workspace:
        """Another workspace with the app in it; its `bot_token` is its own."""
        number = len(self.workspaces) + 1
        team = team_from(
            self._manifest,
            number,
            name,
            optional_scopes=self._optional_scopes,
            enterprise_id=self._enterprise_id,
        )
        workspace = Workspace(team, self._clock, self.courier, self._serial)
        workspace.api_origin = self.url
        self.workspaces[team.id] = workspace
        self.courier.workspaces.append(workspace)
        return workspace

    def save(self, path: Path) -> None:
        """Keep the first workspace in a file, for `restore` to go on with."""
        saved.save(self.workspace, path)

    def restore(self, path: Path) -> bool:
        """False when there is nothing there that can be read."""
        return saved.restore(self.workspace, self._serial, path)

    @property
    def bot_token(self) -> str:
        """The first workspace's."""
        return self.workspace.bot_token

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
        for workspace in self.workspaces.values():
            workspace.api_origin = self.url
        ready = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(listener, ready)), name="workspace", daemon=True
        )
        self._thread.start()
        ready.wait()

    async def _serve(self, listener: socket.socket, ready: threading.Event) -> None:
        # the socket listens already, so a client that comes before uvicorn accepts merely waits in its queue
        self.courier.loop = self.courier.sockets.loop = asyncio.get_running_loop()
        ready.set()
        await self._uvicorn.serve(sockets=[listener])

    def stop(self) -> None:
        loop, thread = self.courier.loop, self._thread
        if loop is None or thread is None or not thread.is_alive():
            return
        loop.call_soon_threadsafe(self.courier.sockets.closing.set)
        self._uvicorn.should_exit = True
        thread.join(timeout=10)

    # -- routes

    def _app(self) -> ASGIApp:
        routes = [
            Route("/", _page),
            Route("/page/index.html", _page),  # with the same headers, whatever it is called
            *Control(self.workspaces).routes(),
            Route("/api/{method}", self._call, methods=["GET", "POST"]),
            Route("/oauth/v2/authorize", self._ask),
            Route("/oauth/allow", self._allow),
            Route("/hook/actions/{team}/{token}", self._hook, methods=["POST"]),
            Route("/upload/v1/{team}/{token}", self._upload, methods=["POST"]),
            WebSocketRoute("/link/", self.courier.sockets.serve),
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
            await _pause(request, reply.pause, self.courier.sockets.closing)
        # in ASCII, so that half a character in a message can be told to the app as well
        return Response(json.dumps(reply.answer), reply.status, reply.headers, "application/json")

    async def _upload(self, request: Request) -> Response:
        body, workspace = await _body(request), self.workspaces.get(request.path_params["team"])
        if body is None:
            return PlainTextResponse("Request Entity Too Large", 413)
        try:
            if workspace is None:
                raise SlackError("expired_url")
            kind = request.headers.get("content-type", "")
            return PlainTextResponse(files.receive(workspace, request.path_params["token"], kind, body))
        except SlackError as refusal:
            return PlainTextResponse(refusal.error, 400)

    async def _hook(self, request: Request) -> Response:
        try:
            body = from_json(await _body(request) or b"")
            if not isinstance(body, dict):
                raise ValueError("no object")
            workspace = self.workspaces.get(request.path_params["team"])
            if workspace is None:
                raise SlackError("expired_url")
            hooks.respond(workspace, request.path_params["token"], body)
        except SlackError as refusal:
            is_url = refusal.error.endswith("_url")
            return JSONResponse(refusal.answer(), 404 if is_url else 400)
        except (ValueError, AttributeError):  # no JSON, or no object
            return JSONResponse({"ok": False, "error": "invalid_payload"}, 400)
        return PlainTextResponse("ok")

    async def _ask(self, request: Request) -> Response:
        try:
            return HTMLResponse(self._oauth.page(request.query_params, self.workspaces), headers=SECURITY)
        except SlackError as refusal:
            return PlainTextResponse(f"This app can't be installed from here: {refusal.error}.", 400, SECURITY)

    async def _allow(self, request: Request) -> Response:
        try:
            return RedirectResponse(self._oauth.allow(request.query_params, self.workspaces), 302)
        except SlackError as refusal:
            return PlainTextResponse(f"This app can't be installed from here: {refusal.error}.", 400, SECURITY)


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
        if is_own_host and (origin is None or origin.lower().partition("//")[2] in own):
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


async def _pause(request: Request, seconds: float, closing: asyncio.Event) -> None:
    """Ends early when the client has given up, or the server stops."""
    waits = [asyncio.ensure_future(request.receive()), asyncio.ensure_future(closing.wait())]
    await asyncio.wait(waits, timeout=min(seconds, 3600.0), return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()


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
