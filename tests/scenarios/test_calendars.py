"""The calendar of a series: as a file, where none can be sent, and under a link that can be revoked."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest
from dateutil.rrule import rrulestr
from icalendar import Calendar, Event

from bot.accountability.sessions.later import coming
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.session import SessionSeries
from bot.app import CannotRun
from bot.clock import MovableClock
from bot.workspace.records import Channel, Json, Person
from tests.conftest import Aside
from tests.scenarios.conftest import NewStage
from tests.scenarios.rounds import channel, hasten, people, settled, told, written_to
from tests.scenarios.series import managed, on_top, overview, pressed, saved, set_up
from tests.scenarios.stage import PATIENCE, Stage, buttons, texts
from tests.scenarios.standing import key_of

ADDRESS = "https://cco.example.com"


def addressed(stage: Stage) -> Stage:
    """Its bot has a public address, and a port of its own behind it."""
    stage.settings = stage.settings.model_copy(update={"cco_public_url": ADDRESS, "cco_port": 0})
    stage.start_bot()
    return stage


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, cache: Path, aside: Aside) -> Iterator[Stage]:
    stage = addressed(Stage(tmp_path_factory.mktemp("calendars"), cache, MovableClock()))
    yield stage
    stage.leave(aside)


@pytest.fixture
def stage(shared: Stage, refusals: set[str], bot_errors: None) -> Iterator[Stage]:  # noqa: ARG001
    deliveries, calls = len(shared.workspace.deliveries), len(shared.workspace.calls)
    yield shared
    shared.check(deliveries, calls, refusals)


@pytest.fixture
def team(stage: Stage) -> list[Person]:
    """Who leads, and two more."""
    return people(stage, 3)


@pytest.fixture
def room(stage: Stage, team: list[Person]) -> Channel:
    return channel(stage, *team)


def sent_to(stage: Stage, person: Person) -> list[Json]:
    return [file for message in written_to(stage, person) for file in message.get("files", [])]


def content_of(stage: Stage, file: Json) -> bytes:
    content = stage.workspace.uploads[file["id"]].content
    assert content is not None
    return content


def new_link(stage: Stage, person: Person) -> tuple[Json, str]:
    """The message that shows a new link, and its path."""
    stage.press(person, written_to(stage, person)[0], "new_calendar_link")
    message = told(stage, person, "I show it this once")
    (address,) = [line for line in texts(message).splitlines() if line.startswith(ADDRESS)]
    return message, address.removeprefix(ADDRESS)


def ask(stage: Stage, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
    public = stage.bots[-1].public
    assert public is not None
    connection = HTTPConnection("127.0.0.1", public.port, timeout=10)
    try:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def sessions_in(content: bytes, until: datetime) -> list[datetime]:
    """As a program reads the file that knows nothing of ours."""
    events = [part for part in Calendar.from_ical(content).walk("VEVENT") if isinstance(part, Event)]
    moved = [event for event in events if "recurrence-id" in event]
    found = [event["dtstart"].dt for event in moved]
    for whole in (event for event in events if "rrule" in event):
        rules = rrulestr(f"RRULE:{whole['rrule'].to_ical().decode()}", dtstart=whole["dtstart"].dt, forceset=True)
        left_out = [stamp.dt for stamp in whole["exdate"].dts] if "exdate" in whole else []
        for at in [*left_out, *(one["recurrence-id"].dt for one in moved if one["uid"] == whole["uid"])]:
            rules.exdate(at)
        for wall in rules:
            if wall > until:
                break
            found.append(wall.astimezone(UTC))
    return sorted(found)


def planned(stage: Stage, of: SessionSeries, until: datetime) -> list[datetime]:
    times = SeriesStore(stage.bots[-1].database).times(key_of(stage), of.id)
    return [one.starts_at for one in coming(times, of.made_at, 60) if one.starts_at <= until]


def ask_for_calendar(stage: Stage, person: Person, room: Channel) -> None:
    before = len(sent_to(stage, person))
    stage.press(person, overview(stage, person, room), "series_calendar")
    stage.workspace.wait_for(lambda: len(sent_to(stage, person)) > before, PATIENCE)


def test_everybody_gets_the_file_directly_with_what_is_skipped_and_moved(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    of, until = set_up(stage, team[0], room, name="Customer hour"), stage.clock() + timedelta(days=300)
    pressed(stage, team[0], overview(stage, team[0], room), "skip_session")
    second = planned(stage, of, until)[0]
    form = on_top(stage, team[0], managed(stage, team[0], room), "move_session")
    stage.workspace.submit(team[0].id, form["id"], {"in_session_date": f"{second:%d %b} 16:00"})
    saved(stage, team[0], stage.workspace.views(team[0].id)[-1])
    ask_for_calendar(stage, team[1], room)
    told(stage, team[1], "I've sent you the calendar directly.")
    (file,) = sent_to(stage, team[1])
    assert file["name"] == "customer-hour.ics"
    content = content_of(stage, file)
    assert len(planned(stage, of, until)) > 40  # a change of clocks among them, whenever this is run
    assert sessions_in(content, until) == planned(stage, of, until)
    assert "Here is the calendar file of “Customer hour”" in texts(written_to(stage, team[1])[0])


def test_a_link_leads_to_the_calendar_as_it_is_until_it_is_revoked(
    stage: Stage, team: list[Person], room: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for library in ("slack_sdk", "slack_bolt"):  # as `cco run` has it: at debug they log whole messages
        caplog.set_level(logging.INFO, library)
    of, until = set_up(stage, team[0], room), stage.clock() + timedelta(days=300)
    ask_for_calendar(stage, team[1], room)
    message, path = new_link(stage, team[1])
    answer, content = ask(stage, path)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert sessions_in(content, until) == planned(stage, of, until)
    etag = str(answer.headers["ETag"])
    assert ask(stage, path)[1] == content
    assert ask(stage, path, If_None_Match=etag)[0].status == 304
    pressed(stage, team[0], overview(stage, team[0], room), "skip_session")
    answer, content = ask(stage, path, If_None_Match=etag)
    assert (answer.status, sessions_in(content, until)) == (200, planned(stage, of, until))
    pressed(stage, team[1], message, "revoke_calendar_link")
    hasten(stage, lambda: ask(stage, path)[0].status == 404)
    token = path.removeprefix("/calendar/").removesuffix(".ics")
    assert token not in caplog.text
    assert token not in str(stage.rows("select * from calendar_links"))


def test_of_an_ended_series_the_link_shows_that_nothing_comes(stage: Stage, team: list[Person], room: Channel) -> None:
    set_up(stage, team[0], room)
    ask_for_calendar(stage, team[0], room)
    _, path = new_link(stage, team[0])
    pressed(stage, team[0], managed(stage, team[0], room), "end_series")
    answer, content = ask(stage, path)
    assert (answer.status, b"VEVENT" in content) == (200, False)


def test_a_link_is_revoked_by_whoever_made_it_or_leads_the_series(
    stage: Stage, team: list[Person], room: Channel
) -> None:
    host, maker, other = team
    set_up(stage, host, room)
    ask_for_calendar(stage, maker, room)
    message, path = new_link(stage, maker)
    digest = next(value for action, value, _ in buttons(message) if action == "revoke_calendar_link")
    ask_for_calendar(stage, other, room)
    _, other_path = new_link(stage, other)
    ask_for_calendar(stage, other, room)
    listed = [one for one in written_to(stage, other) if "Link made by" in texts(one)][-1]
    assert f"<@{maker.id}>" not in texts(listed)  # who leads sees all, others their own
    own = next(value for action, value, _ in buttons(listed) if action == "revoke_calendar_link")
    press = pressed(stage, other, listed, "revoke_calendar_link", own)
    hasten(stage, lambda: ask(stage, other_path)[0].status == 404)
    press.payload["actions"][0] |= {"value": digest, "action_ts": stage.workspace.next_ts()}
    settled(stage, stage.again(press))
    told(stage, other, "That link is somebody else's")
    assert ask(stage, path)[0].status == 200
    ask_for_calendar(stage, host, room)
    listed = written_to(stage, host)[0]
    pressed(stage, host, listed, "revoke_calendar_link", digest)
    hasten(stage, lambda: ask(stage, path)[0].status == 404)


@pytest.mark.parametrize("refusals", [{"missing_scope"}])
def test_where_files_can_t_be_sent_it_is_said_what_to_do(new_stage: NewStage) -> None:
    stage = new_stage(optional_scopes=False)
    stage.start_bot()
    host, *_ = team = people(stage, 2)
    room = channel(stage, *team)
    of = set_up(stage, host, room)
    stage.press(host, overview(stage, host, room), "series_calendar")
    message = hasten(stage, lambda: [one for one in written_to(stage, host) if "files:write" in texts(one)])[0]
    assert f"cco export session {of.id} --ics -o sessions.ics" in texts(message)
    assert [action for action, *_ in buttons(message)] == []
    assert stage.bots[-1].public is None


def test_a_port_that_is_taken_is_said_with_the_setting_to_change(new_stage: NewStage) -> None:
    stage = addressed(new_stage())
    public = stage.bots[-1].public
    assert public is not None
    stage.settings = stage.settings.model_copy(update={"cco_port": public.port})
    with pytest.raises(CannotRun, match=f"Port {public.port}, for links to calendars, .* set CCO_PORT to another one"):
        stage.start_bot()
