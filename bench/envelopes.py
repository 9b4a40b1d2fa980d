"""Envelopes dispatched and acknowledged by a bare client: the local workspace, side by side with a bare server.

The bare server sends the same frames and awaits the same acknowledgements, and does nothing else: the most that Python
and websockets can do here. `python -m bench.envelopes serve` is that server, `… acknowledge URL` the client of both.
"""

import asyncio
import json
import sys
import time
from collections import deque
from contextlib import ExitStack
from statistics import median
from typing import Any
from urllib.request import Request, urlopen

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from bench.figures import Times, table
from bench.processes import WorkspaceProcess, running, told_process, workspace_process

ROUNDS = 5
ENVELOPES = 4_000  # in each round, for each server
UNDERWAY = 100  # sent and not yet acknowledged, at most
GOAL = 2_000  # envelopes a second


def run() -> dict[str, Any]:
    """Print and return the figures. Turn and turn about, so that what else the machine does falls on both."""
    with ExitStack() as stack:
        ours = stack.enter_context(workspace_process())
        bare = stack.enter_context(told_process("bench.envelopes", "serve"))
        for server, url in ((ours, _socket_url(ours.address)), (bare, bare.address["url"])):
            stack.enter_context(running([sys.executable, "-m", "bench.envelopes", "acknowledge", url]))
            server.tell(do="wait_connected")
        envelope = ours.tell(do="deliver", count=1, underway=1)["last"]
        pairs = [(_turn(ours), _turn(bare, envelope=envelope)) for _ in range(ROUNDS + 1)][1:]  # the first warms up
    figures = {"workspace": _figures([pair[0] for pair in pairs]), "bare": _figures([pair[1] for pair in pairs])}
    ratio = round(median(one["per_second"] / other["per_second"] for one, other in pairs), 2)
    _show(figures, ratio)
    return {**figures, "ratio": ratio, "underway": UNDERWAY, "goal_per_second": GOAL}


def _turn(server: WorkspaceProcess, **more: Any) -> dict[str, Any]:
    told = server.tell(do="deliver", count=ENVELOPES, underway=UNDERWAY, **more)
    return {"per_second": ENVELOPES / told["seconds"], "acks": told["acks"]}


def _figures(turns: list[dict[str, Any]]) -> dict[str, Any]:
    acks = Times(tuple(seconds for turn in turns for seconds in turn["acks"]))
    return {"per_second": round(median(turn["per_second"] for turn in turns)), "ack": acks.as_json()}


def _show(figures: dict[str, Any], ratio: float) -> None:
    rows = [(name, part["per_second"], part["ack"]["p50_ms"], part["ack"]["p99_ms"]) for name, part in figures.items()]
    print(f"Envelopes dispatched and acknowledged, {UNDERWAY} under way; the goal is {GOAL} a second\n")
    print(table(("", "a second", "ack p50, ms", "ack p99, ms"), rows))
    print(f"\nThe workspace does {ratio} of what the bare server does.")


def _socket_url(address: dict[str, str]) -> str:
    authorization = {"Authorization": f"Bearer {address['SLACK_APP_TOKEN']}"}
    with urlopen(Request(f"{address['SLACK_API_URL']}apps.connections.open", b"", authorization)) as answer:
        return str(json.load(answer)["url"])


# -- the client


async def acknowledge(url: str) -> None:
    """Answers every envelope at once, until the server goes."""
    async with connect(url, compression=None) as socket:
        async for frame in socket:
            envelope_id = json.loads(frame).get("envelope_id")
            if envelope_id:
                await socket.send(json.dumps({"envelope_id": envelope_id}))


# -- the bare server


async def bare() -> None:
    """Takes one client, then does what lines of JSON on standard input say, until it ends."""
    client: asyncio.Future[ServerConnection] = asyncio.get_running_loop().create_future()

    async def keep(socket: ServerConnection) -> None:
        client.set_result(socket)
        await socket.wait_closed()

    async with serve(keep, "127.0.0.1", 0, compression=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        print(json.dumps({"url": f"ws://127.0.0.1:{port}/"}), flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            command = json.loads(line)
            answer = await _deliver(await client, command) if command["do"] == "deliver" else {}
            print(json.dumps(answer), flush=True)


async def _deliver(socket: ServerConnection, command: dict[str, Any]) -> dict[str, Any]:
    begun, count, envelope = time.perf_counter(), command["count"], command["envelope"]
    sent: deque[float] = deque()
    acks: list[float] = []
    for number in range(count):
        sent.append(time.perf_counter())
        await socket.send(json.dumps({**envelope, "envelope_id": f"e{number:08d}"}))
        if len(sent) >= command["underway"]:
            await _take(socket, sent, acks)
    while sent:
        await _take(socket, sent, acks)
    return {"seconds": time.perf_counter() - begun, "acks": acks}


async def _take(socket: ServerConnection, sent: deque[float], acks: list[float]) -> None:
    json.loads(await socket.recv())
    acks.append(time.perf_counter() - sent.popleft())


if __name__ == "__main__":
    asyncio.run(acknowledge(sys.argv[2]) if sys.argv[1] == "acknowledge" else bare())
