"""The page around the messages in a real browser: unread marks, people, shortcuts, the clock, the inspector, faults."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from bot.clock import MovableClock
from bot.workspace.driver import Workspace
from bot.workspace.records import Channel, Json, Person
from bot.workspace.server import WorkspaceServer
from tests.browser import IN_A_BROWSER, Open, go_to, watched_pages, write
from tests.conftest import Part
from tests.workspace import conftest
from tests.workspace.conftest import MANIFEST, connect

HOSTILE = "<img src=x onerror=alert(1)>"
manifest, clock, server, workspace = conftest.manifest, conftest.clock, conftest.server, conftest.workspace
ana, app = conftest.ana, conftest.app  # a workspace for each test, with the small app in it

pytestmark = IN_A_BROWSER


@pytest.fixture
def ben(workspace: Workspace) -> Person:
    return workspace.add_person("ben", "Ben Okafor", "Asia/Tokyo")


@pytest.fixture
def room(workspace: Workspace, ana: Person, ben: Person) -> Channel:
    channel = workspace.add_channel("leadership", [ana.id, ben.id])
    workspace.invite_bot(channel)
    return channel


@pytest.fixture
def other(workspace: Workspace, ana: Person, ben: Person) -> Channel:
    return workspace.add_channel("customer-work", [ana.id, ben.id])


@pytest.fixture
def opened(browser: Browser, server: WorkspaceServer) -> Iterator[Open]:
    """Opens pages; they are closed before the server is."""
    del server
    with watched_pages(browser) as open_page:
        yield open_page


@pytest.fixture
def page(opened: Open, server: WorkspaceServer, ana: Person, room: Channel) -> Page:
    """The page as Ana sees it, in #leadership."""
    return at(opened, server, ana, room)


def at(opened: Open, server: WorkspaceServer, who: Person, where: Channel) -> Page:
    page = opened(f"{server.url}/#user={who.id}&place={where.id}")
    expect(page.get_by_role("heading", name=f"# {where.name}")).to_be_visible()
    return page


def messages(page: Page) -> Locator:
    return page.get_by_role("log", name="Messages", exact=True).get_by_role("article")


def place(page: Page, name: str) -> Locator:
    return page.get_by_role("navigation").get_by_role("button", name=name)


def unread(page: Page, name: str, number: int) -> None:
    mark = place(page, name).get_by_label(f"{number} unread")
    expect(mark).to_be_visible() if number else expect(place(page, name).get_by_role("img")).to_have_count(0)


# -- unread marks and two pages


def test_what_is_new_is_counted_marked_and_read(
    page: Page, workspace: Workspace, ana: Person, ben: Person, other: Channel
) -> None:
    workspace.say(ana.id, other.id, "mine")
    for text in ("first news", "second news"):
        workspace.say(ben.id, other.id, text)
    unread(page, "# customer-work", 2)
    page.reload()
    unread(page, "# customer-work", 2)
    go_to(page, "# customer-work")
    expect(page.get_by_role("separator", name="New")).to_be_visible()
    line, news = page.get_by_role("separator", name="New"), messages(page).filter(has_text="first news")
    assert line.evaluate("(line, news) => line.nextElementSibling === news", news.element_handle())
    unread(page, "# customer-work", 0)
    page.reload()
    expect(messages(page)).to_have_count(3)
    expect(page.get_by_role("separator", name="New")).to_have_count(0)


def test_a_direct_message_of_the_app_is_counted(page: Page, workspace: Workspace, ana: Person) -> None:
    dm = workspace.dm_of(ana.id)
    workspace.store({"channel": dm.id, "user": workspace.team.bot_user, "ts": workspace.next_ts(), "text": "Due today"})
    unread(page, "Guest", 1)
    go_to(page, "Guest")
    expect(messages(page).filter(has_text="Due today")).to_be_visible()
    unread(page, "Guest", 0)


