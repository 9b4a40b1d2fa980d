"""Remembers rounds, whom they ask, and how far their messages have come. Votes are in ballot_store.py."""

import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, bindparam, delete, exists, func, insert, or_, select, update

from bot.keys import WorkspaceKey
from bot.readiness.ballots import SECRET_BYTES
from bot.readiness.rounds import PARENT, Message, Round
from bot.readiness.tables import (
    AUDIENCE,
    DRAFTS,
    MESSAGES,
    ROUNDS,
    SECRETS,
    Also,
    insert_if_new,
    nothing,
    round_of,
    row_of,
)
from bot.storage.columns import given_workspace, in_given_workspace, of_workspace, workspace_values
from bot.storage.database import Database

GET = select(ROUNDS).where(in_given_workspace(ROUNDS), ROUNDS.c.id == bindparam("given_id"))
LAST = 1_000  # the position of messages that a round did not need from the start


class RoundStore:
    """Rounds, always within one workspace; only drawing, cleaning and whoever runs the bot look at all of them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._add_round = insert_if_new(database, ROUNDS)
        self._add_message = insert_if_new(database, MESSAGES)

    def add(self, key: WorkspaceKey, new: Round, audience: Iterable[str], also: Also = nothing) -> bool:
        """Save a new round, its secret, everybody who is asked, and the messages it needs, and forget its draft.

        The draft names those who are asked, which nothing may tell any more once an anonymous round is closed.
        False when one of this check is open in the channel already: of two that start at once, one is saved.
        """
        people = sorted(set(audience))
        row = {**workspace_values(key), **row_of(new), "asked": len(people)}
        of_round = {**workspace_values(key), "round_id": new.id}
        with self._database.write() as connection:
            if connection.execute(self._add_round, row).rowcount != 1:
                return False
            connection.execute(insert(SECRETS), {**of_round, "secret": secrets.token_bytes(SECRET_BYTES)})
            asked = [{**of_round, "user_id": user_id, "opted_out": False, "chased": 0} for user_id in people]
            if asked:
                connection.execute(insert(AUDIENCE), asked)
            connection.execute(insert(MESSAGES), [{**of_round, **message} for message in _messages(new)])
            connection.execute(delete(DRAFTS).where(of_workspace(DRAFTS, key), DRAFTS.c.id == new.id))
            also(connection)
        return True

    def get(self, key: WorkspaceKey, round_id: str) -> Round | None:
        with self._database.read() as connection:
            row = connection.execute(GET, {**given_workspace(key), "given_id": round_id}).mappings().first()
        return round_of(row) if row else None

    def open_in(self, key: WorkspaceKey, channel_id: str, check_id: str) -> Round | None:
        """The one open round of a check in a channel."""
        return self._first(
            key, ROUNDS.c.channel_id == channel_id, ROUNDS.c.check_id == check_id, ROUNDS.c.closed_at.is_(None)
        )

    def previous(self, key: WorkspaceKey, to: Round) -> Round | None:
        """The round of the same check in the same channel that closed last before this one was opened."""
        return self._first(
            key,
            ROUNDS.c.channel_id == to.channel_id,
            ROUNDS.c.check_id == to.check.id,
            ROUNDS.c.cancelled.is_(False),
            ROUNDS.c.id != to.id,
            ROUNDS.c.closed_at <= to.opened_at,
        )

    def last_closed(self, key: WorkspaceKey, channel_id: str, check_id: str) -> Round | None:
        """The last round of a check in a channel that has results."""
        own = and_(ROUNDS.c.channel_id == channel_id, ROUNDS.c.check_id == check_id)
        return self._first(key, own, ROUNDS.c.closed_at.is_not(None), ROUNDS.c.cancelled.is_(False))

    def of_channel(self, key: WorkspaceKey, channel_id: str, limit: int = 20) -> list[Round]:
        """The channel's rounds, open and closed, the newest first, without the cancelled ones."""
        return self._found(key, limit, ROUNDS.c.channel_id == channel_id, ROUNDS.c.cancelled.is_(False))

    def extend(self, key: WorkspaceKey, round_id: str, deadline: datetime, also: Also = nothing) -> bool:
        """Set a later deadline. False when the round is closed, or its deadline is as late already."""
        return self._change(key, round_id, also, ROUNDS.c.deadline < deadline, deadline=deadline)

    def hand_over(self, key: WorkspaceKey, round_id: str, starter: str, co_facilitator: str = "") -> bool:
        """Give an open round to others to run. False when it is closed."""
        return self._change(key, round_id, nothing, starter=starter, co_facilitator=co_facilitator)

    # Messages

    def messages(self, key: WorkspaceKey, round_id: str) -> list[Message]:
        """All that a round needs, in the order in which they are posted."""
        query = select(MESSAGES).where(of_workspace(MESSAGES, key), MESSAGES.c.round_id == round_id)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(MESSAGES.c.position, MESSAGES.c.part)).mappings().all()
        return [_message(row) for row in rows]

    def begin_posting(self, key: WorkspaceKey, round_id: str, part: str, tried: int, now: datetime) -> bool:
        """Claim a message that was tried so often, for one more try. False when another process was quicker.

        A message that the round did not need from the start (its results) is added to it.
        """
        row = {**workspace_values(key), "round_id": round_id, **_unposted(part, LAST)}
        free = and_(_message_of(key, round_id, part), MESSAGES.c.tries == tried, MESSAGES.c.ts == "")
        with self._database.write() as connection:
            connection.execute(self._add_message, row)
            claimed = connection.execute(update(MESSAGES).where(free).values(tries=tried + 1, begun_at=now))
        return claimed.rowcount == 1

    def posted(self, key: WorkspaceKey, round_id: str, part: str, ts: str, drawn: str = "") -> None:
        """Remember where a message is and what it shows."""
        with self._database.write() as connection:
            connection.execute(update(MESSAGES).where(_message_of(key, round_id, part)).values(ts=ts, drawn=drawn))

    def not_posted(self, key: WorkspaceKey, round_id: str, part: str, tried: int) -> None:
        """Take a claim back: Slack certainly did not post it. `tried` is how often it was tried before."""
        change = update(MESSAGES).where(_message_of(key, round_id, part), MESSAGES.c.tries == tried + 1)
        with self._database.write() as connection:
            connection.execute(change.values(tries=tried))

    def drawn(self, key: WorkspaceKey, round_id: str, part: str, digest: str, now: datetime) -> None:
        """Remember what a message shows."""
        with self._database.write() as connection:
            drawn = update(MESSAGES).where(_message_of(key, round_id, part))
            connection.execute(drawn.values(drawn=digest, drawn_at=now))

    def lose(self, key: WorkspaceKey, round_id: str, part: str) -> None:
        """Remember that a message is gone: it is neither drawn nor posted again."""
        with self._database.write() as connection:
            connection.execute(update(MESSAGES).where(_message_of(key, round_id, part)).values(gone=True))

    def drawable(self, closed_since: datetime) -> list[tuple[WorkspaceKey, str]]:
        """The rounds of all workspaces whose messages may have to change: the open ones and those closed since then."""
        query = select(ROUNDS.c.enterprise_id, ROUNDS.c.team_id, ROUNDS.c.id)
        drawable = query.where(or_(ROUNDS.c.closed_at.is_(None), ROUNDS.c.closed_at >= closed_since))
        with self._database.read() as connection:
            rows = connection.execute(drawable.order_by(ROUNDS.c.deadline)).all()
        return [(WorkspaceKey(enterprise_id, team_id), round_id) for enterprise_id, team_id, round_id in rows]

    # Whom a round asks

    def is_asked(self, key: WorkspaceKey, round_id: str, user_id: str) -> bool:
        query = select(AUDIENCE.c.user_id).where(_asked(key, round_id, user_id))
        with self._database.read() as connection:
            return connection.execute(query).first() is not None

    def opt_out(self, key: WorkspaceKey, round_id: str, user_id: str) -> bool:
        """Don't chase this person in this round. False when they are not asked."""
        with self._database.write() as connection:
            change = update(AUDIENCE).where(_asked(key, round_id, user_id)).values(opted_out=True)
            return connection.execute(change).rowcount == 1

    def mark_chased(self, key: WorkspaceKey, round_id: str, user_id: str, before: int, after: int) -> bool:
        """Set which wave of reminders was sent to somebody last; it is negative until it is known that it arrived.

        False when something else stands there than `before`, so that of two who begin one does; and for those who
        opted out.
        """
        theirs = and_(_asked(key, round_id, user_id), AUDIENCE.c.chased == before, AUDIENCE.c.opted_out.is_(False))
        with self._database.write() as connection:
            return connection.execute(update(AUDIENCE).where(theirs).values(chased=after)).rowcount == 1

    def has_chased(self, key: WorkspaceKey, round_id: str, wave: int) -> bool:
        """Has this wave been sent to anybody yet?"""
        of_round = and_(of_workspace(AUDIENCE, key), AUDIENCE.c.round_id == round_id)
        begun = exists().where(of_round, AUDIENCE.c.chased.in_((wave, -wave)))
        with self._database.read() as connection:
            return bool(connection.execute(select(begun)).scalar())

    def last_chased(self, key: WorkspaceKey, round_id: str) -> datetime | None:
        """When a reminder last went out."""
        query = select(ROUNDS.c.chased_at).where(of_workspace(ROUNDS, key), ROUNDS.c.id == round_id)
        with self._database.read() as connection:
            return connection.execute(query).scalar()

    def chase(self, key: WorkspaceKey, round_id: str, now: datetime) -> bool:
        """Remember that a reminder went out. False when the round is closed."""
        return self._change(key, round_id, nothing, chased_at=now)

    # Drafts of rounds: what was asked for, until it is started or forgotten

    def save_draft(self, key: WorkspaceKey, draft_id: str, plan: str, now: datetime) -> None:
        row = {**workspace_values(key), "id": draft_id, "plan": plan, "made_at": now}
        with self._database.write() as connection:
            connection.execute(insert(DRAFTS), row)

    def draft(self, key: WorkspaceKey, draft_id: str) -> str | None:
        query = select(DRAFTS.c.plan).where(of_workspace(DRAFTS, key), DRAFTS.c.id == draft_id)
        with self._database.read() as connection:
            return connection.execute(query).scalar()

    def clean(self, before: datetime) -> int:
        """Forget drafts made before that time, in all workspaces."""
        with self._database.write() as connection:
            return connection.execute(delete(DRAFTS).where(DRAFTS.c.made_at < before)).rowcount

    def _change(
        self, key: WorkspaceKey, round_id: str, also: Also, *conditions: ColumnElement[bool], **values: Any
    ) -> bool:
        still = and_(of_workspace(ROUNDS, key), ROUNDS.c.id == round_id, ROUNDS.c.closed_at.is_(None), *conditions)
        with self._database.write() as connection:
            if connection.execute(update(ROUNDS).where(still).values(**values)).rowcount != 1:
                return False
            also(connection)
        return True

    def _first(self, key: WorkspaceKey, *conditions: ColumnElement[bool]) -> Round | None:
        return next(iter(self._found(key, 1, *conditions)), None)

    def _found(self, key: WorkspaceKey, limit: int, *conditions: ColumnElement[bool]) -> list[Round]:
        query = select(ROUNDS).where(of_workspace(ROUNDS, key), *conditions)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(ROUNDS.c.opened_at.desc(), ROUNDS.c.id).limit(limit)).mappings()
            return [round_of(row) for row in rows]

    # For whoever runs the bot

    def everywhere(self) -> list[tuple[WorkspaceKey, Round]]:
        """The rounds of all workspaces, the newest first."""
        query = select(ROUNDS).order_by(ROUNDS.c.opened_at.desc(), ROUNDS.c.id)
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return [(WorkspaceKey(row["enterprise_id"], row["team_id"]), round_of(row)) for row in rows]

    def unerased(self, before: datetime) -> int:
        """How many rounds of all workspaces closed before that time and still have remains of votes in the files."""
        query = select(func.count()).where(ROUNDS.c.closed_at < before, ROUNDS.c.erased_at.is_(None))
        with self._database.read() as connection:
            return connection.execute(query).scalar_one()


def _messages(of: Round) -> Iterator[dict[str, Any]]:
    parts = (PARENT, *(statement.id for statement in of.check.statements))
    return (_unposted(part, number) for number, part in enumerate(parts))


def _unposted(part: str, position: int) -> dict[str, Any]:
    return {"part": part, "position": position, "tries": 0, "begun_at": None, "ts": ""}


def _message_of(key: WorkspaceKey, round_id: str, part: str) -> ColumnElement[bool]:
    return and_(of_workspace(MESSAGES, key), MESSAGES.c.round_id == round_id, MESSAGES.c.part == part)


def _asked(key: WorkspaceKey, round_id: str, user_id: str) -> ColumnElement[bool]:
    return and_(of_workspace(AUDIENCE, key), AUDIENCE.c.round_id == round_id, AUDIENCE.c.user_id == user_id)


def _message(row: RowMapping) -> Message:
    return Message(**{name: row[name] for name in Message.__dataclass_fields__})
