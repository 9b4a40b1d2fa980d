"""A workspace with the real bot in it, and what people do there: each deed waits for what the bot does about it."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot import clock as clocks
from bot.app import Bot, build
from bot.resources import MANIFEST
from bot.settings import load_settings
from bot.workspace.records import Call, Channel, Delivery, Json, Person
from bot.workspace.server import WorkspaceServer
from tests.conftest import Aside

PATIENCE = 60.0  # a machine that does much else besides answers slowly
AT_IT = 5.0  # seconds; some scenes have bots that never get done
DATABASE = "stage.db"
PING = re.compile(r"<!(channel|here|everyone|subteam)")


class MovableClock:
    """Time as a test wants it. Each look takes a millisecond, so that no two things happen at once."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        with self._lock:
            self.now += timedelta(milliseconds=1)
            return self.now

    def advance(self, **span: float) -> None:
        with self._lock:
            self.now += timedelta(**span)


class Stage:
    """The workspace, the bots in it, and the database they share."""

    def __init__(
        self,
        folder: Path,
        cache: Path,
        clock: clocks.Clock = clocks.system_clock,
        *,
        database_url: str = "",
        knowledge: tuple[Path, ...] = (),
        rate_limits: bool = False,
        optional_scopes: bool = True,
        enterprise_id: str = "",
    ) -> None:
        self.server = WorkspaceServer(
            json.loads(MANIFEST.read_text("utf-8")),
            rate_limits=rate_limits,
            clock=clock,
            optional_scopes=optional_scopes,
            enterprise_id=enterprise_id,
        )
        self.server.start()
        self.workspace = self.server.workspace
        self.clock = clock
        self.bots: list[Bot] = []
        self.database = folder / DATABASE
        self.settings = load_settings(
            slack=True,
            slack_bot_token=self.server.bot_token,
            slack_app_token=self.server.app_token,
            slack_api_url=self.server.api_url,
            database_url=database_url or f"sqlite:///{self.database}",
            cco_knowledge_dir=knowledge,
            cco_cache_dir=cache,
            cco_retention_days=90,
        )

    # The bot

    def start_bot(self) -> Bot:
        bot = build(self.settings, self.clock)
        connected = len(self.workspace.sockets.queues)
        self.bots.append(bot)
        bot.start()
        self.workspace.wait_for(lambda: len(self.workspace.sockets.queues) > connected, PATIENCE)
        return bot

    def pass_by(self, span: timedelta) -> None:
        """Moves time, once the bots have done what they are at: what they hold for seconds would be up in its midst."""
        assert isinstance(self.clock, clocks.MovableClock)
        until = time.monotonic() + AT_IT
        while any(bot.ticker.under_way() for bot in self.bots) and time.monotonic() < until:
            with self.workspace.lock:
                self.workspace.changed.wait(0.01)
        self.clock.move(span)
        for bot in self.bots:
            bot.wake()

    def pass_to(self, at: datetime) -> None:
        self.pass_by(max(at - self.clock(), timedelta(0)))

    def finish(self) -> None:
        """Waits until everything sent is acknowledged and everything begun is done. The bots do nothing after it."""
        self.workspace.wait_for(lambda: all(item.is_settled for item in self.workspace.deliveries), PATIENCE)
        for bot in self.bots:
            bot.bolt.listener_runner.listener_executor.shutdown(wait=True)
            bot.guard.backlog.drain()

    def leave(self, aside: Aside) -> None:
        """Ends what the bots do by themselves; the server and their clients take their time to end aside.

        Nothing may look at the database afterwards: where it is PostgreSQL, its tables are gone with the scene.
        """
        for bot in self.bots:
            bot.socket.client.auto_reconnect_enabled = False
        aside(self.server.stop)  # which ends at once the calls that it keeps waiting
        for bot in self.bots:
            bot.ticker.stop(PATIENCE)
            bot.readiness.drawer.stop(PATIENCE)
            bot.guard.backlog.drain()
            aside(bot.close)

    # People

    def person(self, name: str, real_name: str) -> Person:
        return self.workspace.add_person(name, real_name)

    def room(self, name: str, *people: Person, with_bot: bool = True) -> Channel:
        room = self.workspace.add_channel(name, [person.id for person in people])
        if with_bot:
            self.workspace.invite_bot(room)
        return room

    def dm(self, person: Person) -> str:
        return self.workspace.dm_of(person.id).id

    # Asking

    def mention(self, person: Person, room: Channel, text: str, thread_ts: str | None = None) -> Json:
        """Mentions the bot and gives its answer in the thread."""
        message = self.workspace.say(person.id, room.id, f"@cco {text}", thread_ts)
        return self.reply_to(message)

    def reply_to(self, message: Json) -> Json:
        """The bot's next message in the thread of this one."""
        thread = message.get("thread_ts", message["ts"])
        return self._awaited(lambda: self._after(message, self.said(message["channel"], thread)))

    def write(self, person: Person, text: str, thread_ts: str | None = None) -> Json:
        """Writes to the bot directly and gives its answer."""
        message = self.workspace.say(person.id, self.dm(person), text, thread_ts)
        return self._awaited(lambda: self._after(message, self.said(message["channel"], thread_ts)))

    def command(self, person: Person, room: Channel | str, text: str) -> Json:
        """Types `/cco …` and gives what only this person sees."""
        place = room if isinstance(room, str) else room.id
        return self.shown(person, lambda: self.workspace.command(person.id, place, "/cco", text))

    def shown(self, person: Person, deed: Callable[[], Any]) -> Json:
        """The next message that only this person sees, after they did something."""
        before = len(self.workspace.ephemerals(person.id))
        deed()
        return self._awaited(lambda: self.workspace.ephemerals(person.id)[before:])

    def posted(self, channel_id: str, deed: Callable[[], Any], thread_ts: str | None = None) -> Json:
        """The bot's next message in this place, after somebody did something."""
        before = len(self.said(channel_id, thread_ts))
        deed()
        return self._awaited(lambda: self.said(channel_id, thread_ts)[before:])

    def opened(self, person: Person, deed: Callable[[], Any]) -> Json:
        """The modal that opens after this person did something."""
        deed()
        return self._awaited(lambda: self.workspace.views(person.id))

    def press(self, person: Person, source: Json, action: str, value: str | None = None) -> Delivery:
        """Presses a button; of several with numbered ids (`open_card:1`), the one with this value."""
        pressed = next(item for item in buttons(source) if item[0].startswith(action) and value in (None, item[1]))
        return self.workspace.click(person.id, source, pressed[0], pressed[1])

    def again(self, delivery: Delivery) -> Delivery:
        """Slack sends the same thing once more, in a new envelope."""
        fresh = replace(delivery, envelope_id=self.workspace.next_id("e"), attempt=1, reason="timeout")
        fresh.acked_at, fresh.failure = None, ""
        return self.workspace.dispatch(fresh)

    def delivery(self, subject: str) -> Delivery:
        """The newest delivery about this."""
        return next(item for item in reversed(self.workspace.deliveries) if item.subject == subject)

    def said(self, channel_id: str, thread_ts: str | None = None) -> list[Json]:
        """What the bot said in a channel's own timeline, or in a thread."""
        found = self.workspace.messages(channel_id, thread_ts)
        return [message for message in found if message["user"] == self.workspace.team.bot_user]

    def rows(self, query: str, *values: str) -> list[Any]:
        """What the database holds, read by nothing of ours."""
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(query, values).fetchall()

    def forget_posting(self) -> None:
        """The database as a death right after Slack's OK leaves it."""
        self.put("update questions set posted_at = null")

    def put(self, statement: str, *values: str) -> None:
        """Changes the database by nothing of ours, as a death leaves it."""
        with closing(sqlite3.connect(self.database)) as connection:
            connection.execute(statement, values)
            connection.commit()

    def _awaited(self, found: Callable[[], list[Json]]) -> Json:
        return self.workspace.wait_for(found, PATIENCE)[0]

    @staticmethod
    def _after(message: Json, said: list[Json]) -> list[Json]:
        return [reply for reply in said if reply["ts"] > message["ts"]]

    # What must hold after every scene

    def check(self, deliveries: int, calls: int, refusals: set[str]) -> None:
        """Everything sent was acknowledged, Slack refused nothing but what the scene is about, nobody was pinged."""
        workspace = self.workspace
        workspace.wait_for(lambda: all(item.is_settled for item in workspace.deliveries[deliveries:]), PATIENCE)
        unacked = [item for item in workspace.deliveries[deliveries:] if item.failure]
        assert unacked == [], workspace.transcript()
        refused = [call for call in workspace.calls[calls:] if not call.answer.get("ok") and not _is_early(call)]
        assert {call.answer.get("error") for call in refused} == refusals, refused
        for call in workspace.calls[calls:]:
            assert not PING.search(json.dumps(mrkdwn_of(call.args))), call


