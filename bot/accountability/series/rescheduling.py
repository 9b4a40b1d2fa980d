"""Skips, moves and brings back single sessions, for those who lead."""

import secrets
from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.accountability.calendar.dates import read_when
from bot.accountability.calendar.wall import moment_of
from bot.accountability.series import later, presenting
from bot.accountability.series.finding import Finder, Held, can_be_held, first_meant
from bot.accountability.series.later import Event
from bot.accountability.series.store import Draft, SeriesDraftStore
from bot.accountability.series.views import EventView, MoveConfirmation, MoveForm
from bot.accountability.series.wording import day_and_time
from bot.accountability.sessions.later import coming, holding
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.session import AS_IT_IS, Session, State, bring_back, move, skip
from bot.clock import Clock
from bot.errors import Refusal
from bot.keys import WorkspaceKey
from bot.scheduler.store import saving

KIND = "move"
TRIES = 3  # of one who keeps being overtaken
CLASHES = 20  # sessions to come among which one that is moved may land

BUSY = "Others are changing this session at this moment. Look at how it stands now, and press it again."
OVER = "That session's time is over. `/cco session` shows when the next ones are."
NOT_ANY_MORE = "By the times of the series now, there is no session then any more. Move one of the next ones instead."
SAME = "That is when it is now. Give another day or time, or close this."
TOO_OLD = "That form is too old. Open Manage again and move the session from there."
OVERTAKEN = "This session was changed meanwhile. Close this and open Manage again to see how it stands now."

Step = Callable[[Held, Session, datetime], Session]


class Named(NamedTuple):
    """A session by its series and the day that it was first meant for."""

    series_id: str
    occurrence: str

    @classmethod
    def read(cls, value: str) -> "Named":
        """What a button says."""
        series_id, _, occurrence = value.partition("/")
        return cls(series_id, occurrence)


class Rescheduling:
    """Each change is saved with what is planned because of it. Once more does nothing, and says the same."""

    def __init__(self, series: SeriesStore, drafts: SeriesDraftStore, finder: Finder, clock: Clock) -> None:
        self._series = series
        self._drafts = drafts
        self._finder = finder
        self._clock = clock

    def skip(self, key: WorkspaceKey, user_id: str, what: Named) -> EventView:
        return self._step(key, user_id, what, Event.SKIPPED, _skipped)

    def bring_back(self, key: WorkspaceKey, user_id: str, what: Named) -> EventView:
        return self._step(key, user_id, what, Event.BROUGHT_BACK, _brought_back)

    def move_form(self, key: WorkspaceKey, user_id: str, what: Named) -> MoveForm:
        held = self._finder.led(key, user_id, what.series_id)
        session = self._finder.session(key, held, what.occurrence)
        if not session.is_to_come:
            raise Refusal(AS_IT_IS[session.state])
        _refuse_missed(session, self._clock())
        return MoveForm(held.of.name, presenting.shown_session(session, held.times), _zone(held, session).key)

    def draft_move(self, key: WorkspaceKey, user_id: str, what: Named, text: str) -> MoveConfirmation:
        """Read to when it is to be moved, in the series' zone, and say so. Raises Refusal where it can't be."""
        held, now = self._finder.led(key, user_id, what.series_id), self._clock()
        session = self._finder.session(key, held, what.occurrence)
        _refuse_missed(session, now)
        moved = move(session, _wanted(held, session, text, now), now)
        if moved == session:
            raise Refusal(SAME)
        _refuse_clash(held, moved, now, "Choose another time.")
        draft_id = secrets.token_hex(8)
        content = "/".join((*what, session.starts_at.isoformat(), moved.starts_at.isoformat()))
        self._drafts.save(key, Draft(draft_id, user_id, KIND, content), now)
        before, after = (presenting.shown_session(one, held.times) for one in (session, moved))
        return MoveConfirmation(draft_id, held.of.name, before, after)

    def move(self, key: WorkspaceKey, user_id: str, draft_id: str) -> EventView:
        """Move it as the draft says."""
        draft = self._drafts.get(key, draft_id)
        if draft is None or (draft.by, draft.kind) != (user_id, KIND):
            raise Refusal(TOO_OLD)
        series_id, occurrence, *at = draft.content.split("/")
        before, after = map(datetime.fromisoformat, at)

        def step(_held: Held, session: Session, now: datetime) -> Session:
            if session.starts_at not in (before, after):
                raise Refusal(OVERTAKEN)
            _refuse_missed(session, now)
            return session if session.is_to_come and session.starts_at == after else move(session, after, now)

        return self._step(key, user_id, Named(series_id, occurrence), Event.MOVED, step, before)

    def _step(
        self, key: WorkspaceKey, user_id: str, what: Named, event: Event, step: Step, before: datetime | None = None
    ) -> EventView:
        """Where somebody was quicker, decide anew."""
        for _ in range(TRIES):
            held, now = self._finder.led(key, user_id, what.series_id), self._clock()
            session = self._finder.session(key, held, what.occurrence)
            changed = step(held, session, now)
            what_happened = _what_happened(event, held, changed)
            if changed == session or self._save(key, held, changed, what_happened, now):
                words = day_and_time(before or session.starts_at, _zone(held, session))
                return self._told(key, held, changed, what_happened, words)
        raise Refusal(BUSY)

    def _save(self, key: WorkspaceKey, held: Held, changed: Session, event: Event, now: datetime) -> bool:
        store = self._series
        saves = {
            Event.SKIPPED: store.skip,
            Event.MOVED: store.move,
            Event.MOVED_BACK: store.move_back,
            Event.BROUGHT_BACK: store.bring_back,
        }
        changes = later.on_changed_session(held.of, held.times, changed, event, now)
        return saves[event](key, changed, also=saving(key, changes))

    def _told(self, key: WorkspaceKey, before: Held, session: Session, event: Event, words: str) -> EventView:
        held = self._finder.held(key, before.of)
        card = presenting.card(held.of, held.times, self._clock())
        return presenting.event(event, card, held.times, session, words=words)


