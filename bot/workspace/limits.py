"""Slack's rate tiers: how often each method may be called, and how long to wait after too many calls."""

from __future__ import annotations

import math
import time
from collections import defaultdict, deque
from collections.abc import Callable

TIER_2, TIER_3, TIER_4 = 20, 50, 100
# fmt: off
PER_MINUTE = {
    # documented as Tier 1 ("1+"), yet Slack lets one app open ten connections at once
    "apps.connections.open": 20,
    "api.test": 600, "auth.test": 600, "blocks.validate": 600, "chat.getPermalink": 600, "chat.postMessage": 300,
    **dict.fromkeys((
        "chat.startStream", "chat.stopStream", "conversations.archive", "conversations.close", "conversations.create",
        "conversations.list", "conversations.rename", "conversations.setPurpose", "conversations.setTopic",
        "conversations.unarchive", "reactions.list",
        "reactions.remove", "usergroups.create", "usergroups.disable", "usergroups.enable", "usergroups.list",
        "usergroups.update", "usergroups.users.list", "usergroups.users.update", "users.conversations", "users.list",
        "users.setPresence",
    ), TIER_2),
    **dict.fromkeys((
        "chat.appendStream", "chat.postEphemeral", "conversations.members", "files.completeUploadExternal",
        "files.getUploadURLExternal", "files.info", "users.info", "users.profile.get",
        "views.open", "views.publish", "views.push", "views.update",
    ), TIER_4),
}  # the others: tier 3
# fmt: on


def rate_rule(method: str) -> str:
    """The limit in words."""
    channel = ", and one a second in a channel" if method == "chat.postMessage" else ""
    return f"{method} may be called {PER_MINUTE.get(method, TIER_3)} times a minute in a workspace{channel}."


class Limits:
    """Counts calls in a sliding window, in real seconds: a demo's clock that jumps a day frees no budget."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._windows: defaultdict[str, deque[float]] = defaultdict(deque)

    def seconds_to_wait(self, method: str, channel: str = "") -> int:
        """0 when the call may go ahead, which then counts; else what `Retry-After` says."""
        budgets = [(method, PER_MINUTE.get(method, TIER_3), 60.0)]
        if method == "chat.postMessage" and channel:
            budgets.append((f"post {channel}", 1, 1.0))
        waits = [self._wait(*budget) for budget in budgets]
        if not any(waits):
            for name, _, _ in budgets:
                self._windows[name].append(self._now())
        return math.ceil(max(waits))

    def _wait(self, name: str, allowed: int, seconds: float) -> float:
        window, now = self._windows[name], self._now()
        while window and window[0] <= now - seconds:
            window.popleft()
        return window[0] + seconds - now if len(window) >= allowed else 0.0
