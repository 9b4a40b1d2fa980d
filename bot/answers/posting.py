"""Posts answers, and finds out what became of a post whose outcome is unknown."""

import logging

from bot.answers.store import AnswerStore, Question
from bot.clock import Clock
from bot.errors import Unavailable
from bot.keys import WorkspaceKey
from bot.slack.gateway import Gateway, UnknownOutcome
from bot.slack.render import View

log = logging.getLogger(__name__)


class Poster:
    """Posts the answer to a question and takes down that it did."""

    def __init__(self, store: AnswerStore, gateway: Gateway, clock: Clock) -> None:
        self._store = store
        self._gateway = gateway
        self._clock = clock

    def post(self, key: WorkspaceKey, question: Question, view: View, **learned: str | None) -> None:
        """Post a view where the question was asked; what was learned of the question is saved before.

        After an unknown outcome: one look, where the bot may read, and at most one more try.
        """
        attempt = question.sending + 1
        try:
            self._attempt(key, question, view, sending=attempt, **learned)
        except UnknownOutcome as error:
            if self.has_arrived(key, question):
                return
            if attempt > 1:
                raise
            log.warning("question %s: %s; posting its answer once more", question.id, error)
            self._attempt(key, question, view, sending=attempt + 1)

    def _attempt(self, key: WorkspaceKey, question: Question, view: View, **values: str | int | None) -> None:
        self._store.change(key, question.id, **values)
        channel = self._gateway.post(question.channel_id, view, question.reply_ts, question.id)
        self._store.change(key, question.id, posted_at=self._clock(), channel_id=channel)

    def has_arrived(self, key: WorkspaceKey, question: Question) -> bool:
        """Is the answer there already? Only a direct message may be read; elsewhere nobody can say."""
        if not question.channel_id.startswith("D"):
            return False
        since = f"{question.asked_at.timestamp() - 60:.6f}"
        try:
            found = self._gateway.posted(question.channel_id, question.reply_ts, question.id, since)
        except Unavailable as error:
            log.warning("question %s: could not look whether its answer was posted: %s", question.id, error)
            return False
        if found:
            self._store.change(key, question.id, posted_at=self._clock())
        return found is not None
