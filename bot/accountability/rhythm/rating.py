"""Tells the kept-rate of a channel's people together, by the rule of rates.py."""

from datetime import date, datetime

from bot.accountability.commitments.kept import KeptRate
from bot.accountability.commitments.rates import due_in, is_over, month_rate, together, whole_months
from bot.accountability.commitments.store import CommitmentStore
from bot.accountability.rhythm.store import RateStore
from bot.clock import Clock
from bot.keys import WorkspaceKey


class TeamRates:
    """Works out each month once."""

    def __init__(self, commitments: CommitmentStore, rates: RateStore, clock: Clock) -> None:
        self._commitments = commitments
        self._rates = rates
        self._clock = clock

    def of_month(self, key: WorkspaceKey, channel_id: str, month: date) -> KeptRate | None:
        """`month` is its first day. None where it may not be told, and for a month that is not over."""
        is_known, rate = self._rates.known(key, channel_id, month)
        now = self._clock()
        if is_known or not is_over(month, now):
            return rate
        due = self._commitments.due_between(key, channel_id, *due_in(month))
        return self._rates.keep(key, channel_id, month, month_rate(due, month, now))

    def since(self, key: WorkspaceKey, channel_id: str, since: datetime) -> KeptRate | None:
        """Of the whole months since then, as far as they may be told."""
        months = whole_months(since, self._clock())
        return together(self.of_month(key, channel_id, month) for month in months)
