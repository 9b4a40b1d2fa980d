"""What somebody was reminded of and why, what comes next, and their message as it should look by now."""

from bot.accountability.commitments.store import CommitmentStore
from bot.accountability.nudges.finding import Standings
from bot.accountability.nudges.nudging import decide, next_message, upcoming
from bot.accountability.nudges.presenting import ReminderPresenter
from bot.accountability.nudges.store import PeopleStore
from bot.accountability.nudges.views import UpcomingView, WhyView
from bot.clock import Clock
from bot.keys import WorkspaceKey
from bot.slack.render import View


class Outlook:
    """Looks, and changes nothing."""

    def __init__(
        self,
        standings: Standings,
        people: PeopleStore,
        commitments: CommitmentStore,
        presenter: ReminderPresenter,
        clock: Clock,
    ) -> None:
        self._standings = standings
        self._people = people
        self._commitments = commitments
        self._presenter = presenter
        self._clock = clock

    def why(self, key: WorkspaceKey, user_id: str) -> WhyView:
        """The decisions behind the last ten reminders, and what is decided now of all that is open."""
        now, sent = self._clock(), self._people.last_sent(key, user_id)
        known = self._commitments.some(key, {one.commitment_id for one in sent})
        past = [one.nudge(known[one.commitment_id]) for one in sent if one.commitment_id in known]
        standing = self._standings.of(key, user_id, now)
        decisions = [decide(case, standing.person, now, standing.taken) for case in standing.cases]
        return self._presenter.why(past, decisions, standing.person)

    def upcoming(self, key: WorkspaceKey, user_id: str) -> UpcomingView:
        """The next twelve messages."""
        now = self._clock()
        standing = self._standings.of(key, user_id, now)
        found = upcoming(standing.cases, standing.person, now, taken=standing.taken)
        return self._presenter.upcoming(found, standing, now)

    def redraw(self, key: WorkspaceKey, user_id: str, channel_id: str, message_ts: str) -> View | None:
        """A reminder as it should look by now; None for a message that is none of somebody's."""
        del channel_id  # a person has one direct message with the bot
        message = self._people.message_at(key, user_id, message_ts)
        if message is None:
            return None
        now = self._clock()
        standing, said = self._standings.of(key, user_id, now), self._standings.said(key, user_id, message.day)
        then = next_message(standing.cases, standing.person, now, standing.taken)
        return self._presenter.nudge(key, said, standing.person, then) if said else None

    def count(self, key: WorkspaceKey, user_id: str) -> tuple[int, int]:
        """How many of somebody's commitments are open, and how many of these are overdue."""
        live, now = self._commitments.live_of(key, user_id), self._clock()
        return len(live), sum(of.is_overdue(now) for of in live)
