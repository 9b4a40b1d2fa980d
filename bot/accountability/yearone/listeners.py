"""Reads what Slack sends about the first year, calls one use case, shows the result."""

import secrets
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from slack_bolt import App

from bot.accountability.commands import Command, asks_for
from bot.accountability.service import AccountabilityService
from bot.accountability.yearone.service import YearOne
from bot.accountability.yearone.views import NotYoursView, WaitingView
from bot.errors import Refusal
from bot.slack import ids
from bot.slack.bolt import Acked, Guard
from bot.slack.gateway import Gateway, RateLimited
from bot.slack.incoming import Incoming
from bot.slack.messages import Declined, Notice, shown
from bot.slack.modals import open_modal, update_own_modal
from bot.slack.render import View

FIELDS = {  # where a problem is shown
    "on": ids.IN_YEAR_ONE_DAY,
    "evidence": ids.IN_YEAR_ONE_EVIDENCE,
    "begun_on": ids.IN_YEAR_ONE_BEGUN,
}
IN_A_CHANNEL = "A first year is followed in a channel. Type `/cco year-one` in the one where your customer work lives."
BUSY = "Slack takes no more messages in this channel for a moment. Press it again in a minute."


class YearOneListeners:
    """What people type and press about the first year."""

    def __init__(self, service: AccountabilityService, gateway: Gateway, guard: Guard) -> None:
        self._service = service
        self._gateway = gateway
        self._guard = guard

    @property
    def _year_one(self) -> YearOne:
        return self._service.year_one

    def register(self, app: App) -> None:
        guard = self._guard
        app.command(ids.COMMAND, matchers=[asks_for(Command.YEAR_ONE)])(guard.replying(self.show))
        app.action(ids.YEAR_ONE_STEP)(guard.now(self.open_step))
        app.action(ids.YEAR_ONE_BEGIN)(guard.now(self.open_begin))
        app.action(ids.YEAR_ONE_TAKE_BACK)(guard.later(self.take_back))
        app.action(ids.YEAR_ONE_SHOW)(guard.later(self.show_in_channel))
        app.view(ids.YEAR_ONE_STEP_FORM)(guard.replying(self.reach))
        app.view(ids.YEAR_ONE_BEGIN_FORM)(guard.replying(self.begin))

    def show(self, incoming: Incoming) -> dict[str, Any]:
        if incoming.channel_id.startswith("D"):
            raise Refusal(IN_A_CHANNEL)
        view = self._year_one.timeline(incoming.key, incoming.channel_id)
        return {"response_type": "ephemeral", **self._gateway.modal(view)}

    def open_step(self, incoming: Incoming) -> None:
        channel_id = _channel(incoming)
        form = self._year_one.step_form(incoming.key, incoming.user_id, channel_id)
        open_modal(self._gateway, incoming.trigger_id, form)

    def open_begin(self, incoming: Incoming) -> None:
        channel_id = _channel(incoming)
        form = self._year_one.begin_form(incoming.key, incoming.user_id, channel_id)
        open_modal(self._gateway, incoming.trigger_id, form)

    def reach(self, incoming: Incoming) -> Acked:
        step_id = incoming.state(ids.IN_YEAR_ONE_STEP, ids.INPUT)
        on = incoming.day(ids.IN_YEAR_ONE_DAY, ids.INPUT) or date.min
        evidence = incoming.state(ids.IN_YEAR_ONE_EVIDENCE, ids.INPUT)
        wanted = self._year_one.now(incoming.user_id, step_id, on, evidence)
        if problems := self._year_one.step_problems(wanted):
            return _errors(problems)
        return self._saved(incoming, lambda: self._year_one.reach(incoming.key, _of_form(incoming), wanted))

    def begin(self, incoming: Incoming) -> Acked:
        on = incoming.day(ids.IN_YEAR_ONE_BEGUN, ids.INPUT) or date.min
        if problems := self._year_one.begin_problems(on):
            return _errors(problems)
        save = self._year_one.begin
        return self._saved(incoming, lambda: save(incoming.key, _of_form(incoming), on, incoming.user_id))

    def take_back(self, incoming: Incoming) -> None:
        channel_id, _, step_id = _channel(incoming).partition("/")
        view = self._year_one.take_back(incoming.key, channel_id, step_id, incoming.user_id)
        self._gateway.respond(incoming.response_url, view, replace=True)

    def show_in_channel(self, incoming: Incoming) -> None:
        channel_id = _channel(incoming)
        view = self._year_one.timeline(incoming.key, channel_id, shown_by=incoming.user_id)
        if incoming.response_url:  # it works where the bot is no member
            self._gateway.respond(incoming.response_url, view, in_channel=True)
            return
        try:
            self._gateway.post(channel_id, view)
        except RateLimited:
            raise Refusal(BUSY) from None
        self._gateway.update_modal(str(incoming.view["id"]), Notice("It stands in the channel now."), boxed=True)

    def _saved(self, incoming: Incoming, save: Callable[[], View]) -> Acked:
        """What was saved, in the modal; later there, where Slack has to be asked first who is in the channel."""
        channel_id = _of_form(incoming)
        if self._year_one.decides_at_once(incoming.key, incoming.user_id, channel_id):
            return Acked({"response_action": "update", "view": self._gateway.modal(save())})
        waiting = WaitingView(secrets.token_hex(10), channel_id)
        view = self._gateway.modal(waiting)
        return Acked({"response_action": "update", "view": view}, lambda _: self._save_later(waiting, save))

    def _save_later(self, waiting: WaitingView, save: Callable[[], View]) -> None:
        try:
            view, is_boxed = save(), False
        except Refusal as refusal:
            view, is_boxed = shown(refusal), True
        update_own_modal(self._gateway, waiting.external_id, view, boxed=is_boxed)


def _channel(incoming: Incoming) -> str:
    """What the button stands for. Raises Declined for somebody of another company."""
    value = incoming.value_or_refuse()
    if incoming.is_from_elsewhere:
        raise Declined(NotYoursView(value.partition("/")[0]))
    return value


def _of_form(incoming: Incoming) -> str:
    return str(incoming.view.get("private_metadata") or "")


def _errors(problems: Mapping[str, str]) -> Acked:
    errors = {FIELDS[name]: sentence for name, sentence in problems.items()}
    return Acked({"response_action": "errors", "errors": errors})
