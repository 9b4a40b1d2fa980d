"""Reminders, put together: what their listeners call, and what the scheduler does for them."""

from datetime import timedelta

from bot.accountability import later
from bot.accountability.commitments.store import CommitmentStore
from bot.accountability.knowing import Acquaintances
from bot.accountability.nudges.choosing import Choosing
from bot.accountability.nudges.finding import Standings
from bot.accountability.nudges.outlook import Outlook
from bot.accountability.nudges.presenting import ReminderPresenter
from bot.accountability.nudges.reminding import POSTING_TAKES, Reminding, Tell
from bot.accountability.nudges.store import PeopleStore
from bot.accountability.sending import Sender
from bot.clock import Clock
from bot.keys import WorkspaceKey
from bot.scheduler.actions import Due
from bot.scheduler.store import ScheduleStore

KEPT = timedelta(days=365)
AFTER_GIVING_UP = timedelta(days=1)
GIVEN_UP = "given_up"


class ReminderService:
    """The use cases: `choosing` how to be reminded, `outlook` on what was and what comes."""

    def __init__(
        self,
        commitments: CommitmentStore,
        people: PeopleStore,
        acquaintances: Acquaintances,
        sender: Sender,
        presenter: ReminderPresenter,
        tell_facilitator: Tell,
        schedule: ScheduleStore,
        clock: Clock,
        posting_takes: timedelta = POSTING_TAKES,
    ) -> None:
        standings = Standings(commitments, people, acquaintances)
        given = (standings, people, acquaintances, sender, presenter, tell_facilitator, schedule, clock)
        reminding = Reminding(*given, posting_takes=posting_takes)
        self._people, self._commitments, self._schedule, self._clock = people, commitments, schedule, clock
        self._tell_facilitator = tell_facilitator
        self.choosing = Choosing(people, standings, acquaintances, presenter, clock)
        self.outlook = Outlook(standings, people, commitments, presenter, clock)
        self.remind, self.redraw = reminding.remind, self.outlook.redraw

    def given_up(self, key: WorkspaceKey, due: Due) -> None:
        """A look failed for about a day: whoever leads is told. The next is tomorrow, so that nothing is lost."""
        owner = due.action.subject
        for channel_id in sorted({of.channel_id for of in self._commitments.live_of(key, owner)} - {""}):
            self._tell_facilitator(key, channel_id, GIVEN_UP, "")
        self._schedule.plan(key, later.look(later.NUDGE, owner, self._clock() + AFTER_GIVING_UP))

    def resume(self) -> int:
        """Look at those whom nobody looks at any more: a look was given up after a day without Slack, say."""
        now, left = self._clock(), self._commitments.owners_without(later.NUDGE)
        return sum(self._schedule.plan(key, later.look(later.NUDGE, owner, now)) for key, owner in left)

    def clean(self) -> int:
        """Forget what is past its time."""
        return self._people.clean(self._clock() - KEPT)
