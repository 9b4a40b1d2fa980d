"""A bot that dies in the middle of a round: the next one goes on where it stopped, and does nothing twice."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.workspace.records import Fault
from tests.scenarios.poll import LONG, Poll, kill, process
from tests.scenarios.stage import MovableClock, Stage, texts

pytestmark = pytest.mark.soak  # crashes and time-outs take their time

LATER = timedelta(minutes=10)  # by then nobody else can be at what was begun
NEVER = 600.0  # seconds: an answer that the dying bot does not live to see
WITHOUT_HISTORY = pytest.mark.parametrize("stage_options", [{"optional_scopes": False}], ids=["unreadable"])

Start = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def stage(fresh_stage: Stage) -> Stage:
    return fresh_stage


@pytest.fixture
def poll(stage: Stage, clock: MovableClock) -> Poll:
    return Poll(stage, clock)


@pytest.fixture
def doomed(stage: Stage, tmp_path: Path) -> Iterator[Start]:
    """Starts a bot that is about to die."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        started.append(process(stage, tmp_path))
        return started[-1]

    yield start
    for each in started:
        each.kill()
        each.wait()


def stuck(stage: Stage, method: str, *, after: int = 0, taken: bool) -> None:
    """So many calls go well; the next is never answered, whether Slack has taken it or not."""
    if after:
        stage.workspace.faults.append(Fault(method, times=after))
    error = "" if taken else "request_timeout"
    stage.workspace.faults.append(Fault(method, error=error, delay_after_effect=NEVER))


def tried(poll: Poll, method: str, times: int) -> None:
    """Waits until it was called so often; what is stuck counts from when it came in."""
    poll.workspace.wait_for(lambda: len(poll.calls(method)) >= times, LONG)


def go_on(poll: Poll) -> None:
    """The next bot starts, when nobody can be at what was begun any more."""
    poll.workspace.faults.clear()
    poll.pass_by(LATER)
    poll.stage.start_bot()


def chatter(poll: Poll, times: int) -> None:
    """People talk in the channel and, once there is one, in the thread."""
    threads = [one["ts"] for one in poll.stage.said(poll.room.id)]
    for number in range(times):
        for thread in (None, *threads):
            poll.workspace.say(poll.people[number % 6].id, poll.room.id, f"And what about {number}?", thread)


# While it starts


def test_a_draft_that_was_shown_before_the_death_can_be_started_after_it(
    stage: Stage, poll: Poll, doomed: Start
) -> None:
    dying = doomed()
    draft = poll.draft()
    kill(stage, dying)
    stage.start_bot()
    poll.confirm(draft)
    poll.until(lambda: poll.is_posted)
    poll.settle()
    assert (len(stage.said(poll.room.id)), len(poll.thread)) == (1, 3)


def test_a_round_that_was_saved_is_posted_though_nothing_of_it_was(
    stage: Stage, poll: Poll, doomed: Start, refusals: set[str]
) -> None:
    refusals.add("ratelimited")
    dying = doomed()
    stage.workspace.faults.append(Fault("chat.postMessage", status=429, retry_after=500))
    poll.confirm(poll.draft())
    tried(poll, "chat.postMessage", 1)
    kill(stage, dying)
    go_on(poll)
    poll.until(lambda: poll.is_posted)
    poll.settle()
    assert (len(stage.said(poll.room.id)), len(poll.thread)) == (1, 3)


def test_after_five_of_twelve_messages_the_other_seven_follow_in_their_order(
    stage: Stage, clock: MovableClock, doomed: Start, refusals: set[str]
) -> None:
    refusals.add("request_timeout")
    poll = Poll(stage, clock, check="readiness")
    dying = doomed()
    stuck(stage, "chat.postMessage", after=5, taken=False)
    poll.confirm(poll.draft())
    tried(poll, "chat.postMessage", 6)
    kill(stage, dying)
    assert len(poll.thread) == 4
    go_on(poll)
    poll.until(lambda: poll.is_posted)
    poll.settle()
    assert [title.split(",")[0] for title in poll.titles] == [f"{number} of 11" for number in range(1, 12)]


@pytest.mark.parametrize("well", [0, 2], ids=["parent", "statement"])
def test_a_message_that_slack_took_before_the_death_is_found_by_its_mark(
    stage: Stage, poll: Poll, doomed: Start, well: int
) -> None:
    dying = doomed()
    stuck(stage, "chat.postMessage", after=well, taken=True)
    poll.confirm(poll.draft())
    tried(poll, "chat.postMessage", well + 1)
    kill(stage, dying)
    chatter(poll, 20)
    poll.workspace.faults.clear()
    poll.pass_by(LATER)
    chatter(poll, 150)
    stage.start_bot()
    poll.until(lambda: poll.is_posted)
    poll.settle()
    assert (len(stage.said(poll.room.id)), len(poll.thread)) == (1, 3)
    assert len(set(poll.titles)) == 3
    poll.everybody_votes()
    poll.until(lambda: poll.turnout() == "6 of 6* have answered")


