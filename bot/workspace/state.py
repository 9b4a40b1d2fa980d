"""What the workspace knows, under one lock: people, conversations, messages, views, and a log of it all."""

from __future__ import annotations

import secrets
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.workspace.agenda import Agenda
from bot.workspace.courier import Courier
from bot.workspace.payloads import event_callback
from bot.workspace.records import (
    Call,
    Channel,
    Delivery,
    Fault,
    Hook,
    Json,
    Notice,
    Person,
    SlackError,
    Team,
    Trigger,
    Upload,
)

TRIGGER_LIFE = timedelta(seconds=3)


class State:
    """Every method takes the lock itself, so that tests, the page and the app may call from any thread."""

    def __init__(self, team: Team, clock: Clock, courier: Courier, serial: Iterator[int]) -> None:
        self.team, self.clock, self.courier, self.sockets = team, clock, courier, courier.sockets
        self.bot_token = f"xoxb-local-{secrets.token_hex(8)}"
        self.due: list[Callable[[], datetime | None]] = []
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.listeners: set[Callable[[], None]] = set()
        self.version = 0
        self.token_revoked = False
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.calls: list[Call] = []
        self.deliveries: list[Delivery] = []
        self.faults: list[Fault] = []
        self.log: list[tuple[str, Any]] = []
        self.triggers: dict[str, Trigger] = {}
        self.hooks: dict[str, Hook] = {}
        self.modals: defaultdict[str, list[Json]] = defaultdict(list)  # per person, the visible one last
        self.homes: dict[str, Json] = {}
        self.read_marks: defaultdict[str, dict[str, str]] = defaultdict(dict)  # per person and conversation
        self.api_origin = ""
        self.agenda = Agenda(self)
        self.due.append(self.agenda.next_due)
        self.scheduled: dict[str, Json] = {}
        self.usergroups: dict[str, Json] = {}
        self.uploads: dict[str, Upload] = {}
        self.away: set[str] = set()
        self._messages: defaultdict[str, dict[str, Json]] = defaultdict(dict)
        self._ephemerals: defaultdict[str, list[Json]] = defaultdict(list)
        self._notices: list[Notice] = []
        self._dms: dict[str, Channel] = {}
        self._last_ts = 0
        self._serial = serial  # shared by all workspaces, so that no id is in two of them
        bot = Person(self.team.bot_user, self.team.bot_name, self.team.app_name, "UTC", is_bot=True)
        self.people[bot.id] = bot

    # -- time, ids, change

    def next_due(self) -> datetime | None:
        """When the next thing that is planned will happen; None when nothing is."""
        return min((at for look in self.due if (at := look())), default=None)

    def now(self) -> datetime:
        return self.clock()

    def _seconds(self) -> int:
        return int(self.now().timestamp())

    def next_ts(self) -> str:
        """A message timestamp: Slack's id within a channel, so no two are equal and none goes back."""
        with self.lock:
            self._last_ts = max(int(self.now().timestamp() * 1_000_000), self._last_ts + 1)
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def next_id(self, prefix: str) -> str:
        with self.lock:
            return f"{prefix}{next(self._serial):08d}"

    def note(self, kind: str, what: Any) -> None:
        """Logs a change and wakes everybody who waits for one."""
        with self.lock:
            self.log.append((kind, what))
            self.version += 1
            self.changed.notify_all()
            for listener in self.listeners:
                listener()

    # -- people and conversations

    def add_person(self, name: str, real_name: str, tz: str = "Europe/Berlin", **flags: Any) -> Person:
        """`flags` are those of `Person`: an admin, a guest, somebody of another company …"""
        ZoneInfo(tz)  # an unknown zone is a mistake of the caller, better told now
        with self.lock:
            person = Person(self.next_id("U"), name, real_name, tz, **flags)
            self.people[person.id] = person
            self.note("person", person)
            return person

    def add_channel(self, name: str, members: list[str] | None = None, private: bool = False) -> Channel:
        with self.lock:
            channel = Channel(self.next_id("C"), name, list(members or []), private, created=self._seconds())
            self.channels[channel.id] = channel
            self.note("channel", channel)
            return channel

    def dm_of(self, user_id: str) -> Channel:
        """The direct conversation of this person with the app, opened at the first use."""
        with self.lock:
            if user_id not in self._dms:
                name, members = self.person(user_id).name, [user_id, self.team.bot_user]
                channel = Channel(self.next_id("D"), name, members, is_im=True, created=self._seconds())
                self.channels[channel.id] = self._dms[user_id] = channel
            return self._dms[user_id]

    def person(self, user_id: str) -> Person:
        if user_id not in self.people:
            raise SlackError("user_not_found")
        return self.people[user_id]

    def channel(self, channel_id: str) -> Channel:
        if channel_id not in self.channels:
            raise SlackError("channel_not_found")
        return self.channels[channel_id]

    def bot_is_in(self, channel: Channel) -> bool:
        return self.team.bot_user in channel.members

    # -- messages

    def store(self, message: Json) -> Json:
        """Keeps a new message and counts it on its thread's parent."""
        with self.lock:
            channel = self._messages[message["channel"]]
            channel[message["ts"]] = message
            parent = channel.get(message.get("thread_ts", ""))
            if parent and parent is not message:
                self._count_reply(parent, message)
            self.note("message", message)
            return message

    def _count_reply(self, parent: Json, reply: Json) -> None:
        users = list(dict.fromkeys([*parent.get("reply_users", []), reply["user"]]))
        parent.update(
            thread_ts=parent["ts"],
            reply_count=parent.get("reply_count", 0) + 1,
            reply_users=users,
            reply_users_count=len(users),
            latest_reply=reply["ts"],
        )

    def find(self, channel_id: str, ts: str) -> Json | None:
        return self._messages[channel_id].get(ts)

    def forget(self, channel_id: str, ts: str) -> Json | None:
        """Removes a message; one with replies stays as a tombstone, as in Slack."""
        with self.lock:
            message = self._messages[channel_id].get(ts)
            if message is None:
                return None
            if message.get("reply_count"):
                kept = {k: message[k] for k in ("type", "channel", "ts", "thread_ts", "reply_count", "latest_reply")}
                self._messages[channel_id][ts] = {
                    **kept,
                    "subtype": "tombstone",
                    "user": "USLACKBOT",
                    "text": "This message was deleted.",
                }
            else:
                del self._messages[channel_id][ts]
                self._uncount_reply(channel_id, message)
            self.note("deleted", message)
            return message

    def _uncount_reply(self, channel_id: str, reply: Json) -> None:
        parent = self._messages[channel_id].get(reply.get("thread_ts", ""))
        if parent and parent is not reply:
            left = [m for m in self._messages[channel_id].values() if m.get("thread_ts") == parent["ts"]]
            for name in ("reply_count", "reply_users", "reply_users_count", "latest_reply"):
                parent.pop(name, None)
            for other in left:
                if other is not parent:
                    self._count_reply(parent, other)

    def messages(self, channel_id: str, thread_ts: str | None = None) -> list[Json]:
        """The channel's own messages, oldest first; with `thread_ts`, that thread's, its parent first."""
        with self.lock:
            found = self._messages[channel_id].values()
            if thread_ts is None:
                return [dict(m) for m in found if _is_in_channel(m)]
            return [dict(m) for m in found if thread_ts in (m["ts"], m.get("thread_ts"))]

    def everything_in(self, channel_id: str) -> list[Json]:
        """The channel's messages with those in its threads, oldest first."""
        with self.lock:
            return [dict(message) for message in self._messages[channel_id].values()]

    def mark_read(self, user_id: str, channel_id: str, ts: str) -> None:
        """The person has seen everything up to this message; the mark never goes back."""
        with self.lock:
            if ts > self.read_marks[user_id].get(channel_id, ""):
                self.read_marks[user_id][channel_id] = ts
                self.note("read", (user_id, channel_id))

    def unread(self, user_id: str, channel_id: str) -> int:
        """How many messages of others are newer than the person's mark; replies in threads don't count."""
        with self.lock:
            mark, shown = self.read_marks[user_id].get(channel_id, ""), reversed(self._messages[channel_id].values())
            newer = takewhile(lambda message: message["ts"] > mark, shown)
            return sum(message["user"] != user_id and _is_in_channel(message) for message in newer)

    def show_only_to(self, user_id: str, message: Json) -> None:
        with self.lock:
            self._ephemerals[user_id].append(message)
            self.note("ephemeral", (user_id, message))

    def replace_ephemeral(self, user_id: str, ts: str, message: Json | None) -> None:
        with self.lock:
            kept = [message if m["ts"] == ts else m for m in self._ephemerals[user_id]]
            self._ephemerals[user_id] = [m for m in kept if m is not None]
            self.note("ephemeral", (user_id, message))

    def ephemerals(self, user_id: str) -> list[Json]:
        with self.lock:
            return [dict(message) for message in self._ephemerals[user_id]]

    def notices(self, user_id: str) -> list[Notice]:
        with self.lock:
            return [notice for notice in self._notices if notice.user_id == user_id]

    def tell(self, user_id: str, channel_id: str, text: str, thread_ts: str | None = None) -> None:
        """A failure that Slack itself shows to the person who pressed or typed."""
        with self.lock:
            self._notices.append(Notice(user_id, channel_id, text, self.next_ts(), thread_ts))
            self.note("notice", self._notices[-1])

    # -- views

    def views(self, user_id: str) -> list[Json]:
        with self.lock:
            return [dict(view) for view in self.modals[user_id]]

    def home(self, user_id: str) -> Json | None:
        with self.lock:
            return self.homes.get(user_id)

    def find_view(self, view_id: str) -> tuple[str, Json] | None:
        """The view with this id or external id, and whose it is."""
        homes = [(user, [home]) for user, home in self.homes.items()]
        for user, stack in [*self.modals.items(), *homes]:
            for view in stack:
                if view_id and view_id in (view["id"], view["external_id"]):
                    return user, view
        return None

    def new_trigger(self, user_id: str) -> str:
        with self.lock:
            trigger_id = f"{self.next_id('')}.{self.next_id('')}.{self.next_id('t')}"
            self.triggers[trigger_id] = Trigger(user_id, self.now())
            return trigger_id

    def use_trigger(self, trigger_id: str) -> Trigger:
        trigger = self.triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.is_used:
            raise SlackError("exchanged_trigger_id")
        if self.now() - trigger.at > TRIGGER_LIFE:
            raise SlackError("expired_trigger_id")
        trigger.is_used = True
        return trigger

    def new_hook(self, user_id: str, channel_id: str, **source: Any) -> str:
        """A `response_url` for this interaction."""
        with self.lock:
            token = self.next_id("hook")
            self.hooks[token] = Hook(user_id, channel_id, self.now(), **source)
            return f"{self.api_origin}/hook/actions/{self.team.id}/{token}"

    # -- events

    def emit(self, subscription: str, event: Json, channel_id: str = "") -> None:
        """Sends an event to the app, if its manifest subscribes to it."""
        if subscription in self.team.events:
            with self.lock:
                room = self.channels.get(channel_id)
                is_shared = bool(room and room.is_ext_shared)
                payload = event_callback(self.team, event, self.next_id("Ev"), self.now(), is_shared)
                self.dispatch(
                    Delivery(self.next_id("e"), "events_api", payload, str(event.get("user", "")), channel_id)
                )

    def dispatch(self, delivery: Delivery) -> Delivery:
        """On its way to the app, which answers later."""
        return self.courier.dispatch(self, delivery)

    def on_ack(self, delivery: Delivery) -> None:
        """What the app's answer inside an acknowledgement brings about."""


def _is_in_channel(message: Json) -> bool:
    return message.get("thread_ts", message["ts"]) == message["ts"] or message.get("subtype") == "thread_broadcast"
