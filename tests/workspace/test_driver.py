"""Conversations with a real Bolt app over the real protocol: what people do, and what they then see."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from bot.workspace import posting
from bot.workspace.demo import furnish
from bot.workspace.driver import Workspace
from bot.workspace.records import Channel, Json, NotAllowed, NotAnswered, Person
from bot.workspace.world import PATIENCE
from tests.workspace.guest import everything, plain

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def card(workspace: Workspace, ana: Person, room: Channel) -> Json:
    """The app's message with everything on it, in a thread."""
    return answer_to(workspace, workspace.say(ana.id, room.id, "@guest everything please"))


def answer_to(workspace: Workspace, message: Json) -> Json:
    channel, ts = message["channel"], message["ts"]
    return workspace.wait_for(lambda: workspace.messages(channel, ts)[1:])[0]


def opened(workspace: Workspace, user: Person) -> Json:
    return workspace.wait_for(lambda: workspace.views(user.id))[-1]


def test_a_mention_is_answered_in_its_thread(workspace: Workspace, ana: Person, room: Channel) -> None:
    answer = answer_to(workspace, workspace.say(ana.id, room.id, "@guest a < b & @Ana Weber in #leadership"))
    expected = f"<@{workspace.team.bot_user}> a &lt; b &amp; <@{ana.id}> in <#{room.id}|leadership>"
    assert answer["text"] == f"You said: {expected}"


def test_every_envelope_is_acknowledged(workspace: Workspace, ana: Person, card: Json) -> None:
    workspace.open_home(ana.id)
    workspace.click(ana.id, card, "pick", "red")
    workspace.wait_for(lambda: all(delivery.acked_at for delivery in workspace.deliveries))
    assert all((delivery.ack_seconds or 9) < 3 for delivery in workspace.deliveries)


def test_a_direct_message_is_answered_once(workspace: Workspace, ana: Person) -> None:
    dm = workspace.dm_of(ana.id)
    workspace.say(ana.id, dm.id, "hello")
    workspace.wait_for(lambda: len(workspace.messages(dm.id)) == 2)
    workspace.wait_for(lambda: len(workspace.deliveries) == 2 and workspace.deliveries[1].acked_at)
    assert [m["text"] for m in workspace.messages(dm.id)] == ["hello", "In private: hello"]


def test_a_command_answers_with_its_acknowledgement(workspace: Workspace, ana: Person, room: Channel) -> None:
    workspace.command(ana.id, room.id, "/guest", "hi @ana")
    (message,) = workspace.wait_for(lambda: workspace.ephemerals(ana.id))
    assert message["text"] == f"Only you see this: hi <@{ana.id}>"
    assert workspace.messages(room.id) == []


def test_a_command_that_is_not_answered_fails_for_the_person(workspace: Workspace, ana: Person, room: Channel) -> None:
    workspace.command(ana.id, room.id, "/guest", "silence")
    (notice,) = workspace.wait_for(lambda: workspace.notices(ana.id))
    assert notice.text == '/guest failed with the error "operation_timeout": the app did not answer in time.'


def post(workspace: Workspace, room: Channel) -> Json:
    """A message of the app's with everything on it, put there without the app."""
    content = posting.checked_content(workspace, {"blocks": everything("U1", room.id)})
    return posting.post_as_bot(workspace, room, content)


def test_what_slacks_client_would_not_let_people_do_is_refused(
    workspace: Workspace, ana: Person, room: Channel
) -> None:
    elsewhere, card = workspace.add_channel("elsewhere"), post(workspace, room)
    attempts: dict[str, Any] = {
        "/guest is not supported in threads": lambda: workspace.command(ana.id, room.id, "/guest", "", "1.1"),
        "/fly is not a valid command": lambda: workspace.command(ana.id, room.id, "/fly", ""),
        "Ana Weber is not in #elsewhere": lambda: workspace.say(ana.id, elsewhere.id, "hi"),
        "Nothing with the id 1.1": lambda: workspace.click(ana.id, "1.1", "go"),
        "No modal V1 is open": lambda: workspace.submit(ana.id, "V1"),
        "green is not among the options": lambda: workspace.click(ana.id, card, "pick", "green"),
        "no global shortcut fly": lambda: workspace.shortcut(ana.id, "fly"),
    }
    for message, attempt in attempts.items():
        with pytest.raises(NotAllowed, match=message):
            attempt()


