"""Keeps the messages of sessions up to date, within what Slack allows.

Whatever changes has a look planned. What a message should show is worked out when it is looked at, and compared with
what it shows: so many changes cost one edit, and after a crash the look is had again.
"""

import logging
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256

from bot.accountability.sessions.papers import Meeting, Papers
from bot.accountability.sessions.session import AMENDS, Message
from bot.accountability.sessions.showing import Showing
from bot.accountability.sessions.store import SessionStore
from bot.clock import Clock
from bot.errors import TryLater
from bot.keys import WorkspaceKey
from bot.scheduler.actions import Action, Due
from bot.slack.budget import Budget, MessageBusy
from bot.slack.gateway import ChannelClosed, Gateway, MessageGone, SlackRefused, TokenDead
from bot.slack.render import View

log = logging.getLogger(__name__)

CHANNEL_CLOSED_FOR = 3_600.0  # seconds between two looks whether it takes edits again
STILL_DRAWN = AMENDS + timedelta(hours=1)  # after its close, so that the last slip is put right in its messages too


def digest(view: View) -> str:
    """What a view shows, as a short text to compare."""
    return sha256(repr(view).encode()).hexdigest()[:32]


class SessionDrawer:
    """Any number of looks may run at once: the budget keeps them from each other's messages."""

    def __init__(
        self,
        sessions: SessionStore,
        papers: Papers,
        showing: Showing,
        gateway: Gateway,
        budget: Budget,
        clock: Clock,
    ) -> None:
        self._sessions = sessions
        self._papers = papers
        self._showing = showing
        self._gateway = gateway
        self._budget = budget
        self._clock = clock

    def draw_due(self, key: WorkspaceKey, due: Due) -> Action | None:
        """Bring the sessions of a channel up to date. Raises TryLater where some message has to wait."""
        now = self._clock()
        waits: list[float] = []
        for of in self._papers.shown(key, due.action.subject, now - STILL_DRAWN):
            self.take_in(key, of)
            waits += self._draw(key, of)
        if waits:
            raise TryLater("some messages have to wait", min(waits))
        return None

    def take_in(self, key: WorkspaceKey, of: Meeting) -> None:
        """Tick off what was done about commitments by other ways than this session's."""
        now = self._clock()
        if of.session.takes_statuses(now):
            for entry in self._papers.told_meanwhile(key, of):
                self._sessions.settle(key, of.session, entry, now, unless_newer=True)

    def _draw(self, key: WorkspaceKey, of: Meeting) -> Iterator[float]:
        """After how many seconds the messages that have to wait may be edited."""
        for message in self._stale(key, of):
            try:
                self._edit(key, of, message)
            except MessageBusy as busy:  # the others need not wait for it
                yield busy.retry_after
            except MessageGone:
                self._sessions.lose(key, of.session, message.part)
            except ChannelClosed as error:
                log.warning("session %s: its messages can't be changed: %s", of.session.id, error)
                yield CHANNEL_CLOSED_FOR
                return
            except TokenDead:
                raise
            except SlackRefused as error:  # the others must not wait for it
                log.warning("session %s: %s can't be changed: %s", of.session.id, message.part, error)

    def _stale(self, key: WorkspaceKey, of: Meeting) -> list[Message]:
        there = [one for one in self._sessions.messages(key, of.session) if one.ts and not one.gone]
        views = self._showing.views(key, of) if there else {}
        return [one for one in there if one.part in views and one.drawn != digest(views[one.part])]

    def _edit(self, key: WorkspaceKey, of: Meeting, message: Message) -> None:
        channel = of.series.channel_id
        self._budget.edit(key, channel, message.ts, lambda: self._edit_now(key, of, message))

    def _edit_now(self, key: WorkspaceKey, of: Meeting, message: Message) -> None:
        """Nobody else edits this message now, so what is read here is newer than all it has shown."""
        now_of = self._papers.meeting(key, of.series.id, of.session.occurrence) or of
        view = self._showing.views(key, now_of).get(message.part)
        shown = {one.part: one.drawn for one in self._sessions.messages(key, of.session)}
        if view is None or shown[message.part] == digest(view):
            return
        self._gateway.edit(of.series.channel_id, message.ts, view)
        self._sessions.drawn(key, of.session, message.part, digest(view), self._clock())
