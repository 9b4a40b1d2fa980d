"""Brings deliveries to the app, over Socket Mode or HTTP, and keeps Slack's rules: three seconds, three repetitions."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bot.workspace import request_url
from bot.workspace.faults import disturbed
from bot.workspace.records import Delivery, Json
from bot.workspace.sockets import Sockets

if TYPE_CHECKING:
    from bot.workspace.state import State

RETRY_AFTER = (0.0, 60.0, 300.0)  # Slack's pauses before the three repetitions of an unacknowledged event
SLACK_ACK_SECONDS = 3.0
ACK_RULE = "The app must acknowledge within three seconds."
NOT_CONNECTED, LATE = "the app is not connected", "the app did not answer in time"

Waiting = tuple["State", Delivery, asyncio.TimerHandle]


class Courier:
    """One for the app, whatever the number of its workspaces. Lives on the server's event loop; `dispatch` may be
    called from any thread. With a `request_url` it speaks HTTP, signed with `signing_secret`; else Socket Mode."""

    def __init__(self, ack_seconds: float, signing_secret: str, request_url: str = "") -> None:
        self.ack_seconds, self.signing_secret, self.request_url = ack_seconds, signing_secret, request_url
        self.loop: asyncio.AbstractEventLoop | None = None
        self.workspaces: list[State] = []
        self.sockets = Sockets(self._acked, self._told)
        self._waiting: dict[str, Waiting] = {}
        self._posts: set[asyncio.Task[None]] = set()  # asyncio itself keeps none
        self._posters = ThreadPoolExecutor(32)  # asyncio's own threads may all be waiting for what is posted here

    @property
    def is_connected(self) -> bool:
        return bool(self.request_url) or self.sockets.is_connected

    def _told(self, kind: str, what: object) -> None:
        for workspace in self.workspaces:
            workspace.note(kind, what)

    # -- sending

    def dispatch(self, state: State, delivery: Delivery) -> Delivery:
        with state.lock:
            state.deliveries.append(delivery)
            delivery.sent_at = state.now()
            state.note("delivery", delivery)
            if self.loop is None or self.loop.is_closed():
                self._failed(state, delivery, NOT_CONNECTED)
            else:
                self.loop.call_soon_threadsafe(self._send, state, delivery)
        return delivery

    def _send(self, state: State, delivery: Delivery) -> None:
        assert self.loop
        for pause, each in disturbed(state, delivery):
            if pause:
                self.loop.call_later(pause, self._hand_over, state, each)
            else:
                self._hand_over(state, each)

    def _hand_over(self, state: State, delivery: Delivery) -> None:
        delivery.started = time.monotonic()
        if self.request_url:
            task = asyncio.create_task(self._post(state, delivery))
            self._posts.add(task)
            task.add_done_callback(self._posts.discard)
        elif self.sockets.send(delivery):
            timer = asyncio.get_running_loop().call_later(self.ack_seconds, self._failed, state, delivery, LATE)
            self._waiting[delivery.envelope_id] = (state, delivery, timer)
        else:
            self._failed(state, delivery, NOT_CONNECTED)

    async def _post(self, state: State, delivery: Delivery) -> None:
        request = request_url.request(delivery, self.signing_secret, state.now())
        post = partial(request_url.post, self.request_url, request, self.ack_seconds)
        reply = await asyncio.get_running_loop().run_in_executor(self._posters, post)
        if reply.reason:
            self._failed(state, delivery, reply.failure, reply.reason, is_last=reply.stops_retries)
        else:
            self._settled(state, delivery, reply.answer)

    # -- what became of it

    def _acked(self, envelope_id: str, answer: Json | None) -> None:
        if envelope_id in self._waiting:
            state, delivery, timer = self._waiting.pop(envelope_id)
            timer.cancel()
            self._settled(state, delivery, answer)

    def _settled(self, state: State, delivery: Delivery, answer: Json | None) -> None:
        with state.lock:
            delivery.acked_at, delivery.ack_seconds = state.now(), time.monotonic() - delivery.started
            delivery.answer = answer
            if not delivery.failure:
                state.on_ack(delivery)
            state.note("acked", delivery)

    def _failed(
        self, state: State, delivery: Delivery, why: str, reason: str = "timeout", *, is_last: bool = False
    ) -> None:
        with state.lock:
            if delivery.is_settled:
                return
            delivery.failure, delivery.rule = why, ACK_RULE if why == LATE else ""
            state.note("failed", delivery)
            if delivery.type != "events_api":
                state.tell(delivery.user_id, delivery.channel_id, _apology(delivery), delivery.thread_ts)
            elif not is_last:
                self._retry(state, delivery, reason)

    def _retry(self, state: State, delivery: Delivery, reason: str) -> None:
        """Plans the next attempt: same event, new envelope; nothing is kept beyond three repetitions."""
        if self.loop is None or self.loop.is_closed() or delivery.attempt >= len(RETRY_AFTER):
            return
        number, envelope_id = delivery.attempt + 1, state.next_id("e")
        again = replace(delivery, envelope_id=envelope_id, attempt=number, reason=reason, failure="", rule="")
        pause = RETRY_AFTER[delivery.attempt] * self.ack_seconds / SLACK_ACK_SECONDS
        self.loop.call_soon_threadsafe(self.loop.call_later, pause, self.dispatch, state, again)


def _apology(delivery: Delivery) -> str:
    code = "operation_timeout" if delivery.failure == LATE else "dispatch_failed"
    if delivery.type == "slash_commands":
        return f'{delivery.subject} failed with the error "{code}": {delivery.failure}.'
    return f"That didn't work: {delivery.failure}."
