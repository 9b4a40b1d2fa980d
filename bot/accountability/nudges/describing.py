"""Says in words how somebody is reminded, and what that comes to."""

from collections.abc import Iterator
from datetime import datetime, time
from zoneinfo import ZoneInfo

from bot.accountability.calendar.wall import END_OF_WORK, START_OF_WORK
from bot.accountability.calendar.workdays import Quiet
from bot.accountability.nudges.explaining import when
from bot.accountability.nudges.nudging import Digest, Move, Nudge, Upcoming
from bot.accountability.nudges.people import NO_COUNTRY, Person, Settings, Volume
from bot.workdays import DAY

VOLUMES = {
    Volume.LIGHT: "on the day it is due, then weekly",
    Volume.STANDARD: "three working days before, on the day, the day after, then weekly",
    Volume.ACTIVE: "as standard, but daily once it is overdue",
}
HOURS = f"{START_OF_WORK:%H:%M} to {END_OF_WORK:%H:%M}"


def changed(before: Settings, now: Settings, zone: ZoneInfo) -> str:
    """What a change comes to, in a sentence; several at once are only said to be saved."""
    if now.muted != before.muted:
        return "No reminders until you write `/cco quiet off`." if now.muted else "Reminders come again."
    fields = [name for name, value in vars(now).items() if value != getattr(before, name)]
    if len(fields) != 1:
        return "Saved."
    return {
        "paused_until": f"Paused until {when(now.paused_until, zone)}." if now.paused_until else "Your pause is over.",
        "quiet": f"Quiet hours {window(now.quiet)}." if now.quiet else "No quiet hours any more.",
    }.get(fields[0], "Saved.")


def sentences(person: Person, default_country: str, now: datetime) -> Iterator[str]:
    """What holds now, the most important first."""
    chosen = person.settings
    if chosen.muted:
        yield "You get no reminders until you write `/cco quiet off`."
    if chosen.paused_until and chosen.paused_until > now:
        yield f"Paused until {when(chosen.paused_until, person.zone)}; `/cco pause off` ends that."
    yield f"Volume {chosen.volume}: {VOLUMES[chosen.volume]}; after three without an answer it stops."
    yield _hours(chosen.quiet)
    yield f"Times are those of {person.zone.key}, {'as you chose' if chosen.zone else 'as in your Slack profile'}."
    yield _holidays(chosen, default_country)


def next_sentence(following: Digest | None, person: Person, now: datetime, *, has_any: bool) -> str:
    """When the next reminder comes, or why none does."""
    if following is not None:
        return f"Next reminder: {when(max(following.at, now), person.zone)}"
    if not has_any:
        return "You have no open commitments, so there is nothing to remind you of"
    if person.settings.muted:
        return "Meanwhile nothing comes, and what is open stays open"
    return "No reminder is planned: what is open had three without an answer; it stays open, and `/cco mine` lists it"


def notes(one: Upcoming, person: Person) -> Iterator[str]:
    """What is special about the time of a message to come."""
    if one.clock_changed:
        yield "the clocks change before it"
    names = {name for nudge in one.digest.nudges if Move.HOLIDAY in nudge.moved for name in _holidays_of(nudge, person)}
    if names:
        yield f"later because of {' and '.join(sorted(names))}"


def _holidays_of(nudge: Nudge, person: Person) -> Iterator[str]:
    first, last = person.day_of(nudge.planned), person.day_of(nudge.at)
    days = (first + number * DAY for number in range((last - first).days + 1))
    yield from filter(None, map(person.workdays.holiday, days))


def window(quiet: Quiet) -> str:
    return f"{quiet.starts:%H:%M} to {quiet.ends:%H:%M}"


def as_typed(chosen: Settings, zone: ZoneInfo, now: datetime) -> dict[str, str]:
    """The settings as somebody would type them into a form."""
    paused = chosen.paused_until if chosen.paused_until and chosen.paused_until > now else None
    return {
        "quiet": f"{chosen.quiet.starts:%H:%M}-{chosen.quiet.ends:%H:%M}" if chosen.quiet else "",
        "zone": chosen.zone,
        "country": chosen.country,
        "paused_until": _typed(paused.astimezone(zone)) if paused else "",
    }


def _typed(local: datetime) -> str:
    return f"{local:%Y-%m-%d}" if local.time() == START_OF_WORK else f"{local:%Y-%m-%d %H:%M}"


def _hours(quiet: Quiet | None) -> str:
    usual = f"I write on working days from {HOURS}, one message a day at most."
    if quiet is None:
        return usual
    return f"Quiet hours {window(quiet)}. {usual if _matters(quiet) else f'{usual[:-1]}, so they hold anyway.'}"


def _matters(quiet: Quiet) -> bool:
    """Do they cover anything of the hours in which people are written to?"""
    edges = [START_OF_WORK, quiet.starts, time(END_OF_WORK.hour - 1, 59)]
    return any(quiet.covers(at) for at in edges if START_OF_WORK <= at < END_OF_WORK)


def _holidays(chosen: Settings, default_country: str) -> str:
    country = chosen.country or default_country
    if not country or country == NO_COUNTRY:
        return "Public holidays count like other days."
    return f"Nothing comes on public holidays of {country}{'' if chosen.country else ', as set for everybody'}."
