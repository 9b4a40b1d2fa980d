"""How somebody wants to be reminded, and when they may be written to."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.accountability.calendar.workdays import Quiet, allowed_from
from bot.workdays import Workdays

NO_COUNTRY = "none"  # what whoever wants no holidays has chosen; an empty text is no choice


class Volume(StrEnum):
    """How often somebody is reminded of one commitment."""

    LIGHT = "light"  # on the day, then weekly
    STANDARD = "standard"  # three working days before, on the day, the day after, then weekly
    ACTIVE = "active"  # as standard, but daily once it is overdue


@dataclass(frozen=True)
class Settings:
    """What somebody chose. Without a zone it is the one that Slack tells, without a country the one of the settings.

    `quiet` are hours without messages beyond those outside work; `muted` is no reminders at all until they say
    otherwise, which then counts as a pause that is over.
    """

    zone: str = ""
    country: str = ""
    volume: Volume = Volume.STANDARD
    quiet: Quiet | None = None
    muted: bool = False
    paused_until: datetime | None = None

    def loud(self, now: datetime) -> "Settings":
        """The same for whoever wants to be reminded again."""
        if not self.muted:
            return self
        paused_until = now if self.paused_until is None else max(now, self.paused_until)
        return replace(self, muted=False, paused_until=paused_until)


@dataclass(frozen=True)
class ZoneSeen:
    """The zone that Slack told of somebody, and when."""

    zone: str
    at: datetime


@dataclass(frozen=True)
class Person:
    """Somebody to write to, where they are."""

    id: str
    settings: Settings
    zone: ZoneInfo
    workdays: Workdays

    def day_of(self, moment: datetime) -> date:
        """The date on their wall."""
        return moment.astimezone(self.zone).date()

    def allowed_from(self, moment: datetime) -> datetime:
        """The first moment not before that one at which they may be written to."""
        return allowed_from(moment, self.zone, self.settings.quiet, self.workdays)

    def reachable_from(self, moment: datetime) -> datetime:
        """The same, and outside their pause: for what is no reminder, and disturbs like one."""
        paused_until = self.settings.paused_until
        return self.allowed_from(max(moment, paused_until) if paused_until else moment)

    def wants_any(self, now: datetime) -> bool:
        """Have they not asked for quiet, for now or until further notice?"""
        paused_until = self.settings.paused_until
        return not self.settings.muted and (paused_until is None or paused_until <= now)


def person(user_id: str, settings: Settings, zone: ZoneInfo, country: str = "") -> Person:
    """Somebody as they chose to be reminded; `zone` is theirs, chosen or told by Slack.

    `country` is whose holidays count for those who chose none.
    """
    chosen = settings.country or country
    return Person(user_id, settings, zone, Workdays("" if chosen == NO_COUNTRY else chosen))
