"""Votes over the real protocol: a storm of them with everything that goes wrong, and side by side with a bare app."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from bench.figures import Times, table
from bench.polls import ENGINES, Addresses, Message, databases, new_round, put_up
from bench.processes import WorkspaceProcess, bare_process, bot_process, told_process
from bench.storm import Weather
from bot.keys import WorkspaceKey
from bot.readiness.ballot_store import BallotStore
from bot.readiness.rounds import Round
from bot.readiness.store import RoundStore
from bot.storage.database import Database

TURNS = 5
UNDERWAY = 100
STORMS = (("anonymous", "sqlite"), ("anonymous", "postgresql"), ("live", "sqlite"))
GOALS = {"ack_p99_ms": 500, "redraw_s": 15, "ratio": 0.5}


@dataclass(frozen=True)
class Size:
    """`turn` is how many votes each app gets in a turn of the comparison."""

    people: int
    seconds: float
    turn: int


FULL = Size(people=2_000, seconds=60.0, turn=3_000)
QUICK = Size(people=200, seconds=10.0, turn=500)


def run(full: bool = False) -> dict[str, Any]:
    """Print and return the figures. Fails when a single vote is counted wrongly."""
    size = FULL if full else QUICK
    with tempfile.TemporaryDirectory(prefix="cco-bench-") as name, databases(Path(name)) as addresses:
        ratios = {engine: _compared(Path(name), addresses, engine, size) for engine in ENGINES}
        _show_ratios(ratios)
        storms = {f"{kind}_{engine}": _storm(Path(name), addresses, engine, size, kind) for kind, engine in STORMS}
    _show_storms(storms, size)
    return {"size": asdict(size), "side_by_side": ratios, "storms": storms, "goals": GOALS}


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


def _compared(folder: Path, addresses: Addresses, engine: str, size: Size) -> dict[str, Any]:
    """Turn and turn about, so that what else the machine does falls on both; the ratio is of each pair of turns."""
    with ExitStack() as stack:
        ours, bares = stack.enter_context(addresses(engine)), stack.enter_context(addresses(engine))
        cco, _ = stack.enter_context(_polling(folder, ours, size))
        bare, _ = stack.enter_context(_posted(bares, size))
        stack.enter_context(bare_process(bare, "votes", database=bares))
        bare.tell(do="wait_connected")
        for app in (cco, bare):  # they warm up
            app.tell(do="rush", first=0, count=size.turn // 5, underway=UNDERWAY)
        pairs = [[_rush(app, number, size) for app in (cco, bare)] for number in range(TURNS)]
    return {
        "cco": _rushed([pair[0] for pair in pairs], size),
        "bare": _rushed([pair[1] for pair in pairs], size),
        "ratio": round(median(bare["seconds"] / cco["seconds"] for cco, bare in pairs), 2),
        "underway": UNDERWAY,
    }


def _rush(app: WorkspaceProcess, number: int, size: Size) -> dict[str, Any]:
    told: dict[str, Any] = app.tell(do="rush", first=number * size.turn, count=size.turn, underway=UNDERWAY)
    if told["failed"]:
        raise RuntimeError(f"{told['failed']} of {size.turn} votes were not acknowledged")
    return told


def _rushed(turns: list[dict[str, Any]], size: Size) -> dict[str, Any]:
    acks = Times(tuple(seconds for turn in turns for seconds in turn["acks"]))
    return {"per_second": round(median(size.turn / turn["seconds"] for turn in turns)), "ack": acks.as_json()}


# -- the storm


def _storm(folder: Path, addresses: Addresses, engine: str, size: Size, kind: str) -> dict[str, Any]:
    live = kind == "live"
    with (
        addresses(engine) as url,
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
