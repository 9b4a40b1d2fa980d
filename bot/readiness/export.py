"""What of a round may leave the bot, statement by statement, and the same as CSV.

The decision which tallies may be shown was made at the close (disclosure.py). It is not trusted blindly here: whatever
the results say, an open anonymous round, a cancelled one, and a group below the smallest give nothing but the reason.
"""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from bot.readiness.checks import Statement
from bot.readiness.consensus import Consensus, Direction, Movement, Overlap, consensus_of, movement
from bot.readiness.disclosure import Withheld
from bot.readiness.rounds import Result, Round
from bot.readiness.tally import Tally
from bot.readiness.times import on_the_wall

UNCLEAR = Movement(Direction.UNCLEAR)
CLASSES = {
    Consensus.SPLIT: "split",
    Consensus.GAP: "agreed gap",
    Consensus.TOO_FEW: "too few answers",
    Consensus.STRONG: "agreed strong",
}
COLUMNS = (
    "Number",
    "Statement",
    "Text",
    "Yes",
    "No",
    "Not sure",
    "Not my area",
    "Share of Yes",
    "Class",
    "Movement",
    "Points moved",
    "Not shown because",
)
FORMULA = "=+\\-@＝＋－＠"  # the wide ones count in some spreadsheets as well
# A spreadsheet set to a language with decimal commas splits at semicolons instead.
FORMULA_START = re.compile(rf"""(^|[;|])(?=["'\s]*[{FORMULA}])""")


@dataclass(frozen=True)
class Earlier:
    """The round before, to compare with, and how many voted in it, in this one, and in both."""

    round: Round
    results: tuple[Result, ...]
    overlap: Overlap


@dataclass(frozen=True)
class Line:
    """What may be told of a statement: a tally and its class, or in `withheld` a sentence why there is none.

    `number` counts from 1 in the check's order. A group too small to be shown has a class: too few.
    """

    number: int
    statement: Statement
    tally: Tally | None
    consensus: Consensus | None
    moved: Movement = UNCLEAR
    withheld: str = ""


def lines_of(of: Round, results: Iterable[Result], earlier: Earlier | None = None) -> tuple[Line, ...]:
    """One line a statement, in the check's order, whatever the results leave out."""
    found = {result.statement_id: result for result in results}
    before = {result.statement_id: result for result in earlier.results} if earlier else {}
    lines = []
    for number, statement in enumerate(of.check.statements, 1):
        tally, reason = _shown(of, found.get(statement.id))
        moved = _moved(of, statement, tally, earlier, before.get(statement.id))
        lines.append(Line(number, statement, tally, _class(of, tally, reason), moved, _sentence(of, reason)))
    return tuple(lines)


def round_csv(
    of: Round, results: Iterable[Result], earlier: Earlier | None = None, zone: ZoneInfo | None = None
) -> str:
    """The round as RFC 4180 has it: every row as long as the others, lines ended by CR LF.

    For a spreadsheet to see that it is UTF-8, write it to a file as `utf-8-sig`.
    """
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    for row in _head(of, earlier, zone or ZoneInfo("UTC")):
        writer.writerow([*row, *[""] * (len(COLUMNS) - len(row))])
    writer.writerow(COLUMNS)
    writer.writerows(_row(line) for line in lines_of(of, results, earlier))
    return written.getvalue()


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
        rounded = _rounded(exact, digits)
        if Fraction(rounded) == exact or (digits and Fraction(rounded).denominator != 1):
            break
    return str(rounded)


def neutral(text: str) -> str:
    """Text for a cell: on one line, and no spreadsheet takes any of it for a formula."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return FORMULA_START.sub(r"\1'", line)


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


def _moved(
    of: Round, statement: Statement, tally: Tally | None, earlier: Earlier | None, result: Result | None
) -> Movement:
    """A statement that was worded otherwise was another statement."""
    if earlier is None or earlier.round.check.statement(statement.id) != statement:
        return UNCLEAR
    before, _ = _shown(earlier.round, result)
    return movement(before, tally, earlier.overlap, max(of.smallest_group, earlier.round.smallest_group))


def _head(of: Round, earlier: Earlier | None, zone: ZoneInfo) -> list[tuple[str, ...]]:
    limits = of.check.thresholds
    rows: list[tuple[str, ...]] = [
        ("Round", neutral(of.title or of.check.title), neutral(of.id)),
        ("Check", neutral(of.check.title), neutral(of.check.id)),
        ("Turnout", turnout(of)),
        ("Opened", on_the_wall(of.opened_at, zone)),
        ("Deadline", on_the_wall(of.deadline, zone)),
        ("Closed", on_the_wall(of.closed_at, zone) if of.closed_at else "still open"),
        ("Votes", f"anonymous, no group below {of.smallest_group} shown" if of.anonymous else "by name"),
        ("Agreed strong from", f"{percent(limits.strong)} % Yes among Yes, No and Not sure"),
        ("Agreed gap up to", f"{percent(limits.gap)} % Yes among Yes, No and Not sure"),
    ]
    if earlier:
        rows.append(("Also voted last time", f"{earlier.overlap.both} of {earlier.overlap.later}"))
    return rows


def _row(line: Line) -> tuple[str, ...]:
    tally, share = line.tally, line.tally.share if line.tally else None
    counts = (tally.yes, tally.no, tally.not_sure, tally.not_my_area) if tally else ("",) * 4
    change = line.moved.change
    return (
        str(line.number),
        neutral(line.statement.title),
        neutral(line.statement.text),
        *map(str, counts),
        "" if share is None else str(_rounded(share, 4)),
        CLASSES[line.consensus] if line.consensus else "",
        "" if change is None else line.moved.direction.value,
        "" if change is None else str(_rounded(abs(change) * 100, 1)),  # a minus would look like a formula
        line.withheld,
    )


def _rounded(number: Fraction, digits: int) -> Decimal:
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
