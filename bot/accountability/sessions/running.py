"""Runs sessions at their times: posts the agenda, opens, lists what comes late, closes.

Each step is saved first, with what is due next, and its messages follow; so each may begin again wherever it stopped.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from bot.accountability.later import DRAW_SESSIONS, look
from bot.accountability.sessions import later
from bot.accountability.sessions.drawing import SessionDrawer
from bot.accountability.sessions.later import Turn, session_named
from bot.accountability.sessions.papers import Meeting, Papers
from bot.accountability.sessions.posting import Part, SessionPoster, Worth
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.session import (
    AGENDA,
    AMENDS,
    CLOSING,
    OPENING,
    SUMMARY,
    Session,
    State,
    close,
    open_,
    with_agenda,
)
from bot.accountability.sessions.showing import Showing
from bot.accountability.sessions.store import SessionStore
from bot.clock import Clock
from bot.errors import TryLater
from bot.keys import WorkspaceKey
from bot.scheduler.actions import Action, Due
from bot.scheduler.store import ScheduleStore, saving
from bot.slack.render import View

HOUR = timedelta(hours=1)  # between two looks whether a closed channel takes what is told of a session
MINUTES = timedelta(minutes=5)  # and for a session that waits to begin
CHANGED = 1.0  # seconds until a step is looked at anew that somebody else changed


class Running:
    """The handlers of the schedule."""

    def __init__(
        self,
        series: SeriesStore,
        sessions: SessionStore,
        papers: Papers,
        showing: Showing,
        poster: SessionPoster,
        drawer: SessionDrawer,
        schedule: ScheduleStore,
        clock: Clock,
    ) -> None:
        self._series = series
        self._sessions = sessions
        self._papers = papers
        self._showing = showing
        self._poster = poster
        self._drawer = drawer
        self._schedule = schedule
        self._clock = clock

    def agenda_due(self, key: WorkspaceKey, due: Due) -> Action | None:
        """Post the agenda, unless it is too late for one."""
        of = self._coming(key, due.action.subject, due.action.occurrence)
        if of is None:
            return None
        if of.session.state is State.PLANNED:
            turn = later.agenda_turn(of.session, of.times, due.action.due_at, self._clock())
            if turn is Turn.LEAVE:
                self._leave(key, of)
                return None
            of = self._announced(key, of, is_late=turn is Turn.LATE)
        if of.session.state is State.AGENDA_POSTED and self._clock() < of.session.starts_at:
            views = self._showing.views(key, of)
            self._post(key, of, [Part(AGENDA, views[AGENDA])], Worth(of.session.starts_at, HOUR), due)
        return None

    def open_due(self, key: WorkspaceKey, due: Due) -> Action | None:
        """Open the session, unless it is over by now. One that was moved to later meanwhile waits for that time."""
        of = self._coming(key, due.action.subject, due.action.occurrence)
        if of is None:
            return None
        if of.session.is_to_come:
            self._wait_for(of.session)
            if later.opening_turn(of.session, self._clock()) is Turn.LEAVE:
                self._leave(key, of)
                return None
            of = self._opened(key, of)
        self._post_list(key, of, due)
        return None

    def list_topic_due(self, key: WorkspaceKey, due: Due) -> Action | None:
        """Put what was added while a session is open on its list. On any other it is by itself."""
        of = self._papers.meeting(key, *session_named(due.action.subject))
        if of is None or of.session.state is not State.OPEN:
            return None
        topics = self._sessions.named_topics(key, of.series.id, [due.action.occurrence])
        self._sessions.add_items(key, of.session, [topic.item for topic in topics.values()])
        self._post_list(key, of, due)
        return None

    def close_due(self, key: WorkspaceKey, due: Due) -> Action | None:
        """Close the session, if it is open still, and tell what came of it."""
        of = self._papers.meeting(key, *session_named(due.action.subject))
        if of is None:
            return None
        if of.session.state is State.OPEN:
            of = self.closed(key, of, early=False)
        if of.session.state is State.CLOSED:
            next_agenda_at = later.next_agenda_at(of.series, of.times, of.session, self._clock())
            turn = later.summary_turn(of.session, next_agenda_at, due.action.due_at, self._clock())
            self._post_summary(key, of, due, in_channel=turn is not Turn.LEAVE)
        return None

    def closed(self, key: WorkspaceKey, of: Meeting, *, early: bool) -> Meeting:
        """Save the end of a session, and how each item came out. Raises TryLater where somebody was quicker."""
        self._drawer.take_in(key, of)
        now = self._clock()
        told = self._papers.minutes(key, of, now).told
        session = close(of.session, now)
        planned = later.on_close(session, of.series.channel_id, now, early=early)
        if not self._sessions.close(key, session, told, also=saving(key, planned)):
            raise TryLater("closed by somebody else meanwhile", CHANGED)
        return Meeting(of.series, of.times, session)

    # Each step

    def _coming(self, key: WorkspaceKey, series_id: str, occurrence: str) -> Meeting | None:
        """The session, if its series goes on or it has begun. Without it the series goes on to the next."""
        of = self._papers.meeting(key, series_id, occurrence)
        series = of.series if of else self._series.get(key, series_id)
        if series is None or not (series.is_running or (of and of.session.state is State.OPEN)):
            return None
        if of is None:
            self._plan(key, later.on_step(series, self._series.times(key, series_id), self._clock()).new)
        return of

    def _wait_for(self, session: Session) -> None:
        """What was planned at the moment of a move may have its old time still."""
        wait = (session.starts_at - self._clock()).total_seconds()
        if wait > 0:
            raise TryLater("it was moved to later", wait)

    def _leave(self, key: WorkspaceKey, of: Meeting) -> None:
        """Go on to the next."""
        self._plan(key, later.on_step(of.series, of.times, self._clock()).new)

    def _announced(self, key: WorkspaceKey, of: Meeting, *, is_late: bool) -> Meeting:
        now = self._clock()
        self._sessions.plan(key, of.session)
        card = self._papers.card(key, self._papers.agenda(key, of, now))
        session = with_agenda(of.session, card, is_late=is_late)
        planned = later.on_step(of.series, of.times, now)
        if not self._sessions.post_agenda(key, session, also=saving(key, planned)):
            raise TryLater("changed by somebody else meanwhile", CHANGED)
        return Meeting(of.series, of.times, session)

    def _opened(self, key: WorkspaceKey, of: Meeting) -> Meeting:
        now = self._clock()
        self._sessions.plan(key, of.session)
        items = self._papers.agenda(key, of, now).items
        session = open_(of.session, now)
        planned = later.on_opening(session, of.series, of.times, now)
        if not self._sessions.open(key, session, items, also=saving(key, planned)):
            raise TryLater("changed by somebody else meanwhile", CHANGED)
        return Meeting(of.series, of.times, session)

    # Its messages

    def _post_list(self, key: WorkspaceKey, of: Meeting, due: Due) -> None:
        if of.session.state is State.OPEN:
            worth = Worth(later.closes_at(of.session), MINUTES)
            self._post(key, of, _list(self._showing.views(key, of)), worth, due)

    def _post_summary(self, key: WorkspaceKey, of: Meeting, due: Due, *, in_channel: bool) -> None:
        """Nothing where nobody ever saw the session open."""
        if not any(one.part == OPENING and one.ts for one in self._sessions.messages(key, of.session)):
            return
        summary = Part(SUMMARY, self._showing.views(key, of)[SUMMARY], "" if in_channel else OPENING)
        line = [Part(CLOSING, self._showing.closing(of), OPENING)] if in_channel else []
        assert of.session.closed_at is not None
        self._post(key, of, [summary, *line], Worth(of.session.closed_at + AMENDS, HOUR), due)

    def _post(self, key: WorkspaceKey, of: Meeting, parts: list[Part], worth: Worth, due: Due) -> None:
        """What changed while it was posted is drawn afterwards."""
        self._poster.post(key, of, parts, worth, due)
        self._plan(key, [look(DRAW_SESSIONS, of.series.channel_id, self._clock())])

    def _plan(self, key: WorkspaceKey, actions: Iterable[Action]) -> None:
        for action in actions:
            self._schedule.plan(key, action)


def _list(views: Mapping[str, View]) -> list[Part]:
    return [Part(name, view, "" if name == OPENING else OPENING) for name, view in views.items()]
