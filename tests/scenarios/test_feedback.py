"""Thumbs, what is kept for the curators, and how to have it erased."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.workspace.records import Channel, Json, Person
from tests.scenarios.stage import PATIENCE, Stage, buttons, feedback, texts

QUESTION = "what is customer math?"
OUTSIDE = "what does a CCO earn in Finland?"
ASKED = "select text, kept_as from questions where user_id = ? order by asked_at"
GIVEN = "select helpful, reason, comment from feedback where user_id = ?"


def thumb(stage: Stage, person: Person, answer: Json, verdict: str) -> None:
    stage.workspace.click(person.id, answer, "answer_feedback", feedback(answer, verdict))


def thumb_down(stage: Stage, person: Person, answer: Json, **values: str) -> None:
    form = stage.opened(person, lambda: thumb(stage, person, answer, "down"))
    assert stage.workspace.submit(person.id, form["id"], values) is None


def test_a_thumb_up_is_noted(stage: Stage, ana: Person, room: Channel) -> None:
    answer = stage.mention(ana, room, QUESTION)
    thanks = stage.shown(ana, lambda: thumb(stage, ana, answer, "up"))
    assert thanks["text"] == "Thanks, I've noted that this helped."
    assert stage.rows(GIVEN, ana.id) == [(1, None, None)]
    assert stage.rows(ASKED, ana.id) == [(QUESTION_AS_SAID, None)]


QUESTION_AS_SAID = f"<@U0BOT0001> {QUESTION}"


def test_a_thumb_down_asks_why_and_keeps_the_question(stage: Stage, ana: Person, room: Channel) -> None:
    answer = stage.mention(ana, room, QUESTION)
    thumb_down(stage, ana, answer, feedback_reason="incomplete", feedback_comment="No formula in it")
    assert stage.rows(GIVEN, ana.id) == [(0, "incomplete", "No formula in it")]
    assert stage.rows(ASKED, ana.id) == [(QUESTION_AS_SAID, "thumbed_down")]


def test_the_reason_is_needed_and_the_comment_is_not(stage: Stage, ana: Person) -> None:
    answer = stage.write(ana, QUESTION)
    form = stage.opened(ana, lambda: thumb(stage, ana, answer, "down"))
    assert "Customer math" in texts(form)
    refused = stage.workspace.submit(ana.id, form["id"], {})
    assert refused is not None
    assert "feedback_reason" in refused["errors"]
    assert stage.workspace.submit(ana.id, form["id"], {"feedback_reason": "unclear"}) is None
    assert stage.rows(GIVEN, ana.id) == [(0, "unclear", None)]


def test_a_second_thought_replaces_the_first(stage: Stage, ana: Person) -> None:
    answer = stage.write(ana, QUESTION)
    thumb_down(stage, ana, answer, feedback_reason="wrong")
    before = len(stage.workspace.ephemerals(ana.id))
    thumb(stage, ana, answer, "up")
    stage.workspace.wait_for(lambda: len(stage.workspace.ephemerals(ana.id)) > before)
    assert stage.rows(GIVEN, ana.id) == [(1, None, None)]


def test_dont_keep_erases_the_words_and_redraws_a_private_answer(stage: Stage, ana: Person, room: Channel) -> None:
    reply = stage.command(ana, room, f"ask {OUTSIDE}")
    stage.press(ana, reply, "dont_keep")
    stage.workspace.wait_for(lambda: "Your question is not kept." in texts(stage.workspace.ephemerals(ana.id)[-1]))
    (redrawn,) = stage.workspace.ephemerals(ana.id)
    assert "I've kept your question" not in texts(redrawn)
    assert "dont_keep" not in [action for action, *_ in buttons(redrawn)]
    assert stage.rows(ASKED, ana.id) == [(None, None)]


def test_dont_keep_redraws_the_answer_in_a_thread(stage: Stage, ana: Person, room: Channel) -> None:
    reply = stage.mention(ana, room, OUTSIDE)
    stage.press(ana, reply, "dont_keep")
    stage.workspace.wait_for(lambda: "Your question is not kept." in texts(stage.said(room.id, reply["thread_ts"])[0]))
    (redrawn,) = stage.said(room.id, reply["thread_ts"])
    assert redrawn["ts"] == reply["ts"]
    assert "The guidance doesn't cover what a CCO earns." in texts(redrawn)
    assert stage.rows(ASKED, ana.id) == [(None, None)]


def test_nothing_of_an_erased_question_is_left_in_the_database(stage: Stage, ana: Person) -> None:
    reply = stage.write(ana, "what does a CCO earn in Ouagadougou?")
    stage.press(ana, reply, "dont_keep")
    stage.workspace.wait_for(lambda: "Your question is not kept." in texts(stage.said(stage.dm(ana))[0]))
    tables = [name for (name,) in stage.rows("select name from sqlite_master where type = 'table'")]
    held = json.dumps([stage.rows(f"select * from {name}") for name in tables], default=str)
    assert "Ouagadougou" not in held


def test_only_the_asker_may_have_it_erased(stage: Stage, ana: Person, ben: Person, room: Channel) -> None:
    reply = stage.mention(ana, room, OUTSIDE)
    refusal = stage.shown(ben, lambda: stage.press(ben, reply, "dont_keep"))
    assert refusal["text"].startswith("Only the person who asked can do that.")
    assert stage.rows(ASKED, ana.id) == [(f"<@U0BOT0001> {OUTSIDE}", "not_covered")]


def test_home_counts_what_is_kept(stage: Stage, ana: Person) -> None:
    stage.write(ana, OUTSIDE)
    home = stage.workspace.open_home(ana.id, timeout=PATIENCE)
    assert home is not None
    assert "Of yours, 1 is kept now." in texts(home)


@pytest.fixture
def gaps(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Runs `cco knowledge gaps` over the stage's database: as JSON, and as people read it."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{stage.database}")
    return [["knowledge", "gaps", "--json"], ["knowledge", "gaps"]]


def test_gaps_show_what_was_asked_in_vain_without_who(
    stage: Stage, ana: Person, ben: Person, room: Channel, gaps: list[list[str]]
) -> None:
    stage.write(ana, "what does a CCO earn in Patagonia?")
    stage.mention(ben, room, "what does a CCO earn in Patagonia, gross?")
    thumb_down(stage, ana, stage.write(ana, "what is guerrilla metrics about?"), feedback_reason="unclear")
    for command in gaps:
        result = CliRunner().invoke(main, command, catch_exceptions=False)
        assert result.exit_code == 0
        assert "Patagonia, gross" in result.output
        assert "what is guerrilla metrics about?" in result.output
        for secret in (ana.id, ben.id, room.id, stage.dm(ana), "T0LOCAL01", "U0BOT0001"):
            assert secret not in result.output


def test_alike_gaps_are_one_cluster(stage: Stage, ana: Person, ben: Person, gaps: list[list[str]]) -> None:
    stage.write(ana, "what does a CCO earn in Liechtenstein?")
    stage.write(ben, "what does a CCO earn in Liechtenstein")
    clusters = json.loads(CliRunner().invoke(main, gaps[0], catch_exceptions=False).output)["gaps"]
    together = [item for item in clusters if any("Liechtenstein" in text for text in item["questions"])]
    assert len(together) == 1


def test_a_thumbed_down_card_chosen_by_button_leaves_no_empty_gap(
    stage: Stage, ana: Person, room: Channel, gaps: list[list[str]]
) -> None:
    answer = stage.mention(ana, room, QUESTION)
    card = stage.posted(
        room.id, lambda: stage.press(ana, answer, "open_card", "guerrilla-metrics"), answer["thread_ts"]
    )
    thumb_down(stage, ana, card, feedback_reason="wrong")
    clusters = json.loads(CliRunner().invoke(main, gaps[0], catch_exceptions=False).output)["gaps"]
    assert all(text.strip() for item in clusters for text in item["questions"])
