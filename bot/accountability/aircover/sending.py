"""Sends what a look has planned, if it is still wanted: the owner is warned, the sponsor is asked."""

from datetime import datetime

from bot.accountability import later
from bot.accountability.aircover import presenting
from bot.accountability.aircover.escalation import Deed, Escalation, Stuck, plan_for
from bot.accountability.aircover.finding import Cover, Finding
from bot.accountability.aircover.store import EscalationStore
from bot.accountability.aircover.views import WarningView
from bot.accountability.commitments.commitment import Commitment
from bot.accountability.commitments.store import CommitmentStore
from bot.accountability.nudges.claiming import Days
from bot.accountability.nudges.people import Person
from bot.accountability.outside import Guidance
from bot.accountability.sending import Attempt, Outcome, Sender, Sent
from bot.accountability.troubles.service import Troubles
from bot.accountability.troubles.trouble import Trouble
from bot.clock import Clock
from bot.errors import TryLater
from bot.keys import WorkspaceKey
from bot.scheduler.actions import Action, Changes, Due
from bot.scheduler.store import saving
from bot.storage.writing import Also

CERTAINLY_NOT = frozenset({Outcome.CLOSED, Outcome.REFUSED})


class Sending:
    """Does what is due of WARN_OF_AIR_COVER and ASK_FOR_AIR_COVER. What is remembered of it is written afterwards."""

    def __init__(
        self,
        finding: Finding,
        commitments: CommitmentStore,
        escalations: EscalationStore,
        sender: Sender,
        troubles: Troubles,
        days: Days,
        guidance: Guidance,
        clock: Clock,
    ) -> None:
        self._finding = finding
        self._commitments = commitments
        self._escalations = escalations
        self._sender = sender
        self._troubles = troubles
        self._days = days
        self._guidance = guidance
        self._clock = clock

    # Warning the owner

    def warn(self, key: WorkspaceKey, due: Due) -> Action | None:
        """What is no longer wanted, or was done, is left, and it is looked anew what is."""
        found, now = self._wanted(key, due), self._clock()
        plan = plan_for(found[0], found[1].sponsor, now) if found else None
        if found is None or plan is None or plan.deed is not Deed.WARN_OWNER:
            return self._look(key, due)
        stuck, cover = found
        at = max(plan.at, now if due.sends else self._days.free_from(key, stuck.owner, now))
        if at > now:
            raise TryLater("the owner may not be written to just now", (at - now).total_seconds())
        view = presenting.warning(stuck.commitment, cover.series.sponsor, plan.sponsor_at, self._finding.overdue_for)
        if self._sent_for_the_day(key, due, stuck.owner, view, now).outcome in CERTAINLY_NOT:
            self._could_not_warn(key, stuck)
        else:
            self._escalations.warned(key, stuck.so_far, self._clock(), also=self._looked_at(key, stuck.commitment))
        return None

    def _sent_for_the_day(self, key: WorkspaceKey, due: Due, owner: Person, view: WarningView, now: datetime) -> Sent:
        """It is the one message of their day: reminders wait for the next, as it waits for them."""
        day = owner.day_of(now)
        with self._days.claim(key, owner.id, day, now, had_it=bool(due.sends)) as begin:
            sent = self._sender.direct(key, owner.id, view, Attempt.of(due), begin)
        if sent.outcome not in CERTAINLY_NOT:
            self._days.sent(key, owner.id, day, sent.ts, now)
        elif not due.sends:
            self._days.refused(key, owner.id, day)
        return sent

    def _could_not_warn(self, key: WorkspaceKey, stuck: Stuck) -> None:
        """Nobody is asked behind the owner's back: whoever leads is told instead."""
        of = stuck.commitment
        has_left = self._finding.has_left(key, of.owner)
        self._troubles.tell(key, of.channel_id, Trouble.OWNER_GONE if has_left else Trouble.DM_REFUSED, of.id)
        self._escalations.give_up(key, stuck.so_far, self._clock(), also=self._looked_at(key, of))

    def give_up_warning(self, key: WorkspaceKey, due: Due) -> None:
        """The look after it takes what else is stuck there; this one has to get another date or owner first."""
        if found := self._wanted(key, due):
            stuck, _ = found
            look = self._looked_at(key, stuck.commitment)
            self._escalations.give_up(key, stuck.so_far, self._clock(), also=look)

    # Asking the sponsor

    def ask(self, key: WorkspaceKey, due: Due) -> Action | None:
        """One that is no longer wanted is taken back, and leaves the sponsor's turn free."""
        found, now = self._wanted(key, due), self._clock()
        if found is None:
            self._take_back(key, due)
            return self._look(key, due)
        stuck, cover = found
        allowed = cover.sponsor.person.reachable_from(now)
        if allowed > now:
            raise TryLater("the sponsor may not be written to just now", (allowed - now).total_seconds())
        changes = self._commitments.changes(key, stuck.commitment.id)
        view = presenting.ask(stuck.commitment, changes, cover.series, self._guidance, now)
        outcome = self._sender.direct(key, cover.series.sponsor, view, Attempt.of(due)).outcome
        if outcome in CERTAINLY_NOT:
            self._could_not_ask(key, stuck.so_far, cover)
        else:
            self._escalations.asked(key, stuck.so_far, self._clock())
        return None

    def _take_back(self, key: WorkspaceKey, due: Due) -> None:
        """Whatever was begun of this commitment's before. What may have been sent counts as the sponsor's turn."""
        for one in self._escalations.so_far(key, due.action.subject):
            if one.told_at != due.action.due_at:
                continue
            if due.sends:
                self._escalations.asked(key, one, self._clock())
            else:
                self._escalations.not_asked(key, one)

    def _could_not_ask(self, key: WorkspaceKey, begun: Escalation, cover: Cover) -> None:
        """Whoever comes after a sponsor who left is asked; one who takes no messages, not again about the same."""
        self._troubles.tell(key, cover.series.channel_id, Trouble.SPONSOR_GONE, cover.series.id)
        if self._finding.has_left(key, cover.series.sponsor):
            self._escalations.not_asked(key, begun)

    def _wanted(self, key: WorkspaceKey, due: Due) -> tuple[Stuck, Cover] | None:
        """The trouble, if it has come no further than when this was planned, and the sponsor is still the same."""
        stuck = self._finding.stuck_one(key, due.action.subject)
        cover = self._finding.cover(key, stuck.commitment.channel_id) if stuck else None
        if stuck is None or cover is None or cover.name(stuck) != due.action.occurrence:
            return None
        return stuck, cover

    def _look(self, key: WorkspaceKey, due: Due) -> Action | None:
        of = self._commitments.get(key, due.action.subject)
        return later.look(later.AIR_COVER, of.channel_id, self._clock()) if of else None

    def _looked_at(self, key: WorkspaceKey, of: Commitment) -> Also:
        look = later.look(later.AIR_COVER, of.channel_id, self._clock())
        return saving(key, Changes(new=(look,)))