def _what_happened(event: Event, held: Held, session: Session) -> Event:
    is_back = event is Event.MOVED and session.starts_at == first_meant(held, session.occurrence)
    return Event.MOVED_BACK if is_back else event


def _skipped(_held: Held, session: Session, now: datetime) -> Session:
    if session.state is State.SKIPPED:
        return session
    _refuse_missed(session, now)
    return skip(session)


def _brought_back(held: Held, session: Session, now: datetime) -> Session:
    if session.is_to_come:
        return session
    at = first_meant(held, session.occurrence)
    if session.state is State.SKIPPED and not can_be_held(held, session, now):
        raise Refusal(OVER if at <= now else NOT_ANY_MORE)
    back = bring_back(session, at, now)
    _refuse_clash(held, back, now, "Move or skip that one first.")
    return back


def _refuse_missed(session: Session, now: datetime) -> None:
    """Its opening was left when its time was over, and is not begun again."""
    if session.was_missed(now):
        raise Refusal(OVER)


def _wanted(held: Held, session: Session, text: str, now: datetime) -> datetime:
    """A day without a time is at the time that the session has."""
    zone = _zone(held, session)
    when = read_when(text, now, zone)
    return moment_of(when.day, when.at or session.starts_at.astimezone(zone).time(), zone)


def _zone(held: Held, session: Session) -> ZoneInfo:
    return holding(held.times, date.fromisoformat(session.occurrence)).zone


def _refuse_clash(held: Held, moved: Session, now: datetime, instead: str) -> None:
    for one in coming(held.times, now - (moved.ends_at - moved.starts_at), CLASHES):
        if one.id != moved.occurrence and one.starts_at < moved.ends_at and moved.starts_at < one.ends_at:
            words = presenting.shown(held.of, one, held.times).words
            raise Refusal(f"There is a session of this series at that time already, {words}. {instead}")
