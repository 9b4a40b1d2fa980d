"""What somebody wants to start, who may, and whom it asks; and what about it has to change first."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.keys import WorkspaceKey
from bot.readiness.checks import Check
from bot.readiness.reality import round_behind
from bot.readiness.rounds import SMALLEST_GROUP, SMALLEST_POSSIBLE, Round

SHORTEST = timedelta(minutes=5)
LONGEST = timedelta(days=90)
LARGEST_SMALLEST_GROUP = 1_000
EVERYBODY, ADMINS = "everybody", "admins"


class Somebody(Protocol):
    """A person as Slack tells of them."""

    @property
    def id(self) -> str: ...
    @property
    def is_active(self) -> bool: ...
    @property
    def is_bot(self) -> bool: ...
    def belongs_to(self, key: WorkspaceKey) -> bool: ...


@dataclass(frozen=True)
class Plan:
    """A round as somebody filled it in. `people` are those chosen; nobody chosen means everybody in the channel.

    `repeat` is how often it starts again by itself, as repeats.Every has it; empty for once.
    """

    check_id: str
    channel_id: str
    starter: str
    deadline: datetime
    people: tuple[str, ...] = ()
    anonymous: bool = True
    live: bool = False
    smallest_group: int = SMALLEST_GROUP
    co_facilitator: str = ""
    zone: str = "UTC"
    repeat: str = ""


@dataclass(frozen=True)
class Draft:
    """A plan with the people it asks, taken down once, as its starter is to confirm it."""

    id: str
    plan: Plan
    audience: tuple[str, ...]

    def begin(self, check: Check, now: datetime) -> Round:
        """The round that the plan makes; its id is the draft's, so that pressing Start twice makes one."""
        wanted = {
            name: value for name, value in vars(self.plan).items() if name not in {"check_id", "people", "repeat"}
        }
        return Round(id=self.id, check=check, opened_at=now, asked=len(self.audience), **wanted)


@dataclass(frozen=True)
class Policy:
    """Who may do what. `starters` is EVERYBODY, ADMINS or people's ids; `admins` are people's ids."""

    starters: Collection[str] = (EVERYBODY,)
    admins: Collection[str] = ()

    def may_start(self, user_id: str, *, is_slack_admin: bool = False) -> bool:
        named = user_id in self.starters or user_id in self.admins
        return EVERYBODY in self.starters or named or (ADMINS in self.starters and is_slack_admin)

    @property
    def depends_on_slack(self) -> bool:
        """Is there anybody who may start because of what Slack says of them?"""
        return ADMINS in self.starters

    def may_run(self, of: Round, user_id: str) -> bool:
        """May they extend, close, cancel and hand over?"""
        return of.is_run_by(user_id) or user_id in self.admins


def problems(plan: Plan, now: datetime) -> dict[str, str]:
    """What has to change before it can start: a sentence by the plan's field."""
    found = {}
    if wrong := deadline_problem(plan.deadline, now):
        found["deadline"] = wrong
    if not SMALLEST_POSSIBLE <= plan.smallest_group <= LARGEST_SMALLEST_GROUP:
        found["smallest_group"] = f"Give a whole number from {SMALLEST_POSSIBLE} to {LARGEST_SMALLEST_GROUP}."
    if plan.live and plan.anonymous:
        found["live"] = "An anonymous round shows its results when it closes. Choose that, or a round with names."
    if wrong := _repeat_problem(plan):
        found["repeat"] = wrong
    if not plan.channel_id:
        found["channel_id"] = "Choose the channel to post it in."
    return found


def _repeat_problem(plan: Plan) -> str:
    """Whom a repeated round asks is settled each time anew; and a list of those chosen is not kept after the close."""
    if plan.repeat and plan.people:
        return "A check that repeats asks everybody in the channel each time. Ask everybody above, or choose “No” here."
    if plan.repeat and round_behind(plan.check_id):
        return "A reality check is about one round, so it can't repeat. Choose “No” here."
    return ""


def deadline_problem(deadline: datetime, now: datetime) -> str:
    """Empty when there is none."""
    if deadline < now + SHORTEST:
        return "That is over, or almost. Choose a time that leaves people at least five minutes."
    if deadline > now + LONGEST:
        return f"That is too far away. Choose a time within {LONGEST.days} days."
    return ""


def audience(plan: Plan, members: Collection[str], people: Iterable[Somebody], key: WorkspaceKey) -> tuple[str, ...]:
    """Whom it asks: of those in the channel, or of those chosen among them, everybody who is one of ours.

    Not asked are bots, the deactivated, and people of other companies in a shared channel. Guests are: who lets them
    into the channel wants them there.
    """
    wanted = set(plan.people or members) & set(members)
    ours = (one for one in people if one.id in wanted and one.belongs_to(key))
    return tuple(sorted(one.id for one in ours if one.is_active and not one.is_bot))


def written(draft: Draft) -> str:
    plan = {**asdict(draft.plan), "deadline": draft.plan.deadline.isoformat()}
    return json.dumps({"id": draft.id, "plan": plan, "audience": draft.audience})


def read_draft(text: str) -> Draft:
    fields: Mapping[str, object] = json.loads(text)
    plan = dict(fields["plan"])  # type: ignore[call-overload]
    plan |= {"deadline": datetime.fromisoformat(plan["deadline"]), "people": tuple(plan["people"])}
    return Draft(str(fields["id"]), Plan(**plan), tuple(fields["audience"]))  # type: ignore[arg-type]
