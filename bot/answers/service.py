"""The use cases of this wing: load, decide, save, say."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from bot.answers.advisor import Advice, Advisor
from bot.answers.cards import Card
from bot.answers.decision import Outcome
from bot.answers.followups import may_follow_up
from bot.answers.posting import Poster
from bot.answers.presenting import Presenter
from bot.answers.store import AnswerStore, Feedback, Question
from bot.answers.views import (
    AnswerView,
    FeedbackForm,
    FollowUpAnswer,
    FollowUpForm,
    HelpView,
    HomeView,
    Promised,
    buttons,
    detail,
)
from bot.answers.words import clean
from bot.clock import Clock
from bot.errors import Refusal
from bot.keys import WorkspaceKey
from bot.slack.render import View

PromisedBy = Callable[[WorkspaceKey, str], tuple[int, int]]  # how much of somebody's is open, and overdue

log = logging.getLogger(__name__)

TEXT_KEPT = timedelta(days=1)  # how long the buttons of an answer may still need the question's words
TOPIC_KEPT = timedelta(days=1)  # how long a conversation stays on its topic
RESUMED = timedelta(hours=1)  # questions older than this are not answered after a restart: the asker has moved on
GRACE = timedelta(seconds=90)  # longer than posting an answer can take: another process may be at it

CARD_GONE = "That card is no longer part of the guidance. Ask me in your own words and I'll look for what replaced it."
TOO_OLD = "That answer is too old for this button. Ask me again and I'll answer afresh."


class AnswerService:
    """Answers questions and remembers what came of them."""

    def __init__(
        self,
        advisor: Advisor,
        store: AnswerStore,
        poster: Poster,
        clock: Clock,
        *,
        contact: str = "",
        retention: timedelta = timedelta(days=90),
        grace: timedelta = GRACE,
        promised: PromisedBy | None = None,
    ) -> None:
        self._advisor = advisor
        self._store = store
        self._clock = clock
        self._presenter = Presenter(advisor, clock)
        self._poster = poster
        self._contact = contact
        self._retention = retention
        self._grace = grace
        self._promised = promised

    def receive(self, key: WorkspaceKey, question: Question) -> bool:
        """Write a question down before anything else. False when this delivery was seen before."""
        return self._store.add(key, question)

    def is_answered(self, key: WorkspaceKey, question_id: str) -> bool:
        """Was a question, seen before, answered as well? When not, its second delivery is its second chance."""
        question = self._store.get(key, question_id)
        return question is not None and question.posted_at is not None

    def answer(self, key: WorkspaceKey, question: Question, asked_by: str = "", topic: str | None = None) -> None:
        """Answer where the question was asked: in its thread, or in the direct message.

        `topic` is the card that a follow-up names; without it the conversation's last one counts.
        """
        advice = self._advisor.ask(question.text or "", topic or self._topic(key, question))
        learned = _learned(advice)
        view = self._presenter.advice(question, advice, kept=learned["kept_as"] is not None, asked_by=asked_by)
        self._poster.post(key, question, view, **learned)

    def answer_privately(self, key: WorkspaceKey, question: Question, note: str = "") -> View:
        """The answer for the asker alone, to be shown by the caller."""
        advice = self._advisor.ask(question.text or "")  # it starts afresh; its follow-ups come by button
        learned = _learned(advice)
        self._store.change(key, question.id, posted_at=self._clock(), **learned)
        view = self._presenter.advice(question, advice, kept=learned["kept_as"] is not None)
        return replace(view, note=note) if note and isinstance(view, AnswerView) else view

    def answer_follow_up(self, key: WorkspaceKey, question: Question, topic: str | None) -> FollowUpAnswer:
        """The answer to a private follow-up, as the modal that asked it shows it."""
        advice = self._advisor.ask(question.text or "", topic)
        learned = _learned(advice)
        self._store.change(key, question.id, posted_at=self._clock(), **learned)
        return self._presenter.in_modal(question, advice, kept=learned["kept_as"] is not None)

    def open_card(self, key: WorkspaceKey, question: Question, card_id: str) -> View:
        """A card that somebody chose by a button. Raises Refusal when it no longer exists."""
        card = self._existing(card_id)
        if not self._store.add(key, question):
            raise Refusal("You have just asked for that; the answer is on its way.")
        self._store.change(key, question.id, outcome=str(Outcome.ANSWER), card_id=card.id)
        return self._presenter.card(question, card)

    def detail(self, card_id: str) -> View:
        return detail(self._existing(card_id))

    def help(self) -> HelpView:
        return HelpView(buttons(self._advisor.starters), self._contact)

    def home(self, key: WorkspaceKey, user_id: str) -> HomeView:
        return HomeView(
            starters=buttons(self._advisor.starters),
            cards=len(self._advisor.index.cards),
            contact=self._contact,
            kept=self._store.kept_for(key, user_id),
            retention_days=self._retention.days,
            promised=Promised(*self._promised(key, user_id)) if self._promised else None,
        )

    def share(self, key: WorkspaceKey, question_id: str, user_id: str) -> View:
        """A private answer as everybody in the channel may see it."""
        question = self._asked(key, question_id, user_id)
        if not question.card_id:
            raise Refusal("There is no answer to share here.")
        card = self._existing(question.card_id)
        view = self._presenter.card(question, card)
        asked = clean(question.text or "")
        note = f"Asked: {asked[:280]}" if asked else ""
        shared = Question(f"{question.id}-shared", user_id, question.channel_id, None, self._clock(), card_id=card.id)
        self._store.add(key, replace(shared, outcome=str(Outcome.ANSWER), posted_at=self._clock()))
        return replace(view, private=False, asked="", shared_by=user_id, note=note)

    def follow_up_form(self, key: WorkspaceKey, question_id: str) -> FollowUpForm:
        question = self._known(key, question_id)
        card = self._advisor.card(question.card_id or "")
        return FollowUpForm(question.id, card.title if card else "your question")

    def question(self, key: WorkspaceKey, question_id: str) -> Question:
        """A question asked before. Raises Refusal when it is too old."""
        return self._known(key, question_id)

    def feedback_form(self, key: WorkspaceKey, question_id: str, user_id: str) -> FeedbackForm:
        question = self._known(key, question_id)
        card = self._advisor.card(question.card_id or "")
        own = question.user_id == user_id and bool(question.text)
        return FeedbackForm(question_id, card.title if card else "this answer", own)

    def rate(
        self,
        key: WorkspaceKey,
        question_id: str,
        user_id: str,
        *,
        helpful: bool,
        reason: str | None = None,
        comment: str | None = None,
        keep: bool = False,
    ) -> None:
        """Save what somebody thinks of an answer. With `keep`, and only for the asker, the question is kept too."""
        question = self._known(key, question_id)
        feedback = Feedback(question.id, user_id, question.card_id or "", helpful, self._clock(), reason, comment)
        self._store.save_feedback(key, feedback)
        if question.user_id == user_id and (keep or question.kept_as == "thumbed_down"):
            self._store.change(key, question.id, kept_as="thumbed_down" if keep else None)

    def dont_keep(self, key: WorkspaceKey, question_id: str, user_id: str, *, in_modal: bool = False) -> View:
        """Erase a kept question. Returns its message, or its modal, without the promise that it was kept."""
        question = self._asked(key, question_id, user_id)
        if question.text is None:
            raise Refusal("That question is no longer kept.")
        advice = self._advisor.ask(question.text, None if question.private else self._topic(key, question))
        self._store.forget(key, question.id)
        if in_modal:
            return self._presenter.in_modal(question, advice, kept=False)
        return self._presenter.advice(question, advice, kept=False)

    def resume(self, key_and_question: tuple[WorkspaceKey, Question]) -> None:
        """Answer a question that a crash left without its answer."""
        key, question = key_and_question
        if question.sending and self._poster.has_arrived(key, question):
            return
        if question.sending > 1:
            log.warning("question %s: its answer was tried twice without a clear outcome; not again", question.id)
            return
        card = self._advisor.card(question.card_id or "")
        if card and not question.text:  # it was chosen by a button
            self._poster.post(key, question, self._presenter.card(question, card))
        else:
            self.answer(key, question)

    def unanswered(self) -> list[tuple[WorkspaceKey, Question]]:
        """What a crash left behind, recent enough to matter."""
        now = self._clock()
        return self._store.unanswered(now - RESUMED, now - self._grace)

    def clean(self) -> int:
        """Enforce the retention times. Returns how many rows went."""
        now = self._clock()
        return self._store.clean(now - TEXT_KEPT, now - self._retention)

    def say(self, key: WorkspaceKey, question: Question, view: View) -> None:
        """Post what was decided where the question was asked."""
        self._poster.post(key, question, view)

    # Deciding

    def _topic(self, key: WorkspaceKey, question: Question) -> str | None:
        """What the thread was last about or, in a new one, the channel itself: a DM, or an answer shared there."""
        if not may_follow_up(question.text or ""):
            return None
        since = self._clock() - TOPIC_KEPT
        threads = dict.fromkeys((question.thread_ts, ""))
        topics = (self._store.last_topic(key, question.channel_id, thread, since) for thread in threads)
        return next((topic for topic in topics if topic), None)

    # Loading

    def _existing(self, card_id: str) -> Card:
        card = self._advisor.card(card_id)
        if not card:
            raise Refusal(CARD_GONE)
        return card

    def _known(self, key: WorkspaceKey, question_id: str) -> Question:
        question = self._store.get(key, question_id)
        if not question:
            raise Refusal(TOO_OLD)
        return question

    def _asked(self, key: WorkspaceKey, question_id: str, user_id: str) -> Question:
        question = self._known(key, question_id)
        if not question.user_id:  # erased with the question's words
            raise Refusal(TOO_OLD)
        if question.user_id != user_id:
            raise Refusal("Only the person who asked can do that. Ask me yourself and the buttons are yours.")
        return question


def _learned(advice: Advice) -> dict[str, str | None]:
    """What to remember of a question: its outcome, its card, and why it is kept for the curators, if it is."""
    own_reply = advice.boundary is not None and bool(advice.boundary.reply)
    missed = advice.outcome is not Outcome.ANSWER and not advice.unclear and not own_reply
    reason = "not_covered" if advice.outcome is Outcome.NOT_COVERED else "unsure"
    return {
        "outcome": str(advice.outcome),
        "card_id": advice.card.id if advice.card else None,
        "kept_as": reason if missed else None,
    }
