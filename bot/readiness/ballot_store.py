"""Remembers votes while a round is open, and at its close only what may be known of them afterwards.

A vote and a close of the same round exclude each other: on SQLite there is one writer at a time; on PostgreSQL votes
share a lock on the round that the close takes alone. So a vote is saved and counted, or refused, and nothing between.

The close is one transaction: tallies and participants are written, ballots, secret, receipts and (in an anonymous
round) the audience deleted. Deleting leaves remains in the files, which `erase` removes. SQLite wipes what it deletes
(`secure_delete`), but its write-ahead log still has it and is emptied. PostgreSQL keeps dead rows, with the
transactions that wrote them, for as long as anything old may be looking, and a VACUUM FULL keeps them just as long: so
the tables that hold open rounds only are written anew, in the order of their keys, and their old files go. A close
erases at once; what a crash prevented, the next `erase` makes up for. PostgreSQL's own write-ahead log, replicas and
backups are out of a program's reach: they are the server's to rotate. `tests/readiness/test_erasing.py` searches the
files.
"""

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, and_, bindparam, delete, func, insert, select, text, update

from bot.keys import WorkspaceKey
from bot.readiness.ballots import Ballot, Count, Outcome, Turnout, count, receipt_key, receipt_of, voter_key, voters
from bot.readiness.checks import Answer
from bot.readiness.consensus import Overlap
from bot.readiness.disclosure import Published, Withheld, publish, publish_named, read_published, subject, written
from bot.readiness.rounds import Result, Round
from bot.readiness.tables import (
    AUDIENCE,
    BALLOTS,
    NAMED_VOTES,
    OPEN_ONLY,
    PARTICIPANTS,
    PUBLISHED,
    RECEIPTS,
    ROUNDS,
    SECRETS,
    TALLIES,
    Also,
    insert_if_new,
    insert_or_replace,
    nothing,
    round_of,
    save_later_vote,
)
from bot.readiness.tally import Tally
from bot.storage.columns import given_workspace, in_given_workspace, workspace_values
from bot.storage.database import Database, DatabaseUnavailable

NOBODY = written(Published())
COUNTS = ("yes", "no", "not_sure", "not_my_area")


def _of_round(table: Table) -> Any:
    column = table.c.id if table is ROUNDS else table.c.round_id
    return and_(in_given_workspace(table), column == bindparam("given_id"))


def _rows_of_round(table: Table, *columns: str) -> Select[Any]:
    return select(*(table.c[name] for name in columns)).where(_of_round(table))


