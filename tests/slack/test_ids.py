"""Ids join three places: a template that draws them, a listener that hears them, and ids.py that names them."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from bot.answers import listeners, posting
from bot.resources import MANIFEST, TEMPLATES
from bot.slack import ids
from tests.register import Register, everything_listened_to

UNHEARD = TEMPLATES / "readiness"  # nothing listens to the readiness check's messages yet, and nothing posts them


def text_of(paths: Iterable[Path]) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


DRAWING = [path for path in sorted(TEMPLATES.rglob("*.j2")) if UNHEARD not in path.parents]
TEXT, UNHEARD_TEXT = text_of(DRAWING), text_of(UNHEARD.glob("*.j2"))
NAMES = {
    name: value
    for name, value in vars(ids).items()
    if name.isupper() and (f'"{value}' in TEXT or f'"{value}' not in UNHEARD_TEXT)
}
FORMS = {ids.FOLLOW_UP_FORM, ids.FEEDBACK_FORM}
INPUTS = {"FOLLOW_UP_TEXT", "FEEDBACK_REASON", "FEEDBACK_COMMENT", "FEEDBACK_KEEP", "INPUT"}
METADATA = {"ANSWER_EVENT", "ROUND_EVENT"}
SHORTCUTS = {"RUN_CHECK", "RUN_CHECK_HERE"}
CLICKED = NAMES.keys() - INPUTS - METADATA - SHORTCUTS - {"COMMAND"}
LISTENERS = inspect.getsource(listeners)


@pytest.fixture(scope="module")
def register() -> Register:
    return everything_listened_to()


def drawn(field: str) -> set[str]:
    """The values of a field in all templates; of an id with a number, the part before it."""
    plain = re.findall(rf'"{field}": "([^"]+)"', TEXT)
    numbered = re.findall(rf'"{field}": \{{\{{ "([^":]+):?"', TEXT)
    return {*plain, *numbered}


@pytest.mark.parametrize("name", sorted(CLICKED))
def test_what_people_press_or_submit_has_a_listener(register: Register, name: str) -> None:
    assert register.hears("view" if NAMES[name] in FORMS else "action", NAMES[name])


def test_a_numbered_button_has_the_same_listener(register: Register) -> None:
    assert register.hears("action", f"{ids.OPEN_CARD}:3")
    assert not register.hears("action", f"{ids.OPEN_CARD}ing")


def test_the_command_has_a_listener_and_is_in_the_manifest(register: Register) -> None:
    assert register.hears("command", ids.COMMAND)
    commands = json.loads(MANIFEST.read_text(encoding="utf-8"))["features"]["slash_commands"]
    assert [command["command"] for command in commands] == register.heard["command"]


def test_every_id_that_is_heard_is_drawn_by_a_template() -> None:
    assert {NAMES[name] for name in CLICKED} == (drawn("action_id") | drawn("callback_id")) - {ids.INPUT}


@pytest.mark.parametrize("name", sorted(INPUTS))
def test_every_input_is_drawn_by_a_template_and_read_by_a_listener(name: str) -> None:
    assert NAMES[name] in drawn("block_id") | drawn("action_id")
    assert f"ids.{name}" in LISTENERS


def test_every_input_that_a_template_draws_is_named() -> None:
    assert drawn("block_id") <= {NAMES[name] for name in INPUTS}


def test_answers_are_marked_with_the_event_they_are_recognised_by() -> None:
    assert "Mark(ANSWER_EVENT, " in inspect.getsource(posting)


def test_no_two_names_share_an_id() -> None:
    assert len(set(NAMES.values())) == len(NAMES)
