"""Fills the digests."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.accountability.commitments.commitment import Commitment
from bot.accountability.commitments.kept import SMALLEST_GROUP
from bot.accountability.rhythm.digests import Month, Some, Week
from bot.accountability.rhythm.views import Line, MonthlyView, Section, WeeklyView
from bot.accountability.sessions.session import SessionSeries
from bot.accountability.yearone.steps import STEPS, Progress
from bot.slack.moments import moment, zone_named


def weekly(of: SessionSeries, week: Week, zone: ZoneInfo, late: datetime | None) -> WeeklyView:
    since = week.since.astimezone(zone)
    sections = (
        _section("Overdue", week.overdue),
        _section("Due this week", week.due),
        _section(f"Done since {since:%A} {since.day} {since:%B}", week.done),
    )
    return WeeklyView(
        series_id=of.id,
        name=of.name,
        sections=tuple(one for one in sections if one.lines),
        next_session=moment(week.next_session, zone) if week.next_session else None,
        late=moment(late, zone) if late else None,
    )


def monthly(of: SessionSeries, month: Month, zone: ZoneInfo, late: datetime | None) -> MonthlyView:
    """Where the rate is withheld, so is what it could be counted from."""
    rate = month.rate
    became = {"Missed": month.missed, "Kept": month.kept} if rate else {"Open, what is due first": month.open}
    unnamed = (_section(heading, some, named=False) for heading, some in became.items())
    sections = (_section("Needs help now", month.help), *unnamed)
    return MonthlyView(
        series_id=of.id,
        name=of.name,
        channel_id=of.channel_id,
        month=f"{month.begins:%B %Y}",
        sections=tuple(one for one in sections if one.lines),
        kept=rate.kept if rate else None,
        due=rate.kept + rate.missed if rate else None,
        people=rate.people if rate else None,
        smallest_group=SMALLEST_GROUP,
        year_one=_step(month.year_one) if month.year_one else "",
        late=moment(late, zone) if late else None,
    )


def _section(heading: str, some: Some, *, named: bool = True) -> Section:
    return Section(heading, tuple(_line(one, named=named) for one in some.commitments), some.more)


def _line(of: Commitment, *, named: bool) -> Line:
    return Line(of.what, moment(of.due, zone_named(of.zone)), of.owner if named else "", not of.awaits_answer)


def _step(progress: Progress) -> str:
    step = progress.next_step
    if step is None:
        return f"all {len(STEPS)} steps reached"
    return f"{progress.count} of {len(STEPS)} steps reached; next is step {step.number}, {step.title.lower()}"
