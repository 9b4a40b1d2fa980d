"""Gives a series other times from a day on, for those who lead: the form, what it will be, and the change."""

import json
import secrets
from dataclasses import asdict
from datetime import date, datetime
from hashlib import sha256

from bot.accountability.calendar.recurrence import Series, skip
from bot.accountability.series import later, presenting
from bot.accountability.series.finding import Finder, Held
from bot.accountability.series.later import Event
from bot.accountability.series.store import Draft, SeriesDraftStore
from bot.accountability.series.typed import Problems, TypedTimes, read_change
from bot.accountability.series.views import EventView, TimesConfirmation, TimesForm
from bot.accountability.series.wording import from_then_on
from bot.accountability.sessions.later import coming, retimed
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.session import State
from bot.accountability.sessions.store import SessionStore
from bot.clock import Clock
from bot.errors import Refusal
from bot.keys import WorkspaceKey
from bot.scheduler.store import saving

KIND = "times"
TRIES = 3  # of one who keeps being overtaken by changes of something else
SHOWN = 3
BEGUN_IN = frozenset({State.OPEN, State.CLOSED})
KNOWN = 100  # sessions of a series that may have to be at other times

TOO_OLD = "That form is too old. Open Manage again and change the times from there."
OVERTAKEN = "The times of this series were changed meanwhile. Close this and open Manage again to see how it is now."
BEGUN = "The session of that day has begun already. Choose a later day."
NOTHING_LEFT = "No session is left by the rhythm of this series. End it, and set up a new one with `/cco session`."


class Retiming:
    """What was typed is kept and read again when it is saved, unless the times are others by then."""

    def __init__(
        self, series: SeriesStore, sessions: SessionStore, drafts: SeriesDraftStore, finder: Finder, clock: Clock
    ) -> None:
        self._series = series
        self._sessions = sessions
        self._drafts = drafts
        self._finder = finder
        self._clock = clock

    def form(self, key: WorkspaceKey, user_id: str, series_id: str) -> TimesForm:
        held, now = self._finder.led(key, user_id, series_id), self._clock()
        last = held.times[-1]
        first = next(iter(coming([last], now, 1)), None)
        if first is None:
            raise Refusal(NOTHING_LEFT)
        today = now.astimezone(last.zone).date()
        card = presenting.card(held.of, held.times, now)
        return presenting.times_form(card, last, max(first.day, today))

    def problems(self, key: WorkspaceKey, user_id: str, series_id: str, typed: TypedTimes) -> Problems:
        """What has to change: a sentence by the field."""
        held = self._finder.led(key, user_id, series_id)
        pair, found = read_change(typed, held.times[-1], "", self._clock())
        if pair is not None and self._has_begun(key, series_id, pair[1].starts_on):
            return {"first_day": BEGUN}
        return found

    def draft(self, key: WorkspaceKey, user_id: str, series_id: str, typed: TypedTimes) -> TimesConfirmation:
        """Keep what was typed, in which there is no problem, and say what it will be."""
        held, now, draft_id = self._finder.led(key, user_id, series_id), self._clock(), secrets.token_hex(8)
        old, new = held.times[-1], self._changed(key, held, typed, now)[1]
        content = {"series_id": series_id, "seen": _mark(held), "typed": asdict(typed)}
        self._drafts.save(key, Draft(draft_id, user_id, KIND, json.dumps(content)), now)
        return TimesConfirmation(
            draft_id,
            presenting.card(held.of, held.times, now),
            from_then_on(new),
            tuple(presenting.shown(held.of, one, [new]) for one in coming([new], now, SHOWN)),
            sum(1 for day in old.exceptions if day >= new.starts_on and day not in new.exceptions),
        )

    def save(self, key: WorkspaceKey, user_id: str, draft_id: str) -> EventView:
        """Change the times as the draft says: once, however often it is submitted."""
        draft = self._drafts.get(key, draft_id)
        if draft is None or (draft.by, draft.kind) != (user_id, KIND):
            raise Refusal(TOO_OLD)
        content = json.loads(draft.content)
        for _ in range(TRIES):
            held = self._finder.led(key, user_id, content["series_id"])
            is_saved = held.times[-1].id.endswith(draft_id)
            if not is_saved and _mark(held) != content["seen"]:
                raise Refusal(OVERTAKEN)
            if is_saved or self._save(key, held, TypedTimes(**content["typed"]), draft_id):
                return self._told(key, held)
        raise Refusal(OVERTAKEN)

    def _save(self, key: WorkspaceKey, held: Held, typed: TypedTimes, draft_id: str) -> bool:
        of, now = held.of, self._clock()
        ended, new = self._changed(key, held, typed, now, draft_id)
        if self._has_begun(key, of.id, new.starts_on):
            raise Refusal(BEGUN)
        sessions = retimed(self._sessions.of_series(key, of.id, KNOWN), new, now)
        changes = later.on_new_times(of, (*held.times[:-1], ended, new), now)
        also = saving(key, changes)
        return self._series.change_times(key, of.id, ended, new, sessions, also, seen=of.version)

    def _changed(
        self, key: WorkspaceKey, held: Held, typed: TypedTimes, now: datetime, draft_id: str = ""
    ) -> tuple[Series, Series]:
        """A session that was moved to earlier and has begun then is not held once more on its day."""
        ended, new = _changed(held, typed, now, draft_id)
        for session in self._sessions.of_series(key, held.of.id, KNOWN):
            day = date.fromisoformat(session.occurrence)
            if session.state in BEGUN_IN and day not in new.exceptions and new.has(day):
                new = skip(new, day)
        return ended, new

    def _told(self, key: WorkspaceKey, before: Held) -> EventView:
        held = self._finder.held(key, before.of)
        card = presenting.card(held.of, held.times, self._clock())
        return presenting.event(Event.RETIMED, card, held.times, words=from_then_on(held.times[-1]))

    def _has_begun(self, key: WorkspaceKey, series_id: str, day: date) -> bool:
        """Has the session of the day from which other times are to hold begun already?"""
        session = self._sessions.get(key, series_id, day.isoformat())
        return session is not None and session.state in BEGUN_IN


def _changed(held: Held, typed: TypedTimes, now: datetime, draft_id: str = "") -> tuple[Series, Series]:
    """The id of the new times names the draft that they are of, and comes after that of the old ones."""
    new_id = f"{held.of.id}-{len(held.times) + 1:03}-{draft_id}"
    pair, problems = read_change(typed, held.times[-1], new_id, now)
    if pair is None:
        raise Refusal(next(iter(problems.values())))
    return pair


def _mark(held: Held) -> str:
    """Tells these times from others."""
    told = [(one.id, one.ends_on, sorted(one.exceptions.items(), key=lambda item: item[0])) for one in held.times]
    return sha256(repr(told).encode()).hexdigest()[:16]
