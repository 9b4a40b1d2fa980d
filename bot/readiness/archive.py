"""What is kept of a round, ready to leave the bot: as CSV or as the page for the board, beside the round before it."""

import re
from collections.abc import Callable, Mapping, Sequence
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.keys import WorkspaceKey
from bot.readiness.ballot_store import BallotStore
from bot.readiness.export import round_csv
from bot.readiness.findings import Earlier
from bot.readiness.report import BoardPage, Guidance, Promised, Report
from bot.readiness.rounds import Result, Round
from bot.readiness.store import RoundStore
from bot.slack.moments import zone_named

Promises = Callable[[WorkspaceKey, Round], Sequence[Promised]]


def nothing_promised(_key: WorkspaceKey, _of: Round) -> Sequence[Promised]:
    return ()


class Archive:
    """Reads rounds for whoever may have them. Of one that may not be told, the files say so and nothing else.

    `promised` tells what was taken on because of a round.
    """

    def __init__(
        self,
        rounds: RoundStore,
        ballots: BallotStore,
        page: BoardPage,
        guidance: Mapping[str, Guidance],
        clock: Clock,
        promised: Promises = nothing_promised,
    ) -> None:
        self._rounds = rounds
        self._ballots = ballots
        self._board = page
        self._guidance = guidance
        self._clock = clock
        self._promised = promised

    def earlier(self, key: WorkspaceKey, of: Round) -> Earlier | None:
        """The round to compare with: the same check in the same channel, closed last before this one was opened.

        None for a round that is open or was cancelled: nobody is known to have voted in both.
        """
        last = None if of.is_open or of.cancelled else self._rounds.previous(key, of)
        if last is None:
            return None
        return Earlier(last, self._results(key, last), self._ballots.overlap(key, last.id, of.id))

    def csv(self, key: WorkspaceKey, of: Round, zone: ZoneInfo | None = None) -> bytes:
        """The round for a spreadsheet, which knows by the first bytes that it is UTF-8.

        Times are those of the zone or, without one, of the starter's.
        """
        there = zone or zone_named(of.zone)
        return round_csv(of, self._results(key, of), self.earlier(key, of), there).encode("utf-8-sig")

    def page(self, key: WorkspaceKey, of: Round, zone: ZoneInfo | None = None, place: str = "") -> bytes:
        """The round for the board. `place` is the channel as its readers know it; empty leaves it out."""
        results, made_at = self._results(key, of), self._clock()
        there = zone or zone_named(of.zone)
        promised = tuple(self._promised(key, of))
        report = Report(of, results, made_at, there, self._guidance, self.earlier(key, of), place, promised)
        return self._board.render(report).encode()

    def file_name(self, of: Round, ending: str) -> str:
        """A name that is safe on every system; `ending` comes without its dot. The day is that of the opening, UTC."""
        parts = (of.check.id, f"{of.opened_at:%Y-%m-%d}", of.id)
        return "-".join(filter(None, map(_safe, parts))) + f".{ending}"

    def _results(self, key: WorkspaceKey, of: Round) -> tuple[Result, ...]:
        """What the close published or, while a round is open and shows them, what everybody sees by now."""
        if of.shows_live:
            return tuple(Result(name, tally) for name, tally in self._ballots.live(key, of.id).items())
        return tuple(self._ballots.results(key, of.id))


def _safe(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")
