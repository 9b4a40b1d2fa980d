"""Reads what owners and sponsors do about air cover, calls one use case, shows the result."""

import logging
from collections.abc import Callable

from slack_bolt import App

from bot.accountability.aircover.service import AirCover
from bot.accountability.aircover.views import AskView
from bot.accountability.commitments.commitment import one_line
from bot.accountability.commitments.origins import Origin, read_subject
from bot.errors import Unavailable
from bot.keys import WorkspaceKey
from bot.slack import ids
from bot.slack.bolt import Acked, Guard
from bot.slack.gateway import Gateway, TokenDead
from bot.slack.incoming import Incoming
from bot.slack.modals import open_modal
from bot.slack.render import View

log = logging.getLogger(__name__)

Click = Callable[[WorkspaceKey, str, str], View]


class AirCoverListeners:
    """The buttons on the warning to an owner and on the question to a sponsor."""

    def __init__(self, service: AirCover, gateway: Gateway, guard: Guard) -> None:
        self._service = service
        self._gateway = gateway
        self._guard = guard

    def register(self, app: App) -> None:
        guard = self._guard
        app.action(ids.CALL_OFF_AIR_COVER)(guard.committing(self.call_off))
        app.action(ids.AIR_COVER_STEP_IN)(guard.committing(self.step_in))
        app.action(ids.AIR_COVER_NOT_NOW)(guard.committing(self.not_now))
        app.action(ids.AIR_COVER_TALK)(guard.now(self.open_talk))
        app.view(ids.AIR_COVER_TALK_FORM)(guard.committing(self.talk))

    def call_off(self, incoming: Incoming) -> Acked:
        return self._clicked(incoming, self._service.call_off)

    def step_in(self, incoming: Incoming) -> Acked:
        return self._clicked(incoming, self._service.step_in)

    def not_now(self, incoming: Incoming) -> Acked:
        return self._clicked(incoming, self._service.not_now)

    def open_talk(self, incoming: Incoming) -> None:
        origin = Origin(incoming.channel_id, incoming.message_ts)
        form = self._service.talk_form(incoming.key, incoming.value_or_refuse(), incoming.user_id, origin)
        open_modal(self._gateway, incoming.trigger_id, form)

    def talk(self, incoming: Incoming) -> Acked:
        subject = read_subject(str(incoming.view.get("private_metadata") or ""))
        note = one_line(incoming.state(ids.IN_AIR_COVER_NOTE, ids.INPUT))
        view = self._service.talk(incoming.key, subject.id, incoming.user_id, note)
        return Acked(then=lambda _: self._edit(subject.origin, view))

    def _clicked(self, incoming: Incoming, click: Click) -> Acked:
        view = click(incoming.key, incoming.value_or_refuse(), incoming.user_id)
        return Acked(then=lambda _: self._gateway.respond(incoming.response_url, view, replace=True))

    def _edit(self, origin: Origin, view: AskView) -> None:
        """A message that can't be edited just now says what it said; its buttons do no harm."""
        try:
            self._gateway.edit(origin.channel_id, origin.message_ts, view)
        except TokenDead:
            raise
        except Unavailable as error:
            log.info("a question to a sponsor could not be redrawn: %s", error)
