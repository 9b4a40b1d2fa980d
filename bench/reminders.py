"""Promises that are due at nine, in a database; and what reminds people of them in a bot, and nothing else of it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.accountability import later
from bot.accountability.commitments.commitment import Commitment, State
from bot.accountability.commitments.store import COMMITMENTS, CommitmentStore
from bot.accountability.knowing import Acquaintances
from bot.accountability.nudges.nudging import Nudge, Occasion
from bot.accountability.nudges.people import Settings, person
from bot.accountability.nudges.presenting import ReminderPresenter
from bot.accountability.nudges.service import ReminderService
from bot.accountability.nudges.store import PeopleStore
from bot.accountability.sending import Sender
from bot.clock import Clock
from bot.keys import WorkspaceKey
from bot.resources import TEMPLATES
from bot.scheduler.runner import Runner
from bot.scheduler.store import DUE_ACTIONS, PLANNED, ScheduleStore
from bot.slack.budget import Budget
from bot.slack.gateway import Gateway
from bot.slack.lane_store import LaneStore
from bot.slack.render import Renderer
from bot.storage.columns import workspace_values
from bot.storage.database import Database

ZONE = "Europe/Berlin"
AT_ONCE = 5_000  # rows in one statement
FRIDAY = 4

Owner = tuple[WorkspaceKey, str]


def next_friday(now: datetime) -> datetime:
    """Nine o'clock there."""
    local = now.astimezone(ZoneInfo(ZONE))
    day = local.date() + timedelta(days=(FRIDAY - local.weekday()) % 7 or 7)
    return datetime(day.year, day.month, day.day, 9, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


def promise(database: Database, owners: Sequence[Owner], nine: datetime) -> None:
    """One promise for each that is due on that day, and a look at each of them at nine."""
    for start in range(0, len(owners), AT_ONCE):
        some = owners[start : start + AT_ONCE]
        with database.write() as connection:
            connection.execute(COMMITMENTS.insert(), [_promise(*owner, nine) for owner in some])
            connection.execute(DUE_ACTIONS.insert(), [look_row(*owner, nine) for owner in some])


def look_row(key: WorkspaceKey, user_id: str, at: datetime) -> dict[str, Any]:
    look = later.look(later.NUDGE, user_id, at)
    names = {"kind": look.kind, "subject": look.subject, "occurrence": look.occurrence}
    return {**workspace_values(key), **names, "due_at": at, "state": PLANNED, "next_at": at, "tries": 0}


def runner_of(database: Database, gateway: Gateway, clock: Clock) -> Runner:
    people, schedule, commitments = PeopleStore(database), ScheduleStore(database), CommitmentStore(database)
    acquaintances = Acquaintances(people, gateway, clock)
    sender = Sender(gateway, Budget(LaneStore(database), clock), schedule)
    presenter = ReminderPresenter(lambda _key, _series: "")
    service = ReminderService(commitments, people, acquaintances, sender, presenter, _nobody, schedule, clock)
    runner = Runner(schedule, clock)
    runner.register(later.NUDGE, service.remind)
    return runner


def a_reminder() -> dict[str, Any]:
    """One as Slack is given it, text and blocks."""
    nine = datetime(2026, 12, 11, 8, tzinfo=UTC)
    of, who = _commitment("U1", nine), person("U1", Settings(), ZoneInfo(ZONE))
    nudge = Nudge(of, nine, Occasion.DUE_DAY, nine)
    view = ReminderPresenter(lambda _key, _series: "").nudge(WorkspaceKey("", "T1"), [(nudge, of)], who, None)
    return Renderer(TEMPLATES).render(view)


def _nobody(_key: WorkspaceKey, channel_id: str, trouble: str, about: str) -> None:
    raise RuntimeError(f"nobody should have trouble: {trouble} {channel_id} {about}")


def _promise(key: WorkspaceKey, user_id: str, nine: datetime) -> dict[str, Any]:
    return {**workspace_values(key), **vars(_commitment(user_id, nine))}


def _commitment(user_id: str, nine: datetime) -> Commitment:
    made_at = nine - timedelta(days=2)  # after the first reminder would have come
    own: dict[str, Any] = {"id": user_id, "owner": user_id, "assigner": user_id, "channel_id": "C1", "zone": ZONE}
    due, what = nine + timedelta(hours=8), "Publish the customer math"
    return Commitment(what=what, due=due, state=State.OPEN, made_at=made_at, changed_at=made_at, **own)
