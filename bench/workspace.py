"""The local workspace as a process of its own: reads commands as lines of JSON, answers each with one."""

import json
import sys
import time
from collections.abc import Sequence
from typing import Any

from bot.resources import MANIFEST
from bot.workspace.driver import Workspace
from bot.workspace.records import Channel, Person
from bot.workspace.server import WorkspaceServer

CHANNELS = 50
PATIENCE = 60.0  # seconds until an answer is given up
PAUSE = 0.01  # seconds between two rounds, so that the app has finished with the one before


class Room:
    """One person, many channels, and a watch on what the app posts."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.person: Person = workspace.add_person("ana", "Ana Weber")
        self.channels: list[Channel] = [workspace.add_channel(f"room-{at}", [self.person.id]) for at in range(CHANNELS)]
        for channel in self.channels:
            workspace.invite_bot(channel)
        self.posted: dict[str, float] = {}
        self._calls_seen = 0
        workspace.listeners.add(self._look)

    def _look(self) -> None:
        calls = self.workspace.calls
        while self._calls_seen < len(calls):
            call = calls[self._calls_seen]
            self._calls_seen += 1
            if call.method == "chat.postMessage":
                self.posted.setdefault(str(call.args.get("thread_ts")), time.perf_counter())

    def ask(self, questions: Sequence[str], at_once: int) -> list[float]:
        """The seconds from each mention to its posted answer, `at_once` of them together."""
        seconds: list[float] = []
        for start in range(0, len(questions), at_once):
            seconds += self._round(questions[start : start + at_once])
            time.sleep(PAUSE)
        return seconds

    def deliver(self, count: int, underway: int) -> dict[str, Any]:
        """So many mentions, at most `underway` of them unacknowledged: the seconds in all and until each ack."""
        begun, first, acked = time.perf_counter(), len(self.workspace.deliveries), 0

        def pending() -> int:
            nonlocal acked
            sent = self.workspace.deliveries
            while first + acked < len(sent) and sent[first + acked].acked_at:
                acked += 1
            return len(sent) - first - acked

        for _ in range(count):
            if pending() >= underway:
                self.workspace.wait_for(lambda: pending() <= underway // 2, PATIENCE)
            self._mention()
        self.workspace.wait_for(lambda: not pending(), PATIENCE)
        seconds, sent = time.perf_counter() - begun, self.workspace.deliveries[first:]
        last = {"envelope_id": "", "type": sent[-1].type, "payload": sent[-1].payload, "retry_attempt": 0}
        return {"seconds": seconds, "acks": [each.ack_seconds for each in sent], "last": last}

    def _mention(self) -> None:
        """The event alone, without the message."""
        ts, channel, team = self.workspace.next_ts(), self.channels[0], self.workspace.team
        text = f"<@{team.bot_user}> where should the CCO report?"
        event = {"type": "app_mention", "user": self.person.id, "text": text, "ts": ts, "channel": channel.id}
        self.workspace.emit("app_mention", {**event, "team": team.id, "event_ts": ts}, channel.id)

    def _round(self, questions: Sequence[str]) -> list[float]:
        said = {}
        for question, channel in zip(questions, self.channels, strict=False):
            begun = time.perf_counter()
            message = self.workspace.say(self.person.id, channel.id, f"@cco {question}")
            said[message["ts"]] = begun
        self.workspace.wait_for(lambda: said.keys() <= self.posted.keys(), PATIENCE)
        return [self.posted[ts] - begun for ts, begun in said.items()]


def serve() -> None:
    """Until standard input ends."""
    server = WorkspaceServer(json.loads(MANIFEST.read_text()), rate_limits=False)
    server.start()
    room = Room(server.workspace)
    address = {
        "SLACK_BOT_TOKEN": server.bot_token,
        "SLACK_APP_TOKEN": server.app_token,
        "SLACK_API_URL": server.api_url,
    }
    print(json.dumps(address), flush=True)
    for line in sys.stdin:
        print(json.dumps(obey(room, json.loads(line))), flush=True)
    server.stop()


def obey(room: Room, command: dict[str, Any]) -> dict[str, Any]:
    if command["do"] == "ask":
        return {"seconds": room.ask(command["questions"], command["at_once"])}
    if command["do"] == "deliver":
        return room.deliver(command["count"], command["underway"])
    room.workspace.wait_for(lambda: room.workspace.sockets.is_connected, PATIENCE)
    return {"at": time.time()}


if __name__ == "__main__":
    serve()
