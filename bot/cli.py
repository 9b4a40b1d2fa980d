"""The `cco` command. Imports what a command needs only when it runs, so that `cco ask` stays quick."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot import agenda, records
from bot.errors import CcoError
from bot.opening import configured_advisor, configured_database

if TYPE_CHECKING:
    from bot.settings import Settings


class SpeakingGroup(click.Group):
    """A command group that says an expected error in one sentence and ends with 1, without a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except CcoError as error:
            raise click.ClickException(str(error)) from error
        except BrokenPipeError:  # the reader of a pipe went away
            sys.stderr.close()
            ctx.exit(0)


@click.group(cls=SpeakingGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cco-advisor")
def main() -> None:
    """CCO Advisor: guidance on the Chief Customer Officer, in Slack and here."""
    # NumPy starts a thread a core for products of matrices. We have none, and starting them takes a tenth of `cco ask`.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


main.add_command(records.rounds)
main.add_command(records.sessions)
main.add_command(records.export)
main.add_command(records.report)
main.add_command(agenda.due)
main.add_command(agenda.upcoming)


@main.command()
def run() -> None:
    """Connect to Slack and answer until stopped (Ctrl-C or SIGTERM)."""
    from bot.running import run_until_signal
    from bot.settings import load_settings

    settings = load_settings(slack=True)
    _log_to_stderr(settings.cco_log_level)
    run_until_signal(settings)


@main.command()
@click.option("--port", default=8425, show_default=True, help="Port of the page; 0 picks a free one.")
@click.option("--host", default="127.0.0.1", hidden=True)  # refused with a reason when it is any other
@click.option("--open/--no-open", "opens", default=None, help="Open the page in a browser (or CCO_DEMO_OPEN=0).")
@click.option("--reset", is_flag=True, help="Start afresh instead of going on where the last demo was.")
def demo(port: int, host: str, opens: bool | None, reset: bool) -> None:
    """Try everything in a browser: a local Slack workspace with the real bot in it."""
    from bot.demo import refuse_other_hosts, run_demo

    refuse_other_hosts(host)
    _log_to_stderr("WARNING")
    run_demo(port, opens, reset=reset)


@main.command()
@click.argument("question", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Read questions from standard input, print a JSON line for each.")
def ask(question: tuple[str, ...], as_json: bool) -> None:
    """Answer a QUESTION here in the terminal."""
    from bot.answers import terminal

    advisor = configured_advisor()
    if as_json:
        for line in sys.stdin.buffer:  # decoded here, so that bytes that are no text end nothing
            click.echo(terminal.as_json(line.decode(errors="replace").rstrip("\r\n"), advisor))
            sys.stdout.flush()
        return
    text = " ".join(question) or click.prompt("Your question", prompt_suffix="? ")
    terminal.show(text, advisor)


@main.group()
def knowledge() -> None:
    """Check, compile and measure the knowledge; see what it lacks."""


@knowledge.command("check")
@click.argument("folders", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--golden", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Questions that must not be lost."
)
def knowledge_check(folders: tuple[Path, ...], golden: Path | None) -> None:
    """Find everything that is wrong in the knowledge. Ends with 1 when there is something.

    Without FOLDERS: the knowledge that ships with the bot and the folders in CCO_KNOWLEDGE_DIR.
    """
    from bot.answers.advisor import open_advisor
    from bot.answers.lint import check
    from bot.clock import system_clock
    from bot.variables import knowledge_places

    company = folders or _settings().cco_knowledge_dir
    expected = (golden, open_advisor(_ours(), company, knowledge_places()[1])[0]) if golden else None
    problems = check(_ours(), company, today=system_clock().date(), golden=expected)
    for problem in problems:
        click.echo(problem)
    if problems:
        raise click.ClickException(f"{len(problems)} problem{'s' * (len(problems) != 1)}; each is named above.")
    click.echo("The knowledge is in order.")


@knowledge.command("build")
def knowledge_build() -> None:
    """Compile the search index now (it is also built by itself when the knowledge changed)."""
    advisor = configured_advisor()
    click.echo(f"{len(advisor.index.cards)} cards are compiled in {advisor.index.path}")


@knowledge.command("eval")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def knowledge_eval(file: Path, as_json: bool) -> None:
    """Measure answering on a question set (columns id, kind, question, accept)."""
    from bot.answers import terminal
    from bot.answers.evaluation import evaluate, read_rows, report

    figures = report(evaluate(read_rows(file), configured_advisor().reply))
    terminal.show_report(figures, as_json=as_json)


@knowledge.command("gaps")
@click.option("--json", "as_json", is_flag=True, help="Print the clusters as JSON.")
def knowledge_gaps(as_json: bool) -> None:
    """What people asked in vain, clustered, and which answers did not help; without who it was."""
    from bot.answers import terminal
    from bot.answers.gaps import cluster
    from bot.answers.store import AnswerStore

    with configured_database() as database:
        store = AnswerStore(database)
        terminal.show_gaps(cluster(store.gaps()), store.verdicts(), as_json=as_json)


@main.group()
def db() -> None:
    """Look after the database."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the newest schema (`cco run` does so by itself)."""
    with configured_database():
        click.echo("The database is up to date.")


@main.command()
def doctor() -> None:
    """Check everything that the bot needs, and what it left undone, one line each."""
    from bot.doctor import examine

    healthy = True
    for finding in examine():
        click.secho(str(finding), fg=None if finding.ok else "red")
        healthy = healthy and finding.ok
    if not healthy:
        sys.exit(1)


def _settings() -> "Settings":
    from bot.settings import load_settings

    return load_settings()


def _ours() -> Path:
    from bot.resources import KNOWLEDGE

    return KNOWLEDGE


def _log_to_stderr(level: str) -> None:
    import logging

    def is_for_the_log(record: logging.LogRecord) -> bool:
        """At debug Bolt logs whole requests. It sets its loggers' levels itself, so that ours would not last."""
        from_bolt, said = record.name.startswith("slack_bolt"), record.getMessage()
        misled = "`token` will be unused" in said  # said of every SLACK_BOT_TOKEN in the environment
        quoting = "unsupported data frame" in said  # a torn delivery, with who pressed what
        return not from_bolt or (record.levelno >= logging.INFO and not misled and not quoting)

    handler = logging.StreamHandler()
    handler.addFilter(is_for_the_log)
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", handlers=[handler])
    # At debug this logs whole requests, headers and tokens included.
    logging.getLogger("slack_sdk").setLevel(max(logging.INFO, logging.getLevelName(level)))
    logging.getLogger("alembic").setLevel(logging.WARNING)


if __name__ == "__main__":
    main()
