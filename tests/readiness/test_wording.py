"""Which words ask for a check, and which ask about it."""

from __future__ import annotations

import pytest

from bot.readiness.wording import asks_for_check, asks_for_results


@pytest.mark.parametrize(
    "text",
    [
        "<@U0BOT> run the readiness check",
        "run a readiness check here, please".replace(",", ""),
        "Please start the readiness check!",
        "let's do another readiness poll",
        "set up our CCO readiness check",
        "can you run the reality check again",
        "check",
        " Check ",
        "readiness check",
        "chekc",
    ],
)
def test_these_ask_for_a_check(text: str) -> None:
    assert asks_for_check(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "what is the readiness check?",
        "how do we run the readiness check",
        "should we run a readiness check before hiring",
        "who should start the check",
        "check whether we need a CCO",
        "run the company",
        "results",
    ],
)
def test_these_are_for_the_answers(text: str) -> None:
    assert not asks_for_check(text)


@pytest.mark.parametrize("text", ["results", "Results", "show results", "show me the results", "rounds", "result"])
def test_these_ask_for_results(text: str) -> None:
    assert asks_for_results(text)


@pytest.mark.parametrize("text", ["", "results of the first year", "what results does a CCO bring", "check"])
def test_these_do_not_ask_for_results(text: str) -> None:
    assert not asks_for_results(text)
