"""What each message of a session should show now."""

from collections.abc import Mapping

from bot.accountability.sessions import later
from bot.accountability.sessions.papers import Meeting, Papers
from bot.accountability.sessions.presenting import Presenter
from bot.accountability.sessions.session import AGENDA, OPENING, SUMMARY, State
from bot.accountability.sessions.views import ClosingView
from bot.clock import Clock
from bot.keys import WorkspaceKey
from bot.slack.render import View


class Showing:
    """By the part of the session: the agenda before it, then the opening, the items in its thread and the summary."""

    def __init__(self, papers: Papers, presenter: Presenter, clock: Clock) -> None:
        self._papers = papers
        self._presenter = presenter
        self._clock = clock

    def views(self, key: WorkspaceKey, of: Meeting) -> Mapping[str, View]:
        """An agenda stays as it was when its session began."""
        if of.session.state in {State.OPEN, State.CLOSED}:
            return self._of_a_session_that_began(key, of)
        return {AGENDA: self._presenter.agenda(of, self._papers.agenda(key, of, self._clock()))}

    def closing(self, of: Meeting) -> ClosingView:
        return self._presenter.closing(of)

    def _of_a_session_that_began(self, key: WorkspaceKey, of: Meeting) -> Mapping[str, View]:
        now = self._clock()
        minutes = self._papers.minutes(key, of, now)
        posted, ends = minutes.in_thread, later.closes_at(of.session)
        opening = self._presenter.opening(of, len(posted), ends, len(minutes.listed) - len(posted))
        views: dict[str, View] = {OPENING: opening}
        for number, listed in enumerate(posted, 1):
            views[listed.entry.item.id] = self._presenter.item(of, listed, number, now)
        if of.session.state is State.CLOSED:
            views[SUMMARY] = self._presenter.summary(minutes)
        return views