@WITHOUT_HISTORY
@pytest.mark.parametrize("taken", [True, False], ids=["taken", "lost"])
@pytest.mark.parametrize("well", [0, 2], ids=["parent", "statement"])
def test_where_the_bot_may_not_read_a_message_is_posted_once_more_at_most_and_none_is_missing(
    stage: Stage, poll: Poll, doomed: Start, well: int, taken: bool, refusals: set[str]
) -> None:
    refusals |= {"missing_scope"} if taken else {"missing_scope", "request_timeout"}
    dying = doomed()
    stuck(stage, "chat.postMessage", after=well, taken=taken)
    poll.confirm(poll.draft())
    tried(poll, "chat.postMessage", well + 1)
    kill(stage, dying)
    go_on(poll)
    poll.until(lambda: any(len(stage.said(poll.room.id, one["ts"])) >= 4 for one in stage.said(poll.room.id)))
    poll.settle()
    assert len(poll.calls("chat.postMessage")) == 5
    posted = [one["text"] for one in stage.workspace.everything_in(poll.room.id)]
    assert (len(posted), len(set(posted))) == (5 if taken else 4, 4)


# While it is open


def test_a_vote_that_was_not_drawn_is_drawn_by_the_next_bot(
    stage: Stage, poll: Poll, doomed: Start, refusals: set[str]
) -> None:
    refusals.add("request_timeout")
    dying = doomed()
    poll.start()
    stuck(stage, "chat.update", taken=False)
    assert not poll.vote(poll.people[1]).failure
    tried(poll, "chat.update", 1)
    kill(stage, dying)
    assert poll.turnout() == "0 of 6* have answered"
    go_on(poll)
    poll.until(lambda: poll.turnout() == "1 of 6* has answered")
    poll.close()


def reminding_dies(poll: Poll, doomed: Start, *, taken: bool) -> None:
    """The bot dies over the fourth of eight reminders, and another one starts."""
    bot = doomed()
    poll.start()
    poll.vote(poll.people[1])
    kill(poll.stage, bot)
    poll.pass_by(timedelta(days=3, hours=1))
    posted = len(poll.calls("chat.postMessage"))
    stuck(poll.stage, "chat.postMessage", after=3, taken=taken)
    dying = doomed()
    tried(poll, "chat.postMessage", posted + 4)
    kill(poll.stage, dying)
    assert poll.reminded().total() == (4 if taken else 3)
    go_on(poll)


@pytest.mark.parametrize("taken", [True, False], ids=["taken", "lost"])
def test_reminders_that_were_going_out_reach_everybody_once(
    stage: Stage, clock: MovableClock, doomed: Start, refusals: set[str], taken: bool
) -> None:
    refusals |= set() if taken else {"request_timeout"}
    poll = Poll(stage, clock, size=9)
    reminding_dies(poll, doomed, taken=taken)
    poll.until(lambda: poll.reminded().total() >= 8)
    poll.settle()
    assert sorted(poll.reminded().values()) == [0] + [1] * 8
    assert poll.reminded()[poll.people[1].id] == 0


@WITHOUT_HISTORY
@pytest.mark.parametrize("taken", [True, False], ids=["taken", "lost"])
def test_where_it_may_not_look_the_one_reminder_that_was_under_way_is_sent_once_more(
    stage: Stage, clock: MovableClock, doomed: Start, refusals: set[str], taken: bool
) -> None:
    refusals |= {"missing_scope"} if taken else {"missing_scope", "request_timeout"}
    poll = Poll(stage, clock, size=9)
    reminding_dies(poll, doomed, taken=taken)
    poll.until(lambda: sum(times > 0 for times in poll.reminded().values()) == 8)
    poll.settle()
    assert sorted(poll.reminded().values()) == [0] + [1] * 7 + [2 if taken else 1]


# At the close


def test_a_deadline_that_nobody_was_there_for_is_made_up_for_once(stage: Stage, poll: Poll, doomed: Start) -> None:
    bot = doomed()
    poll.start()
    poll.everybody_votes()
    kill(stage, bot)
    poll.pass_by(timedelta(days=8))
    assert poll.results == []
    stage.start_bot()
    results = poll.until(lambda: poll.results)[0]
    poll.settle()
    assert poll.results == [results]
    assert "6 of 6 people" in texts(results)
    assert stage.rows("select count(*) from ballots") == [(0,)]


