"""Slack on a bad day: what can be made to go wrong, how often, and always in the same way for the same seed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

from bot.workspace.records import Delivery, Fault

if TYPE_CHECKING:
    from bot.workspace.driver import Workspace
    from bot.workspace.state import State

SWITCHES = {
    "rate_limited": "The next calls are refused as too many (429): the app is told when to come again.",
    "server_error": "The next calls fail with an error of Slack's own (500, 502 or 503), and do nothing.",
    "timeout_before": "The next calls get no answer, and do nothing.",
    "timeout_after": "The next calls do what they should, but get no answer.",
    "connection_cut": "The app's connection breaks while the next payload is on its way to it (Socket Mode only).",
    "duplicates": "The next events reach the app twice.",
    "reordered": "The next events reach the app in another order than they happened.",
    "late": "The next events reach the app late, by up to three seconds.",
    "revoked_token": "The app's token is revoked, and it is told so; it lasts until you switch everything off.",
    "message_not_found": "The next calls about a message are told that there is no such message.",
    "archived_channel": "The next posts are told that the channel is archived.",
    "slow_network": "The next calls and payloads take up to a second longer.",
}
MOST_TIMES = 1000
POSTS = "chat.postMessage chat.postEphemeral chat.meMessage chat.scheduleMessage chat.startStream"
ABOUT_ONE = "chat.update chat.delete chat.getPermalink reactions.add reactions.remove reactions.get"
CALLS = {
    "rate_limited": Fault("*", status=429),
    "server_error": Fault("*", status=500),
    "timeout_before": Fault("*", error="request_timeout", delay_after_effect=math.inf),
    "timeout_after": Fault("*", delay_after_effect=math.inf),
    "message_not_found": Fault(ABOUT_ONE, error="message_not_found"),
    "archived_channel": Fault(POSTS, error="is_archived"),
    "slow_network": Fault("*"),
}
EVENTS_ONLY = ("duplicates", "reordered", "late")
DELIVERIES = (*EVENTS_ONLY, "connection_cut", "slow_network")
DRAWN: dict[str, Callable[[Random], float]] = {  # one figure for each time: seconds, or a status
    "rate_limited": lambda rng: rng.randint(1, 3),
    "server_error": lambda rng: rng.choice((500, 502, 503)),
    "duplicates": lambda rng: rng.uniform(0.0, 0.5),
    "late": lambda rng: rng.uniform(0.5, 3.0),
    "slow_network": lambda rng: rng.uniform(0.1, 1.0),
}
DRAWN_FIELD = {"rate_limited": "retry_after", "server_error": "status", "slow_network": "delay_after_effect"}


def switch(workspace: Workspace, name: str, times: int = 1, seed: int = 0, method: str = "") -> None:
    """Switches a fault on for the next `times` calls or payloads; `method` narrows it to calls of that name.

    ValueError for what is no fault, or a number that is none.
    """
    if name not in SWITCHES:
        raise ValueError(f"There is no fault {name!r}; there are {', '.join(SWITCHES)}.")
    if not 1 <= times <= MOST_TIMES:
        raise ValueError(f"A fault can be switched on for 1 to {MOST_TIMES} times, not for {times}.")
    rng = Random(seed)
    plan = _order(rng, times) if name == "reordered" else [DRAWN[name](rng) for _ in range(times) if name in DRAWN]
    usual = CALLS.get(name, Fault(""))
    reach = method if name in CALLS and method else usual.method
    with workspace.lock:
        workspace.faults.append(replace(usual, name=name, times=times, plan=plan, method=reach))
        workspace.note("faults", name)
        if name == "revoked_token":
            workspace.revoke_token()


def _order(rng: Random, times: int) -> list[float]:
    """Pauses that put as many events into another order; one alone is held back, so that the next overtakes it."""
    places = list(range(times))
    while times > 1 and places == sorted(places):
        rng.shuffle(places)
    return [place * 0.2 for place in places] if times > 1 else [0.5]


def clear(workspace: Workspace) -> None:
    """Everything works again from now on; a revoked token too."""
    with workspace.lock:
        workspace.faults.clear()
        if workspace.token_revoked:
            workspace.install()
        workspace.note("faults", "")


def next_for(state: State, method: str) -> Fault | None:
    """What goes wrong with this call of `method`, if anything."""
    found = (f for f in state.faults if f.times > 0 and (f.method == "*" or method in f.method.split()))
    fault = next(found, None)
    if fault is None:
        return None
    figure = _use(state, fault)
    drawn: dict[str, Any] = {DRAWN_FIELD[fault.name]: figure} if fault.name in DRAWN_FIELD else {}
    return replace(fault, **drawn)


def disturbed(state: State, delivery: Delivery) -> list[tuple[float, Delivery]]:
    """What becomes of a delivery on its way: which one leaves after how many seconds."""
    with state.lock:
        is_event = delivery.type == "events_api"
        reach = [f for f in state.faults if f.name in DELIVERIES and (is_event or f.name not in EVENTS_ONLY)]
        if not reach:
            return [(0.0, delivery)]
        pause = _use(state, reach[0])
        if reach[0].name == "duplicates":
            return [(0.0, delivery), (pause, _copy(state, delivery))]
        if reach[0].name == "connection_cut":
            for queue in list(state.sockets.queues)[:1]:
                queue.put_nowait(None)  # before the envelope, which is lost with this connection
        return [(pause, delivery)]


def _copy(state: State, delivery: Delivery) -> Delivery:
    """The same event in another envelope."""
    again = replace(delivery, envelope_id=state.next_id("e"))
    state.deliveries.append(again)
    state.note("delivery", again)
    return again


def _use(state: State, fault: Fault) -> float:
    """Counts the fault down, and gives the figure drawn for this time."""
    fault.times -= 1
    if fault.times <= 0:
        state.faults.remove(fault)
        state.note("faults", "")
    return fault.plan.pop(0) if fault.plan else 0.0
