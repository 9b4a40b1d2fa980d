"""What the browser page talks to: a snapshot of what one person sees, changes, and that person's deeds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.workspace.driver import Workspace
from bot.workspace.records import Json, NotAllowed, NotAnswered, SlackError

KEEPALIVE_SECONDS = 15.0


def snapshot(workspace: Workspace, user_id: str, channel_id: str, thread_ts: str | None) -> Json:
    """Everything the page draws for this person: nothing in it is anybody else's."""
    with workspace.lock:
        people = workspace.everyone()
        user = workspace.people.get(user_id) or (people[0] if people else None)
        if user is None:
            return {"version": workspace.version, "people": [], "channels": []}
        dm = workspace.dm_of(user.id)
        mine = [c for c in workspace.channels.values() if user.id in c.members]
        room = next((c for c in mine if c.id == channel_id), None)
        return {
            "version": workspace.version,
            "user": user.id,
            "dm": dm.id,
            "app": {
                "name": workspace.team.app_name,
                "bot": workspace.team.bot_user,
                "is_connected": workspace.sockets.is_connected,
            },
            "people": [asdict(p) for p in workspace.people.values()],
            "channels": [asdict(c) for c in mine],
            "commands": workspace.team.commands,
            "messages": workspace.messages(room.id) if room else [],
            "thread": workspace.messages(room.id, thread_ts) if room and thread_ts else [],
            "ephemerals": [m for m in workspace.ephemerals(user.id) if m["channel"] == channel_id],
            "notices": [asdict(n) for n in workspace.notices(user.id) if n.channel_id in (channel_id, "")],
            "views": workspace.views(user.id),
            "home": workspace.home(user.id),
        }


class Control:
    """The routes under /control/."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.closing = workspace.sockets.closing
        self.deeds: dict[str, Callable[[Json], Any]] = {
            "say": lambda a: workspace.say(a["user"], a["channel"], a["text"], a.get("thread_ts")),
            "command": lambda a: workspace.command(
                a["user"], a["channel"], a["command"], a["text"], a.get("thread_ts")
            ),
            "click": lambda a: _no_delivery(
                workspace.click(a["user"], a["ref"], a["action_id"], a.get("value"), a.get("block_id"), a.get("values"))
            ),
            "submit": lambda a: workspace.submit(a["user"], a["view_id"], a["values"]),
            "close": lambda a: workspace.close_view(a["user"], a.get("view_id")),
            "home": lambda a: workspace.open_home(a["user"], a.get("tab", "home"), 0),
        }

    def routes(self) -> list[Route]:
        return [
            Route("/control/state", self.state),
            Route("/control/changes", self.changes),
            Route("/control/{deed}", self.do, methods=["POST"]),
        ]

    def state(self, request: Request) -> Response:
        query = request.query_params
        return JSONResponse(
            snapshot(self.workspace, query.get("user", ""), query.get("channel", ""), query.get("thread") or None)
        )

    async def do(self, request: Request) -> Response:
        deed = self.deeds.get(request.path_params["deed"])
        if deed is None:
            return JSONResponse({"error": "There is no such thing to do."}, 404)
        if "application/json" not in request.headers.get("content-type", ""):
            return JSONResponse({"error": "The body must be application/json."}, 415)
        try:
            args = await request.json()
            return JSONResponse({"answer": await asyncio.to_thread(deed, args)})
        except (NotAllowed, NotAnswered, SlackError) as refusal:
            return JSONResponse({"error": str(refusal)})  # an outcome like others: no error of the page
        except (KeyError, TypeError, ValueError) as mistake:
            return JSONResponse({"error": f"The body lacks something, or has the wrong shape: {mistake!r}"}, 400)

    async def changes(self, _request: Request) -> Response:
        return StreamingResponse(self._stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    async def _stream(self) -> AsyncIterator[str]:
        """The version number after every change, many changes at a time when they come quickly."""
        loop, changed = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            loop.call_soon_threadsafe(changed.set)

        with self.workspace.lock:
            self.workspace.listeners.add(wake)
        try:
            while not self.closing.is_set():
                changed.clear()
                yield f"data: {self.workspace.version}\n\n"
                await self._next(changed)
        finally:
            with self.workspace.lock:
                self.workspace.listeners.discard(wake)

    async def _next(self, changed: asyncio.Event) -> None:
        waits = [asyncio.create_task(changed.wait()), asyncio.create_task(self.closing.wait())]
        try:
            await asyncio.wait(waits, timeout=KEEPALIVE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:  # the page may be closed meanwhile
            for wait in waits:
                wait.cancel()


def _no_delivery(_: object) -> None:
    return None
