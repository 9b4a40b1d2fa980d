"""Every deed that may be done to a commitment, by whoever may, told to whoever it concerns."""

import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from bot.accountability import later
from bot.accountability.commitments import commitment as deeds
from bot.accountability.commitments.commitment import Change, Commitment, Deed, Step
from bot.accountability.commitments.rights import Rights
from bot.accountability.commitments.sides import told
from bot.accountability.commitments.store import CommitmentStore
from bot.accountability.knowing import Acquaintances
from bot.accountability.leading import Leading
from bot.errors import Refusal, Unavailable
from bot.keys import WorkspaceKey
from bot.scheduler.actions import Changes
from bot.scheduler.store import saving
from bot.surroundings import Surroundings

TRIES = 2  # of two people who act at once, the second decides anew
AT_ONCE = timedelta(minutes=1)  # the same click by the same person within this is the same deed

GONE = "I don't know that commitment any more. `/cco mine` lists yours, `/cco commitments` those of a channel."
QUICKER = "Somebody else changed this at the same moment. Look at it again, and repeat it if it is still needed."

UNTOLD = "Slack didn't tell me about that person just now. Try once more in a moment."
WHO_IS_IT = "Slack doesn't tell me just now whether you are one of us. Press it again in a moment."

log = logging.getLogger(__name__)

Decide = Callable[[Commitment, datetime], Step]


