"""What the bot listens to, taken down by something that stands where Bolt's app does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bot.accountability.listeners import AccountabilityListeners
from bot.answers.listeners import AnswerListeners
from bot.readiness.listeners import ReadinessListeners
from bot.slack.bolt import Guard

Listen = Callable[..., Callable[[Any], None]]


class Register:
    """Takes down every id and pattern that a listener is registered for, by kind."""

    def __init__(self) -> None:
        self.heard: dict[str, list[Any]] = {"event": [], "command": [], "shortcut": [], "action": [], "view": []}

    def __getattr__(self, kind: str) -> Listen:
        def listen(name: Any, **_conditions: Any) -> Callable[[Any], None]:
            self.heard[kind].append(name)
            return lambda _listener: None

        return listen

    def hears(self, kind: str, name: str) -> bool:
        """As Bolt decides it: a text must be equal, a pattern is searched for."""
        return any(wanted == name if isinstance(wanted, str) else wanted.search(name) for wanted in self.heard[kind])


class Nothing:
    """Stands where the services and Slack do, whose parts may be taken and not be called."""

    def __getattr__(self, _part: str) -> Nothing:
        return self


def everything_listened_to() -> Register:
    """All that the wings listen to. Registering calls neither a service nor Slack, so there need be none."""
    nothing: Any = Nothing()
    guard = Guard(nothing, nothing, lambda: datetime.now(UTC), lambda _: None)
    taken = Register()
    ReadinessListeners(nothing, nothing, guard).register(taken)  # type: ignore[arg-type]
    AccountabilityListeners(nothing, nothing, guard).register(taken)  # type: ignore[arg-type]
    AnswerListeners(nothing, nothing, guard, guard.clock).register(taken)  # type: ignore[arg-type]
    return taken
