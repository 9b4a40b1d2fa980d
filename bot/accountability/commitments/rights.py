"""Who may change a commitment: its two sides, whoever leads the channel's sessions, and administrators."""

from collections.abc import Collection

from bot.accountability.commitments.commitment import Commitment, demand_right, may_change
from bot.accountability.knowing import Acquaintances
from bot.accountability.leading import Leading
from bot.keys import WorkspaceKey


class Rights:
    """`admins` are the ids of those whom the operator named; Slack's own administrators count as well."""

    def __init__(self, leading: Leading, acquaintances: Acquaintances, admins: Collection[str]) -> None:
        self._leading = leading
        self._acquaintances = acquaintances
        self._admins = admins

    def may_change(self, key: WorkspaceKey, of: Commitment, user_id: str) -> bool:
        """Slack is asked only about those who would be refused otherwise."""
        if may_change(of, user_id, self._facilitator(key, of, user_id), self._admins):
            return True
        return self._acquaintances.is_admin(key, user_id)

    def demand(self, key: WorkspaceKey, of: Commitment, user_id: str) -> None:
        """Refuse, in a friendly way, whoever may not change it."""
        if not self.may_change(key, of, user_id):
            demand_right(of, user_id, self._facilitator(key, of, user_id), self._admins)

    def _facilitator(self, key: WorkspaceKey, of: Commitment, user_id: str) -> str:
        """Of several who lead sessions in its channel, this one, or else one to ask."""
        leading = self._leading.facilitators(key, of.channel_id)
        return user_id if user_id in leading else next(iter(leading), "")
