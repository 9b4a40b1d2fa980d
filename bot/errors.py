"""The two families of errors: what the person can fix, and what the world did to us.

CcoError
├── Refusal        the person can fix it; the message is shown to them as it is
└── Unavailable    the world failed (Slack, the network, the disk); retried or reported with a reference
    └── TryLater     not now, but soon: somebody said when
        └── Queued       not now, but a turn was kept
"""

from datetime import datetime


class CcoError(Exception):
    """Base of every error this project raises on purpose."""


class Refusal(CcoError):
    """Something the person can put right. The text says what was wrong and what to do."""


class Unavailable(CcoError):
    """Something outside failed. The text is for the log, never for a channel."""


class TryLater(Unavailable):
    """Not now; try again after `retry_after` seconds. Nothing happened."""

    def __init__(self, text: str, retry_after: float) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class Queued(TryLater):
    """Not now; at `turn_at` it is its turn, which is kept for it until then."""

    def __init__(self, text: str, turn_at: datetime, now: datetime) -> None:
        super().__init__(text, (turn_at - now).total_seconds())
        self.turn_at = turn_at