def test_a_button_edits_its_message(workspace: Workspace, ana: Person, card: Json) -> None:
    workspace.click(ana.id, card, "count")
    edited = workspace.wait_for(lambda: [m for m in workspace.messages(card["channel"], card["ts"]) if "edited" in m])
    assert edited[0]["text"] == "Everything!"


def test_values_may_be_bare_or_nested_and_lists_or_single(workspace: Workspace, ana: Person) -> None:
    workspace.shortcut(ana.id, "note")
    view = opened(workspace, ana)["id"]
    for values in ({"ways": "mail"}, {"c": ["mail"]}, {"ways": {"c": ["mail"]}}):
        assert workspace.submit(ana.id, view, {"name": "again", "agree": "no", **values})
        sent = workspace.deliveries[-1].payload["view"]["state"]["values"]["ways"]["c"]
        assert [option["value"] for option in sent["selected_options"]] == ["mail"]


@pytest.mark.parametrize(("action", "value"), [("pick", "blue"), ("more", "mute"), ("rate", "down")])
def test_a_choice_reaches_the_app(workspace: Workspace, ana: Person, card: Json, action: str, value: str) -> None:
    workspace.click(ana.id, card, action, value)
    (answer,) = workspace.wait_for(lambda: workspace.ephemerals(ana.id))
    assert answer["text"] == f"You chose {value}"


def test_a_press_carries_where_it_happened_and_what_was_chosen(workspace: Workspace, ana: Person, card: Json) -> None:
    payload = workspace.click(ana.id, card, "count", values={"buttons": {"pick": "red"}}).payload
    assert payload["container"]["thread_ts"] == card["thread_ts"]
    assert payload["message"]["ts"] == card["ts"]
    assert payload["state"]["values"]["buttons"]["pick"]["selected_option"]["value"] == "red"
    assert payload["actions"][0]["value"] == "1"


def test_a_modal_is_filled_in_refused_changed_and_closed(workspace: Workspace, ana: Person, card: Json) -> None:
    workspace.click(ana.id, card, "form")
    view = opened(workspace, ana)["id"]
    missing = workspace.submit(ana.id, view, {"name": "Al"})
    assert missing == {
        "response_action": "errors",
        "errors": {
            "name": "Please enter between 3 and 3000 characters.",
            "agree": "Please complete this required field.",
        },
    }
    taken = workspace.submit(ana.id, view, {"name": "taken", "agree": "yes"})
    assert taken == {"response_action": "errors", "errors": {"name": "This name is taken."}}
    again = workspace.submit(ana.id, view, {"n": "again", "r": "no"})
    assert again
    assert again["response_action"] == "update"
    assert opened(workspace, ana)["title"]["text"] == "Once more"
    assert workspace.submit(ana.id, view, {"name": {"n": "fine"}, "agree": {"r": "no"}, "ways": ["mail"]}) is None
    assert workspace.views(ana.id) == []
    dm = workspace.dm_of(ana.id).id
    assert workspace.wait_for(lambda: workspace.messages(dm))[0]["text"] == "Saved fine: no"


def test_a_modal_that_is_not_answered_stays_and_says_so(workspace: Workspace, ana: Person, room: Channel) -> None:
    workspace.command(ana.id, room.id, "/guest", "form")
    view = opened(workspace, ana)
    with pytest.raises(NotAnswered, match="the app did not answer in time"):
        workspace.submit(ana.id, view["id"], {"name": "silence", "agree": "yes"})
    assert workspace.views(ana.id) == [view]


