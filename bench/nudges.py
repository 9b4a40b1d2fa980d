"""Reminders: everybody's at once against Slack's limits in simulated time, for real beside a bare loop, and what
claiming and planning cost.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from slack_sdk import WebClient

from bench.claims import claims, planning, show_claims
from bench.figures import table
from bench.goals import CLAIM_GROWTH, MEMORY_GROWTH, PLANNING_SECONDS, SIMULATED_RATIO, missed_by_nudges
from bench.memory import resident
from bench.polls import Engines, databases
from bench.processes import WorkspaceProcess, told_process
from bench.reminders import ZONE, Owner, a_reminder, next_friday, promise, runner_of
from bench.simulated import A_MINUTE, SimulatedSlack
from bot.clock import MovableClock
from bot.keys import WorkspaceKey
from bot.resources import TEMPLATES
from bot.scheduler.runner import LEASE
from bot.scheduler.ticker import Ticker
from bot.slack.gateway import Gateway
from bot.slack.render import Renderer
from bot.storage.database import Database
from bot.storage.migrate import migrate

NINE = datetime(2026, 12, 11, 8, tzinfo=UTC)  # a Friday, in Berlin
CLAIMED = 50  # actions at once, in simulated time
TURNS = 5
GOALS = {
    "simulated_ratio": SIMULATED_RATIO,
    "planning_seconds": PLANNING_SECONDS,
    "claim_growth": CLAIM_GROWTH,
    "memory_growth": MEMORY_GROWTH,
}


@dataclass(frozen=True)
class Size:
    """`turn` is how many reminders each gets in a turn of the comparison; `rows` is beside how many is claimed."""

    workspaces: int
    people: int
    turn: int
    rows: tuple[int, ...]


FULL = Size(workspaces=1_000, people=100, turn=1_000, rows=(1_000, 10_000, 100_000, 1_000_000))
QUICK = Size(workspaces=10, people=100, turn=200, rows=(1_000, 10_000))


def run(*, quick: bool = False) -> dict[str, Any]:
    """Print and return the figures, and which goals were missed. Fails where somebody is not reminded exactly once."""
    size = QUICK if quick else FULL
    with tempfile.TemporaryDirectory(prefix="cco-bench-") as name, databases(Path(name)) as engines:
        at_once = {engine: _simulated(engines, engine, size) for engine in engines.names}
        _show_simulated(at_once, size)
        ratios = {engine: _compared(engines, engine, size) for engine in engines.names}
        _show_ratios(ratios, size)
        claimed = {engine: {rows: claims(engines, engine, rows) for rows in size.rows} for engine in engines.names}
        show_claims(claimed)
    planned = planning()
    print(f"\nThe next {planned['sessions_each']} sessions of {planned['series']} series take {planned['seconds']} s;")
    print(f"the goal is {PLANNING_SECONDS}\n")
    found = {"simulated": at_once, "side_by_side": ratios, "claims": claimed, "planning": planned}
    return {"size": asdict(size), **found, "goals": GOALS, "missed": missed_by_nudges(found)}


def _simulated(engines: Engines, engine: str, size: Size) -> dict[str, Any]:
    with engines.empty(engine) as url, closing(Database(url)) as database:
        migrate(database)
        return simulated(database, size)


# -- in simulated time


def simulated(database: Database, size: Size) -> dict[str, Any]:
    """Everybody at nine: time goes from one thing that is due to the next."""
    teams, total = range(size.workspaces), size.workspaces * size.people
    promise(database, [(WorkspaceKey("", f"T{at}"), f"T{at}-U{n}") for n in range(size.people) for at in teams], NINE)
    clock = MovableClock(lambda: NINE)
    slack: Any = SimulatedSlack(clock, ZONE)
    runner = runner_of(database, Gateway(slack, slack, Renderer(TEMPLATES), slack), clock)
    memory, begun, worked = {}, time.perf_counter(), time.process_time()
    while slack.got.total() < total:
        claimed = runner.claim(CLAIMED)
        for key, due in claimed:
            runner.run(key, due)
        if not claimed:
            clock.move_to(runner.next_due() or clock() + LEASE)
        if not memory and slack.got.total() >= total / 10:
            memory["after_10_percent"] = resident(os.getpid())
    memory["after_all"] = resident(os.getpid())
    spent = {"real_seconds": time.perf_counter() - begun, "cpu_seconds": time.process_time() - worked}
    _check_once(slack.got, total)
    return {**_took(slack, size), **{name: round(value, 1) for name, value in spent.items()}, "resident_mb": memory}


def _check_once(got: Any, total: int) -> None:
    twice = sum(count > 1 for count in got.values())
    if len(got) != total or twice:
        raise RuntimeError(f"{total - len(got)} people were not reminded, and {twice} twice")


def _took(slack: SimulatedSlack, size: Size) -> dict[str, Any]:
    """A workspace's messages go out evenly: its limit alone takes so long from the first of them to the last."""
    needed = (size.people - 1) * 60 / A_MINUTE
    took = (slack.last_at - NINE).total_seconds()
    refused = {method: slack.refused[method] for method in ("chat.postMessage", "users.info")}
    times = {"simulated_seconds": round(took, 1), "needed_seconds": round(needed, 1), "ratio": round(took / needed, 3)}
    return {"reminders": slack.got.total(), **times, "refused": refused}


