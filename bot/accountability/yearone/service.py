"""How far the first year has come in a channel: telling it, and changing it by those who may."""

from collections.abc import Collection
from datetime import date, timedelta

from bot.accountability import later
from bot.accountability.knowing import Acquaintances
from bot.accountability.leading import Leading
from bot.accountability.yearone import presenting
from bot.accountability.yearone.steps import (
    LONGEST_EVIDENCE,
    Progress,
    Reached,
    demand_beginning,
    demand_past,
    progress,
    reach,
)
from bot.accountability.yearone.store import YearOneStore
from bot.accountability.yearone.views import BeginForm, NotYoursView, SavedView, StepForm, YearOneView
from bot.clock import Clock
from bot.errors import Refusal
from bot.keys import WorkspaceKey
from bot.scheduler.actions import Changes
from bot.scheduler.store import saving
from bot.slack.gateway import ChannelClosed, Gateway
from bot.slack.messages import Declined
from bot.storage.writing import Also

FARTHEST_EAST = timedelta(hours=14)  # where a day begins first


class YearOne:
    """Facilitators and sponsors of the channel's series may change it, and admins; without a series, its members."""

    def __init__(
        self,
        years: YearOneStore,
        leading: Leading,
        acquaintances: Acquaintances,
        gateway: Gateway,
        admins: Collection[str],
        clock: Clock,
    ) -> None:
        self._years = years
        self._leading = leading
        self._acquaintances = acquaintances
        self._gateway = gateway
        self._admins = admins
        self._clock = clock

    # Telling it

    def progress(self, key: WorkspaceKey, channel_id: str) -> Progress | None:
        """None where nothing was begun."""
        begun_on, reached = self._years.begun_on(key, channel_id), self._years.reached(key, channel_id)
        return progress(begun_on, reached, self._today()) if begun_on or reached else None

    def timeline(self, key: WorkspaceKey, channel_id: str, change: str = "", shown_by: str = "") -> YearOneView:
        found = self.progress(key, channel_id)
        return presenting.year_one(channel_id, found, self._today(), change=change, shown_by=shown_by)

    # Changing it

    def step_form(self, key: WorkspaceKey, user_id: str, channel_id: str) -> StepForm:
        """Raises Declined for those of whom it is known without asking Slack that they may not."""
        self._demand_leader(key, user_id, channel_id)
        steps = presenting.unreached(self.timeline(key, channel_id))
        return StepForm(channel_id, steps, self._clock().date(), LONGEST_EVIDENCE)

    def begin_form(self, key: WorkspaceKey, user_id: str, channel_id: str) -> BeginForm:
        """Raises Declined as `step_form` does."""
        self._demand_leader(key, user_id, channel_id)
        found = self.progress(key, channel_id)
        return BeginForm(channel_id, found.begun_on if found else self._clock().date())

    def step_problems(self, wanted: Reached) -> dict[str, str]:
        """What has to change: a sentence by the field of what is wanted."""
        try:
            demand_past(wanted.on, self._latest_day())
        except Refusal as refusal:
            return {"on": str(refusal)}
        try:
            reach(wanted, self._latest_day())
        except Refusal as refusal:
            return {"evidence": str(refusal)}
        return {}

    def begin_problems(self, on: date) -> dict[str, str]:
        try:
            demand_beginning(on, self._today())
        except Refusal as refusal:
            return {"begun_on": str(refusal)}
        return {}

    def decides_at_once(self, key: WorkspaceKey, user_id: str, channel_id: str) -> bool:
        """Is it known without asking Slack who is in the channel, which is too slow for an ack?"""
        return user_id in self._admins or bool(self._leaders(key, channel_id))

    def reach(self, key: WorkspaceKey, channel_id: str, wanted: Reached) -> SavedView:
        """Raises Declined for those who may not."""
        self._demand_right(key, wanted.by, channel_id)
        done = reach(wanted, self._latest_day())
        self._years.save(key, channel_id, done, also=self._drawn(key, channel_id))
        return self._saved(key, channel_id, presenting.reached_words(done))

    def begin(self, key: WorkspaceKey, channel_id: str, on: date, by: str) -> SavedView:
        """Raises Declined for those who may not."""
        self._demand_right(key, by, channel_id)
        self._years.begin(key, channel_id, on, by, self._clock(), also=self._drawn(key, channel_id))
        return self._saved(key, channel_id, presenting.begun_words(on))

    def take_back(self, key: WorkspaceKey, channel_id: str, step_id: str, by: str) -> YearOneView:
        """Raises Declined for those who may not."""
        self._demand_right(key, by, channel_id)
        is_new = self._years.take_back(key, channel_id, step_id, also=self._drawn(key, channel_id))
        return self.timeline(key, channel_id, presenting.taken_back_words(step_id) if is_new else "")

    def now(self, by: str, step_id: str, on: date, evidence: str) -> Reached:
        """A step as somebody says it now."""
        return Reached(step_id, on, evidence, by, self._clock())

    # Who may

    def _demand_right(self, key: WorkspaceKey, user_id: str, channel_id: str) -> None:
        """Asks Slack where there is no series."""
        self._demand_leader(key, user_id, channel_id)
        if not self.decides_at_once(key, user_id, channel_id) and not self._is_member(key, user_id, channel_id):
            raise Declined(NotYoursView(channel_id))

    def _demand_leader(self, key: WorkspaceKey, user_id: str, channel_id: str) -> None:
        leaders = self._leaders(key, channel_id)
        if not leaders or user_id in leaders or user_id in self._admins:
            return
        if not self._acquaintances.is_admin(key, user_id):  # who is asked about within two seconds
            raise Declined(NotYoursView(channel_id, leaders))

    def _leaders(self, key: WorkspaceKey, channel_id: str) -> tuple[str, ...]:
        series = self._leading.series(key, channel_id)
        return tuple(dict.fromkeys(who for one in series for who in (one.facilitator, one.sponsor) if who))

    def _is_member(self, key: WorkspaceKey, user_id: str, channel_id: str) -> bool:
        """Of a channel shared with another company, its people are none."""
        try:
            is_there = user_id in self._gateway.members(channel_id)
        except ChannelClosed:
            raise Declined(NotYoursView(channel_id, unseen=True)) from None
        return is_there and self._acquaintances.is_ours(key, user_id)

    def _saved(self, key: WorkspaceKey, channel_id: str, change: str) -> SavedView:
        found = self.progress(key, channel_id) or Progress(self._today())
        return presenting.saved(channel_id, found, change)

    def _drawn(self, key: WorkspaceKey, channel_id: str) -> Also:
        """Agendas follow."""
        return saving(key, Changes(new=(later.look(later.DRAW_SESSIONS, channel_id, self._clock()),)))

    def _today(self) -> date:
        return self._clock().date()

    def _latest_day(self) -> date:
        """The latest that any wall shows: whose day is ahead of ours has not slipped."""
        return (self._clock() + FARTHEST_EAST).date()
