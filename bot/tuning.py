"""How a process of the bot is set up to take in much at once. Benchmarks set up what they compare it with alike."""

import ctypes
import sys

RECEIVED_AT_ONCE = 65_536  # bytes: slack_sdk calls itself anew for each part, and 350 clicks in a row were too deep
HAND_OVER_SECONDS = 0.02  # a thread may compute before another's turn: 50 questions at once took a quarter less time
ARENA_MAX = -8  # the name that mallopt(3) gives to this number


def tune() -> None:
    """For the whole process, once, before it starts threads."""
    _share_memory_pools()
    sys.setswitchinterval(HAND_OVER_SECONDS)


def _share_memory_pools() -> None:
    """Have all threads share two of glibc's memory pools.

    Matching frees arrays of some 100 KB on many threads; kept by each thread in a pool of its own, as is the default,
    they made up a fifth of the process (`python -m bench memory`).
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries have none
        if mallopt:
            mallopt(ARENA_MAX, 2)
