"""What claiming costs beside how many rows, and what it takes to plan the sessions of many series."""

import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from itertools import cycle, islice
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Table

from bench.figures import Times, table
from bench.polls import Engines
from bench.reminders import look_row
from bot.accountability import later
from bot.accountability.calendar.recurrence import Series, occurrences
from bot.accountability.calendar.rules import Rule
from bot.accountability.nudges.store import DIGESTS, PeopleStore
from bot.keys import WorkspaceKey
from bot.scheduler.runner import LEASE
from bot.scheduler.store import DUE_ACTIONS, ScheduleStore
from bot.storage.columns import workspace_values
from bot.storage.database import Database
from bot.storage.migrate import migrate

NINE = datetime(2026, 12, 11, 8, tzinfo=UTC)
TEAMS = 1_000
CLAIMS = 200
AT_ONCE = 10_000  # rows in one statement
SERIES, AHEAD = 10_000, 12
RULES = (
    "FREQ=WEEKLY;BYDAY=TU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", "FREQ=MONTHLY;BYDAY=1TU",
    "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    "FREQ=DAILY;INTERVAL=10",
)  # fmt: skip
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo", "UTC")


def claims(engines: Engines, engine: str, rows: int) -> dict[str, Any]:
    """What is due is claimed beside so many others that are due; a message of a day beside so many others."""
    with engines.empty(engine) as url, closing(Database(url)) as database:
        migrate(database)
        _fill(database, DUE_ACTIONS, rows, lambda number: look_row(_key(number), f"U{number}", NINE))
        _fill(database, DIGESTS, rows, _message)
        _know(database)
        schedule, people = ScheduleStore(database), PeopleStore(database)
        actions = _timed(lambda _: schedule.claim({later.NUDGE: LEASE}, NINE, 1))
        messages = _timed(lambda number: people.begin_message(_key(number), f"V{number}", NINE.date(), 0, [], NINE))
    return {"action": actions.as_json(), "message": messages.as_json()}


def _timed(claim: Callable[[int], Any]) -> Times:
    seconds = []
    for number in range(CLAIMS):
        begun = time.perf_counter()
        claim(number)
        seconds.append(time.perf_counter() - begun)
    return Times(tuple(seconds[CLAIMS // 10 :]))  # the first build statements and fill caches


def _key(number: int) -> WorkspaceKey:
    return WorkspaceKey("", f"T{number % TEAMS}")


def _message(number: int) -> dict[str, Any]:
    own = {"user_id": f"U{number}", "day": NINE.date(), "tries": 1, "begun_at": NINE, "ts": "1.1", "sent_at": NINE}
    return {**workspace_values(_key(number)), **own}


def _fill(database: Database, into: Table, rows: int, row: Callable[[int], dict[str, Any]]) -> None:
    for start in range(0, rows, AT_ONCE):
        some = [row(number) for number in range(start, min(rows, start + AT_ONCE))]
        with database.write() as connection:
            connection.execute(into.insert(), some)


def _know(database: Database) -> None:
    """As PostgreSQL comes to know its tables by itself after a while."""
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")


def show_claims(found: dict[str, dict[int, dict[str, Any]]]) -> None:
    print(f"\nClaiming what is due, or somebody's message of a day, beside so many others; medians of {CLAIMS} (ms)\n")
    rows = [
        (f"{engine}, {count:,} rows", one["action"]["p50_ms"], one["message"]["p50_ms"])
        for engine, by_rows in found.items()
        for count, one in by_rows.items()
    ]
    print(table(("", "action", "message"), rows))


def planning() -> dict[str, Any]:
    """The next twelve sessions of each of many series."""
    chosen = islice(zip(cycle(RULES), cycle(ZONES), strict=False), SERIES)
    every = [_series(number, rule, zone) for number, (rule, zone) in enumerate(chosen)]
    begun = time.perf_counter()
    found = sum(len(occurrences(series, NINE, AHEAD)) for series in every)
    seconds = round(time.perf_counter() - begun, 2)
    if found != SERIES * AHEAD:
        raise RuntimeError(f"{found} sessions were planned instead of {SERIES * AHEAD}")
    return {"series": SERIES, "sessions_each": AHEAD, "seconds": seconds}


def _series(number: int, rule: str, zone: str) -> Series:
    starts_on = date(2024, 1, 1) + timedelta(days=number % 700)
    return Series(f"s{number}", starts_on, NINE.time(), 45, ZoneInfo(zone), Rule(rule))
