"""Remembers series of sessions, their times, each session with its list and messages, and what people put on it."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    Index,
    Insert,
    Integer,
    RowMapping,
    String,
    Table,
    Text,
    Time,
    and_,
    delete,
    exists,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from bot.accountability.calendar.recurrence import Series
from bot.accountability.calendar.rules import Rule
from bot.accountability.sessions.items import Entry, Item, Kind, Status, Topic, Update, carried, entries_of
from bot.accountability.sessions.session import AMENDS, BEFORE, TO_COME, Message, Session, SessionSeries, State
from bot.keys import WorkspaceKey
from bot.storage.columns import of_workspace, workspace_columns, workspace_values
from bot.storage.database import Database, UtcDateTime, metadata
from bot.storage.writing import Also, insert_if_new, insert_or_replace, nothing

SERIES = Table(
    "session_series",
    metadata,
    *workspace_columns(),
    Column("id", String(32), primary_key=True),
    Column("channel_id", String(32), nullable=False),
    Column("name", String(80), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("facilitator", String(32), nullable=False),
    Column("sponsor", String(32), nullable=False),
    Column("sponsor_agreed", Boolean, nullable=False),
    Column("country", String(8), nullable=False),
    Column("weekly_digest", Boolean, nullable=False, server_default=false()),
    Column("monthly_digest", Boolean, nullable=False, server_default=false()),
    Column("made_by", String(32), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),  # its last change; whoever changes it must have seen that one
    Column("ended_at", UtcDateTime),
    Index("session_series_channel", "enterprise_id", "team_id", "channel_id"),
)

TIMES = Table(  # the stretches of a series' times, as recurrence.py has them
    "session_times",
    metadata,
    *workspace_columns(),
    Column("series_id", String(32), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("starts_on", Date, nullable=False),
    Column("at", Time, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("rule", Text, nullable=False),
    Column("ends_on", Date),
)

EXCEPTIONS = Table(
    "session_exceptions",
    metadata,
    *workspace_columns(),
    Column("series_id", String(32), primary_key=True),
    Column("day", Date, primary_key=True),  # on which the rule has it
    Column("moved_to", UtcDateTime),  # none where it is left out
)

SESSIONS = Table(
    "sessions",
    metadata,
    *workspace_columns(),
    Column("series_id", String(32), primary_key=True),
    Column("occurrence", String(32), primary_key=True),  # the date it was first meant for
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("opened_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Column("card", String(64), nullable=False),
    Column("agenda_late", Boolean, nullable=False, server_default=false()),
    Index("sessions_start", "enterprise_id", "team_id", "series_id", "starts_at"),
)

ENTRIES = Table(
    "session_entries",
    metadata,
    *workspace_columns(),
    Column("series_id", String(32), primary_key=True),
    Column("occurrence", String(32), primary_key=True),
    Column("item_id", String(190), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("ref", String(174), nullable=False),
    Column("title", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("by", String(32), nullable=False),
    Column("at", UtcDateTime),
    Column("note", Text, nullable=False),
    Index("session_entries_item", "enterprise_id", "team_id", "series_id", "item_id"),
)

MESSAGES = Table(
    "session_messages",
    metadata,
    *workspace_columns(),
    Column("series_id", String(32), primary_key=True),
    Column("occurrence", String(32), primary_key=True),
    Column("part", String(190), primary_key=True),
    Column("tries", Integer, nullable=False),
    Column("begun_at", UtcDateTime),
    Column("ts", String(32), nullable=False),
    Column("drawn", String(32), nullable=False),
    Column("drawn_at", UtcDateTime),
    Column("gone", Boolean, nullable=False, server_default=false()),
)

TOPICS = Table(
    "session_topics",
    metadata,
    *workspace_columns(),
    Column("series_id", String(32), primary_key=True),
    Column("id", String(32), primary_key=True),
    Column("text", Text, nullable=False),
    Column("by", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("occurrence", String(32), nullable=False),  # the first session that it is for
    Column("withdrawn_at", UtcDateTime),
)

UPDATES = Table(
    "session_updates",
    metadata,
    *workspace_columns(),
    Column("series_id", String(32), primary_key=True),
    Column("item_id", String(190), primary_key=True),
    Column("by", String(32), primary_key=True),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
STATE, TIME = ("state",), ("starts_at", "ends_at")  # what a step changes of a session; others may change the rest

MOST_SHOWN = 100  # sessions of one series

Kept = TypeVar("Kept", SessionSeries, Topic, Update, Message)  # values whose fields are columns


class SeriesStore:
    """Series and their times, always within one workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._add = insert_if_new(database, SERIES)
        self._add_session = insert_if_new(database, SESSIONS)

    def add(self, key: WorkspaceKey, new: SessionSeries, times: Series, also: Also = nothing) -> bool:
        """Save a new series. False when it is there already: what made it came twice."""
        with self._database.write() as connection:
            if connection.execute(self._add, {**workspace_values(key), **vars(new)}).rowcount != 1:
                return False
            self._save_times(connection, key, new.id, times)
            also(connection)
        return True

    def get(self, key: WorkspaceKey, series_id: str) -> SessionSeries | None:
        with self._database.read() as connection:
            row = connection.execute(select(SERIES).where(_series(key, series_id))).mappings().first()
        return _read(SessionSeries, row) if row else None

    def of_channel(
        self, key: WorkspaceKey, channel_id: str, ended_since: datetime | None = None
    ) -> list[SessionSeries]:
        """Those of the channel that have not ended, or only since a moment, the oldest first."""
        is_there: ColumnElement[bool] = SERIES.c.ended_at.is_(None)
        if ended_since is not None:
            is_there = or_(is_there, SERIES.c.ended_at > ended_since)
        found = and_(of_workspace(SERIES, key), SERIES.c.channel_id == channel_id, is_there)
        with self._database.read() as connection:
            rows = connection.execute(select(SERIES).where(found).order_by(SERIES.c.made_at, SERIES.c.id)).mappings()
            return [_read(SessionSeries, row) for row in rows]

    def everywhere(self) -> list[tuple[WorkspaceKey, SessionSeries]]:
        """Those of all workspaces, ended ones as well, the newest first: for whoever runs the bot."""
        query = select(SERIES).order_by(SERIES.c.made_at.desc(), SERIES.c.id)
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return [(WorkspaceKey(row["enterprise_id"], row["team_id"]), _read(SessionSeries, row)) for row in rows]

    def save(self, key: WorkspaceKey, changed: SessionSeries, also: Also = nothing) -> bool:
        """Save a changed series. False when somebody was quicker, or it has ended: read it again and decide anew."""
        seen = and_(_running(key, changed.id), SERIES.c.version == changed.version - 1)
        values = {name: value for name, value in vars(changed).items() if name != "id"}
        with self._database.write() as connection:
            if connection.execute(update(SERIES).where(seen).values(**values)).rowcount != 1:
                return False
            also(connection)
        return True

    def end(self, key: WorkspaceKey, series_id: str, now: datetime, also: Also = nothing) -> bool:
        """No session comes after it. False when it has ended already."""
        with self._database.write() as connection:
            ended = update(SERIES).where(_running(key, series_id)).values(ended_at=now, version=SERIES.c.version + 1)
            if connection.execute(ended).rowcount != 1:
                return False
            also(connection)
        return True

    def times(self, key: WorkspaceKey, series_id: str) -> tuple[Series, ...]:
        """When its sessions are; after each change from a day on, one more. The last holds from then on."""
        in_order = _whole(key, series_id, TIMES).order_by(TIMES.c.starts_on, TIMES.c.id)
        with self._database.read() as connection:
            rows = connection.execute(in_order).mappings().all()
            changed = connection.execute(_whole(key, series_id, EXCEPTIONS)).mappings().all()
        exceptions = {row["day"]: row["moved_to"] for row in changed}
        return tuple(_times(row, exceptions) for row in rows)

    def change_times(
        self,
        key: WorkspaceKey,
        series_id: str,
        ended: Series,
        new: Series,
        sessions: Iterable[Session] = (),
        also: Also = nothing,
        *,
        seen: int | None = None,
    ) -> bool:
        """Other times from a day on, as recurrence.change_from has them. False when somebody did, or the series ended.

        With `seen`, the version of the series that all this was worked out from, also when anything changed since.
        `sessions` are those that are not over, as they are by the new times. What was put on the list for a session
        after the first of these is for that one.
        """
        old = and_(_own(key, series_id, TIMES), TIMES.c.id == ended.id)
        replaced = and_(_own(key, series_id, EXCEPTIONS), EXCEPTIONS.c.day > ended.ends_on)
        first = new.starts_on.isoformat()
        later = and_(_own(key, series_id, TOPICS), TOPICS.c.occurrence > first)
        with self._database.write() as connection:
            if not _lock(connection, key, series_id, seen) or _is_there(connection, key, series_id, new):
                return False
            connection.execute(delete(EXCEPTIONS).where(replaced))
            self._save_times(connection, key, series_id, new)
            connection.execute(update(TIMES).where(old).values(ends_on=ended.ends_on))
            connection.execute(update(TOPICS).where(later).values(occurrence=first))
            for session in sessions:
                _retime(connection, key, session)
            _count_change(connection, key, series_id)
            also(connection)
        return True

    def skip(self, key: WorkspaceKey, session: Session, also: Also = nothing) -> bool:
        """Leave out one session. False when it has begun, is skipped already, or was moved meanwhile."""
        exception = insert(EXCEPTIONS).values(**_day_of(key, session), moved_to=None)
        return self._change(key, session, TO_COME, STATE, exception, also)

    def move(self, key: WorkspaceKey, session: Session, also: Also = nothing) -> bool:
        """Save the other time of a session. False when it has begun, or is skipped."""
        exception = insert(EXCEPTIONS).values(**_day_of(key, session), moved_to=session.starts_at)
        return self._change(key, session, TO_COME, TIME, exception, also)

    def move_back(self, key: WorkspaceKey, session: Session, also: Also = nothing) -> bool:
        """The same for one that is when it was first meant to be again."""
        return self._change(key, session, TO_COME, TIME, None, also)

    def bring_back(self, key: WorkspaceKey, session: Session, also: Also = nothing) -> bool:
        """Hold a skipped session after all, when it was first meant to be. False when it is not skipped."""
        return self._change(key, session, BEFORE[State.PLANNED], (*STATE, *TIME), None, also)

    def _save_times(self, connection: Connection, key: WorkspaceKey, series_id: str, times: Series) -> None:
        own = {"zone": times.zone.key, "rule": times.rule.text}
        plain = {name: getattr(times, name) for name in ("id", "starts_on", "at", "minutes", "ends_on")}
        connection.execute(insert(TIMES), {**_of_series(key, series_id), **plain, **own})
        changed = [{"day": day, "moved_to": moved_to} for day, moved_to in times.exceptions.items()]
        if changed:
            connection.execute(insert(EXCEPTIONS), [{**_of_series(key, series_id), **one} for one in changed])

    def _change(
        self,
        key: WorkspaceKey,
        session: Session,
        before: Collection[State],
        changed: Collection[str],
        exception: Insert | None,
        also: Also,
    ) -> bool:
        day = date.fromisoformat(session.occurrence)
        old = and_(_own(key, session.series_id, EXCEPTIONS), EXCEPTIONS.c.day == day)
        with self._database.write() as connection:
            if not _lock(connection, key, session.series_id):
                return False
            is_new = connection.execute(self._add_session, _session_row(key, session)).rowcount == 1
            if not is_new and not _advance(connection, key, session, before, changed):
                return False
            connection.execute(delete(EXCEPTIONS).where(old))
            if exception is not None:
                connection.execute(exception)
            _count_change(connection, key, session.series_id)
            also(connection)
        return True


