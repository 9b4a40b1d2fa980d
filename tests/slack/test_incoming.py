"""What Slack sends, read from payloads as Slack documents them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.errors import Refusal
from bot.keys import WorkspaceKey
from bot.slack.incoming import Incoming

Json = dict[str, Any]

# fmt: off
MENTION: Json = {
    "token": "t", "team_id": "T1", "api_app_id": "A1", "type": "event_callback", "event_id": "Ev1", "event_time": 1,
    "is_ext_shared_channel": False,
    "authorizations": [{"enterprise_id": None, "team_id": "T1", "user_id": "UBOT", "is_bot": True,
                        "is_enterprise_install": False}],
    "event": {"type": "app_mention", "user": "U1", "text": "<@UBOT> hello", "ts": "1.1", "channel": "C1",
              "event_ts": "1.1", "team": "T1"},
}
CLICK: Json = {
    "type": "block_actions", "user": {"id": "U1", "username": "u", "name": "u", "team_id": "T1"},
    "api_app_id": "A1", "token": "t",
    "container": {"type": "message", "message_ts": "1.2", "channel_id": "C1", "is_ephemeral": False},
    "trigger_id": "1.2.3", "team": {"id": "T1", "domain": "d"}, "enterprise": None, "is_enterprise_install": False,
    "channel": {"id": "C1", "name": "general"},
    "message": {"type": "message", "user": "UBOT", "bot_id": "B1", "ts": "1.2", "text": "poll", "blocks": []},
    "state": {"values": {}}, "response_url": "http://127.0.0.1:8899/hook",
    "actions": [{"action_id": "vote", "block_id": "b1", "text": {"type": "plain_text", "text": "A"},
                 "value": "opt-1", "type": "button", "action_ts": "1.3"}],
}
COMMAND: Json = {
    "token": "t", "team_id": "T1", "team_domain": "d", "channel_id": "C1", "channel_name": "general",
    "user_id": "U1", "user_name": "u", "command": "/poll", "text": "a b", "api_app_id": "A1",
    "is_enterprise_install": "false", "response_url": "http://127.0.0.1:8899/hook", "trigger_id": "1.2.3",
}
SUBMISSION: Json = {
    "type": "view_submission", "team": {"id": "T1", "domain": "d"},
    "user": {"id": "U1", "username": "u", "name": "u", "team_id": "T1"}, "api_app_id": "A1", "token": "t",
    "trigger_id": "1.2.3", "response_urls": [],
    "view": {"id": "V1", "team_id": "T1", "type": "modal", "callback_id": "pollform", "private_metadata": "",
             "hash": "1.x", "blocks": [], "title": {"type": "plain_text", "text": "P"}, "root_view_id": "V1",
             "app_id": "A1", "bot_id": "B1",
             "state": {"values": {"q": {"a": {"type": "plain_text_input", "value": "why"}},
                                  "r": {"a": {"type": "radio_buttons", "selected_option": {"value": "wrong"}}},
                                  "n": {"a": {"type": "plain_text_input", "value": None}},
                                  "s": {"a": {"type": "radio_buttons", "selected_option": None}}}}},
    "is_enterprise_install": False, "enterprise": None,
}
HOME_CLICK: Json = {
    **{name: CLICK[name] for name in ("type", "user", "team", "enterprise", "trigger_id", "actions")},
    "container": {"type": "view", "view_id": "V9"},
    "view": {"id": "V9", "type": "home", "hash": "2.x", "blocks": [], "state": {"values": {}}},
}
# fmt: on
ALL = {"mention": MENTION, "click": CLICK, "command": COMMAND, "submission": SUBMISSION, "home click": HOME_CLICK}
SAMPLES = pytest.mark.parametrize("body", ALL.values(), ids=ALL.keys())


def with_action(**change: Any) -> Incoming:
    return Incoming({**CLICK, "actions": [{**CLICK["actions"][0], **change}]})


@SAMPLES
def test_every_kind_names_its_workspace_and_person(body: Json) -> None:
    incoming = Incoming(body)
    assert incoming.key == WorkspaceKey("", "T1")
    assert incoming.user_id == "U1"


@pytest.mark.parametrize("body", [MENTION, CLICK, COMMAND])
def test_what_happens_in_a_channel_names_it(body: Json) -> None:
    assert Incoming(body).channel_id == "C1"


@pytest.mark.parametrize("body", [SUBMISSION, HOME_CLICK])
def test_modals_and_the_home_page_have_no_channel(body: Json) -> None:
    assert Incoming(body).channel_id == ""


@pytest.mark.parametrize(
    "body", [{**MENTION, "enterprise_id": "E1"}, {**CLICK, "enterprise": {"id": "E1", "name": "e"}}]
)
def test_an_enterprise_is_part_of_the_key(body: Json) -> None:
    assert Incoming(body).key == WorkspaceKey("E1", "T1")


def of_the_grid(authorized: Json | None, **change: Any) -> Incoming:
    return Incoming({**MENTION, "authorizations": [authorized], **change})


def test_in_a_workspace_of_a_grid_events_and_clicks_have_the_same_key() -> None:
    event = of_the_grid({**MENTION["authorizations"][0], "enterprise_id": "E1"})
    click = Incoming({**CLICK, "enterprise": {"id": "E1", "name": "e"}})
    assert event.key == click.key == WorkspaceKey("E1", "T1")


@pytest.mark.parametrize("body", [CLICK, SUBMISSION])
def test_installed_for_an_organisation_events_and_clicks_have_the_same_key(body: Json) -> None:
    everywhere = {**MENTION["authorizations"][0], "enterprise_id": "E1", "team_id": None, "is_enterprise_install": True}
    chosen = Incoming({**body, "team": None, "enterprise": {"id": "E1"}, "is_enterprise_install": True})
    assert of_the_grid(everywhere).key == chosen.key == WorkspaceKey("E1", "T1")


def test_an_event_without_a_team_is_for_the_installation_that_it_names() -> None:
    event = of_the_grid({"enterprise_id": None, "team_id": "T1"}, team_id=None, event={"type": "app_mention"})
    assert event.key == WorkspaceKey("", "T1")


@pytest.mark.parametrize("change", [{"authorizations": []}, {"authorizations": None}, {"authorizations": [None]}])
def test_an_event_that_names_no_installation_still_has_its_team(change: Json) -> None:
    assert Incoming({**MENTION, **change}).key == WorkspaceKey("", "T1")


def test_text_is_that_of_the_event_or_the_command() -> None:
    assert Incoming(MENTION).text == "<@UBOT> hello"
    assert Incoming(COMMAND).text == "a b"


def test_a_channels_own_message_is_in_no_thread() -> None:
    assert Incoming(MENTION).thread_ts == ""
    assert Incoming(CLICK).thread_ts == ""


def test_a_message_in_a_thread_names_the_thread() -> None:
    assert Incoming({**MENTION, "event": {**MENTION["event"], "thread_ts": "0.9"}}).thread_ts == "0.9"
    assert Incoming({**CLICK, "message": {**CLICK["message"], "thread_ts": "0.9"}}).thread_ts == "0.9"


def test_the_first_message_of_a_thread_is_no_reply() -> None:
    assert Incoming({**CLICK, "message": {**CLICK["message"], "thread_ts": "0.9"}}).is_reply
    assert not Incoming({**CLICK, "message": {**CLICK["message"], "thread_ts": "1.2"}}).is_reply
    assert not any(Incoming(body).is_reply for body in ALL.values())


def test_an_ephemeral_in_a_thread_names_the_thread_though_its_message_is_not_sent() -> None:
    body = {**CLICK, "container": {**CLICK["container"], "is_ephemeral": True, "thread_ts": "0.9"}}
    del body["message"]
    incoming = Incoming(body)
    assert (incoming.thread_ts, incoming.is_private) == ("0.9", True)


def test_a_click_in_a_channel_is_answered_under_its_message() -> None:
    assert Incoming(CLICK).answer_thread == "1.2"


def test_a_click_in_a_direct_message_is_answered_flat() -> None:
    place = {"channel": {"id": "D1"}, "container": {**CLICK["container"], "channel_id": "D1"}}
    assert Incoming({**CLICK, **place}).answer_thread == ""


def test_a_click_on_the_home_page_has_no_thread() -> None:
    incoming = Incoming(HOME_CLICK)
    assert (incoming.is_home, incoming.answer_thread) == (True, "")


def test_a_repeated_event_has_the_same_key_and_id() -> None:
    repeated = Incoming({**MENTION, "event_time": 2})
    assert repeated.delivery == Incoming(MENTION).delivery == "event:Ev1"
    assert repeated.id == Incoming(MENTION).id


@pytest.mark.parametrize("change", [{"action_ts": "1.4"}, {"action_id": "other"}])
def test_another_click_is_another_delivery(change: Json) -> None:
    assert with_action(**change).delivery != Incoming(CLICK).delivery


def test_a_click_by_somebody_else_is_another_delivery() -> None:
    assert Incoming({**CLICK, "user": {"id": "U2"}}).delivery != Incoming(CLICK).delivery


def test_a_modal_submitted_again_after_a_change_is_another_delivery() -> None:
    again = {**SUBMISSION, "view": {**SUBMISSION["view"], "hash": "2.x"}}
    assert Incoming(again).delivery != Incoming(SUBMISSION).delivery


@SAMPLES
def test_ids_are_short_opaque_and_differ_between_workspaces(body: Json) -> None:
    elsewhere = {**body, "team_id": "T2", "team": {"id": "T2"}}
    assert len(Incoming(body).id) == 20
    assert Incoming(body).id.isalnum()
    assert Incoming(body).id != Incoming(elsewhere).id


def test_different_kinds_never_share_an_id() -> None:
    assert len({Incoming(body).id for body in ALL.values()}) == len(ALL)


@pytest.mark.parametrize(("block", "entered"), [("q", "why"), ("r", "wrong"), ("n", ""), ("s", ""), ("absent", "")])
def test_what_was_filled_in_is_read_whatever_the_input(block: str, entered: str) -> None:
    assert Incoming(SUBMISSION).state(block, "a") == entered


def test_a_button_without_a_value_is_refused_kindly() -> None:
    assert Incoming(CLICK).value_or_refuse() == "opt-1"
    with pytest.raises(Refusal, match="no longer works"):
        with_action(value=None).value_or_refuse()


@pytest.mark.parametrize(
    "body", [{}, {"actions": []}, {"actions": [None]}, {"event": None, "view": None, "user": None}]
)
def test_a_payload_without_anything_reads_as_empty(body: Json) -> None:
    incoming = Incoming(body)
    assert incoming.key == WorkspaceKey("", "")
    parts = (incoming.user_id, incoming.channel_id, incoming.thread_ts, incoming.text, incoming.value)
    assert set(parts) == {""}


def test_people_places_and_times_that_were_picked_are_read() -> None:
    values = {
        "who": {"a": {"type": "multi_users_select", "selected_users": ["U1", "U2"]}},
        "one": {"a": {"type": "users_select", "selected_user": "U3"}},
        "where": {"a": {"type": "conversations_select", "selected_conversation": "C1"}},
        "when": {"a": {"type": "datetimepicker", "selected_date_time": 1_795_622_400}},
        "day": {"a": {"type": "datepicker", "selected_date": "2026-11-25"}},
        "time": {"a": {"type": "timepicker", "selected_time": "09:30"}},
        "which": {"a": {"type": "checkboxes", "selected_options": [{"value": "x"}, {"value": "y"}]}},
    }
    incoming = Incoming({**SUBMISSION, "view": {**SUBMISSION["view"], "state": {"values": values}}})
    assert incoming.people("who", "a") == ("U1", "U2")
    assert (incoming.state("one", "a"), incoming.state("where", "a")) == ("U3", "C1")
    assert incoming.moment("when", "a") == datetime(2026, 11, 25, 16, tzinfo=UTC)
    assert incoming.day("day", "a") == date(2026, 11, 25)
    assert (incoming.time_of_day("time", "a"), incoming.choices("which", "a")) == ("09:30", {"x", "y"})
    assert (incoming.time_of_day("none", "a"), incoming.choices("none", "a")) == ("", frozenset())
    assert (incoming.people("none", "a"), incoming.moment("none", "a"), incoming.day("none", "a")) == ((), None, None)


def test_somebody_of_another_company_is_told_by_their_team() -> None:
    assert not Incoming(CLICK).is_from_elsewhere
    assert Incoming({**CLICK, "user": {"id": "U1", "team_id": "T2"}}).is_from_elsewhere
    in_organisation = {**CLICK, "enterprise": {"id": "E1"}, "user": {"id": "U1", "team_id": "T2"}}
    assert not Incoming(in_organisation).is_from_elsewhere


def test_in_an_organisation_a_payload_can_t_tell_its_own_people_from_another_company_s() -> None:
    of_ours = {**CLICK, "enterprise": {"id": "E1"}}
    assert not Incoming(of_ours).may_be_from_elsewhere
    assert Incoming({**of_ours, "user": {"id": "U1", "team_id": "T2"}}).may_be_from_elsewhere
    assert not Incoming({**CLICK, "user": {"id": "U1", "team_id": "T2"}}).may_be_from_elsewhere  # it tells
