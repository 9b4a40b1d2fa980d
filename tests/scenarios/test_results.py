"""What comes of a readiness check: results, movement, the reality check, the board page and the CSV."""

from __future__ import annotations

import csv
import io
import re

import pytest

from bot.keys import WorkspaceKey
from bot.readiness.presenting import NAMES_A_PAGE, NAMES_TOGETHER
from bot.workspace.records import Channel, Fault, Json, Person
from tests.scenarios.conftest import NewStage
from tests.scenarios.rounds import (
    LONG,
    NO,
    NOT_MY_AREA,
    NOT_SURE,
    YES,
    Poll,
    channel,
    hasten,
    heard,
    pass_time,
    people,
    resend,
    settled,
    start,
    told,
    written_to,
)
from tests.scenarios.stage import PATIENCE, Stage, buttons, texts
from tests.scenarios.standing import promise

SPLIT, GAP, TOO_FEW, STRONG = "Talk about these first", "Missing, and we agree", "Too few answers", "In place, and we"


@pytest.fixture
def stage(moving_stage: Stage) -> Stage:
    return moving_stage


@pytest.fixture
def team(stage: Stage) -> list[Person]:
    return people(stage, 6)


@pytest.fixture
def room(stage: Stage, team: list[Person]) -> Channel:
    return channel(stage, *team)


def vote(poll: Poll, team: list[Person], *statements: str) -> None:
    """A word a statement, a letter a person: Y, N, ? or - for *Not my area*; a space for no answer."""
    words = {"Y": YES, "N": NO, "?": NOT_SURE, "-": NOT_MY_AREA}
    for number, answers in enumerate(statements, 1):
        clicks = [poll.click(one, number, words[a]) for one, a in zip(team, answers, strict=False) if a in words]
        for click in clicks:
            settled(poll.stage, click)


def chart_in(message: Json) -> Json | None:
    return next((block for block in message["blocks"] if block["type"] == "data_visualization"), None)


def files_sent_to(stage: Stage, person: Person) -> list[Json]:
    return [file for message in written_to(stage, person) for file in message.get("files", [])]


def content_of(stage: Stage, file: Json) -> str:
    content = stage.workspace.uploads[file["id"]].content
    assert content is not None
    return content.decode("utf-8-sig")


# Shown