# Built once: building them anew took longer than running them.
ASKED_TO_VOTE = (
    select(ROUNDS.c.deadline, ROUNDS.c.closed_at, SECRETS.c.secret, AUDIENCE.c.user_id)
    .select_from(ROUNDS)
    .outerjoin(SECRETS, _of_round(SECRETS))
    .outerjoin(AUDIENCE, and_(_of_round(AUDIENCE), AUDIENCE.c.user_id == bindparam("given_user")))
    .where(_of_round(ROUNDS))
)
VOTED = select(func.count(BALLOTS.c.voter.distinct())).where(_of_round(BALLOTS)).scalar_subquery()
TURNOUT = select(ROUNDS.c.asked, ROUNDS.c.voters, ROUNDS.c.closed_at, VOTED.label("voted")).where(_of_round(ROUNDS))
LIVE = (
    select(BALLOTS.c.statement_id, BALLOTS.c.answer, func.count().label("times"))
    .select_from(ROUNDS)
    .join(BALLOTS, _of_round(BALLOTS))
    .where(_of_round(ROUNDS), ROUNDS.c.live.is_(True), ROUNDS.c.anonymous.is_(False), ROUNDS.c.closed_at.is_(None))
    .group_by(BALLOTS.c.statement_id, BALLOTS.c.answer)
)
SECRET = _rows_of_round(SECRETS, "secret")
OWN_VOTES = _rows_of_round(BALLOTS, "statement_id", "answer").where(BALLOTS.c.voter == bindparam("given_voter"))
NAMED = _rows_of_round(NAMED_VOTES, "user_id", "statement_id", "answer")
OWN_NAMED_VOTES = NAMED.where(NAMED_VOTES.c.user_id == bindparam("given_user"))
ALL_VOTES = _rows_of_round(BALLOTS, "voter", "statement_id", "answer")
VOTERS = _rows_of_round(BALLOTS, "voter").distinct()
ALL_ASKED = _rows_of_round(AUDIENCE, "user_id", "chased", "opted_out").order_by(AUDIENCE.c.user_id)
RESULTS = _rows_of_round(TALLIES, "statement_id", *COUNTS, "withheld").order_by(TALLIES.c.position)
WHO_VOTED = _rows_of_round(PARTICIPANTS, "user_ids")
GROUPS = (
    select(PUBLISHED.c.subject, PUBLISHED.c.groups)
    .where(in_given_workspace(PUBLISHED), PUBLISHED.c.subject.in_(bindparam("given_subjects", expanding=True)))
    .order_by(PUBLISHED.c.subject)
    .with_for_update()  # of two rounds that ask the same and close at once, the later sees what the first published
)
UNERASED = select(
    ROUNDS.c.enterprise_id.label("given_enterprise_id"),
    ROUNDS.c.team_id.label("given_team_id"),
    ROUNDS.c.id.label("given_id"),
).where(ROUNDS.c.erased_at.is_(None), ROUNDS.c.closed_at.is_not(None))
ERASED = update(ROUNDS).where(_of_round(ROUNDS))
LOCK = text("SELECT pg_advisory_xact_lock(:number)")
SHARED_LOCK = text("SELECT pg_advisory_xact_lock_shared(:number)")


