"""Opens what a command needs as the settings say. Imports it only then, so that `cco ask` stays quick."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.answers.advisor import Advisor
    from bot.storage.database import Database


def configured_advisor() -> "Advisor":
    """The knowledge, ours and the company's; what is wrong in it is told on the way."""
    from bot.answers.advisor import open_advisor
    from bot.resources import KNOWLEDGE
    from bot.variables import knowledge_places, unwritable_cache

    folders, cache = knowledge_places()
    try:
        advisor, problems = open_advisor(KNOWLEDGE, folders, cache)
    except OSError as error:
        raise unwritable_cache(error) from error
    for problem in problems:
        click.echo(f"skipped: {problem}", err=True)
    return advisor


@contextmanager
def configured_database() -> Iterator["Database"]:
    """The database with the newest schema, closed at the end."""
    from bot.settings import load_settings
    from bot.storage.database import Database
    from bot.storage.migrate import migrate

    database = Database(load_settings().database_url.get_secret_value())
    migrate(database)
    try:
        yield database
    finally:
        database.close()
