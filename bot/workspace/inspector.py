"""The workspace's log, a line each: the traffic both ways for the page's inspector, all of it for a failing test."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.workspace.records import Call, Delivery, Json, Notice

if TYPE_CHECKING:
    from bot.workspace.state import State

MOST_LINES = 300
TRAFFIC = ("event", "interaction", "call", "connection")
SECRET_NAMES = {"token", "access_token", "refresh_token", "client_secret", "code"}
SECRET = re.compile(r"xox[a-z](\.xox[a-z])?-[\w-]+|xapp-[\w-]+|(?<=[?&]ticket=)\w+")


@dataclass
class Line:
    """What happened, to whom, and how it went. An envelope's lines share a `key`, and the newest says it all."""

    kind: str
    what: str
    who: str = ""
    outcome: str = ""
    at: datetime | None = None
    key: str = ""
    is_problem: bool = False
    rule: str = ""  # of Slack's, that the app broke
    content: Json = field(default_factory=dict)

    @property
    def text(self) -> str:
        about = " ".join(part for part in (self.what, self.who) if part)
        return about + (f": {self.outcome}" if self.outcome else "") + (f" ({self.rule})" if self.rule else "")


def transcript(state: State) -> str:
    """Everything that happened so far."""
    lines = [_line(state, kind, what) for kind, what in state.log]
    shown = [f"{'  ' if line.kind in TRAFFIC else ''}{line.text}" for line in lines if line]
    return "\n".join(shown) or "(nothing happened)"


def traffic(state: State, since: int) -> list[Json]:
    """What went to and fro after that version of the workspace, oldest first: the newest few hundred at most."""
    with state.lock:
        found: dict[str, Line] = {}
        first = len(state.log) - max(0, min(state.version - since, len(state.log)))
        for index in range(len(state.log) - 1, first - 1, -1):
            line = _line(state, *state.log[index])
            if line and line.kind in TRAFFIC:
                key = line.key or str(index)
                found[key] = found.pop(key, line)  # its newest outcome, at the place of its oldest line
                found[key].key = key
            if len(found) == MOST_LINES:
                break
        return [_shown(line) for line in reversed(found.values())]


def _shown(line: Line) -> Json:
    at = line.at.timestamp() if line.at else None
    return {**vars(line), "at": at, "content": _without_secrets(line.content)}


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        hidden = {k: "…" for k, v in value.items() if k in SECRET_NAMES and isinstance(v, str)}
        return {k: _without_secrets(v) for k, v in value.items()} | hidden
    if isinstance(value, list):
        return [_without_secrets(item) for item in value]
    return SECRET.sub("…", value) if isinstance(value, str) else value


def _line(state: State, kind: str, what: Any) -> Line | None:
    if isinstance(what, Delivery):
        return _delivery(state, kind, what)
    if isinstance(what, Call):
        return _call(state, what)
    if isinstance(what, Notice):
        return Line("notice", f"[only {_name(state, what.user_id)}]", what.text)
    match kind, what:
        case (("message" | "edited" | "deleted"), dict()):
            return _message(state, kind, what)
        case "ephemeral", (str() as user, dict() as message):
            shown = _message(state, "message", message)
            return Line("message", f"[only {_name(state, user)}] {shown.what}", shown.who, shown.outcome)
        case "view" | "closed", dict():
            title = (what.get("title") or {}).get("text", "Home")
            return Line(
                "view", f"{what['type']} {'closed' if kind == 'closed' else 'shown'}", f"{title} ({what['id']})"
            )
        case "connected" | "disconnected", int():
            return Line("connection", f"app {kind}", outcome=f"{what} open", is_problem=not what)
        case "clock", datetime():
            return Line("clock", f"the clock was moved to {what:%d %b %Y, %H:%M} UTC")
        case "bad frame", str():
            about = "sent a frame that is no acknowledgement"
            return Line("connection", f"app {about}", is_problem=True, content={"frame": what})
    return None


def _delivery(state: State, kind: str, delivery: Delivery) -> Line:
    took = f"acknowledged after {(delivery.ack_seconds or 0) * 1000:.0f} ms"
    outcome = {"acked": took, "failed": delivery.failure}.get(kind, "sent")
    if kind == "acked" and delivery.failure:
        outcome = f"{delivery.failure}; {took}"
    answer = {"answer": delivery.answer} if delivery.answer else {}
    return Line(
        "event" if delivery.type == "events_api" else "interaction",
        delivery.subject,
        _place(state, delivery.user_id, delivery.channel_id),
        f"{f'attempt {delivery.attempt + 1}, ' if delivery.attempt else ''}{outcome}",
        delivery.sent_at,
        delivery.envelope_id,
        bool(delivery.failure),
        delivery.rule,
        {"envelope_id": delivery.envelope_id, "payload": delivery.payload, **answer},
    )


def _call(state: State, call: Call) -> Line:
    is_ok = call.status < 400 and call.answer.get("ok") is not False
    status = f"HTTP {call.status} " if call.status != 200 else ""
    problems = [str(problem) for problem in call.answer.get("errors") or []]
    outcome = "ok" if is_ok else " ".join([f"{status}{call.answer.get('error', '')}", *problems])
    args: Any = call.args if isinstance(call.args, dict) else {}  # a response_url is given whatever the app sends
    who = _place(state, str(args.get("user") or args.get("user_id") or ""), str(args.get("channel", "")))
    content = {"arguments": call.args, "answer": call.answer}
    return Line("call", call.method, who, outcome, call.at, "", not is_ok, call.rule, content)


def _place(state: State, user_id: str, channel_id: str) -> str:
    room = state.channels.get(channel_id)
    place = "" if room is None else "in a DM" if room.is_im else f"in #{room.name}"
    return " ".join(part for part in (_name(state, user_id), place) if part)


def _message(state: State, kind: str, message: Json) -> Line:
    room = state.channels[message["channel"]]
    place = f"DM {room.name}" if room.is_im else f"#{room.name}"
    thread = " (thread)" if message.get("thread_ts", message["ts"]) != message["ts"] else ""
    verb = "" if kind == "message" else f" {kind}"
    return Line("message", f"{place}{thread}", f"{_name(state, message['user'])}{verb}", message["text"])


def _name(state: State, user_id: str) -> str:
    return state.people[user_id].name if user_id in state.people else user_id
