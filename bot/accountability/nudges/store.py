"""Remembers how people want to be reminded, and what they were reminded of: a message a day, claimed once."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    Index,
    Integer,
    RowMapping,
    String,
    Table,
    Time,
    and_,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.accountability.calendar.workdays import Quiet
from bot.accountability.nudges.nudging import Message, Move, Nudge, Occasion, Sent
from bot.accountability.nudges.people import Settings, Volume, ZoneSeen
from bot.keys import WorkspaceKey
from bot.storage.columns import (
    given_workspace,
    in_given_workspace,
    of_workspace,
    workspace_columns,
    workspace_values,
)
from bot.storage.database import Database, UtcDateTime, metadata
from bot.storage.writing import Also, insert_or_replace, nothing

PEOPLE = Table(
    "people",
    metadata,
    *workspace_columns(),
    Column("user_id", String(32), primary_key=True),
    Column("zone", String(64), nullable=False),
    Column("country", String(8), nullable=False),
    Column("volume", String(16), nullable=False),
    Column("quiet_from", Time),
    Column("quiet_until", Time),
    Column("muted", Boolean, nullable=False),
    Column("paused_until", UtcDateTime),
)

ZONES = Table(
    "zones_seen",
    metadata,
    *workspace_columns(),
    Column("user_id", String(32), primary_key=True),
    Column("zone", String(64), nullable=False),  # as Slack told
    Column("at", UtcDateTime, nullable=False),
    Index("zones_seen_at", "at"),
)

DIGESTS = Table(
    "nudge_messages",
    metadata,
    *workspace_columns(),
    Column("user_id", String(32), primary_key=True),
    Column("day", Date, primary_key=True),  # on the wall of the person; one message for each
    Column("tries", Integer, nullable=False),
    Column("begun_at", UtcDateTime, nullable=False),
    Column("ts", String(32), nullable=False),
    Column("sent_at", UtcDateTime),
    Column("unanswered", Integer, nullable=False, server_default="0"),  # tries of which Slack said nothing
    Index("nudge_messages_begun", "begun_at"),
)

NUDGES = Table(
    "nudges",
    metadata,
    *workspace_columns(),
    Column("user_id", String(32), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("commitment_id", String(32), primary_key=True),
    Column("occasion", String(16), nullable=False),
    Column("planned", UtcDateTime, nullable=False),
    Column("due", UtcDateTime, nullable=False),  # the date it named
    Column("moved", String(140), nullable=False),  # why it came later than planned, with spaces between
    Column("unanswered", Integer, nullable=False),
    Index("nudges_commitment", "enterprise_id", "team_id", "commitment_id"),
)

OF_MESSAGE = and_(*(NUDGES.c[name] == DIGESTS.c[name] for name in ("enterprise_id", "team_id", "user_id", "day")))
LOG = select(NUDGES, DIGESTS.c.sent_at, DIGESTS.c.begun_at).join(DIGESTS, OF_MESSAGE)

# The statements of every reminder, built once: building them anew took longer than running them.
SETTINGS = select(PEOPLE).where(in_given_workspace(PEOPLE), PEOPLE.c.user_id == bindparam("given_user"))
ZONE = select(ZONES.c.zone, ZONES.c.at).where(in_given_workspace(ZONES), ZONES.c.user_id == bindparam("given_user"))
OWN = and_(in_given_workspace(DIGESTS), DIGESTS.c.user_id == bindparam("given_user"))
MESSAGES = select(DIGESTS).where(OWN, DIGESTS.c.day >= bindparam("since"), DIGESTS.c.tries > 0).order_by(DIGESTS.c.day)
HISTORY = LOG.where(
    in_given_workspace(NUDGES),
    NUDGES.c.commitment_id.in_(bindparam("ids", expanding=True)),
    DIGESTS.c.sent_at.is_not(None),
).order_by(DIGESTS.c.sent_at)
OF_DAY = and_(OWN, DIGESTS.c.day == bindparam("given_day"))
IS_FREE = and_(DIGESTS.c.tries == bindparam("tried"), DIGESTS.c.sent_at.is_(None))
TRY_AGAIN = update(DIGESTS).where(OF_DAY, IS_FREE)
MARK = update(DIGESTS).where(OF_DAY, DIGESTS.c.sent_at.is_(None))
NO_ANSWER = update(DIGESTS).where(OF_DAY).values(unanswered=DIGESTS.c.unanswered + 1)
FORGET_SAID = delete(NUDGES).where(
    in_given_workspace(NUDGES), NUDGES.c.user_id == bindparam("given_user"), NUDGES.c.day == bindparam("given_day")
)
SAY = insert(NUDGES)


class PeopleStore:
    """People's settings and their messages, always within one workspace; only cleaning looks at all of them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._replace = insert_or_replace(database, PEOPLE)
        self._replace_zone = insert_or_replace(database, ZONES)
        self._begin = _beginning(database)

    def settings(self, key: WorkspaceKey, user_id: str) -> Settings:
        """What somebody chose; the defaults for whoever chose nothing."""
        return self.known(key, user_id)[0]

    def known(self, key: WorkspaceKey, user_id: str) -> tuple[Settings, ZoneSeen | None]:
        """What somebody chose, and what Slack told last of the zone in their profile."""
        given = {**given_workspace(key), "given_user": user_id}
        with self._database.read() as connection:
            chosen = connection.execute(SETTINGS, given).mappings().first()
            seen = connection.execute(ZONE, given).mappings().first()
        return _settings(chosen) if chosen else Settings(), ZoneSeen(**seen) if seen else None

    def save_settings(self, key: WorkspaceKey, user_id: str, chosen: Settings, also: Also = nothing) -> None:
        with self._database.write() as connection:
            connection.execute(self._replace, {**workspace_values(key), "user_id": user_id, **_settings_row(chosen)})
            also(connection)

    def note_zone(self, key: WorkspaceKey, user_id: str, seen: ZoneSeen) -> None:
        with self._database.write() as connection:
            connection.execute(self._replace_zone, {**workspace_values(key), "user_id": user_id, **vars(seen)})

    # The message of a day

    def begin_message(
        self, key: WorkspaceKey, user_id: str, day: date, tried: int, nudges: Iterable[Nudge], now: datetime
    ) -> bool:
        """Claim somebody's message of a day, tried so often, for one more try. False when another process was quicker.

        What it says is remembered with the claim; a further try says the same.
        """
        given = {**given_workspace(key), "given_user": user_id, "given_day": day}
        message = {**workspace_values(key), "user_id": user_id, "day": day}
        with self._database.write() as connection:
            if tried:
                again = {**given, "tried": tried, "tries": tried + 1, "begun_at": now}
                return connection.execute(TRY_AGAIN, again).rowcount == 1
            if connection.execute(self._begin, {**message, "tries": 1, "begun_at": now, "ts": ""}).first() is None:
                return False
            connection.execute(FORGET_SAID, given)
            if rows := [{**message, **_nudge_row(nudge)} for nudge in nudges]:
                connection.execute(SAY, rows)
        return True

    def sent(self, key: WorkspaceKey, user_id: str, day: date, ts: str, now: datetime, also: Also = nothing) -> None:
        """Remember that it is there, and where; the first to know is believed."""
        with self._database.write() as connection:
            given = {**given_workspace(key), "given_user": user_id, "given_day": day}
            connection.execute(MARK, {**given, "ts": ts, "sent_at": now})
            also(connection)

    def not_sent(self, key: WorkspaceKey, user_id: str, day: date, tried: int) -> None:
        """Take a claim back: Slack certainly did not post it. `tried` is how often it was tried before."""
        self._retry(key, user_id, day, tried + 1, tried)

    def no_answer(self, key: WorkspaceKey, user_id: str, day: date) -> None:
        """Note that Slack did not say what became of it."""
        with self._database.write() as connection:
            connection.execute(NO_ANSWER, {**given_workspace(key), "given_user": user_id, "given_day": day})

    def drop(self, key: WorkspaceKey, user_id: str, day: date, tried: int) -> None:
        """Give up a message that was tried so often: what it was about goes into the next one."""
        self._retry(key, user_id, day, tried, 0)

    def _retry(self, key: WorkspaceKey, user_id: str, day: date, tried: int, tries: int) -> None:
        unsent = {**given_workspace(key), "given_user": user_id, "given_day": day, "tried": tried, "tries": tries}
        with self._database.write() as connection:
            connection.execute(TRY_AGAIN, unsent)

    def messages(self, key: WorkspaceKey, user_id: str, since: date) -> tuple[Message, ...]:
        """Somebody's messages that were begun, of the days from that one on, the first first."""
        with self._database.read() as connection:
            return _messages(connection, key, user_id, since)

    def log(
        self, key: WorkspaceKey, user_id: str, since: date, commitment_ids: Collection[str]
    ) -> tuple[tuple[Message, ...], dict[str, tuple[Sent, ...]]]:
        """What `messages` and `history` tell, in one look."""
        with self._database.read() as connection:
            return _messages(connection, key, user_id, since), _history(connection, key, commitment_ids)

    def message_at(self, key: WorkspaceKey, user_id: str, ts: str) -> Message | None:
        """Somebody's message by where Slack has it."""
        named = and_(of_workspace(DIGESTS, key), DIGESTS.c.user_id == user_id, DIGESTS.c.ts == ts)
        with self._database.read() as connection:
            row = connection.execute(select(DIGESTS).where(named)).mappings().first()
        return _message(row) if row and ts else None

    def said(self, key: WorkspaceKey, user_id: str, day: date) -> tuple[Sent, ...]:
        """What the message of a day says, in its order; before it is known to be there, as of when it was begun."""
        query = LOG.where(_nudges_of(key, user_id, day)).order_by(NUDGES.c.due, NUDGES.c.commitment_id)
        with self._database.read() as connection:
            return tuple(map(_sent, connection.execute(query).mappings()))

    # What people were reminded of

    def history(self, key: WorkspaceKey, commitment_ids: Collection[str]) -> dict[str, tuple[Sent, ...]]:
        """The reminders of each commitment that went out, the first first; nothing for those without any."""
        with self._database.read() as connection:
            return _history(connection, key, commitment_ids)

    def last_sent(self, key: WorkspaceKey, user_id: str, limit: int = 10) -> list[Sent]:
        """The last reminders to somebody, the latest first."""
        own = and_(of_workspace(NUDGES, key), NUDGES.c.user_id == user_id, DIGESTS.c.sent_at.is_not(None))
        query = LOG.where(own).order_by(DIGESTS.c.sent_at.desc(), NUDGES.c.due, NUDGES.c.commitment_id).limit(limit)
        with self._database.read() as connection:
            return [_sent(row) for row in connection.execute(query).mappings()]

    def clean(self, before: datetime) -> int:
        """Forget messages begun, and zones seen, before that time, in all workspaces."""
        old = select(DIGESTS.c.day).where(OF_MESSAGE, DIGESTS.c.begun_at < before).exists()
        with self._database.write() as connection:
            connection.execute(delete(NUDGES).where(old))
            zones = connection.execute(delete(ZONES).where(ZONES.c.at < before)).rowcount
            return zones + connection.execute(delete(DIGESTS).where(DIGESTS.c.begun_at < before)).rowcount


