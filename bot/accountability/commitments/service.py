"""Commitments, put together: what the other themes and the listeners call."""

from collections.abc import Collection
from datetime import timedelta

from bot.accountability.commitments.commitment import Commitment
from bot.accountability.commitments.dating import Dating
from bot.accountability.commitments.doing import Doing
from bot.accountability.commitments.draft_store import DraftStore
from bot.accountability.commitments.lists.service import Lists
from bot.accountability.commitments.making.presenting import MakingPresenter
from bot.accountability.commitments.making.service import InSession, Making, no_session
from bot.accountability.commitments.origins import Origin
from bot.accountability.commitments.presenting import LINES, LINES_IN_ACK, Presenter
from bot.accountability.commitments.redrawing import Redrawing
from bot.accountability.commitments.sides import Offer, offers
from bot.accountability.commitments.store import CommitmentStore
from bot.accountability.commitments.telling import TellFacilitator, Telling
from bot.accountability.commitments.views import CommitmentModal, HandOverForm, HelpForm, ReasonForm
from bot.accountability.knowing import Acquaintances
from bot.accountability.outside import StatementOf, no_statement
from bot.accountability.sending import Sender
from bot.keys import WorkspaceKey
from bot.surroundings import Surroundings

DRAFTS_KEPT = timedelta(days=1)


class CommitmentService(Doing):
    """Every deed of `Doing`; `making` new ones; `lists`; `dating`, for other dates; `telling` each side of the other.

    Whoever draws messages with a commitment's buttons appends to `redraws` what those messages show now.
    """

    def __init__(
        self,
        around: Surroundings,
        acquaintances: Acquaintances,
        sender: Sender,
        tell_facilitator: TellFacilitator,
        admins: Collection[str] = (),
        statement_of: StatementOf = no_statement,
        in_session: InSession = no_session,
    ) -> None:
        super().__init__(around, acquaintances, admins)
        drafts = DraftStore(around.database)
        store = CommitmentStore(around.database)
        self._presenter = presenter = Presenter(statement_of, self.offers, around.clock)
        self.making = Making(around, self, drafts, MakingPresenter(presenter), acquaintances, in_session)
        self.lists = Lists(store, presenter, around.clock)
        self.telling = Telling(store, presenter, sender, tell_facilitator)
        self.dating = Dating(self, drafts, presenter, acquaintances, around.clock)
        self.redrawing = Redrawing(self, presenter, around.gateway, around.budget, around.after)
        self.redraws = self.redrawing.redraws

    def offers(self, key: WorkspaceKey, of: Commitment, reader: str) -> tuple[Offer, ...]:
        """What this reader may do next about it."""
        return offers(of, reader, may_change=of.is_live and self.rights.may_change(key, of, reader))

    def modal(self, key: WorkspaceKey, commitment_id: str, reader: str, origin: Origin) -> CommitmentModal:
        """Everything about it."""
        return self._modal(key, commitment_id, reader, origin)

    def modal_after(
        self, key: WorkspaceKey, commitment_id: str, reader: str, origin: Origin, *, in_ack: bool = False
    ) -> CommitmentModal:
        """The same, with what its reader did just now; short enough for an ack."""
        lines = LINES_IN_ACK if in_ack else LINES
        return self._modal(key, commitment_id, reader, origin, just_done=True, lines=lines)

    def _modal(
        self,
        key: WorkspaceKey,
        commitment_id: str,
        reader: str,
        origin: Origin,
        *,
        just_done: bool = False,
        lines: int = LINES,
    ) -> CommitmentModal:
        of = self.get(key, commitment_id)
        changes = self.changes(key, commitment_id)
        return self._presenter.modal(key, of, changes, reader, origin, just_done=just_done, lines=lines)

    def hand_over_form(self, key: WorkspaceKey, commitment_id: str, by: str, origin: Origin) -> HandOverForm:
        return self._presenter.hand_over_form(key, self.demand(key, commitment_id, by), origin)

    def reason_form(self, key: WorkspaceKey, commitment_id: str, by: str, origin: Origin, offer: Offer) -> ReasonForm:
        """`offer` is DROP or DECLINE."""
        return self._presenter.reason_form(key, self.demand(key, commitment_id, by), offer, origin)

    def help_form(self, key: WorkspaceKey, commitment_id: str, by: str, origin: Origin) -> HelpForm:
        return self._presenter.help_form(key, self.demand(key, commitment_id, by), origin)

    def clean(self) -> int:
        """Forget what nobody saved."""
        return self.dating.clean(DRAFTS_KEPT)
