"""Turns series, their times and sessions into the views that show them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from bot.accountability.calendar.recurrence import LONGEST, SHORTEST, Occurrence, Series
from bot.accountability.series.later import Event
from bot.accountability.series.typed import Cadence, Plan
from bot.accountability.series.views import (
    Card,
    Choice,
    Coming,
    Difference,
    EventView,
    ManageForm,
    OverviewView,
    SetUpConfirmation,
    TimesFields,
    TimesForm,
)
from bot.accountability.series.wording import day_and_time, rhythms
from bot.accountability.sessions.later import coming, holding
from bot.accountability.sessions.session import About, Session, SessionSeries, State
from bot.slack.moments import moment
from bot.slack.render import escape

MOST_SHOWN = 11  # series in one message of fifty blocks
MANAGED = 5  # sessions to come that can be skipped or moved in the form
SKIPPED = 20  # skipped ones that can be brought back there, the next first; a modal has a hundred blocks
CADENCES = (
    Choice(Cadence.WEEKLY, "Weekly"),
    Choice(Cadence.TWO_WEEKS, "Every two weeks"),
    Choice(Cadence.MONTHLY, "Monthly, on the first Tuesday or whichever it is"),
    Choice(Cadence.QUARTERLY, "Quarterly, on the first Tuesday or whichever it is"),
    Choice(Cadence.WRITTEN, "As I write it"),
)
KEPT = Choice(Cadence.KEPT, "As often as now")
FIELD_NAMES = {
    "name": "name",
    "purpose": "purpose",
    "facilitator": "who leads",
    "sponsor": "sponsor",
    "weekly_digest": "weekly digest",
    "monthly_digest": "monthly digest",
}


def card(of: SessionSeries, times: Sequence[Series], now: datetime, many: int = 3) -> Card:
    return Card(
        series_id=of.id,
        channel_id=of.channel_id,
        about=of.about,
        rhythms=rhythms(times, now),
        coming=tuple(shown(of, one, times) for one in coming(times, now, many)) if of.is_running else (),
        sponsor_agreed=of.sponsor_agreed,
        is_running=of.is_running,
    )


def shown(of: SessionSeries, one: Occurrence, times: Sequence[Series]) -> Coming:
    zone = holding(times, one.day).zone
    at = one.starts_at
    return Coming(f"{of.id}/{one.id}", moment(at, zone), day_and_time(at, zone), is_moved=one.is_moved)


def shown_session(session: Session, times: Sequence[Series]) -> Coming:
    """One as it is saved."""
    zone = holding(times, date.fromisoformat(session.occurrence)).zone
    at, name = session.starts_at, f"{session.series_id}/{session.occurrence}"
    return Coming(name, moment(at, zone), day_and_time(at, zone), is_skipped=session.state is State.SKIPPED)


def overview(channel_id: str, cards: Sequence[Card], reader: str) -> OverviewView:
    listed = tuple(cards[:MOST_SHOWN])
    return OverviewView(channel_id, listed, reader, len(cards) - len(listed))


def set_up_confirmation(draft_id: str, plan: Plan, now: datetime) -> SetUpConfirmation:
    return SetUpConfirmation(draft_id, card(plan.series, [plan.times], now), plan.series.country)


# Forms about times


def new_times(first_day: date, at: time, zone: ZoneInfo, minutes: int) -> TimesFields:
    return TimesFields(CADENCES, CADENCES[1], first_day, at, zone.key, minutes, SHORTEST, LONGEST)


def other_times(of: Series, first_day: date) -> TimesFields:
    choices = (KEPT, *CADENCES)
    return TimesFields(choices, KEPT, first_day, of.at, of.zone.key, of.minutes, SHORTEST, LONGEST)


def times_form(shown_card: Card, of: Series, first_day: date) -> TimesForm:
    return TimesForm(shown_card, other_times(of, first_day))


# Managing


def manage_form(
    of: SessionSeries,
    times: Sequence[Series],
    skipped: Iterable[Session],
    now: datetime,
    *,
    typed: About,
    changed: Iterable[str],
    marks: str,
    note: str = "",
) -> ManageForm:
    """`typed` is what stands in the form, `changed` the fields that others changed since it was opened."""
    whole = card(of, times, now, MANAGED)
    left_out = sorted((shown_session(one, times) for one in skipped), key=lambda one: one.when.unix)[:SKIPPED]
    return ManageForm(
        card=replace(whole, coming=()),
        version=of.version,
        typed=typed,
        marks=marks,
        coming=tuple(sorted((*whole.coming, *left_out), key=lambda one: one.when.unix)),
        note=note,
        changed=tuple(Difference(FIELD_NAMES[name], _value(name, getattr(of, name))) for name in changed),
    )


def _value(name: str, value: str | bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name in {"facilitator", "sponsor"}:
        return f"<@{value}>" if value else "none"
    return f"“{escape(value)}”" if value else "none"


# What happened


def event(
    what: Event,
    whole: Card,
    times: Sequence[Series],
    session: Session | None = None,
    *,
    words: str = "",
    for_channel: bool = False,
) -> EventView:
    about = shown_session(session, times) if session else next(iter(whole.coming), None)
    return EventView(what, whole, words, about, next(iter(whole.coming), None), for_channel)
