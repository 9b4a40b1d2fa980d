"""What Slack sent, whatever its kind, as one value with plain names."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from bot.errors import Refusal
from bot.keys import WorkspaceKey

Json = dict[str, Any]


@dataclass(frozen=True)
class Incoming:
    """A delivery: an event, a command, a click or a submitted modal."""

    body: Json

    @property
    def event(self) -> Json:
        return self.body.get("event") or {}

    @property
    def action(self) -> Json:
        actions = self.body.get("actions") or [{}]
        return actions[0] or {}

    @property
    def view(self) -> Json:
        return self.body.get("view") or {}

    @property
    def key(self) -> WorkspaceKey:
        """The same for events, commands, clicks and modals, which name it in different places."""
        return WorkspaceKey(self._enterprise_id, self._team_id)

    @property
    def _enterprise_id(self) -> str:
        enterprise = self.body.get("enterprise") or {}
        return str(
            self.body.get("enterprise_id") or enterprise.get("id") or self._authorization.get("enterprise_id") or ""
        )

    @property
    def _team_id(self) -> str:
        """With an organisation-wide installation clicks and modals name a team only for the person."""
        team = self.body.get("team") or {}
        user = self.body.get("user") or {}
        named = self.body.get("team_id") or team.get("id") or self._authorization.get("team_id")
        return str(named or self.event.get("team") or user.get("team_id") or "")

    @property
    def _authorization(self) -> Json:
        """The installation that an event is for."""
        found = self.body.get("authorizations") or [{}]
        return found[0] or {}

    @property
    def user_id(self) -> str:
        user = self.body.get("user") or {}
        return str(self.body.get("user_id") or user.get("id") or self.event.get("user") or "")

    @property
    def channel_id(self) -> str:
        channel = self.body.get("channel") or self.body.get("container") or {}
        found = self.body.get("channel_id") or channel.get("id") or channel.get("channel_id")
        return str(found or self.event.get("channel") or "")

    @property
    def message_ts(self) -> str:
        """The message that a click or a shortcut was on."""
        message, container = self.body.get("message") or {}, self.body.get("container") or {}
        return str(container.get("message_ts") or message.get("ts") or "")

    @property
    def thread_ts(self) -> str:
        """The thread that it happened in; empty in a channel's own timeline."""
        message = self.body.get("message") or {}
        container = self.body.get("container") or {}
        found = message.get("thread_ts") or container.get("thread_ts") or self.event.get("thread_ts")
        return str(found or "")

    @property
    def is_reply(self) -> bool:
        """Is it within a thread? A thread's first message is not: it stands in the channel, and is read there."""
        message, container = self.body.get("message") or {}, self.body.get("container") or {}
        own = message.get("ts") or container.get("message_ts") or self.event.get("ts")
        return self.thread_ts not in ("", own)

    @property
    def answer_thread(self) -> str:
        """Where an answer to a click belongs: the message's thread, a new one under it, or flat in a DM."""
        if self.thread_ts or self.channel_id.startswith("D") or self.is_home:
            return self.thread_ts
        return str((self.body.get("container") or {}).get("message_ts") or "")

    @property
    def text(self) -> str:
        return str(self.event.get("text") or self.body.get("text") or "")

    @property
    def value(self) -> str:
        """Of the button that was pressed, or of the option that was chosen in a message's select."""
        option = self.action.get("selected_option") or {}
        return str(self.action.get("value") or option.get("value") or "")

    @property
    def response_url(self) -> str:
        return str(self.body.get("response_url") or "")

    @property
    def trigger_id(self) -> str:
        return str(self.body.get("trigger_id") or "")

    @property
    def is_private(self) -> bool:
        """Did it happen on a message that only one person sees?"""
        return bool((self.body.get("container") or {}).get("is_ephemeral"))

    @property
    def is_home(self) -> bool:
        return (self.body.get("container") or {}).get("type") == "view"

    @cached_property
    def delivery(self) -> str:
        """What two copies of the same delivery share, and nothing else does."""
        if event_id := self.body.get("event_id"):
            return f"event:{event_id}"
        if self.action:
            container = self.body.get("container") or {}
            place = container.get("message_ts") or container.get("view_id") or ""
            return f"action:{self.user_id}:{place}:{self.action.get('action_ts')}:{self.action.get('action_id')}"
        if self.view:
            return f"view:{self.view.get('id')}:{self.view.get('hash')}"
        return f"trigger:{self.trigger_id}"

    @property
    def id(self) -> str:
        """The delivery as a short opaque id."""
        return sha256(f"{self.key}{self.delivery}".encode()).hexdigest()[:20]

    @property
    def is_from_elsewhere(self) -> bool:
        """Is the person of another company, in a channel shared with it? They can press our buttons.

        In an organisation of several workspaces nobody can say: see `may_be_from_elsewhere`.
        """
        return self._is_of_another_team and not self._enterprise_id

    @property
    def may_be_from_elsewhere(self) -> bool:
        """Are they of another workspace of our organisation, or of another company? `Person.belongs_to` knows."""
        return self._is_of_another_team and bool(self._enterprise_id)

    @property
    def _is_of_another_team(self) -> bool:
        user = self.body.get("user") or {}
        return str(user.get("team_id") or self._team_id) != self._team_id

    def state(self, block_id: str, action_id: str) -> str:
        """What was filled into a modal's input; empty when nothing was."""
        element = self._element(block_id, action_id)
        chosen: Json = element.get("selected_option") or next(iter(element.get("selected_options") or ()), {})
        picked = element.get("selected_conversation") or element.get("selected_user")
        return str(element.get("value") or chosen.get("value") or picked or "")

    def people(self, block_id: str, action_id: str) -> tuple[str, ...]:
        """Those chosen in a modal's input for several people."""
        return tuple(map(str, self._element(block_id, action_id).get("selected_users") or ()))

    def moment(self, block_id: str, action_id: str) -> datetime | None:
        """The date and time picked in a modal's input."""
        seconds = self._element(block_id, action_id).get("selected_date_time")
        return datetime.fromtimestamp(int(seconds), UTC) if seconds else None

    def day(self, block_id: str, action_id: str) -> date | None:
        """The date picked in a modal's input."""
        day = self._element(block_id, action_id).get("selected_date")
        return date.fromisoformat(str(day)) if day else None

    def time_of_day(self, block_id: str, action_id: str) -> str:
        """The time picked in a modal's input, as a clock shows it: “09:30”."""
        return str(self._element(block_id, action_id).get("selected_time") or "")

    def choices(self, block_id: str, action_id: str) -> frozenset[str]:
        """The values of what was ticked in a modal's input."""
        options = self._element(block_id, action_id).get("selected_options") or ()
        return frozenset(str(option.get("value")) for option in options)

    def _element(self, block_id: str, action_id: str) -> Json:
        values = (self.view.get("state") or {}).get("values") or {}
        return (values.get(block_id) or {}).get(action_id) or {}

    def value_or_refuse(self) -> str:
        if not self.value:
            raise Refusal("That button no longer works. Ask me again and I'll answer afresh.")
        return self.value
