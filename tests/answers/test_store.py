"""What the answer store promises, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.answers.gaps import Gap
from bot.answers.store import FEEDBACK, AnswerStore, Feedback, Question
from bot.keys import WorkspaceKey
from bot.storage.database import Database

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
OURS = WorkspaceKey("", "T1")
THEIRS = WorkspaceKey("", "T2")
SAME_TEAM_ELSEWHERE = WorkspaceKey("E1", "T1")
QUESTION = Question("q1", "U1", "C1", "Where should the CCO report?", NOON, thread_ts="1.1", reply_ts="1.1")
OPINION = Feedback("q1", "U1", "reporting-line", helpful=False, given_at=NOON, reason="unclear", comment="Hm.")


@pytest.fixture
def store(database: Database) -> AnswerStore:
    return AnswerStore(database)


def opinions(database: Database) -> list[tuple[str, bool, str | None, str | None]]:
    columns = (FEEDBACK.c.team_id, FEEDBACK.c.helpful, FEEDBACK.c.reason, FEEDBACK.c.comment)
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(FEEDBACK.c.team_id))]


def ids(found: list[tuple[WorkspaceKey, Question]]) -> list[str]:
    return [question.id for _, question in found]


# Questions


def test_a_question_comes_back_as_it_was_saved(store: AnswerStore) -> None:
    assert store.add(OURS, QUESTION)
    assert store.get(OURS, "q1") == QUESTION


def test_forgotten_words_are_in_no_file_of_the_database(store: AnswerStore, tmp_path: Path) -> None:
    store.add(OURS, replace(QUESTION, text="s3cret" * 20))
    store.forget(OURS, "q1")
    assert not [file.name for file in tmp_path.iterdir() if b"s3cret" in file.read_bytes()]


def test_the_same_question_is_saved_once(store: AnswerStore) -> None:
    store.add(OURS, QUESTION)
    assert not store.add(OURS, replace(QUESTION, text="Something else"))
    assert store.get(OURS, "q1") == QUESTION


def test_a_question_that_nobody_asked_is_not_found(store: AnswerStore) -> None:
    assert store.get(OURS, "q1") is None


@pytest.mark.parametrize("other", [THEIRS, SAME_TEAM_ELSEWHERE])
def test_workspaces_do_not_see_each_other(store: AnswerStore, other: WorkspaceKey) -> None:
    store.add(OURS, replace(QUESTION, card_id="reporting-line", kept_as="unsure"))
    assert store.get(other, "q1") is None
    assert store.last_topic(other, "C1", "1.1", NOON) is None
    assert store.kept_for(other, "U1") == 0
    assert store.add(other, QUESTION)


@pytest.mark.parametrize("other", [THEIRS, SAME_TEAM_ELSEWHERE])
def test_workspaces_do_not_change_each_other(store: AnswerStore, other: WorkspaceKey) -> None:
    store.add(OURS, QUESTION)
    store.change(other, "q1", outcome="answer")
    store.forget(other, "q1")
    assert store.get(OURS, "q1") == QUESTION


def test_changing_sets_what_was_named_and_leaves_the_rest(store: AnswerStore) -> None:
    store.add(OURS, QUESTION)
    store.change(OURS, "q1", outcome="answer", posted_at=NOON + MINUTE)
    assert store.get(OURS, "q1") == replace(QUESTION, outcome="answer", posted_at=NOON + MINUTE)


def test_changing_a_question_that_is_gone_does_nothing(store: AnswerStore) -> None:
    store.change(OURS, "q1", outcome="answer")
    assert store.get(OURS, "q1") is None


def test_forgetting_erases_the_words_and_leaves_the_topic(store: AnswerStore) -> None:
    store.add(OURS, replace(QUESTION, kept_as="unsure", card_id="reporting-line"))
    store.forget(OURS, "q1")
    assert store.get(OURS, "q1") == replace(QUESTION, text=None, card_id="reporting-line")
    assert store.gaps() == []


@pytest.mark.parametrize("text", ["a\0b", "ab\0", "\0\0ab"])
def test_null_characters_are_left_out(store: AnswerStore, text: str) -> None:
    store.add(OURS, replace(QUESTION, text=text))
    found = store.get(OURS, "q1")
    assert found is not None
    assert found.text == "ab"


@pytest.mark.parametrize("text", ["", "x" * 20_000, "Ω 漢字 🙂", "'; DROP TABLE questions; --", "50% \\ %s :name"])
def test_any_text_comes_back_as_it_was(store: AnswerStore, text: str) -> None:
    store.add(OURS, replace(QUESTION, text=text))
    found = store.get(OURS, "q1")
    assert found is not None
    assert found.text == text


# Conversations


def test_the_topic_is_the_card_of_the_latest_question(store: AnswerStore) -> None:
    store.add(OURS, replace(QUESTION, card_id="reporting-line"))
    store.add(OURS, replace(QUESTION, id="q2", asked_at=NOON + MINUTE, card_id="four-structures"))
    store.add(OURS, replace(QUESTION, id="q3", asked_at=NOON + 2 * MINUTE, card_id=None))
    assert store.last_topic(OURS, "C1", "1.1", NOON) == "four-structures"


def test_the_topic_of_another_conversation_is_not_taken(store: AnswerStore) -> None:
    store.add(OURS, replace(QUESTION, card_id="reporting-line"))
    assert store.last_topic(OURS, "C2", "1.1", NOON) is None
    assert store.last_topic(OURS, "C1", "2.2", NOON) is None


def test_a_topic_from_too_long_ago_is_not_taken(store: AnswerStore) -> None:
    store.add(OURS, replace(QUESTION, card_id="reporting-line"))
    assert store.last_topic(OURS, "C1", "1.1", NOON) == "reporting-line"
    assert store.last_topic(OURS, "C1", "1.1", NOON + timedelta(microseconds=1)) is None


# After a crash


def test_unanswered_questions_of_all_workspaces_are_found_oldest_first(store: AnswerStore) -> None:
    store.add(OURS, replace(QUESTION, asked_at=NOON + MINUTE))
    store.add(THEIRS, replace(QUESTION, id="q2"))
    found = store.unanswered(NOON, NOON + MINUTE)
    assert [(key.team_id, question.id) for key, question in found] == [("T2", "q2"), ("T1", "q1")]
    assert found[1] == (OURS, replace(QUESTION, asked_at=NOON + MINUTE))


@pytest.mark.parametrize("settled", [{"posted_at": NOON}, {"text": None}, {"private": True}])
def test_answered_erased_and_private_questions_are_not_unanswered(
    store: AnswerStore, settled: dict[str, object]
) -> None:
    store.add(OURS, replace(QUESTION, **settled))  # type: ignore[arg-type]
    assert store.unanswered(NOON - DAY, NOON + DAY) == []


def test_only_questions_of_the_span_are_unanswered(store: AnswerStore) -> None:
    for number, minutes in enumerate([-1, 0, 5, 6]):
        store.add(OURS, replace(QUESTION, id=f"q{number}", asked_at=NOON + minutes * MINUTE))
    assert ids(store.unanswered(NOON, NOON + 5 * MINUTE)) == ["q1", "q2"]


# Feedback


def test_a_second_opinion_replaces_the_first(store: AnswerStore, database: Database) -> None:
    store.save_feedback(OURS, OPINION)
    store.save_feedback(OURS, replace(OPINION, helpful=True, reason=None, comment=None))
    assert opinions(database) == [("T1", True, None, None)]


def test_opinions_of_others_stay(store: AnswerStore, database: Database) -> None:
    store.save_feedback(OURS, OPINION)
    store.save_feedback(OURS, replace(OPINION, user_id="U2"))
    store.save_feedback(THEIRS, OPINION)
    assert [team for team, *_ in opinions(database)] == ["T1", "T1", "T2"]


def test_null_characters_in_a_comment_are_left_out(store: AnswerStore, database: Database) -> None:
    store.save_feedback(OURS, replace(OPINION, comment="no\0 use"))
    assert opinions(database) == [("T1", False, "unclear", "no use")]


# What is kept


def test_kept_questions_are_counted_for_the_person(store: AnswerStore) -> None:
    store.add(OURS, replace(QUESTION, kept_as="unsure"))
    store.add(OURS, replace(QUESTION, id="q2"))
    store.add(OURS, replace(QUESTION, id="q3", user_id="U2", kept_as="unsure"))
    assert store.kept_for(OURS, "U1") == 1


def test_gaps_are_the_kept_questions_without_who_asked(store: AnswerStore) -> None:
    store.add(THEIRS, replace(QUESTION, asked_at=NOON + MINUTE, outcome="suggest", kept_as="unsure"))
    store.add(OURS, replace(QUESTION, text="Salary?", outcome="not_covered", kept_as="not_covered"))
    store.add(OURS, replace(QUESTION, id="q2"))
    assert store.gaps() == [
        Gap("Salary?", "not_covered", "not_covered", None, NOON),
        Gap("Where should the CCO report?", "suggest", "unsure", None, NOON + MINUTE),
    ]


def test_the_clean_up_erases_old_texts_that_are_not_kept(store: AnswerStore) -> None:
    store.add(OURS, QUESTION)
    store.add(OURS, replace(QUESTION, id="q2", kept_as="unsure"))
    store.add(OURS, replace(QUESTION, id="q3", asked_at=NOON + DAY))
    assert store.clean(NOON + MINUTE, NOON - DAY) == 0
    texts = [found.text for name in ("q1", "q2", "q3") if (found := store.get(OURS, name))]
    assert texts == [None, QUESTION.text, QUESTION.text]


def test_the_clean_up_removes_all_rows_past_their_time_in_all_workspaces(
    store: AnswerStore, database: Database
) -> None:
    store.add(OURS, replace(QUESTION, kept_as="unsure"))
    store.add(THEIRS, replace(QUESTION, kept_as="unsure"))
    store.add(OURS, replace(QUESTION, id="q2", asked_at=NOON + DAY, kept_as="unsure"))
    store.save_feedback(OURS, OPINION)
    store.save_feedback(THEIRS, replace(OPINION, given_at=NOON + DAY))
    assert store.clean(NOON, NOON + MINUTE) == 3
    assert (store.get(OURS, "q1"), store.get(THEIRS, "q1")) == (None, None)
    assert store.get(OURS, "q2") is not None
    assert [team for team, *_ in opinions(database)] == ["T2"]
