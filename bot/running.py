"""Runs the bot until the process is told to stop."""

import ctypes
import signal
import sys
from types import FrameType

from bot.app import build
from bot.settings import Settings

MMAP_THRESHOLD, ARENA_MAX = -3, -8  # the names that mallopt(3) gives to these numbers


def run_until_signal(settings: Settings) -> None:
    """Serve until Ctrl-C or SIGTERM, then finish what was begun.

    Python ends at once on SIGTERM unless it is handled, losing answers under way.
    """
    _return_freed_memory()
    bot = build(settings)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        bot.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    bot.run()


def _return_freed_memory() -> None:
    """Have glibc give large freed blocks back at once.

    Matching frees arrays of some 100 KB on many threads; kept by each thread, as is the default, they made up a fifth
    of the process (`python -m bench memory`).
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries have none
        if mallopt:
            mallopt(MMAP_THRESHOLD, 128 * 1024)
            mallopt(ARENA_MAX, 2)
