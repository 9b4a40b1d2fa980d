"""Tells each side of a commitment, directly and once, what the other did about it."""

import logging
from collections.abc import Callable

from bot.accountability import later
from bot.accountability.commitments.commitment import Change, Commitment, Deed
from bot.accountability.commitments.presenting import Presenter
from bot.accountability.commitments.store import CommitmentStore
from bot.accountability.sending import Attempt, Outcome, Sender
from bot.keys import WorkspaceKey
from bot.scheduler.actions import Action, Due

log = logging.getLogger(__name__)

DM_REFUSED = "dm_refused"

TellFacilitator = Callable[[WorkspaceKey, str, str, str], None]  # the channel, the trouble, what it is about


class Telling:
    """The schedule remembers who was told of which version."""

    def __init__(
        self, store: CommitmentStore, presenter: Presenter, sender: Sender, tell_facilitator: TellFacilitator
    ) -> None:
        self._store = store
        self._presenter = presenter
        self._sender = sender
        self._tell_facilitator = tell_facilitator

    def tell_due(self, key: WorkspaceKey, due: Due) -> Action | None:
        """Do what is due. What the message shows is how things stand by now, also where it is late."""
        version, user_id = later.told_of(due.action)
        of = self._store.get(key, due.action.subject)
        changes = self._store.changes(key, due.action.subject)[version - 1 :]
        if of is None or not changes or not _is_wanted(of, changes[0], user_id):
            return None
        view = self._presenter.message(key, of, changes[0], user_id)
        sent = self._sender.direct(key, user_id, view, Attempt.of(due))
        if sent.outcome is Outcome.CLOSED and user_id == of.owner and of.is_live:
            self._tell_facilitator(key, of.channel_id, DM_REFUSED, of.id)
        elif not sent.is_there:
            log.warning("%s: could not be told (%s); leaving it", due.action, sent.outcome)
        return None

    def tell_of_silence(self, key: WorkspaceKey, due: Due) -> Action | None:
        """Have whoever asked for it know that its owner answers no reminder, unless something was done meanwhile."""
        of = self._store.get(key, due.action.subject)
        if of is None or not of.is_live or str(of.version) != due.action.occurrence:
            return None
        sent = self._sender.direct(key, of.assigner, self._presenter.silence(key, of), Attempt.of(due))
        if not sent.is_there:
            log.warning("%s: could not be told (%s); leaving it", due.action, sent.outcome)
        return None


def _is_wanted(of: Commitment, change: Change, user_id: str) -> bool:
    """Nobody is asked any more who has answered meanwhile, or whom it was taken from again."""
    asks = change.deed in {Deed.MAKE, Deed.HAND_OVER} and change.owner == user_id
    return not asks or (of.owner == user_id and of.awaits_answer)
