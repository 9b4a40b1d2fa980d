"""A workspace full of people, as a process of its own, told what to do in lines of JSON. Slack's rate limits are on."""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bench.storm import Storm, Weather
from bot.resources import MANIFEST
from bot.workspace.driver import Workspace
from bot.workspace.methods import METHODS
from bot.workspace.server import WorkspaceServer

PATIENCE = 120.0  # seconds until anything is given up
ANSWERS = 4


@dataclass(frozen=True)
class Poll:
    """Where a round's messages are: the `ts` of each, and the statements' by their ids."""

    parent: str
    statements: dict[str, str]


class Crowd:
    """Many people in one channel, one who runs their polls, and the app."""

    def __init__(self, workspace: Workspace, count: int) -> None:
        self.workspace = workspace
        self.starter = workspace.add_person("ana", "Ana Weber").id
        self.people = [workspace.add_person(f"p{at}", f"Person {at}").id for at in range(count)]
        self.channel = workspace.add_channel("everybody", [self.starter, *self.people]).id
        workspace.invite_bot(self.channel)
        self.poll = Poll("", {})

    def who(self) -> dict[str, Any]:
        team = self.workspace.team.id
        return {"team": team, "channel": self.channel, "starter": self.starter, "people": self.people}

    def wait_connected(self) -> dict[str, Any]:
        self.workspace.wait_for(lambda: self.workspace.sockets.is_connected, PATIENCE)
        return {}

    def post(self, messages: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Post a round's messages as the app, without a word to its rate limits."""
        posted = [self._post(messages[0])]
        posted += [self._post(message, thread_ts=posted[0]["ts"]) for message in messages[1:]]
        ids = [_statement_of(message) for message in posted[1:]]
        ts = [message["ts"] for message in posted]
        self.poll = Poll(ts[0], dict(zip(ids, ts[1:], strict=True)))
        return {"ts": ts}

    def _post(self, message: dict[str, Any], **place: str) -> dict[str, Any]:
        with self.workspace.lock:
            answer = METHODS["chat.postMessage"].run(self.workspace, {**message, **place, "channel": self.channel})
        return dict(answer["message"])

    def rush(self, first: int, count: int, underway: int) -> dict[str, Any]:
        """So many votes from the `first` on, at most `underway` of them unacknowledged."""
        begun, before = time.perf_counter(), len(self.workspace.deliveries)
        settled = 0

        def pending() -> int:
            nonlocal settled
            sent = self.workspace.deliveries
            while before + settled < len(sent) and sent[before + settled].is_settled:
                settled += 1
            return len(sent) - before - settled

        for number in range(first, first + count):
            if pending() >= underway:
                self.workspace.wait_for(lambda: pending() <= underway // 2, PATIENCE)
            self._vote(number)
        self.workspace.wait_for(lambda: not pending(), PATIENCE)
        seconds, sent = time.perf_counter() - begun, self.workspace.deliveries[before:]
        failed = sum(bool(each.failure) for each in sent)
        return {"seconds": seconds, "acks": [each.ack_seconds or 0 for each in sent], "failed": failed}

    def _vote(self, number: int) -> None:
        """Everybody votes on the first statement, then everybody on the second, …; from the end on, anew."""
        places = list(self.poll.statements.values())
        person = self.people[number % len(self.people)]
        ts = places[number // len(self.people) % len(places)]
        self.workspace.click(person, ts, f"vote:{number % ANSWERS + 1}")

    def storm(self, weather: dict[str, Any]) -> dict[str, Any]:
        """See bench/storm.py. Before it the starter opens the form to close the poll with, to have it at hand."""
        self.workspace.click(self.starter, self.poll.parent, "manage_round")
        self.workspace.wait_for(lambda: self.workspace.views(self.starter), PATIENCE)
        storm = Storm(self.workspace, self.poll.parent, self.poll.statements, self.people, Weather(**weather))
        return asdict(storm.rage())

    def close(self) -> dict[str, Any]:
        """The starter closes the poll; returns when its results are there."""
        before = len(self.workspace.messages(self.channel))
        self.workspace.click(self.starter, self.workspace.views(self.starter)[-1], "close_round")
        self.workspace.wait_for(lambda: len(self.workspace.messages(self.channel)) > before, PATIENCE)
        return {}


def _statement_of(message: dict[str, Any]) -> str:
    elements = [element for block in message["blocks"] for element in block.get("elements", [])]
    value = next(str(element["value"]) for element in elements if element.get("action_id") == "vote:1")
    return value.split(":")[1]


def serve(count: int) -> None:
    """Until standard input ends."""
    server = WorkspaceServer(json.loads(MANIFEST.read_text()))
    server.start()
    crowd = Crowd(server.workspace, count)
    address = {
        "SLACK_BOT_TOKEN": server.bot_token,
        "SLACK_APP_TOKEN": server.app_token,
        "SLACK_API_URL": server.api_url,
    }
    print(json.dumps(address), flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        print(json.dumps(getattr(crowd, command.pop("do"))(**command)), flush=True)
    server.stop()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