class SessionStore:
    """Single sessions, always within one workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._add = insert_if_new(database, SESSIONS)
        self._add_entry = insert_if_new(database, ENTRIES)
        self._add_message = insert_if_new(database, MESSAGES)
        self._add_topic = insert_if_new(database, TOPICS)
        self._update = insert_or_replace(database, UPDATES)

    def plan(self, key: WorkspaceKey, session: Session) -> bool:
        """Save a session that comes up. False when it is there already; it stays as it is."""
        with self._database.write() as connection:
            return connection.execute(self._add, _session_row(key, session)).rowcount == 1

    def get(self, key: WorkspaceKey, series_id: str, occurrence: str) -> Session | None:
        found = and_(_own(key, series_id, SESSIONS), SESSIONS.c.occurrence == occurrence)
        with self._database.read() as connection:
            row = connection.execute(select(SESSIONS).where(found)).mappings().first()
        return _session(row) if row else None

    def of_series(
        self, key: WorkspaceKey, series_id: str, limit: int = 20, before: datetime | None = None
    ) -> list[Session]:
        """The sessions that are known of, or those of them that start before a moment, the latest first."""
        return self._found(key, series_id, limit, *([SESSIONS.c.starts_at < before] if before else []))

    def shown(self, key: WorkspaceKey, series_id: str, since: datetime) -> list[Session]:
        """Those with messages in the channel that may have to change: not over, or closed since a moment."""
        own = and_(*(MESSAGES.c[name] == SESSIONS.c[name] for name in ("enterprise_id", "team_id", "series_id")))
        has_messages = exists().where(own, MESSAGES.c.occurrence == SESSIONS.c.occurrence, MESSAGES.c.ts != "")
        lasts = or_(
            SESSIONS.c.state == State.OPEN,
            and_(SESSIONS.c.state == State.CLOSED, SESSIONS.c.closed_at > since),
            and_(SESSIONS.c.state.in_([*TO_COME, State.SKIPPED]), SESSIONS.c.ends_at > since),
        )
        return self._found(key, series_id, MOST_SHOWN, has_messages, lasts)

    def last_closed(self, key: WorkspaceKey, series_id: str, before: datetime | None = None) -> Session | None:
        """The one that closed last, or last before a moment: two that were moved may close in another order."""
        query = _whole(key, series_id, SESSIONS).where(SESSIONS.c.state == State.CLOSED)
        if before is not None:
            query = query.where(SESSIONS.c.closed_at < before)
        with self._database.read() as connection:
            row = connection.execute(query.order_by(SESSIONS.c.closed_at.desc()).limit(1)).mappings().first()
        return _session(row) if row else None

    def post_agenda(self, key: WorkspaceKey, session: Session, also: Also = nothing) -> bool:
        """False when the agenda is out already, or the session has begun, is skipped, or was moved meanwhile."""
        with self._database.write() as connection:
            if not _advance(connection, key, session, BEFORE[State.AGENDA_POSTED], (*STATE, "card", "agenda_late")):
                return False
            also(connection)
        return True

    def open(self, key: WorkspaceKey, session: Session, items: Iterable[Item], also: Also = nothing) -> bool:
        """Open a session with its list. False when somebody was quicker: of two, one opens it, or it was moved."""
        with self._database.write() as connection:
            if not _advance(connection, key, session, BEFORE[State.OPEN], (*STATE, "opened_at")):
                return False
            self._list(connection, key, session, entries_of(items))
            also(connection)
        return True

    def close(self, key: WorkspaceKey, session: Session, told: Iterable[Entry] = (), also: Also = nothing) -> bool:
        """Close a session. False when it is not open.

        What nobody ticked is as it is `told` otherwise, and was not reached where nothing tells.
        """
        waiting = and_(_held(key, session, ENTRIES), ENTRIES.c.status == Status.WAITING)
        with self._database.write() as connection:
            if not _advance(connection, key, session, BEFORE[State.CLOSED], (*STATE, "closed_at")):
                return False
            for entry in told:
                unticked = and_(waiting, ENTRIES.c.item_id == entry.item.id)
                connection.execute(update(ENTRIES).where(unticked).values(status=entry.status, at=session.closed_at))
            connection.execute(update(ENTRIES).where(waiting).values(status=Status.NOT_REACHED, at=session.closed_at))
            also(connection)
        return True

    # Its list

    def entries(self, key: WorkspaceKey, session: Session) -> list[Entry]:
        """In the order in which the session goes through them."""
        query = select(ENTRIES).where(_held(key, session, ENTRIES)).order_by(ENTRIES.c.position, ENTRIES.c.item_id)
        with self._database.read() as connection:
            return [_entry(row) for row in connection.execute(query).mappings()]

    def add_items(self, key: WorkspaceKey, session: Session, items: Iterable[Item], also: Also = nothing) -> bool:
        """Put more on the list of an open session, at its end. False when it is not open."""
        last = select(func.coalesce(func.max(ENTRIES.c.position), -1)).where(_held(key, session, ENTRIES))
        with self._database.write() as connection:
            if not _lock_session(connection, key, session, SESSIONS.c.state == State.OPEN):
                return False
            first = connection.execute(last).scalar_one() + 1
            self._list(connection, key, session, entries_of(items, first))
            also(connection)
        return True

    def settle(
        self,
        key: WorkspaceKey,
        session: Session,
        settled: Entry,
        now: datetime,
        also: Also = nothing,
        *,
        unless_newer: bool = False,
    ) -> bool:
        """Save how an item came out. False when the session is not open, nor was lately, or has no such item.

        With `unless_newer`, also when somebody has ticked it since.
        """
        lately = and_(SESSIONS.c.state == State.CLOSED, SESSIONS.c.closed_at > now - AMENDS)
        said = {"status": settled.status, "by": settled.by, "at": settled.at, "note": settled.note}
        entry = and_(_held(key, session, ENTRIES), ENTRIES.c.item_id == settled.item.id)
        if unless_newer:
            entry = and_(entry, or_(ENTRIES.c.by == "", ENTRIES.c.at <= settled.at))
        with self._database.write() as connection:
            if not _lock_session(connection, key, session, or_(SESSIONS.c.state == State.OPEN, lately)):
                return False
            if connection.execute(update(ENTRIES).where(entry).values(**said)).rowcount != 1:
                return False
            also(connection)
        return True

    def carried(
        self, key: WorkspaceKey, series_id: str, item_ids: Collection[str], before: datetime | None = None
    ) -> dict[str, int]:
        """How many sessions in a row, closed before a moment, have left each of these items unfinished.

        Those with none are left out.
        """
        same = and_(
            *(SESSIONS.c[name] == ENTRIES.c[name] for name in ("enterprise_id", "team_id", "series_id", "occurrence")),
            SESSIONS.c.state == State.CLOSED,
        )
        wanted = and_(_own(key, series_id, ENTRIES), ENTRIES.c.item_id.in_(list(item_ids)))
        if before is not None:
            wanted = and_(wanted, SESSIONS.c.closed_at < before)
        query = select(ENTRIES.c.item_id, ENTRIES.c.status).join(SESSIONS, same).where(wanted)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(SESSIONS.c.closed_at)).all()
        return carried((item_id, Status(status)) for item_id, status in rows)

    # What people put on it

    def add_topic(self, key: WorkspaceKey, series_id: str, topic: Topic, also: Also = nothing) -> bool:
        """False when it is there already."""
        row = {**_of_series(key, series_id), **vars(topic), "withdrawn_at": None}
        with self._database.write() as connection:
            if connection.execute(self._add_topic, row).rowcount != 1:
                return False
            also(connection)
        return True

    def withdraw_topic(self, key: WorkspaceKey, series_id: str, topic_id: str, now: datetime) -> bool:
        """Take a topic off all lists to come. False when there is none, or it is off already."""
        there = and_(_own(key, series_id, TOPICS), TOPICS.c.id == topic_id, TOPICS.c.withdrawn_at.is_(None))
        with self._database.write() as connection:
            return connection.execute(update(TOPICS).where(there).values(withdrawn_at=now)).rowcount == 1

    def topics(self, key: WorkspaceKey, series_id: str) -> list[Topic]:
        """What no session has discussed yet, in the order in which it was added."""
        is_this = ENTRIES.c.item_id == literal(f"{Kind.TOPIC}:") + TOPICS.c.id
        discussed = exists().where(_own(key, series_id, ENTRIES), is_this, ENTRIES.c.status == Status.DISCUSSED)
        query = _whole(key, series_id, TOPICS).where(TOPICS.c.withdrawn_at.is_(None), ~discussed)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(TOPICS.c.at, TOPICS.c.id)).mappings()
            return [_read(Topic, row) for row in rows]

    def named_topics(self, key: WorkspaceKey, series_id: str, topic_ids: Collection[str]) -> dict[str, Topic]:
        """These topics by their ids, discussed or not."""
        query = _whole(key, series_id, TOPICS).where(TOPICS.c.id.in_(list(topic_ids)))
        with self._database.read() as connection:
            return {row["id"]: _read(Topic, row) for row in connection.execute(query).mappings()}

    def give_updates(self, key: WorkspaceKey, series_id: str, given: Iterable[Update], also: Also = nothing) -> None:
        """Save what people say of items, in place of what they said of them before. An empty text takes that back."""
        with self._database.write() as connection:
            for one in given:
                if one.text:
                    connection.execute(self._update, {**_of_series(key, series_id), **vars(one)})
                else:
                    same = and_(UPDATES.c.item_id == one.item_id, UPDATES.c.by == one.by)
                    connection.execute(delete(UPDATES).where(_own(key, series_id, UPDATES), same))
            also(connection)

    def updates(self, key: WorkspaceKey, series_id: str, since: datetime) -> list[Update]:
        """What was said since the last session closed, in its order."""
        query = _whole(key, series_id, UPDATES).where(UPDATES.c.at > since).order_by(UPDATES.c.at, UPDATES.c.by)
        with self._database.read() as connection:
            return [_read(Update, row) for row in connection.execute(query).mappings()]

    # Messages

    def messages(self, key: WorkspaceKey, session: Session) -> list[Message]:
        """Those that posting was begun of, in that order."""
        query = select(MESSAGES).where(_held(key, session, MESSAGES)).order_by(MESSAGES.c.begun_at, MESSAGES.c.part)
        with self._database.read() as connection:
            return [_read(Message, row) for row in connection.execute(query).mappings()]

    def begin_posting(self, key: WorkspaceKey, session: Session, part: str, tried: int, now: datetime) -> bool:
        """Claim a message that was tried so often, for one more try. False when another process was quicker."""
        unposted = {"part": part, "tries": 0, "begun_at": None, "ts": "", "drawn": "", "drawn_at": None, "gone": False}
        free = and_(_message(key, session, part), MESSAGES.c.tries == tried, MESSAGES.c.ts == "")
        with self._database.write() as connection:
            connection.execute(self._add_message, {**_of_session(key, session), **unposted})
            claimed = connection.execute(update(MESSAGES).where(free).values(tries=tried + 1, begun_at=now))
        return claimed.rowcount == 1

    def posted(self, key: WorkspaceKey, session: Session, part: str, ts: str, drawn: str = "") -> None:
        """Remember where a message is and what it shows."""
        self._set(_message(key, session, part), ts=ts, drawn=drawn)

    def not_posted(self, key: WorkspaceKey, session: Session, before: Message) -> None:
        """Take a claim back: Slack certainly did not post it. `before` is as it was then.

        So when an earlier try began, of which nobody knows what became, is not forgotten: it is looked for since then.
        """
        claimed = and_(_message(key, session, before.part), MESSAGES.c.tries == before.tries + 1)
        self._set(claimed, tries=before.tries, begun_at=before.begun_at)

    def drawn(self, key: WorkspaceKey, session: Session, part: str, digest: str, now: datetime) -> None:
        """Remember what a message shows."""
        self._set(_message(key, session, part), drawn=digest, drawn_at=now)

    def lose(self, key: WorkspaceKey, session: Session, part: str) -> None:
        """Remember that a message is gone: it is neither drawn nor posted again."""
        self._set(_message(key, session, part), gone=True)

    def _set(self, which: ColumnElement[bool], **values: Any) -> None:
        with self._database.write() as connection:
            connection.execute(update(MESSAGES).where(which).values(**values))

    def _list(self, connection: Connection, key: WorkspaceKey, session: Session, entries: Iterable[Entry]) -> None:
        rows = [{**_of_session(key, session), **_entry_row(entry)} for entry in entries]
        if rows:
            connection.execute(self._add_entry, rows)

    def _found(self, key: WorkspaceKey, series_id: str, limit: int, *conditions: ColumnElement[bool]) -> list[Session]:
        query = _whole(key, series_id, SESSIONS).where(*conditions)
        latest = query.order_by(SESSIONS.c.starts_at.desc(), SESSIONS.c.occurrence.desc()).limit(limit)
        with self._database.read() as connection:
            return [_session(row) for row in connection.execute(latest).mappings()]


def _lock(connection: Connection, key: WorkspaceKey, series_id: str, version: int | None = None) -> bool:
    """Let one change of a series' times wait for another. False when it has ended, or is of another version."""
    found = select(SERIES.c.version).where(_running(key, series_id)).with_for_update()
    current = connection.execute(found).scalar()
    return current is not None and version in (None, current)