def test_two_pages_of_one_person_agree(
    page: Page, opened: Open, server: WorkspaceServer, ana: Person, ben: Person, room: Channel, other: Channel
) -> None:
    second = at(opened, server, ana, other)
    server.workspace.say(ben.id, room.id, "for both")
    expect(messages(page).filter(has_text="for both")).to_be_visible()
    unread(second, "# leadership", 0)
    server.workspace.say(ben.id, other.id, "seen by the second page")
    expect(messages(second)).to_have_count(1)
    unread(page, "# customer-work", 0)
    write(second, "and an answer")
    go_to(page, "# customer-work")
    expect(messages(page).filter(has_text="and an answer")).to_be_visible()


# -- people


def test_a_person_is_added_and_acts(page: Page, workspace: Workspace) -> None:
    page.get_by_role("button", name="Add a person").click()
    form = page.get_by_role("dialog", name="Add a person")
    form.get_by_label("Name", exact=True).fill(f"Dana {HOSTILE}")
    form.get_by_label("User name").fill("ana")
    form.get_by_label("Time zone").fill("America/New_York")
    form.get_by_role("button", name="Add").click()
    expect(form.get_by_text("Somebody is called ana already.")).to_be_visible()
    form.get_by_label("User name").fill("dana")
    form.get_by_role("button", name="Add").click()
    expect(form).to_be_hidden()
    expect(page.get_by_label("Acting as").locator("option:checked")).to_have_text(f"Dana {HOSTILE}")
    write(page, "hello from New York")
    expect(page.get_by_label(f"Message from Dana {HOSTILE}")).to_be_visible()
    assert [person.tz for person in workspace.people.values() if person.name == "dana"] == ["America/New_York"]


def test_times_and_days_are_those_of_the_person(
    page: Page, workspace: Workspace, clock: MovableClock, ana: Person, ben: Person, room: Channel
) -> None:
    evening = (clock() + timedelta(days=1)).replace(hour=18, minute=30)  # in Tokyo the day after, at 3:30
    clock.move_to(evening)
    parent = workspace.say(ana.id, room.id, "an evening thought")
    workspace.say(ben.id, room.id, "slept over it", parent["ts"])
    clock.move(timedelta(minutes=1))
    workspace.note("clock", clock())
    expect(page.get_by_role("button", name="1 reply Last reply today at")).to_be_visible()
    page.get_by_label("Acting as").select_option("Ben Okafor")
    expect(messages(page).filter(has_text="an evening thought").get_by_role("time")).to_have_text("03:30")
    expect(page.get_by_role("button", name="1 reply Last reply today at 03:30")).to_be_visible()
    page.get_by_role("button", name="+1 day").click()
    expect(page.get_by_role("separator", name="Yesterday")).to_be_visible()


def test_reactions_and_edits_are_shown(
    page: Page, workspace: Workspace, ana: Person, ben: Person, room: Channel
) -> None:
    said = workspace.say(ana.id, room.id, "agreed?")
    message = workspace.find(room.id, said["ts"])
    assert message
    message["reactions"] = [{"name": "eyes", "count": 2, "users": [ana.id, ben.id]}]
    message["edited"] = {"user": ana.id, "ts": workspace.next_ts()}
    workspace.note("edited", message)
    expect(page.get_by_label("eyes, 2: Ana Weber, Ben Okafor")).to_be_visible()
    expect(page.get_by_text("(edited)")).to_be_visible()


def test_an_attachment_is_shown_as_it_came(page: Page, workspace: Workspace, ana: Person, room: Channel) -> None:
    said = workspace.say(ana.id, room.id, "look")
    message = workspace.find(room.id, said["ts"])
    assert message
    message["attachments"] = [{"id": 1, "text": "from elsewhere"}]
    workspace.note("edited", message)
    box = page.locator(".unknown", has_text="attachment: this page cannot draw it")
    expect(box).to_be_visible()
    expect(box.locator("pre")).to_contain_text("from elsewhere")