class Doing:
    """The use cases on one commitment. Each raises a Refusal for whoever may not, or what can't be.

    What was done is saved with its history, with the looks of `later.on_change`, and with what others are told.
    """

    def __init__(self, around: Surroundings, acquaintances: Acquaintances, admins: Collection[str] = ()) -> None:
        self._store = CommitmentStore(around.database)
        self._acquaintances = acquaintances
        self._clock = around.clock
        self._wake = around.wake
        self.rights = Rights(Leading(around.database), acquaintances, admins)

    def get(self, key: WorkspaceKey, commitment_id: str) -> Commitment:
        found = self._store.get(key, commitment_id)
        if found is None:
            raise Refusal(GONE)
        return found

    def changes(self, key: WorkspaceKey, commitment_id: str) -> list[Change]:
        """All that was done to it, the first first."""
        return self._store.changes(key, commitment_id)

    def problem_with(self, key: WorkspaceKey, user_id: str) -> str:
        """Why somebody can't take anything on, in one sentence; empty when they can. Two seconds at most."""
        try:
            return self._acquaintances.why_not(key, user_id)
        except Unavailable as error:
            log.warning("can't tell whether somebody may own a commitment: %s", error)
            return UNTOLD

    def refuse_outsider(self, key: WorkspaceKey, user_id: str, sentence: str) -> None:
        """For whoever the payload can't tell from a colleague of another workspace of our organisation."""
        try:
            is_ours = self._acquaintances.is_ours(key, user_id)
        except Unavailable as error:
            log.warning("can't tell whether somebody is one of us: %s", error)
            raise Refusal(WHO_IS_IT) from None
        if not is_ours:
            raise Refusal(sentence)

    # Answers

    def accept(self, key: WorkspaceKey, commitment_id: str, by: str) -> Commitment:
        return self._click(key, commitment_id, by, Deed.ACCEPT, lambda of, now: deeds.accept(of, by, now))

    def propose_date(
        self, key: WorkspaceKey, commitment_id: str, by: str, due: datetime, reason: str = ""
    ) -> Commitment:
        return self._do(key, commitment_id, by, lambda of, now: deeds.propose_date(of, by, due, now, reason))

    def decline(self, key: WorkspaceKey, commitment_id: str, by: str, reason: str) -> Commitment:
        return self._click(key, commitment_id, by, Deed.DECLINE, lambda of, now: deeds.decline(of, by, reason, now))

    def accept_date(self, key: WorkspaceKey, commitment_id: str, by: str) -> Commitment:
        return self._click(key, commitment_id, by, Deed.ACCEPT_DATE, lambda of, now: deeds.accept_date(of, by, now))

    def keep_date(self, key: WorkspaceKey, commitment_id: str, by: str) -> Commitment:
        return self._click(key, commitment_id, by, Deed.KEEP_DATE, lambda of, now: deeds.keep_date(of, by, now))

    # Renegotiating

    def finish(self, key: WorkspaceKey, commitment_id: str, by: str) -> Commitment:
        return self._click(key, commitment_id, by, Deed.FINISH, lambda of, now: deeds.finish(of, by, now))

    def new_date(self, key: WorkspaceKey, commitment_id: str, by: str, due: datetime, reason: str = "") -> Commitment:
        """Set another date, or propose it where the owner was only asked so far."""

        def was(last: Change) -> bool:
            return last.deed is Deed.NEW_DATE and last.due == due

        return self._once(key, commitment_id, by, was, lambda of, now: deeds.new_date(of, by, due, now, reason))

    def hand_over(self, key: WorkspaceKey, commitment_id: str, by: str, to: str, reason: str = "") -> Commitment:
        """Ask somebody else to take it on. Asks Slack about them for two seconds at most."""
        if problem := self.problem_with(key, to) if to else "":
            raise Refusal(problem)

        def was(last: Change) -> bool:
            return last.deed is Deed.HAND_OVER and last.owner == to

        return self._once(key, commitment_id, by, was, lambda of, now: deeds.hand_over(of, by, to, now, reason))

    def drop(self, key: WorkspaceKey, commitment_id: str, by: str, reason: str) -> Commitment:
        return self._click(key, commitment_id, by, Deed.DROP, lambda of, now: deeds.drop(of, by, reason, now))

    def need_help(self, key: WorkspaceKey, commitment_id: str, by: str, tried: str = "") -> Commitment:
        return self._do(key, commitment_id, by, lambda of, now: deeds.need_help(of, by, now, tried))

    def got_it(self, key: WorkspaceKey, commitment_id: str, by: str) -> Commitment:
        return self._click(key, commitment_id, by, Deed.GOT_IT, lambda of, now: deeds.got_it(of, by, now))

    def snooze(self, key: WorkspaceKey, commitment_id: str, by: str, until: datetime) -> Commitment:
        return self._do(key, commitment_id, by, lambda of, now: deeds.snooze(of, by, until, now))

    def demand(self, key: WorkspaceKey, commitment_id: str, by: str) -> Commitment:
        """The commitment, for a deed or a form that asks for one. Refused where it has ended, or they may not."""
        of = self.get(key, commitment_id)
        deeds.demand_live(of)
        self.rights.demand(key, of, by)
        return of

    def _click(self, key: WorkspaceKey, commitment_id: str, by: str, deed: Deed, decide: Decide) -> Commitment:
        """A deed of which there is no second one to the same commitment."""
        return self._once(key, commitment_id, by, lambda last: last.deed is deed, decide)

    def _once(
        self, key: WorkspaceKey, commitment_id: str, by: str, was: Callable[[Change], bool], decide: Decide
    ) -> Commitment:
        """When it comes twice, or is repeated because no answer came in time, the second changes nothing and nobody
        hears of it. `was` tells from the last change of the same person whether that was it."""
        try:
            return self._do(key, commitment_id, by, decide)
        except Refusal:
            last = self._last_change(key, commitment_id)
            if last is None or last.by != by or not was(last) or self._clock() - last.at > AT_ONCE:
                raise
            return self.get(key, commitment_id)

    def _do(self, key: WorkspaceKey, commitment_id: str, by: str, decide: Decide) -> Commitment:
        for _ in range(TRIES):
            of = self.demand(key, commitment_id, by)
            now = self._clock()
            new, change = decide(of, now)
            if self._is_repeat(key, of, new, change):
                return of
            if self._store.save(key, new, change, also=saving(key, _entailed(of, new, change, now))):
                self._wake()
                return new
        raise Refusal(QUICKER)

    def _is_repeat(self, key: WorkspaceKey, of: Commitment, new: Commitment, change: Change) -> bool:
        """Is it what this person did just now already, with nothing left to change?"""
        if not deeds.is_same(of, new):
            return False
        last = self._last_change(key, of.id)
        return last is not None and deeds.is_same_deed(last, change) and change.at - last.at <= AT_ONCE

    def _last_change(self, key: WorkspaceKey, commitment_id: str) -> Change | None:
        changes = self._store.changes(key, commitment_id)
        return changes[-1] if changes else None


def _entailed(before: Commitment, after: Commitment, change: Change, now: datetime) -> Changes:
    looks = later.on_change(after, now, before.owner).new
    return Changes(new=(*looks, *(later.tell(after, user_id, now) for user_id in told(before, after, change))))
