"""Sets up series: the form, the draft that says what it will be, and the series itself."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta

from bot.accountability.knowing import Acquaintances
from bot.accountability.series import later, presenting
from bot.accountability.series.finding import at_once, person_problem
from bot.accountability.series.store import Draft, SeriesDraftStore
from bot.accountability.series.typed import Plan, Problems, TypedSeries, read_series, read_written, written
from bot.accountability.series.views import RefusalView, Refused, SetUpConfirmation, SetUpForm
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.session import SessionSeries
from bot.clock import Clock
from bot.errors import Refusal, Unavailable
from bot.keys import WorkspaceKey
from bot.scheduler.store import saving
from bot.slack.gateway import ChannelClosed, Gateway
from bot.slack.messages import Declined
from bot.slack.moments import zone_named
from bot.workdays import Workdays

KIND = "set_up"
AT, MINUTES = time(10), 45  # what the form offers
NOTICE = timedelta(days=7)  # so that the first list can come before the first session

UNSEEN = "Slack didn't tell me about that channel. Press Next again in a moment."
NOT_THERE = "I'm not in that channel yet. Invite me there with /invite and my name, then press Next again."
YOU_NOT_THERE = "You aren't in that channel yourself. Join it first, or choose one that you are in."
TOO_OLD = "That form is too old. Run `/cco session` again; it takes a moment."
OVERTAKEN = "Its first day has passed meanwhile. Go back, choose another, and press Next again."


class Starting:
    """From somebody's wish to a series with its first sessions planned."""

    def __init__(
        self,
        series: SeriesStore,
        drafts: SeriesDraftStore,
        acquaintances: Acquaintances,
        gateway: Gateway,
        country: str,
        clock: Clock,
    ) -> None:
        self._series = series
        self._drafts = drafts
        self._acquaintances = acquaintances
        self._gateway = gateway
        self._country = country
        self._clock = clock

    def form(self, key: WorkspaceKey, user_id: str, channel_id: str) -> SetUpForm:
        """What to fill in. Without a channel it asks for one. Raises Declined where the bot could hold no session."""
        with ThreadPoolExecutor(1) as pool:  # the form has to open within three seconds
            asked = pool.submit(self._acquaintances.zone_at_once, key, user_id)
            problem = self._channel_problem(channel_id) if channel_id else ""
        zone = asked.result() or zone_named("UTC")
        if problem == NOT_THERE:
            raise Declined(RefusalView(Refused.NOT_IN_CHANNEL, channel_id))
        day = self._clock().astimezone(zone).date() + NOTICE
        first = day if Workdays(self._country).is_working(day) else Workdays(self._country).next_working(day)
        return SetUpForm(channel_id, user_id, self._country, presenting.new_times(first, AT, zone, MINUTES))

    def problems(self, key: WorkspaceKey, typed: TypedSeries, *, is_chosen: bool) -> Problems:
        """What has to change: a sentence by the field. `is_chosen` says that the channel was chosen in the form."""
        _, found = read_series(typed, "", self._clock())
        member = typed.by if is_chosen else ""
        questions = {
            "facilitator": lambda: self._person_problem(key, typed.about.facilitator, "lead"),
            "sponsor": lambda: self._person_problem(key, typed.about.sponsor, "sponsor"),
            "channel_id": lambda: self._channel_problem(typed.channel_id, member) if typed.channel_id else "",
        }
        answers = zip(questions, at_once(*questions.values()), strict=True)
        return {field: sentence for field, sentence in answers if sentence} | found

    def _person_problem(self, key: WorkspaceKey, user_id: str, deed: str) -> str:
        return person_problem(self._acquaintances, key, user_id, deed) if user_id else ""

    def draft(self, key: WorkspaceKey, typed: TypedSeries) -> SetUpConfirmation:
        """Keep what was typed, in which there is no problem, and say what it will be."""
        draft_id, now = secrets.token_hex(8), self._clock()
        plan = self._plan(typed, draft_id)
        self._drafts.save(key, Draft(draft_id, typed.by, KIND, written(typed)), now)
        return presenting.set_up_confirmation(draft_id, plan, now)

    def save(self, key: WorkspaceKey, user_id: str, draft_id: str) -> SessionSeries:
        """Make the series of a draft: once, however often it is submitted."""
        existing = self._series.get(key, draft_id)
        if existing and existing.made_by == user_id:
            return existing
        draft = self._drafts.get(key, draft_id)
        if draft is None or (draft.by, draft.kind) != (user_id, KIND):
            raise Refusal(TOO_OLD)
        plan, now = self._plan(read_written(draft.content), draft_id), self._clock()
        changes = later.on_set_up(plan.series, plan.times, now)
        self._series.add(key, plan.series, plan.times, also=saving(key, changes))
        return plan.series

    def _plan(self, typed: TypedSeries, new_id: str) -> Plan:
        plan, _ = read_series(typed, new_id, self._clock())
        if plan is None:
            raise Refusal(OVERTAKEN)
        return plan

    def _channel_problem(self, channel_id: str, member: str = "") -> str:
        """Why no session could be held there, or `member` may not set any up; empty when there is no reason."""
        try:
            place = self._gateway.channel_at_once(channel_id)
            if not place.is_member or place.is_archived:
                return NOT_THERE
            if member:
                members, is_all = self._gateway.members_at_once(channel_id)
                return YOU_NOT_THERE if is_all and member not in members else ""
        except ChannelClosed:
            return NOT_THERE
        except Unavailable:
            return UNSEEN
        return ""
