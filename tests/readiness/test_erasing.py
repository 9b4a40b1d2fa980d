"""A closed database taken apart: nothing in any file of it links a person to a vote.

The same search finds everything while the round is open.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from bot.keys import WorkspaceKey
from bot.readiness.ballot_store import BallotStore
from bot.readiness.ballots import Outcome, receipt_key, receipt_of, voter_key
from bot.readiness.rounds import Round
from bot.readiness.store import RoundStore
from bot.readiness.tables import BALLOTS, SECRETS
from bot.storage.database import Database, DatabaseUnavailable, metadata
from bot.storage.migrate import migrate
from tests.readiness.examples import DEADLINE, NO, NOON, OURS, THEIRS, YES, a_round, people

ASKED = people(*range(120))
FIRST_MARK = 1_700_000_000_000_000
VOTES = {"direction": YES, "metrics": NO}
Traces = dict[str, bytes]


def hold(rounds: RoundStore, ballots: BallotStore, key: WorkspaceKey, name: str, channel: str) -> Round:
    """A round with votes of everybody, some of them changed, some from a modal."""
    found = a_round(name, channel_id=channel)
    rounds.add(key, found, ASKED)
    for number, user_id in enumerate(ASKED):
        mark = FIRST_MARK + 1_009 * number
        ballots.cast(key, name, user_id, VOTES, mark=mark, now=NOON, receipt=f"V{number}")
        if number % 3 == 0:
            ballots.cast(key, name, user_id, {"metrics": YES}, mark=mark + 1, now=NOON)
    return found


def traces(database: Database, key: WorkspaceKey, name: str) -> Traces:
    """Everything of an open round that links people to votes, as the bytes that would be in a file."""
    with database.read() as connection:
        query = select(SECRETS.c.secret).where(SECRETS.c.team_id == key.team_id, SECRETS.c.round_id == name)
        secret = connection.execute(query).scalar_one()
        query = select(BALLOTS.c.mark).where(BALLOTS.c.team_id == key.team_id, BALLOTS.c.round_id == name)
        marks = connection.execute(query).scalars().all()
    order = "big" if database.is_sqlite else "little"
    found = {"secret": secret} | {f"mark {mark}": mark.to_bytes(8, order) for mark in marks}  # type: ignore[arg-type]
    for number, user_id in enumerate(ASKED):
        found[f"key of {user_id}"] = voter_key(secret, user_id)
        found[f"receipt of {user_id}"] = receipt_key(secret, receipt_of(f"V{number}", user_id, VOTES))
    return found


def files(database: Database, began: float) -> Iterator[Path]:
    """Every file that belongs to the database; PostgreSQL's write-ahead log is the server's to rotate.

    What was last written before the test is left out, or the search would take minutes.
    """
    if database.is_sqlite:
        path = Path(database.engine.url.database or "")
        yield from path.parent.glob(f"{path.name}*")
        return
    with database.read() as connection:
        connection.execute(text("CHECKPOINT"))
        folder = Path(connection.execute(text("SHOW data_directory")).scalar_one())
    files = (path for path in folder.rglob("*") if path.is_file() and "pg_wal" not in path.parts)
    yield from (path for path in files if path.stat().st_mtime >= began)


def found_in(database: Database, began: float, sought: Traces) -> set[str]:
    content = b"\0".join(path.read_bytes() for path in files(database, began))
    return {name for name, value in sought.items() if value in content}


@pytest.fixture
def database_url(own_database_url: str) -> str:
    return own_database_url


@pytest.fixture
def began(tmp_path: Path) -> float:
    """When the test began, by the clock of the files."""
    return tmp_path.stat().st_mtime


def dump(database: Database, key: WorkspaceKey) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of a workspace as they lie in the tables, without its name and the names of its rounds."""
    rows: dict[str, list[tuple[Any, ...]]] = {}
    with database.read() as connection:
        for table in metadata.sorted_tables:
            lies = "" if database.is_sqlite else "ORDER BY ctid"
            query = text(f"SELECT * FROM {table.name} WHERE team_id = '{key.team_id}' {lies}")
            rows[table.name] = [tuple(row)[2:] for row in connection.execute(query)]
    return rows


def test_everything_is_found_while_a_round_is_open_and_nothing_after_its_close(
    rounds: RoundStore, ballots: BallotStore, database: Database, began: float
) -> None:
    """Between rounds of others that stay open, as large, in the same tables."""
    for name, channel in (("before", "C2"), ("r1", "C1"), ("after", "C3")):
        hold(rounds, ballots, OURS, name, channel)
    with database.write() as connection:
        connection.execute(text("ANALYZE"))  # which keeps samples of what it reads
    sought, others = traces(database, OURS, "r1"), traces(database, OURS, "after")
    assert found_in(database, began, sought) == sought.keys()
    assert ballots.close(OURS, "r1", DEADLINE)
    still_open = others.keys() & found_in(database, began, others)
    assert {name for name in still_open if not name.startswith("mark")} == {n for n in others if "mark" not in n}
    shared = {name for name in sought if others.get(name) == sought[name]}  # the same marks
    assert found_in(database, began, sought) - shared == set()


def test_closing_the_last_round_leaves_nothing_of_its_marks_either(
    rounds: RoundStore, ballots: BallotStore, database: Database, began: float
) -> None:
    hold(rounds, ballots, OURS, "r1", "C1")
    sought = traces(database, OURS, "r1")
    assert found_in(database, began, sought) == sought.keys()
    ballots.close(OURS, "r1", DEADLINE)
    assert found_in(database, began, sought) == set()