def _show_simulated(found: dict[str, Any], size: Size) -> None:
    rows = [
        (engine, one["reminders"], one["simulated_seconds"], one["needed_seconds"], one["ratio"], one["real_seconds"],
         one["cpu_seconds"], one["resident_mb"]["after_10_percent"], one["resident_mb"]["after_all"])
        for engine, one in found.items()
    ]  # fmt: skip
    people, goal = f"{size.people} people in each of {size.workspaces} workspaces", SIMULATED_RATIO
    print(f"{people}, all due at nine, in simulated time: each got one and nobody two.")
    print(f"Slack refused {[one['refused'] for one in found.values()]}.")
    print(f"The goal is a ratio of {goal} to the time that {A_MINUTE} messages a minute in a workspace take\n")
    head = ("", "sent", "took, s", "needed, s", "ratio", "for real, s", "of CPU, s", "MB after 10 %", "MB after all")
    print(table(head, rows))


# -- for real, beside a bare loop


def _compared(engines: Engines, engine: str, size: Size) -> dict[str, Any]:
    """Turn and turn about, so that what else the machine does falls on both; the ratio is of each pair of turns."""
    with ExitStack() as stack:
        database = Database(stack.enter_context(engines.empty(engine)))
        stack.callback(database.close)
        migrate(database)
        ours, bare = (stack.enter_context(told_process("bench.inboxes", str(TURNS * size.turn))) for _ in range(2))
        pairs = []
        for number, people in enumerate(_turns(ours.tell(do="who")["people"], size.turn)):
            theirs = bare.tell(do="who")["people"][number * size.turn : (number + 1) * size.turn]
            pairs.append((_reminded(ours, database, people, number + 1), _looped(bare, theirs)))
        _check_once({one: count for one, count in ours.tell(do="got").items() if count}, TURNS * size.turn)
    return {
        "cco_per_second": round(median(size.turn / one for one, _ in pairs)),
        "bare_per_second": round(median(size.turn / other for _, other in pairs)),
        "ratio": round(median(other / one for one, other in pairs), 2),
    }


def _turns(people: list[str], turn: int) -> Iterator[list[str]]:
    for start in range(0, len(people), turn):
        yield people[start : start + turn]


def _reminded(workspace: WorkspaceProcess, database: Database, people: list[str], turn: int) -> float:
    """The seconds that a bot's ticker takes. Each is alone in a workspace, so that its limits are not measured."""
    clock = MovableClock()
    nine = next_friday(clock())
    clock.move_to(nine)
    owners: list[Owner] = [(WorkspaceKey("", f"T{turn}-{at}"), one) for at, one in enumerate(people)]
    promise(database, owners, nine)
    gateway = Gateway.connect(workspace.address["token"], workspace.address["api_url"], Renderer(TEMPLATES))
    ticker, begun = Ticker(runner_of(database, gateway, clock)), time.perf_counter()
    ticker.start()
    workspace.tell(do="wait", posted=turn * len(people))
    seconds = time.perf_counter() - begun
    ticker.stop(60)
    return seconds


def _looped(workspace: WorkspaceProcess, people: list[str]) -> float:
    """The seconds that slack_sdk alone takes for a message of the same kind."""
    client = WebClient(workspace.address["token"], base_url=workspace.address["api_url"])
    message = a_reminder()
    begun = time.perf_counter()
    for one in people:
        client.chat_postMessage(channel=one, **message)
    return time.perf_counter() - begun


def _show_ratios(found: dict[str, Any], size: Size) -> None:
    print(f"\nFor real, {size.turn} reminders a turn, each with a look at the zone, beside a loop of slack_sdk\n")
    rows = [(engine, one["cco_per_second"], one["bare_per_second"], one["ratio"]) for engine, one in found.items()]
    print(table(("", "cco, a second", "bare loop, a second", "ratio"), rows))
