"""Remembers questions and feedback: this wing's tables and queries."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    RowMapping,
    String,
    Table,
    Text,
    and_,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from bot.answers.gaps import Gap, Verdict
from bot.answers.words import clean
from bot.keys import WorkspaceKey
from bot.storage.columns import (
    given_workspace,
    in_given_workspace,
    of_workspace,
    workspace_columns,
    workspace_values,
)
from bot.storage.database import Database, UtcDateTime, metadata

QUESTIONS = Table(
    "questions",
    metadata,
    *workspace_columns(),
    Column("id", String(32), primary_key=True),
    Column("user_id", String(32), nullable=False),
    Column("channel_id", String(32), nullable=False),
    Column("thread_ts", String(32), nullable=False),  # the conversation: empty outside a thread
    Column("reply_ts", String(32), nullable=False),  # where the answer goes: empty for the channel's own timeline
    Column("private", Boolean, nullable=False),  # answered to the asker alone
    Column("text", Text),  # gone after a day, unless kept for the curators
    Column("asked_at", UtcDateTime, nullable=False),
    Column("sending", Integer, nullable=False),  # how often posting the answer was begun
    Column("sending_at", UtcDateTime),  # when the last of them was begun
    Column("posted_at", UtcDateTime),
    Column("outcome", String(16)),
    Column("card_id", String(64)),
    Column("kept_as", String(16)),  # why it is kept: not_covered, unsure or thumbed_down
    Index("questions_asked", "asked_at"),
    Index("questions_thread", "enterprise_id", "team_id", "channel_id", "thread_ts", "asked_at"),
)

FEEDBACK = Table(
    "feedback",
    metadata,
    *workspace_columns(),
    Column("question_id", String(32), primary_key=True),
    Column("user_id", String(32), primary_key=True),
    Column("card_id", String(64), nullable=False),
    Column("helpful", Boolean, nullable=False),
    Column("reason", String(32)),
    Column("comment", Text),
    Column("given_at", UtcDateTime, nullable=False),
    Index("feedback_given", "given_at"),
)


# The statements of every question, built once: building them anew took longer than running them.
ADD = insert(QUESTIONS)
CHANGE = update(QUESTIONS).where(in_given_workspace(QUESTIONS), QUESTIONS.c.id == bindparam("given_id"))
BEGIN_SENDING = update(QUESTIONS).where(
    in_given_workspace(QUESTIONS),
    QUESTIONS.c.id == bindparam("given_id"),
    QUESTIONS.c.sending == bindparam("tried"),
    QUESTIONS.c.posted_at.is_(None),
)
LAST_TOPIC = (
    select(QUESTIONS.c.card_id)
    .where(
        in_given_workspace(QUESTIONS),
        QUESTIONS.c.channel_id == bindparam("channel"),
        QUESTIONS.c.thread_ts == bindparam("thread"),
        QUESTIONS.c.card_id.is_not(None),
        QUESTIONS.c.private.is_(False),  # what one person asked for alone is nobody else's topic
        QUESTIONS.c.asked_at >= bindparam("since"),
    )
    .order_by(QUESTIONS.c.asked_at.desc())
    .limit(1)
)


@dataclass(frozen=True)
class Question:
    """A question somebody asked, and how far its answer has come."""

    id: str
    user_id: str
    channel_id: str
    text: str | None
    asked_at: datetime
    thread_ts: str = ""
    reply_ts: str = ""
    private: bool = False
    sending: int = 0
    sending_at: datetime | None = None
    posted_at: datetime | None = None
    outcome: str | None = None
    card_id: str | None = None
    kept_as: str | None = None


@dataclass(frozen=True)
class Feedback:
    """What somebody thought of an answer. `reason` and `comment` come with a thumbs-down."""

    question_id: str
    user_id: str
    card_id: str
    helpful: bool
    given_at: datetime
    reason: str | None = None
    comment: str | None = None


class AnswerStore:
    """Questions and feedback, always within one workspace; only the clean-up and the gaps report span all."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, key: WorkspaceKey, question: Question) -> bool:
        """Save a question. False when it is there already: the same delivery came twice."""
        try:
            with self._database.write() as connection:
                connection.execute(ADD, {**workspace_values(key), **_row(question)})
        except IntegrityError:
            return False
        return True

    def get(self, key: WorkspaceKey, question_id: str) -> Question | None:
        query = select(QUESTIONS).where(of_workspace(QUESTIONS, key), QUESTIONS.c.id == question_id)
        with self._database.read() as connection:
            row = connection.execute(query).mappings().first()
        return _question(row) if row else None

    def change(self, key: WorkspaceKey, question_id: str, **values: Any) -> None:
        """Set some columns of a question; nothing happens when it is gone."""
        with self._database.write() as connection:
            connection.execute(CHANGE, {**given_workspace(key), "given_id": question_id, **values})

    def begin_sending(self, key: WorkspaceKey, question_id: str, tried: int, now: datetime, **values: Any) -> bool:
        """Claim a question that was tried so often, for one more try. False when another process was quicker."""
        begun = {"sending": tried + 1, "sending_at": now, **values}
        with self._database.write() as connection:
            free = {**given_workspace(key), "given_id": question_id, "tried": tried}
            return connection.execute(BEGIN_SENDING, {**free, **begun}).rowcount == 1

    def forget(self, key: WorkspaceKey, question_id: str) -> None:
        """Erase what was asked; the topic stays, so that a follow-up still works."""
        self.change(key, question_id, text=None, kept_as=None)
        self._database.forget_erased()

    def last_topic(self, key: WorkspaceKey, channel_id: str, thread_ts: str, since: datetime) -> str | None:
        """The card that this conversation was last about."""
        conversation = {"channel": channel_id, "thread": thread_ts, "since": since}
        with self._database.read() as connection:
            return connection.execute(LAST_TOPIC, {**given_workspace(key), **conversation}).scalar()

    def unanswered(self, since: datetime, before: datetime) -> list[tuple[WorkspaceKey, Question]]:
        """Questions of all workspaces that were saved in the span and never answered: a crash came between.

        Those whose sending began after `before` are left to the process that is at it.
        """
        query = select(QUESTIONS).where(
            QUESTIONS.c.posted_at.is_(None),
            QUESTIONS.c.text.is_not(None),
            QUESTIONS.c.private.is_(False),
            QUESTIONS.c.asked_at.between(since, before),
            or_(QUESTIONS.c.sending_at.is_(None), QUESTIONS.c.sending_at < before),
        )
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(QUESTIONS.c.asked_at)).mappings().all()
        return [(WorkspaceKey(row["enterprise_id"], row["team_id"]), _question(row)) for row in rows]

    def save_feedback(self, key: WorkspaceKey, feedback: Feedback) -> None:
        """Save what somebody thinks of an answer; a second opinion of theirs replaces the first."""
        with self._database.write() as connection:
            same = and_(
                of_workspace(FEEDBACK, key),
                FEEDBACK.c.question_id == feedback.question_id,
                FEEDBACK.c.user_id == feedback.user_id,
            )
            connection.execute(delete(FEEDBACK).where(same))
            row = vars(replace(feedback, comment=_storable(feedback.comment)))
            connection.execute(insert(FEEDBACK).values(**workspace_values(key), **row))

    def kept_for(self, key: WorkspaceKey, user_id: str) -> int:
        """How many of a person's questions are kept for the curators."""
        query = select(QUESTIONS.c.id).where(
            of_workspace(QUESTIONS, key), QUESTIONS.c.user_id == user_id, QUESTIONS.c.kept_as.is_not(None)
        )
        with self._database.read() as connection:
            return len(connection.execute(query).all())

    def gaps(self) -> list[Gap]:
        """Every kept question of every workspace, oldest first, without ids: for those who run the bot."""
        query = (
            select(QUESTIONS)
            .where(QUESTIONS.c.kept_as.is_not(None), QUESTIONS.c.text.is_not(None))
            .order_by(QUESTIONS.c.asked_at, QUESTIONS.c.id)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return [_gap(row) for row in rows if clean(row["text"])]  # a card chosen by a button has no words

    def verdicts(self) -> list[Verdict]:
        """What people of every workspace thought of answers, oldest first, without ids."""
        query = select(FEEDBACK).order_by(FEEDBACK.c.given_at)
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return [Verdict(row["card_id"], row["helpful"], row["reason"], row["comment"]) for row in rows]

    def clean(self, text_before: datetime, rows_before: datetime) -> int:
        """Erase who asked what, if it is not kept, from before the first time; and all rows from before the second."""
        with self._database.write() as connection:
            stale = and_(QUESTIONS.c.kept_as.is_(None), QUESTIONS.c.asked_at < text_before, QUESTIONS.c.user_id != "")
            connection.execute(update(QUESTIONS).where(stale).values(text=None, user_id=""))
            gone = connection.execute(delete(QUESTIONS).where(QUESTIONS.c.asked_at < rows_before)).rowcount
            gone += connection.execute(delete(FEEDBACK).where(FEEDBACK.c.given_at < rows_before)).rowcount
        return gone


def _row(question: Question) -> dict[str, Any]:
    return vars(replace(question, text=_storable(question.text)))


def _gap(row: RowMapping) -> Gap:
    """Mentions are ids of people and channels, so they go."""
    return Gap(clean(row["text"]), row["outcome"] or "", row["kept_as"], row["card_id"], row["asked_at"])


def _storable(text: str | None) -> str | None:
    """Text as both databases take it: no null character, no half of a surrogate pair."""
    return text and text.replace("\0", "").encode("utf-8", "replace").decode()


def _question(row: RowMapping) -> Question:
    return Question(**{name: row[name] for name in Question.__dataclass_fields__})
