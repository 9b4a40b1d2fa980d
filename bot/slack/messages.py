"""The few messages that belong to no wing: refusals and apologies."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Notice:
    """One sentence to one person."""

    text: str
    template: str = "slack/notice.json.j2"