def test_closing_a_modal_tells_an_app_that_asked(workspace: Workspace, ana: Person) -> None:
    workspace.shortcut(ana.id, "note")
    opened(workspace, ana)
    workspace.close_view(ana.id)
    dm = workspace.dm_of(ana.id).id
    assert workspace.wait_for(lambda: workspace.messages(dm))[0]["text"] == "You cancelled."


def test_a_conversation_chosen_in_a_modal_may_be_answered(
    workspace: Workspace, ana: Person, room: Channel, client: WebClient
) -> None:
    select = {"type": "conversations_select", "action_id": "where", "response_url_enabled": True}
    block = {"type": "input", "block_id": "place", "label": plain("Where"), "element": select}
    view = {"type": "modal", "title": plain("Post"), "submit": plain("Post"), "blocks": [block]}
    client.views_open(trigger_id=workspace.new_trigger(ana.id), view=view)
    [shown] = workspace.views(ana.id)
    with pytest.raises(NotAnswered):  # the app does not know this modal; the payload is what matters
        workspace.submit(ana.id, shown["id"], {"place": room.id})
    [answerable] = workspace.deliveries[-1].payload["response_urls"]
    WebhookClient(answerable["response_url"]).send(text="Here.", response_type="in_channel")
    assert [message["text"] for message in workspace.messages(room.id)] == ["Here."]


def test_a_message_shortcut_carries_its_message(workspace: Workspace, ana: Person, room: Channel) -> None:
    workspace.shortcut(ana.id, "keep", workspace.say(ana.id, room.id, "worth keeping"))
    assert workspace.wait_for(lambda: workspace.ephemerals(ana.id))[0]["text"] == "Kept: worth keeping"


def test_home_is_published_and_its_button_opens_a_modal(workspace: Workspace, ana: Person) -> None:
    home = workspace.open_home(ana.id, timeout=PATIENCE)
    assert home
    workspace.click(ana.id, home, "form")
    assert opened(workspace, ana)["callback_id"] == "form"


@pytest.mark.usefixtures("app")
def test_nobody_presses_in_anothers_view(workspace: Workspace, ana: Person) -> None:
    home, ben = workspace.open_home(ana.id, timeout=PATIENCE), workspace.add_person("ben", "Ben Okafor")
    assert home
    with pytest.raises(NotAllowed, match="is shown to Ben Okafor"):
        workspace.click(ben.id, home, "form")


def test_a_deleted_message_leaves_a_tombstone_when_it_had_replies(
    workspace: Workspace, room: Channel, card: Json
) -> None:
    workspace.delete_message(room.id, card["thread_ts"])
    assert workspace.messages(room.id)[0]["subtype"] == "tombstone"
    workspace.delete_message(room.id, card["ts"])
    assert "reply_count" not in workspace.messages(room.id)[0]


def test_waiting_in_vain_shows_what_happened(workspace: Workspace, ana: Person, room: Channel) -> None:
    workspace.say(ana.id, room.id, "anybody?")
    with pytest.raises(AssertionError, match=r"nothing within 0.01 s[\s\S]*#leadership ana: anybody\?"):
        workspace.wait_for(lambda: False, timeout=0.01)


def test_the_demo_has_a_leadership_team_and_two_channels_with_the_app_in_them(workspace: Workspace) -> None:
    people = furnish(workspace)
    assert [person.real_name for person in people[:3]] == ["Ana Weber", "Ben Okafor", "Chloe Martin"]
    assert len(people) >= 7  # so that two may keep silent and an anonymous round still shows its results
    rooms = [channel for channel in workspace.channels.values() if not channel.is_im]
    assert [room.name for room in rooms] == ["leadership", "customer-work"]
    assert all(workspace.bot_is_in(room) for room in rooms)
    assert len(workspace.messages(rooms[0].id)) == 1
    assert workspace.deliveries == []
