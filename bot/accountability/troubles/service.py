"""Has whoever leads told, once and directly, what is missing, with a button that mends it."""

import logging
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import timedelta

from bot.accountability import later
from bot.accountability.commitments.commitment import Commitment
from bot.accountability.commitments.store import CommitmentStore
from bot.accountability.knowing import Acquaintances
from bot.accountability.sending import Attempt, Sender, Sent
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.session import SessionSeries
from bot.accountability.troubles.presenting import owner_trouble, series_trouble
from bot.accountability.troubles.store import About, TroubleStore
from bot.accountability.troubles.trouble import Telling, Trouble, of_series, telling
from bot.accountability.troubles.views import OwnerTroubleView
from bot.clock import Clock
from bot.keys import WorkspaceKey
from bot.scheduler.actions import Action, Due
from bot.scheduler.store import ScheduleStore
from bot.slack.render import View

log = logging.getLogger(__name__)

MESSAGES_KEPT = timedelta(days=180)  # as long as it is remembered that they were sent


class Troubles:
    """The schedule remembers what was told: an action is done once."""

    def __init__(
        self,
        commitments: CommitmentStore,
        series: SeriesStore,
        messages: TroubleStore,
        acquaintances: Acquaintances,
        sender: Sender,
        schedule: ScheduleStore,
        admins: Collection[str],
        clock: Clock,
    ) -> None:
        self._commitments = commitments
        self._series = series
        self._messages = messages
        self._acquaintances = acquaintances
        self._sender = sender
        self._schedule = schedule
        self._admins = admins
        self._clock = clock

    def tell(self, key: WorkspaceKey, channel_id: str, what: str, about: str) -> None:
        """Have whoever leads told, unless they were. `what` is a Trouble; `about` depends on it.

        It is a commitment, or its owner's id, for trouble with owners; a series for the others, where the first of
        the channel is taken when there is none of that id.
        """
        if new := self._telling(key, channel_id, Trouble(what), about):
            self._schedule.plan(key, Action(later.TELL_FACILITATOR, channel_id, self._clock(), new.name))

    def look_after(self, key: WorkspaceKey, series_id: str) -> None:
        """Have it told when who leads a series, or sponsors it, has left. Asks Slack."""
        of = self._series.get(key, series_id)
        if of is None or not of.is_running:
            return
        for what, who in ((Trouble.FACILITATOR_GONE, of.facilitator), (Trouble.SPONSOR_GONE, of.sponsor)):
            if who and not self._acquaintances.was_there(key, who):
                self.tell(key, of.channel_id, what, of.id)

    def given_up(self, key: WorkspaceKey, due: Due) -> None:
        """Have it told that something was set aside. `due` is about a series, or one session of it."""
        of = self._series.get(key, due.action.subject.partition("/")[0])
        if of is not None:
            self.tell(key, of.channel_id, Trouble.GIVEN_UP, of.id)

    def given_up_in(self, key: WorkspaceKey, channel_id: str) -> None:
        """The same of something else in a channel, where sessions are held there."""
        self.tell(key, channel_id, Trouble.GIVEN_UP, "")

    def tell_now(self, key: WorkspaceKey, due: Due) -> Action | None:
        """Do what is due. Returns the same for who else leads some of it."""
        told = telling(due.action.occurrence)
        if told.what.is_with_owner:
            return self._tell_of_owner(key, due, told)
        of = self._series.get(key, told.about)
        if of is not None and of.is_running and _of_series(told.what, of) == told:
            self._tell_of_series(key, due, told, of)
        return None

    def redraw(self, key: WorkspaceKey, user_id: str, channel_id: str, ts: str) -> View | None:
        """What a message about somebody's commitments shows now; None for any other."""
        about = self._messages.about(key, channel_id, ts)
        if about is None:
            return None
        held = self._by_leader(key, about.of_channel, about.owner, user_id if about.leads else "")
        return _view(about, held.get(user_id, []))

    def clean(self) -> int:
        return self._messages.clean(self._clock() - MESSAGES_KEPT)

    def _telling(self, key: WorkspaceKey, channel_id: str, what: Trouble, about: str) -> Telling | None:
        if what.is_with_owner:
            of = self._commitments.get(key, about)
            return Telling(what, of.owner if of else about)
        found = self._series.get(key, about) or next(iter(self._series.of_channel(key, channel_id)), None)
        return _of_series(what, found) if found else None

    # With an owner

    def _tell_of_owner(self, key: WorkspaceKey, due: Due, told: Telling) -> Action | None:
        is_here = self._acquaintances.is_there(key, told.about)
        if is_here == (told.what is Trouble.OWNER_GONE):
            if not is_here:  # whoever wrote to them could not know why Slack refused it
                self.tell(key, due.action.subject, Trouble.OWNER_GONE, told.about)
            self._schedule.forget(key, due)  # Slack said something else a moment ago, and may again
            return None
        facilitator = self._facilitator(key, due.action.subject)
        held = self._by_leader(key, due.action.subject, told.about, facilitator)
        for leader, commitments in sorted(held.items())[told.number : told.number + 1]:
            about = About(told.what, due.action.subject, told.about, leads=leader == facilitator)
            sent = self._send(key, due, leader, _view(about, commitments))
            if sent.ts:
                self._messages.remember(key, sent.channel, sent.ts, about, self._clock())
        return self._next(due, told) if told.number + 1 < len(held) else None

    def _by_leader(
        self, key: WorkspaceKey, channel_id: str, owner: str, facilitator: str
    ) -> dict[str, list[Commitment]]:
        """What somebody holds in a channel, by who can have it done: its facilitator, else who asked for each."""
        held: dict[str, list[Commitment]] = defaultdict(list)
        for one in self._commitments.live_of(key, owner):
            leader = facilitator if facilitator not in {"", owner} else one.assigner
            if one.channel_id == channel_id and leader != owner:
                held[leader].append(one)
        return held

    def _facilitator(self, key: WorkspaceKey, channel_id: str) -> str:
        """Who leads in a channel. Empty where nobody does, or who did has left, which is told as well."""
        of = next(iter(self._series.of_channel(key, channel_id)), None)
        if of is None or self._acquaintances.was_there(key, of.facilitator):
            return of.facilitator if of else ""
        self.tell(key, channel_id, Trouble.FACILITATOR_GONE, of.id)
        return ""

    def _next(self, due: Due, told: Telling) -> Action:
        return Action(later.TELL_FACILITATOR, due.action.subject, self._clock(), told.next.name)

    # With a series

    def _tell_of_series(self, key: WorkspaceKey, due: Due, told: Telling, of: SessionSeries) -> None:
        missing = of.facilitator if told.what is Trouble.FACILITATOR_GONE else ""
        asked = [one for one in dict.fromkeys((of.facilitator, of.made_by, *self._admins)) if one != missing]
        reader = next((one for one in asked if self._acquaintances.was_there(key, one)), "")
        if reader:
            self._send(key, due, reader, series_trouble(told.what, of, leads=reader == of.facilitator))
        else:
            log.warning("%s: there is nobody left to tell; name somebody in CCO_ADMINS", due.action)

    def _send(self, key: WorkspaceKey, due: Due, reader: str, view: View) -> Sent:
        sent = self._sender.direct(key, reader, view, Attempt.of(due))
        if not sent.is_there:
            log.warning("%s: who is to be told could not be (%s); leaving it", due.action, sent.outcome)
        return sent


def _of_series(what: Trouble, of: SessionSeries) -> Telling:
    return of_series(what, of.id, of.sponsor if what is Trouble.SPONSOR_GONE else of.facilitator)


def _view(about: About, held: Sequence[Commitment]) -> OwnerTroubleView:
    return owner_trouble(about.what, about.owner, about.of_channel, held, leads=about.leads)
