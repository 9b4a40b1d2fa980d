"""Brings the message up to date that somebody pressed a commitment's button on."""

import logging
from collections.abc import Callable

from bot.accountability.commitments.doing import Doing
from bot.accountability.commitments.origins import Origin
from bot.accountability.commitments.presenting import Presenter
from bot.accountability.commitments.views import CommitmentMessage
from bot.errors import TryLater
from bot.keys import WorkspaceKey
from bot.slack.budget import Budget, MessageBusy
from bot.slack.gateway import Gateway, SlackRefused, TokenDead, UnknownOutcome
from bot.slack.render import View
from bot.surroundings import After

log = logging.getLogger(__name__)

TRIES = 16  # then it is left: an older state on a message is no harm, as pressing its buttons says how it stands
BRIEF = 0.25  # seconds, where only this message has to wait because it was edited a moment ago

Redraw = Callable[[WorkspaceKey, str, str, str], View | None]


class Redrawing:
    """`redraws` are asked in their order, with the person and the message: whoever drew it gives what it shows now."""

    def __init__(
        self, commitments: Doing, presenter: Presenter, gateway: Gateway, budget: Budget, after: After
    ) -> None:
        self.redraws: list[Redraw] = []
        self._commitments = commitments
        self._presenter = presenter
        self._gateway = gateway
        self._budget = budget
        self._after = after

    def redraw(self, key: WorkspaceKey, user_id: str, commitment_id: str, origin: Origin) -> bool:
        """Redraw the message. False when it is none that can be, so that what was done has to be said otherwise."""
        if not origin.can_be_redrawn or self._view(key, user_id, commitment_id, origin) is None:
            return False
        self._edit(key, user_id, commitment_id, origin, TRIES)
        return True

    def said(self, key: WorkspaceKey, user_id: str, commitment_id: str) -> CommitmentMessage:
        """What was done to it last, and how it stands."""
        of = self._commitments.get(key, commitment_id)
        return self._presenter.message(key, of, self._commitments.changes(key, commitment_id)[-1], user_id)

    def _view(self, key: WorkspaceKey, user_id: str, commitment_id: str, origin: Origin) -> View | None:
        for redraw in self.redraws:
            if view := redraw(key, user_id, origin.channel_id, origin.message_ts):
                return view
        return self.said(key, user_id, commitment_id) if origin.is_of_ours else None

    def _edit(self, key: WorkspaceKey, user_id: str, commitment_id: str, origin: Origin, tries: int) -> None:
        """What it shows is worked out when its turn has come, so that the last one shows the latest."""

        def edit() -> None:
            view = self._view(key, user_id, commitment_id, origin)
            if view:
                self._gateway.edit(origin.channel_id, origin.message_ts, view)

        try:
            self._budget.edit(key, origin.channel_id, origin.message_ts, edit)
        except TryLater as later:
            pause = min(later.retry_after, BRIEF) if isinstance(later, MessageBusy) else later.retry_after
            if tries > 1:
                self._after(pause, lambda: self._edit(key, user_id, commitment_id, origin, tries - 1))
        except TokenDead:
            raise
        except (SlackRefused, UnknownOutcome) as error:
            log.info("a message about a commitment could not be redrawn: %s", error)
