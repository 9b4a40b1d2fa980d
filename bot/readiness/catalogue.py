"""The checks that can be run: those in the knowledge, and the reality check of a round that is over."""

from collections.abc import Mapping

from bot.keys import WorkspaceKey
from bot.readiness.ballot_store import BallotStore
from bot.readiness.checks import Check
from bot.readiness.findings import lines_of
from bot.readiness.reality import BASE, reality_check, round_behind
from bot.readiness.store import RoundStore

FIRST = "readiness"  # offered first where nothing else was asked for


class Catalogue:
    """Finds checks by id."""

    def __init__(self, checks: Mapping[str, Check], rounds: RoundStore, ballots: BallotStore) -> None:
        self._checks = checks
        self._rounds = rounds
        self._ballots = ballots

    def offered(self, key: WorkspaceKey, check_id: str = "") -> tuple[Check, ...]:
        """All checks to choose from, the wanted one first."""
        wanted = self.check(key, check_id) or self._checks.get(FIRST)
        others = (check for check in self._checks.values() if wanted is None or check.id != wanted.id)
        return (*([wanted] if wanted else []), *others)

    def check(self, key: WorkspaceKey, check_id: str) -> Check | None:
        round_id = round_behind(check_id)
        return self._reality_check(key, round_id) if round_id else self._checks.get(check_id)

    def has_reality_check(self) -> bool:
        return BASE in self._checks

    def _reality_check(self, key: WorkspaceKey, round_id: str) -> Check | None:
        of, base = self._rounds.get(key, round_id), self._checks.get(BASE)
        if of is None or base is None:
            return None
        return reality_check(base, of, lines_of(of, self._ballots.results(key, of.id)))
