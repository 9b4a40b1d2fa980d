"""Starts rounds: the form, the draft that says what it will be, and the start itself."""

import logging
import secrets
from contextlib import suppress
from datetime import timedelta

from bot.clock import Clock
from bot.errors import Refusal, Unavailable
from bot.keys import WorkspaceKey
from bot.readiness import later, repeats
from bot.readiness.catalogue import Catalogue
from bot.readiness.checks import Check
from bot.readiness.finding import can_run, people_named, somebody
from bot.readiness.planning import Draft, Plan, Policy, audience, problems, read_draft, written
from bot.readiness.presenting import Presenter
from bot.readiness.repeat_store import RepeatStore
from bot.readiness.repeats import Every, Repeat
from bot.readiness.rounds import PARENT, Round
from bot.readiness.store import RoundStore
from bot.readiness.times import default_deadline
from bot.readiness.views import Refused, RepeatLine, StartConfirmation, StartForm
from bot.scheduler.store import saving
from bot.slack.gateway import ChannelClosed, Gateway, Person
from bot.slack.messages import Declined
from bot.slack.moments import zone_named
from bot.storage.writing import Also, together
from bot.workdays import Workdays

log = logging.getLogger(__name__)

DRAFTS_KEPT = timedelta(days=1)

NO_CHECKS = "There is no check to run: the knowledge folder checks/ is empty."
GONE = "That start is too old. Run `/cco check` again; it takes a moment."
NOT_TOLD = "Slack doesn't tell me just now whether you may start a check. Try again in a moment."
NOTHING_LEFT = "Nothing is missing or seen differently in that round, so there is nothing to check against reality."


