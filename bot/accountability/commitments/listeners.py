"""Reads what people do about commitments, calls one use case, shows the result."""

import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from slack_bolt import App

from bot.accountability.commitments.commitment import Commitment, one_line
from bot.accountability.commitments.lists.listeners import ListListeners
from bot.accountability.commitments.making.listeners import MakingListeners
from bot.accountability.commitments.origins import NOWHERE, Origin, Subject, read_subject
from bot.accountability.commitments.service import CommitmentService
from bot.accountability.commitments.sides import Offer
from bot.errors import Refusal
from bot.keys import WorkspaceKey
from bot.slack import ids
from bot.slack.bolt import Acked, Guard
from bot.slack.gateway import ChannelClosed, Gateway
from bot.slack.incoming import Incoming
from bot.slack.messages import shown
from bot.slack.modals import open_modal
from bot.slack.render import View

Form = Callable[[WorkspaceKey, str, str, Origin], View]
Click = Callable[[WorkspaceKey, str, str], Commitment]

ELSEWHERE = "Commitments are kept by people of this company. Ask one of them to look it up for you."


class CommitmentListeners:
    """The buttons on commitments, on whatever message or modal they are, and the forms that they open."""

    def __init__(self, service: CommitmentService, gateway: Gateway, guard: Guard) -> None:
        self._service = service
        self._gateway = gateway
        self._guard = guard

    def register(self, app: App) -> None:
        guard = self._guard
        app.action(numbered(ids.COMMITMENT_ACCEPT))(guard.committing(self.accept))
        app.action(numbered(ids.COMMITMENT_ACCEPT_DATE))(guard.committing(self.accept_date))
        app.action(numbered(ids.COMMITMENT_KEEP_DATE))(guard.committing(self.keep_date))
        app.action(numbered(ids.COMMITMENT_DONE))(guard.committing(self.finish))
        app.action(numbered(ids.COMMITMENT_GOT_IT))(guard.committing(self.got_it))
        app.action(numbered(ids.COMMITMENT_NEW_DATE))(guard.now(self.open_date))
        app.action(numbered(ids.COMMITMENT_SNOOZE))(guard.now(self.open_snooze))
        app.action(numbered(ids.COMMITMENT_HAND_OVER))(guard.now(self.open_hand_over))
        app.action(numbered(ids.COMMITMENT_DROP))(guard.now(self.open_drop))
        app.action(numbered(ids.COMMITMENT_DECLINE))(guard.now(self.open_decline))
        app.action(numbered(ids.COMMITMENT_HELP))(guard.now(self.open_help))
        app.action(numbered(ids.SHOW_COMMITMENT))(guard.now(self.show))
        app.view(ids.COMMITMENT_DATE_FORM)(guard.replying(self.draft_date))
        app.view(ids.COMMITMENT_DATE_CONFIRMATION)(guard.committing(self.save_date))
        app.view(ids.COMMITMENT_HAND_OVER_FORM)(guard.committing(self.hand_over))
        app.view(ids.COMMITMENT_REASON_FORM)(guard.committing(self.end))
        app.view(ids.COMMITMENT_HELP_FORM)(guard.committing(self.need_help))
        MakingListeners(self._service.making, self._gateway, guard).register(app)
        ListListeners(self._service.lists, self._gateway, guard).register(app)

    # Clicks that are a deed

    def accept(self, incoming: Incoming) -> Acked:
        return self._clicked(incoming, self._service.accept)

    def accept_date(self, incoming: Incoming) -> Acked:
        return self._clicked(incoming, self._service.accept_date)

    def keep_date(self, incoming: Incoming) -> Acked:
        return self._clicked(incoming, self._service.keep_date)

    def finish(self, incoming: Incoming) -> Acked:
        return self._clicked(incoming, self._service.finish)

    def got_it(self, incoming: Incoming) -> Acked:
        return self._clicked(incoming, self._service.got_it)

    def _clicked(self, incoming: Incoming, deed: Click) -> Acked:
        try:
            of = deed(incoming.key, incoming.value_or_refuse(), incoming.user_id)
        except Refusal as refusal:
            said = shown(refusal)
            return Acked(then=lambda _: self._refused(incoming, said))
        return Acked(then=lambda _: self._show(incoming, of.id, origin_of(incoming)))

    def _refused(self, incoming: Incoming, said: View) -> None:
        """Mostly a message that is older than what was done since: it shows that, beside the word why not."""
        self._guard.whisper(incoming, said)
        self._catch_up(incoming)

    def _catch_up(self, incoming: Incoming) -> None:
        with suppress(Refusal):  # it is about nothing any more
            self._service.redrawing.redraw(incoming.key, incoming.user_id, incoming.value, origin_of(incoming))

    def _show(self, incoming: Incoming, commitment_id: str, origin: Origin) -> None:
        """What the click did: in the modal it was in, on its message, or else to the person alone."""
        if origin.in_modal:
            modal = self._service.modal_after(incoming.key, commitment_id, incoming.user_id, origin)
            self._gateway.update_modal(str(incoming.view["id"]), modal)
        self._redraw(incoming, commitment_id, origin)

    def _redraw(self, incoming: Incoming, commitment_id: str, origin: Origin) -> None:
        key, user_id = incoming.key, incoming.user_id
        if self._service.redrawing.redraw(key, user_id, commitment_id, origin) or origin.in_modal:
            return
        said = self._service.redrawing.said(key, user_id, commitment_id)
        if incoming.response_url or not origin.channel_id or origin.is_direct:
            self._guard.whisper(incoming, said)
            return
        try:
            self._gateway.tell(origin.channel_id, user_id, said, origin.thread_ts)
        except ChannelClosed:
            self._gateway.post(user_id, said)

    # Clicks that open a form

    def _open(self, incoming: Incoming, view: View) -> None:
        open_modal(self._gateway, incoming.trigger_id, view, on_top=incoming.view.get("type") == "modal")

    def show(self, incoming: Incoming) -> None:
        if incoming.is_from_elsewhere:
            raise Refusal(ELSEWHERE)
        if incoming.may_be_from_elsewhere:
            self._service.refuse_outsider(incoming.key, incoming.user_id, ELSEWHERE)
        modal = self._service.modal(incoming.key, incoming.value_or_refuse(), incoming.user_id, origin_of(incoming))
        self._open(incoming, modal)

    def open_date(self, incoming: Incoming) -> None:
        self._ask(incoming, self._service.dating.form)

    def open_snooze(self, incoming: Incoming) -> None:
        self._ask(incoming, partial(self._service.dating.form, snooze=True))

    def open_hand_over(self, incoming: Incoming) -> None:
        self._ask(incoming, self._service.hand_over_form)

    def open_drop(self, incoming: Incoming) -> None:
        self._ask(incoming, partial(self._service.reason_form, offer=Offer.DROP))

    def open_decline(self, incoming: Incoming) -> None:
        self._ask(incoming, partial(self._service.reason_form, offer=Offer.DECLINE))

    def open_help(self, incoming: Incoming) -> None:
        self._ask(incoming, self._service.help_form)

    def _ask(self, incoming: Incoming, form: Form) -> None:
        try:
            view = form(incoming.key, incoming.value_or_refuse(), incoming.user_id, origin_of(incoming))
        except Refusal:
            self._guard.soon(lambda _: self._catch_up(incoming), incoming)
            raise
        self._open(incoming, view)

    # Forms

    def draft_date(self, incoming: Incoming) -> dict[str, Any]:
        subject, key, by = subject_of(incoming), incoming.key, incoming.user_id
        text = incoming.state(ids.IN_COMMITMENT_DATE, ids.INPUT)
        reason = incoming.state(ids.IN_COMMITMENT_REASON, ids.INPUT)
        if problem := refused(lambda: one_line(reason)):
            return errors({ids.IN_COMMITMENT_REASON: problem})
        view = self._service.dating.draft(key, subject, by, text, reason)  # refused under the first input: the date
        return {"response_action": following(incoming), "view": self._gateway.modal(view)}

    def save_date(self, incoming: Incoming) -> Acked:
        def save() -> tuple[str, Origin]:
            draft_id = str(incoming.view.get("private_metadata") or "")
            of, origin = self._service.dating.save(incoming.key, draft_id, incoming.user_id)
            return of.id, origin

        return self._saved(incoming, save)

    def hand_over(self, incoming: Incoming) -> Acked:
        subject = subject_of(incoming)
        to = incoming.state(ids.IN_COMMITMENT_PERSON, ids.INPUT)
        reason = incoming.state(ids.IN_COMMITMENT_REASON, ids.INPUT)
        if problem := refused(lambda: one_line(reason)):
            return Acked(errors({ids.IN_COMMITMENT_REASON: problem}))
        self._service.hand_over(incoming.key, subject.id, incoming.user_id, to, reason)
        return self._after_form(incoming, subject.id, subject.origin)

    def end(self, incoming: Incoming) -> Acked:
        """Drop it or decline it."""
        subject = subject_of(incoming)
        reason = incoming.state(ids.IN_COMMITMENT_REASON, ids.INPUT)
        deed = self._service.decline if subject.purpose == Offer.DECLINE else self._service.drop
        deed(incoming.key, subject.id, incoming.user_id, reason)
        return self._after_form(incoming, subject.id, subject.origin)

    def need_help(self, incoming: Incoming) -> Acked:
        subject = subject_of(incoming)
        tried = incoming.state(ids.IN_COMMITMENT_TRIED, ids.INPUT)
        self._service.need_help(incoming.key, subject.id, incoming.user_id, tried)
        return self._after_form(incoming, subject.id, subject.origin)

    def _saved(self, incoming: Incoming, save: Callable[[], tuple[str, Origin]]) -> Acked:
        """For a confirmation, which has no input to put a refusal under, and no room for one more modal on top."""
        try:
            commitment_id, origin = save()
        except Refusal as refusal:
            return Acked({"response_action": "update", "view": self._gateway.boxed(shown(refusal))})
        return self._after_form(incoming, commitment_id, origin)

    def _after_form(self, incoming: Incoming, commitment_id: str, origin: Origin) -> Acked:
        """Opened from a modal it shows what that would show; else it closes, and the message says the rest."""

        def redraw(_: Incoming) -> None:
            self._redraw(incoming, commitment_id, origin)

        if not origin.in_modal:
            return Acked({"response_action": "clear"}, redraw)
        modal = self._service.modal_after(incoming.key, commitment_id, incoming.user_id, origin, in_ack=True)
        return Acked({"response_action": "update", "view": self._gateway.modal(modal)}, redraw)


