"""Who may be asked for air cover in a channel, and what they could help with there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.accountability.aircover.escalation import Sponsor, Stuck, name_of, occasion_of, trouble
from bot.accountability.aircover.store import EscalationStore
from bot.accountability.commitments.commitment import Commitment
from bot.accountability.commitments.listing import Wanted
from bot.accountability.commitments.store import CommitmentStore
from bot.accountability.knowing import Acquaintances
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.session import SessionSeries
from bot.accountability.troubles.service import Troubles
from bot.accountability.troubles.trouble import Trouble
from bot.keys import WorkspaceKey

A_PAGE = 100
FRESH_AT_ONCE = 5  # of what has never been taken further: the first to be due decides when to look again


@dataclass(frozen=True)
class Cover:
    """A series, and its sponsor, who agreed to be asked."""

    series: SessionSeries
    sponsor: Sponsor

    def name(self, of: Stuck) -> str:
        """What is to be done about it next, as the schedule names it. Whoever agrees anew is asked anew."""
        return name_of(of.so_far, f"{self.series.id} {self.series.version}")


class Finding:
    """Reads what stands where, and asks Slack who is still there."""

    def __init__(
        self,
        commitments: CommitmentStore,
        series: SeriesStore,
        escalations: EscalationStore,
        acquaintances: Acquaintances,
        troubles: Troubles,
        overdue_for: timedelta,
    ) -> None:
        self._commitments = commitments
        self._series = series
        self._escalations = escalations
        self._acquaintances = acquaintances
        self._troubles = troubles
        self.overdue_for = overdue_for

    def series(self, key: WorkspaceKey, channel_id: str) -> SessionSeries | None:
        """The channel's first that is running and whose sponsor has agreed."""
        return next((one for one in self._series.of_channel(key, channel_id) if one.asks), None)

    def sponsored_by(self, key: WorkspaceKey, channel_id: str, user_id: str) -> SessionSeries | None:
        return next((one for one in self._series.of_channel(key, channel_id) if one.sponsor == user_id), None)

    def cover(self, key: WorkspaceKey, channel_id: str) -> Cover | None:
        """None where nobody has agreed; or whoever did has left, which the facilitator is told."""
        series = self.series(key, channel_id) if channel_id else None
        if series is None:
            return None
        if not self._acquaintances.was_there(key, series.sponsor):
            self._troubles.tell(key, channel_id, Trouble.SPONSOR_GONE, series.id)
            return None
        who = self._acquaintances.person(key, series.sponsor)
        asked_at = self._escalations.last_asked(key, series.sponsor)
        return Cover(series, Sponsor(who, True, self.overdue_for, asked_at))

    def stuck(self, key: WorkspaceKey, cover: Cover, now: datetime) -> Iterator[Stuck]:
        """What in a channel is in trouble or may come into one, without all that can wait for the next look."""
        channel_id, sponsor_id = cover.series.channel_id, cover.series.sponsor
        live = tuple(one for one in self._live(key, channel_id, now) if one.owner != sponsor_id)
        known = self._escalations.so_far_of(key, [one.id for one in live])
        fresh = 0
        for of in live:
            so_far = known.get(of.id, [])
            is_fresh = of.needs_help_since is None and occasion_of(of) not in {one.occasion for one in so_far}
            if is_fresh and fresh == FRESH_AT_ONCE:
                continue
            if not self._acquaintances.was_there(key, of.owner):  # whoever reminds them has that told
                continue
            fresh += is_fresh
            if found := trouble(of, self._acquaintances.person(key, of.owner), so_far):
                yield found

    def stuck_one(self, key: WorkspaceKey, commitment_id: str) -> Stuck | None:
        """None for what has ended."""
        of = self._commitments.get(key, commitment_id)
        if of is None or not of.is_live:
            return None
        so_far = self._escalations.so_far(key, commitment_id)
        return trouble(of, self._acquaintances.person(key, of.owner), so_far)

    def has_left(self, key: WorkspaceKey, user_id: str) -> bool:
        """Asked anew: Slack has just refused to write to them."""
        return not self._acquaintances.is_there(key, user_id)

    def _live(self, key: WorkspaceKey, channel_id: str, now: datetime) -> Iterator[Commitment]:
        """All that is live in a channel, the first to be due first."""
        wanted, number = Wanted(channel_id=channel_id), 1
        while True:
            page = self._commitments.find(key, wanted, now, number, A_PAGE)
            yield from page.commitments
            if number >= page.pages:
                return
            number += 1
