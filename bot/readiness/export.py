"""A round as CSV: what may be told of it, for a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from bot.readiness.consensus import Consensus
from bot.readiness.findings import Earlier, Line, lines_of, percent, rounded, turnout
from bot.readiness.rounds import Result, Round
from bot.readiness.times import on_the_wall

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


def neutral(text: str) -> str:
    """Text for a cell: on one line, and no spreadsheet takes any of it for a formula."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return FORMULA_START.sub(r"\1'", line)


def _head(of: Round, earlier: Earlier | None, zone: ZoneInfo) -> list[tuple[str, ...]]:
    limits = of.check.thresholds
    rows: list[tuple[str, ...]] = [
        ("Round", neutral(of.name), neutral(of.id)),
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
        "" if share is None else str(rounded(share, 4)),
        CLASSES[line.consensus] if line.consensus else "",
        "" if change is None else line.moved.direction.value,
        "" if change is None else str(rounded(abs(change) * 100, 1)),  # a minus would look like a formula
        line.withheld,
    )