def test_results_come_split_first_then_gaps_then_what_is_in_place(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    poll = start(stage, team[0], room, check=LONG)
    vote(poll, team, "YYYYYY", "NNNNN?", "YYYNNN", "YYYYYN", "NNNNNN", "YYNNNN", "-----Y")
    (results, *_) = poll.close(team[0])
    shown = texts(results)
    assert "6 of 6 people" in shown
    order = [shown.index(f"*{number} · ") for number in (6, 3, 2, 5, 4, 1)]
    assert order == sorted(order)
    headings = [shown.index(heading) for heading in (SPLIT, GAP, STRONG)]
    assert headings == sorted(headings)
    assert "There is no pass mark." in shown
    assert re.search(r"\S{10}\s+6 yes · 0 no", shown)
    assert "1 yes · 0 no · 5 not my area" in shown
    guidance = [action for action, *_ in buttons(results) if action.startswith("more_detail")]
    assert len(guidance) >= 6


def test_what_is_weak_is_known_to_the_sessions_of_the_channel(stage: Stage, team: list[Person], room: Channel) -> None:
    bot, key = stage.bots[-1], WorkspaceKey("", stage.workspace.team.id)
    assert bot.accountability.findings(key, room.id) == ()
    poll = start(stage, team[0], room, check=LONG)
    vote(poll, team, "YYYYYY", "NNNNN?", "YYYNNN", "NNNN")
    (results, *_) = poll.close(team[0])
    found = bot.accountability.findings(key, room.id)
    assert [(one.title, one.is_split) for one in found] == [("Road map", True), ("Alignment", False)]
    statement = bot.accountability.statement_of
    assert statement(key, poll.id, found[0].statement_id) == "Road map"
    assert statement(key, poll.id, "made-up") is statement(key, "made-up", found[0].statement_id) is None
    offered = [value for action, value, _ in buttons(results) if action == "make_commitment"]
    assert offered == [f"{one.round_id}/{one.statement_id}" for one in found]
    form = stage.opened(team[1], lambda: stage.press(team[1], results, "make_commitment"))
    assert "Road map" in texts(form)
    stage.workspace.close_view(team[1].id)


def test_the_chart_has_the_same_numbers_as_the_words(stage: Stage, team: list[Person], room: Channel) -> None:
    poll = start(stage, team[0], room)
    vote(poll, team, "YYYYNN", "NNNNN?", "YYYYYY")
    (results, *_) = poll.close(team[0])
    chart = chart_in(results)
    assert chart is not None
    drawn = {
        series["name"]: {point["label"]: point["value"] for point in series["data"]}
        for series in chart["chart"]["series"]
    }
    assert drawn["Yes"] == {"1 Doing it": 4, "2 Considering it": 0, "3 Having the time": 6}
    assert drawn["No"]["2 Considering it"] == 5
    for line in ("1 · Doing it: 4 yes · 2 no", "2 · Considering it: 0 yes · 5 no · 1 not sure"):
        assert line in results["text"]


@pytest.mark.parametrize("refusals", [{"invalid_blocks"}])
def test_a_chart_that_slack_refuses_is_left_out_and_nothing_else(
    new_stage: NewStage, caplog: pytest.LogCaptureFixture
) -> None:
    stage = new_stage()
    stage.start_bot()
    team = people(stage, 5)
    poll = start(stage, team[0], channel(stage, *team))
    vote(poll, team, "YYYNN", "YYYYY", "NNNNN")
    stage.workspace.faults.append(Fault("chat.postMessage", error="invalid_blocks"))
    (results, *_) = poll.close(team[0])
    assert chart_in(results) is None
    assert "3 yes · 2 no" in texts(results)
    assert "Board page and CSV" in [words for *_, words in buttons(results)]
    caplog.clear()  # that it was refused is an error in the log, and should be


def test_nothing_is_shown_of_fewer_than_the_smallest_group(stage: Stage, team: list[Person], room: Channel) -> None:
    poll = start(stage, team[0], room)
    vote(poll, team, "YYYY")
    (results, *_) = poll.close(team[0])
    assert "Nothing can be shown: a result takes at least 5 people" in texts(results)
    assert "yes ·" not in texts(results) + results["text"]
    assert chart_in(results) is None
    assert buttons(results) == []


def test_a_statement_that_too_few_answered_is_held_back_alone(stage: Stage, team: list[Person], room: Channel) -> None:
    poll = start(stage, team[0], room)
    vote(poll, team, "YYYYYY", "YYYY")
    (results, *_) = poll.close(team[0])
    assert "1 · Doing it: 6 yes · 0 no" in results["text"]
    assert "2 · Considering it: not shown, fewer than 5 people answered it" in results["text"]
    assert "3 · Having the time: not shown" in results["text"]


def test_the_close_comes_at_the_deadline_by_itself(stage: Stage, team: list[Person], room: Channel) -> None:
    poll = start(stage, team[0], room)
    vote(poll, team, "YYYYYY")
    pass_time(stage, days=10)
    assert "6 of 6 people" in texts(poll.results()[0])


def test_results_can_be_seen_again_by_everybody(stage: Stage, team: list[Person], room: Channel) -> None:
    poll = start(stage, team[0], room)
    vote(poll, team, "YYYYYN")
    poll.close(team[0])
    listed = stage.command(team[3], room, "results")
    assert "5 of 6" not in texts(listed)
    assert "6 of 6 have answered" in texts(listed)
    assert "1 in place" in texts(listed)
    stage.press(team[3], listed, "show_results")
    shown = told(stage, team[3], "5 yes · 1 no")
    assert "1 · Doing it" in texts(shown)


def test_results_of_a_channel_without_rounds_say_how_to_start_one(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    assert "`/cco check` starts one" in texts(stage.command(team[0], room, "results"))


def test_an_open_round_shows_its_turnout_and_no_result(stage: Stage, team: list[Person], room: Channel) -> None:
    poll = start(stage, team[0], room)
    vote(poll, team, "YYYYYN")
    listed = stage.command(team[3], room, "results")
    assert "6 of 6 have answered" in texts(listed)
    assert "in place" not in texts(listed)
    assert [action for action, *_ in buttons(listed)] == ["my_answers"]


# Again


def test_a_second_round_says_what_moved(stage: Stage, team: list[Person], room: Channel) -> None:
    first = start(stage, team[0], room)
    vote(first, team, "NNNNNN", "YYYYYY", "YYYNNN")
    first.close(team[0])
    second = start(stage, team[0], room)
    vote(second, team, "YYYYNN", "YYYNNN", "NNNYYY")
    second.close(team[0])
    moved = texts(second.movement())
    assert "6 of 6 also voted last time." in moved
    assert "↑ 1 · Doing it: 0 of 6 said yes, now 4 of 6" in moved
    assert "↓ 2 · Considering it: 6 of 6 said yes, now 3 of 6" in moved
    assert "= 3 · Having the time" in moved


def test_a_second_round_of_others_says_that_it_can_t_be_compared(stage: Stage) -> None:
    before, after = people(stage, 6), people(stage, 6)
    room = channel(stage, *before, *after)
    first = start(stage, before[0], room, audience="chosen", people=[one.id for one in before])
    vote(first, before, "NNNNNN")
    first.close(before[0])
    second = start(stage, before[0], room, audience="chosen", people=[one.id for one in after])
    vote(second, after, "YYYYYY")
    second.close(before[0])
    moved = texts(second.movement())
    assert "0 of 6 also voted last time. Too few are the same people to say what moved." in moved
    assert "↑" not in moved


def test_a_second_round_that_would_single_somebody_out_is_held_back(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    first = start(stage, team[0], room)
    vote(first, team, "NNNNN")
    first.close(team[0])
    second = start(stage, team[0], room)
    vote(second, team, "NNNNNY")
    (results, *_) = second.close(team[0])
    assert "not shown, beside an earlier result it could single out fewer than 5 people" in results["text"]


# The reality check


@pytest.fixture
def weak(stage: Stage, team: list[Person], room: Channel) -> tuple[Poll, Json]:
    """A round of eleven with two weak statements, and its results."""
    poll = start(stage, team[0], room, check=LONG)
    vote(poll, team, "NNNNNN", "YYYNNN", "YYYYYY")
    return poll, poll.close(team[0])[0]


def test_the_reality_check_is_about_what_is_weak(
    stage: Stage, team: list[Person], room: Channel, weak: tuple[Poll, Json]
) -> None:
    poll, results = weak
    form = stage.opened(team[0], lambda: stage.press(team[0], results, "start_reality_check"))
    assert form["callback_id"] == "start_form"
    known = {one["ts"] for one in stage.said(room.id)}
    stage.workspace.submit(team[0].id, form["id"])
    shown = stage.workspace.wait_for(
        lambda: [one for one in stage.workspace.views(team[0].id) if one["callback_id"] == "start_confirmation"],
        PATIENCE,
    )[0]
    assert "posts *4 messages*" in texts(shown)
    stage.workspace.submit(team[0].id, shown["id"])
    parent = hasten(stage, lambda: [one for one in stage.said(room.id) if one["ts"] not in known])[0]
    assert "2 · Alignment; 1 · Direction." in texts(parent)
    assert "3 · Road map" not in texts(parent)
    second = Poll(stage, room, parent["ts"], shown["private_metadata"])
    hasten(stage, lambda: len(second.statements) == 3)
    vote(second, team, "NNNNNN", "YYYYYY", "YNYNYN")
    (after, *_) = second.close(team[0])
    assert "start_reality_check" not in [action for action, *_ in buttons(after)]
    assert poll.id != second.id


def test_only_those_who_ran_the_round_start_its_reality_check(
    stage: Stage, team: list[Person], weak: tuple[Poll, Json]
) -> None:
    stage.press(team[1], weak[1], "start_reality_check")
    told(stage, team[1], "reality check is started by those who ran")
    assert stage.workspace.views(team[1].id) == []


def test_where_nothing_is_weak_no_reality_check_is_offered(stage: Stage, team: list[Person], room: Channel) -> None:
    poll = start(stage, team[0], room, check=LONG)
    vote(poll, team, *["YYYYYY"] * 11)
    (results, *_) = poll.close(team[0])
    assert "start_reality_check" not in [action for action, *_ in buttons(results)]


# Files


def test_the_board_page_and_the_csv_come_directly_to_who_runs_the_round(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    poll = start(stage, team[0], room)
    vote(poll, team, "YYYYNN", "NNNNN")
    (results, *_) = poll.close(team[0])
    promise(stage, team[2], room, "Find <somebody> who does it", round_id=poll.id, statement_id="considering")
    stage.press(team[0], results, "send_files")
    files = stage.workspace.wait_for(lambda: files_sent_to(stage, team[0]), PATIENCE)
    page, table = (content_of(stage, file) for file in files)
    assert [file["filetype"] for file in files] == ["html", "csv"]
    assert f"#{room.name}" in page
    assert "Doing it" in page
    assert re.search(r"Find &lt;somebody&gt; who does it</th><td>2 · Considering it</td><td>[^<]+</td><td>open<", page)
    rows = list(csv.reader(io.StringIO(table)))
    assert any("Doing it" in row and "4" in row for row in rows)
    voters = re.compile("|".join(one.id for one in team[1:]))
    assert not voters.search(page + table)
    told(stage, team[0], "sent you the board page and the CSV")
    assert len(stage.said(room.id)) == 2  # the poll and its results: nothing of it in the channel


def test_everybody_else_is_told_who_has_the_files(stage: Stage, team: list[Person], room: Channel) -> None:
    poll = start(stage, team[0], room)
    vote(poll, team, "YYYYNN")
    (results, *_) = poll.close(team[0])
    stage.press(team[1], results, "send_files")
    told(stage, team[1], "only to those who run it")
    assert written_to(stage, team[1]) == []


@pytest.mark.parametrize("refusals", [{"missing_scope"}])
def test_where_files_can_t_be_sent_it_is_said_what_to_do(new_stage: NewStage) -> None:
    stage = new_stage(optional_scopes=False)
    stage.start_bot()
    team = people(stage, 5)
    poll = start(stage, team[0], channel(stage, *team))
    vote(poll, team, "YYYNN")
    (results, *_) = poll.close(team[0])
    stage.press(team[0], results, "send_files")
    told(stage, team[0], "I may not send files in this workspace. I've written to you directly how to get them.")
    (message,) = written_to(stage, team[0])
    for words in (f"cco report {poll.id}", f"cco export round {poll.id} --csv", "files:write"):
        assert words in texts(message)


# With names


def test_a_round_with_names_says_so_and_shows_results_of_few(stage: Stage, team: list[Person], room: Channel) -> None:
    poll = start(stage, team[0], room, anonymity="named")
    assert "Not anonymous" in texts(poll.parent)
    vote(poll, team, "YY", "NN")
    assert not any("So far" in texts(one) for one in poll.statements)
    (results, *_) = poll.close(team[0])
    assert "2 yes · 0 no" in texts(results)
    stage.press(team[0], results, "send_files")
    files = stage.workspace.wait_for(lambda: files_sent_to(stage, team[0]), PATIENCE)
    assert len(files) == 2


def test_a_live_round_shows_each_tally_as_it_grows(new_stage: NewStage) -> None:
    stage = new_stage()  # where no other round is waiting to be redrawn
    stage.start_bot()
    team = people(stage, 5)
    poll = start(stage, team[0], channel(stage, *team), anonymity="named", shown="live")
    vote(poll, team, "YYN")
    hasten(stage, lambda: "So far: 2 yes · 1 no" in texts(poll.statements[0]))
    vote(poll, team, "N")
    hasten(stage, lambda: "So far: 1 yes · 2 no" in texts(poll.statements[0]))
    (results, *_) = poll.close(team[0])
    assert "1 yes · 2 no" in texts(results)


def test_the_names_behind_a_result_are_turned_over_page_by_page(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    poll = start(stage, team[0], room, anonymity="named")
    vote(poll, team, "YY", "NN")
    (results, *_) = poll.close(team[0])
    crowd = NAMES_TOGETHER * NAMES_A_PAGE
    stage.put(
        f"with recursive crowd(n) as (select 1 union all select n + 1 from crowd where n < {crowd}) "
        "insert into named_votes select '', ?, ?, 'doing', 'U0CROWD' || n, 'Not sure' from crowd",
        stage.workspace.team.id,
        poll.id,
    )
    shown = stage.opened(team[1], lambda: stage.press(team[1], results, "show_names"))
    assert f"Not sure ({crowd})" in texts(shown)
    assert "3 · Having the time" not in texts(shown)
    stage.press(team[1], shown, "names_page:2")
    stage.workspace.wait_for(lambda: "3 · Having the time" in texts(stage.workspace.views(team[1].id)[-1]), PATIENCE)
    assert [words for _, _, words in buttons(stage.workspace.views(team[1].id)[-1])] == ["Back to page 1 of 2"]
    stage.workspace.close_view(team[1].id)


def test_one_s_own_answers_stay_with_a_round_that_had_names(stage: Stage, team: list[Person], room: Channel) -> None:
    poll = start(stage, team[0], room, anonymity="named")
    vote(poll, team, "YYN")
    press = stage.press(team[2], poll.parent, "my_answers")
    told(stage, team[2], "You have answered 1 of 3")
    poll.close(team[0])
    resend(stage, press, lambda payload: payload["actions"][0].update(action_ts=stage.workspace.next_ts()))
    stage.workspace.wait_for(lambda: len(heard(stage, team[2], "1 · Doing it: No")) >= 2, PATIENCE)
