"""What this wing is told by the rest of the bot: plain functions, which tell nothing where there is nobody to ask."""

from collections.abc import Callable, Sequence

from bot.accountability.sessions.agenda import Finding
from bot.keys import WorkspaceKey

StatementOf = Callable[[WorkspaceKey, str, str], str | None]  # the title of a round's statement
Findings = Callable[[WorkspaceKey, str], Sequence[Finding]]  # what a channel's last readiness round found weak


def no_statement(_key: WorkspaceKey, _round_id: str, _statement_id: str) -> str | None:
    return None


def no_findings(_key: WorkspaceKey, _channel_id: str) -> Sequence[Finding]:
    return ()
