"""Takes votes: by a button in the thread, or all at once in a modal. Saved means committed."""

import threading
from collections import OrderedDict
from collections.abc import Mapping

from bot.clock import Clock
from bot.errors import Refusal
from bot.keys import WorkspaceKey
from bot.readiness.ballot_store import BallotStore
from bot.readiness.ballots import Outcome, order_mark, order_mark_at
from bot.readiness.checks import Answer, Check
from bot.readiness.finding import existing
from bot.readiness.presenting import Presenter
from bot.readiness.rounds import Round
from bot.readiness.store import RoundStore
from bot.readiness.views import ChaseView, MyAnswersView, Refused, SavedView, VoteForm, read_vote
from bot.slack.messages import Declined

CHECKS_KEPT = 500  # of rounds voted in lately: a check never changes while its round lives
OLD_BUTTON = "That button no longer works. Open the poll's first message and vote from there."


class Voting:
    """What one person does with their own answers."""

    def __init__(self, rounds: RoundStore, ballots: BallotStore, presenter: Presenter, clock: Clock) -> None:
        self._rounds = rounds
        self._ballots = ballots
        self._presenter = presenter
        self._clock = clock
        self._checks: OrderedDict[tuple[WorkspaceKey, str], Check] = OrderedDict()
        self._lock = threading.Lock()

    def cast(self, key: WorkspaceKey, user_id: str, value: str, action_ts: str) -> tuple[str, str]:
        """Save what a button says, ordered by Slack's own time of the click; returns the round and the statement.

        Raises Declined when it doesn't count, and DatabaseUnavailable when it could not be saved.
        """
        round_id, statement_id, answer = read_vote(value) or ("", "", "")
        if not self._check(key, round_id).offers(statement_id, answer):
            raise Refusal(OLD_BUTTON)
        self._save(key, round_id, user_id, {statement_id: Answer(answer)}, mark=_mark(action_ts))
        return round_id, statement_id

    def cast_all(self, key: WorkspaceKey, user_id: str, round_id: str, chosen: Mapping[str, str], receipt: str) -> bool:
        """Save what a modal says, by statement. `receipt` is the same for two deliveries of it. Did anything change?

        Raises as `cast` does.
        """
        check = self._check(key, round_id)
        if not all(check.offers(name, answer) for name, answer in chosen.items()):
            raise Refusal(OLD_BUTTON)
        votes = {name: Answer(answer) for name, answer in chosen.items()}
        return self._save(key, round_id, user_id, votes, mark=order_mark_at(self._clock()), receipt=receipt)

    def form(self, key: WorkspaceKey, user_id: str, round_id: str) -> VoteForm:
        """All statements with the person's answers so far. Raises Declined for those who can't vote."""
        of = self._round(key, round_id)
        if not of.takes_votes(self._clock()):
            raise self._declined(Refused.CLOSED, of)
        if not self._rounds.is_asked(key, round_id, user_id):
            raise self._declined(Refused.NOT_ASKED, of)
        return self._presenter.vote_form(of, self._ballots.answers(key, round_id, user_id))

    def saved(self, key: WorkspaceKey, user_id: str, round_id: str) -> SavedView:
        of = self._round(key, round_id)
        return self._presenter.saved(of, self._ballots.answers(key, round_id, user_id))

    def answers(self, key: WorkspaceKey, user_id: str, round_id: str) -> MyAnswersView:
        """A person's own answers, for themselves alone."""
        of = self._round(key, round_id)
        return self._presenter.my_answers(of, self._ballots.answers(key, round_id, user_id), self._clock())

    def stop_chasing(self, key: WorkspaceKey, user_id: str, round_id: str) -> ChaseView:
        """Remind this person no more of this round; returns what stands in the reminder from then on."""
        of = self._round(key, round_id)
        if not self._rounds.opt_out(key, round_id, user_id):
            raise self._declined(Refused.NOT_ASKED if of.is_open else Refused.CLOSED, of)
        return self._presenter.chase(of, last=False, stopped=True)

    def not_asked(self, key: WorkspaceKey, round_id: str) -> Declined:
        """What people of other companies are told: they may see the buttons, but nobody asked them."""
        return self._declined(Refused.NOT_ASKED, self._round(key, round_id))

    def _save(
        self,
        key: WorkspaceKey,
        round_id: str,
        user_id: str,
        votes: Mapping[str, Answer],
        *,
        mark: int,
        receipt: str = "",
    ) -> bool:
        now = self._clock()
        outcome = self._ballots.cast(key, round_id, user_id, votes, mark=mark, now=now, receipt=receipt)
        if outcome is Outcome.CLOSED:
            raise self._declined(Refused.CLOSED, self._round(key, round_id))
        if outcome is Outcome.NOT_ASKED:
            raise self.not_asked(key, round_id)
        return outcome is Outcome.SAVED

    def _round(self, key: WorkspaceKey, round_id: str) -> Round:
        return existing(self._rounds, key, round_id)

    def _check(self, key: WorkspaceKey, round_id: str) -> Check:
        """Reading a round for each vote would take longer than saving the vote."""
        with self._lock:
            if found := self._checks.get((key, round_id)):
                return found
        check = self._round(key, round_id).check
        with self._lock:
            self._checks[key, round_id] = check
            if len(self._checks) > CHECKS_KEPT:
                self._checks.popitem(last=False)
        return check

    def _declined(self, reason: Refused, of: Round) -> Declined:
        return Declined(self._presenter.refusal(reason, of))


def _mark(action_ts: str) -> int:
    try:
        return order_mark(action_ts)
    except ValueError:
        raise Refusal(OLD_BUTTON) from None
