"""Sends the digests when they are due, and stops them for those who may."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.accountability.calendar.workdays import allowed_from
from bot.accountability.commitments.listing import Wanted, Which
from bot.accountability.commitments.rates import due_in, month_before
from bot.accountability.commitments.store import CommitmentStore
from bot.accountability.knowing import Acquaintances
from bot.accountability.nudges.people import Person
from bot.accountability.rhythm import later, presenting
from bot.accountability.rhythm.digests import LISTED, Month, Some, Week, kept_and_missed, some
from bot.accountability.rhythm.later import MONTHLY, WEEKLY, Slot
from bot.accountability.rhythm.rating import TeamRates
from bot.accountability.rhythm.views import NotYoursView
from bot.accountability.sending import Attempt, Outcome, Sender
from bot.accountability.sessions.later import coming
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.session import About, SessionSeries, change
from bot.accountability.troubles.service import Troubles
from bot.accountability.troubles.trouble import Trouble
from bot.accountability.yearone.service import YearOne
from bot.clock import Clock
from bot.errors import Refusal, TryLater
from bot.keys import WorkspaceKey
from bot.scheduler.actions import Action, Due
from bot.scheduler.store import saving
from bot.slack.messages import Declined
from bot.workdays import Workdays

GONE = "These sessions are over, and so are their digests."
BUSY = "Somebody else is changing these sessions just now. Press it once more."


class Rhythm:
    """A look at a series plans its next digest; a digest that is due plans the one after it."""

    def __init__(
        self,
        series: SeriesStore,
        commitments: CommitmentStore,
        year_one: YearOne,
        rates: TeamRates,
        acquaintances: Acquaintances,
        sender: Sender,
        troubles: Troubles,
        admins: Collection[str],
        clock: Clock,
    ) -> None:
        self._series = series
        self._commitments = commitments
        self._year_one = year_one
        self._rates = rates
        self._acquaintances = acquaintances
        self._sender = sender
        self._troubles = troubles
        self._admins = admins
        self._clock = clock

    # For the channel

    def weekly_due(self, key: WorkspaceKey, due: Due) -> Action | None:
        of = self._series.get(key, due.action.subject)
        if of is None or not of.is_running or not of.weekly_digest:
            return None
        zone, workdays, now = self._zone(key, of), Workdays(of.country), self._clock()
        following = later.next_week(now, zone, workdays)
        day = later.slot_day(due.action)
        slot = later.week_slot(day, zone, workdays) if day else None
        if slot is None:
            return following.action(WEEKLY, of.id)
        if _is_its_turn(slot, following, allowed_from(max(slot.at, now), zone, None, workdays), now):
            self._post_week(key, of, zone, due, slot.at if now - slot.at > later.LATE else None)
        return following.action(WEEKLY, of.id)

    def week(self, key: WorkspaceKey, of: SessionSeries, zone: ZoneInfo, now: datetime) -> Week:
        """How a channel's commitments stand."""
        since, until = later.start_of_week(now, zone, -1), later.start_of_week(now, zone, 1)
        done = Wanted(channel_id=of.channel_id, which=Which.DONE, ended_since=since)
        sessions = coming(self._series.times(key, of.id), now, 1)
        return Week(
            overdue=self._some(key, Wanted(channel_id=of.channel_id, which=Which.OVERDUE), now),
            due=some(one for one in self._commitments.due_between(key, of.channel_id, now, until) if one.is_live),
            done=self._some(key, done, now),
            since=since,
            next_session=sessions[0].starts_at if sessions else None,
        )

    def _post_week(self, key: WorkspaceKey, of: SessionSeries, zone: ZoneInfo, due: Due, late: datetime | None) -> None:
        """Nothing is posted where there is nothing to say."""
        week = self.week(key, of, zone, self._clock())
        if week.is_empty:
            return
        sent = self._sender.post(key, of.channel_id, presenting.weekly(of, week, zone, late), Attempt.of(due))
        if sent.outcome is Outcome.CLOSED:
            self._troubles.tell(key, of.channel_id, Trouble.CHANNEL_CLOSED, of.id)

    # For the sponsor

    def monthly_due(self, key: WorkspaceKey, due: Due) -> Action | None:
        of = self._series.get(key, due.action.subject)
        if of is None or not of.is_running or not of.monthly_digest or not of.sponsor:
            return None
        sponsor, now = self._acquaintances.person(key, of.sponsor), self._clock()
        following = later.next_month_slot(now, sponsor.zone, sponsor.workdays)
        day = later.slot_day(due.action)
        slot = later.month_slot(day, sponsor.zone, sponsor.workdays) if day else None
        if slot is None:
            return following.action(MONTHLY, of.id)
        if _is_its_turn(slot, following, sponsor.reachable_from(max(slot.at, now)), now) and of.asks:
            late = now - sponsor.reachable_from(slot.at) > later.LATE
            self._send_month(key, of, sponsor, due, slot, is_late=late)
        return following.action(MONTHLY, of.id)

    def month(self, key: WorkspaceKey, channel_id: str, month: date, now: datetime) -> Month:
        """What became of what was due in a month, and what needs help now."""
        told = Month(
            begins=month,
            help=self._some(key, Wanted(channel_id=channel_id, needs_help=True), now),
            rate=self._rates.of_month(key, channel_id, month),
            year_one=self._year_one.progress(key, channel_id),
        )
        if told.rate is None:
            return replace(told, open=self._some(key, Wanted(channel_id=channel_id), now))
        kept, missed = kept_and_missed(self._commitments.due_between(key, channel_id, *due_in(month)), month, now)
        return replace(told, kept=kept, missed=missed)

    def _send_month(
        self, key: WorkspaceKey, of: SessionSeries, sponsor: Person, due: Due, slot: Slot, *, is_late: bool
    ) -> None:
        month = self.month(key, of.channel_id, month_before(slot.begins), self._clock())
        if month.is_empty:
            return
        view = presenting.monthly(of, month, sponsor.zone, slot.at if is_late else None)
        sent = self._sender.direct(key, sponsor.id, view, Attempt.of(due))
        if sent.outcome is Outcome.CLOSED:
            self._troubles.tell(key, of.channel_id, Trouble.SPONSOR_GONE, of.id)

    # Stopping

    def stop_weekly(self, key: WorkspaceKey, user_id: str, series_id: str) -> str:
        """Returns what to tell whoever stopped it. Raises Declined for those who may not."""
        of = self._stopped(key, user_id, series_id, lambda about: replace(about, weekly_digest=False))
        return f"The weekly digest of “{of.name}” is off from now on. `/cco session` turns it on again."

    def stop_monthly(self, key: WorkspaceKey, user_id: str, series_id: str) -> str:
        of = self._stopped(key, user_id, series_id, lambda about: replace(about, monthly_digest=False))
        return f"The monthly digest of “{of.name}” is off from now on. `/cco session` in its channel turns it on again."

    def _stopped(
        self, key: WorkspaceKey, user_id: str, series_id: str, without: Callable[[About], About]
    ) -> SessionSeries:
        """Somebody else may have changed the series meanwhile: then it is looked at once more."""
        for _ in range(2):
            of = self._allowed(key, user_id, series_id)
            changed = change(of, without(of.about), user_id)
            if changed.about == of.about:
                return of
            also = saving(key, later.on_series(changed, self._clock()))
            if self._series.save(key, changed, also=also):
                return changed
        raise Refusal(BUSY)

    def _allowed(self, key: WorkspaceKey, user_id: str, series_id: str) -> SessionSeries:
        of = self._series.get(key, series_id)
        if of is None or not of.is_running:
            raise Refusal(GONE)
        if user_id in {of.facilitator, of.sponsor, *self._admins} or self._acquaintances.is_admin(key, user_id):
            return of
        raise Declined(NotYoursView(of.facilitator, of.sponsor))

    def _some(self, key: WorkspaceKey, wanted: Wanted, now: datetime) -> Some:
        page = self._commitments.find(key, wanted, now, size=LISTED)
        return Some(page.commitments, page.total)

    def _zone(self, key: WorkspaceKey, of: SessionSeries) -> ZoneInfo:
        """Of the times that hold last."""
        return self._series.times(key, of.id)[-1].zone


def _is_its_turn(slot: Slot, following: Slot, allowed: datetime, now: datetime) -> bool:
    """False where it gives way to the next one. Raises TryLater until it is `allowed`.

    It may have come too early: somebody has moved it to another zone since it was planned.
    """
    if allowed <= now:
        return True
    if slot.at <= now and following.at <= allowed:
        return False
    raise TryLater("nobody is to be written to now", (allowed - now).total_seconds())
