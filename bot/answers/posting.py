"""Posts answers, once: claims a question before, and finds out what became of a post whose outcome is unknown."""

import logging
from functools import partial

from bot.answers.store import AnswerStore, Question
from bot.clock import Clock
from bot.errors import Unavailable
from bot.keys import WorkspaceKey
from bot.slack.gateway import Gateway, Mark, RateLimited, UnknownOutcome
from bot.slack.ids import ANSWER_EVENT
from bot.slack.pacing import Pacer
from bot.slack.render import View

log = logging.getLogger(__name__)

Learned = dict[str, str | None]


class Poster:
    """Posts the answer to a question and takes down that it did."""

    def __init__(self, store: AnswerStore, gateway: Gateway, pacer: Pacer, clock: Clock) -> None:
        self._store = store
        self._gateway = gateway
        self._pacer = pacer
        self._clock = clock
        self._under_way: set[str] = set()

    def post(self, key: WorkspaceKey, question: Question, view: View, **learned: str | None) -> None:
        """Post a view where the question was asked, now or when the channel's turn comes.

        What was learned of the question is saved before. After an unknown outcome: one look, where the bot may read,
        and at most one more try.
        """
        if question.id in self._under_way:  # it waits for its turn; a look for what a crash left finds it again
            return
        self._under_way.add(question.id)
        self._pacer.send(question.channel_id, partial(self._post_in_turn, key, question, view, learned))

    def _post_in_turn(self, key: WorkspaceKey, question: Question, view: View, learned: Learned) -> None:
        waits = False
        try:
            self._post(key, question, view, learned)
        except RateLimited:
            waits = True
            raise
        finally:
            if not waits:
                self._under_way.discard(question.id)

    def _post(self, key: WorkspaceKey, question: Question, view: View, learned: Learned) -> None:
        try:
            self._attempt(key, question, view, question.sending, learned)
        except UnknownOutcome as error:
            if self.has_arrived(key, question):
                return
            if question.sending:
                raise
            log.warning("question %s: %s; posting its answer once more", question.id, error)
            self._attempt(key, question, view, 1, {})

    def _attempt(self, key: WorkspaceKey, question: Question, view: View, tried: int, learned: Learned) -> None:
        """Post, unless another process is at it: the count of tries decides who is."""
        if not self._store.begin_sending(key, question.id, tried, self._clock(), **learned):
            log.info("question %s: another process answers it", question.id)
            return
        try:
            posted = self._gateway.post(question.channel_id, view, question.reply_ts, _mark(question))
        except RateLimited:  # nothing was posted: the next try counts as this one
            self._store.change(key, question.id, sending=tried, sending_at=None)
            raise
        self._store.change(key, question.id, posted_at=self._clock(), channel_id=posted.channel)

    def has_arrived(self, key: WorkspaceKey, question: Question) -> bool:
        """Is the answer there already? Only a direct message may be read; elsewhere nobody can say."""
        if not question.channel_id.startswith("D"):
            return False
        since = f"{question.asked_at.timestamp() - 60:.6f}"
        try:
            found = self._gateway.posted(question.channel_id, question.reply_ts, _mark(question), since)
        except Unavailable as error:
            log.warning("question %s: could not look whether its answer was posted: %s", question.id, error)
            return False
        if found:
            self._store.change(key, question.id, posted_at=self._clock())
        return found is not None


def _mark(question: Question) -> Mark:
    return Mark(ANSWER_EVENT, question.id)
