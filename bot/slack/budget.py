"""Slack's limits, kept by all processes of the bot together: a call goes out when its turn has come, or not now."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from bot.clock import Clock
from bot.errors import Queued, TryLater
from bot.keys import WorkspaceKey
from bot.slack.lane_store import LaneStore
from bot.slack.refusals import RateLimited

EDITS, POSTS, WHISPERS = "chat.update", "chat.postMessage", "chat.postEphemeral"
EVERY = {  # between two calls in a workspace, evenly: a burst would use up a minute's allowance at its start
    EDITS: timedelta(seconds=1.2),
    POSTS: timedelta(seconds=0.2),
    WHISPERS: timedelta(seconds=0.6),
}
EDIT_HELD = timedelta(seconds=20)  # longer than an edit may take, so that an older state never overwrites a newer one
SAME_MESSAGE = timedelta(seconds=3)
SAME_CHANNEL = timedelta(seconds=1)
SAME_PERSON = timedelta(seconds=30)
TURN_LASTS = timedelta(seconds=10)  # an action that comes later than that, after a crash say, queues anew

Result = TypeVar("Result")


class MessageBusy(TryLater):
    """Only this message has to wait: it was edited a moment ago, or is being edited now."""


class Budget:
    """Makes a call when its turn has come, else raises TryLater and makes none."""

    def __init__(self, lanes: LaneStore, clock: Clock) -> None:
        self._lanes = lanes
        self._clock = clock

    def edit(self, key: WorkspaceKey, channel: str, ts: str, do: Callable[[], Result]) -> Result:
        """Edit a message. Nobody else edits it meanwhile, nor for three seconds from now.

        Raises MessageBusy, a TryLater, where another message could be edited now.
        """
        message = f"edit {channel} {ts}"
        try:
            began = self._take(key, EDITS, {message: EDIT_HELD})
        except TryLater as busy:
            if wait := self._lanes.wait(key, EDITS, self._clock()):  # the message's own may be far longer
                raise _not_yet(EDITS, wait) from None
            raise MessageBusy(str(busy), busy.retry_after) from None
        try:
            return self._limited(key, EDITS, do)
        finally:
            self._lanes.release(key, message, began + SAME_MESSAGE)

    def post(self, key: WorkspaceKey, channel: str, do: Callable[[], Result]) -> Result:
        """Post in a channel: once a second."""
        self._take(key, POSTS, {f"post {channel}": SAME_CHANNEL})
        return self._limited(key, POSTS, do)

    def post_in_turn(self, key: WorkspaceKey, channel: str, turn: datetime | None, do: Callable[[], Result]) -> Result:
        """Post in a channel as one of very many: who has to wait gets a turn, and needs no second one then.

        Raises Queued with the turn, to be given at the next call, or TryLater while the channel itself is not free.
        """
        now = self._clock()
        if turn is None or now - turn > TURN_LASTS:
            own = {f"post {channel}": SAME_CHANNEL}
            wait, is_kept = self._lanes.queue(key, POSTS, EVERY[POSTS], own, now)
            if wait and is_kept:
                raise Queued(f"{POSTS}: its turn comes in {wait.total_seconds():.1f} s", now + wait, now)
            if wait:
                raise TryLater(f"{POSTS}: the channel is free in {wait.total_seconds():.1f} s", wait.total_seconds())
        return self._limited(key, POSTS, do)

    def whisper(self, key: WorkspaceKey, person: str, do: Callable[[], Result]) -> Result:
        """Show a message to one person alone: twice a minute. `person` is a text of up to 64 characters, any will do
        that is always the same for the same person."""
        self._take(key, WHISPERS, {f"whisper {person}": SAME_PERSON})
        return self._limited(key, WHISPERS, do)

    def _take(self, key: WorkspaceKey, method: str, lanes: Mapping[str, timedelta]) -> datetime:
        now = self._clock()
        wait = self._lanes.take(key, {method: EVERY[method], **lanes}, now)
        if wait:
            raise _not_yet(method, wait)
        return now

    def _limited(self, key: WorkspaceKey, lane: str, do: Callable[[], Result]) -> Result:
        """Do it; what Slack says of waiting holds for everybody."""
        try:
            return do()
        except RateLimited as limited:
            self._lanes.hold(key, lane, self._clock() + timedelta(seconds=limited.retry_after))
            raise


def _not_yet(method: str, wait: timedelta) -> TryLater:
    seconds = wait.total_seconds()
    return TryLater(f"{method}: its turn comes in {seconds:.1f} s", seconds)
