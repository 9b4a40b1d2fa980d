"""The least that a Bolt app can do: answer every mention with the same sentence. What the bot is compared with."""

import os
import signal
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

SENTENCE = "This is what I always say."


def serve() -> None:
    """Until the process is told to end."""
    app = App(client=WebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"]))

    @app.event("app_mention")
    def answer(event: dict[str, Any], say: Any) -> None:
        say(text=SENTENCE, thread_ts=event["ts"])

    handler = SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"])
    handler.connect()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    handler.close()


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    serve()
