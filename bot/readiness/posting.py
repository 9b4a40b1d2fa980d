"""Posts the messages of a round, one at a time, so that a crash loses none and doubles none.

Each is claimed in the database before it is posted and marked afterwards. Between the two Slack may have taken it
without our knowing; then it is looked for in the thread, where the bot may read there. Where it may not, it is posted
once more: a statement twice is a small nuisance, one missing a hole in the poll. Votes count on either.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.errors import TryLater
from bot.keys import WorkspaceKey
from bot.readiness import later
from bot.readiness.archive import Archive
from bot.readiness.ballot_store import BallotStore
from bot.readiness.catalogue import Catalogue
from bot.readiness.drawing import digest
from bot.readiness.later import Trouble
from bot.readiness.presenting import Presenter
from bot.readiness.reality import round_behind
from bot.readiness.rounds import MOVEMENT, PARENT, RESULTS, Message, Round
from bot.readiness.store import RoundStore
from bot.readiness.troubles import Troubles
from bot.scheduler.actions import Action, Due
from bot.scheduler.store import saving
from bot.slack.budget import Budget
from bot.slack.gateway import LONGEST_POST, ChannelClosed, Gateway, Mark, SlackRefused, TokenDead
from bot.slack.ids import ROUND_EVENT
from bot.slack.render import View

log = logging.getLogger(__name__)

MOST_TRIES = 2  # of which nobody knows what became; refused tries don't count
PAUSE = timedelta(seconds=1)  # Slack's own pace in a channel
CLOCKS_APART = 60  # seconds that Slack's clock may be away from ours
CHANNEL_CLOSED_FOR = 60.0  # seconds between two looks whether it takes messages again
CLAIMED_FOR = 5.0  # seconds: then another process has posted it, or lets it go


@dataclass(frozen=True)
class Part:
    """A message to be posted. `simpler` says the same without the chart; `under` is the part whose thread it is in."""

    name: str
    view: View
    simpler: View | None = None
    under: str = ""


class RoundPoster:
    """Does what is due: posts the next message that a round lacks."""

    def __init__(
        self,
        rounds: RoundStore,
        ballots: BallotStore,
        archive: Archive,
        catalogue: Catalogue,
        presenter: Presenter,
        gateway: Gateway,
        budget: Budget,
        troubles: Troubles,
        clock: Clock,
    ) -> None:
        self._rounds = rounds
        self._ballots = ballots
        self._archive = archive
        self._catalogue = catalogue
        self._presenter = presenter
        self._gateway = gateway
        self._budget = budget
        self._troubles = troubles
        self._clock = clock

    def post_next(self, key: WorkspaceKey, due: Due) -> Action | None:
        """Post one message; returns the posting of the one after it."""
        of = self._rounds.get(key, due.action.subject)
        if of is None or of.cancelled:
            return None
        known = {message.part: message for message in self._rounds.messages(key, of.id)}
        lacking = [part for part in self._parts(key, of) if not _is_settled(known.get(part.name))]
        if not lacking:
            return None
        if not self._post(key, of, lacking[0], known):
            return None
        rest = lacking[1:]
        return Action(later.POST, of.id, self._clock() + PAUSE, rest[0].name) if rest else None

    def given_up(self, key: WorkspaceKey, due: Due) -> None:
        """What became of a round whose messages Slack has not taken for a day: its starter is told."""
        of = self._rounds.get(key, due.action.subject)
        if of is None or of.cancelled:
            return
        has_begun = any(one.part == PARENT and one.ts for one in self._rounds.messages(key, of.id))
        if of.is_open and not has_begun:
            self._give_up(key, of)
        else:
            self._troubles.tell(key, of, Trouble.REFUSED if of.is_open else Trouble.NO_RESULTS)

    def _parts(self, key: WorkspaceKey, of: Round) -> Iterator[Part]:
        if of.is_open:
            yield Part(PARENT, self._presenter.parent(of, self._ballots.turnout(key, of.id)))
            for statement in of.check.statements:
                yield Part(statement.id, self._presenter.statement(of, statement.id), under=PARENT)
        else:
            yield from self._results(key, of)

    def _results(self, key: WorkspaceKey, of: Round) -> Iterator[Part]:
        results, turnout = self._ballots.results(key, of.id), self._ballots.turnout(key, of.id)
        offers = self._catalogue.has_reality_check() and not round_behind(of.check.id)
        drawn = self._presenter.results(of, results, turnout, reality_check=offers)
        plain = self._presenter.results(of, results, turnout, reality_check=offers, chart=False)
        for number, (view, simpler) in enumerate(zip(drawn, plain, strict=True), 1):
            yield Part(RESULTS if number == 1 else f"{RESULTS}:{number}", view, simpler)
        if earlier := self._archive.earlier(key, of):
            yield Part(MOVEMENT, self._presenter.movement(of, results, earlier), under=RESULTS)

    def _post(self, key: WorkspaceKey, of: Round, part: Part, known: dict[str, Message]) -> bool:
        """Is there anything left to do afterwards? False when the channel takes nothing."""
        message = known.get(part.name) or Message(part.name)
        thread = known[part.under].ts if part.under in known else ""
        if part.under == PARENT and not thread:
            return self._give_up(key, of)
        mark = Mark(ROUND_EVENT, f"{of.id}:{part.name}")
        arrived = self._has_arrived(key, of, part, known, thread, mark) if message.tries else False
        if arrived:
            return True
        if arrived is None and message.tries >= MOST_TRIES:
            log.warning("round %s: posted %s %d times without an answer; leaving it", of.id, part.name, message.tries)
            return self._lose(key, of, part)
        if not self._rounds.begin_posting(key, of.id, part.name, message.tries, self._clock()):
            raise TryLater("another process is at it", CLAIMED_FOR)
        return self._send(key, of, part, message, thread, mark)

    def _send(self, key: WorkspaceKey, of: Round, part: Part, message: Message, thread: str, mark: Mark) -> bool:
        def send() -> str:
            return self._gateway.post(of.channel_id, part.view, thread, mark, part.simpler).ts

        try:
            ts = self._budget.post(key, of.channel_id, send)
        except (TryLater, SlackRefused) as error:  # certainly not posted
            self._rounds.not_posted(key, of.id, part.name, message.tries)
            if isinstance(error, TryLater | TokenDead):
                raise
            return self._refused(key, of, part, error)
        self._rounds.posted(key, of.id, part.name, ts, digest(part.view))
        return True

    def _refused(self, key: WorkspaceKey, of: Round, part: Part, error: SlackRefused) -> bool:
        log.warning("round %s: can't post %s: %s", of.id, part.name, error)
        if not of.is_open:
            self._troubles.tell(key, of, Trouble.NO_RESULTS)
            return False
        if part.name == PARENT:
            return self._give_up(key, of)
        if isinstance(error, ChannelClosed):
            self._troubles.tell(key, of, Trouble.CHANNEL_CLOSED)
            raise TryLater("the channel may be opened again", CHANNEL_CLOSED_FOR) from error
        return self._lose(key, of, part)

    def _lose(self, key: WorkspaceKey, of: Round, part: Part) -> bool:
        """Go on without it. Told first: a crash in between tells it twice at most, the other way round never."""
        if not of.is_open:
            self._troubles.tell(key, of, Trouble.NO_RESULTS)
        elif part.name != PARENT:  # what becomes of a round without its first message is told by itself
            self._troubles.tell(key, of, Trouble.REFUSED)
        self._rounds.lose(key, of.id, part.name)
        return True

    def _give_up(self, key: WorkspaceKey, of: Round) -> bool:
        """A round that nobody can see is none: the starter may try again at once."""
        now = self._clock()
        changes = later.on_cancel(of, later.trouble(of, Trouble.NOT_STARTED, now))
        self._ballots.cancel(key, of.id, now, also=saving(key, changes))
        return False

    def _has_arrived(
        self, key: WorkspaceKey, of: Round, part: Part, known: dict[str, Message], thread: str, mark: Mark
    ) -> bool | None:
        """Did an earlier try take effect? None where the bot may not read, so that nobody can say."""
        try:
            ts = self._gateway.posted(of.channel_id, thread, mark, *_around(of, known, part))
        except SlackRefused as error:
            log.info("round %s: can't look whether %s was posted: %s", of.id, part.name, error)
            return None
        if ts:
            self._rounds.posted(key, of.id, part.name, ts)
        return ts is not None


def _around(of: Round, known: dict[str, Message], part: Part) -> tuple[str, str]:
    """From when to when to look for a message: around the moment it was begun, and after the ones before it."""
    begun = (known[part.name].begun_at or of.opened_at).timestamp()
    since = max(f"{begun - CLOCKS_APART:.6f}", *(one.ts for one in known.values()))
    return since, f"{begun + LONGEST_POST + CLOCKS_APART:.6f}"


def _is_settled(message: Message | None) -> bool:
    return message is not None and bool(message.ts or message.gone)
