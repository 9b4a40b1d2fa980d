"""Tells the channel of a series what happened to it, and whoever leads it from now on that they do."""

from datetime import date, datetime

from bot.accountability.sending import Attempt, Outcome, Sender
from bot.accountability.series import presenting
from bot.accountability.series.finding import Finder, Held, first_meant
from bot.accountability.series.later import Event, News, person_named
from bot.accountability.series.views import EventView, LeaderView
from bot.accountability.series.wording import day_and_time, from_then_on
from bot.accountability.sessions.later import holding
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.session import Session, State
from bot.accountability.sessions.store import SessionStore
from bot.accountability.troubles.service import Troubles
from bot.accountability.troubles.trouble import Trouble
from bot.clock import Clock
from bot.keys import WorkspaceKey
from bot.scheduler.actions import Action, Due


class Announcing:
    """Each says how things stand when it goes out, and is left where that is no news any more."""

    def __init__(
        self,
        series: SeriesStore,
        sessions: SessionStore,
        finder: Finder,
        sender: Sender,
        troubles: Troubles,
        clock: Clock,
    ) -> None:
        self._series = series
        self._sessions = sessions
        self._finder = finder
        self._sender = sender
        self._troubles = troubles
        self._clock = clock

    def announce(self, key: WorkspaceKey, due: Due) -> Action | None:
        """Do what is due for the channel."""
        of = self._series.get(key, due.action.subject)
        news = News.named(due.action.occurrence, due.action.due_at)
        if of is None or of.is_running == (news.event is Event.ENDED):
            return None
        view = self._view(key, self._finder.held(key, of), news)
        if view is not None:
            sent = self._sender.post(key, of.channel_id, view, Attempt.of(due))
            if sent.outcome is Outcome.CLOSED:
                self._troubles.tell(key, of.channel_id, Trouble.CHANNEL_CLOSED, of.id)
        return None

    def tell_leader(self, key: WorkspaceKey, due: Due) -> Action | None:
        """Do what is due for whoever leads it from now on."""
        of = self._series.get(key, due.action.subject)
        if of is None or not of.is_running or of.facilitator != person_named(due.action.occurrence):
            return None
        card = presenting.card(of, self._series.times(key, of.id), self._clock())
        self._sender.direct(key, of.facilitator, LeaderView(card), Attempt.of(due))
        return None

    def _view(self, key: WorkspaceKey, held: Held, news: News) -> EventView | None:
        """None where it is no news any more."""
        card = presenting.card(held.of, held.times, self._clock())
        if not news.occurrence:
            words = from_then_on(held.times[-1]) if news.event is Event.RETIMED else ""
            return presenting.event(news.event, card, held.times, words=words, for_channel=True)
        session = self._sessions.get(key, held.of.id, news.occurrence)
        meant_for = first_meant(held, news.occurrence)
        if session is None or not _is_so(session, news.event, meant_for, self._clock()):
            return None
        zone = holding(held.times, date.fromisoformat(news.occurrence)).zone
        words = day_and_time(meant_for, zone)
        return presenting.event(news.event, card, held.times, session, words=words, for_channel=True)


def _is_so(session: Session, event: Event, meant_for: datetime, now: datetime) -> bool:
    if session.starts_at <= now:
        return False
    if event is Event.SKIPPED:
        return session.state is State.SKIPPED
    return session.is_to_come and (session.starts_at != meant_for) == (event is Event.MOVED)
