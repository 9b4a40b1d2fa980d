"""Reads what Slack sends about sessions, calls one use case, shows the result."""

from collections.abc import Callable
from typing import Any

from slack_bolt import App

from bot.accountability.sessions.items import Status
from bot.accountability.sessions.service import SessionService
from bot.errors import Refusal
from bot.slack import ids
from bot.slack.bolt import Acked, Guard
from bot.slack.gateway import Gateway
from bot.slack.incoming import Incoming
from bot.slack.modals import open_modal

FROM_ELSEWHERE = "This list is for people of this workspace. Tell whoever invited you, and they can put it there."


class SessionListeners:
    """What is pressed and sent in the messages of a session."""

    def __init__(self, service: SessionService, gateway: Gateway, guard: Guard) -> None:
        self._service = service
        self._gateway = gateway
        self._guard = guard

    def register(self, app: App) -> None:
        guard = self._guard
        app.action(ids.SESSION_MISSED)(guard.committing(self.ticking(Status.MISSED)))
        app.action(ids.SESSION_DISCUSSED)(guard.committing(self.ticking(Status.DISCUSSED)))
        app.action(ids.SESSION_NOT_TODAY)(guard.committing(self.ticking(Status.NOT_REACHED)))
        app.action(ids.CLOSE_SESSION)(guard.committing(self.close))
        app.action(ids.ADD_ITEM)(guard.now(self.open_item_form))
        app.view(ids.ITEM_FORM)(guard.replying(self.add_item))
        app.action(ids.GIVE_UPDATE)(guard.now(self.open_update_form))
        app.view(ids.UPDATE_FORM)(guard.replying(self.give_updates))
        app.action(ids.SHOW_AGENDA)(guard.now(self.show_agenda))
        app.action(ids.SHOW_SUMMARY)(guard.now(self.show_summary))

    def ticking(self, status: Status) -> Callable[[Incoming], Acked]:
        def tick(incoming: Incoming) -> Acked:
            series_id, occurrence, item_id = _ours(incoming).value_or_refuse().split("/", 2)
            session_id = f"{series_id}/{occurrence}"
            self._service.attending.tick(incoming.key, session_id, item_id, incoming.user_id, status)
            return Acked()

        return tick

    def close(self, incoming: Incoming) -> Acked:
        self._service.attending.close_early(incoming.key, incoming.value_or_refuse(), incoming.user_id)
        return Acked()

    def open_item_form(self, incoming: Incoming) -> None:
        form = self._service.attending.item_form(incoming.key, _ours(incoming).value_or_refuse())
        open_modal(self._gateway, incoming.trigger_id, form)

    def add_item(self, incoming: Incoming) -> dict[str, Any]:
        text = incoming.state(ids.IN_ITEM_TEXT, ids.INPUT)
        session_id = str(_ours(incoming).view.get("private_metadata") or "")
        self._service.attending.add_item(incoming.key, session_id, incoming.id, incoming.user_id, text)
        return {}

    def open_update_form(self, incoming: Incoming) -> None:
        session_id = _ours(incoming).value_or_refuse()
        form = self._service.attending.update_form(incoming.key, session_id, incoming.user_id)
        open_modal(self._gateway, incoming.trigger_id, form)

    def give_updates(self, incoming: Incoming) -> dict[str, Any]:
        session_id, given = str(incoming.view.get("private_metadata") or ""), _updates(incoming)
        problems = self._service.attending.give_updates(incoming.key, session_id, incoming.user_id, given)
        if problems:
            errors = {f"{ids.IN_UPDATE_TEXT}:{name}": sentence for name, sentence in problems.items()}
            return {"response_action": "errors", "errors": errors}
        return {}

    def show_agenda(self, incoming: Incoming) -> None:
        view = self._service.attending.whole_agenda(incoming.key, incoming.value_or_refuse())
        open_modal(self._gateway, incoming.trigger_id, view)

    def show_summary(self, incoming: Incoming) -> None:
        view = self._service.attending.whole_summary(incoming.key, incoming.value_or_refuse())
        open_modal(self._gateway, incoming.trigger_id, view)


def _ours(incoming: Incoming) -> Incoming:
    """What somebody of this workspace sent; people of another company can press our buttons as well."""
    if incoming.is_from_elsewhere:
        raise Refusal(FROM_ELSEWHERE)
    return incoming


def _updates(incoming: Incoming) -> dict[str, str]:
    """What was written in the form, by the commitment."""
    blocks = [str(block.get("block_id") or "") for block in incoming.view.get("blocks") or ()]
    names = [block.partition(":")[2] for block in blocks if block.startswith(f"{ids.IN_UPDATE_TEXT}:")]
    return {name: incoming.state(f"{ids.IN_UPDATE_TEXT}:{name}", ids.INPUT) for name in names}
