"""Closing a round and reading its results, with one finished round in the database and with ten thousand."""

import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Column, Table, delete, insert, select

from bench.figures import Times, table
from bench.polls import ENGINES, databases, new_round
from bot.clock import system_clock
from bot.keys import WorkspaceKey
from bot.readiness import later
from bot.readiness.ballot_store import BallotStore
from bot.readiness.ballots import voter_key
from bot.readiness.checks import Answer
from bot.readiness.rounds import Round
from bot.readiness.store import RoundStore
from bot.readiness.tables import AUDIENCE, BALLOTS, MESSAGES, PARTICIPANTS, ROUNDS, SECRETS, TALLIES
from bot.scheduler.store import saving
from bot.storage.columns import workspace_values
from bot.storage.database import Database
from bot.storage.migrate import migrate

FINISHED = 10_000
VOTERS = 200
CROWD = 10_000  # people of the workspace who have voted some time or other
CLOSES = 300
QUICK = (1_000, 60)
READS = 10  # of rounds picked at random, after each close
GOAL = 0.20  # that p99 may grow by
KEY = WorkspaceKey("", "T0001")
COPIED = (ROUNDS, TALLIES, PARTICIPANTS, MESSAGES)
CASES = {"one": 1, "many": None, "many_people": None}  # finished rounds; None: as many as there shall be


@dataclass
class Archive:
    """A database with finished rounds."""

    database: Database
    ids: list[str]
    seconds: dict[str, list[float]]

    def timed(self, what: str, work: Callable[[], object]) -> None:
        begun = time.perf_counter()
        work()
        self.seconds.setdefault(what, []).append(time.perf_counter() - begun)


def run(full: bool = False) -> dict[str, Any]:
    """Print and return the figures."""
    finished, closes = (FINISHED, CLOSES) if full else QUICK
    with tempfile.TemporaryDirectory(prefix="cco-bench-") as folder, databases(Path(folder)) as addresses:
        figures = {engine: _measured(lambda name=engine: addresses(name), finished, closes) for engine in ENGINES}
    _show(figures, finished)
    return {**figures, "finished_rounds": finished, "voters": VOTERS, "goal_growth": GOAL}


def _measured(address: Callable[[], Any], finished: int, closes: int) -> dict[str, Any]:
    """Turn and turn about, so that what else the machine does falls on all."""
    with ExitStack() as stack:
        archives = {}
        for name, rounds in CASES.items():
            database = Database(stack.enter_context(address()))
            stack.callback(database.close)
            people = CROWD if name == "many_people" else VOTERS
            archives[name] = Archive(database, _fill(database, rounds or finished, people), {})
        for number in range(closes):
            order = list(archives.values())
            for archive in order if number % 2 else reversed(order):
                _turn(archive, number)
    return _figures(archives)


def _turn(archive: Archive, number: int) -> None:
    """A round is voted in, closed, read and removed, so that there are as many as before."""
    ballots, rng = BallotStore(archive.database), Random(number)
    of = _voted(archive.database, number)
    now = system_clock()
    on_close = saving(KEY, later.on_close(of, now, early=True))
    archive.timed("close", lambda: ballots.close(KEY, of.id, now, early=True, also=on_close))
    for round_id in [of.id, *rng.choices(archive.ids, k=READS)]:
        archive.timed("results", lambda one=round_id: ballots.results(KEY, one))
        archive.timed("turnout", lambda one=round_id: ballots.turnout(KEY, one))
    _remove(archive.database, of.id)


def _figures(archives: dict[str, Archive]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for what in archives["one"].seconds:
        times = {name: Times(tuple(archive.seconds[what])) for name, archive in archives.items()}
        found[what] = {name: each.as_json() for name, each in times.items()}
        for name in ("many", "many_people"):
            found[what][f"growth_{name}"] = round(times[name].p99 / times["one"].p99 - 1, 3)
            found[what][f"growth_p50_{name}"] = round(times[name].p50 / times["one"].p50 - 1, 3)
    return found


def _show(figures: dict[str, Any], finished: int) -> None:
    rows = [
        (f"{engine} {what}", *(part[name]["p99_ms"] for name in CASES), part["growth_many"], part["growth_many_people"])
        for engine, parts in figures.items()
        for what, part in parts.items()
    ]
    print(f"A round of 11 statements and {VOTERS} voters, beside 1 and {finished} finished ones: p99 (ms)")
    print(f"“people”: {CROWD} of them have voted some time; the goal is a growth below {GOAL}\n")
    print(table(("", "one", "many", "people", "growth", "with people"), rows))


# -- what is stored


def _people(first: int = 0) -> list[str]:
    return [f"U{number:08}" for number in range(first, first + VOTERS)]


def _voted(database: Database, number: int, people: Sequence[str] = ()) -> Round:
    """A round in which everybody has voted on everything."""
    asked = people or _people()
    of = new_round("C0001", "U00000000")
    RoundStore(database).add(KEY, of, asked, also=saving(KEY, later.on_start(of)))
    rng, answers = Random(number), list(Answer)
    with database.write() as connection:
        secret = connection.execute(select(SECRETS.c.secret).where(SECRETS.c.round_id == of.id)).scalar_one()
        rows = [
            {"voter": voter_key(secret, person), "statement_id": one.id, "answer": str(rng.choice(answers)), "mark": 1}
            for person in asked
            for one in of.check.statements
        ]
        connection.execute(insert(BALLOTS), [{**workspace_values(KEY), "round_id": of.id, **row} for row in rows])
    return of


def _fill(database: Database, finished: int, crowd: int) -> list[str]:
    """So many finished rounds: some are real, the others copies of the first."""
    migrate(database)
    first = _finished(database, _people())
    for start in range(VOTERS, crowd, VOTERS):
        _remove(database, _finished(database, _people(start)))
    ids = [first, *(f"old{number}" for number in range(1, finished))]
    with database.write() as connection:
        for copied in COPIED:
            pattern = connection.execute(select(copied).where(_id_in(copied) == first)).mappings().all()
            rows = [_copied(dict(row), _id_in(copied).name, name) for name in ids[1:] for row in pattern]
            if rows:
                connection.execute(insert(copied), rows)
    return ids


def _finished(database: Database, people: Sequence[str]) -> str:
    of = _voted(database, 0, people)
    BallotStore(database).close(KEY, of.id, system_clock(), early=True)
    return of.id


def _copied(row: dict[str, Any], id_name: str, name: str) -> dict[str, Any]:
    """A finished round of a time of its own."""
    ago = timedelta(hours=int(name.removeprefix("old")))
    moved = {column: row[column] - ago for column in ("opened_at", "deadline", "closed_at") if column in row}
    return row | moved | {id_name: name}


def _remove(database: Database, round_id: str) -> None:
    with database.write() as connection:
        for one in (*COPIED, AUDIENCE):
            connection.execute(delete(one).where(_id_in(one) == round_id))


def _id_in(one: Table) -> Column[str]:
    return one.c.id if one is ROUNDS else one.c.round_id
