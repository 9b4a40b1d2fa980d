"""The things the workspace remembers: people, channels, deliveries, calls, notices, triggers, faults."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn

from bot.workspace.refusals import RULES

Json = dict[str, Any]


def from_json(text: str | bytes) -> Any:
    """What a JSON text says. ValueError for what is none: NaN, which Python would take, a number beyond any, or
    brackets without end."""
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _finite(number: str) -> float:
    return float(number) if math.isfinite(float(number)) else _refuse(number)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


class SlackError(Exception):
    """A refusal in Slack's words: the code that a Web API caller sees, and the rest of the answer.

    `rule` says which of Slack's rules was broken; people see it in the inspector, callers don't.
    """

    def __init__(self, error: str, rule: str = "", **extra: Any) -> None:
        super().__init__(error)
        self.error, self.rule = error, rule or RULES.get(error, "")
        self.extra = extra

    def answer(self) -> Json:
        return {"ok": False, "error": self.error, **self.extra}


class NotAnswered(Exception):
    """the app did not answer in time"""


class NotAllowed(Exception):
    """Slack's own client would not let the person do this; the text says why."""


@dataclass(frozen=True)
class Team:
    """Who is who: the workspace and the app installed in it, as its manifest describes it."""

    id: str
    domain: str
    name: str
    app_id: str
    app_name: str
    bot_id: str
    bot_user: str
    bot_name: str
    scopes: tuple[str, ...]
    events: frozenset[str]
    commands: tuple[Json, ...]
    shortcuts: tuple[Json, ...]
    enterprise_id: str = ""  # the organisation it is part of (Enterprise Grid)


def team_from(
    manifest: Json,
    number: int = 1,
    name: str = "Local workspace",
    *,
    optional_scopes: bool = True,
    enterprise_id: str = "",
) -> Team:
    """The app of this manifest in the workspace with this number."""
    features, settings = manifest.get("features", {}), manifest.get("settings", {})
    app_name = manifest.get("display_information", {}).get("name", "App")
    return Team(
        id=f"T0LOCAL{number:02d}",
        domain="local-workspace" if number == 1 else f"local-workspace-{number}",
        name=name,
        app_id="A0LOCAL01",
        app_name=app_name,
        bot_id=f"B0LOCAL{number:02d}",
        bot_user=f"U0BOT{number:04d}",
        bot_name=features.get("bot_user", {}).get("display_name", app_name.lower()),
        scopes=_granted(manifest.get("oauth_config", {}).get("scopes", {}), optional_scopes),
        events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", [])),
        commands=tuple(features.get("slash_commands", [])),
        shortcuts=tuple(features.get("shortcuts", [])),
        enterprise_id=enterprise_id,
    )


def _granted(scopes: Json, with_optional: bool) -> tuple[str, ...]:
    """Slack wants the optional ones in both lists."""
    optional = scopes.get("bot_optional", [])
    needed = [scope for scope in scopes.get("bot", []) if scope not in optional]
    return (*needed, *optional) if with_optional else tuple(needed)


@dataclass(frozen=True)
class Person:
    id: str
    name: str
    real_name: str
    tz: str
    is_bot: bool = False
    is_admin: bool = False
    is_guest: bool = False
    is_deleted: bool = False  # deactivated: still known, able to do nothing
    team_id: str = ""  # of another company, with which a channel is shared, or another workspace of the organisation
    enterprise_id: str = ""  # of a person of another workspace: the organisation that it is part of

    @property
    def email(self) -> str:
        return f"{self.name}@example.com"


@dataclass
class Channel:
    id: str
    name: str
    members: list[str]
    is_private: bool = False
    is_im: bool = False
    is_archived: bool = False
    created: int = 0
    is_mpim: bool = False  # a direct conversation of several people
    is_ext_shared: bool = False  # with another company
    creator: str = ""
    topic: Json = field(default_factory=lambda: {"value": "", "creator": "", "last_set": 0})
    purpose: Json = field(default_factory=lambda: {"value": "", "creator": "", "last_set": 0})

    @property
    def kind(self) -> str:
        """The prefix of the scopes that open this conversation: `im:history`, `groups:read`, …"""
        if self.is_im or self.is_mpim:
            return "im" if self.is_im else "mpim"
        return "groups" if self.is_private else "channels"


@dataclass(eq=False)
class Delivery:
    """One envelope sent to the app: what was in it, and whether and when the app acknowledged it."""

    envelope_id: str
    type: str
    payload: Json
    user_id: str = ""
    channel_id: str = ""
    thread_ts: str | None = None
    attempt: int = 0
    reason: str = ""
    sent_at: datetime | None = None
    acked_at: datetime | None = None
    ack_seconds: float | None = None
    answer: Json | None = None
    failure: str = ""
    rule: str = ""  # of Slack's, that the app broke
    started: float = 0.0

    @property
    def is_settled(self) -> bool:
        return bool(self.failure) or self.acked_at is not None

    @property
    def subject(self) -> str:
        """What the envelope is about, in two or three words."""
        inner = self.payload.get("event", self.payload)
        return str(inner.get("command") or inner.get("type", self.type))


@dataclass(frozen=True)
class Call:
    """One Web API call by the app."""

    method: str
    args: Json
    answer: Json
    at: datetime
    status: int = 200
    rule: str = ""  # of Slack's, that the app broke


@dataclass(frozen=True)
class Notice:
    """A failure that Slack's client shows to one person."""

    user_id: str
    channel_id: str
    text: str
    ts: str
    thread_ts: str | None = None


@dataclass
class Trigger:
    """A `trigger_id`: good for one modal, for three seconds."""

    user_id: str
    at: datetime
    is_used: bool = False


@dataclass
class Fault:
    """The next `times` calls of `method` (several names, or `*`) answer wrongly, in vain or `after_effect`, or late.

    `name` and `plan` are those of a switched fault: what it is called, and the figures drawn for it.
    """

    method: str
    error: str = ""
    status: int = 200
    after_effect: bool = False
    delay_after_effect: float = 0.0
    retry_after: int = 1
    times: int = 1
    name: str = ""
    plan: list[float] = field(default_factory=list)


@dataclass
class Upload:
    """A file that the app announced; `content` comes with the upload, `about` once it is complete."""

    id: str
    name: str
    length: int
    token: str
    content: bytes | None = None
    about: Json = field(default_factory=dict)


@dataclass
class Hook:
    """A `response_url`: five uses in thirty minutes."""

    user_id: str
    channel_id: str
    at: datetime
    message_ts: str | None = None
    thread_ts: str | None = None
    is_ephemeral: bool = False
    uses: int = 0
