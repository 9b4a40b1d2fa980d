"""Posts within Slack's rate limits: a channel that is told to wait gets its posts one by one, in their order."""

import threading
from collections import deque
from collections.abc import Callable

from bot.slack.gateway import RateLimited

Work = Callable[[], None]

PAUSE = 1.0  # seconds between two posts to a channel that had to wait: Slack's own rate


class Pacer:
    """Keeps no thread waiting: what has to wait is put off and run again by `run`."""

    def __init__(self, run: Callable[[Work], None], pause: float = PAUSE) -> None:
        self._run = run
        self._pause = pause
        self._waiting: dict[str, deque[Work]] = {}
        self._lock = threading.Lock()

    def send(self, channel: str, post: Work) -> None:
        """Post now, or in turn when the channel has been told to wait. `post` may be called again."""
        with self._lock:
            if channel in self._waiting:
                self._waiting[channel].append(post)
                return
        try:
            post()
        except RateLimited as limited:
            self._put_off(channel, post, limited.retry_after)

    def _put_off(self, channel: str, post: Work, seconds: float) -> None:
        with self._lock:
            first = channel not in self._waiting
            self._waiting.setdefault(channel, deque()).append(post)
        if first:
            self._wake(channel, seconds)

    def _wake(self, channel: str, seconds: float) -> None:
        timer = threading.Timer(seconds, self._run, [lambda: self._next(channel)])
        timer.daemon = True  # what is put off is in the database: a stop need not wait for it
        timer.start()

    def _next(self, channel: str) -> None:
        with self._lock:
            post = self._waiting[channel][0]
        pause = self._pause
        again = False
        try:
            post()
        except RateLimited as limited:
            pause, again = limited.retry_after, True
        finally:
            if self._is_left(channel, done=not again):
                self._wake(channel, pause)

    def _is_left(self, channel: str, *, done: bool) -> bool:
        with self._lock:
            queue = self._waiting[channel]
            if done:
                queue.popleft()
            if not queue:
                del self._waiting[channel]
        return bool(queue)