class BallotStore:
    """Votes and what became of them, always within one workspace; only erasing is for all at once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._save_vote = save_later_vote(database)
        self._save_receipt = insert_if_new(database, RECEIPTS)
        self._know_subject = insert_if_new(database, PUBLISHED)
        self._save_groups = insert_or_replace(database, PUBLISHED, ("groups",))

    # While a round is open

    def cast(
        self,
        key: WorkspaceKey,
        round_id: str,
        user_id: str,
        votes: Mapping[str, Answer],
        *,
        mark: int,
        now: datetime,
        receipt: str = "",
    ) -> Outcome:
        """Save somebody's answers by statement, all or none. Saved means committed.

        `mark` orders the votes of a person (`order_mark`). A redelivered click has the same one and so changes
        nothing; a modal has none of its own and brings a `receipt`, its view id and hash, which counts once with the
        same votes.
        """
        with self._database.write() as connection:
            self._lock(connection, round_id, shared=True)
            given = {**_given(key, round_id), "given_user": user_id}
            asked = connection.execute(ASKED_TO_VOTE, given).mappings().first()
            if not asked or not asked["secret"] or asked["closed_at"] or asked["deadline"] <= now:
                return Outcome.CLOSED
            if not asked["user_id"]:
                return Outcome.NOT_ASKED
            row = {**workspace_values(key), "round_id": round_id}
            if receipt:
                seen = {**row, "receipt": receipt_key(asked["secret"], receipt_of(receipt, user_id, votes))}
                if connection.execute(self._save_receipt, seen).rowcount < 1:
                    return Outcome.NOTHING_NEW
            vote = {**row, "voter": voter_key(asked["secret"], user_id), "mark": mark}
            rows = [{**vote, "statement_id": name, "answer": str(votes[name])} for name in sorted(votes)]
            saved = bool(rows) and connection.execute(self._save_vote, rows).rowcount > 0
        return Outcome.SAVED if saved else Outcome.NOTHING_NEW

    def answers(self, key: WorkspaceKey, round_id: str, user_id: str) -> dict[str, Answer]:
        """A person's own answers; none after the close of an anonymous round."""
        given = {**_given(key, round_id), "given_user": user_id}
        with self._database.read() as connection:
            secret = connection.execute(SECRET, given).scalar()
            if secret:
                found = connection.execute(OWN_VOTES, {**given, "given_voter": voter_key(secret, user_id)})
            else:
                found = connection.execute(OWN_NAMED_VOTES, given)
            return {row["statement_id"]: Answer(row["answer"]) for row in found.mappings()}

    def pseudonym(self, key: WorkspaceKey, round_id: str, user_id: str) -> str:
        """A name for a person that nobody can trace back once the round is closed; empty from then on."""
        with self._database.read() as connection:
            secret = connection.execute(SECRET, _given(key, round_id)).scalar()
        return receipt_key(secret, f"whisper:{user_id}").hex() if secret else ""

    def turnout(self, key: WorkspaceKey, round_id: str) -> Turnout:
        with self._database.read() as connection:
            row = connection.execute(TURNOUT, _given(key, round_id)).mappings().first()
        if not row:
            return Turnout(0, 0)
        return Turnout((row["voters"] or 0) if row["closed_at"] else row["voted"], row["asked"])

    def missing(self, key: WorkspaceKey, round_id: str) -> dict[str, int]:
        """Who was asked and has answered nothing yet, with the last wave of reminders sent to each (`mark_chased`).

        Those who opted out are not among them. For chasing alone: it is shown to nobody.
        """
        with self._database.read() as connection:
            secret = connection.execute(SECRET, _given(key, round_id)).scalar()
            if not secret:
                return {}
            asked = connection.execute(ALL_ASKED, _given(key, round_id)).mappings().all()
            heard = set(connection.execute(VOTERS, _given(key, round_id)).scalars())
        return {
            row["user_id"]: row["chased"]
            for row in asked
            if not row["opted_out"] and voter_key(secret, row["user_id"]) not in heard
        }

    def live(self, key: WorkspaceKey, round_id: str) -> dict[str, Tally]:
        """The tallies of an open round that shows them; none of any other, whoever asks."""
        counts: dict[str, dict[str, int]] = {}
        with self._database.read() as connection:
            for row in connection.execute(LIVE, _given(key, round_id)).mappings():
                counts.setdefault(row["statement_id"], {})[row["answer"]] = row["times"]
        return {
            name: Tally(*(found.get(answer, 0) for answer in Answer))  # in the same order
            for name, found in counts.items()
        }

    # The close

    def close(
        self, key: WorkspaceKey, round_id: str, now: datetime, *, early: bool = False, also: Also = nothing
    ) -> bool:
        """Count a round and erase how anybody voted. False when it is closed already.

        Unless it is closed early, False as well when its deadline has been moved and is yet to come.
        """
        with self._database.write() as connection:
            found = self._take(connection, key, round_id)
            if not found or (not early and now < found.deadline):
                return False
            counted = _count(connection, key, found)
            _save_results(connection, key, found, self._disclosed(connection, key, found, counted))
            _save_participants(connection, key, found, counted)
            if not found.anonymous:
                _save_names(connection, key, found, counted)
            _end(connection, key, found, closed_at=now, voters=len(counted.voters))
            also(connection)
        self._erase_now(now)
        return True

    def cancel(self, key: WorkspaceKey, round_id: str, now: datetime, also: Also = nothing) -> bool:
        """End a round without a result. False when it is closed already."""
        with self._database.write() as connection:
            found = self._take(connection, key, round_id)
            if not found:
                return False
            if found.live:  # these votes have been seen
                self._disclosed(connection, key, found, _count(connection, key, found))
            _end(connection, key, found, closed_at=now, cancelled=True)
            also(connection)
        self._erase_now(now)
        return True

    def erase(self, now: datetime) -> int:
        """Wipe the remains of the votes of all closed rounds from the files. Returns of how many rounds.

        Does nothing when there are none. It is to be called at the start and now and then: a close that could not do it
        itself, or a process that died just then, left it to this. Raises DatabaseUnavailable when others have been
        reading for too long.
        """
        with self._database.write() as connection:
            closed = connection.execute(UNERASED).mappings().all()
            if not closed:
                return 0
            if not self._database.is_sqlite:
                _rewrite(connection)
        if not self._database.forget_erased():
            raise DatabaseUnavailable("erased votes are still in the write-ahead log: others are reading it")
        with self._database.write() as connection:
            connection.execute(ERASED, [{**row, "erased_at": now} for row in closed])
        return len(closed)

    # After the close

    def results(self, key: WorkspaceKey, round_id: str) -> list[Result]:
        """What the close published, statement by statement in the check's order."""
        with self._database.read() as connection:
            rows = connection.execute(RESULTS, _given(key, round_id)).mappings().all()
        return [
            Result(row["statement_id"], None, Withheld(row["withheld"]))
            if row["withheld"]
            else Result(row["statement_id"], Tally(*(row[name] for name in COUNTS)))
            for row in rows
        ]

    def overlap(self, key: WorkspaceKey, earlier_id: str, later_id: str) -> Overlap:
        """How many voted in either closed round and in both. Who they are is not told."""
        with self._database.read() as connection:
            earlier, later = (_participants(connection, key, round_id) for round_id in (earlier_id, later_id))
        return Overlap(len(earlier), len(later), len(earlier & later))

    def named_votes(self, key: WorkspaceKey, round_id: str) -> dict[str, dict[str, Answer]]:
        """Who voted what in a closed round that was not anonymous: by person, then by statement."""
        found: dict[str, dict[str, Answer]] = {}
        with self._database.read() as connection:
            for row in connection.execute(NAMED.order_by(NAMED_VOTES.c.user_id), _given(key, round_id)).mappings():
                found.setdefault(row["user_id"], {})[row["statement_id"]] = Answer(row["answer"])
        return found

    def _lock(self, connection: Connection, round_id: str, *, shared: bool) -> None:
        """On SQLite the transaction itself is the lock."""
        if not self._database.is_sqlite:
            connection.execute(SHARED_LOCK if shared else LOCK, {"number": _number(round_id)})

    def _take(self, connection: Connection, key: WorkspaceKey, round_id: str) -> Round | None:
        """An open round, which nobody else can vote in, extend or close from now on."""
        self._lock(connection, round_id, shared=False)
        query = select(ROUNDS).where(_of_round(ROUNDS), ROUNDS.c.closed_at.is_(None)).with_for_update()
        row = connection.execute(query, _given(key, round_id)).mappings().first()
        return round_of(row) if row else None

    def _disclosed(self, connection: Connection, key: WorkspaceKey, found: Round, counted: Count) -> list[Result]:
        """The results of a round as far as they may be shown; from now on they count as shown."""
        subjects = {one.id: subject(one.text, found.check.about) for one in found.check.statements}
        before = self._published(connection, key, sorted(set(subjects.values())))
        results = []
        for name, tally in counted.tallies.items():  # one after the other: two of them may ask the same
            after, withheld = _decide(found, before[subjects[name]], counted.respondents[name])
            before[subjects[name]] = after
            results.append(Result(name, None, withheld) if withheld else Result(name, tally))
        rows = [{**workspace_values(key), "subject": name, "groups": written(after)} for name, after in before.items()]
        connection.execute(self._save_groups, rows)
        return results

    def _published(self, connection: Connection, key: WorkspaceKey, subjects: list[str]) -> dict[str, Published]:
        """What is published of these subjects; whoever closes another round that asks them waits for this one."""
        rows = [{**workspace_values(key), "subject": name, "groups": NOBODY} for name in subjects]
        connection.execute(self._know_subject, rows)
        found = connection.execute(GROUPS, {**given_workspace(key), "given_subjects": subjects}).mappings()
        return {row["subject"]: read_published(row["groups"]) for row in found}

    def _erase_now(self, now: datetime) -> None:
        with suppress(DatabaseUnavailable):  # the next one will
            self.erase(now)


