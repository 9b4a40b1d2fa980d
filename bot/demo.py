"""`cco demo`: a local Slack workspace in the browser with the real bot in it, over the real protocol."""

import json
import os
import signal
import tempfile
import threading
import webbrowser
from pathlib import Path

import click

from bot.app import Bot, build
from bot.errors import Refusal
from bot.resources import MANIFEST
from bot.settings import load_settings
from bot.workspace.demo import furnish
from bot.workspace.server import WorkspaceServer


def run_demo(port: int, opens: bool | None) -> None:
    """Serve until Ctrl-C or SIGTERM. Raises Refusal when the port is taken."""
    stopped = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopped.set())
    server = WorkspaceServer(json.loads(MANIFEST.read_text()), port=port)
    try:
        server.start()
    except OSError as error:
        raise Refusal(f"{error}. Another demo may be running; try `cco demo --port 0`.") from error
    try:
        with tempfile.TemporaryDirectory(prefix="cco-demo-") as folder:
            _serve(server, Path(folder), opens, stopped)
    finally:
        server.stop()
    click.echo("Stopped. Nothing was left behind.")


def _serve(server: WorkspaceServer, folder: Path, opens: bool | None, stopped: threading.Event) -> None:
    furnish(server.workspace)
    bot = demo_bot(server, folder)
    bot.start()
    click.echo(f"The demo workspace is at {server.url}")
    click.echo("Type “@cco where should the CCO report?” in a channel, or /cco ask … Ctrl-C stops it.")
    if opens if opens is not None else os.environ.get("CCO_DEMO_OPEN", "1") != "0":
        webbrowser.open(server.url)
    stopped.wait()
    bot.close()


def demo_bot(server: WorkspaceServer, folder: Path) -> Bot:
    """The real bot, its state in a folder of its own."""
    settings = load_settings(
        slack=True,
        slack_bot_token=server.bot_token,
        slack_app_token=server.app_token,
        slack_api_url=server.api_url,
        database_url=f"sqlite:///{folder / 'demo.db'}",
    )
    return build(settings)
