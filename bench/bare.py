"""The least that a Bolt app can do, for the bot to be compared with: `python -m bench.bare` answers every mention with
the same sentence, `python -m bench.bare votes` saves every vote in a table of one row a person and statement.

Its process is set up as the bot's is, so that what is compared is what the two do.
"""

import os
import re
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from bot.slack.bolt import LISTENER_THREADS
from bot.tuning import RECEIVED_AT_ONCE, tune

SENTENCE = "This is what I always say."
TABLE = "CREATE TABLE votes (voter TEXT, statement TEXT, answer TEXT, PRIMARY KEY (voter, statement))"
UPSERT = """
INSERT INTO votes VALUES ({0}, {0}, {0}) ON CONFLICT (voter, statement) DO UPDATE SET answer = excluded.answer
"""

Save = Callable[[str, str, str], object]  # who, on which statement, what; committed when it returns


def answering(app: App) -> None:
    @app.event("app_mention")
    def answer(event: dict[str, Any], say: Any) -> None:
        say(text=SENTENCE, thread_ts=event["ts"])


def voting(app: App) -> None:
    url = os.environ["DATABASE_URL"]
    save = _sqlite(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else _postgresql(url)

    @app.action(re.compile("^vote:"))
    def vote(ack: Any, body: dict[str, Any]) -> None:
        _, statement, answer = body["actions"][0]["value"].split(":")
        save(body["user"]["id"], statement, answer)
        ack()


def _sqlite(path: str) -> Save:
    """One connection that the threads take turns with: quicker than one each, which would wait for one another."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute(TABLE)
    turn = threading.Lock()

    def save(*vote: str) -> None:
        with turn:
            connection.execute(UPSERT.format("?"), vote)

    return save


def _postgresql(url: str) -> Save:
    """One connection a thread."""
    own = threading.local()
    with psycopg.connect(url) as connection:
        connection.execute(TABLE)

    def save(*vote: str) -> None:
        if not hasattr(own, "connection"):
            own.connection = psycopg.connect(url, autocommit=True)
        own.connection.execute(UPSERT.format("%s"), vote)

    return save


def serve(listen: Callable[[App], None], **options: Any) -> None:
    """Until the process is told to end."""
    tune()
    app = App(client=WebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"]), **options)
    listen(app)
    handler = SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"], receive_buffer_size=RECEIVED_AT_ONCE)
    handler.connect()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    handler.close()


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    if sys.argv[1:] == ["votes"]:
        serve(voting, listener_executor=ThreadPoolExecutor(LISTENER_THREADS))
    else:
        serve(answering)
