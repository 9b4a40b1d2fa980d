"""Text as evidence: cleaning, words, vocabulary, spelling and features."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bot.answers.words import (
    BUCKETS,
    LONGEST,
    Spelling,
    Vocabulary,
    char_features,
    clean,
    vector,
    weighed,
    word_features,
    words_of,
)

FLAT = np.ones(2 * BUCKETS, np.float32)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("<@U0123ABCD> where to?", "where to?"),
        ("<!channel> <!here> <#C01|general> who?", "who?"),
        ("see <https://example.com/a|this> and <mailto:a@example.com|me>", "see and"),
        ("R&amp;D &lt;now&gt;", "R&D <now>"),
        ("two\nlines\tand\x00null\x07bell", "two lines and null bell"),
        ("ﬁne ｗｉｄｅ", "fine wide"),
        ("  \n ", ""),
        ("\ud800 half a pair", "half a pair"),
    ],
)
def test_a_question_is_cleaned_of_what_nobody_meant_to_ask(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_the_start_of_a_very_long_question_is_read() -> None:
    assert clean("why " * 5_000) == ("why " * 5_000)[:LONGEST]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Who's the CEO?", ["whos", "the", "ceo"]),
        ("don’t", ["dont"]),
        ("Café Zürich", ["cafe", "zurich"]),
        ("option-3 / 11 statements", ["option", "3", "11", "statements"]),
        ("snake_case", ["snake", "case"]),
        ("…?! 🙂 --", []),
        ("日本語 вопрос", ["日本語", "вопрос"]),
    ],
)
def test_words_are_lower_case_without_accents_and_apostrophes(text: str, words: list[str]) -> None:
    assert words_of(text) == words


VOCABULARY = Vocabulary(
    {"air cover": ["has my back", "protection"], "back office": ["back"]}, known={"protection", "my"}
)


def test_a_phrase_that_no_ask_uses_is_called_by_its_name_too() -> None:
    assert VOCABULARY.expand(["who", "has", "my", "back"]) == ["who", "has", "my", "back", "air", "cover"]


def test_the_longest_phrase_counts_and_not_the_words_in_it() -> None:
    assert "office" not in VOCABULARY.expand(["who", "has", "my", "back"])


def test_a_phrase_that_asks_use_already_stays_as_it_is() -> None:
    assert VOCABULARY.expand(["protection"]) == ["protection"]


def test_a_vocabulary_without_phrases_adds_nothing() -> None:
    assert Vocabulary({}, known=()).expand(["any", "word"]) == ["any", "word"]


SPELLING = Spelling(["officer", "office", "customer", "cco", "chief"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("custmer", "customer"), ("oficer", "officer"), ("cheif", "chief"), ("customers", "customer")],
)
def test_a_mistyped_word_is_repaired(typed: str, meant: str) -> None:
    assert SPELLING.repair([typed]) == [meant]


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("customer", "it is known"),
        ("cc0", "short words have too many neighbours"),
        ("weather", "nothing is near"),
        ("hustomer", "people get the first letter right"),
        ("customer" * 4, "no word is that long"),
    ],
)
def test_a_word_is_left_alone(word: str, why: str) -> None:
    assert SPELLING.repair([word]) == [], why


def test_a_word_typed_wrong_twice_is_repaired_once() -> None:
    assert SPELLING.repair(["custmer", "custmer"]) == ["customer"]


def test_words_and_pairs_of_neighbours_are_features() -> None:
    assert word_features(["a", "b", "a"]).total() == 3 + 2
    assert word_features(["a", "b"]) != word_features(["b", "a"])


def test_runs_of_three_to_five_characters_are_features() -> None:
    assert char_features(["team"]).total() == 4 + 3 + 2  # of " team "


def test_word_and_character_features_never_meet() -> None:
    assert max(word_features(["team", "work"])) < BUCKETS <= min(char_features(["team", "work"]))


def test_features_are_the_same_on_every_machine() -> None:
    assert sorted(word_features(["team"])) == [42527]  # CRC-32 of the word, modulo BUCKETS


def test_a_vector_has_length_one_for_words_and_for_characters() -> None:
    ids, weights = vector(["team", "team", "work"], FLAT)
    for kind in (weights[ids < BUCKETS], weights[ids >= BUCKETS]):
        assert math.isclose(float(np.square(kind).sum()), 1, rel_tol=1e-5)


def test_a_rarer_feature_weighs_more() -> None:
    idf = FLAT.copy()
    rare = next(iter(word_features(["rare"])))
    idf[rare] = 5
    ids, weights = weighed(word_features(["rare", "team"]), idf)
    assert int(ids[weights.argmax()]) == rare


def test_no_words_make_an_empty_vector() -> None:
    ids, weights = vector([], FLAT)
    assert (len(ids), len(weights)) == (0, 0)