def test_a_cancelled_round_leaves_nothing(
    rounds: RoundStore, ballots: BallotStore, database: Database, began: float
) -> None:
    hold(rounds, ballots, OURS, "r1", "C1")
    sought = traces(database, OURS, "r1")
    ballots.cancel(OURS, "r1", NOON)
    assert found_in(database, began, sought) == set()


def test_a_named_round_leaves_neither_its_secret_nor_when_who_voted(
    rounds: RoundStore, ballots: BallotStore, database: Database, began: float
) -> None:
    rounds.add(OURS, a_round("r1", anonymous=False), ASKED)
    for number, user_id in enumerate(ASKED):
        ballots.cast(OURS, "r1", user_id, {"metrics": YES}, mark=FIRST_MARK + number, now=NOON)
    sought = traces(database, OURS, "r1")
    ballots.close(OURS, "r1", DEADLINE)
    assert found_in(database, began, sought) == set()


def test_deleting_alone_would_leave_traces(
    rounds: RoundStore, ballots: BallotStore, database: Database, monkeypatch: pytest.MonkeyPatch, began: float
) -> None:
    """So that the search can fail after a close, too; and a close whose erasing failed is made up for."""
    hold(rounds, ballots, OURS, "r1", "C1")
    sought = traces(database, OURS, "r1")
    with monkeypatch.context() as patched:
        patched.setattr(BallotStore, "_erase_now", lambda *_: None)
        ballots.close(OURS, "r1", DEADLINE)
    assert found_in(database, began, sought)
    assert ballots.erase(DEADLINE) == 1
    assert found_in(database, began, sought) == set()
    assert ballots.erase(DEADLINE) == 0


def test_rounds_that_stay_open_keep_every_vote(rounds: RoundStore, ballots: BallotStore, database: Database) -> None:
    hold(rounds, ballots, THEIRS, "r1", "C1")
    hold(rounds, ballots, OURS, "r1", "C1")
    before = {table: dump(database, THEIRS)[table] for table in ("ballots", "round_secrets", "vote_receipts")}
    ballots.close(OURS, "r1", DEADLINE)
    after = dump(database, THEIRS)
    assert {table: sorted(rows) for table, rows in before.items()} == {table: after[table] for table in before}
    assert len(before["ballots"]) == 2 * len(ASKED)
    again = ballots.cast(THEIRS, "r1", ASKED[0], VOTES, mark=2 * FIRST_MARK, now=NOON, receipt="V0")
    assert again is Outcome.NOTHING_NEW


def test_a_closed_database_is_the_same_whoever_voted_what_and_when(
    rounds: RoundStore, ballots: BallotStore, database: Database
) -> None:
    """Two rounds with the same tallies, cast by others and in another order, leave the same rows in the same order."""
    for key, order in ((OURS, ASKED[:20]), (THEIRS, ASKED[19::-1])):
        rounds.add(key, a_round(), ASKED[:25])
        for number, user_id in enumerate(order):
            answer = YES if number < 13 else NO
            ballots.cast(key, "r1", user_id, {"direction": answer, "metrics": answer}, mark=number, now=NOON)
        ballots.close(key, "r1", DEADLINE)
    ours, theirs = dump(database, OURS), dump(database, THEIRS)
    assert ours == theirs
    assert {table for table, rows in ours.items() if rows} == {
        "rounds",
        "round_messages",
        "round_participants",
        "round_tallies",
        "published_groups",
    }


def test_no_row_of_an_anonymous_round_has_a_person_and_an_answer(
    rounds: RoundStore, ballots: BallotStore, database: Database
) -> None:
    hold(rounds, ballots, OURS, "r1", "C1")
    ballots.close(OURS, "r1", DEADLINE)
    rows = dump(database, OURS)
    with_people = {table for table, found in rows.items() if any(ASKED[7] in str(row) for row in found)}
    assert with_people == {"round_participants", "published_groups"}
    assert rows["round_participants"] == [("r1", " ".join(sorted(ASKED)))]
    assert len(rows["published_groups"]) == len({row[0] for row in rows["published_groups"]}) == 2


def test_an_open_round_has_no_row_with_a_person_and_a_vote_either(
    rounds: RoundStore, ballots: BallotStore, database: Database
) -> None:
    hold(rounds, ballots, OURS, "r1", "C1")
    with_people = {table for table, found in dump(database, OURS).items() if any(ASKED[7] in str(row) for row in found)}
    assert with_people == {"round_audience"}


def test_somebody_who_reads_for_long_delays_the_erasing_and_nothing_else(
    rounds: RoundStore, ballots: BallotStore, database: Database, began: float
) -> None:
    hold(rounds, ballots, OURS, "r1", "C1")
    sought = traces(database, OURS, "r1")
    with database.read() as reader:
        reader.execute(text("SELECT count(*) FROM ballots"))
        assert ballots.close(OURS, "r1", DEADLINE)
        with pytest.raises(DatabaseUnavailable):
            ballots.erase(DEADLINE)
    assert ballots.erase(DEADLINE) == 1
    assert found_in(database, began, sought) == set()


def test_an_old_transaction_does_not_keep_dead_votes_alive(cluster_url: str, began: float) -> None:
    """PostgreSQL keeps what it might still see, also in a VACUUM FULL."""
    with closing(Database(cluster_url)) as database, database.engine.connect() as old:
        migrate(database)
        old.execution_options(isolation_level="REPEATABLE READ").execute(text("SELECT count(*) FROM questions"))
        rounds, ballots = RoundStore(database), BallotStore(database)
        hold(rounds, ballots, OURS, "r1", "C1")
        sought = traces(database, OURS, "r1")
        ballots.close(OURS, "r1", DEADLINE)
        assert found_in(database, began, sought) == set()
