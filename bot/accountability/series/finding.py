"""Looks up series and their sessions for those who may change them, and people who are to lead or to sponsor."""

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from bot.accountability.calendar.recurrence import Series
from bot.accountability.calendar.wall import moment_of
from bot.accountability.knowing import Acquaintances
from bot.accountability.series.views import RefusalView, Refused
from bot.accountability.sessions import later
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.session import Session, SessionSeries, State, may_lead
from bot.accountability.sessions.store import SessionStore
from bot.errors import Refusal, Unavailable
from bot.keys import WorkspaceKey
from bot.slack.messages import Declined

KNOWN = 60  # sessions of a series that are looked through for those that are skipped

Answer = TypeVar("Answer")

GONE = "I don't know that series any more. `/cco session` shows those of a channel."
NO_SESSION = "That session is no longer planned. `/cco session` shows when the next ones are."


@dataclass(frozen=True)
class Held:
    """A series with its times."""

    of: SessionSeries
    times: tuple[Series, ...]


class Finder:
    """`admins` may change whatever others lead, as may whoever Slack says is an administrator."""

    def __init__(
        self, series: SeriesStore, sessions: SessionStore, acquaintances: Acquaintances, admins: Collection[str]
    ) -> None:
        self._series = series
        self._sessions = sessions
        self._acquaintances = acquaintances
        self._admins = admins

    def series(self, key: WorkspaceKey, series_id: str) -> SessionSeries:
        of = self._series.get(key, series_id)
        if of is None:
            raise Refusal(GONE)
        return of

    def held(self, key: WorkspaceKey, of: SessionSeries) -> Held:
        return Held(of, self._series.times(key, of.id))

    def led(self, key: WorkspaceKey, user_id: str, series_id: str) -> Held:
        """One that this person may change. Raises Declined, or Refusal for one that has ended."""
        of = self.series(key, series_id)
        if not self.leads(key, of, user_id):
            raise Declined(RefusalView(Refused.NOT_YOURS, of.channel_id, of.facilitator, of.about.name))
        if not of.is_running:
            raise Refusal(f"“{of.name}” has ended. `/cco session` sets up a new series.")
        return self.held(key, of)

    def leads(self, key: WorkspaceKey, of: SessionSeries, user_id: str) -> bool:
        """Slack is asked only about those who would be refused otherwise. Where nobody leads, whoever made it may."""
        if may_lead(of, user_id, self._admins) or self._acquaintances.is_admin(key, user_id):
            return True
        return user_id == of.made_by and self._has_left(key, of.facilitator)

    def _has_left(self, key: WorkspaceKey, user_id: str) -> bool:
        """As far as Slack tells within two seconds."""
        with suppress(Unavailable):
            profile = self._acquaintances.profile(key, user_id, at_once=True)
            return profile is None or not profile.is_active
        return False

    def session(self, key: WorkspaceKey, held: Held, occurrence: str) -> Session:
        """As it is saved, or as it is planned. Raises Refusal where it is neither."""
        found = later.named(held.times, occurrence)
        planned = later.session_of(held.of, found) if found else None
        saved = self._sessions.get(key, held.of.id, occurrence)
        if saved is None and planned is None:
            raise Refusal(NO_SESSION)
        return saved or planned  # type: ignore[return-value]  # one of them is there

    def skipped(self, key: WorkspaceKey, held: Held, now: datetime) -> list[Session]:
        """The skipped sessions that could still be held by the times of the series, the latest first."""
        known = self._sessions.of_series(key, held.of.id, KNOWN)
        return [one for one in known if one.state is State.SKIPPED and can_be_held(held, one, now)]


def can_be_held(held: Held, session: Session, now: datetime) -> bool:
    """Do the times of the series have this session, and is it to come?"""
    day = date.fromisoformat(session.occurrence)
    return later.holding(held.times, day).has(day) and first_meant(held, session.occurrence) > now


def first_meant(held: Held, occurrence: str) -> datetime:
    """When a session would be if it had not been moved."""
    day = date.fromisoformat(occurrence)
    times = later.holding(held.times, day)
    return moment_of(day, times.at, times.zone)


def person_problem(known: Acquaintances, key: WorkspaceKey, user_id: str, deed: str) -> str:
    """Why somebody can't lead or sponsor, as a sentence; empty when they can. Within two seconds."""
    try:
        profile = known.profile(key, user_id, at_once=True)
    except Unavailable:
        return "Slack didn't tell me who that is. Press it again in a moment."
    if profile is None or not profile.belongs_to(key):
        return f"They are of another company, so they can't {deed}. Choose somebody of this workspace."
    if profile.is_bot:
        return f"That is an app, and to {deed} takes a person. Choose somebody else."
    if not profile.is_active:
        return f"They have left this workspace, so they can't {deed}. Choose somebody else."
    return f"They are a guest here, so they can't {deed}. Choose a full member." if profile.is_guest else ""


def at_once(*questions: Callable[[], Answer]) -> list[Answer]:
    """Ask all of them at the same time, so that they take no longer than one."""
    with ThreadPoolExecutor(len(questions)) as pool:
        return [one.result() for one in [pool.submit(question) for question in questions]]
