"""Reads what people want to commit to, calls one use case, shows what it will be."""

import logging
import re
from typing import Any

from slack_bolt import App

from bot.accountability.commands import Command, asks_for, rest_of
from bot.accountability.commitments.commitment import Commitment
from bot.accountability.commitments.making.service import Filled, FilledWrongly, Making
from bot.accountability.commitments.making.views import CommitForm, UnsavedView
from bot.errors import Refusal, Unavailable
from bot.slack import ids
from bot.slack.bolt import Acked, Guard
from bot.slack.gateway import Gateway
from bot.slack.incoming import Incoming
from bot.slack.messages import Notice, shown
from bot.slack.modals import open_modal

log = logging.getLogger(__name__)

FIELDS = {  # where a problem is shown
    "owner": ids.IN_COMMIT_OWNER,
    "what": ids.IN_COMMIT_WHAT,
    "when": ids.IN_COMMIT_WHEN,
    "link": ids.IN_COMMIT_LINK,
}
ELSEWHERE = "Commitments are made by people of this company. Ask one of them to make it."
IN_THE_FORM = "Nothing is saved yet; the form that opened has what you wrote."
CANCELLED = "Cancelled. Nothing was saved."


class MakingListeners:
    """`/cco commit`, the two shortcuts, the button on a weak statement, and what follows them."""

    def __init__(self, service: Making, gateway: Gateway, guard: Guard) -> None:
        self._service = service
        self._gateway = gateway
        self._guard = guard

    def register(self, app: App) -> None:
        guard = self._guard
        app.command(ids.COMMAND, matchers=[asks_for(Command.COMMIT)])(guard.now(self.command))
        app.shortcut(ids.COMMIT_SHORTCUT)(guard.now(self.from_anywhere))
        app.shortcut(ids.COMMIT_MESSAGE_SHORTCUT)(guard.now(self.from_message))
        app.action(re.compile(f"^{ids.MAKE_COMMITMENT}(:|$)"))(guard.now(self.from_statement))
        app.action(re.compile(f"^{ids.COMMIT_READING}(:|$)"))(guard.later(self.choose))
        app.action(ids.COMMIT_CHANGE)(guard.now(self.change))
        app.action(ids.COMMIT_CANCEL)(guard.later(self.cancel))
        app.action(ids.COMMIT_SAVE)(guard.committing(self.save))
        app.view(ids.COMMIT_FORM)(guard.replying(self.fill))
        app.view(ids.COMMIT_CONFIRMATION)(guard.committing(self.save_from_form))

    def command(self, incoming: Incoming) -> None:
        view = self._service.read(incoming.key, incoming.user_id, rest_of(incoming.text), incoming.channel_id)
        if isinstance(view, CommitForm):
            self._open(incoming, view)
        else:
            self._gateway.respond(incoming.response_url, view)

    def from_anywhere(self, incoming: Incoming) -> None:
        self._open(incoming, self._service.form(incoming.key, incoming.user_id))

    def from_message(self, incoming: Incoming) -> None:
        message = incoming.body.get("message") or {}
        author = "" if message.get("bot_id") else str(message.get("user") or "")
        link = self._link(incoming)
        words, channel = str(message.get("text") or ""), incoming.channel_id
        form = self._service.form_for_message(incoming.key, incoming.user_id, author, words, link, channel)
        self._open(incoming, form)

    def from_statement(self, incoming: Incoming) -> None:
        if incoming.is_from_elsewhere:
            raise Refusal(ELSEWHERE)
        if incoming.may_be_from_elsewhere:
            self._service.refuse_outsider(incoming.key, incoming.user_id, ELSEWHERE)
        round_id, _, statement_id = incoming.value_or_refuse().partition("/")
        form = self._service.form_for_statement(
            incoming.key, incoming.user_id, round_id, statement_id, incoming.channel_id
        )
        self._open(incoming, form)

    def _open(self, incoming: Incoming, form: CommitForm) -> None:
        """Where Slack doesn't let it open, what was written is a button away."""
        try:
            open_modal(self._gateway, incoming.trigger_id, form)
        except Refusal as refusal:
            self._guard.whisper(incoming, UnsavedView(form.draft_id, str(refusal)))

    def _link(self, incoming: Incoming) -> str:
        """Within two seconds; the form has a field for it where Slack takes longer."""
        try:
            return self._gateway.link_at_once(incoming.channel_id, incoming.message_ts)
        except Unavailable as error:
            log.warning("a message's link could not be had: %s", error)
            return ""

    # What was said back

    def choose(self, incoming: Incoming) -> None:
        view = self._service.choose(incoming.key, incoming.user_id, incoming.value_or_refuse())
        self._gateway.respond(incoming.response_url, view, replace=True)

    def change(self, incoming: Incoming) -> None:
        form = self._service.form_again(incoming.key, incoming.user_id, incoming.value_or_refuse())
        open_modal(self._gateway, incoming.trigger_id, form)
        self._gateway.respond(incoming.response_url, UnsavedView(form.draft_id, IN_THE_FORM), replace=True)

    def cancel(self, incoming: Incoming) -> None:
        self._gateway.respond(incoming.response_url, Notice(CANCELLED), replace=True)

    def save(self, incoming: Incoming) -> Acked:
        of = self._service.save(incoming.key, incoming.user_id, incoming.value_or_refuse())
        return Acked(then=lambda _: self._say(incoming, of))

    def _say(self, incoming: Incoming, of: Commitment) -> None:
        self._gateway.respond(incoming.response_url, self._service.saved(incoming.key, of), replace=True)

    # The form

    def fill(self, incoming: Incoming) -> dict[str, Any]:
        def given(block_id: str) -> str:
            return incoming.state(block_id, ids.INPUT)

        filled = Filled(
            owner=given(ids.IN_COMMIT_OWNER),
            what=given(ids.IN_COMMIT_WHAT),
            when=given(ids.IN_COMMIT_WHEN),
            link=given(ids.IN_COMMIT_LINK),
            channel_id=given(ids.IN_COMMIT_CHANNEL),
        )
        try:
            view = self._service.fill(incoming.key, incoming.user_id, draft_of(incoming), filled)
        except FilledWrongly as wrong:
            found = {FIELDS[name]: sentence for name, sentence in wrong.problems.items()}
            return {"response_action": "errors", "errors": found}
        return {"response_action": "push", "view": self._gateway.modal(view)}

    def save_from_form(self, incoming: Incoming) -> Acked:
        try:
            of = self._service.save(incoming.key, incoming.user_id, draft_of(incoming))
        except Refusal as refusal:  # the form with all of it lies below
            return Acked({"response_action": "push", "view": self._gateway.boxed(shown(refusal))})
        saved = self._gateway.modal(self._service.saved_modal(incoming.key, of))
        return Acked({"response_action": "update", "view": saved})


def draft_of(incoming: Incoming) -> str:
    return str(incoming.view.get("private_metadata") or "")
