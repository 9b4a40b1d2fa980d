"""The use cases of this wing: load, decide, save, say."""

import logging
from dataclasses import replace
from datetime import timedelta

from bot.answers.advisor import Advice, Advisor
from bot.answers.cards import Card
from bot.answers.decision import Outcome
from bot.answers.store import AnswerStore, Feedback, Question
from bot.answers.views import (
    AnswerView,
    FeedbackForm,
    FollowUpAnswer,
    FollowUpForm,
    HelpView,
    HomeView,
    NotCoveredView,
    SuggestView,
    UnclearView,
    buttons,
    credit,
    detail,
    has_more,
    parts_of,
)
from bot.clock import Clock
from bot.errors import Refusal, Unavailable
from bot.keys import WorkspaceKey
from bot.slack.gateway import Gateway, UnknownOutcome
from bot.slack.render import View

log = logging.getLogger(__name__)

TEXT_KEPT = timedelta(days=1)  # how long the buttons of an answer may still need the question's words
TOPIC_KEPT = timedelta(days=1)  # how long a conversation stays on its topic
RESUMED = timedelta(hours=1)  # questions older than this are not answered after a restart: the asker has moved on
GRACE = timedelta(seconds=30)  # another process may be answering them right now

CARD_GONE = "That card is no longer part of the guidance. Ask me in your own words and I'll look for what replaced it."
NOTHING_ON = {
    "Why it matters": "gives no reasons of their own",
    "How it works": "doesn't spell out the steps",
    "Pros": "lists no pros",
    "Cons": "lists no cons",
    "Checkpoint": "names no checkpoint",
    "Example": "gives no example",
    "Watch out": "names no pitfalls",
}
TOO_OLD = "That answer is too old for this button. Ask me again and I'll answer afresh."


