"""Shows the rounds of a channel and what came of them; sends the board page and the CSV to those who run a round."""

from collections.abc import Sequence

from bot.errors import Refusal
from bot.keys import WorkspaceKey
from bot.readiness.archive import Archive
from bot.readiness.ballot_store import BallotStore
from bot.readiness.catalogue import FIRST
from bot.readiness.finding import existing
from bot.readiness.findings import lines_of
from bot.readiness.planning import Policy
from bot.readiness.presenting import Presenter
from bot.readiness.reality import Weakness, weaknesses
from bot.readiness.rounds import Round
from bot.readiness.store import RoundStore
from bot.readiness.views import FilesView, NamesView, Refused, RepeatLine, RoundsView
from bot.slack.gateway import ChannelClosed, File, Gateway, SlackRefused
from bot.slack.messages import Declined
from bot.slack.render import View

CANCELLED = "That round was cancelled, so it has no results."
STILL_OPEN = "That round is still open. Its results come when it closes."
MISSING_SCOPE = "missing_scope"


class History:
    """What may be told of rounds that are over."""

    def __init__(
        self,
        rounds: RoundStore,
        ballots: BallotStore,
        archive: Archive,
        presenter: Presenter,
        gateway: Gateway,
        policy: Policy,
    ) -> None:
        self._rounds = rounds
        self._ballots = ballots
        self._archive = archive
        self._presenter = presenter
        self._gateway = gateway
        self._policy = policy

    def rounds(self, key: WorkspaceKey, channel_id: str, repeats: tuple[RepeatLine, ...] = ()) -> RoundsView:
        """The rounds of a channel, the newest first, and what repeats there."""
        found = self._rounds.of_channel(key, channel_id)
        return self._presenter.rounds(
            channel_id,
            [(of, self._ballots.turnout(key, of.id), self._ballots.results(key, of.id)) for of in found],
            repeats,
        )

    def results(self, key: WorkspaceKey, round_id: str) -> Sequence[View]:
        """The results and what moved, as messages for one reader."""
        of = self.round_over(key, round_id)
        results, turnout = self._ballots.results(key, of.id), self._ballots.turnout(key, of.id)
        views: list[View] = list(self._presenter.results(of, results, turnout))
        if earlier := self._archive.earlier(key, of):
            views.append(self._presenter.movement(of, results, earlier))
        return views

    def statement_title(self, key: WorkspaceKey, round_id: str, statement_id: str) -> str | None:
        """None for a statement that no round asks."""
        of = self._rounds.get(key, round_id)
        statement = of.check.statement(statement_id) if of else None
        return statement.title if statement else None

    def weaknesses(self, key: WorkspaceKey, channel_id: str) -> tuple[Weakness, ...]:
        """What the channel's last round of the main check found missing or split, as far as that was shown."""
        of = self._rounds.last_closed(key, channel_id, FIRST)
        return weaknesses(of, lines_of(of, self._ballots.results(key, of.id))) if of else ()

    def names(self, key: WorkspaceKey, round_id: str, page: int = 1) -> NamesView:
        """Who said what, a page of it. Raises Refusal for an anonymous round."""
        of = self.round_over(key, round_id)
        if of.anonymous:
            raise Refusal("That round was anonymous: nobody can tell who said what any more.")
        return self._presenter.names(of, self._ballots.named_votes(key, round_id), page)

    def send_files(self, key: WorkspaceKey, user_id: str, round_id: str) -> bool:
        """Send the board page and the CSV to somebody who runs the round.

        False where files can't be sent: they are told what to do.
        """
        of = self.round_over(key, round_id)
        if not self._policy.may_run(of, user_id):
            raise Declined(self._presenter.refusal(Refused.NOT_YOUR_FILES, of))
        files = self._files(key, of)
        sent = self._gateway.post(user_id, FilesView(of.id, of.name))
        try:
            self._gateway.send_files(sent.channel, files, of.name)
        except SlackRefused as error:
            if error.code != MISSING_SCOPE:
                raise
            self._gateway.edit(sent.channel, sent.ts, FilesView(of.id, of.name, can_send=False))
            return False
        return True

    def _files(self, key: WorkspaceKey, of: Round) -> list[File]:
        page = self._archive.page(key, of, place=self._place(of))
        csv = self._archive.csv(key, of)
        return [
            File(self._archive.file_name(of, "html"), f"Board page: {of.name}", page),
            File(self._archive.file_name(of, "csv"), f"CSV: {of.name}", csv),
        ]

    def _place(self, of: Round) -> str:
        try:
            name = self._gateway.channel(of.channel_id).name
        except ChannelClosed:
            return ""
        return f"#{name}" if name else ""

    def round_over(self, key: WorkspaceKey, round_id: str) -> Round:
        """Raises Refusal for one that has no results."""
        of = existing(self._rounds, key, round_id)
        if of.is_open:
            raise Refusal(STILL_OPEN)
        if of.cancelled:
            raise Refusal(CANCELLED)
        return of
