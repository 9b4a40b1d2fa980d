"""What a wing needs of the rest of the bot, as one value."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.clock import Clock
from bot.scheduler.store import ScheduleStore
from bot.slack.budget import Budget
from bot.slack.gateway import Gateway, TokenDead
from bot.storage.database import Database

After = Callable[[float, Callable[[], None]], None]


@dataclass(frozen=True)
class Surroundings:
    """`after` does something later, off every ack's path; `wake` has what is due looked for at once."""

    database: Database
    schedule: ScheduleStore
    gateway: Gateway
    budget: Budget
    clock: Clock
    after: After
    wake: Callable[[], None]
    on_dead_token: Callable[[TokenDead], None]