class AnswerService:
    """Answers questions and remembers what came of them."""

    def __init__(
        self,
        advisor: Advisor,
        store: AnswerStore,
        gateway: Gateway,
        clock: Clock,
        *,
        contact: str = "",
        retention: timedelta = timedelta(days=90),
    ) -> None:
        self._advisor = advisor
        self._store = store
        self._gateway = gateway
        self._clock = clock
        self._contact = contact
        self._retention = retention

    def receive(self, key: WorkspaceKey, question: Question) -> bool:
        """Write a question down before anything else. False when this delivery was seen before."""
        return self._store.add(key, question)

    def answer(self, key: WorkspaceKey, question: Question, asked_by: str = "") -> None:
        """Answer where the question was asked: in its thread, or in the direct message."""
        self.say(key, question, self._decide(key, question, asked_by=asked_by))

    def answer_privately(self, key: WorkspaceKey, question: Question, note: str = "") -> View:
        """The answer for the asker alone, to be shown by the caller."""
        view = self._decide(key, question)
        self._store.change(key, question.id, posted_at=self._clock())
        return replace(view, note=note) if note and isinstance(view, AnswerView) else view

    def answer_follow_up(self, key: WorkspaceKey, question: Question, topic: str | None) -> FollowUpAnswer:
        """The answer to a private follow-up, as the modal that asked it shows it."""
        advice = self._advisor.ask(question.text or "", topic)
        self._remember(key, question, advice)
        self._store.change(key, question.id, posted_at=self._clock())
        return self._in_modal(question, advice)

    def open_card(self, key: WorkspaceKey, question: Question, card_id: str) -> View:
        """A card that somebody chose by a button. Raises Refusal when it no longer exists."""
        card = self._existing(card_id)
        if not self._store.add(key, question):
            raise Refusal("You have just asked for that; the answer is on its way.")
        self._store.change(key, question.id, outcome=str(Outcome.ANSWER), card_id=card.id)
        return self._card_view(question, card)

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
        )

    def share(self, key: WorkspaceKey, question_id: str, user_id: str) -> View:
        """A private answer as everybody in the channel may see it."""
        question = self._asked(key, question_id, user_id)
        if not question.card_id:
            raise Refusal("There is no answer to share here.")
        card = self._existing(question.card_id)
        view = self._card_view(question, card)
        return replace(view, private=False, asked="", shared_by=user_id, note=_quoted(question.text or ""))

    def follow_up_form(self, key: WorkspaceKey, question_id: str) -> FollowUpForm:
        question = self._known(key, question_id)
        card = self._advisor.card(question.card_id or "")
        return FollowUpForm(question.id, card.title if card else "your question")

    def question(self, key: WorkspaceKey, question_id: str) -> Question:
        """A question asked before. Raises Refusal when it is too old."""
        return self._known(key, question_id)

    def feedback_form(self, key: WorkspaceKey, question_id: str) -> FeedbackForm:
        card = self._advisor.card(self._known(key, question_id).card_id or "")
        return FeedbackForm(question_id, card.title if card else "this answer")

    def rate(
        self,
        key: WorkspaceKey,
        question_id: str,
        user_id: str,
        *,
        helpful: bool,
        reason: str | None = None,
        comment: str | None = None,
    ) -> None:
        """Save what somebody thinks of an answer; a thumbs-down keeps the question for the curators."""
        question = self._known(key, question_id)
        feedback = Feedback(question.id, user_id, question.card_id or "", helpful, self._clock(), reason, comment)
        self._store.save_feedback(key, feedback)
        if not helpful:
            self._store.change(key, question.id, kept_as="thumbed_down")

    def dont_keep(self, key: WorkspaceKey, question_id: str, user_id: str) -> View:
        """Erase a kept question, and the message about it without the promise that it was kept."""
        question = self._asked(key, question_id, user_id)
        advice = self._advisor.ask(question.text or "")
        self._store.forget(key, question.id)
        return self._view(question, advice, kept=False)

    def resume(self, key_and_question: tuple[WorkspaceKey, Question]) -> None:
        """Answer a question that a crash left without its answer."""
        key, question = key_and_question
        if question.sending and self._already_posted(key, question):
            return
        if question.sending > 1:
            log.warning("question %s: its answer was tried twice without a clear outcome; not again", question.id)
            return
        self.answer(key, question)

    def unanswered(self) -> list[tuple[WorkspaceKey, Question]]:
        """What a crash left behind, recent enough to matter."""
        now = self._clock()
        return self._store.unanswered(now - RESUMED, now - GRACE)

    def clean(self) -> int:
        """Enforce the retention times. Returns how many rows went."""
        now = self._clock()
        return self._store.clean(now - TEXT_KEPT, now - self._retention)

    # Deciding

    def _decide(self, key: WorkspaceKey, question: Question, asked_by: str = "") -> View:
        topic = self._store.last_topic(key, question.channel_id, question.thread_ts, self._clock() - TOPIC_KEPT)
        if question.private:
            topic = None  # a command in a channel starts afresh; its follow-ups come by button
        advice = self._advisor.ask(question.text or "", topic)
        kept = self._remember(key, question, advice)
        return self._view(question, advice, kept=kept, asked_by=asked_by)

    def _remember(self, key: WorkspaceKey, question: Question, advice: Advice) -> bool:
        """Save the outcome; says whether the question is kept for the curators."""
        own_reply = advice.boundary is not None and bool(advice.boundary.reply)
        missed = advice.outcome is not Outcome.ANSWER and not advice.unclear and not own_reply
        kept_as = ("not_covered" if advice.outcome is Outcome.NOT_COVERED else "unsure") if missed else None
        card_id = advice.card.id if advice.card else None
        self._store.change(key, question.id, outcome=str(advice.outcome), card_id=card_id, kept_as=kept_as)
        return missed

    def _view(self, question: Question, advice: Advice, *, kept: bool, asked_by: str = "") -> View:
        asked = (question.text or "") if question.private or asked_by else ""
        if advice.unclear:
            return UnclearView(buttons(advice.suggestions))
        if advice.card:
            return self._card_view(question, advice.card, advice, asked=asked, asked_by=asked_by)
        if advice.outcome is Outcome.SUGGEST:
            return SuggestView(question.id, buttons(advice.suggestions), asked, asked_by, kept)
        return NotCoveredView(
            question_id=question.id,
            topic=advice.boundary.topic if advice.boundary else "",
            reply=advice.boundary.reply if advice.boundary else "",
            suggestions=buttons(advice.suggestions),
            asked=asked,
            asked_by=asked_by,
            kept=kept,
        )

    def _card_view(
        self, question: Question, card: Card, advice: Advice | None = None, *, asked: str = "", asked_by: str = ""
    ) -> AnswerView:
        part = advice.part if advice else None
        return AnswerView(
            question_id=question.id,
            card_id=card.id,
            title=f"{card.title}: {part.heading.lower()}" if part else card.title,
            short="" if part else card.short,
            parts=parts_of((part,) if part else card.on_screen),
            credit=credit(card, self._clock().date()),
            related=buttons(self._advisor.cards(card.related)),
            has_more=has_more(card) or part is not None,
            private=question.private,
            asked=asked,
            asked_by=asked_by,
            note=_missing(advice.missing_part) if advice else "",
        )

    def _in_modal(self, question: Question, advice: Advice) -> FollowUpAnswer:
        asked = question.text or ""
        if not advice.card:
            nearest = "; ".join(card.question for card in advice.suggestions)
            sentence = "The guidance doesn't cover that." if advice.outcome is Outcome.NOT_COVERED else "I'm not sure."
            return FollowUpAnswer(asked, "", f"{sentence} Nearest: {nearest}" if nearest else sentence)
        view = self._card_view(question, advice.card, advice)
        return FollowUpAnswer(asked, view.title, view.note or view.short, view.parts, view.credit)

    # Saying

    def say(self, key: WorkspaceKey, question: Question, view: View) -> None:
        """Post what was decided where the question was asked.

        After an unknown outcome: one look, where the bot may read, and at most one more try.
        """
        attempt = question.sending + 1
        try:
            self._post(key, question, view, attempt)
        except UnknownOutcome as error:
            if self._already_posted(key, question):
                return
            if attempt > 1:
                raise
            log.warning("question %s: %s; posting its answer once more", question.id, error)
            self._post(key, question, view, attempt + 1)

    def _post(self, key: WorkspaceKey, question: Question, view: View, attempt: int) -> None:
        self._store.change(key, question.id, sending=attempt)
        channel = self._gateway.post(question.channel_id, view, question.reply_ts, question.id)
        self._store.change(key, question.id, posted_at=self._clock(), channel_id=channel)

    def _already_posted(self, key: WorkspaceKey, question: Question) -> bool:
        if not question.channel_id.startswith("D"):  # elsewhere the bot may not read
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
        if question.user_id != user_id:
            raise Refusal("Only the person who asked can do that. Ask me yourself and the buttons are yours.")
        return question


def _missing(heading: str) -> str:
    return f"The guidance {NOTHING_ON[heading]} here. This is all it says:" if heading else ""


def _quoted(text: str) -> str:
    return f"Asked: {text[:280]}" if text else ""
