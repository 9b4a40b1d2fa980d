"""Remembers series of sessions and their times, and what a change of these makes of their sessions."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Insert, RowMapping, and_, delete, insert, or_, select, update

from bot.accountability.calendar.recurrence import Series
from bot.accountability.calendar.rules import Rule
from bot.accountability.sessions.session import BEFORE, TO_COME, Session, SessionSeries, State
from bot.accountability.sessions.tables import (
    EXCEPTIONS,
    SERIES,
    SESSIONS,
    STATE,
    TIME,
    TIMES,
    TOPICS,
    advance,
    in_series,
    read_row,
    rows_of_series,
    series_values,
    session_values,
)
from bot.keys import WorkspaceKey
from bot.storage.columns import of_workspace, workspace_values
from bot.storage.database import Database
from bot.storage.writing import Also, insert_if_new, nothing


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
        return read_row(SessionSeries, row) if row else None

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
            return [read_row(SessionSeries, row) for row in rows]

    def everywhere(self) -> list[tuple[WorkspaceKey, SessionSeries]]:
        """Those of all workspaces, ended ones as well, the newest first: for whoever runs the bot."""
        query = select(SERIES).order_by(SERIES.c.made_at.desc(), SERIES.c.id)
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return [(WorkspaceKey(row["enterprise_id"], row["team_id"]), read_row(SessionSeries, row)) for row in rows]

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
        in_order = rows_of_series(key, series_id, TIMES).order_by(TIMES.c.starts_on, TIMES.c.id)
        with self._database.read() as connection:
            rows = connection.execute(in_order).mappings().all()
            changed = connection.execute(rows_of_series(key, series_id, EXCEPTIONS)).mappings().all()
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
        old = and_(in_series(key, series_id, TIMES), TIMES.c.id == ended.id)
        replaced = and_(in_series(key, series_id, EXCEPTIONS), EXCEPTIONS.c.day > ended.ends_on)
        first = new.starts_on.isoformat()
        later = and_(in_series(key, series_id, TOPICS), TOPICS.c.occurrence > first)
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
        connection.execute(insert(TIMES), {**series_values(key, series_id), **plain, **own})
        changed = [{"day": day, "moved_to": moved_to} for day, moved_to in times.exceptions.items()]
        if changed:
            connection.execute(insert(EXCEPTIONS), [{**series_values(key, series_id), **one} for one in changed])

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
        old = and_(in_series(key, session.series_id, EXCEPTIONS), EXCEPTIONS.c.day == day)
        with self._database.write() as connection:
            if not _lock(connection, key, session.series_id):
                return False
            is_new = connection.execute(self._add_session, session_values(key, session)).rowcount == 1
            if not is_new and not advance(connection, key, session, before, changed):
                return False
            connection.execute(delete(EXCEPTIONS).where(old))
            if exception is not None:
                connection.execute(exception)
            _count_change(connection, key, session.series_id)
            also(connection)
        return True


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
        advance(connection, key, session, TO_COME, STATE)
    elif not advance(connection, key, session, TO_COME, TIME) and session.state is State.PLANNED:
        advance(connection, key, session, BEFORE[State.PLANNED], (*STATE, *TIME))


def _is_there(connection: Connection, key: WorkspaceKey, series_id: str, times: Series) -> bool:
    found = rows_of_series(key, series_id, TIMES).where(TIMES.c.id == times.id)
    return connection.execute(found).first() is not None


def _series(key: WorkspaceKey, series_id: str) -> ColumnElement[bool]:
    return and_(of_workspace(SERIES, key), SERIES.c.id == series_id)


def _running(key: WorkspaceKey, series_id: str) -> ColumnElement[bool]:
    return and_(_series(key, series_id), SERIES.c.ended_at.is_(None))


def _day_of(key: WorkspaceKey, session: Session) -> dict[str, Any]:
    return {**series_values(key, session.series_id), "day": date.fromisoformat(session.occurrence)}


def _times(row: RowMapping, exceptions: Mapping[date, datetime | None]) -> Series:
    """Each stretch of times has what was changed about its own days."""
    starts_on, ends_on = row["starts_on"], row["ends_on"]
    own = {day: to for day, to in exceptions.items() if starts_on <= day and (ends_on is None or day <= ends_on)}
    zone, rule = ZoneInfo(row["zone"]), Rule(row["rule"])
    return Series(row["id"], starts_on, row["at"], row["minutes"], zone, rule, own, ends_on)
