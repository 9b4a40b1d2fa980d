"""Reads what Slack sends about reminders, calls one use case, shows the result."""

from typing import Any

from slack_bolt import App

from bot.accountability.commands import Command, asks_for, rest_of
from bot.accountability.nudges.choosing import Wish
from bot.accountability.nudges.service import ReminderService
from bot.slack import ids
from bot.slack.bolt import Guard
from bot.slack.gateway import Gateway
from bot.slack.incoming import Incoming
from bot.slack.modals import open_modal

FIELDS = {  # where a problem is shown
    "paused_until": ids.IN_PAUSED_UNTIL,
    "quiet": ids.IN_QUIET,
    "zone": ids.IN_ZONE,
    "country": ids.IN_COUNTRY,
}


class ReminderListeners:
    """This theme's listeners."""

    def __init__(self, service: ReminderService, gateway: Gateway, guard: Guard) -> None:
        self._service = service
        self._gateway = gateway
        self._guard = guard

    def register(self, app: App) -> None:
        guard = self._guard
        app.command(ids.COMMAND, matchers=[_asks_for_form])(guard.now(self.open_form))
        app.command(ids.COMMAND, matchers=[asks_for(Command.PAUSE)])(guard.later(self.pause))
        app.command(ids.COMMAND, matchers=[asks_for(Command.QUIET)])(guard.later(self.quiet))
        app.command(ids.COMMAND, matchers=[asks_for(Command.WHY)])(guard.later(self.why))
        app.command(ids.COMMAND, matchers=[asks_for(Command.UPCOMING)])(guard.later(self.upcoming))
        app.action(ids.OPEN_REMINDERS)(guard.now(self.open_form))
        app.view(ids.REMINDERS_FORM)(guard.replying(self.save))

    def open_form(self, incoming: Incoming) -> None:
        form = self._service.choosing.form(incoming.key, incoming.user_id)
        open_modal(self._gateway, incoming.trigger_id, form)

    def pause(self, incoming: Incoming) -> None:
        view = self._service.choosing.pause(incoming.key, incoming.user_id, rest_of(incoming.text))
        self._guard.whisper(incoming, view)

    def quiet(self, incoming: Incoming) -> None:
        view = self._service.choosing.quiet(incoming.key, incoming.user_id, rest_of(incoming.text))
        self._guard.whisper(incoming, view)

    def why(self, incoming: Incoming) -> None:
        self._guard.whisper(incoming, self._service.outlook.why(incoming.key, incoming.user_id))

    def upcoming(self, incoming: Incoming) -> None:
        self._guard.whisper(incoming, self._service.outlook.upcoming(incoming.key, incoming.user_id))

    def save(self, incoming: Incoming) -> dict[str, Any]:
        chosen, problems = self._service.choosing.read(incoming.key, incoming.user_id, _wish(incoming))
        if problems:
            errors = {FIELDS[name]: sentence for name, sentence in problems.items()}
            return {"response_action": "errors", "errors": errors}
        saved = self._service.choosing.save(incoming.key, incoming.user_id, chosen)
        return {"response_action": "update", "view": self._gateway.boxed(saved, "Your reminders")}


def _asks_for_form(body: dict[str, Any]) -> bool:
    text = Incoming(body).text
    return asks_for(Command.REMINDERS)(body) or (asks_for(Command.PAUSE)(body) and not rest_of(text))


def _wish(incoming: Incoming) -> Wish:
    def given(block_id: str) -> str:
        return incoming.state(block_id, ids.INPUT)

    return Wish(
        volume=given(ids.IN_VOLUME),
        quiet=given(ids.IN_QUIET),
        zone=given(ids.IN_ZONE),
        country=given(ids.IN_COUNTRY),
        paused_until=given(ids.IN_PAUSED_UNTIL),
    )
