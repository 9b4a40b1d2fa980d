"""Ranking: what comes first, what is left out, and that ties and bounds hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.answers.advisor import Advisor
from bot.answers.index import Index, build
from bot.answers.library import read_library
from bot.answers.matching import ASKS_A_WORD, Match, Matcher
from tests.answers.conftest import Write
from tests.answers.examples import card_text, folder


@pytest.fixture(scope="module")
def matcher(advisor: Advisor) -> Matcher:
    return Matcher(advisor.index)


def matcher_of(folder_path: Path, built: Path) -> Matcher:
    build(read_library(folder_path), built)
    return Matcher(Index(built))


def test_the_first_ask_of_every_card_finds_it(matcher: Matcher) -> None:
    cards = matcher.index.cards.values()
    assert [card.id for card in cards if matcher.match(card.question).cards[0].id != card.id] == []


def test_scores_fall_and_are_rounded(matcher: Matcher) -> None:
    scores = [card.score for card in matcher.match("where should the cco report").cards]
    assert scores == sorted(scores, reverse=True)
    assert scores == [round(score, 4) for score in scores]
    assert scores[-1] > 0


def test_a_card_is_ranked_once(matcher: Matcher) -> None:
    names = [card.id for card in matcher.match("where should the cco report").cards]
    assert len(names) == len(set(names))


def test_topics_outside_are_ranked_apart_from_cards(matcher: Matcher) -> None:
    match = matcher.match("How much should we pay our first CCO?")
    assert match.boundaries[0].id == "cco-pay"
    assert {card.id for card in match.cards} <= set(matcher.index.cards)


def test_a_typing_slip_finds_the_same_card(matcher: Matcher) -> None:
    assert matcher.match("wher shuld the cco reprot").cards[0].id == "reporting-line"


def test_a_word_of_the_vocabulary_finds_the_card_of_its_concept(write: Write, tmp_path: Path) -> None:
    files = {**folder(bikes=card_text("bikes", title="Bikes", asks="[bike shed]")), "vocabulary.yaml": "bike: [velo]\n"}
    assert matcher_of(write("ours", files), tmp_path / "k.db").match("velo").cards[0].id == "bikes"


def test_equal_cards_are_in_order_of_their_ids(write: Write, tmp_path: Path) -> None:
    same = {name: card_text(name, title="Bikes", asks="[bike shed]") for name in ("cee", "aye", "bee")}
    match = matcher_of(write("ours", folder(**same)), tmp_path / "k.db").match("bike shed")
    assert [card.id for card in match.cards[:3]] == ["aye", "bee", "cee"]
    assert len({card.score for card in match.cards[:3]}) == 1


@pytest.mark.parametrize("text", ["", " ", "?!", "🙂", "\x00", "<!channel>"])
def test_nothing_asked_matches_nothing(matcher: Matcher, text: str) -> None:
    assert matcher.match(text) == Match((), (), 0)


def test_words_that_no_card_knows_match_nothing(matcher: Matcher) -> None:
    assert matcher.match("日本語 вопрос") == Match((), (), 2)


@pytest.mark.parametrize(
    "text",
    ['" OR NEAR *', "customer AND NOT (", "cards:title", "NEAR(customer metrics, 5)", "'; DROP TABLE asks; --", "cco*"],
)
def test_operators_of_full_text_search_are_words_like_any_other(matcher: Matcher, text: str) -> None:
    plain = "".join(char if char.isalnum() else " " for char in text)
    assert matcher.match(text) == matcher.match(plain)


def test_the_same_question_gives_the_same_match(matcher: Matcher) -> None:
    assert matcher.match("customer metrics for the board") == matcher.match("customer metrics for the board")


def test_capitals_and_marks_make_no_difference(matcher: Matcher) -> None:
    assert matcher.match("WHERE should the CCO report?!") == matcher.match("where should the cco report")


def test_the_rarest_words_name_the_candidates(matcher: Matcher) -> None:
    counts = matcher.index.ask_counts
    common = max((word for word in counts if counts[word] <= ASKS_A_WORD), key=lambda word: counts[word])
    assert matcher._candidates([common, "firepower"])[:1] == matcher.index.asks_with("firepower", 1)


def test_a_word_that_very_many_asks_use_names_none(matcher: Matcher) -> None:
    counts = matcher.index.ask_counts
    commonest = max(counts, key=lambda word: counts[word])
    assert counts[commonest] > ASKS_A_WORD
    assert matcher._candidates([commonest]) == []


def test_a_question_of_common_words_alone_is_matched_by_its_features(matcher: Matcher) -> None:
    counts = matcher.index.ask_counts
    assert counts["the"] > ASKS_A_WORD
    assert matcher.match("the").cards
