"""Runs the bot until the process is told to stop."""

import signal
from types import FrameType

from bot.app import build
from bot.settings import Settings


def run_until_signal(settings: Settings) -> None:
    """Serve until Ctrl-C or SIGTERM, then finish what was begun.

    Python ends at once on SIGTERM unless it is handled, losing answers under way.
    """
    bot = build(settings)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        bot.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    bot.run()
