"""Time as a value that is passed in: aware, UTC."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The current time, aware and in UTC."""
    return datetime.now(UTC)
