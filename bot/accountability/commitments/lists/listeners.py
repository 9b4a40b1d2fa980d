"""Shows lists of commitments, and other pages of them."""

import re
from typing import Any

from slack_bolt import App

from bot.accountability.commands import Command, asks_for, rest_of
from bot.accountability.commitments.lists.asked import Asked, in_words, read_value
from bot.accountability.commitments.lists.service import Lists
from bot.slack import ids
from bot.slack.bolt import Guard
from bot.slack.gateway import Gateway
from bot.slack.incoming import Incoming


class ListListeners:
    """`/cco mine`, `/cco commitments` and their buttons: for whoever asks alone."""

    def __init__(self, service: Lists, gateway: Gateway, guard: Guard) -> None:
        self._service = service
        self._gateway = gateway
        self._guard = guard

    def register(self, app: App) -> None:
        guard = self._guard
        app.command(ids.COMMAND, matchers=[asks_for(Command.MINE)])(guard.replying(self.mine))
        app.command(ids.COMMAND, matchers=[asks_for(Command.COMMITMENTS)])(guard.replying(self.of_channel))
        app.action(ids.LIST_COMMITMENTS)(guard.later(self.own))
        app.action(re.compile(f"^{ids.LIST_COMMITMENTS_PAGE}(:|$)"))(guard.later(self.turn))
        app.action(ids.LIST_COMMITMENTS_FILTER)(guard.later(self.turn))

    def mine(self, incoming: Incoming) -> dict[str, Any]:
        return self._listed(incoming, in_channel=False)

    def of_channel(self, incoming: Incoming) -> dict[str, Any]:
        return self._listed(incoming, in_channel=True)

    def own(self, incoming: Incoming) -> None:
        """From App Home: it comes in Messages."""
        view = self._service.page(incoming.key, incoming.user_id, "", Asked(in_channel=False))
        self._guard.whisper(incoming, view)

    def turn(self, incoming: Incoming) -> None:
        asked = read_value(incoming.value_or_refuse())
        view = self._service.page(incoming.key, incoming.user_id, incoming.channel_id, asked)
        self._gateway.respond(incoming.response_url, view, replace=True)

    def _listed(self, incoming: Incoming, *, in_channel: bool) -> dict[str, Any]:
        asked = in_words(rest_of(incoming.text), in_channel=in_channel)
        view = self._service.page(incoming.key, incoming.user_id, incoming.channel_id, asked)
        return {"response_type": "ephemeral", **self._gateway.modal(view)}
