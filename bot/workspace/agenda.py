"""What the workspace itself will do at a later time of its clock, which may jump there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from bot.clock import MovableClock

if TYPE_CHECKING:
    from bot.workspace.state import State


class Agenda:
    """Woken by a timer of the server's event loop (so only while that runs), and by every move of the clock."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._planned: dict[str, tuple[datetime, Callable[[], object]]] = {}
        if isinstance(state.clock, MovableClock):
            state.clock.on_move.append(self.catch_up)

    def plan(self, name: str, at: datetime, deed: Callable[[], object]) -> None:
        with self._state.lock:
            self._planned[name] = (at, deed)
            self._wake_for(name)

    def drop(self, name: str) -> None:
        with self._state.lock:
            self._planned.pop(name, None)

    def next_due(self) -> datetime | None:
        with self._state.lock:
            return min((at for at, _ in self._planned.values()), default=None)

    def catch_up(self) -> None:
        """Does what is due by now, in the order it was planned for."""
        with self._state.lock:
            now = self._state.now()
            for name, (at, deed) in sorted(self._planned.items(), key=lambda item: item[1][0]):
                if at <= now:
                    del self._planned[name]
                    deed()

    def _wake_for(self, name: str) -> None:
        loop = self._state.courier.loop
        if loop is not None and not loop.is_closed() and name in self._planned:
            seconds = (self._planned[name][0] - self._state.now()).total_seconds()
            loop.call_soon_threadsafe(loop.call_later, max(seconds, 0.0), self._ring, name)

    def _ring(self, name: str) -> None:
        self.catch_up()
        with self._state.lock:
            self._wake_for(name)  # a timer may go off a moment too early