class Starting:
    """From somebody's wish to a round that is open."""

    def __init__(
        self,
        catalogue: Catalogue,
        rounds: RoundStore,
        presenter: Presenter,
        gateway: Gateway,
        policy: Policy,
        clock: Clock,
        workdays: Workdays,
        repeat_store: RepeatStore,
    ) -> None:
        self._catalogue = catalogue
        self._rounds = rounds
        self._presenter = presenter
        self._gateway = gateway
        self._policy = policy
        self._clock = clock
        self._workdays = workdays
        self._repeat_store = repeat_store

    def form(self, key: WorkspaceKey, user_id: str, channel_id: str = "", check_id: str = "") -> StartForm:
        """What to fill in. Raises Declined for those who may not start a round.

        It is to open within three seconds, so it waits for nothing: where Slack does not say who somebody is, their
        zone is UTC.
        """
        starter, is_known = self._starter(user_id)
        if starter and not starter.belongs_to(key):
            raise self.not_allowed()
        if not self._policy.may_start(user_id, is_slack_admin=bool(starter and starter.is_admin)):
            raise self.not_allowed() if is_known or not self._policy.depends_on_slack else Refusal(NOT_TOLD)
        checks = self._catalogue.offered(key, check_id)
        if not checks:
            raise Refusal(NO_CHECKS)
        if check_id and checks[0].id != check_id:
            raise Refusal(NOTHING_LEFT)
        zone = zone_named(starter.zone if starter else "UTC")
        deadline = default_deadline(self._clock(), zone, self._workdays)
        return self._presenter.start_form(checks, deadline, channel_id=channel_id)

    def not_allowed(self) -> Declined:
        """What people are told who may not start a round: those of other companies never may."""
        return self._declined(Refused.MAY_NOT_START)

    def problems(self, plan: Plan) -> dict[str, str]:
        """What has to change: a sentence by the plan's field."""
        return problems(plan, self._clock())

    def draft(self, key: WorkspaceKey, plan: Plan) -> StartConfirmation:
        """Take down whom it asks, and say so. Asks Slack, for long in a large channel. Raises Declined."""
        draft, new = self.drafted(key, plan)
        self._rounds.save_draft(key, draft.id, written(draft), self._clock())
        left_out = len(set(plan.people) - set(draft.audience))
        return self._presenter.start_confirmation(draft.id, new, left_out, self._repeat_line(key, draft.plan, new))

    def drafted(self, key: WorkspaceKey, plan: Plan) -> tuple[Draft, Round]:
        """The plan with whom it asks, and the round that it makes. Raises Declined where there can be none."""
        check = self._check(key, plan.check_id)
        self._refuse_second(key, plan.channel_id, check)
        members = self._members(plan)
        starter = somebody(self._gateway, plan.starter)
        if starter and not starter.belongs_to(key):  # Slack may not have said so when the form was opened
            raise self.not_allowed()
        zoned = Plan(**{**vars(plan), "zone": zone_named(starter.zone).key if starter else "UTC"})
        if plan.co_facilitator and not can_run(self._gateway, key, plan.co_facilitator):
            raise Refusal(
                "The person you chose to run it with you can't: it takes somebody of this workspace who is active."
            )
        asked = audience(plan, members, people_named(self._gateway, set(plan.people or members) & members), key)
        draft = Draft(secrets.token_hex(10), zoned, asked)
        new = draft.begin(check, self._clock())
        if not asked:
            raise self._declined(Refused.NOBODY_TO_ASK, new)
        if plan.anonymous and len(asked) < plan.smallest_group:
            raise self._declined(Refused.TOO_FEW_PEOPLE, new)
        return draft, new

    def start(self, key: WorkspaceKey, draft_id: str, user_id: str) -> Round:
        """Open the round of a draft: once, however often it is submitted. Raises Declined."""
        existing = self._rounds.get(key, draft_id)
        if existing and existing.starter == user_id:
            return existing
        draft = self._draft(key, draft_id, user_id)
        check = self._check(key, draft.plan.check_id)
        if problems(draft.plan, self._clock()):
            raise Refusal("Its deadline has come too near meanwhile. Go back and choose a later one.")
        new = draft.begin(check, self._clock())
        if not self._rounds.add(key, new, draft.audience, also=self._following(key, draft.plan, new)):
            self._refuse_second(key, new.channel_id, check, unless=new.id)
            if not self._rounds.get(key, new.id):  # the one in its way was closed just now
                raise Refusal("Something came in between. Please press Start once more.")
        return new

    def _following(self, key: WorkspaceKey, plan: Plan, new: Round) -> Also:
        """What is saved with a round that is started."""
        save_plans = saving(key, later.on_start(new))
        if not plan.repeat:
            return save_plans
        repeat = self._repeat(plan, new)
        save_repeat = self._repeat_store.saving(key, repeat)
        save_next = saving(key, repeats.planned(repeat, zone_named(repeat.zone), self._workdays))
        return together(save_plans, save_repeat, save_next)

    def _repeat_line(self, key: WorkspaceKey, plan: Plan, new: Round) -> RepeatLine | None:
        """How it will repeat: as is wanted now or, where nothing is, as was set up there before."""
        there = (one for one in self._repeat_store.of_channel(key, plan.channel_id) if one.check_id == plan.check_id)
        of = self._repeat(plan, new) if plan.repeat else next(there, None)
        if of is None:
            return None
        return self._presenter.repeat_line(of, new, repeats.starts_at(of, zone_named(of.zone), self._workdays))

    def _repeat(self, plan: Plan, new: Round) -> Repeat:
        return repeats.repeating(new, Every(plan.repeat), zone_named(plan.zone))

    def clean(self) -> int:
        """Forget the drafts that nobody started."""
        return self._rounds.clean(self._clock() - DRAFTS_KEPT)

    def _check(self, key: WorkspaceKey, check_id: str) -> Check:
        check = self._catalogue.check(key, check_id)
        if check is None:
            raise Refusal("That check is no longer part of the knowledge. Go back and choose another.")
        return check

    def _draft(self, key: WorkspaceKey, draft_id: str, user_id: str) -> Draft:
        text = self._rounds.draft(key, draft_id)
        draft = read_draft(text) if text else None
        if draft is None or draft.plan.starter != user_id:
            raise Refusal(GONE)
        return draft

    def _refuse_second(self, key: WorkspaceKey, channel_id: str, check: Check, unless: str = "") -> None:
        there = self._rounds.open_in(key, channel_id, check.id)
        if there and there.id != unless:
            parent = next((one.ts for one in self._rounds.messages(key, there.id) if one.part == PARENT), "")
            raise self._declined(Refused.ALREADY_OPEN, there, link=self._link(channel_id, parent))

    def _link(self, channel_id: str, ts: str) -> str:
        """Without it a refusal says the same, so nobody waits for it."""
        with suppress(Unavailable):
            return self._gateway.link_at_once(channel_id, ts) if ts else ""
        return ""

    def _members(self, plan: Plan) -> frozenset[str]:
        """Who is in the channel. Raises Declined where the bot or the starter isn't, or nobody can post."""
        try:
            place = self._gateway.channel(plan.channel_id)
            if not place.is_member or place.is_archived:
                raise self._declined(Refused.NOT_IN_CHANNEL, channel_id=plan.channel_id)
            members = frozenset(self._gateway.members(plan.channel_id))
        except ChannelClosed:
            raise self._declined(Refused.NOT_IN_CHANNEL, channel_id=plan.channel_id) from None
        if plan.starter not in members:
            raise self._declined(Refused.STARTER_OUTSIDE, channel_id=plan.channel_id)
        return members

    def _starter(self, user_id: str) -> tuple[Person | None, bool]:
        """Who opens the form, and whether Slack said anything at all."""
        try:
            return self._gateway.person_at_once(user_id), True
        except ChannelClosed:
            return None, True
        except Unavailable as error:
            log.info("can't tell who opens the form: %s", error)
            return None, False

    def _declined(self, reason: Refused, of: Round | None = None, *, channel_id: str = "", link: str = "") -> Declined:
        return Declined(self._presenter.refusal(reason, of, channel_id=channel_id, link=link))