def _count_change(connection: Connection, key: WorkspaceKey, series_id: str) -> None:
    counted = update(SERIES).where(_series(key, series_id)).values(version=SERIES.c.version + 1)
    connection.execute(counted)


def _retime(connection: Connection, key: WorkspaceKey, session: Session) -> None:
    """Save what other times make of a session: left out, at another time, or held after all."""
    if session.state is State.SKIPPED:
        _advance(connection, key, session, TO_COME, STATE)
    elif not _advance(connection, key, session, TO_COME, TIME) and session.state is State.PLANNED:
        _advance(connection, key, session, BEFORE[State.PLANNED], (*STATE, *TIME))


def _is_there(connection: Connection, key: WorkspaceKey, series_id: str, times: Series) -> bool:
    found = _whole(key, series_id, TIMES).where(TIMES.c.id == times.id)
    return connection.execute(found).first() is not None


def _lock_session(connection: Connection, key: WorkspaceKey, session: Session, condition: ColumnElement[bool]) -> bool:
    """Keep a session as it is until what is said of it is saved. False when it is not so."""
    found = select(SESSIONS.c.occurrence).where(_held(key, session, SESSIONS), condition).with_for_update()
    return connection.execute(found).first() is not None


def _advance(
    connection: Connection, key: WorkspaceKey, session: Session, before: Collection[State], changed: Collection[str]
) -> bool:
    """Save what changed of a session that was in one of these states. False when it wasn't, or was moved meanwhile."""
    was = and_(_held(key, session, SESSIONS), SESSIONS.c.state.in_(sorted(before)))
    if "starts_at" not in changed:
        was = and_(was, SESSIONS.c.starts_at == session.starts_at)
    values = {name: getattr(session, name) for name in changed}
    return connection.execute(update(SESSIONS).where(was).values(**values)).rowcount == 1


