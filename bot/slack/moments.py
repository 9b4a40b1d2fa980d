"""Times in messages: each reader sees them in their own zone."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Moment:
    """A time; `words` name the zone, for where Slack can't show each reader their own."""

    unix: int
    words: str

    @property
    def shown(self) -> str:
        """As a message shows it: not to be escaped, and only in mrkdwn."""
        return f"<!date^{self.unix}^{{date_long_pretty}} at {{time}}|{self.words}>"

    @property
    def day(self) -> str:
        """The same without the time."""
        return f"<!date^{self.unix}^{{date_short_pretty}}|{self.words}>"


def moment(at: datetime, zone: ZoneInfo) -> Moment:
    there = at.astimezone(zone)
    return Moment(int(at.timestamp()), f"{there:%a} {there.day} {there:%b %Y, %H:%M} ({zone.key})")


def zone_named(name: str) -> ZoneInfo:
    """The zone of a person as Slack names it; UTC where this machine knows no such zone."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # a name that is unknown, or odd, or a folder of zones
        return ZoneInfo("UTC")
