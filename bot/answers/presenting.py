"""Turns advice into the view that shows it."""

from bot.answers.advisor import Advice, Advisor
from bot.answers.cards import Card
from bot.answers.decision import Outcome
from bot.answers.followups import aspects_of
from bot.answers.store import Question
from bot.answers.views import (
    AnswerView,
    FollowUpAnswer,
    NotCoveredView,
    SuggestView,
    UnclearView,
    buttons,
    credit,
    has_more,
    parts_of,
)
from bot.answers.words import clean
from bot.clock import Clock
from bot.slack.render import View

NOTHING_ON = {
    "Why it matters": "gives no reasons of their own",
    "How it works": "doesn't spell out the steps",
    "Pros": "lists no pros",
    "Cons": "lists no cons",
    "Checkpoint": "names no checkpoint",
    "Example": "gives no example",
    "Watch out": "names no pitfalls",
}


class Presenter:
    """Chooses the view for some advice and fills it."""

    def __init__(self, advisor: Advisor, clock: Clock) -> None:
        self._advisor = advisor
        self._clock = clock

    def advice(self, question: Question, advice: Advice, *, kept: bool, asked_by: str = "") -> View:
        """The message for a question. Its words are repeated where they would not be seen otherwise."""
        asked = clean(question.text or "") if question.private or asked_by else ""
        if advice.unclear:
            return UnclearView(buttons(advice.suggestions), lost=bool(aspects_of(question.text or "")))
        if advice.card:
            return self.card(question, advice.card, advice, asked=asked, asked_by=asked_by)
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

    def card(
        self, question: Question, card: Card, advice: Advice | None = None, *, asked: str = "", asked_by: str = ""
    ) -> AnswerView:
        """A card as an answer: whole, or just the sections that a follow-up asked for."""
        parts = advice.parts if advice else ()
        headings = " and ".join(part.heading.lower() for part in parts)
        return AnswerView(
            question_id=question.id,
            card_id=card.id,
            title=f"{card.title}: {headings}" if parts else card.title,
            short="" if parts else card.short,
            parts=parts_of(parts or card.on_screen),
            credit=credit(card, self._clock().date()),
            related=buttons(self._advisor.cards(card.related)),
            has_more=has_more(card) or bool(parts),
            private=question.private,
            asked=asked,
            asked_by=asked_by,
            note=f"The guidance {NOTHING_ON[advice.missing_part]} here. This is all it says:"
            if advice and advice.missing_part
            else "",
        )

    def in_modal(self, question: Question, advice: Advice, *, kept: bool) -> FollowUpAnswer:
        """The answer to a private follow-up, in the modal that asked it."""
        asked = clean(question.text or "")
        if not advice.card:
            return FollowUpAnswer(asked, "", _without_card(advice), question_id=question.id, kept=kept)
        view = self.card(question, advice.card, advice)
        return FollowUpAnswer(asked, view.title, view.note or view.short, view.parts, view.credit)


def _without_card(advice: Advice) -> str:
    if advice.boundary and advice.boundary.reply:
        return advice.boundary.reply
    sentence = f"The guidance doesn't cover {advice.boundary.topic if advice.boundary else 'that'}."
    if advice.unclear:
        sentence = "I couldn't make out a question in that."
    elif advice.outcome is Outcome.SUGGEST:
        sentence = "I'm not sure."
    nearest = "; ".join(card.question for card in advice.suggestions)
    return f"{sentence} Nearest: {nearest}" if nearest else sentence
