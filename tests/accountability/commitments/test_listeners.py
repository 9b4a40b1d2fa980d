"""What a click tells of where it was made, and where the next modal goes."""

from __future__ import annotations

from typing import Any

import pytest

from bot.accountability.commitments.listeners import following, numbered, origin_of
from bot.accountability.commitments.origins import NOWHERE, Origin, Subject, written
from bot.slack.incoming import Incoming

MESSAGE = {"container": {"type": "message", "message_ts": "17.1", "channel_id": "C1"}, "channel": {"id": "C1"}}
BEHIND = Origin("D1", "17.1")


def clicked(action_id: str = "commitment_done", **body: Any) -> Incoming:
    return Incoming({"actions": [{"action_id": action_id, "value": "c1"}], **body})


def modal(metadata: str, **more: Any) -> Incoming:
    view = {"type": "modal", "id": "V1", "private_metadata": metadata, **more}
    return clicked(view=view, container={"type": "view", "view_id": "V1"})


def test_a_click_on_a_message_is_there() -> None:
    assert origin_of(clicked(**MESSAGE)) == Origin("C1", "17.1")
    threaded = {**MESSAGE, "message": {"ts": "17.1", "thread_ts": "17.0"}}
    assert origin_of(clicked(**threaded)) == Origin("C1", "17.1", "17.0")


def test_one_of_several_buttons_is_on_no_message_about_one() -> None:
    assert not origin_of(clicked("commitment_done:3", **MESSAGE)).is_about_one


def test_a_click_in_our_modal_is_on_the_message_behind_it() -> None:
    assert origin_of(modal(written(Subject("c1", BEHIND)))) == BEHIND.under_modal()


@pytest.mark.parametrize("metadata", ["", "r1", '{"round": 1}'])
def test_a_click_in_another_theme_s_modal_is_nowhere_else(metadata: str) -> None:
    assert origin_of(modal(metadata)) == NOWHERE.under_modal()


def test_app_home_is_no_modal() -> None:
    home = clicked(view={"type": "home", "id": "V1"}, container={"type": "view", "view_id": "V1"})
    assert origin_of(home) == NOWHERE


@pytest.mark.parametrize(
    ("above", "step"),
    [
        ({"root_view_id": "V1"}, "push"),
        ({"root_view_id": "V0", "previous_view_id": "V0"}, "push"),
        ({"root_view_id": "V0", "previous_view_id": "V9"}, "update"),
    ],
    ids=["first", "second", "third"],
)
def test_no_fourth_modal_is_stacked(above: dict[str, str], step: str) -> None:
    assert following(modal("", **above)) == step


def test_a_numbered_button_is_heard_and_another_word_is_not() -> None:
    pattern = numbered("commitment_done")
    assert [bool(pattern.search(name)) for name in ("commitment_done", "commitment_done:3", "commitment_doner")] == [
        True,
        True,
        False,
    ]
