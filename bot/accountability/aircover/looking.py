"""Looks at a channel: has an owner warned, or its sponsor asked, when the time has come, and plans the next look.

What goes out is an action of its own, planned under a name that says how far the trouble had come: of several looks at
the same moment one has it done, and it is done again after a crash.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.accountability import later
from bot.accountability.aircover.escalation import BETWEEN, Deed, Plan, next_plan
from bot.accountability.aircover.finding import Cover, Finding
from bot.accountability.aircover.store import EscalationStore
from bot.clock import Clock
from bot.keys import WorkspaceKey
from bot.scheduler.actions import Action, Changes, Due
from bot.scheduler.store import ScheduleStore, saving

AGAIN = timedelta(seconds=1)
AFTER_A_DAY = timedelta(days=1)


class Looking:
    """Does what is due of `later.AIR_COVER`."""

    def __init__(self, finding: Finding, escalations: EscalationStore, schedule: ScheduleStore, clock: Clock) -> None:
        self._finding = finding
        self._escalations = escalations
        self._schedule = schedule
        self._clock = clock

    def look(self, key: WorkspaceKey, due: Due) -> Action | None:
        """Returns the next look, if there is anything to wait for."""
        channel_id, now = due.action.subject, self._clock()
        cover = self._finding.cover(key, channel_id)
        if cover is None:
            return None
        plan = next_plan(self._finding.stuck(key, cover, now), cover.sponsor, now)
        if plan is None:
            return None
        if plan.at > now:
            return later.look(later.AIR_COVER, channel_id, plan.at)
        if plan.deed is Deed.WARN_OWNER:
            if self._schedule.plan(key, _action(later.WARN_OF_AIR_COVER, plan, cover, now)):
                return None  # whoever warns has it looked at again
            return later.look(later.AIR_COVER, channel_id, now + AFTER_A_DAY)  # or did, and it came to nothing
        self._begin_asking(key, plan, cover, now)
        return later.look(later.AIR_COVER, channel_id, self._clock() + AGAIN)

    def _begin_asking(self, key: WorkspaceKey, plan: Plan, cover: Cover, now: datetime) -> None:
        """Where somebody was quicker, or the owner called it off meanwhile, nothing is planned."""
        seen, sponsor_id = plan.stuck.so_far, cover.sponsor.person.id
        begun = replace(plan, stuck=replace(plan.stuck, so_far=replace(seen, told_at=now)))
        asking = saving(key, Changes(new=(_action(later.ASK_FOR_AIR_COVER, begun, cover, now),)))
        self._escalations.begin_asking(key, seen, sponsor_id, now - BETWEEN, now, also=asking)


def _action(kind: str, plan: Plan, cover: Cover, now: datetime) -> Action:
    return Action(kind, plan.stuck.commitment.id, now, cover.name(plan.stuck))
