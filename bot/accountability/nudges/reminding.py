"""Reminds people of what they promised: one message a person a day, at its time, whatever happens in between.

Each look at a person ends with the next one planned, and looks to the same moment are one, so that no chain of them is
lost and none multiplies. A message is claimed in the database right before it is sent and marked afterwards; what it
says is remembered with the claim. A claim that was left (a crash, an answer that never came) is taken up by the next
look once nobody can be at it any more: it is looked for, and sent once more if it isn't there, saying the same. Twice
without an answer of Slack's it is left.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from bot.accountability import later
from bot.accountability.knowing import Acquaintances
from bot.accountability.nudges.claiming import CLAIMED_FOR, Days
from bot.accountability.nudges.finding import Standing, Standings
from bot.accountability.nudges.nudging import Digest, Message, following, next_message
from bot.accountability.nudges.presenting import ReminderPresenter, Said
from bot.accountability.nudges.store import PeopleStore
from bot.accountability.sending import MOST_SENDS, Attempt, Outcome, Sender, Sent
from bot.clock import Clock
from bot.errors import TryLater
from bot.keys import WorkspaceKey
from bot.scheduler.actions import Action, Due
from bot.scheduler.store import ScheduleStore
from bot.slack.gateway import UnknownOutcome
from bot.slack.render import View

POSTING_TAKES = timedelta(minutes=1)  # at most; a claim older than that was left
NOT_DELIVERED = frozenset({Outcome.CLOSED, Outcome.REFUSED})
MOVED = timedelta(days=1)  # farther nobody can be off the wall that they were at
OWNER_GONE, DM_REFUSED = "owner_gone", "dm_refused"

Tell = Callable[[WorkspaceKey, str, str, str], None]  # the facilitator of a channel: which trouble, with what


class Reminding:
    """Does what is due about one person."""

    def __init__(
        self,
        standings: Standings,
        people: PeopleStore,
        acquaintances: Acquaintances,
        sender: Sender,
        presenter: ReminderPresenter,
        tell_facilitator: Tell,
        schedule: ScheduleStore,
        clock: Clock,
        posting_takes: timedelta = POSTING_TAKES,
    ) -> None:
        self._standings = standings
        self._people = people
        self._days = Days(people)
        self._acquaintances = acquaintances
        self._sender = sender
        self._presenter = presenter
        self._tell_facilitator = tell_facilitator
        self._schedule = schedule
        self._clock = clock
        self._posting_takes = posting_takes

    def remind(self, key: WorkspaceKey, due: Due) -> Action | None:
        """Send the message that is due, if one is; returns the look at the next one."""
        user_id, now = due.action.subject, self._clock()
        standing = self._standings.of(key, user_id, now, at_once=True)
        if left := [one for one in standing.messages if not one.is_sent]:
            for one in left:
                self._take_up(key, due, standing, one, now)
            standing = self._standings.of(key, user_id, now, at_once=True)
        message = next_message(standing.cases, standing.person, now, standing.taken)
        if message and message.at <= now:
            message = self._send(key, due, standing, message, now)
        return _look(user_id, message.at, now) if message else None

    def _send(self, key: WorkspaceKey, due: Due, standing: Standing, message: Digest, now: datetime) -> Digest | None:
        """Send it; returns the one after it."""
        attempt = Attempt(_name(standing.person.id, message.day), 1, now, due.turn)
        said = [(nudge, nudge.commitment) for nudge in message.nudges]
        self._try(key, standing, message, said, attempt, 0, now)
        return self._after(standing, message)

    # What was left

    def _take_up(self, key: WorkspaceKey, due: Due, standing: Standing, left: Message, now: datetime) -> None:
        """Find out what became of a message, and send it once more where it should be there and isn't."""
        if now - left.begun_at < self._posting_takes:
            raise TryLater("another process is at it", CLAIMED_FOR)
        user_id = standing.person.id
        said = self._standings.said(key, user_id, left.day)
        if not said:  # no reminder: whoever wrote it finds out by themselves
            self._days.sent(key, user_id, left.day, "", left.begun_at)
            return
        message = Digest(left.begun_at, left.day, tuple(nudge for nudge, _ in said))
        name, until = _name(user_id, left.day), left.begun_at + self._posting_takes
        # A death is no answer of Slack's: it may have come before anything was sent, and the look tells whether it did.
        number = MOST_SENDS if left.unanswered < MOST_SENDS else MOST_SENDS + 1
        attempt = Attempt(name, number, left.begun_at, due.turn, until)
        if _may_go_out(standing, left, said, now):
            self._try(key, standing, message, said, attempt, left.tries, now)
        elif sent := self._sender.find(user_id, attempt):
            self._note(key, user_id, message, sent, left.begun_at)
        elif left.unanswered >= MOST_SENDS:
            self._note(key, user_id, message, Sent(Outcome.UNKNOWN), left.begun_at)
        else:
            self._people.drop(key, user_id, left.day, left.tries)

    # One try

    def _try(
        self,
        key: WorkspaceKey,
        standing: Standing,
        message: Digest,
        said: Sequence[Said],
        attempt: Attempt,
        tried: int,
        now: datetime,
    ) -> None:
        """Claim it and send it when its turn has come: it is composed no sooner."""
        person = standing.person

        def compose() -> View:
            return self._presenter.nudge(key, said, person, self._after(standing, message))

        try:
            with self._days.claim(key, person.id, message.day, now, tried, message.nudges) as begin:
                sent = self._sender.direct(key, person.id, compose, attempt, begin)
        except UnknownOutcome:
            self._people.no_answer(key, person.id, message.day)
            raise
        self._note(key, person.id, message, sent, now)

    def _note(self, key: WorkspaceKey, user_id: str, message: Digest, sent: Sent, at: datetime) -> None:
        """It is not tried again. What can't be delivered counts like what nobody answered: after a few it stops."""
        if sent.outcome in NOT_DELIVERED:
            trouble = DM_REFUSED if self._acquaintances.is_there(key, user_id) else OWNER_GONE
            for channel_id, commitment_id in {
                one.commitment.channel_id: one.commitment.id for one in message.nudges
            }.items():
                self._tell_facilitator(key, channel_id, trouble, commitment_id)
        else:
            self._tell_of_silence(key, message, at)
        self._people.sent(key, user_id, message.day, sent.ts, at)

    def _tell_of_silence(self, key: WorkspaceKey, message: Digest, at: datetime) -> None:
        """Whoever asked for it is told with the last reminder, where no session talks about it."""
        for of in (one.commitment for one in message.nudges if one.is_last):
            is_unanswered = of.is_live and of.changed_at <= at
            if is_unanswered and of.assigner != of.owner and not self._presenter.is_talked_about(key, of):
                self._schedule.plan(key, later.tell_of_silence(of, self._clock()))

    def _after(self, standing: Standing, message: Digest) -> Digest | None:
        return following(standing.cases, message, standing.person, standing.taken)


def _look(user_id: str, at: datetime, now: datetime) -> Action:
    """The next look, for a message at that time: a day before as well, as whoever has moved zone may get it sooner."""
    early = at - MOVED
    return later.look(later.NUDGE, user_id, early if early > now else at)


def _name(user_id: str, day: date) -> str:
    return f"nudge {user_id} {day}"


def _may_go_out(standing: Standing, left: Message, said: Sequence[Said], now: datetime) -> bool:
    """Is it still its day and a time for it, and is there anything left to say?"""
    person = standing.person
    is_time = person.day_of(now) == left.day and person.allowed_from(now) <= now and person.wants_any(now)
    return is_time and any(commitment.is_live and commitment.owner == person.id for _, commitment in said)