def _is_early(call: Call) -> bool:
    """An update of a modal that the ack before it has yet to open: it is tried again."""
    return (call.method, call.answer.get("error")) == ("views.update", "not_found")


def texts(node: Any) -> str:
    """All the words of a message or a view, as a person reads them."""
    return "\n".join(_texts(node.get("blocks", []) if isinstance(node, dict) else node))


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("text", "label", "hint", "title") and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)
    elif isinstance(node, list):
        for item in node:
            yield from _texts(item)


def buttons(source: Json) -> list[tuple[str, str, str]]:
    """Action id, value and words of each button of a message or a view."""
    found = []
    for block in source.get("blocks", []):
        for element in [*block.get("elements", []), *([block["accessory"]] if "accessory" in block else [])]:
            if element["type"] == "button":
                found.append((element["action_id"], element.get("value", ""), element["text"]["text"]))
    return found


def cards(source: Json) -> list[str]:
    """The cards that the message's buttons lead to."""
    return [value for action, value, _ in buttons(source) if action.startswith("open_card")]


def feedback(source: Json, verdict: str) -> str:
    """The value of a message's thumb: `up` or `down`."""
    elements = [element for block in source["blocks"] for element in block.get("elements", [])]
    thumbs = next(element for element in elements if element["type"] == "feedback_buttons")
    side = {"up": "positive_button", "down": "negative_button"}[verdict]
    return str(thumbs[side]["value"])


def mrkdwn_of(node: Any) -> Any:
    """What Slack would read mentions in: a call's text and every mrkdwn object."""
    blocks = node.get("blocks") or (node.get("view") or {})
    blocks = json.loads(blocks) if isinstance(blocks, str) and blocks else blocks
    return [node.get("text", ""), *_mrkdwn(blocks)]


def _mrkdwn(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if node.get("type") == "mrkdwn":
            yield str(node["text"])
        for value in node.values():
            yield from _mrkdwn(value)
    elif isinstance(node, list):
        for item in node:
            yield from _mrkdwn(item)
