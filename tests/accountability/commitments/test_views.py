"""Every message and modal about commitments as Slack gets it: within its limits, inert, and in plain words."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from bot.accountability.commitments import views
from bot.accountability.commitments.commitment import LONGEST_TEXT, Change, Commitment, Deed, State
from bot.accountability.commitments.lists import views as list_views
from bot.accountability.commitments.lists.asked import Asked
from bot.accountability.commitments.lists.views import Filter, ListView, Rate
from bot.accountability.commitments.making import views as making_views
from bot.accountability.commitments.making.drafts import Draft
from bot.accountability.commitments.making.presenting import MakingPresenter
from bot.accountability.commitments.making.typed import LONGEST
from bot.accountability.commitments.making.views import UnsavedView
from bot.accountability.commitments.origins import Origin
from bot.accountability.commitments.presenting import LINES_IN_ACK, Presenter
from bot.accountability.commitments.sides import Offer, offers
from bot.accountability.commitments.views import CommitmentModal
from bot.resources import TEMPLATES
from bot.slack import ids
from bot.slack.render import Renderer, View
from bot.workspace.blocks import elements_of, problems
from tests.accountability.commitments.examples import (
    ANA,
    BEN,
    CLEO,
    DUE,
    FEW,
    MONDAY,
    OURS,
    WEEK,
    a_commitment,
    asked_of,
    handed_to,
    made,
)
from tests.accountability.sendable import TEXTS, WORST, assert_sendable, words_of

LINK = "https://acme.slack.com/archives/C1/p17?thread_ts=1.2&cid=C1"
KNOWN = (ANA, BEN, CLEO, "C1", LINK.replace("&", "&amp;"))
FOLDER = "accountability/commitments"
MESSAGE = Origin("D1", "17.1")
ACK_LIMIT = 64_000  # bytes of a frame that Bolt's Socket Mode client can send
EVERY_STATE = (
    a_commitment(),
    asked_of(BEN),
    asked_of(BEN, proposed_due=DUE + WEEK),
    handed_to(BEN, assigner=CLEO),
    a_commitment(due=MONDAY, needs_help_since=MONDAY),
    a_commitment(snoozed_until=DUE),
    a_commitment(state=State.DONE, ended_at=DUE),
    a_commitment(state=State.DROPPED, ended_at=DUE),
)


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(TEMPLATES)


def presenter(statement: str = "") -> Presenter:
    return Presenter(
        lambda *_: statement,
        lambda _key, of, reader: offers(of, reader, may_change=True),
        lambda: DUE - WEEK,
    )


def of_deed(of: Commitment, deed: Deed, by: str, owner: str, reason: str = "") -> Change:
    return Change(DUE - WEEK, by, deed, of.state, of.due, owner, reason)


def every_view(text: str = "Publish the customer math") -> Iterator[View]:
    """Every view, in every state that looks different."""
    show = presenter(text[:300])
    about = {"what": text[:LONGEST_TEXT], "link": LINK, "round_id": "r1", "statement_id": "s4"}
    for of in (replace(one, **about) for one in EVERY_STATE):
        for deed in Deed:
            for by, owner in ((ANA, ANA), (ANA, BEN), (BEN, ANA)):
                for reader in (ANA, BEN, CLEO):
                    change = of_deed(of, deed, by, owner, text[:LONGEST_TEXT])
                    yield show.message(OURS, of, change, reader)
        changes = [made(of), *(of_deed(of, deed, BEN, CLEO, text[:LONGEST_TEXT]) for deed in Deed)] * 4
        for just_done in (True, False):
            yield show.modal(OURS, of, changes, BEN, MESSAGE, just_done=just_done)
            yield show.modal(OURS, of, changes, BEN, MESSAGE, just_done=just_done, lines=LINES_IN_ACK)
        yield show.modal(OURS, of, [made(of)], ANA, MESSAGE)
        for offer in (Offer.NEW_DATE, Offer.PROPOSE_DATE, Offer.SNOOZE):
            yield show.date_form(OURS, of, offer, MESSAGE)
            yield show.date_confirmation(OURS, of, offer, "Friday 18 December 2026", text[:LONGEST_TEXT], "d1")
        yield show.hand_over_form(OURS, of, MESSAGE)
        yield show.reason_form(OURS, of, Offer.DROP, MESSAGE)
        yield show.reason_form(OURS, of, Offer.DECLINE, MESSAGE)
        yield show.help_form(OURS, of, MESSAGE)
        yield MakingPresenter(show).saved(OURS, of)
        yield MakingPresenter(show).saved_modal(OURS, of)
        yield from every_list(show, of)
    yield from every_draft(MakingPresenter(show), text)


def every_list(show: Presenter, of: Commitment) -> Iterator[View]:
    shown, chosen = show.shown(OURS, of), Filter("Open", Asked(in_channel=True).value)
    listed: dict[str, Any] = {"reader": ANA, "filters": (chosen,), "chosen": chosen, "total": 23, "pages": 3}
    yield ListView("C1", commitments=(shown,) * 10, page=2, before="a/1", after="a/3", **listed)
    yield ListView("C1", commitments=(shown,) * 10, page=1, after="a/2", **listed)
    yield ListView("", commitments=(shown,), page=3, before="a/2", rate=Rate(2, 3, 67), **listed)
    yield ListView("", commitments=(), page=1, **{**listed, "total": 0, "pages": 1})


def every_draft(show: MakingPresenter, text: str) -> Iterator[View]:
    about = {"round_id": "r1", "statement_id": "s4", "zone": "Europe/Berlin"}
    whole = Draft("d1", "r", ANA, BEN, text[:LONGEST_TEXT], text[:80], DUE, channel_id="C1", link=LINK, **about)
    typed = replace(whole, what=text[:LONGEST], when=text[:LONGEST])
    for draft in (whole, replace(whole, owner=ANA, channel_id="", link="", statement_id="", is_their_zone=False)):
        yield show.echo(OURS, draft)
        yield show.confirmation(OURS, draft)
        yield show.question(OURS, (draft, replace(draft, id="d2", due=DUE + WEEK)))
    yield show.form(OURS, typed, text)
    yield show.form(OURS, Draft("d1", "d1", ANA))
    yield UnsavedView("d1", f"Too slow. {text[:300]}")


@pytest.mark.parametrize("text", ["Publish the customer math", *WORST])
def test_the_worst_texts_can_be_sent(renderer: Renderer, text: str) -> None:
    for view in every_view(text):
        assert_sendable(renderer, view, *KNOWN)


@given(TEXTS)
@FEW
def test_no_text_mentions_links_or_breaks_a_limit(renderer: Renderer, text: str) -> None:
    show, of = presenter(), replace(asked_of(BEN), what=text[:LONGEST_TEXT], link=LINK)
    change = of_deed(of, Deed.PROPOSE_DATE, BEN, BEN, text[:LONGEST_TEXT])
    assert_sendable(renderer, show.message(OURS, of, change, ANA), *KNOWN)
    assert_sendable(renderer, show.modal(OURS, of, [change], ANA, MESSAGE), *KNOWN)
    for view in every_draft(MakingPresenter(show), text):
        assert_sendable(renderer, view, *KNOWN)


def test_every_template_has_its_view_and_is_filled_here() -> None:
    templates = {f"{FOLDER}/{path.name}" for path in (TEMPLATES / FOLDER).glob("*.json.j2")}
    assert {view.template for view in every_view()} == templates
    rooms = (views, making_views, list_views)
    kinds = [
        kind for room in rooms for _, kind in inspect.getmembers(room, inspect.isclass) if hasattr(kind, "template")
    ]
    assert {kind.template for kind in kinds} == templates


def test_every_id_that_is_drawn_is_known(renderer: Renderer) -> None:
    known = {value for name, value in vars(ids).items() if name.isupper()}
    for view in every_view():
        rendered = renderer.render(view)
        drawn = [element["action_id"] for block in rendered["blocks"] for element in elements_of(block)]
        drawn += [block["block_id"] for block in rendered["blocks"] if "block_id" in block]
        drawn += [rendered["callback_id"]] if "callback_id" in rendered else []
        assert {name.partition(":")[0] for name in drawn} <= known


def test_no_message_has_two_buttons_of_one_id(renderer: Renderer) -> None:
    for view in every_view():
        drawn = [one.get("action_id") for block in renderer.render(view)["blocks"] for one in elements_of(block)]
        presses = [name for name in drawn if name != ids.INPUT]
        assert len(set(presses)) == len(presses)


def test_what_an_ack_carries_fits_into_its_frame(renderer: Renderer) -> None:
    """Slack's client writes an emoji in twelve bytes. A modal that doesn't come with an ack may be longer."""
    for view in every_view("🙂" * LONGEST_TEXT):
        if not isinstance(view, CommitmentModal) or len(view.lines) <= LINES_IN_ACK:
            assert len(json.dumps(renderer.render(view))) < ACK_LIMIT


# Words


def labels(rendered: dict[str, Any]) -> list[str]:
    found = (element for block in rendered["blocks"] for element in elements_of(block))
    return [one["text"]["text"] for one in found if one["type"] == "button"]


@pytest.mark.parametrize(
    ("of", "reader", "buttons"),
    [
        (a_commitment(), ANA, ["Done", "New date", "Hand over", "I need help", "Drop it", "Snooze until …"]),
        (asked_of(BEN), BEN, ["I'll take it", "Propose another date", "Decline"]),
        (asked_of(BEN), ANA, ["Done", "New date", "Hand over", "Drop it"]),
        (
            asked_of(BEN, proposed_due=DUE + WEEK),
            ANA,
            ["Accept that date", "Keep the first one", "New date", "Hand over", "Drop it"],
        ),
        (
            a_commitment(needs_help_since=MONDAY),
            ANA,
            ["I've got it", "Done", "New date", "Hand over", "Drop it"],
        ),
        (a_commitment(state=State.DONE), ANA, []),
    ],
)
def test_a_message_has_the_buttons_of_its_reader(
    renderer: Renderer, of: Commitment, reader: str, buttons: list[str]
) -> None:
    rendered = renderer.render(presenter().message(OURS, of, made(of), reader))
    assert labels(rendered) == [*buttons, "History"]


HEADLINES = [
    (Deed.MAKE, ANA, BEN, BEN, "<@U0ANA> asks you to take this on:"),
    (Deed.MAKE, ANA, BEN, ANA, "You asked <@U0BEN> to take this on:"),
    (Deed.MAKE, ANA, ANA, ANA, "You took this on:"),
    (Deed.HAND_OVER, ANA, BEN, BEN, "<@U0ANA> would like to hand this over to you:"),
    (Deed.HAND_OVER, ANA, BEN, CLEO, "<@U0ANA> asked <@U0BEN> to take this over:"),
    (Deed.HAND_OVER, ANA, ANA, BEN, "<@U0ANA> took this over:"),
    (Deed.ACCEPT, BEN, BEN, ANA, "<@U0BEN> took this on:"),
    (Deed.ACCEPT, BEN, BEN, BEN, "You took this on:"),
    (Deed.PROPOSE_DATE, BEN, BEN, ANA, "<@U0BEN> would take this on by another date:"),
    (Deed.ACCEPT_DATE, ANA, BEN, BEN, "<@U0ANA> agreed to the other date, so it is settled:"),
    (Deed.KEEP_DATE, ANA, BEN, BEN, "<@U0ANA> kept the first date and asks you once more:"),
    (Deed.KEEP_DATE, ANA, BEN, ANA, "You kept the first date and asked <@U0BEN> once more:"),
    (Deed.DECLINE, BEN, BEN, ANA, "<@U0BEN> declined this, so it is with <@U0BEN> again:"),
    (Deed.FINISH, BEN, BEN, ANA, "<@U0BEN> marked this as done:"),
    (Deed.NEW_DATE, BEN, BEN, ANA, "<@U0BEN> set a new date for this:"),
    (Deed.DROP, BEN, BEN, ANA, "<@U0BEN> dropped this:"),
    (Deed.NEED_HELP, BEN, BEN, ANA, "<@U0BEN> asked for help with this:"),
    (Deed.GOT_IT, BEN, BEN, ANA, "<@U0BEN> can go on with this without help:"),
    (Deed.STEP_IN, CLEO, BEN, BEN, "<@U0CLEO> steps in where this is stuck:"),
    (Deed.TALK, CLEO, BEN, BEN, "<@U0CLEO> would like to talk with you about this:"),
    (Deed.NOT_NOW, CLEO, BEN, ANA, "<@U0CLEO> was asked to help with this and can't step in just now:"),
    (Deed.CALL_OFF, BEN, BEN, ANA, "<@U0BEN> called off asking the sponsor about this:"),
    (Deed.SNOOZE, BEN, BEN, BEN, "You snoozed this; I come back to it then:"),
]


@pytest.mark.parametrize(("deed", "by", "owner", "reader", "headline"), HEADLINES)
def test_each_deed_is_told_in_a_few_words(
    renderer: Renderer, deed: Deed, by: str, owner: str, reader: str, headline: str
) -> None:
    of = a_commitment()
    rendered = renderer.render(presenter().message(OURS, of, of_deed(of, deed, by, owner), reader))
    assert rendered["blocks"][0]["text"]["text"] == f"{headline}\n*Publish the customer math*"
    assert rendered["text"].startswith(headline)


def test_that_reminders_had_no_answer_is_told_with_what_can_be_done(renderer: Renderer) -> None:
    rendered = renderer.render(presenter().silence(OURS, asked_of(BEN)))
    assert problems(rendered["blocks"]) == []
    assert rendered["text"].startswith("Three reminders to <@U0BEN> had no answer since this was overdue")
    assert labels(rendered) == ["Done", "New date", "Hand over", "Drop it", "History"]


def test_every_deed_has_its_words() -> None:
    assert {deed for deed, *_ in HEADLINES} == set(Deed)


def test_what_was_declined_and_proposed_goes_to_nobody(renderer: Renderer) -> None:
    of = replace(asked_of(BEN), state=State.DROPPED)
    rendered = renderer.render(presenter().message(OURS, of, of_deed(of, Deed.DECLINE, BEN, BEN, "no budget"), ANA))
    assert "<@U0BEN> declined this:" in words_of(rendered)
    assert "*Why:* no budget" in words_of(rendered)


def test_the_history_says_who_when_and_why(renderer: Renderer) -> None:
    of = handed_to(BEN)
    changes = [made(a_commitment()), of_deed(of, Deed.HAND_OVER, ANA, BEN, "his area")]
    words = words_of(renderer.render(presenter().modal(OURS, of, changes, ANA, MESSAGE)))
    assert re.search(
        r"<@U0ANA> handed it over to <@U0BEN>, <!date[^>]*>\\n> his area.*<@U0ANA> made it, <!date[^>]*>; due <!date",
        words,
    )


def test_a_very_long_history_says_that_there_is_more(renderer: Renderer) -> None:
    of = a_commitment()
    rendered = renderer.render(presenter().modal(OURS, of, [made(of)] * 60, ANA, MESSAGE))
    assert "20 earlier changes are kept and not shown here" in words_of(rendered)


def test_a_snooze_is_shown_while_it_lasts(renderer: Renderer) -> None:
    for until, is_shown in ((DUE, True), (MONDAY, False)):
        of = a_commitment(snoozed_until=until)
        words = words_of(renderer.render(presenter().modal(OURS, of, [made(of)], ANA, MESSAGE)))
        assert ("No reminders until <!date" in words) is is_shown


def test_a_list_shows_whose_each_is_where_it_is_not_its_readers(renderer: Renderer) -> None:
    shown = presenter().shown(OURS, asked_of(BEN))
    chosen = Filter("Open", "own/open//1")
    own = ListView("", ANA, (shown,), (chosen,), chosen, 1, 1, 1)
    assert "<@U0BEN>" in words_of(renderer.render(own))
    assert "· <@U0BEN>" not in words_of(renderer.render(replace(own, reader=BEN)))


@pytest.mark.parametrize(
    ("of", "words"),
    [
        (a_commitment(), "open"),
        (a_commitment(due=MONDAY), "overdue"),
        (asked_of(BEN), "not taken on yet"),
        (asked_of(BEN, proposed_due=DUE), "another date is proposed"),
        (asked_of(BEN, due=MONDAY), "overdue, not taken on yet"),
        (a_commitment(needs_help_since=MONDAY), "open, needs help"),
        (a_commitment(state=State.DONE), "done"),
        (a_commitment(state=State.DROPPED), "dropped"),
    ],
)
def test_how_it_stands_is_said_in_a_few_words(of: Commitment, words: str) -> None:
    assert presenter().shown(OURS, of).standing == words
