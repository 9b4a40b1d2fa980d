"""Slack in simulated time: it holds everybody to its limits, counts who got what, and takes no time itself."""

from collections import Counter, deque
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.clock import Clock

MINUTE = timedelta(minutes=1)
SAME_CHANNEL = timedelta(seconds=1)  # between two messages
A_MINUTE = 300  # messages of a workspace
ASKED_A_MINUTE = 100  # users.info of a workspace, Tier 4


class Window:
    """So many calls within any minute, at most."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._calls: deque[datetime] = deque()

    def wait(self, now: datetime) -> float:
        """Seconds until another call is allowed; a call that need not wait is counted."""
        while self._calls and self._calls[0] <= now - MINUTE:
            self._calls.popleft()
        if len(self._calls) >= self._most:
            return (self._calls[0] + MINUTE - now).total_seconds()
        self._calls.append(now)
        return 0.0


class SimulatedSlack:
    """Stands where slack_sdk's client does. A person's id begins with their workspace's, up to the dash."""

    def __init__(self, clock: Clock, zone: str) -> None:
        self._clock, self._zone = clock, zone
        self._posts: dict[str, Window] = {}
        self._asks: dict[str, Window] = {}
        self._last: dict[str, datetime] = {}
        self.got: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.last_at = clock()

    def chat_postMessage(self, channel: str, **_message: Any) -> dict[str, Any]:  # slack_sdk's name
        now = self._clock()
        if channel in self._last and (since := now - self._last[channel]) < SAME_CHANNEL:
            raise self._limited("chat.postMessage", (SAME_CHANNEL - since).total_seconds())
        if wait := self._posts.setdefault(_team(channel), Window(A_MINUTE)).wait(now):
            raise self._limited("chat.postMessage", wait)
        self._last[channel] = self.last_at = now
        self.got[channel] += 1
        return {"ok": True, "channel": f"D{channel}", "ts": f"{now.timestamp():.6f}"}

    def users_info(self, user: str) -> dict[str, Any]:
        if wait := self._asks.setdefault(_team(user), Window(ASKED_A_MINUTE)).wait(self._clock()):
            raise self._limited("users.info", wait)
        return {"ok": True, "user": {"id": user, "team_id": _team(user), "tz": self._zone}}

    def _limited(self, method: str, seconds: float) -> SlackApiError:
        self.refused[method] += 1
        told: dict[str, Any] = {"data": {"ok": False, "error": "ratelimited"}, "headers": {"Retry-After": str(seconds)}}
        answer = SlackResponse(client=self, http_verb="POST", api_url=method, req_args={}, status_code=429, **told)
        return SlackApiError("ratelimited", answer)


def _team(person: str) -> str:
    return person.partition("-")[0]