def test_a_close_that_was_begun_and_came_to_nothing_is_done_once(stage: Stage, poll: Poll, doomed: Start) -> None:
    bot = doomed()
    poll.start()
    poll.everybody_votes()
    kill(stage, bot)
    poll.pass_by(timedelta(days=6, minutes=1))
    stage.put(
        "update due_actions set lease = 'dead', tries = 1, next_at = strftime('%Y-%m-%dT%H:%M:%f000Z', ?, '+1 minute') "
        "where kind = 'close_round'",
        stage.clock().isoformat(),
    )
    stage.start_bot()
    stage.start_bot()
    poll.until(lambda: poll.results)
    poll.settle()
    assert len(poll.results) == 1
    assert stage.rows("select voters from rounds") == [(6,)]


@pytest.mark.parametrize("taken", [True, False], ids=["taken", "lost"])
def test_a_round_that_was_closed_before_the_death_shows_its_results_after_it(
    stage: Stage, poll: Poll, doomed: Start, taken: bool, refusals: set[str]
) -> None:
    refusals |= set() if taken else {"request_timeout"}
    bot = doomed()
    poll.start()
    poll.everybody_votes()
    kill(stage, bot)
    poll.pass_by(timedelta(days=7))
    posted = len(poll.calls("chat.postMessage"))
    stuck(stage, "chat.postMessage", taken=taken)
    dying = doomed()
    tried(poll, "chat.postMessage", posted + 1)
    kill(stage, dying)
    assert stage.rows("select closed_at is not null from rounds") == [(1,)]
    go_on(poll)
    poll.until(lambda: poll.results)
    poll.settle()
    assert len(poll.results) == 1


@pytest.mark.parametrize("taken", [True, False], ids=["taken", "lost"])
def test_between_the_results_and_what_moved_the_latter_follows(
    stage: Stage, clock: MovableClock, doomed: Start, taken: bool, refusals: set[str]
) -> None:
    refusals |= set() if taken else {"request_timeout"}
    first, bot = Poll(stage, clock), doomed()
    first.start()
    first.everybody_votes()
    kill(stage, bot)
    first.pass_by(timedelta(days=7))
    bot = doomed()
    first.until(lambda: first.results)
    second = Poll(stage, clock, after=first).start()
    second.everybody_votes(answer=2)
    kill(stage, bot)
    second.pass_by(timedelta(days=7))
    posted = len(second.calls("chat.postMessage"))
    stuck(stage, "chat.postMessage", after=1, taken=taken)
    dying = doomed()
    tried(second, "chat.postMessage", posted + 2)
    kill(stage, dying)
    (results,) = second.results
    go_on(second)
    second.until(lambda: len(stage.said(second.room.id, results["ts"])) == 2)
    second.settle()
    assert second.results[0]["ts"] == results["ts"]
    (moved,) = stage.said(second.room.id, results["ts"])[1:]
    assert "6 of 6 also voted last time" in texts(moved)


# While it is extended


def test_an_extension_that_was_saved_before_the_death_moves_the_close_and_is_drawn_after_it(
    stage: Stage, poll: Poll, doomed: Start, refusals: set[str]
) -> None:
    refusals.add("request_timeout")
    dying = doomed()
    poll.start()
    poll.vote(poll.people[1])
    poll.until(lambda: poll.turnout() == "1 of 6* has answered")
    form = stage.opened(poll.starter, lambda: stage.press(poll.starter, poll.parent, "manage_round"))
    before, edits = texts(poll.parent), len(poll.calls("chat.update"))
    stuck(stage, "chat.update", taken=False)
    wanted = poll.deadline + timedelta(days=4)
    assert stage.workspace.submit(poll.starter.id, form["id"], {"manage_deadline": int(wanted.timestamp())}) is None
    tried(poll, "chat.update", edits + 1)
    kill(stage, dying)
    assert texts(poll.parent) == before
    go_on(poll)
    poll.until(lambda: str(int(wanted.timestamp())) in texts(poll.parent))
    poll.pass_by(poll.deadline - stage.clock() + timedelta(hours=1))
    poll.settle()
    assert poll.results == []
    poll.deadline = wanted
    poll.close()
    poll.settle()
    assert len(poll.results) == 1


# While its reality check starts


