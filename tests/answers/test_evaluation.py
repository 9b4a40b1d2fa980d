"""The figures: intervals against published ones, and a report that can be counted by hand."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from bot.answers.decision import Outcome
from bot.answers.evaluation import Bin, Reply, Result, Row, Share, evaluate, read_rows, report
from bot.errors import Refusal

A, B = frozenset({"a"}), frozenset({"a", "b"})
ANSWER, SUGGEST, NOT_COVERED = Outcome.ANSWER, Outcome.SUGGEST, Outcome.NOT_COVERED


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [  # Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998), table I
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_wilson_s(hits: int, of: int, low: float, high: float) -> None:
    assert Share(hits, of).interval == pytest.approx((low, high), abs=0.0001)


def test_a_share_of_nothing_is_unknown() -> None:
    share = Share(0, 0)
    assert all(map(math.isnan, (share.value, *share.interval)))


def test_a_share_reads_with_its_interval_and_counts() -> None:
    assert str(Share(81, 263)) == "0.308 [0.255, 0.366] (81 of 263)"


RESULTS = [
    Result(Row("1", "direct", "?", A), Reply(ANSWER, ("a", "c"), 0.95)),  # right and confident
    Result(Row("2", "direct", "?", B), Reply(ANSWER, ("c", "b"), 0.91)),  # wrong and confident, second
    Result(Row("3", "typo", "?", A), Reply(SUGGEST, ("c", "d", "a"), 0.30)),  # third
    Result(Row("4", "typo", "?", A), Reply(NOT_COVERED, ("c", "d", "e", "a"), 0.05)),  # fourth: not of the first three
    Result(Row("5", "offtopic", "?", frozenset()), Reply(NOT_COVERED, ("a",), 0.01)),
    Result(Row("6", "offtopic", "?", frozenset()), Reply(SUGGEST, ("a",), 0.25)),
    Result(Row("7", "nearmiss", "?", frozenset()), Reply(ANSWER, ("a",), 1.0)),  # confident where nothing is right
]


def test_the_overall_figures_count_covered_and_not_covered_apart() -> None:
    figures = report(RESULTS)
    assert (figures.top1, figures.top3) == (Share(1, 4), Share(3, 4))
    assert (figures.covered_right, figures.covered_wrong) == (Share(1, 4), Share(1, 4))
    assert figures.not_covered_held_back == Share(2, 3)


def test_each_kind_has_its_own_figures() -> None:
    assert report(RESULTS).by_kind == {
        "direct": {"top1": Share(1, 2), "top3": Share(2, 2), "right and confident": Share(1, 2)},
        "typo": {"top1": Share(0, 2), "top3": Share(1, 2), "right and confident": Share(0, 2)},
        "offtopic": {"held back": Share(2, 2)},
        "nearmiss": {"held back": Share(0, 1)},
    }


def test_the_bands_are_counted() -> None:
    assert report(RESULTS).outcomes == {
        "covered": {"answer": 2, "suggest": 1, "not_covered": 1},
        "not covered": {"answer": 1, "suggest": 1, "not_covered": 1},
    }


def test_the_reliability_table_sets_what_was_believed_against_what_came_true() -> None:
    assert report(RESULTS).reliability == [
        Bin(0.0, 0.1, 2, 0.03, 0.0),
        Bin(0.2, 0.3, 1, 0.25, 0.0),
        Bin(0.3, 0.4, 1, 0.3, 0.0),
        Bin(0.9, 1.0, 3, 0.953, 0.333),
    ]


def test_every_question_is_in_the_reliability_table_once() -> None:
    replies = [Reply(SUGGEST, ("a",), step / 1000) for step in range(1001)]
    bins = report([Result(Row("1", "direct", "?", A), reply) for reply in replies]).reliability
    assert sum(part.count for part in bins) == 1001


def test_a_report_of_nothing_has_no_figures() -> None:
    figures = report([])
    assert (figures.top1, figures.by_kind, figures.reliability) == (Share(0, 0), {}, [])


def test_the_report_is_json() -> None:
    data = json.loads(json.dumps(report(RESULTS).as_json()))
    assert data["top1"] == {"value": 0.25, "interval": [0.0456, 0.6994], "hits": 1, "of": 4}
    assert data["not_covered_without_confident_answer"]["hits"] == 2
    assert data["reliability"][0] == {"low": 0.0, "high": 0.1, "count": 2, "believed": 0.03, "right": 0.0}


def test_every_question_of_a_set_is_asked() -> None:
    rows = [Row("1", "direct", "first", A), Row("2", "direct", "second", A)]
    results = evaluate(rows, lambda text: Reply(ANSWER, (text,), 1.0))
    assert [result.reply.cards for result in results] == [("first",), ("second",)]


def test_a_question_set_is_read(tmp_path: Path) -> None:
    path = tmp_path / "set.csv"
    path.write_text('id,kind,question,accept,note\n1,direct,"Well, who?",a|b,x\n2,offtopic,Rain?,none,\n', "utf-8-sig")
    assert read_rows(path) == [
        Row("1", "direct", "Well, who?", B),
        Row("2", "offtopic", "Rain?", frozenset()),
    ]


@pytest.mark.parametrize("text", ["", "id,question\n1,who\n"])
def test_a_set_without_its_columns_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "set.csv"
    path.write_text(text)
    with pytest.raises(Refusal, match=r"set\.csv lacks the columns accept, .*kind"):
        read_rows(path)