def _series(key: WorkspaceKey, series_id: str) -> ColumnElement[bool]:
    return and_(of_workspace(SERIES, key), SERIES.c.id == series_id)


def _running(key: WorkspaceKey, series_id: str) -> ColumnElement[bool]:
    return and_(_series(key, series_id), SERIES.c.ended_at.is_(None))


def _own(key: WorkspaceKey, series_id: str, table: Table) -> ColumnElement[bool]:
    return and_(of_workspace(table, key), table.c.series_id == series_id)


def _whole(key: WorkspaceKey, series_id: str, table: Table) -> Any:
    return select(table).where(_own(key, series_id, table))


def _held(key: WorkspaceKey, session: Session, table: Table) -> ColumnElement[bool]:
    return and_(_own(key, session.series_id, table), table.c.occurrence == session.occurrence)


def _message(key: WorkspaceKey, session: Session, part: str) -> ColumnElement[bool]:
    return and_(_held(key, session, MESSAGES), MESSAGES.c.part == part)


def _of_series(key: WorkspaceKey, series_id: str) -> dict[str, Any]:
    return {**workspace_values(key), "series_id": series_id}


def _of_session(key: WorkspaceKey, session: Session) -> dict[str, Any]:
    return {**_of_series(key, session.series_id), "occurrence": session.occurrence}


