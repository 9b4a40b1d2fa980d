"""Socket Mode: the app's connections, envelopes sent round robin, acknowledgements."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import deque
from collections.abc import Callable

from starlette.websockets import WebSocket

from bot.workspace.records import Delivery, Json, from_json

MOST_CONNECTIONS = 10


class Sockets:
    """Lives on the server's event loop; only `disconnect` may be called from any thread.

    `acked` hears of acknowledgements (envelope id and payload), `told` of what happens to the connections.
    """

    def __init__(self, acked: Callable[[str, Json | None], None], told: Callable[[str, object], None]) -> None:
        self._acked, self._told = acked, told
        self.loop: asyncio.AbstractEventLoop | None = None
        self.closing = asyncio.Event()
        self.app_id = ""
        self.tickets: set[str] = set()
        self.queues: deque[asyncio.Queue[str | None]] = deque()

    @property
    def is_connected(self) -> bool:
        return bool(self.queues)

    def new_ticket(self) -> str:
        ticket = secrets.token_hex(8)
        self.tickets.add(ticket)
        return ticket

    def send(self, delivery: Delivery) -> bool:
        """Puts the envelope on the next connection. False when there is none."""
        if not self.queues:
            return False
        envelope: Json = {
            "envelope_id": delivery.envelope_id,
            "type": delivery.type,
            "payload": delivery.payload,
            "accepts_response_payload": delivery.type != "events_api",
        }
        if delivery.type == "events_api":
            envelope |= {"retry_attempt": delivery.attempt, "retry_reason": delivery.reason}
        self.queues[0].put_nowait(json.dumps(envelope))
        self.queues.rotate(-1)
        return True

    # -- the wire

    async def serve(self, socket: WebSocket) -> None:
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self.tickets:
            await socket.close(4003)
            return
        self.tickets.discard(ticket)
        await socket.accept()
        if len(self.queues) >= MOST_CONNECTIONS:
            await socket.send_text(_disconnect("too_many_websockets"))
            await socket.close()
            return
        await self._converse(socket)

    async def _converse(self, socket: WebSocket) -> None:
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self.queues.append(queue)
        queue.put_nowait(self._hello())
        self._told("connected", len(self.queues))
        talk = (self._listen(socket), self._pump(socket, queue), self.closing.wait())
        tasks = [asyncio.create_task(part) for part in talk]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._leave(queue)

    async def _listen(self, socket: WebSocket) -> None:
        while True:
            self._received(await socket.receive_text())

    def _leave(self, queue: asyncio.Queue[str | None]) -> None:
        if queue in self.queues:
            self.queues.remove(queue)
        self._told("disconnected", len(self.queues))

    async def _pump(self, socket: WebSocket, queue: asyncio.Queue[str | None]) -> None:
        """Sends what is queued; None cuts the connection."""
        while (frame := await queue.get()) is not None:
            await socket.send_text(frame)

    def _hello(self) -> str:
        about = {"host": "applink-local", "build_number": 1, "approximate_connection_time": 18060}
        return json.dumps(
            {
                "type": "hello",
                "num_connections": len(self.queues),
                "connection_info": {"app_id": self.app_id},
                "debug_info": about,
            }
        )

    def _received(self, frame: str) -> None:
        try:
            ack = from_json(frame)
            envelope_id, answer = str(ack["envelope_id"]), ack.get("payload")
        except (ValueError, TypeError, KeyError):
            self._told("bad frame", frame[:200])
            return
        self._acked(envelope_id, answer if isinstance(answer, dict) else None)

    def disconnect(self, reason: str = "refresh_requested") -> None:
        """Asks the app to open one of its connections anew, as Slack does every few hours."""
        if self.loop is not None and self.queues:
            self.loop.call_soon_threadsafe(self.queues[0].put_nowait, _disconnect(reason))

    def cut(self) -> None:
        """Breaks every connection without a word."""
        if self.loop is not None:
            for queue in tuple(self.queues):
                self.loop.call_soon_threadsafe(queue.put_nowait, None)


def _disconnect(reason: str) -> str:
    return json.dumps({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-local"}})
