"""What the browser page talks to: what one person sees, files, the traffic, word of changes, and people's deeds."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.workspace import files
from bot.workspace.deeds import DEEDS, Mistaken, checked
from bot.workspace.driver import Workspace
from bot.workspace.inspector import traffic
from bot.workspace.records import Json, NotAllowed, NotAnswered, SlackError, from_json
from bot.workspace.snapshot import snapshot

KEEPALIVE_SECONDS = 15.0
LARGEST_BODY = 2_000_000
BOXED = {  # a file is shown beside the page, and can neither run nor load anything
    "Content-Security-Policy": "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
WINDOW = 200  # the newest messages of a conversation; the page asks for more when somebody wants to see them


class Control:
    """The routes under /control/, for every workspace of the server; without a `team` they mean the first."""

    def __init__(self, workspaces: Mapping[str, Workspace]) -> None:
        self.workspaces = workspaces

    def routes(self) -> list[Route]:
        return [
            Route("/control/state", self.state),
            Route("/control/file", self.file),
            Route("/control/traffic", self.traffic),
            Route("/control/changes", self.changes),
            Route("/control/{deed}", self.do, methods=["POST"]),
        ]

    def state(self, request: Request) -> Response:
        query = request.query_params
        teams = [{"id": team, "name": workspace.team.name} for team, workspace in self.workspaces.items()]
        try:
            seen = snapshot(self._workspace(query.get("team")), query, _number(query, "limit", WINDOW))
            return _json({**seen, "teams": teams})
        except Mistaken as mistake:
            return _json({"error": str(mistake)}, mistake.status)

    def file(self, request: Request) -> Response:
        query = request.query_params
        workspace = self._workspace(query.get("team"))
        upload = files.seen_by(workspace, query.get("user", ""), query.get("id", ""))
        if upload is None:
            return PlainTextResponse("This file is no longer there.", 404, BOXED)
        headers = {**BOXED, "Content-Disposition": f"inline; filename*=UTF-8''{quote(upload.name, safe='')}"}
        return Response(upload.content, 200, headers, upload.about["mimetype"])

    def traffic(self, request: Request) -> Response:
        workspace = self._workspace(request.query_params.get("team"))
        try:
            since = _number(request.query_params, "since", 0)
            with workspace.lock:
                return _json({"version": workspace.version, "lines": traffic(workspace, since)})
        except Mistaken as mistake:
            return _json({"error": str(mistake)}, mistake.status)

    async def do(self, request: Request) -> Response:
        try:
            if "application/json" not in request.headers.get("content-type", ""):
                raise Mistaken("The body must be application/json.", 415)
            deed = DEEDS.get(request.path_params["deed"])
            if deed is None:
                raise Mistaken(f"There is no such thing to do; there are {', '.join(DEEDS)}.", 404)
            args = await _body(request)
            team = args.pop("team", None)
            if team is not None and team not in self.workspaces:
                raise Mistaken(f"There is no workspace {str(team)[:40]!r}.", 404)
            workspace = self._workspace(team)
            return _json({"answer": await asyncio.to_thread(deed.run, workspace, checked(workspace, deed, args))})
        except (NotAllowed, NotAnswered, SlackError) as refusal:
            return _json({"error": str(refusal)})  # an outcome like others: no error of the page
        except Mistaken as mistake:
            return _json({"error": str(mistake)}, mistake.status)
        except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as mistake:
            return _json({"error": f"Something in the body has the wrong shape: {mistake}"}, 400)

    def _workspace(self, team: str | None) -> Workspace:
        """The first one, too, when a page still asks for one that is gone."""
        return self.workspaces.get(team or "") or next(iter(self.workspaces.values()))

    async def changes(self, request: Request) -> Response:
        stream = _versions(self._workspace(request.query_params.get("team")))
        return StreamingResponse(stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


async def _body(request: Request) -> Json:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY:
            raise Mistaken("The body is too large.", 413)
    try:
        args = from_json(body)
        json.dumps(args, ensure_ascii=False).encode()  # half a character can't be shown anywhere
    except ValueError:
        raise Mistaken("The body is no JSON.") from None
    if not isinstance(args, dict):
        raise Mistaken("The body must be a JSON object.")
    return args


def _json(content: Json, status: int = 200) -> Response:
    """In ASCII, so that not even half a character in a message can keep the page from being told the rest."""
    return Response(
        json.dumps(content, separators=(",", ":")), status, {"Cache-Control": "no-store"}, "application/json"
    )


async def _versions(workspace: Workspace) -> AsyncIterator[str]:
    """The version number after every change, many changes at a time when they come quickly."""
    loop, changed, closing = asyncio.get_running_loop(), asyncio.Event(), workspace.sockets.closing

    def wake() -> None:
        loop.call_soon_threadsafe(changed.set)

    with workspace.lock:
        workspace.listeners.add(wake)
    try:
        while not closing.is_set():
            changed.clear()
            yield f"data: {workspace.version}\n\n"
            await _either(changed, closing)
    finally:
        with workspace.lock:
            workspace.listeners.discard(wake)


async def _either(changed: asyncio.Event, closing: asyncio.Event) -> None:
    waits = [asyncio.create_task(changed.wait()), asyncio.create_task(closing.wait())]
    try:
        await asyncio.wait(waits, timeout=KEEPALIVE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    finally:  # the page may be closed meanwhile
        for wait in waits:
            wait.cancel()


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, "")
    if not re.fullmatch(r"\d{0,12}", text, re.ASCII):
        raise Mistaken(f"{name} must be a whole number, not {text[:40]!r}.")
    return int(text) if text else default
