"""Runs the bot until the process is told to stop."""

import logging
import os
import signal
import sys
from types import FrameType
from typing import NoReturn

import click

from bot.app import DRAIN_SECONDS, CannotRun, build
from bot.settings import Settings
from bot.storage.migrate import migrate_apart
from bot.tuning import tune

log = logging.getLogger(__name__)


def run_until_signal(settings: Settings, drain_seconds: float = DRAIN_SECONDS) -> None:
    """Serve until Ctrl-C or SIGTERM, then finish what was begun, but for no longer than the deadline.

    Python ends at once on SIGTERM unless it is handled, losing answers under way.
    """
    tune()
    migrate_apart(settings.database_url.get_secret_value())
    bot = build(settings)
    bot.drain_seconds = drain_seconds

    def stop(_signal: int, _frame: FrameType | None) -> None:
        bot.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        bot.run()
    except CannotRun as reason:
        if bot.is_finished:
            raise
        _end(1, str(reason))
    if not bot.is_finished:
        _end(0)


def _end(code: int, reason: str = "") -> NoReturn:
    """End at once. Python would first wait for every worker, one that waits out Slack's rate limit included."""
    log.warning("ending with work under way; the next start answers what is left")
    if reason:
        click.ClickException(reason).show()
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
