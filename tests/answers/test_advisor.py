"""The advisor: three bands, boundaries, follow-ups and what is no question at all."""

from __future__ import annotations

import pytest

from bot.answers.advisor import LISTED, STARTERS, SUGGESTIONS, Advice, Advisor
from bot.answers.decision import Outcome
from bot.answers.evaluation import Row

Golden = list[tuple[Row, Advice]]

OPTION_4 = "option-4-line-dispersed"


def advice_in(golden: Golden, outcome: Outcome) -> list[Advice]:
    found = [advice for _, advice in golden if advice.outcome is outcome]
    assert found, f"no golden question ends in {outcome}"
    return found


def test_a_clear_question_is_answered_by_its_card(advisor: Advisor) -> None:
    advice = advisor.ask("Where should the CCO report?")
    assert advice.outcome is Outcome.ANSWER
    assert advice.card == advisor.card("reporting-line")
    assert advice.parts == ()


def test_an_answer_is_the_first_of_the_ranked_cards_and_offers_no_others(golden: Golden) -> None:
    for advice in advice_in(golden, Outcome.ANSWER):
        assert advice.card
        assert advice.card.id == advice.ranked[0].id
        assert (advice.suggestions, advice.boundary, advice.unclear) == ((), None, False)


def test_an_unsure_answer_offers_up_to_three_cards_instead(golden: Golden) -> None:
    for advice in advice_in(golden, Outcome.SUGGEST):
        assert advice.card is None
        assert 1 <= len(advice.suggestions) <= SUGGESTIONS
        assert [card.id for card in advice.suggestions] == [
            item.id for item in advice.ranked[: len(advice.suggestions)]
        ]


def test_what_is_not_covered_gets_no_card(golden: Golden) -> None:
    for advice in advice_in(golden, Outcome.NOT_COVERED):
        assert advice.card is None
        assert len(advice.suggestions) <= SUGGESTIONS


def test_five_ranked_cards_are_named_at_most(golden: Golden) -> None:
    assert max(len(advice.ranked) for _, advice in golden) == LISTED


def test_a_known_topic_outside_is_named_with_what_comes_nearest(advisor: Advisor) -> None:
    advice = advisor.ask("How much should we pay our first CCO?")
    assert advice.outcome is Outcome.NOT_COVERED
    assert advice.boundary
    assert advice.boundary.topic == "what a CCO earns"
    assert tuple(card.id for card in advice.suggestions) == advice.boundary.nearest


def test_a_topic_with_its_own_reply_is_recognised_with_it(advisor: Advisor) -> None:
    advice = advisor.ask("hello")
    assert advice.outcome is Outcome.NOT_COVERED
    assert advice.boundary
    assert advice.boundary.reply


def test_a_topic_far_outside_offers_no_card_that_merely_sounds_alike(advisor: Advisor) -> None:
    advice = advisor.ask("weather tomorrow")
    assert advice.boundary
    assert advice.boundary.nearest == ()
    assert advice.suggestions == ()


def test_a_question_in_another_script_is_unclear_and_offers_starters(advisor: Advisor) -> None:
    advice = advisor.ask("что делает директор по клиентам")
    assert (advice.outcome, advice.confidence, advice.unclear) == (Outcome.NOT_COVERED, 0.0, True)
    assert advice.suggestions == advisor.starters[:SUGGESTIONS]


@pytest.mark.parametrize(
    "text", ["", "   ", "?", "🙂🙂", "\x00", "<!channel>", "<@U0123ABCD>", "<https://example.com>"]
)
def test_what_holds_no_words_is_unclear_and_offers_starters(advisor: Advisor, text: str) -> None:
    advice = advisor.ask(text)
    assert (advice.outcome, advice.unclear) == (Outcome.NOT_COVERED, True)
    assert advice.suggestions == advisor.starters[:SUGGESTIONS]


@pytest.mark.parametrize("text", ["日本語の質問", "banana"])
def test_a_single_word_that_says_too_little_is_unclear_and_offers_cards(advisor: Advisor, text: str) -> None:
    advice = advisor.ask(text)
    assert (advice.outcome, advice.unclear) == (Outcome.NOT_COVERED, True)
    assert len(advice.suggestions) == SUGGESTIONS