def _day_of(key: WorkspaceKey, session: Session) -> dict[str, Any]:
    return {**_of_series(key, session.series_id), "day": date.fromisoformat(session.occurrence)}


def _session_row(key: WorkspaceKey, session: Session) -> dict[str, Any]:
    return {**workspace_values(key), **vars(session)}


def _entry_row(entry: Entry) -> dict[str, Any]:
    kept = {name: value for name, value in vars(entry).items() if name != "item"}
    return {**kept, **vars(entry.item), "item_id": entry.item.id}


def _read(kind: type[Kept], row: RowMapping) -> Kept:
    return kind(**{name: row[name] for name in kind.__dataclass_fields__})


def _times(row: RowMapping, exceptions: Mapping[date, datetime | None]) -> Series:
    """Each stretch of times has what was changed about its own days."""
    starts_on, ends_on = row["starts_on"], row["ends_on"]
    own = {day: to for day, to in exceptions.items() if starts_on <= day and (ends_on is None or day <= ends_on)}
    zone, rule = ZoneInfo(row["zone"]), Rule(row["rule"])
    return Series(row["id"], starts_on, row["at"], row["minutes"], zone, rule, own, ends_on)


def _session(row: RowMapping) -> Session:
    fields = {name: row[name] for name in Session.__dataclass_fields__}
    return Session(**{**fields, "state": State(row["state"])})


def _entry(row: RowMapping) -> Entry:
    item = Item(Kind(row["kind"]), row["ref"], row["title"])
    return Entry(item, row["position"], Status(row["status"]), row["by"], row["at"], row["note"])