@pytest.mark.parametrize("taken", [True, False], ids=["taken", "lost"])
@pytest.mark.parametrize("well", [0, 2], ids=["first", "third"])
def test_a_reality_check_that_was_starting_goes_on_where_it_stopped(
    stage: Stage, clock: MovableClock, doomed: Start, refusals: set[str], well: int, taken: bool
) -> None:
    refusals |= set() if taken else {"request_timeout"}
    poll, dying = Poll(stage, clock, check="ownership"), doomed()
    poll.start()
    poll.everybody_votes(answer=2)
    form = stage.opened(poll.starter, lambda: stage.press(poll.starter, poll.parent, "manage_round"))
    stage.workspace.click(poll.starter.id, form["id"], "close_round")
    results = poll.until(lambda: poll.results)[0]
    stage.workspace.modals.clear()
    check = Poll(stage, clock, after=poll)
    stuck(stage, "chat.postMessage", after=well, taken=taken)
    posted = len(poll.calls("chat.postMessage"))
    form = stage.opened(poll.starter, lambda: stage.press(poll.starter, results, "start_reality_check"))
    stage.workspace.submit(poll.starter.id, form["id"], {})
    check.confirm(stage.workspace.wait_for(check.drafts, LONG)[0])
    tried(poll, "chat.postMessage", posted + well + 1)
    kill(stage, dying)
    go_on(poll)
    check.until(lambda: check.is_posted)
    check.settle()
    assert len(stage.said(poll.room.id)) == 3  # the round, its results, its reality check
    assert [title.split(",")[0] for title in check.titles] == ["1 of 3", "2 of 3", "3 of 3"]


CHECK = """
id: places
title: The places we work in
intro: Answer for the place you work in.
answers: ["Yes", "No", "Not sure"]
agreed_from: 0.75
missing_to: 0.25
source: do-you-need-a-cco
statements:
""" + "".join(
    f"  - {{id: s{number}, title: Statement {number}, text: It is so in place {number}., card: reality-check}}\n"
    for number in range(1, 15)
)


@pytest.fixture
def company(tmp_path: Path) -> Path:
    folder = tmp_path / "ours"
    (folder / "checks").mkdir(parents=True)
    (folder / "checks" / "places.yaml").write_text(CHECK, "utf-8")
    return folder


class TestTwoPages:
    @pytest.fixture
    def stage_options(self, company: Path) -> dict[str, object]:
        return {"knowledge": (company,)}

    @pytest.mark.parametrize("taken", [True, False], ids=["taken", "lost"])
    def test_between_two_pages_of_results_the_second_follows(
        self, stage: Stage, clock: MovableClock, doomed: Start, refusals: set[str], taken: bool
    ) -> None:
        refusals |= set() if taken else {"request_timeout"}
        poll = Poll(stage, clock, check="places")
        poll.statements = 14
        bot = stage.start_bot()
        poll.start()
        for person in poll.people:
            poll.vote(person, 14)
        bot.close()
        stage.bots.clear()
        poll.pass_by(timedelta(days=7))
        posted = len(poll.calls("chat.postMessage"))
        stuck(stage, "chat.postMessage", after=1, taken=taken)
        dying = doomed()
        tried(poll, "chat.postMessage", posted + 2)
        kill(stage, dying)
        go_on(poll)
        poll.until(lambda: len(poll.results) >= 2)
        poll.settle()
        assert ["(1 of 2)" in texts(one) for one in poll.results] == [True, False]
        assert "(2 of 2)" in texts(poll.results[1])


# Two at once


class TestTwoProcesses:
    @pytest.fixture
    def stage_options(self, own_database_url: str) -> dict[str, object]:
        return {"database_url": own_database_url}

    def test_two_bots_do_nothing_twice(self, stage: Stage, clock: MovableClock) -> None:
        poll = Poll(stage, clock, size=8)
        stage.start_bot()
        stage.start_bot()
        poll.start()
        for person in poll.people[:5]:
            poll.vote(person)
        poll.until(lambda: poll.turnout() == "5 of 8* have answered")
        poll.until(lambda: all(stage.workspace.ephemerals(one.id) for one in poll.people[:5]))
        poll.pass_by(timedelta(days=3, hours=1))
        poll.until(lambda: poll.reminded().total() >= 3)
        poll.settle()
        assert sorted(poll.reminded().values()) == [0, 0, 0, 0, 0, 1, 1, 1]
        poll.close()
        poll.settle()
        assert len(poll.results) == 1
        assert (len(poll.thread), len(set(poll.titles))) == (3, 3)
        assert [len(stage.workspace.ephemerals(one.id)) for one in poll.people] == [1] * 5 + [0] * 3
        drawn = [(call.args["ts"], str(call.args["blocks"])) for call in poll.calls("chat.update")]
        assert len(drawn) == len(set(drawn))
