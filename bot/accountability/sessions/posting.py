"""Posts the messages of a session, one at a time, so that a crash loses none and hardly doubles one.

Each is claimed in the database before it is posted and marked afterwards. Whoever finds a claim that is young waits:
another process may be at it. An old one means that nobody knows what became of it; then `Sender` looks and decides.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.accountability.sending import Attempt, Outcome, Sender
from bot.accountability.sessions.drawing import digest
from bot.accountability.sessions.papers import Meeting
from bot.accountability.sessions.session import Message
from bot.accountability.sessions.store import SessionStore
from bot.clock import Clock
from bot.errors import TryLater
from bot.keys import WorkspaceKey
from bot.scheduler.actions import Due
from bot.slack.gateway import LONGEST_POST, TokenDead
from bot.slack.render import View

log = logging.getLogger(__name__)

ENDS_AFTER = timedelta(seconds=LONGEST_POST)
CLAIMED_FOR = ENDS_AFTER + timedelta(seconds=5)
ANOTHER_LOOK = 5.0  # seconds
CHANNEL_CLOSED = "channel_closed"

TellFacilitator = Callable[[WorkspaceKey, str, str, str], None]  # channel, trouble, what it is about


@dataclass(frozen=True)
class Part:
    """A message to be posted, in the thread of `under` if there is one."""

    name: str
    view: View
    under: str = ""


@dataclass(frozen=True)
class Worth:
    """Until when it is worth posting in a channel that takes nothing, and how often to try."""

    until: datetime
    every: timedelta


class SessionPoster:
    """Called by handlers of the schedule, which run again after whatever is raised here."""

    def __init__(self, sessions: SessionStore, sender: Sender, tell_facilitator: TellFacilitator, clock: Clock) -> None:
        self._sessions = sessions
        self._sender = sender
        self._tell_facilitator = tell_facilitator
        self._clock = clock

    def post(self, key: WorkspaceKey, of: Meeting, parts: Iterable[Part], worth: Worth, due: Due) -> None:
        """Post what is missing, in this order. Raises TryLater where the rest has to wait."""
        known = {one.part: one for one in self._sessions.messages(key, of.session)}
        turn = due.turn
        for part in parts:
            message = known.get(part.name, Message(part.name))
            if message.ts or message.gone:
                continue
            thread = known[part.under].ts if part.under in known else ""
            if part.under and not thread:  # what it belongs under never came to be
                return
            ts = self._posted(key, of, message, part.view, thread, turn, worth)
            if ts is None:
                return
            known[part.name], turn = Message(part.name, ts=ts, gone=not ts), None

    def _posted(
        self,
        key: WorkspaceKey,
        of: Meeting,
        message: Message,
        view: View,
        thread: str,
        turn: datetime | None,
        worth: Worth,
    ) -> str | None:
        """Where it is: nowhere when it is lost, None when the channel takes nothing any more."""
        attempt = self._claim(key, of, message, turn)
        try:
            sent = self._sender.post(key, of.series.channel_id, view, attempt, thread)
        except (TryLater, TokenDead):  # certainly not posted
            self._sessions.not_posted(key, of.session, message)
            raise
        if sent.outcome is Outcome.CLOSED:
            self._sessions.not_posted(key, of.session, message)
            self._closed(key, of, worth)
            return None
        if not sent.is_there:
            self._sessions.lose(key, of.session, message.part)
            return ""
        self._sessions.posted(key, of.session, message.part, sent.ts, digest(view))
        return sent.ts

    def _claim(self, key: WorkspaceKey, of: Meeting, message: Message, turn: datetime | None) -> Attempt:
        now = self._clock()
        if message.tries and message.begun_at and now < message.begun_at + CLAIMED_FOR:
            raise TryLater("another process may be at it", ANOTHER_LOOK)
        if not self._sessions.begin_posting(key, of.session, message.part, message.tries, now):
            raise TryLater("another process is at it", ANOTHER_LOOK)
        name = f"session {of.session.id} {message.part}"
        begun_at = message.begun_at or now  # the try before this one, if there was one
        return Attempt(name, message.tries + 1, begun_at, turn, begun_at + ENDS_AFTER)

    def _closed(self, key: WorkspaceKey, of: Meeting, worth: Worth) -> None:
        """Have it tried again while it is worth it."""
        self._tell_facilitator(key, of.series.channel_id, CHANNEL_CLOSED, of.series.id)
        if self._clock() + worth.every < worth.until:
            raise TryLater("the channel may be opened again", worth.every.total_seconds())
        log.warning("session %s: its channel took no message until it was too late", of.session.id)
