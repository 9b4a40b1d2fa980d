"""Where the readiness check and accountability meet: what one tells the other, in the other's own words."""

from bot.accountability.commitments.commitment import Commitment, State
from bot.accountability.commitments.store import CommitmentStore
from bot.accountability.outside import Findings
from bot.accountability.rhythm.rating import TeamRates
from bot.accountability.rhythm.store import RateStore
from bot.accountability.sessions.agenda import Finding
from bot.clock import Clock
from bot.keys import WorkspaceKey
from bot.readiness.archive import Promises
from bot.readiness.recalling import KeptSince
from bot.readiness.report import Promised
from bot.readiness.rounds import Round
from bot.readiness.service import ReadinessService
from bot.storage.database import Database

STANDINGS = {
    State.PROPOSED: "proposed",
    State.OPEN: "open",
    State.DONE: "done",
    State.DROPPED: "dropped",
    State.HANDED_OVER: "being handed over",
}


def findings_of(readiness: ReadinessService) -> Findings:
    """What a channel's last readiness round found weak, for the agenda of its sessions."""

    def findings(key: WorkspaceKey, channel_id: str) -> tuple[Finding, ...]:
        return tuple(Finding(**vars(one)) for one in readiness.findings(key, channel_id))

    return findings


def promises_in(database: Database, clock: Clock) -> Promises:
    """What a round's statements have led to, for its board page."""
    commitments = CommitmentStore(database)

    def promised(key: WorkspaceKey, of: Round) -> tuple[Promised, ...]:
        found = commitments.of_round(key, of.channel_id, of.id)
        return tuple(Promised(one.statement_id, one.what, one.due, _standing(one, clock)) for one in found)

    return promised


def kept_since_in(database: Database, clock: Clock) -> KeptSince:
    """What became of a channel's promises, for the opening of a round that repeats."""
    return TeamRates(CommitmentStore(database), RateStore(database), clock).since


def _standing(of: Commitment, clock: Clock) -> str:
    words = STANDINGS[of.state]
    return f"{words}, overdue" if of.is_overdue(clock()) else words