@pytest.mark.parametrize("text", ["why?", "and the cons?", "tell me more"])
def test_a_bare_follow_up_without_a_topic_is_unclear(advisor: Advisor, text: str) -> None:
    assert advisor.ask(text).unclear


def test_a_bare_follow_up_without_a_topic_is_ranked_all_the_same(advisor: Advisor) -> None:
    advice = advisor.ask("and the cons?")
    assert (advice.outcome, advice.confidence, len(advice.ranked)) == (Outcome.NOT_COVERED, 0.0, LISTED)
    assert advice.suggestions == advisor.starters[:SUGGESTIONS]


def test_a_bare_follow_up_gets_that_section_of_the_topic(advisor: Advisor) -> None:
    advice = advisor.ask("and the cons?", OPTION_4)
    card = advisor.card(OPTION_4)
    assert card
    assert (advice.outcome, advice.card, advice.parts) == (Outcome.ANSWER, card, (card.section("Cons"),))
    assert advice.parts
    assert advice.missing_part == ""


def test_a_section_that_the_topic_lacks_is_named_and_the_card_is_given(advisor: Advisor) -> None:
    card = advisor.card("officer-status")
    assert card
    assert card.section("Checkpoint") is None
    advice = advisor.ask("the checkpoint?", card.id)
    assert (advice.card, advice.parts, advice.missing_part) == (card, (), "Checkpoint")


def test_a_card_without_cons_answers_with_its_warnings(advisor: Advisor) -> None:
    cards = advisor.index.cards.values()
    card = next(card for card in cards if card.section("Watch out") and not card.section("Cons"))
    assert advisor.ask("downsides?", card.id).parts == (card.section("Watch out"),)


def test_more_of_a_card_without_more_is_the_card_without_a_complaint(advisor: Advisor) -> None:
    card = next((card for card in advisor.index.cards.values() if not card.section("More detail")), None)
    if card is None:
        pytest.skip("every shipped card has more detail")
    advice = advisor.ask("more?", card.id)
    assert (advice.card, advice.parts, advice.missing_part) == (card, (), "")


def test_a_vague_question_that_leans_on_the_topic_offers_it_first(advisor: Advisor) -> None:
    assert advisor.card("first-month") not in advisor.ask("is that hard?").suggestions
    advice = advisor.ask("is that hard?", "first-month")
    assert advice.outcome is Outcome.SUGGEST
    assert advice.suggestions[0] == advisor.card("first-month")


def test_both_sections_are_given_when_both_are_asked_for(advisor: Advisor) -> None:
    card = advisor.card(OPTION_4)
    assert card
    assert advisor.ask("pros and cons?", OPTION_4).parts == (card.section("Pros"), card.section("Cons"))


def test_a_follow_up_may_change_the_topic(advisor: Advisor) -> None:
    advice = advisor.ask("what about option 4", "option-3-line-dedicated")
    assert advice.card == advisor.card(OPTION_4)


def test_a_question_that_stands_on_its_own_is_not_bent_to_the_topic(advisor: Advisor) -> None:
    assert advisor.ask("weather tomorrow", OPTION_4) == advisor.ask("weather tomorrow")


@pytest.mark.parametrize("text", ["what is the salary for that?", "what about the weather?", "and lunch?"])
def test_a_follow_up_about_a_topic_outside_is_not_answered_with_the_last_card(advisor: Advisor, text: str) -> None:
    assert advisor.ask(text, "officer-status").outcome is not Outcome.ANSWER


def test_a_topic_that_no_longer_exists_is_forgotten(advisor: Advisor) -> None:
    assert advisor.ask("and the cons?", "no-such-card").unclear
    assert advisor.ask("Where should the CCO report?", "no-such-card").card == advisor.card("reporting-line")


def test_the_starters_are_cards(advisor: Advisor) -> None:
    assert [card.id for card in advisor.starters] == list(STARTERS)


def test_cards_that_do_not_exist_are_left_out(advisor: Advisor) -> None:
    assert [card.id for card in advisor.cards(["no-such-card", "reporting-line"])] == ["reporting-line"]


def test_the_reply_for_measuring_says_the_same(advisor: Advisor) -> None:
    advice = advisor.ask("customer metrics")
    reply = advisor.reply("customer metrics")
    assert (reply.outcome, reply.confidence) == (advice.outcome, advice.confidence)
    assert reply.cards == tuple(item.id for item in advice.ranked)
