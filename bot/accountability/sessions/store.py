"""Remembers each session with its list and its messages, and what people put on it."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, delete, exists, func, literal, or_, select, update

from bot.accountability.sessions.items import Entry, Item, Kind, Status, Topic, Update, carried, entries_of
from bot.accountability.sessions.session import AMENDS, BEFORE, TO_COME, Message, Session, State
from bot.accountability.sessions.tables import (
    ENTRIES,
    MESSAGES,
    SESSIONS,
    STATE,
    TOPICS,
    UPDATES,
    advance,
    in_series,
    in_session,
    read_row,
    rows_of_series,
    series_values,
    session_values,
)
from bot.keys import WorkspaceKey
from bot.storage.database import Database
from bot.storage.writing import Also, insert_if_new, insert_or_replace, nothing

MOST_SHOWN = 100  # sessions of one series


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
            return connection.execute(self._add, session_values(key, session)).rowcount == 1

    def get(self, key: WorkspaceKey, series_id: str, occurrence: str) -> Session | None:
        found = and_(in_series(key, series_id, SESSIONS), SESSIONS.c.occurrence == occurrence)
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
        query = rows_of_series(key, series_id, SESSIONS).where(SESSIONS.c.state == State.CLOSED)
        if before is not None:
            query = query.where(SESSIONS.c.closed_at < before)
        with self._database.read() as connection:
            row = connection.execute(query.order_by(SESSIONS.c.closed_at.desc()).limit(1)).mappings().first()
        return _session(row) if row else None

    def post_agenda(self, key: WorkspaceKey, session: Session, also: Also = nothing) -> bool:
        """False when the agenda is out already, or the session has begun, is skipped, or was moved meanwhile."""
        with self._database.write() as connection:
            if not advance(connection, key, session, BEFORE[State.AGENDA_POSTED], (*STATE, "card", "agenda_late")):
                return False
            also(connection)
        return True

    def open(self, key: WorkspaceKey, session: Session, items: Iterable[Item], also: Also = nothing) -> bool:
        """Open a session with its list. False when somebody was quicker: of two, one opens it, or it was moved."""
        with self._database.write() as connection:
            if not advance(connection, key, session, BEFORE[State.OPEN], (*STATE, "opened_at")):
                return False
            self._list(connection, key, session, entries_of(items))
            also(connection)
        return True

    def close(self, key: WorkspaceKey, session: Session, told: Iterable[Entry] = (), also: Also = nothing) -> bool:
        """Close a session. False when it is not open.

        What nobody ticked is as it is `told` otherwise, and was not reached where nothing tells.
        """
        waiting = and_(in_session(key, session, ENTRIES), ENTRIES.c.status == Status.WAITING)
        with self._database.write() as connection:
            if not advance(connection, key, session, BEFORE[State.CLOSED], (*STATE, "closed_at")):
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
        query = select(ENTRIES).where(in_session(key, session, ENTRIES)).order_by(ENTRIES.c.position, ENTRIES.c.item_id)
        with self._database.read() as connection:
            return [_entry(row) for row in connection.execute(query).mappings()]

    def add_items(self, key: WorkspaceKey, session: Session, items: Iterable[Item], also: Also = nothing) -> bool:
        """Put more on the list of an open session, at its end. False when it is not open."""
        last = select(func.coalesce(func.max(ENTRIES.c.position), -1)).where(in_session(key, session, ENTRIES))
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
        entry = and_(in_session(key, session, ENTRIES), ENTRIES.c.item_id == settled.item.id)
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
        wanted = and_(in_series(key, series_id, ENTRIES), ENTRIES.c.item_id.in_(list(item_ids)))
        if before is not None:
            wanted = and_(wanted, SESSIONS.c.closed_at < before)
        query = select(ENTRIES.c.item_id, ENTRIES.c.status).join(SESSIONS, same).where(wanted)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(SESSIONS.c.closed_at)).all()
        return carried((item_id, Status(status)) for item_id, status in rows)

    # What people put on it

    def add_topic(self, key: WorkspaceKey, series_id: str, topic: Topic, also: Also = nothing) -> bool:
        """False when it is there already."""
        row = {**series_values(key, series_id), **vars(topic), "withdrawn_at": None}
        with self._database.write() as connection:
            if connection.execute(self._add_topic, row).rowcount != 1:
                return False
            also(connection)
        return True

    def withdraw_topic(self, key: WorkspaceKey, series_id: str, topic_id: str, now: datetime) -> bool:
        """Take a topic off all lists to come. False when there is none, or it is off already."""
        there = and_(in_series(key, series_id, TOPICS), TOPICS.c.id == topic_id, TOPICS.c.withdrawn_at.is_(None))
        with self._database.write() as connection:
            return connection.execute(update(TOPICS).where(there).values(withdrawn_at=now)).rowcount == 1

    def topics(self, key: WorkspaceKey, series_id: str) -> list[Topic]:
        """What no session has discussed yet, in the order in which it was added."""
        is_this = ENTRIES.c.item_id == literal(f"{Kind.TOPIC}:") + TOPICS.c.id
        discussed = exists().where(in_series(key, series_id, ENTRIES), is_this, ENTRIES.c.status == Status.DISCUSSED)
        query = rows_of_series(key, series_id, TOPICS).where(TOPICS.c.withdrawn_at.is_(None), ~discussed)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(TOPICS.c.at, TOPICS.c.id)).mappings()
            return [read_row(Topic, row) for row in rows]

    def named_topics(self, key: WorkspaceKey, series_id: str, topic_ids: Collection[str]) -> dict[str, Topic]:
        """These topics by their ids, discussed or not."""
        query = rows_of_series(key, series_id, TOPICS).where(TOPICS.c.id.in_(list(topic_ids)))
        with self._database.read() as connection:
            return {row["id"]: read_row(Topic, row) for row in connection.execute(query).mappings()}

    def give_updates(self, key: WorkspaceKey, series_id: str, given: Iterable[Update], also: Also = nothing) -> None:
        """Save what people say of items, in place of what they said of them before. An empty text takes that back."""
        with self._database.write() as connection:
            for one in given:
                if one.text:
                    connection.execute(self._update, {**series_values(key, series_id), **vars(one)})
                else:
                    same = and_(UPDATES.c.item_id == one.item_id, UPDATES.c.by == one.by)
                    connection.execute(delete(UPDATES).where(in_series(key, series_id, UPDATES), same))
            also(connection)

    def updates(self, key: WorkspaceKey, series_id: str, since: datetime) -> list[Update]:
        """What was said since the last session closed, in its order."""
        query = rows_of_series(key, series_id, UPDATES).where(UPDATES.c.at > since).order_by(UPDATES.c.at, UPDATES.c.by)
        with self._database.read() as connection:
            return [read_row(Update, row) for row in connection.execute(query).mappings()]

    # Messages

    def messages(self, key: WorkspaceKey, session: Session) -> list[Message]:
        """Those that posting was begun of, in that order."""
        query = select(MESSAGES).where(in_session(key, session, MESSAGES))
        in_order = query.order_by(MESSAGES.c.begun_at, MESSAGES.c.part)
        with self._database.read() as connection:
            return [read_row(Message, row) for row in connection.execute(in_order).mappings()]

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
        query = rows_of_series(key, series_id, SESSIONS).where(*conditions)
        latest = query.order_by(SESSIONS.c.starts_at.desc(), SESSIONS.c.occurrence.desc()).limit(limit)
        with self._database.read() as connection:
            return [_session(row) for row in connection.execute(latest).mappings()]


def _lock_session(connection: Connection, key: WorkspaceKey, session: Session, condition: ColumnElement[bool]) -> bool:
    """Keep a session as it is until what is said of it is saved. False when it is not so."""
    found = select(SESSIONS.c.occurrence).where(in_session(key, session, SESSIONS), condition).with_for_update()
    return connection.execute(found).first() is not None


def _message(key: WorkspaceKey, session: Session, part: str) -> ColumnElement[bool]:
    return and_(in_session(key, session, MESSAGES), MESSAGES.c.part == part)


def _of_session(key: WorkspaceKey, session: Session) -> dict[str, Any]:
    return {**series_values(key, session.series_id), "occurrence": session.occurrence}


def _entry_row(entry: Entry) -> dict[str, Any]:
    kept = {name: value for name, value in vars(entry).items() if name != "item"}
    return {**kept, **vars(entry.item), "item_id": entry.item.id}


def _session(row: RowMapping) -> Session:
    fields = {name: row[name] for name in Session.__dataclass_fields__}
    return Session(**{**fields, "state": State(row["state"])})


def _entry(row: RowMapping) -> Entry:
    item = Item(Kind(row["kind"]), row["ref"], row["title"])
    return Entry(item, row["position"], Status(row["status"]), row["by"], row["at"], row["note"])
