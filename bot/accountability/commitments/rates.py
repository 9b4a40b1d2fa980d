"""The kept-rate of a team, told so that nobody's own can be worked out of it.

**The danger.** A rate of six people beside one of five of them, about the same promises, tells how the sixth did: one
subtracts. So does a month beside the weeks that it is made of, or a rate that is worked out once more after one promise
got another date.

**The rule.** Rates are told by whole calendar months and nothing finer. A promise belongs to the month in which it was
due, on the calendar of the zone that its date was said in. Each month's rate is worked out once, the first time that
anybody asks after it is over, and stays as it is; where fewer people than the smallest group had something due, it is
withheld for good. What is told of several months is the sum of those that may be told.

**Why that is enough.** A promise with its date is counted in one month only, so no two rates count the same. Whatever
is added and subtracted of them counts each month whole or not at all, and each is about the smallest group or more.
`tests/accountability/commitments/test_rates.py` holds this against a reader who has seen all of them.

**What this can't hide**: what became of a single promise is no secret in its channel, so whoever adds it up for one
person knows. The bot does not add it up, but for that person alone.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from bot.accountability.commitments.commitment import Commitment
from bot.accountability.commitments.kept import SMALLEST_GROUP, KeptRate, team_rate, was_kept

FARTHEST = timedelta(hours=14)  # that a zone's calendar is ahead of UTC's, or, nearly, behind it


def month_of(of: Commitment) -> date:
    """The month that it counts in, by its first day."""
    return of.due.astimezone(ZoneInfo(of.zone)).date().replace(day=1)


def due_in(month: date) -> tuple[datetime, datetime]:
    """From when until when something may be due in a month, whatever the zone."""
    begins, ends = (datetime(day.year, day.month, 1, tzinfo=UTC) for day in (month, next_month(month)))
    return begins - FARTHEST, ends + FARTHEST


def counted(commitments: Iterable[Commitment], month: date, now: datetime) -> tuple[Commitment, ...]:
    """The promises of a month of which it is settled whether they were kept."""
    return tuple(one for one in commitments if month_of(one) == month and was_kept(one, now) is not None)


def month_rate(
    commitments: Iterable[Commitment], month: date, now: datetime, smallest_group: int = SMALLEST_GROUP
) -> KeptRate | None:
    """The rate of a month, however many others are among the commitments. None where it may not be told."""
    return team_rate(counted(commitments, month, now), now, smallest_group)


def is_over(month: date, now: datetime) -> bool:
    """Is it over anywhere? Whoever is told of it first is in the East."""
    return now + FARTHEST >= datetime.combine(next_month(month), datetime.min.time(), UTC)


def whole_months(since: datetime, now: datetime) -> tuple[date, ...]:
    """Those that began after one moment and are over at another."""
    found, month = [], next_month(since.date().replace(day=1))
    while next_month(month) <= now.date():
        found.append(month)
        month = next_month(month)
    return tuple(found)


def together(rates: Iterable[KeptRate | None]) -> KeptRate | None:
    """Several months as one. How many people it is about is at least how many the busiest is about."""
    told = [rate for rate in rates if rate is not None]
    if not told:
        return None
    people = max(rate.people for rate in told)
    return KeptRate(sum(rate.kept for rate in told), sum(rate.missed for rate in told), people)


def next_month(month: date) -> date:
    return month + relativedelta(months=1)


def month_before(day: date) -> date:
    return day.replace(day=1) - relativedelta(months=1)
