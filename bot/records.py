"""The commands that take records out of the bot. As in bot/cli.py, each imports what it needs when it runs."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.opening import configured_advisor, configured_database

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from bot.readiness.archive import Archive
    from bot.readiness.report import Guidance
    from bot.storage.database import Database


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the rounds as JSON.")
def rounds(as_json: bool) -> None:
    """List the rounds of readiness checks in this database, the newest first."""
    from bot.readiness import terminal
    from bot.readiness.ballot_store import BallotStore
    from bot.readiness.store import RoundStore

    with configured_database() as database:
        found = terminal.listed(RoundStore(database), BallotStore(database))
    click.echo(terminal.as_json(found) if as_json else "\n".join(terminal.as_lines(found)) or "There is no round yet.")


def _zone(_context: click.Context, _parameter: click.Parameter, name: str | None) -> "ZoneInfo | None":
    from bot.readiness.terminal import known_zone

    return None if name is None else known_zone(name)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the series as JSON.")
def sessions(as_json: bool) -> None:
    """List the series of sessions in this database, the newest first."""
    from bot.accountability.series import terminal
    from bot.accountability.sessions.series_store import SeriesStore
    from bot.clock import system_clock

    with configured_database() as database:
        found = terminal.listed(SeriesStore(database), system_clock())
    click.echo(terminal.as_json(found) if as_json else "\n".join(terminal.as_lines(found)) or "There is no series yet.")


ROUND = click.argument("round_id", metavar="ROUND")
ZONE = click.option("--zone", callback=_zone, help="Write times as clocks there do, instead of where it was started.")
FILE = click.Path(dir_okay=False, allow_dash=True, path_type=Path)


@click.group()
def export() -> None:
    """Take what is kept out of the bot, for other programs."""


@export.command("round")
@ROUND
@click.option("--csv", is_flag=True, expose_value=False, help="For a spreadsheet; what you get without it as well.")
@click.option("-o", "--output", type=FILE, default="-", help="The file to write or replace, instead of printing it.")
@ZONE
def export_round(round_id: str, output: Path, zone: "ZoneInfo | None") -> None:
    """Write what may be told of ROUND as CSV. `cco rounds` lists the ids; the beginning of one will do."""
    from bot.readiness.store import RoundStore
    from bot.readiness.terminal import named

    with configured_database() as database:
        key, of = named(RoundStore(database), round_id)
        content = _archive(database, {}).csv(key, of, zone)
    _hand_over(content, output)


@export.command("session")
@click.argument("series_id", metavar="SERIES")
@click.option("--ics", is_flag=True, expose_value=False, help="For calendar programs; what you get without it as well.")
@click.option("-o", "--output", type=FILE, default="-", help="The file to write or replace, instead of printing it.")
def export_session(series_id: str, output: Path) -> None:
    """Write the sessions of SERIES as an iCalendar file. `cco sessions` lists the ids; the beginning of one will do."""
    from bot.accountability.series.ics import calendar_file, entries_of
    from bot.accountability.series.terminal import named
    from bot.accountability.sessions.series_store import SeriesStore
    from bot.clock import system_clock

    with configured_database() as database:
        store = SeriesStore(database)
        key, of = named(store, series_id)
        content = calendar_file(entries_of(of, store.times(key, of.id)), system_clock())
    _hand_over(content, output)


@click.command()
@ROUND
@click.option("-o", "--output", type=FILE, required=True, help="The file to write or replace; - prints the page.")
@ZONE
def report(round_id: str, output: Path, zone: "ZoneInfo | None") -> None:
    """Draw ROUND for the board: one HTML file that prints, works offline and runs no script."""
    from bot.guidance import guidance_of
    from bot.readiness.store import RoundStore
    from bot.readiness.terminal import named

    with configured_database() as database:
        key, of = named(RoundStore(database), round_id)
        content = _archive(database, guidance_of(configured_advisor())).page(key, of, zone)
    _hand_over(content, output)


def _archive(database: "Database", guidance: Mapping[str, "Guidance"]) -> "Archive":
    from bot.clock import system_clock
    from bot.readiness.archive import Archive
    from bot.readiness.ballot_store import BallotStore
    from bot.readiness.report import BoardPage
    from bot.readiness.store import RoundStore
    from bot.resources import TEMPLATES
    from bot.seams import promises_in

    rounds, ballots, page = RoundStore(database), BallotStore(database), BoardPage(TEMPLATES)
    return Archive(rounds, ballots, page, guidance, system_clock, promises_in(database, system_clock))


def _hand_over(content: bytes, output: Path) -> None:
    if str(output) == "-":
        click.echo(content, nl=False)
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise click.ClickException(f"{output} can't be written ({error.strerror}); give another file.") from error
    click.echo(f"Written to {output}")
