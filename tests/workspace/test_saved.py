"""A workspace in a file: what was said is there again, and ids go on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import MovableClock
from bot.workspace.server import WorkspaceServer
from tests.workspace.conftest import MANIFEST

HALF = """{"at": "2026-11-22T00:00:00+00:00", "serial": 9, "channels": [], "messages": {}, "homes": {},
"read_marks": {}, "people": [{"id": "U1", "name": "ana", "real_name": "Ana Weber", "tz": "UTC"}]}"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "workspace.json"


def filled() -> WorkspaceServer:
    server = WorkspaceServer(MANIFEST, clock=MovableClock())
    workspace = server.workspace
    ana = workspace.add_person("ana", "Ana Weber", "Asia/Tokyo")
    room = workspace.add_channel("leadership", [ana.id])
    workspace.invite_bot(room)
    first = workspace.say(ana.id, room.id, "Shall we?")
    workspace.say(ana.id, room.id, "Yes.", first["ts"])
    workspace.dm_of(ana.id)
    return server


def again(file: Path) -> WorkspaceServer:
    server = WorkspaceServer(MANIFEST, clock=MovableClock())
    assert server.restore(file)
    return server


def test_people_channels_messages_and_threads_come_back(file: Path) -> None:
    before = filled()
    before.save(file)
    old, new = before.workspace, again(file).workspace
    assert new.everyone() == old.everyone()
    assert {c.id: c.members for c in new.channels.values()} == {c.id: c.members for c in old.channels.values()}
    for channel in old.channels:
        assert new.messages(channel) == old.messages(channel)
        assert [new.messages(channel, m["ts"]) for m in new.messages(channel)] == [
            old.messages(channel, m["ts"]) for m in old.messages(channel)
        ]


def test_the_direct_message_is_the_same_one(file: Path) -> None:
    before = filled()
    before.save(file)
    [ana] = before.workspace.everyone()
    assert again(file).workspace.dm_of(ana.id).id == before.workspace.dm_of(ana.id).id


def test_new_ids_are_new(file: Path) -> None:
    before = filled()
    before.save(file)
    after = again(file).workspace
    taken = {*after.people, *after.channels}
    assert after.add_person("ben", "Ben Okafor").id not in taken


def test_a_clock_that_was_moved_stays_moved(file: Path) -> None:
    before = filled()
    assert isinstance(before.workspace.clock, MovableClock)
    before.workspace.clock.move(timedelta(days=3))
    before.save(file)
    assert again(file).workspace.now() >= before.workspace.now() - timedelta(minutes=1)


@pytest.mark.parametrize("text", [None, "", "{}", "[]", '{"people": 1}', "nonsense", HALF])
def test_a_file_that_is_missing_or_broken_is_no_workspace(file: Path, text: str | None) -> None:
    if text is not None:
        file.write_text(text)
    server = WorkspaceServer(MANIFEST)
    assert not server.restore(file)
    assert server.workspace.everyone() == []
