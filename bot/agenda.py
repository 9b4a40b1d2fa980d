"""The commands that tell what is due. As in bot/cli.py, each imports what it needs when it runs."""

from typing import TYPE_CHECKING

import click

from bot.opening import configured_database

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

AT_MOST = 50


def _zone(_context: click.Context, _parameter: click.Parameter, name: str | None) -> "ZoneInfo | None":
    from bot.accountability.calendar.zones import read_zone

    return None if name is None else read_zone(name)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.option("--limit", default=AT_MOST, show_default=True, type=click.IntRange(1), help="How many to list at most.")
def due(as_json: bool, limit: int) -> None:
    """List what is overdue, what is due next, and what was given up. Names nobody: what it is about are ids."""
    from bot.clock import system_clock
    from bot.scheduler import listing
    from bot.scheduler.store import ScheduleStore

    with configured_database() as database:
        found = listing.agenda(ScheduleStore(database), system_clock(), limit)
    click.echo(listing.as_json(found) if as_json else "\n".join(listing.as_lines(found)))


@click.command()
@click.argument("user")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.option("--zone", callback=_zone, help="Where they are, if it is neither chosen nor told by Slack by now.")
def upcoming(user: str, as_json: bool, zone: "ZoneInfo | None") -> None:
    """List the next twelve reminders to USER, a Slack id such as U012AB3CD, in their own time."""
    from bot.accountability.commitments.store import CommitmentStore
    from bot.accountability.nudges import terminal
    from bot.accountability.nudges.store import PeopleStore
    from bot.clock import system_clock
    from bot.settings import load_settings

    country = load_settings().cco_country
    with configured_database() as database:
        stores = CommitmentStore(database), PeopleStore(database)
        found = terminal.foreseen(*stores, user, system_clock(), country, zone)
    if as_json:
        click.echo(terminal.as_json(found))
    else:
        lines = [line for one in found for line in terminal.as_lines(one)]
        click.echo("\n".join(lines) or f"{user} has no open commitments.")
