"""Recalls, for a round that starts by itself, what became of promises since the last one and what moved in that one."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from bot.keys import WorkspaceKey
from bot.readiness.archive import Archive
from bot.readiness.ballot_store import BallotStore
from bot.readiness.consensus import Direction
from bot.readiness.findings import lines_of
from bot.readiness.rounds import Round, SinceLast
from bot.readiness.store import RoundStore


class Kept(Protocol):
    """How many promises were kept, and how many missed."""

    @property
    def kept(self) -> int: ...
    @property
    def missed(self) -> int: ...


KeptSince = Callable[[WorkspaceKey, str, datetime], Kept | None]


def nothing_kept(_key: WorkspaceKey, _channel_id: str, _since: datetime) -> Kept | None:
    return None


class Recalling:
    """`kept_since` tells what became of a channel's promises, as far as that may be told."""

    def __init__(self, rounds: RoundStore, ballots: BallotStore, archive: Archive, kept_since: KeptSince) -> None:
        self._rounds = rounds
        self._ballots = ballots
        self._archive = archive
        self._kept_since = kept_since

    def since_last(self, key: WorkspaceKey, new: Round) -> SinceLast | None:
        """None where there was no round before, or nothing of it can be told."""
        last = self._rounds.previous(key, new)
        if last is None or last.closed_at is None:
            return None
        since, kept = self._moved(key, last, last.closed_at), self._kept_since(key, new.channel_id, last.closed_at)
        if kept is not None:
            since = replace(since, kept=kept.kept, missed=kept.missed)
        return None if since.is_empty else since

    def _moved(self, key: WorkspaceKey, last: Round, closed_at: datetime) -> SinceLast:
        """What its results moved to from those of the round before it."""
        lines = lines_of(last, self._ballots.results(key, last.id), self._archive.earlier(key, last))
        ways = Counter(line.moved.direction for line in lines)
        if ways[Direction.UNCLEAR] == len(lines):
            return SinceLast(closed_at)
        return SinceLast(closed_at, up=ways[Direction.UP], down=ways[Direction.DOWN], same=ways[Direction.SAME])