def _decide(found: Round, before: Published, respondents: frozenset[str]) -> tuple[Published, Withheld | None]:
    if found.anonymous:
        return publish(before, respondents, found.smallest_group)
    return publish_named(before, respondents), None


def _given(key: WorkspaceKey, round_id: str) -> dict[str, str]:
    return {**given_workspace(key), "given_id": round_id}


def _number(round_id: str) -> int:
    """A round as PostgreSQL names a lock. Two with the same number would only wait for each other."""
    return int.from_bytes(hashlib.sha256(round_id.encode()).digest()[:8], signed=True)


def _count(connection: Connection, key: WorkspaceKey, found: Round) -> Count:
    given = _given(key, found.id)
    secret = connection.execute(SECRET, given).scalar_one()
    people = voters(secret, connection.execute(ALL_ASKED, given).scalars())
    rows = connection.execute(ALL_VOTES, given)
    return count(found.check, (Ballot(voter, name, Answer(answer)) for voter, name, answer in rows), people)


def _save_results(connection: Connection, key: WorkspaceKey, found: Round, results: list[Result]) -> None:
    of_round = {**workspace_values(key), "round_id": found.id}
    rows = [
        {
            **of_round,
            "statement_id": result.statement_id,
            "position": number,
            "withheld": result.withheld,
            **(vars(result.tally) if result.tally else dict.fromkeys(COUNTS)),
        }
        for number, result in enumerate(results)
    ]
    connection.execute(insert(TALLIES), rows)