def numbered(action_id: str) -> re.Pattern[str]:
    """Where a message has several of a button, each has a number after a colon."""
    return re.compile(f"^{action_id}(:|$)")


def origin_of(incoming: Incoming) -> Origin:
    """A message, or a modal that lies over one; of a modal of another theme no more is known."""
    if incoming.view.get("type") == "modal":
        try:
            return subject_of(incoming).origin.under_modal()
        except ValueError:
            return NOWHERE.under_modal()
    return Origin(
        incoming.channel_id,
        incoming.message_ts,
        incoming.thread_ts,
        is_ephemeral=incoming.is_private,
        is_about_one=":" not in str(incoming.action.get("action_id")),
    )


def subject_of(incoming: Incoming) -> Subject:
    return read_subject(str(incoming.view.get("private_metadata") or ""))


def errors(problems: dict[str, str]) -> dict[str, Any]:
    return {"response_action": "errors", "errors": problems}


def refused(read: Callable[[], object]) -> str:
    """Why something can't be read; empty where it can."""
    try:
        read()
    except Refusal as refusal:
        return str(refusal)
    return ""


def following(incoming: Incoming) -> str:
    """The next modal lies on top, so that Back leads to this one; but three are the most that Slack stacks."""
    previous = incoming.view.get("previous_view_id")
    is_third = bool(previous) and previous != incoming.view.get("root_view_id")
    return "update" if is_third else "push"
