"""Votes over the real protocol: a storm of them with everything that goes wrong, and side by side with a bare app."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from bench.figures import Times, table
from bench.goals import ACK_P99_MS, RATIO, REDRAW_SECONDS, missed_by_votes
from bench.polls import Engines, Message, databases, new_round, put_up
from bench.processes import WorkspaceProcess, bare_process, bot_process, standing_still, told_process
from bench.storm import Weather
from bot.keys import WorkspaceKey
from bot.readiness.ballot_store import BallotStore
from bot.readiness.rounds import Round
from bot.readiness.store import RoundStore
from bot.storage.database import Database

TURNS = 5
UNDERWAY = 100
STORMS = (("anonymous", "sqlite"), ("anonymous", "postgresql"), ("live", "sqlite"))
GOALS = {"ack_p99_ms": ACK_P99_MS, "redraw_s": REDRAW_SECONDS, "ratio": RATIO}


@dataclass(frozen=True)
class Size:
    """`turn` is how many votes each app gets in a turn of the comparison."""

    people: int
    seconds: float
    turn: int


FULL = Size(people=2_000, seconds=60.0, turn=3_000)
QUICK = Size(people=200, seconds=10.0, turn=500)


def run(*, quick: bool = False) -> dict[str, Any]:
    """Print and return the figures, and which goals were missed. Fails when a single vote is counted wrongly."""
    size = QUICK if quick else FULL
    with tempfile.TemporaryDirectory(prefix="cco-bench-") as name, databases(Path(name)) as engines:
        ratios = {engine: _compared(Path(name), engines, engine, size) for engine in engines.names}
        _show_ratios(ratios)
        wanted = [(kind, engine) for kind, engine in STORMS if engine in engines.names]
        storms = {f"{kind}_{engine}": _storm(Path(name), engines, engine, size, kind) for kind, engine in wanted}
    _show_storms(storms, size)
    found = {"size": asdict(size), "side_by_side": ratios, "storms": storms, "goals": GOALS}
    return {**found, "missed": missed_by_votes(found)}


def _show_ratios(ratios: dict[str, Any]) -> None:
    rows = [
        (f"{engine}, {name}", part[name]["per_second"], part[name]["ack"]["p50_ms"], part[name]["ack"]["p99_ms"])
        for engine, part in ratios.items()
        for name in ("cco", "bare")
    ]
    print(f"Votes alone, {UNDERWAY} under way, turn and turn about with a Bolt app that upserts one row and acks\n")
    print(table(("", "votes a second", "ack p50, ms", "ack p99, ms"), rows))
    for engine, part in ratios.items():
        print(
            f"\nOn {engine} cco does {part['ratio']} of what the bare app does; the goal is {GOALS['ratio']}.", end=""
        )
    print("\n")


def _show_storms(storms: dict[str, Any], size: Size) -> None:
    rows = [
        (name, one["sent"], one["votes_per_second"], one["ack"]["p50_ms"], one["ack"]["p99_ms"], one["redraw_seconds"])
        for name, one in storms.items()
    ]
    head = ("", "deliveries", "votes a second", "ack p50, ms", "ack p99, ms", "last redraw, s")
    print(f"{size.people} people vote on 11 statements within {size.seconds:.0f} s, every final tally as it must be;")
    print(f"the goals are an ack p99 of {GOALS['ack_p99_ms']} ms and a last redraw within {GOALS['redraw_s']} s\n")
    print(table(head, rows))
    for name, one in storms.items():
        print(f"\n{name}: offered within {one['offered_seconds']} s, {one['failed']} not acknowledged;")
        print(f"  modals {one['modals']}\n  calls {one['calls']}\n  in the busiest minute {one['busiest_minute']}")


# -- side by side


@dataclass(frozen=True)
class App:
    """An app that takes votes, and the workspace that it is in."""

    workspace: WorkspaceProcess
    process: "subprocess.Popen[Any]"

    def rush(self, first: int, count: int) -> dict[str, Any]:
        told: dict[str, Any] = self.workspace.tell(do="rush", first=first, count=count, underway=UNDERWAY)
        if told["failed"]:
            raise RuntimeError(f"{told['failed']} of {count} votes were not acknowledged")
        return told


def _compared(folder: Path, engines: Engines, engine: str, size: Size) -> dict[str, Any]:
    """Turn and turn about, each first in every other pair, so that what else the machine does falls on both.

    Who has no turn stands still: what a vote entails, drawing say, is done after it. The ratio is of each pair.
    """
    with ExitStack() as stack:
        apps = _put_up(stack, folder, engines, engine, size)
        for name in apps:  # they warm up
            _turn(apps, name, 0, size.turn // 5)
        pairs = []
        for number in range(TURNS):
            order = list(apps) if number % 2 else list(reversed(apps))
            pairs.append({name: _turn(apps, name, number * size.turn, size.turn) for name in order})
    return {
        **{name: _rushed([pair[name] for pair in pairs], size) for name in apps},
        "ratio": round(median(pair["bare"]["seconds"] / pair["cco"]["seconds"] for pair in pairs), 2),
        "underway": UNDERWAY,
    }


def _put_up(stack: ExitStack, folder: Path, engines: Engines, engine: str, size: Size) -> dict[str, App]:
    ours, bares = stack.enter_context(engines.empty(engine)), stack.enter_context(engines.empty(engine))
    cco, _ = stack.enter_context(_posted(ours, size))
    bare, _ = stack.enter_context(_posted(bares, size))
    apps = {
        "cco": App(cco, stack.enter_context(bot_process(cco, folder, ours))),
        "bare": App(bare, stack.enter_context(bare_process(bare, "votes", database=bares))),
    }
    for app in apps.values():
        app.workspace.tell(do="wait_connected")
    return apps


def _turn(apps: dict[str, App], name: str, first: int, count: int) -> dict[str, Any]:
    with ExitStack() as stack:
        for other in apps.keys() - {name}:
            stack.enter_context(standing_still(apps[other].process))
        return apps[name].rush(first, count)


def _rushed(turns: list[dict[str, Any]], size: Size) -> dict[str, Any]:
    acks = Times(tuple(seconds for turn in turns for seconds in turn["acks"]))
    return {"per_second": round(median(size.turn / turn["seconds"] for turn in turns)), "ack": acks.as_json()}


# -- the storm


def _storm(folder: Path, engines: Engines, engine: str, size: Size, kind: str) -> dict[str, Any]:
    live = kind == "live"
    with (
        engines.empty(engine) as url,
        _polling(folder, url, size, anonymous=not live, live=live) as (workspace, of),
    ):
        outcome: dict[str, Any] = workspace.tell(do="storm", weather=asdict(Weather(size.seconds, live=live)))
        workspace.tell(do="close")
        key = WorkspaceKey("", workspace.tell(do="who")["team"])
        _check_exact(url, key, of, outcome)
    return {name: value for name, value in outcome.items() if name not in ("tallies", "answers")}


def _check_exact(url: str, key: WorkspaceKey, of: Round, outcome: dict[str, Any]) -> None:
    """Is what the close published exactly what the crowd's own model says?"""
    with closing(Database(url)) as database:
        results, named = BallotStore(database).results(key, of.id), BallotStore(database).named_votes(key, of.id)
        closed = RoundStore(database).get(key, of.id)
    if closed is None or closed.is_open:
        raise RuntimeError("the round is still open")
    counted = {one.statement_id: {name: n for name, n in _counts(one.tally).items() if n} for one in results}
    if counted != outcome["tallies"]:
        raise RuntimeError(f"counted wrongly: {counted}, but it should be {outcome['tallies']}")
    by_person: dict[str, dict[str, str]] = {}
    for person, votes in named.items():
        for statement, answer in votes.items():
            by_person.setdefault(statement, {})[person] = str(answer)
    if outcome["answers"] and by_person != outcome["answers"]:
        raise RuntimeError("the tallies are right, but somebody's vote is not")


def _counts(tally: Any) -> dict[str, int]:
    return {"Yes": tally.yes, "No": tally.no, "Not sure": tally.not_sure, "Not my area": tally.not_my_area}


# -- around both


@contextmanager
def _polling(folder: Path, url: str, size: Size, **fields: Any) -> Iterator[tuple[WorkspaceProcess, Round]]:
    """A crowd, a round and the bot."""
    with _posted(url, size, **fields) as (workspace, of), bot_process(workspace, folder, url):
        workspace.tell(do="wait_connected")
        yield workspace, of


@contextmanager
def _posted(url: str, size: Size, **fields: Any) -> Iterator[tuple[WorkspaceProcess, Round]]:
    """A crowd and a round, and nobody to count it."""
    with told_process("bench.crowd", str(size.people)) as workspace:
        who = workspace.tell(do="who")
        of = new_round(who["channel"], who["starter"], **fields)
        put_up(url, WorkspaceKey("", who["team"]), of, who["people"], partial(_post, workspace))
        yield workspace, of


def _post(workspace: WorkspaceProcess, messages: list[Message]) -> list[str]:
    ts: list[str] = workspace.tell(do="post", messages=messages)["ts"]
    return ts
