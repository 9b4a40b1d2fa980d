"""Has whoever leads told, once and directly, what is missing, with a button that mends it."""

import logging
from collections import defaultdict
from collections.abc import Collection

from bot.accountability import later
from bot.accountability.commitments.commitment import Commitment
from bot.accountability.commitments.store import CommitmentStore
from bot.accountability.knowing import Acquaintances
from bot.accountability.sending import Attempt, Sender
from bot.accountability.sessions.session import SessionSeries
from bot.accountability.sessions.store import SeriesStore
from bot.accountability.troubles.presenting import owner_trouble, series_trouble
from bot.accountability.troubles.trouble import Telling, Trouble, telling
from bot.clock import Clock
from bot.keys import WorkspaceKey
from bot.scheduler.actions import Action, Due
from bot.scheduler.store import ScheduleStore
from bot.slack.render import View

log = logging.getLogger(__name__)


class Troubles:
    """The schedule remembers what was told: an action is done once."""

    def __init__(
        self,
        commitments: CommitmentStore,
        series: SeriesStore,
        acquaintances: Acquaintances,
        sender: Sender,
        schedule: ScheduleStore,
        admins: Collection[str],
        clock: Clock,
    ) -> None:
        self._commitments = commitments
        self._series = series
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

    def tell_now(self, key: WorkspaceKey, due: Due) -> Action | None:
        """Do what is due. Returns the same for who else leads some of it."""
        told = telling(due.action.occurrence)
        if told.what.is_with_owner:
            return self._tell_of_owner(key, due, told)
        of = self._series.get(key, told.about)
        if of is not None and of.is_running and self._lasts(key, told.what, of):
            self._tell_of_series(key, due, told.what, of)
        return None

    def _telling(self, key: WorkspaceKey, channel_id: str, what: Trouble, about: str) -> Telling | None:
        if what.is_with_owner:
            of = self._commitments.get(key, about)
            return Telling(what, of.owner if of else about)
        found = self._series.get(key, about) or next(iter(self._series.of_channel(key, channel_id)), None)
        return Telling(what, found.id, found.version) if found else None

    # With an owner

    def _tell_of_owner(self, key: WorkspaceKey, due: Due, told: Telling) -> Action | None:
        if told.what is Trouble.OWNER_GONE and self._is_here(key, told.about):
            return None
        facilitator = self._facilitator(key, due.action.subject)
        held = self._by_leader(key, due.action.subject, told.about, facilitator)
        for leader, commitments in held[told.number : told.number + 1]:
            is_led = leader == facilitator
            view = owner_trouble(told.what, told.about, due.action.subject, commitments, leads=is_led)
            self._send(key, due, leader, view)
        return self._next(due, told) if told.number + 1 < len(held) else None

    def _by_leader(
        self, key: WorkspaceKey, channel_id: str, owner: str, facilitator: str
    ) -> list[tuple[str, list[Commitment]]]:
        """What somebody holds in a channel, by who can have it done: its facilitator, else who asked for each."""
        held: dict[str, list[Commitment]] = defaultdict(list)
        for one in self._commitments.live_of(key, owner):
            leader = facilitator if facilitator not in {"", owner} else one.assigner
            if one.channel_id == channel_id and leader != owner:
                held[leader].append(one)
        return sorted(held.items())

    def _facilitator(self, key: WorkspaceKey, channel_id: str) -> str:
        """Who leads in a channel. Empty where nobody does, or who did has left, which is told as well."""
        of = next(iter(self._series.of_channel(key, channel_id)), None)
        if of is None or self._is_here(key, of.facilitator):
            return of.facilitator if of else ""
        self.tell(key, channel_id, Trouble.FACILITATOR_GONE, of.id)
        return ""

    def _next(self, due: Due, told: Telling) -> Action:
        return Action(later.TELL_FACILITATOR, due.action.subject, self._clock(), told.next.name)

    # With a series

    def _lasts(self, key: WorkspaceKey, what: Trouble, of: SessionSeries) -> bool:
        if what is Trouble.CHANNEL_CLOSED:
            return True
        missing = of.sponsor if what is Trouble.SPONSOR_GONE else of.facilitator
        return bool(missing) and not self._is_here(key, missing)

    def _tell_of_series(self, key: WorkspaceKey, due: Due, what: Trouble, of: SessionSeries) -> None:
        able = [one for one in dict.fromkeys((of.facilitator, of.made_by, *self._admins)) if self._is_here(key, one)]
        if able:
            self._send(key, due, able[0], series_trouble(what, of, leads=able[0] == of.facilitator))
        else:
            log.warning("%s: there is nobody left to tell; name somebody in CCO_ADMINS", due.action)

    def _is_here(self, key: WorkspaceKey, user_id: str) -> bool:
        profile = self._acquaintances.profile(key, user_id)
        return profile is not None and profile.is_active

    def _send(self, key: WorkspaceKey, due: Due, reader: str, view: View) -> None:
        sent = self._sender.direct(key, reader, view, Attempt.of(due))
        if not sent.is_there:
            log.warning("%s: who is to be told could not be (%s); leaving it", due.action, sent.outcome)
