"""The two families of errors: what the person can fix, and what the world did to us.

CcoError
├── Refusal        the person can fix it; the message is shown to them as it is
└── Unavailable    the world failed (Slack, the network, the disk); retried or reported with a reference
"""


class CcoError(Exception):
    """Base of every error this project raises on purpose."""


class Refusal(CcoError):
    """Something the person can put right. The text says what was wrong and what to do."""


class Unavailable(CcoError):
    """Something outside failed. The text is for the log, never for a channel."""
