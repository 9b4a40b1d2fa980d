"""The reality check: the three questions of the guidance, asked of what a round found missing or seen differently."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.readiness.checks import Check
from bot.readiness.consensus import Consensus
from bot.readiness.findings import Line, by_class
from bot.readiness.rounds import Round

BASE = "reality-check"
OF = "reality-check:"  # and the id of the round whose findings it is about
LISTED = 40  # characters of a title


def round_behind(check_id: str) -> str:
    """The id of the round that a reality check is about; empty for any other check."""
    return check_id.removeprefix(OF) if check_id.startswith(OF) else ""


def weak(lines: Iterable[Line]) -> tuple[Line, ...]:
    """What it is about, in the order in which to talk about it."""
    classes = by_class(lines)
    return classes[Consensus.SPLIT] + classes[Consensus.GAP]


@dataclass(frozen=True)
class Weakness:
    """A gap or a split of a round, as the rest of the bot may know it: nothing of how anybody voted."""

    round_id: str
    statement_id: str
    title: str
    is_split: bool
    card: str


def weaknesses(of: Round, lines: Iterable[Line]) -> tuple[Weakness, ...]:
    found = ((line.statement, line.consensus is Consensus.SPLIT) for line in weak(lines))
    return tuple(Weakness(of.id, one.id, one.title, is_split, one.card) for one, is_split in found)


def reality_check(base: Check, of: Round, lines: Iterable[Line]) -> Check | None:
    """The base check, about these statements; None where nothing is missing or split.

    It is a check of its own for each round: “these actions” are others each time, so its answers compare with none.
    """
    found = weak(lines)
    if not found:
        return None
    named = "; ".join(f"{line.number} · {_short(line.statement.title)}" for line in found)
    about = f"These actions are the ones behind what we called missing or saw differently: {named}."
    return replace(base, id=f"{OF}{of.id}", intro=f"{about}\n\n{base.intro}", about=of.id)


def _short(title: str) -> str:
    return title if len(title) <= LISTED else f"{title[: LISTED - 1].rstrip()}…"