def _beginning(database: Database) -> Any:
    """Begins a message that was not begun, or was let go of; it returns nothing for any other."""
    insert = (sqlite if database.is_sqlite else postgresql).insert(DIGESTS)
    begun = {"tries": insert.excluded.tries, "begun_at": insert.excluded.begun_at, "unanswered": 0}
    free = and_(DIGESTS.c.tries == 0, DIGESTS.c.sent_at.is_(None))
    keyed = insert.on_conflict_do_update(index_elements=list(DIGESTS.primary_key), set_=begun, where=free)
    return keyed.returning(DIGESTS.c.tries)


def _messages(connection: Connection, key: WorkspaceKey, user_id: str, since: date) -> tuple[Message, ...]:
    given = {**given_workspace(key), "given_user": user_id, "since": since}
    return tuple(map(_message, connection.execute(MESSAGES, given).mappings()))


def _history(connection: Connection, key: WorkspaceKey, commitment_ids: Collection[str]) -> dict[str, tuple[Sent, ...]]:
    if not commitment_ids:
        return {}
    found: dict[str, list[Sent]] = defaultdict(list)
    for row in connection.execute(HISTORY, {**given_workspace(key), "ids": list(commitment_ids)}).mappings():
        found[row["commitment_id"]].append(_sent(row))
    return {commitment_id: tuple(log) for commitment_id, log in found.items()}


