"""Runs the bot until the process is told to stop."""

import ctypes
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

log = logging.getLogger(__name__)

HAND_OVER_SECONDS = 0.02  # a thread may compute before another's turn: 50 questions at once took a quarter less time
ARENA_MAX = -8  # the name that mallopt(3) gives to this number


def run_until_signal(settings: Settings, drain_seconds: float = DRAIN_SECONDS) -> None:
    """Serve until Ctrl-C or SIGTERM, then finish what was begun, but for no longer than the deadline.

    Python ends at once on SIGTERM unless it is handled, losing answers under way.
    """
    _share_memory_pools()
    sys.setswitchinterval(HAND_OVER_SECONDS)
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


def _share_memory_pools() -> None:
    """Have all threads share two of glibc's memory pools.

    Matching frees arrays of some 100 KB on many threads; kept by each thread in a pool of its own, as is the default,
    they made up a fifth of the process (`python -m bench memory`).
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries have none
        if mallopt:
            mallopt(ARENA_MAX, 2)
