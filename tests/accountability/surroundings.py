"""What a theme of this wing needs of the rest of the bot, for its tests: all of it real but Slack and the clock."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.accountability.commitments.service import CommitmentService
from bot.accountability.knowing import Acquaintances
from bot.accountability.nudges.store import PeopleStore
from bot.accountability.outside import StatementOf, no_statement
from bot.accountability.sending import Sender
from bot.keys import WorkspaceKey
from bot.scheduler.actions import Action
from bot.scheduler.runner import Runner
from bot.scheduler.store import ScheduleStore
from bot.slack.budget import Budget
from bot.slack.gateway import ChannelClosed, Person, Posted, RateLimited
from bot.slack.lane_store import LaneStore
from bot.slack.render import View
from bot.storage.database import Database
from bot.surroundings import Surroundings

SOMEBODY = Person(
    id="",
    team_id="T1",
    zone="Europe/Berlin",
    is_active=True,
    is_bot=False,
    is_guest=False,
    is_admin=False,
    is_stranger=False,
)


@dataclass
class Time:
    """The time as a test wants it; each look takes a millisecond, so that no two things happen at once."""

    now: datetime
    meanwhile: list[Callable[[], object]] = field(default_factory=list)  # what others do before the next look returns

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        if self.meanwhile:
            self.meanwhile.pop(0)()
        return self.now


@dataclass
class FakeSlack:
    """Knows everybody, by what was said about them, and keeps what it was asked to show."""

    about: dict[str, dict[str, Any]] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    is_busy: bool = False
    asked: list[str] = field(default_factory=list)
    posts: list[tuple[str, View]] = field(default_factory=list)
    edits: list[tuple[str, str, View]] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)
    edit_fails: Exception | None = None
    edits_tried: int = 0

    def person(self, user_id: str) -> Person:
        self.asked.append(user_id)
        if self.is_busy:
            raise RateLimited("users.info", 30)
        if user_id in self.unknown:
            raise ChannelClosed("users.info", "user_not_found")
        return replace(SOMEBODY, id=user_id, **self.about.get(user_id, {}))

    person_at_once = person

    def post(self, channel: str, view: View, *_more: Any) -> Posted:
        if channel in self.closed:
            raise ChannelClosed("chat.postMessage", "user_disabled")
        self.posts.append((channel, view))
        return Posted(f"D{channel}", f"{len(self.posts)}.0")

    def edit(self, channel: str, ts: str, view: View, *_more: Any) -> None:
        self.edits_tried += 1
        if self.edit_fails:
            raise self.edit_fails
        self.edits.append((channel, ts, view))


@dataclass
class Scene:
    """A database, a time, a Slack, and what a theme is built with."""

    database: Database
    time: Time
    slack: FakeSlack = field(default_factory=FakeSlack)
    woken: int = 0
    troubles: list[tuple[str, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.schedule = ScheduleStore(self.database)
        self.around = Surroundings(
            self.database,
            self.schedule,
            self.slack,  # type: ignore[arg-type]
            Budget(LaneStore(self.database), self.time),
            self.time,
            self._after,
            self._wake,
            lambda _error: None,
        )
        self.sender = Sender(self.slack, self.around.budget, self.schedule)  # type: ignore[arg-type]
        people = PeopleStore(self.database)
        self.acquaintances = Acquaintances(people, self.slack, self.time)  # type: ignore[arg-type]

    def commitments(self, admins: Collection[str] = (), statement_of: StatementOf = no_statement) -> CommitmentService:
        """What facilitators are told is kept in `troubles`."""
        return CommitmentService(self.around, self.acquaintances, self.sender, self._trouble, admins, statement_of)

    def due(self, kind: str) -> list[Action]:
        """What is planned of a kind, the first to be due first; it counts as done then."""
        claimed = self.schedule.claim({kind: timedelta(minutes=1)}, self.time() + timedelta(days=3_650), 1_000)
        return [due.action for _, due in claimed]

    def runner(self, **handlers: Callable[[WorkspaceKey, Any], Action | None]) -> Runner:
        runner = Runner(self.schedule, self.time)
        for kind, handler in handlers.items():
            runner.register(kind, handler)
        return runner

    def _after(self, seconds: float, work: Callable[[], None]) -> None:
        self.time.now += timedelta(seconds=seconds)
        work()

    def _trouble(self, _key: WorkspaceKey, channel_id: str, what: str, about: str) -> None:
        self.troubles.append((channel_id, what, about))

    def _wake(self) -> None:
        self.woken += 1