def _nudges_of(key: WorkspaceKey, user_id: str, day: date) -> ColumnElement[bool]:
    return and_(of_workspace(NUDGES, key), NUDGES.c.user_id == user_id, NUDGES.c.day == day)


def _settings_row(chosen: Settings) -> dict[str, Any]:
    quiet = chosen.quiet
    window = {"quiet_from": quiet and quiet.starts, "quiet_until": quiet and quiet.ends}
    return {name: value for name, value in vars(chosen).items() if name != "quiet"} | window


def _settings(row: RowMapping) -> Settings:
    starts, ends = row["quiet_from"], row["quiet_until"]
    return Settings(
        zone=row["zone"],
        country=row["country"],
        volume=Volume(row["volume"]),
        quiet=Quiet(starts, ends) if starts is not None and ends is not None else None,
        muted=row["muted"],
        paused_until=row["paused_until"],
    )


def _nudge_row(nudge: Nudge) -> dict[str, Any]:
    return {
        "commitment_id": nudge.commitment.id,
        "occasion": nudge.occasion,
        "planned": nudge.planned,
        "due": nudge.commitment.due,
        "moved": " ".join(nudge.moved),
        "unanswered": nudge.unanswered,
    }


def _message(row: RowMapping) -> Message:
    return Message(**{name: row[name] for name in Message.__dataclass_fields__})


def _sent(row: RowMapping) -> Sent:
    return Sent(
        commitment_id=row["commitment_id"],
        user_id=row["user_id"],
        at=row["sent_at"] or row["begun_at"],
        occasion=Occasion(row["occasion"]),
        planned=row["planned"],
        due=row["due"],
        moved=tuple(map(Move, row["moved"].split())),
        unanswered=row["unanswered"],
    )