def test_whoever_writes_is_taken_to_the_end(page: Page, workspace: Workspace, ben: Person, room: Channel) -> None:
    for number in range(40):
        workspace.say(ben.id, room.id, f"message {number}")
    expect(page.get_by_text("message 39")).to_be_in_viewport()
    page.get_by_label("Messages", exact=True).evaluate("list => list.scrollTo(0, 0)")
    expect(page.get_by_text("message 39")).not_to_be_in_viewport()
    write(page, "my own words")
    expect(page.get_by_text("my own words")).to_be_in_viewport()


# -- shortcuts, tabs, completion


@pytest.mark.usefixtures("app")
def test_a_global_shortcut_opens_its_form(page: Page) -> None:
    page.get_by_role("button", name="Shortcuts").click()
    page.get_by_role("button", name="Note").click()
    expect(page.get_by_role("dialog").get_by_role("heading", name="A note")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


@pytest.mark.usefixtures("app")
def test_a_message_shortcut_gets_its_message(page: Page) -> None:
    write(page, "worth keeping")
    message = messages(page).filter(has_text="worth keeping")
    message.hover()
    message.get_by_role("button", name="More actions").click()
    message.get_by_role("button", name="Keep").click()
    expect(messages(page).filter(has_text="Only visible to you")).to_contain_text("Kept: worth keeping")


@pytest.mark.usefixtures("app")
def test_the_app_has_a_home_and_a_messages_tab(page: Page) -> None:
    go_to(page, "Guest")
    page.get_by_role("button", name="Home", exact=True).click()
    expect(page.get_by_role("heading", name="Your home")).to_be_visible()
    expect(page.get_by_label("Write a message", exact=True)).to_be_hidden()
    page.get_by_role("button", name="Messages", exact=True).click()
    write(page, "hello there")
    expect(messages(page).last).to_contain_text("In private: hello there")


def test_channels_are_completed(page: Page, other: Channel) -> None:
    box = page.get_by_label("Write a message", exact=True)
    expect(place(page, f"# {other.name}")).to_be_visible()
    box.press_sequentially("see #cust")
    box.press("Tab")
    expect(box).to_have_value("see #customer-work ")
    box.press("Shift+Enter")
    box.press_sequentially("second line")
    box.press("Enter")
    expect(messages(page).last.get_by_text("second line")).to_be_visible()


# -- the clock


def test_the_clock_moves_at_a_press(page: Page, workspace: Workspace) -> None:
    before, due = workspace.now(), workspace.now() + timedelta(days=3)
    expect(page.get_by_role("button", name="To the next due action")).to_be_disabled()
    expect(page.get_by_role("region", name="Workspace time").get_by_text("Nothing is due.")).to_be_visible()
    page.get_by_role("button", name="+1 hour").click()
    page.get_by_role("button", name="+1 day").click()
    workspace.wait_for(lambda: workspace.now() - before >= timedelta(days=1, hours=1))
    workspace.due.append(lambda: due if workspace.now() < due else None)
    workspace.note("planned", due)
    page.get_by_role("button", name="To the next due action").click()
    expect(page.get_by_role("button", name="To the next due action")).to_be_disabled()
    assert workspace.now() >= due


# -- the inspector and the faults


@pytest.mark.usefixtures("app")
def test_the_inspector_follows_the_traffic(page: Page, server: WorkspaceServer) -> None:
    page.get_by_role("button", name="Inspector", exact=True).click()
    panel = page.get_by_role("complementary", name="Inspector")
    expect(panel.get_by_label("Filter by text")).to_be_focused()
    write(page, f"/guest {HOSTILE}")
    line = panel.get_by_role("group").filter(has_text="/guest").first
    expect(line).to_contain_text("acknowledged after")
    line.locator("summary").click()
    expect(line.locator("pre")).to_contain_text('"command": "/guest"')
    panel.get_by_label("Filter by text").fill("connections.open")
    expect(panel.locator(".row")).to_have_count(1)
    panel.get_by_label("Filter by text").fill("")
    panel.get_by_label("Kind of traffic").select_option("Problems")
    expect(panel.get_by_text("Nothing like that.")).to_be_visible()
    write(page, "/guest silence")
    expect(panel.locator(".row")).to_contain_text("the app did not answer in time")
    expect(panel.locator(".row")).to_contain_text("must acknowledge within three seconds")
    assert server.bot_token not in page.content()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


@pytest.mark.usefixtures("app")
def test_a_fault_is_switched_on_and_all_are_switched_off(page: Page, workspace: Workspace) -> None:
    page.get_by_role("button", name="Inspector", exact=True).click()
    panel = page.get_by_role("complementary", name="Inspector")
    panel.get_by_text("Faults", exact=True).click()
    panel.get_by_label("What goes wrong").select_option("Server error")
    expect(panel.get_by_text("fail with an error of Slack's own")).to_be_visible()
    panel.get_by_label("How often").fill("2")
    panel.get_by_role("button", name="Switch on").click()
    expect(panel.get_by_text("Server error 2 more times")).to_be_visible()
    write(page, "@guest hello")
    expect(panel.get_by_text("Server error 1 more time")).to_be_visible()
    panel.get_by_role("button", name="All off").click()
    expect(panel.get_by_role("button", name="All off")).to_be_hidden()
    assert workspace.faults == []


# -- many messages


def test_of_thousands_of_messages_the_newest_are_drawn_and_earlier_ones_at_a_press(
    page: Page, workspace: Workspace, ana: Person, room: Channel
) -> None:
    for number in range(1, 5001):
        message: Json = {"type": "message", "user": ana.id, "channel": room.id, "ts": f"{number:04}.000001"}
        workspace.store({**message, "text": f"message number {number}"})
    expect(messages(page).last).to_contain_text("message number 5000")
    expect(messages(page)).to_have_count(200)
    expect(page.get_by_text("4800 more")).to_be_visible()
    page.get_by_role("button", name="Earlier messages").click()
    expect(messages(page)).to_have_count(400)
    expect(messages(page).first).to_contain_text("message number 4601")
    write(page, "one more")
    expect(messages(page).filter(has_text="one more")).to_have_count(1)


# -- keyboard, narrow windows


def test_escape_closes_the_thread_and_the_focus_returns(
    page: Page, workspace: Workspace, ben: Person, room: Channel
) -> None:
    parent = workspace.say(ben.id, room.id, "a question")
    workspace.say(ben.id, room.id, "an answer", parent["ts"])
    button = page.get_by_role("button", name="1 reply")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Reply", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("complementary", name="Thread")).to_be_hidden()
    expect(button).to_be_focused()


def test_every_button_and_field_has_a_name(page: Page, workspace: Workspace, ben: Person, room: Channel) -> None:
    workspace.say(ben.id, room.id, "a question")
    expect(messages(page)).to_have_count(1)
    page.get_by_role("button", name="Inspector", exact=True).click()
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll("button, select, input, textarea")].filter((node) =>
            !node.textContent.trim() && !node.ariaLabel && !node.labels?.length).map((node) => node.outerHTML)"""
    )
    assert [node for node in unnamed if "option" not in node] == []


@pytest.mark.parametrize("width", [400, 320])
def test_a_narrow_window_scrolls_only_downwards(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    write(page, "wide " + "long" * 80)
    messages(page).last.get_by_role("button", name="Reply in thread").click()
    expect(page.get_by_role("complementary", name="Thread")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("Escape")
    page.get_by_label("Show channels").click()
    expect(place(page, "# leadership")).to_be_visible()
    expect(page.get_by_role("button", name="+1 day")).to_be_visible()
    page.keyboard.press("Escape")
    expect(place(page, "# leadership")).to_be_hidden()
    page.get_by_role("button", name="Inspector", exact=True).click()
    expect(page.get_by_label("Filter by text")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


# -- what comes and goes


def test_an_app_that_goes_away_is_missed_and_comes_back(page: Page, server: WorkspaceServer, part: Part) -> None:
    expect(page.get_by_text("The app is not connected.")).to_be_visible()
    handler = connect(server)
    expect(page.get_by_text("The app is not connected.")).to_be_hidden()
    handler.client.auto_reconnect_enabled = False
    server.courier.sockets.cut()
    expect(page.get_by_text("The app is not connected.")).to_be_visible()
    part(server, handler.client)


def test_a_server_that_is_gone_is_one_line_and_the_page_goes_on_with_the_next(browser: Browser) -> None:
    def started(port: int, *channels: str) -> WorkspaceServer:
        server = WorkspaceServer(MANIFEST, port=port, clock=MovableClock())
        person = server.workspace.add_person("ana", "Ana Weber")
        for name in channels:
            server.workspace.add_channel(name, [person.id])
        server.start()
        return server

    first = started(0, "the-first", "more-of-the-first")
    port = int(first.url.rpartition(":")[2])
    page = browser.new_page()
    page.goto(first.url)
    go_to(page, "# more-of-the-first")
    write(page, "still here")
    expect(messages(page)).to_have_count(1)
    first.stop()
    expect(page.get_by_text("The workspace has stopped.")).to_be_visible()
    for _ in range(3):
        write(page, "anybody?")
    expect(page.get_by_label("Write a message", exact=True)).to_have_value("anybody?")
    expect(page.locator(".toast")).to_have_count(0)
    expect(page.get_by_text("The workspace has stopped.")).to_have_count(1)
    second = started(port, "the-second")
    expect(page.get_by_role("heading", name="# the-second")).to_be_visible()
    expect(page.get_by_text("The workspace has stopped.")).to_be_hidden()
    page.close()
    second.stop()


@pytest.mark.parametrize("rest", ["team=T404&user=U404&place=C404", "user={user}&place={room}"])
def test_a_place_or_a_thread_that_is_gone_gives_way_to_what_is_there(
    opened: Open, server: WorkspaceServer, ana: Person, room: Channel, rest: str
) -> None:
    page = opened(f"{server.url}/#{rest.format(user=ana.id, room=room.id)}&thread=1.1")
    expect(page.get_by_role("heading", name=f"# {room.name}")).to_be_visible()
    expect(page.get_by_label("Acting as")).to_have_value(ana.id)
    expect(page.get_by_role("complementary", name="Thread")).to_be_hidden()


def test_workspaces_are_switched_when_there_are_several(page: Page, server: WorkspaceServer) -> None:
    expect(page.get_by_role("combobox", name="Workspace", exact=True)).to_be_hidden()
    second = server.add_workspace("Second workspace")
    zoe = second.add_person("zoe", "Zoe Park")
    second.add_channel("elsewhere", [zoe.id])
    page.reload()
    page.get_by_role("combobox", name="Workspace", exact=True).select_option("Second workspace")
    expect(page.get_by_role("heading", name="# elsewhere")).to_be_visible()
    write(page, "hello elsewhere")
    expect(page.get_by_label("Message from Zoe Park")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="# elsewhere")).to_be_visible()
    second.say(zoe.id, next(iter(second.channels)), "news of this workspace")
    expect(messages(page).last).to_contain_text("news of this workspace")


def test_what_is_typed_while_a_place_is_still_being_opened_is_not_lost(
    page: Page, workspace: Workspace, other: Channel
) -> None:
    expect(page.get_by_role("button", name=f"# {other.name}")).to_be_visible()
    page.route("**/control/state?*", lambda _: None)  # the answer for the new place is on its way
    go_to(page, "customer-work")
    box = page.get_by_label("Write a message", exact=True)
    box.fill("Is anybody here?")
    page.unroute("**/control/state?*")  # and comes
    expect(page.get_by_role("heading", name="# customer-work")).to_be_visible()
    expect(page.get_by_label("Write a message", exact=True)).to_have_value("Is anybody here?")
    page.get_by_label("Write a message", exact=True).press("Enter")
    workspace.wait_for(lambda: [message["text"] for message in workspace.messages(other.id)] == ["Is anybody here?"])
