"""What may be told of a round, statement by statement: Slack, the CSV and the board page all say it from here.

The decision which tallies may be shown was made at the close (disclosure.py). It is not trusted blindly here: whatever
the results say, an open anonymous round, a cancelled one, and a group below the smallest give nothing but the reason.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from bot.readiness.checks import Statement
from bot.readiness.consensus import Consensus, Direction, Movement, Overlap, consensus_of, movement
from bot.readiness.disclosure import Withheld
from bot.readiness.rounds import Result, Round
from bot.readiness.tally import Tally

UNCLEAR = Movement(Direction.UNCLEAR)


@dataclass(frozen=True)
class Earlier:
    """The round before, to compare with, and how many voted in it, in this one, and in both."""

    round: Round
    results: tuple[Result, ...]
    overlap: Overlap


@dataclass(frozen=True)
class Line:
    """What may be told of a statement: a tally and its class, or in `withheld` a sentence why there is none.

    `number` counts from 1 in the check's order. A group too small to be shown has a class: too few. `reason` is why the
    close withheld it, if it did. `before` is the tally of the round before, where that may be told.
    """

    number: int
    statement: Statement
    tally: Tally | None
    consensus: Consensus | None
    reason: Withheld | None = None
    withheld: str = ""
    before: Tally | None = None
    moved: Movement = UNCLEAR


def lines_of(of: Round, results: Iterable[Result], earlier: Earlier | None = None) -> tuple[Line, ...]:
    """One line a statement, in the check's order, whatever the results leave out."""
    found = {result.statement_id: result for result in results}
    lines = []
    for number, statement in enumerate(of.check.statements, 1):
        tally, reason = _shown(of, found.get(statement.id))
        before = _before(statement, earlier)
        moved = _moved(of, tally, before, earlier)
        withheld = reason if isinstance(reason, Withheld) else None
        consensus = _class(of, tally, reason)
        lines.append(Line(number, statement, tally, consensus, withheld, _sentence(of, reason), before, moved))
    return tuple(lines)


def by_class(lines: Iterable[Line]) -> dict[Consensus | None, tuple[Line, ...]]:
    """In the order in which to talk about them: by class, the weaker first; None, what is not shown, comes last.

    Every class is named, also where no statement is of it.
    """
    ordered = sorted(lines, key=_strength)
    return {one: tuple(line for line in ordered if line.consensus is one) for one in (*Consensus, None)}


def _strength(line: Line) -> tuple[bool, Fraction]:
    """Of those that nobody could say anything of, those with a tally come first."""
    share = line.tally.share if line.tally else None
    return line.tally is None, Fraction(-1) if share is None else share


def turnout(of: Round) -> str:
    if of.voters is None:
        return f"{of.asked} asked, still open" if of.is_open else f"{of.asked} asked"
    return f"{of.voters} of {of.asked}"


def percent(share: Fraction) -> str:
    """Without the sign, and with one decimal where it is needed: a share just below a threshold must not look like it.

    Where even that would look like a whole percent that it is not, more decimals are shown.
    """
    exact = share * 100
    for digits in (0, 1, 2, 3):
        shown = rounded(exact, digits)
        if Fraction(shown) == exact or (digits and Fraction(shown).denominator != 1):
            break
    return str(shown)


def _shown(of: Round, result: Result | None) -> tuple[Tally | None, Withheld | str]:
    if of.cancelled:
        return None, "The round was cancelled."
    if of.is_open and not of.shows_live:
        return None, "Results are shown at the close."
    if result is None:
        return None, "There is no result."
    if result.withheld or result.tally is None:
        return None, result.withheld or "There is no result."
    if of.anonymous and result.tally.respondents < of.smallest_group:
        return None, Withheld.TOO_FEW
    return result.tally, ""


def _class(of: Round, tally: Tally | None, reason: Withheld | str) -> Consensus | None:
    if tally is None:
        return Consensus.TOO_FEW if reason is Withheld.TOO_FEW else None
    return consensus_of(tally, of.check.thresholds, of.smallest_group)


def _sentence(of: Round, reason: Withheld | str) -> str:
    if reason is Withheld.TOO_FEW:
        return f"Fewer than {of.smallest_group} people answered."
    if reason is Withheld.TOO_CLOSE:
        return f"Beside an earlier result it would single out fewer than {of.smallest_group} people."
    return str(reason)


def _before(statement: Statement, earlier: Earlier | None) -> Tally | None:
    """A statement that was worded otherwise was another statement."""
    if earlier is None or earlier.round.check.statement(statement.id) != statement:
        return None
    results = {result.statement_id: result for result in earlier.results}
    return _shown(earlier.round, results.get(statement.id))[0]


def _moved(of: Round, tally: Tally | None, before: Tally | None, earlier: Earlier | None) -> Movement:
    if earlier is None:
        return UNCLEAR
    return movement(before, tally, earlier.overlap, max(of.smallest_group, earlier.round.smallest_group))


def rounded(number: Fraction, digits: int) -> Decimal:
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
