"""Sends what is due, so that nothing is lost and hardly anything comes twice.

A try whose outcome nobody knows (no answer, or a death before ours was saved) is followed by one look for the message,
where the bot may look. When it is not there, or nobody can say, it is sent once more; never a third time.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from bot.errors import TryLater
from bot.keys import WorkspaceKey
from bot.scheduler.actions import Due
from bot.scheduler.store import ScheduleStore
from bot.slack.budget import Budget
from bot.slack.gateway import ChannelClosed, Gateway, Mark, Posted, SlackRefused, TokenDead, UnknownOutcome
from bot.slack.ids import ACCOUNTABILITY_EVENT
from bot.slack.render import View

log = logging.getLogger(__name__)

MOST_SENDS = 2
CLOCKS_APART = 60  # seconds that Slack's clock may be away from ours
LOOK_AGAIN = 30.0  # seconds, when Slack could not even be asked


def unclaimed() -> None:
    """Whoever runs the action sends: nobody else has to be kept from it."""


class Outcome(StrEnum):
    SENT = "sent"
    REFUSED = "refused"  # by Slack, for something about this message
    CLOSED = "closed"  # the channel, or the person, takes no messages
    UNKNOWN = "unknown"  # sent as often as it may be, and nobody knows


@dataclass(frozen=True)
class Sent:
    """What became of a message, and where it is."""

    outcome: Outcome
    channel: str = ""
    ts: str = ""

    @property
    def is_there(self) -> bool:
        return self.outcome is Outcome.SENT


@dataclass(frozen=True)
class Attempt:
    """One try to send the message of this name. From the second on, an earlier one may have taken effect.

    `since` is when the first was begun, `until` when the last had ended; `turn` the time kept for it, see
    Budget.post_in_turn. `due` is the action that counts the tries, where no theme does.
    """

    name: str
    number: int
    since: datetime
    turn: datetime | None = None
    until: datetime | None = None
    due: Due | None = None

    @classmethod
    def of(cls, due: Due) -> "Attempt":
        """For a message that belongs to an action alone. A try that ended before it was sent is none."""
        since = min(due.action.due_at, due.claimed_at)
        return cls(str(due.action), due.sends + 1, since, due.turn, due.claimed_at, due)

    @property
    def id(self) -> str:
        """What the message is marked with; other apps can read that, so it tells nothing."""
        return sha256(self.name.encode()).hexdigest()[:20]


class Sender:
    """Sends for the actions that are due. Called in a handler of the schedule, which runs again after a failure."""

    def __init__(self, gateway: Gateway, budget: Budget, schedule: ScheduleStore) -> None:
        self._gateway = gateway
        self._budget = budget
        self._schedule = schedule

    def direct(
        self,
        key: WorkspaceKey,
        user_id: str,
        view: View | Callable[[], View],
        attempt: Attempt,
        begin: Callable[[], None] = unclaimed,
    ) -> Sent:
        """Send a direct message, composed when its turn has come where `view` is how. Raises what `post` raises."""
        return self.post(key, user_id, view, attempt, begin=begin)

    def find(self, channel_id: str, attempt: Attempt, thread_ts: str = "") -> Sent | None:
        """The message of an earlier try, `channel_id` being a channel's or a person's. None where it is not there, or
        the bot may not look."""
        found = self._found(channel_id, thread_ts, Mark(ACCOUNTABILITY_EVENT, attempt.id), attempt)
        return Sent(Outcome.SENT, found.channel, found.ts) if found else None

    def post(
        self,
        key: WorkspaceKey,
        channel_id: str,
        view: View | Callable[[], View],
        attempt: Attempt,
        thread_ts: str = "",
        simpler: View | None = None,
        begin: Callable[[], None] = unclaimed,
    ) -> Sent:
        """Post a message, `channel_id` being a channel's or a person's. `begin` is called right before each time it is
        sent, when its turn has come; what it raises keeps it from being sent.

        Raises TokenDead, TryLater when it is not its turn, and UnknownOutcome: the schedule then calls again.
        """
        if attempt.number > 1:
            if found := self.find(channel_id, attempt, thread_ts):
                return found
            if attempt.number > MOST_SENDS:
                log.warning("%s: sent %d times without an answer; leaving it", attempt.name, MOST_SENDS)
                return Sent(Outcome.UNKNOWN)
            log.warning("%s: sending it once more, as nobody knows whether it arrived", attempt.name)

        def send() -> Posted:
            begin()
            if attempt.due and not self._schedule.sending(key, attempt.due):
                raise TryLater("another process is at it", LOOK_AGAIN)
            shown = view() if callable(view) else view
            return self._gateway.post(channel_id, shown, thread_ts, Mark(ACCOUNTABILITY_EVENT, attempt.id), simpler)

        return self._sent(key, channel_id, attempt, send)

    def _sent(self, key: WorkspaceKey, channel_id: str, attempt: Attempt, send: Callable[[], Posted]) -> Sent:
        try:
            posted = self._budget.post_in_turn(key, channel_id, attempt.turn, send)
        except TokenDead:
            raise
        except SlackRefused as error:
            log.warning("%s: can't be sent: %s", attempt.name, error)
            return Sent(Outcome.CLOSED if isinstance(error, ChannelClosed) else Outcome.REFUSED)
        return Sent(Outcome.SENT, posted.channel, posted.ts)

    def _found(self, channel_id: str, thread_ts: str, mark: Mark, attempt: Attempt) -> Posted | None:
        """The message of an earlier try. None where it is not, or the bot may not look; TryLater when it can't now."""
        since = f"{attempt.since.timestamp() - CLOCKS_APART:.6f}"
        until = f"{attempt.until.timestamp() + CLOCKS_APART:.6f}" if attempt.until else ""
        try:
            place = channel_id if channel_id.startswith(("C", "D", "G")) else self._gateway.direct_message(channel_id)
            ts = self._gateway.posted(place, thread_ts, mark, since, until)
        except TokenDead:
            raise
        except UnknownOutcome as error:  # it was not sent again, so this is no try
            raise TryLater(f"can't look whether it was sent: {error}", LOOK_AGAIN) from error
        except SlackRefused as error:
            log.info("%s: can't look whether it was sent: %s", attempt.name, error)
            return None
        return Posted(place, ts) if ts else None
