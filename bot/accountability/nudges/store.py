"""Remembers how people want to be reminded, and what they were reminded of: a message a day, claimed once."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Date,
    Index,
    Integer,
    RowMapping,
    String,
    Table,
    Time,
    and_,
    delete,
    insert,
    select,
    update,
)

from bot.accountability.calendar.workdays import Quiet
from bot.accountability.nudges.nudging import Message, Move, Nudge, Occasion, Sent
from bot.accountability.nudges.people import Settings, Volume, ZoneSeen
from bot.keys import WorkspaceKey
from bot.storage.columns import of_workspace, workspace_columns, workspace_values
from bot.storage.database import Database, UtcDateTime, metadata
from bot.storage.writing import Also, insert_if_new, insert_or_replace, nothing

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


class PeopleStore:
    """People's settings and their messages, always within one workspace; only cleaning looks at all of them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._replace = insert_or_replace(database, PEOPLE)
        self._replace_zone = insert_or_replace(database, ZONES)
        self._add = insert_if_new(database, DIGESTS)

    def settings(self, key: WorkspaceKey, user_id: str) -> Settings:
        """What somebody chose; the defaults for whoever chose nothing."""
        query = select(PEOPLE).where(of_workspace(PEOPLE, key), PEOPLE.c.user_id == user_id)
        with self._database.read() as connection:
            row = connection.execute(query).mappings().first()
        return _settings(row) if row else Settings()

    def save_settings(self, key: WorkspaceKey, user_id: str, chosen: Settings, also: Also = nothing) -> None:
        with self._database.write() as connection:
            connection.execute(self._replace, {**workspace_values(key), "user_id": user_id, **_settings_row(chosen)})
            also(connection)

    def zone_seen(self, key: WorkspaceKey, user_id: str) -> ZoneSeen | None:
        """What Slack told last of the zone in somebody's profile."""
        query = select(ZONES.c.zone, ZONES.c.at).where(of_workspace(ZONES, key), ZONES.c.user_id == user_id)
        with self._database.read() as connection:
            row = connection.execute(query).mappings().first()
        return ZoneSeen(**row) if row else None

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
        message = {**workspace_values(key), "user_id": user_id, "day": day}
        with self._database.write() as connection:
            connection.execute(self._add, {**message, "tries": 0, "begun_at": now, "ts": ""})
            free = and_(_message_of(key, user_id, day), DIGESTS.c.tries == tried, DIGESTS.c.sent_at.is_(None))
            claim = update(DIGESTS).where(free).values(tries=tried + 1, begun_at=now)
            if connection.execute(claim).rowcount != 1:
                return False
            if tried == 0:
                connection.execute(delete(NUDGES).where(_nudges_of(key, user_id, day)))
                if rows := [{**message, **_nudge_row(nudge)} for nudge in nudges]:
                    connection.execute(insert(NUDGES), rows)
        return True

    def sent(self, key: WorkspaceKey, user_id: str, day: date, ts: str, now: datetime, also: Also = nothing) -> None:
        """Remember that it is there, and where; the first to know is believed."""
        with self._database.write() as connection:
            message = update(DIGESTS).where(_message_of(key, user_id, day), DIGESTS.c.sent_at.is_(None))
            connection.execute(message.values(ts=ts, sent_at=now))
            also(connection)

    def not_sent(self, key: WorkspaceKey, user_id: str, day: date, tried: int) -> None:
        """Take a claim back: Slack certainly did not post it. `tried` is how often it was tried before."""
        self._retry(key, user_id, day, tried + 1, tried)

    def drop(self, key: WorkspaceKey, user_id: str, day: date, tried: int) -> None:
        """Give up a message that was tried so often: what it was about goes into the next one."""
        self._retry(key, user_id, day, tried, 0)

    def _retry(self, key: WorkspaceKey, user_id: str, day: date, tried: int, tries: int) -> None:
        unsent = and_(_message_of(key, user_id, day), DIGESTS.c.tries == tried, DIGESTS.c.sent_at.is_(None))
        with self._database.write() as connection:
            connection.execute(update(DIGESTS).where(unsent).values(tries=tries))

    def messages(self, key: WorkspaceKey, user_id: str, since: date) -> tuple[Message, ...]:
        """Somebody's messages that were begun, of the days from that one on, the first first."""
        begun = and_(of_workspace(DIGESTS, key), DIGESTS.c.user_id == user_id, DIGESTS.c.day >= since)
        query = select(DIGESTS).where(begun, DIGESTS.c.tries > 0).order_by(DIGESTS.c.day)
        with self._database.read() as connection:
            return tuple(map(_message, connection.execute(query).mappings()))

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
        wanted = and_(of_workspace(NUDGES, key), NUDGES.c.commitment_id.in_(list(commitment_ids)))
        query = LOG.where(wanted, DIGESTS.c.sent_at.is_not(None)).order_by(DIGESTS.c.sent_at)
        found: dict[str, list[Sent]] = defaultdict(list)
        with self._database.read() as connection:
            for row in connection.execute(query).mappings():
                found[row["commitment_id"]].append(_sent(row))
        return {commitment_id: tuple(log) for commitment_id, log in found.items()}

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


def _message_of(key: WorkspaceKey, user_id: str, day: date) -> ColumnElement[bool]:
    return and_(of_workspace(DIGESTS, key), DIGESTS.c.user_id == user_id, DIGESTS.c.day == day)


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
