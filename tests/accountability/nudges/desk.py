"""Reminders at work without a bot around them: a local workspace, a database, and processes that do what is due."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from bot.accountability import later
from bot.accountability.commitments.commitment import Commitment, Step
from bot.accountability.commitments.store import CommitmentStore
from bot.accountability.knowing import Acquaintances
from bot.accountability.nudges.presenting import ReminderPresenter
from bot.accountability.nudges.reminding import POSTING_TAKES
from bot.accountability.nudges.service import ReminderService
from bot.accountability.nudges.store import PeopleStore
from bot.accountability.sending import Sender
from bot.clock import Clock, MovableClock
from bot.keys import WorkspaceKey
from bot.resources import TEMPLATES
from bot.scheduler.runner import LEASE, Runner
from bot.scheduler.store import ScheduleStore, saving
from bot.slack.budget import Budget
from bot.slack.gateway import Gateway
from bot.slack.lane_store import LaneStore
from bot.slack.render import Renderer
from bot.storage.database import Database
from bot.workspace.driver import Workspace
from bot.workspace.records import Json, Person
from tests.accountability.commitments.examples import MONDAY, OURS, a_commitment, made
from tests.scenarios.stage import buttons, texts

MOST_STEPS = 2_000
STATEMENT = "Measurement"
SILENT_ROOM = "C0SILENT"  # where no sessions are held

_numbers = count(1)


class Death(BaseException):
    """The process ends here: nothing after this line happens, and nothing is noted."""


@dataclass
class Process:
    """One process of the bot: what it needs to remind people, on a database of its own."""

    database: Database
    reminders: ReminderService
    runner: Runner
    told: list[tuple[str, str, str]]

    @classmethod
    def start(
        cls,
        database: Database,
        token: str,
        api_url: str,
        clock: Clock,
        country: str = "",
        people: type[PeopleStore] = PeopleStore,
        schedule: type[ScheduleStore] = ScheduleStore,
        lease: timedelta = LEASE,
    ) -> Process:
        told: list[tuple[str, str, str]] = []

        def tell(key: WorkspaceKey, channel_id: str, trouble: str, about: str) -> None:
            del key
            told.append((channel_id, trouble, about))

        gateway = Gateway.connect(token, api_url, Renderer(TEMPLATES))
        known, budget = people(database), Budget(LaneStore(database), clock)
        acquaintances = Acquaintances(known, gateway, clock, country)
        presenter = ReminderPresenter(
            lambda _key, channel: channel != SILENT_ROOM, lambda _key, _round, _statement: STATEMENT
        )
        sender, commitments = Sender(gateway, budget, ScheduleStore(database)), CommitmentStore(database)
        given = (commitments, known, acquaintances, sender, presenter, tell, ScheduleStore(database), clock)
        reminders = ReminderService(*given, posting_takes=min(POSTING_TAKES, lease))
        runner = Runner(schedule(database), clock)
        runner.register(later.NUDGE, reminders.remind, lease)
        return cls(database, reminders, runner, told)

    def do(self) -> bool:
        """All that is due now. False when it died over it."""
        try:
            self.runner.run_due()
        except Death:
            return False
        return True


@dataclass
class Desk:
    """The workspace, the clock and a process; others may be started beside it."""

    workspace: Workspace
    clock: MovableClock
    process: Process
    ids: Iterator[str] = field(default_factory=lambda: (f"c{number}" for number in count(1)))

    @property
    def now(self) -> datetime:
        return self.clock()

    def person(self, zone: str = "Europe/Berlin") -> Person:
        number = next(_numbers)
        return self.workspace.add_person(f"owner{number}", f"Owner {number}", zone)

    # What people do

    def promise(self, owner: Person, due: datetime, **fields: Any) -> Commitment:
        start = {"owner": owner.id, "assigner": owner.id, "channel_id": "", "made_at": self.now, "changed_at": self.now}
        of = a_commitment(next(self.ids), **{**start, "due": due, **fields})
        look = saving(OURS, later.on_change(of, self.now))
        assert CommitmentStore(self.process.database).add(OURS, of, made(of), also=look)
        return of

    def does(self, deed: Callable[..., Step], of: Commitment, *given: Any) -> Commitment:
        """What an owner does about a commitment."""
        changed, change = deed(of, of.owner, *given, self.now)
        look = saving(OURS, later.on_change(changed, self.now, of.owner))
        assert CommitmentStore(self.process.database).save(OURS, changed, change, also=look)
        return changed

    def chooses(self, who: Person, **chosen: Any) -> None:
        kept = PeopleStore(self.process.database).settings(OURS, who.id)
        self.process.reminders.choosing.save(OURS, who.id, replace(kept, **chosen))

    # Time

    def until(self, moment: datetime) -> None:
        """Time passes from one thing that is due to the next."""
        for _ in range(MOST_STEPS):
            self.process.runner.run_due()
            at = self.process.runner.next_due()
            if at is None or at > moment:
                self.clock.move_to(moment)
                return
            self.clock.move_to(at)
        raise AssertionError("something is due again and again")

    def sleep(self, moment: datetime) -> None:
        """Time passes, and nobody does what is due."""
        self.clock.move_to(moment)

    def after_lease(self) -> None:
        self.clock.move(LEASE + timedelta(seconds=1))

    # What came of it

    def got(self, who: Person) -> list[Json]:
        dm = self.workspace.dm_of(who.id)
        bot = self.workspace.team.bot_user
        return [one for one in self.workspace.messages(dm.id) if one["user"] == bot]

    def times(self, who: Person) -> list[str]:
        """When each message came, on the wall of the person."""
        return [f"{at(one).astimezone(zone_of(who)):%a %d %b %H:%M}" for one in self.got(who)]

    def looks(self, who: Person) -> int:
        """How many looks at somebody are planned."""
        query = "select count(*) from due_actions where kind = 'nudge' and subject = '{}' and state = 'planned'"
        with self.process.database.read() as connection:
            return int(connection.exec_driver_sql(query.format(who.id)).scalar_one())


def at(message: Json) -> datetime:
    return datetime.fromtimestamp(float(message["ts"]), tz=MONDAY.tzinfo)


def zone_of(who: Person) -> ZoneInfo:
    return ZoneInfo(who.tz)


def words(message: Json) -> str:
    return texts(message)


def actions(message: Json) -> list[str]:
    return [action for action, _, _ in buttons(message)]
