"""Socket Mode: the app's connections, envelopes sent round robin, acknowledgements, redelivery."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.websockets import WebSocket

from bot.workspace.records import Delivery, Json

if TYPE_CHECKING:
    from bot.workspace.state import State

MOST_CONNECTIONS = 10
RETRY_AFTER = (0.0, 60.0, 300.0)  # Slack's pauses before the three repetitions of an unacknowledged event
SLACK_ACK_SECONDS = 3.0


class Sockets:
    """Lives on the server's event loop; `dispatch` and `disconnect` may be called from any thread."""

    def __init__(self, state: State, ack_seconds: float) -> None:
        self.state = state
        self.ack_seconds = ack_seconds
        self.loop: asyncio.AbstractEventLoop | None = None
        self.closing = asyncio.Event()
        self.tickets: set[str] = set()
        self.queues: deque[asyncio.Queue[str]] = deque()
        self._waiting: dict[str, tuple[Delivery, asyncio.TimerHandle | None]] = {}

    @property
    def is_connected(self) -> bool:
        return bool(self.queues)

    def new_ticket(self) -> str:
        ticket = secrets.token_hex(8)
        self.tickets.add(ticket)
        return ticket

    # -- sending

    def dispatch(self, delivery: Delivery) -> Delivery:
        state = self.state
        with state.lock:
            state.deliveries.append(delivery)
            delivery.sent_at, delivery.started = state.now(), time.monotonic()
            state.note("delivery", delivery)
            if self.loop is None or self.loop.is_closed():
                self._failed(delivery, "the app is not connected")
            else:
                self.loop.call_soon_threadsafe(self._send, delivery)
        return delivery

    def _send(self, delivery: Delivery) -> None:
        if not self.queues:
            self._failed(delivery, "the app is not connected")
            return
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
        timer = asyncio.get_running_loop().call_later(
            self.ack_seconds, self._failed, delivery, "the app did not answer in time"
        )
        self._waiting[delivery.envelope_id] = (delivery, timer)

    def _failed(self, delivery: Delivery, why: str) -> None:
        state = self.state
        with state.lock:
            if delivery.is_settled:
                return
            delivery.failure = why
            state.note("failed", delivery)
            if delivery.type == "events_api":
                self._retry(delivery)
            else:
                state.tell(delivery.user_id, delivery.channel_id, _apology(delivery), delivery.thread_ts)

    def _retry(self, delivery: Delivery) -> None:
        """Plans the next attempt: same event, new envelope; nothing is kept beyond three repetitions."""
        if self.loop is None or self.loop.is_closed() or delivery.attempt >= len(RETRY_AFTER):
            return
        number, envelope_id = delivery.attempt + 1, self.state.next_id("e")
        again = replace(delivery, envelope_id=envelope_id, attempt=number, reason="timeout", failure="")
        pause = RETRY_AFTER[delivery.attempt] * self.ack_seconds / SLACK_ACK_SECONDS
        self.loop.call_soon_threadsafe(self.loop.call_later, pause, self.dispatch, again)

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
        queue: asyncio.Queue[str] = asyncio.Queue()
        with self.state.lock:
            self.queues.append(queue)
            queue.put_nowait(self._hello())
            self.state.note("connected", len(self.queues))
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

    def _leave(self, queue: asyncio.Queue[str]) -> None:
        with self.state.lock:
            if queue in self.queues:
                self.queues.remove(queue)
            self.state.note("disconnected", len(self.queues))

    async def _pump(self, socket: WebSocket, queue: asyncio.Queue[str]) -> None:
        while True:
            await socket.send_text(await queue.get())

    def _hello(self) -> str:
        return json.dumps(
            {
                "type": "hello",
                "num_connections": len(self.queues),
                "connection_info": {"app_id": self.state.team.app_id},
                "debug_info": {
                    "host": "applink-local",
                    "build_number": 1,
                    "approximate_connection_time": 18060,
                },
            }
        )

    def _received(self, frame: str) -> None:
        try:
            ack = json.loads(frame)
            envelope_id, answer = ack["envelope_id"], ack.get("payload")
        except (ValueError, TypeError, KeyError):
            self.state.note("bad frame", frame[:200])
            return
        delivery, timer = self._waiting.pop(envelope_id, (None, None))
        if delivery is not None:
            if timer:
                timer.cancel()
            self._acknowledged(delivery, answer if isinstance(answer, dict) else None)

    def _acknowledged(self, delivery: Delivery, answer: Json | None) -> None:
        state = self.state
        with state.lock:
            delivery.acked_at, delivery.ack_seconds = state.now(), time.monotonic() - delivery.started
            delivery.answer = answer
            if not delivery.failure:
                state.on_ack(delivery)
            state.note("acked", delivery)

    def disconnect(self, reason: str = "refresh_requested") -> None:
        """Asks the app's oldest connection to come again, as Slack does every few hours."""
        if self.loop is not None and self.queues:
            self.loop.call_soon_threadsafe(self.queues[0].put_nowait, _disconnect(reason))


def _disconnect(reason: str) -> str:
    return json.dumps({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-local"}})


def _apology(delivery: Delivery) -> str:
    code = "operation_timeout" if "time" in delivery.failure else "dispatch_failed"
    if delivery.type == "slash_commands":
        return f'{delivery.subject} failed with the error "{code}": {delivery.failure}.'
    return f"That didn't work: {delivery.failure}."
