"""Ids join three places: a template that draws them, a listener that hears them, and ids.py that names them."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path

import pytest

import bot
from bot.accountability import sending
from bot.answers import posting
from bot.readiness import posting as readiness_posting
from bot.resources import MANIFEST, TEMPLATES
from bot.slack import ids
from tests.register import Register, everything_listened_to

TEXT = "\n".join(path.read_text(encoding="utf-8") for path in sorted(TEMPLATES.rglob("*.j2")))
NAMES = {name: value for name, value in vars(ids).items() if name.isupper()}
FORMS = {value for name, value in NAMES.items() if name.endswith(("_FORM", "_CONFIRMATION"))}
INPUTS = {name for name in NAMES if name.startswith("IN_")} | {
    "FOLLOW_UP_TEXT", "FEEDBACK_REASON", "FEEDBACK_COMMENT", "FEEDBACK_KEEP", "INPUT",
    "START_CHECK", "START_CHANNEL", "START_AUDIENCE", "START_PEOPLE", "START_DEADLINE", "START_ANONYMITY",
    "START_SHOWN", "START_SMALLEST", "START_CO_FACILITATOR", "START_REPEAT", "VOTE_STATEMENT",
    "MANAGE_DEADLINE", "MANAGE_STARTER", "MANAGE_CO_FACILITATOR",
}  # fmt: skip
METADATA = {name for name in NAMES if name.endswith("_EVENT")}
SHORTCUTS = {"RUN_CHECK", "RUN_CHECK_HERE"} | {name for name in NAMES if name.endswith("_SHORTCUT")}
CLICKED = NAMES.keys() - INPUTS - METADATA - SHORTCUTS - {"COMMAND"}
LISTENERS = "\n".join(
    path.read_text(encoding="utf-8") for path in sorted(Path(bot.__file__).parent.rglob("listeners.py"))
)


@pytest.fixture(scope="module")
def register() -> Register:
    return everything_listened_to()


def plain(field: str) -> set[str]:
    """The values of a field in all templates."""
    return set(re.findall(rf'"{field}": (?:\{{\{{ )?"([^":]+)"', TEXT))


def numbered(field: str) -> set[str]:
    """Of those with a number or a name after a colon, the part before it."""
    return set(re.findall(rf'"{field}": \{{\{{ "([^":]+):"', TEXT))


def drawn(field: str) -> set[str]:
    return plain(field) | numbered(field)


@pytest.mark.parametrize("name", sorted(CLICKED))
def test_what_people_press_or_submit_has_a_listener(register: Register, name: str) -> None:
    assert register.hears("view" if NAMES[name] in FORMS else "action", as_pressed(NAMES[name]))


def as_pressed(value: str) -> str:
    return f"{value}:3" if value in numbered("action_id") else value


@pytest.mark.parametrize("name", [ids.OPEN_CARD, ids.VOTE])
def test_a_numbered_button_has_the_same_listener(register: Register, name: str) -> None:
    assert register.hears("action", f"{name}:3")
    assert not register.hears("action", f"{name}ing")


def test_the_command_has_a_listener_and_is_in_the_manifest(register: Register) -> None:
    assert register.hears("command", ids.COMMAND)
    commands = json.loads(MANIFEST.read_text(encoding="utf-8"))["features"]["slash_commands"]
    assert {command["command"] for command in commands} == set(register.heard["command"])


def test_the_shortcuts_have_listeners_and_are_in_the_manifest(register: Register) -> None:
    offered = json.loads(MANIFEST.read_text(encoding="utf-8"))["features"]["shortcuts"]
    assert {shortcut["callback_id"] for shortcut in offered} == {NAMES[name] for name in SHORTCUTS}
    assert {NAMES[name] for name in SHORTCUTS} == set(register.heard["shortcut"])


def test_nothing_is_listened_to_that_no_template_draws(register: Register) -> None:
    heard = {name for kind in ("action", "view") for name in register.heard[kind] if isinstance(name, str)}
    assert heard <= drawn("action_id") | drawn("callback_id")


def test_every_id_that_can_be_pressed_or_submitted_is_drawn_by_a_template() -> None:
    assert {NAMES[name] for name in CLICKED} == (drawn("action_id") | drawn("callback_id")) - {ids.INPUT}


@pytest.mark.parametrize("name", sorted(INPUTS))
def test_every_input_is_drawn_by_a_template_and_read_by_a_listener(name: str) -> None:
    assert NAMES[name] in drawn("block_id") | drawn("action_id")
    assert f"ids.{name}" in LISTENERS


def test_every_input_that_a_template_draws_is_named() -> None:
    assert drawn("block_id") <= {NAMES[name] for name in INPUTS}


def test_posts_are_marked_with_the_event_they_are_recognised_by() -> None:
    assert "Mark(ANSWER_EVENT, " in inspect.getsource(posting)
    assert "Mark(ROUND_EVENT, " in inspect.getsource(readiness_posting)
    assert "Mark(ACCOUNTABILITY_EVENT, " in inspect.getsource(sending)


def test_no_two_names_share_an_id() -> None:
    assert len(set(NAMES.values())) == len(NAMES)
