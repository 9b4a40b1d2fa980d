"""Time as a value that is passed in: aware, UTC."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The current time, aware and in UTC."""
    return datetime.now(UTC)


class MovableClock:
    """The current time, moved ahead on request: the demo's days pass at a click. Safe to share between threads."""

    def __init__(self, start: Clock = system_clock) -> None:
        self._start = start
        self._ahead = timedelta(0)
        self._lock = threading.Lock()
        self.on_move: list[Callable[[], None]] = []  # called after each move, by whoever moved it

    def __call__(self) -> datetime:
        return self._start() + self._ahead

    def move(self, by: timedelta) -> datetime:
        """The new time. ValueError for a way back: what was done would be due again."""
        if by < timedelta(0):
            raise ValueError("the clock can only be moved ahead")
        with self._lock:
            self._ahead += by
        for tell in tuple(self.on_move):
            tell()
        return self()

    def move_to(self, at: datetime) -> datetime:
        """The same; nothing happens when that time has come already."""
        return self.move(max(at - self(), timedelta(0)))