def _save_participants(connection: Connection, key: WorkspaceKey, found: Round, counted: Count) -> None:
    of_round = {**workspace_values(key), "round_id": found.id}
    connection.execute(insert(PARTICIPANTS), {**of_round, "user_ids": " ".join(sorted(counted.voters))})


def _save_names(connection: Connection, key: WorkspaceKey, found: Round, counted: Count) -> None:
    of_round = {**workspace_values(key), "round_id": found.id}
    rows = [
        {**of_round, "statement_id": name, "user_id": user_id, "answer": str(answer)}
        for name, given in counted.answers.items()
        for user_id, answer in sorted(given.items())
    ]
    if rows:
        connection.execute(insert(NAMED_VOTES), rows)


def _end(connection: Connection, key: WorkspaceKey, found: Round, **values: Any) -> None:
    given = _given(key, found.id)
    connection.execute(update(ROUNDS).where(_of_round(ROUNDS)).values(**values), given)
    for table in (*OPEN_ONLY, AUDIENCE):
        connection.execute(delete(table).where(_of_round(table)), given)


def _rewrite(connection: Connection) -> None:
    """Write anew what open rounds have in PostgreSQL's tables that hold nothing else."""
    names = [table.name for table in OPEN_ONLY]
    connection.execute(text("SET LOCAL lock_timeout = '1s'"))  # voters queue behind this
    connection.execute(text(f"LOCK TABLE {', '.join(names)} IN ACCESS EXCLUSIVE MODE"))
    for table in OPEN_ONLY:
        order = ", ".join(column.name for column in table.primary_key)
        connection.execute(text(f"CREATE TEMPORARY TABLE kept AS SELECT * FROM {table.name} ORDER BY {order}"))
        connection.execute(text(f"TRUNCATE {table.name}"))  # a new file at once, whoever is still looking
        connection.execute(text(f"INSERT INTO {table.name} SELECT * FROM kept ORDER BY {order}"))
        connection.execute(text("DROP TABLE kept"))


def _participants(connection: Connection, key: WorkspaceKey, round_id: str) -> frozenset[str]:
    return frozenset((connection.execute(WHO_VOTED, _given(key, round_id)).scalar() or "").split())
