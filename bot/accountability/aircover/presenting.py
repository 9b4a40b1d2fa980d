"""Fills the views about air cover."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.accountability.aircover.views import AskView, WarningView
from bot.accountability.commitments.commitment import Change, Commitment, Deed
from bot.accountability.outside import Guidance
from bot.accountability.sessions.session import SessionSeries
from bot.slack.moments import moment, zone_named

CARD = "political-air-cover"
ANSWERS = frozenset({Deed.STEP_IN, Deed.TALK, Deed.NOT_NOW})
WEEK = timedelta(weeks=1)


def warning(
    of: Commitment, sponsor: str, at: datetime, overdue_for: timedelta, *, called_off: bool = False
) -> WarningView:
    zone = zone_named(of.zone)
    due, at_moment = moment(of.due, zone), moment(at, zone)
    return WarningView(of.id, of.what, due, sponsor, at_moment, overdue_for.days, called_off)


def ask(
    of: Commitment,
    changes: Sequence[Change],
    series: SessionSeries,
    guidance: Guidance,
    now: datetime,
    *,
    answer: str = "",
) -> AskView:
    """`changes` are all of the commitment's."""
    needs_help = of.needs_help_since is not None
    return AskView(
        commitment_id=of.id,
        what=of.what,
        channel_id=of.channel_id,
        owner=of.owner,
        due=moment(of.due, zone_named(of.zone)),
        needs_help=needs_help,
        is_taken=not of.awaits_answer,
        how_long=how_long(now - (of.needs_help_since or of.due)),
        moved=sum(change.deed in {Deed.NEW_DATE, Deed.ACCEPT_DATE} for change in changes),
        tried=_tried(changes),
        link=of.link,
        series_id=series.id,
        series=series.name,
        guidance=guidance(CARD),
        card_id=CARD,
        answer=answer,
    )


def how_long(span: timedelta) -> str:
    """Roughly, as people say it."""
    if span >= 2 * WEEK:
        return f"{span // WEEK} weeks"
    return f"{span.days} days" if span.days > 1 else "a day" if span.days else "less than a day"


def _tried(changes: Sequence[Change]) -> str:
    """The owner's own words when they last asked for help; else the last reason that anybody gave."""
    own = [change.reason for change in changes if change.reason and change.deed is Deed.NEED_HELP]
    any_reason = [change.reason for change in changes if change.reason and change.deed not in ANSWERS]
    return (own or any_reason or [""])[-1]
