"""What this wing is told by the rest of the bot: plain functions, which tell nothing where there is nobody to ask."""

from collections.abc import Callable, Sequence

from bot.accountability.sessions.agenda import Finding
from bot.accountability.sessions.guidance_piece import Piece
from bot.keys import WorkspaceKey

StatementOf = Callable[[WorkspaceKey, str, str], str | None]  # the title of a round's statement
Findings = Callable[[WorkspaceKey, str], Sequence[Finding]]  # what a channel's last readiness round found weak
Guidance = Callable[[str], Piece | None]  # what a card says, by its id; None where there is no such card


def no_statement(_key: WorkspaceKey, _round_id: str, _statement_id: str) -> str | None:
    return None


def no_findings(_key: WorkspaceKey, _channel_id: str) -> Sequence[Finding]:
    return ()


def no_guidance(_card_id: str) -> Piece | None:
    return None
