"""Views: the stack of three, hashes, ids, sizes, and what an acknowledgement does to them."""

from __future__ import annotations

from typing import Any

import pytest

from bot.workspace import modals
from bot.workspace.driver import Workspace
from bot.workspace.records import Json, SlackError
from bot.workspace.server import WorkspaceServer
from tests.workspace.conftest import MANIFEST
from tests.workspace.guest import plain

USER = "U1"


@pytest.fixture
def workspace() -> Workspace:
    return WorkspaceServer(MANIFEST).workspace


def view(title: str = "T", **more: Any) -> Json:
    return {"type": "modal", "title": plain(title), "blocks": [], **more}


def opened(workspace: Workspace, **more: Any) -> Json:
    trigger = workspace.new_trigger(USER)
    answer = modals.open_view(workspace, {"trigger_id": trigger, "view": view(**more)})
    return dict(answer["view"])


def pushed(workspace: Workspace, title: str) -> Json:
    args = {"trigger_id": workspace.new_trigger(USER), "view": view(title)}
    return dict(modals.push_view(workspace, args)["view"])


def titles(workspace: Workspace) -> list[str]:
    return [shown["title"]["text"] for shown in workspace.views(USER)]


def test_three_views_fit_on_a_stack_and_know_each_other(workspace: Workspace) -> None:
    first, second, third = opened(workspace, title="1"), pushed(workspace, "2"), pushed(workspace, "3")
    assert titles(workspace) == ["1", "2", "3"]
    assert third["previous_view_id"] == second["id"]
    assert third["root_view_id"] == first["id"]
    with pytest.raises(SlackError, match="push_limit_reached"):
        pushed(workspace, "4")


def test_closing_a_view_closes_those_above_it(workspace: Workspace) -> None:
    opened(workspace, title="1")
    second = pushed(workspace, "2")
    pushed(workspace, "3")
    workspace.close_view(USER, second["id"])
    assert titles(workspace) == ["1"]


def test_an_update_keeps_the_id_and_changes_the_hash(workspace: Workspace) -> None:
    before = opened(workspace)
    after = modals.update_view(workspace, {"view_id": before["id"], "hash": before["hash"], "view": view("New")})
    assert after["view"]["id"] == before["id"]
    assert after["view"]["hash"] != before["hash"]
    with pytest.raises(SlackError, match="hash_conflict"):
        modals.update_view(workspace, {"view_id": before["id"], "hash": before["hash"], "view": view()})


def test_a_view_is_found_by_its_external_id_which_is_unique(workspace: Workspace) -> None:
    opened(workspace, external_id="mine")
    assert modals.update_view(workspace, {"external_id": "mine", "view": view(external_id="mine")})["ok"]
    with pytest.raises(SlackError, match="not_found"):
        modals.update_view(workspace, {"external_id": "other", "view": view()})
    with pytest.raises(SlackError, match="duplicate_external_id"):
        opened(workspace, external_id="mine")


ANSWERS: list[tuple[Json | None, list[str]]] = [
    (None, ["1"]),
    ({"response_action": "errors", "errors": {"b": "no"}}, ["1", "2"]),
    ({"response_action": "update", "view": view("new")}, ["1", "new"]),
    ({"response_action": "push", "view": view("3")}, ["1", "2", "3"]),
    ({"response_action": "clear"}, []),
]


@pytest.mark.parametrize(("answer", "shown"), ANSWERS)
def test_an_acknowledgement_decides_what_is_shown_next(
    workspace: Workspace, answer: Json | None, shown: list[str]
) -> None:
    opened(workspace, title="1")
    second = pushed(workspace, "2")
    modals.after_submission(workspace, USER, second["id"], answer)
    assert titles(workspace) == shown


def test_a_broken_view_is_refused_with_its_pointer(workspace: Workspace) -> None:
    with pytest.raises(SlackError, match="invalid_arguments") as refusal:
        opened(workspace, title="x" * 25)
    messages = refusal.value.extra["response_metadata"]["messages"]
    assert messages == ["[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"]


def test_a_view_of_more_than_a_quarter_megabyte_is_refused(workspace: Workspace) -> None:
    section = {"type": "section", "fields": [plain("x" * 2000)] * 10}
    with pytest.raises(SlackError, match="view_too_large"):
        opened(workspace, blocks=[section] * 20)


def test_home_is_published_for_one_person_and_replaced(workspace: Workspace) -> None:
    ana = workspace.add_person("ana", "Ana Weber")
    first = modals.publish_home(workspace, {"user_id": ana.id, "view": {"type": "home", "blocks": []}})["view"]
    args = {"user_id": ana.id, "hash": first["hash"], "view": {"type": "home", "blocks": []}}
    assert modals.publish_home(workspace, args)["view"]["id"] == first["id"]
    with pytest.raises(SlackError, match="hash_conflict"):
        modals.publish_home(workspace, args)
