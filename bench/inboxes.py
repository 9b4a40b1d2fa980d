"""A workspace of people whom an app writes to directly, as a process of its own, told what to do in lines of JSON."""

import json
import sys
from typing import Any

from bot.resources import MANIFEST
from bot.workspace.driver import Workspace
from bot.workspace.server import WorkspaceServer

PATIENCE = 600.0  # seconds until anything is given up


class Inboxes:
    """Many people, and a count of what the app has posted to them."""

    def __init__(self, workspace: Workspace, count: int) -> None:
        self.workspace = workspace
        self.people = [workspace.add_person(f"p{at}", f"Person {at}").id for at in range(count)]
        self._seen, self._posted = 0, 0
        workspace.listeners.add(self._look)

    def _look(self) -> None:
        calls = self.workspace.calls
        while self._seen < len(calls):
            self._posted += calls[self._seen].method == "chat.postMessage"
            self._seen += 1

    def who(self) -> dict[str, Any]:
        return {"people": self.people}

    def wait(self, posted: int) -> dict[str, Any]:
        """Returns when so many messages were posted in all."""
        self.workspace.wait_for(lambda: self._posted >= posted, PATIENCE)
        return {}

    def got(self) -> dict[str, int]:
        """How many messages each person got."""
        return {one: len(self.workspace.messages(self.workspace.dm_of(one).id)) for one in self.people}


def serve(count: int) -> None:
    """Until standard input ends."""
    server = WorkspaceServer(json.loads(MANIFEST.read_text()), rate_limits=False)
    server.start()
    inboxes = Inboxes(server.workspace, count)
    print(json.dumps({"token": server.bot_token, "api_url": server.api_url}), flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        print(json.dumps(getattr(inboxes, command.pop("do"))(**command)), flush=True)
    server.stop()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
