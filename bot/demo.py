"""`cco demo`: a local Slack workspace in the browser with the real bot in it, over the real protocol."""

import json
import os
import shutil
import signal
import tempfile
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from bot.app import Bot, build
from bot.clock import Clock, MovableClock, system_clock
from bot.errors import Refusal
from bot.resources import MANIFEST
from bot.settings import load_settings
from bot.variables import unwritable_cache
from bot.workspace.demo import furnish
from bot.workspace.server import LOOPBACK, WorkspaceServer

SAVE_EVERY = 5.0  # seconds


def run_demo(port: int, opens: bool | None, *, reset: bool = False, rate_limits: bool = True) -> None:
    """Serve until Ctrl-C or SIGTERM. Raises Refusal when the port is taken.

    What happened stays for the next time on the same port; on one that was picked freely it can't.
    """
    stopped = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopped.set())
    clock = MovableClock()
    server = WorkspaceServer(json.loads(MANIFEST.read_text()), port=port, clock=clock, rate_limits=rate_limits)
    try:
        server.start()
    except OSError as error:
        raise Refusal(f"{error}. Another demo may be running; try `cco demo --port 0`.") from error
    try:
        with _folder(port, reset=reset) as folder:
            _serve(server, folder, clock, opens, stopped)
    finally:
        server.stop()
    again = "It goes on here next time; `cco demo --reset` starts afresh." if port else "Nothing was left behind."
    click.echo(f"Stopped. {again}")


def refuse_other_hosts(host: str) -> None:
    """Raises Refusal unless the host is this machine's own loopback."""
    if host not in LOOPBACK:
        raise Refusal(
            f"The demo asks nobody for a password, so it serves this machine alone and not {host}. To see it from "
            "another one, forward its port there: ssh -L 8425:127.0.0.1:8425 and this machine's name."
        )


@contextmanager
def _folder(port: int, *, reset: bool) -> Iterator[Path]:
    """Where the demo's state is: kept for each port, or gone afterwards."""
    if not port:
        with tempfile.TemporaryDirectory(prefix="cco-demo-") as name:
            yield Path(name)
        return
    folder = load_settings().cco_cache_dir / f"demo-{port}"
    if reset:
        shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable_cache(error) from error
    yield folder


def _serve(
    server: WorkspaceServer, folder: Path, clock: MovableClock, opens: bool | None, stopped: threading.Event
) -> None:
    saved = folder / "workspace.json"
    if not server.restore(saved):
        furnish(server.workspace)
    bot = demo_bot(server, folder, clock)
    bot.start()
    server.workspace.due += [bot.ticker.next_due, bot.ticker.under_way]  # it jumps no further while that is done
    clock.on_move.append(bot.wake)
    click.echo(f"The demo workspace is at {server.url}")
    click.echo("Type “@cco where should the CCO report?” in a channel, or /cco ask …")
    click.echo("/cco check runs the readiness check; the clock on the page goes to its reminders and its close.")
    click.echo("Ctrl-C stops it.")
    if opens if opens is not None else os.environ.get("CCO_DEMO_OPEN", "1") != "0":
        webbrowser.open(server.url)
    written = 0
    while not stopped.wait(SAVE_EVERY):
        if server.workspace.version != written:
            written = server.workspace.version
            server.save(saved)
    bot.close()
    server.save(saved)


def demo_bot(server: WorkspaceServer, folder: Path, clock: Clock = system_clock) -> Bot:
    """The real bot, its state in a folder of its own, its time that of the workspace."""
    settings = load_settings(
        slack=True,
        slack_bot_token=server.bot_token,
        slack_app_token=server.app_token,
        slack_api_url=server.api_url,
        database_url=f"sqlite:///{folder / 'demo.db'}",
        cco_public_url="",  # whatever the environment says: the demo serves this machine alone
    )
    return build(settings, clock)
