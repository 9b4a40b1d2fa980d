"""Which words after `/cco` are a command of this wing, and which are a question."""

from __future__ import annotations

import pytest

from bot.accountability.commands import Command, command_of


@pytest.mark.parametrize(
    ("text", "command", "rest"),
    [
        ("commit @ben publish the math by Friday", Command.COMMIT, "@ben publish the math by Friday"),
        ("commit publish it by 14.12.", Command.COMMIT, "publish it by 14.12."),
        ("commit", Command.COMMIT, ""),
        ("commit!", Command.COMMIT, ""),
        ("Commit  two\n words", Command.COMMIT, "two words"),
        ("mine", Command.MINE, ""),
        ("mine overdue", Command.MINE, "overdue"),
        ("mine done.", Command.MINE, "done"),
        ("commitments", Command.COMMITMENTS, ""),
        ("commitment", Command.COMMITMENTS, ""),
        ("comitments done", Command.COMMITMENTS, "done"),
        ("pause until Monday", Command.PAUSE, "until Monday"),
        ("quiet 18:00-8:00", Command.QUIET, "18:00-8:00"),
        ("reminders", Command.REMINDERS, ""),
        ("why", Command.WHY, ""),
        ("upcoming", Command.UPCOMING, ""),
        ("session", Command.SESSION, ""),
        ("sessions", Command.SESSION, ""),
        ("year-one", Command.YEAR_ONE, ""),
        ("Year one", Command.YEAR_ONE, ""),
    ],
)
def test_a_command_is_known_by_its_first_word(text: str, command: Command, rest: str) -> None:
    assert command_of(text) == (command, rest)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "why do we need a CCO?",
        "upcoming trends in customer experience",
        "session with the board: what should it cover",
        "commitments of the CEO",
        "mine is a small company",
        "committee or officer?",
        "what is year one rated on",
        "year one rating",
        "check",
        "ask why",
    ],
)
def test_a_question_is_none(text: str) -> None:
    assert command_of(text) is None
