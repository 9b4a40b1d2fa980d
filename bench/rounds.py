"""Closing a round and reading its results, with one finished round in the database and with ten thousand."""

import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from sqlalchemy import Column, Table, delete, insert, select

from bench.figures import Times, table
from bench.goals import GROWTH, missed_by_rounds
from bench.polls import databases, new_round
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
CLOSES = 200
QUICK = (1_000, 25)
BEST_OF = 3
READS = 10  # of rounds picked at random, after each close
BLOCKS = 5  # of turns, in each of which the growth is measured: a hiccup of the machine falls into one
KEY = WorkspaceKey("", "T0001")
COPIED = (ROUNDS, TALLIES, PARTICIPANTS, MESSAGES)
CASES = {"one": 1, "many": None, "many_people": None}  # finished rounds; None: as many as there shall be


@dataclass
class Archive:
    """A database with finished rounds."""

    database: Database
    ids: list[str]
    seconds: dict[str, list[float]]

    def timed(self, what: str, works: Iterable[Callable[[], object]]) -> None:
        """The quickest of the same done several times counts: what else the machine does is not ours."""
        self.seconds.setdefault(what, []).append(min(_seconds(work) for work in works))


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def run(*, quick: bool = False) -> dict[str, Any]:
    """Print and return the figures, and which goals were missed."""
    finished, closes = QUICK if quick else (FINISHED, CLOSES)
    with tempfile.TemporaryDirectory(prefix="cco-bench-") as folder, databases(Path(folder)) as engines:
        figures = {name: _measured(partial(engines.empty, name), finished, closes) for name in engines.names}
    _show(figures, finished)
    found = {"engines": figures, "finished_rounds": finished, "voters": VOTERS, "goal_growth": GROWTH}
    return {**found, "missed": missed_by_rounds(found)}


def _measured(address: Callable[[], Any], finished: int, closes: int) -> dict[str, Any]:
    with ExitStack() as stack:
        archives: dict[str, Archive] = {}
        for name, rounds in CASES.items():
            database = Database(stack.enter_context(address()))
            stack.callback(database.close)
            people = CROWD if name == "many_people" else VOTERS
            archives[name] = Archive(database, _fill(database, rounds or finished, people), {})
        for number in range(closes):
            order = list(archives.values())
            _turn(order if number % 2 else order[::-1], number)
    return _figures(archives)


def _turn(archives: Sequence[Archive], number: int) -> None:
    """Rounds are voted in, closed, read and removed, so that there are as many as before. One does as the other does,
    at once, so that what else the machine does falls on all.
    """
    closed = [_closed(archive, number) for archive in archives]
    picks = Random(number)
    for _ in range(READS):
        pick = picks.random()
        for archive, ballots in zip(archives, map(_ballots, archives), strict=True):
            _read(archive, ballots, archive.ids[int(pick * len(archive.ids))])
    for archive, rounds in zip(archives, closed, strict=True):
        _read(archive, _ballots(archive), rounds[0].id)
        for of in rounds:
            _remove(archive.database, of.id)


def _ballots(archive: Archive) -> BallotStore:
    return BallotStore(archive.database)


def _closed(archive: Archive, number: int) -> list[Round]:
    voted = [_voted(archive.database, number, place=f"C{place:04}") for place in range(BEST_OF)]
    archive.timed("close", [_closing(_ballots(archive), of) for of in voted])
    return voted


def _read(archive: Archive, ballots: BallotStore, round_id: str) -> None:
    archive.timed("results", [partial(ballots.results, KEY, round_id)] * BEST_OF)
    archive.timed("turnout", [partial(ballots.turnout, KEY, round_id)] * BEST_OF)


def _closing(ballots: BallotStore, of: Round) -> Callable[[], object]:
    now = system_clock()
    on_close = saving(KEY, later.on_close(of, now, early=True))
    return lambda: ballots.close(KEY, of.id, now, early=True, also=on_close)


def _figures(archives: dict[str, Archive]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for what in archives["one"].seconds:
        times = {name: Times(tuple(archive.seconds[what])) for name, archive in archives.items()}
        found[what] = {name: each.as_json() for name, each in times.items()}
        for name in ("many", "many_people"):
            growth = _growth(archives["one"].seconds[what], archives[name].seconds[what])
            found[what][f"growth_{name}"] = round(growth, 3)
            found[what][f"growth_p50_{name}"] = round(times[name].p50 / times["one"].p50 - 1, 3)
    return found


def _growth(one: Sequence[float], many: Sequence[float]) -> float:
    """Of p99: the median over blocks of turns, which the two took turn and turn about."""
    size = len(one) // BLOCKS
    blocks = [slice(start, start + size) for start in range(0, size * BLOCKS, size)]
    return median(Times(tuple(many[block])).p99 / Times(tuple(one[block])).p99 for block in blocks) - 1


def _show(figures: dict[str, Any], finished: int) -> None:
    rows = [
        (f"{engine} {what}", *(part[name]["p99_ms"] for name in CASES), part["growth_many"], part["growth_many_people"])
        for engine, parts in figures.items()
        for what, part in parts.items()
    ]
    print(f"A round of 11 statements and {VOTERS} voters, beside 1 and {finished} finished ones: p99 (ms)")
    print(f"“people”: {CROWD} of them have voted some time; the goal is a growth below {GROWTH}\n")
    print(table(("", "one", "many", "people", "growth", "with people"), rows))


# -- what is stored


def _people(first: int = 0) -> list[str]:
    return [f"U{number:08}" for number in range(first, first + VOTERS)]


def _voted(database: Database, number: int, people: Sequence[str] = (), place: str = "C0001") -> Round:
    """A round in which everybody has voted on everything."""
    asked = people or _people()
    of = new_round(place, "U00000000")
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
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")  # which the server does by itself, though not at once
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
