"""Drafts: written and read, and what of a link is taken."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.accountability.commitments.draft_store import DraftStore
from bot.accountability.commitments.making.drafts import Draft, checked_link, read_draft, written
from bot.errors import Refusal
from bot.storage.database import Database
from tests.accountability.commitments.examples import ANA, BEN, DUE, MONDAY, OURS, THEIRS

DRAFT = Draft("d1", "r1", ANA, BEN, "Publish it", "14 Dec", DUE, "Europe/Berlin", channel_id="C1", link="https://e.com")


@pytest.mark.parametrize("draft", [DRAFT, Draft("d1", "d1", ANA)])
def test_what_is_written_is_read_as_it_was(draft: Draft) -> None:
    assert read_draft(written(draft)) == draft


def test_the_commitment_has_the_id_that_all_drafts_of_it_share() -> None:
    begun = DRAFT.begin(MONDAY)
    assert (begun.id, begun.owner, begun.assigner, begun.due, begun.channel_id) == ("r1", BEN, ANA, DUE, "C1")
    with pytest.raises(ValueError, match="has no date yet"):
        Draft("d1", "d1", ANA).begin(MONDAY)


@pytest.mark.parametrize("link", ["https://acme.slack.com/archives/C1/p17?thread_ts=1.2&cid=C1", " http://e.com ", ""])
def test_a_link_is_kept(link: str) -> None:
    assert checked_link(link) == link.strip()


@pytest.mark.parametrize(
    "text", ["example.com", "javascript:alert(1)", "https://e.com|click", "https://e.com> <!channel", "https://a b"]
)
def test_what_is_no_link_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="That is no link"):
        checked_link(text)


def test_a_very_long_link_is_refused() -> None:
    with pytest.raises(Refusal, match="1100 characters"):
        checked_link("https://e.com/" + "x" * 1_086)


def test_a_draft_is_kept_within_its_workspace_until_it_is_too_old(database: Database) -> None:
    drafts = DraftStore(database)
    drafts.save(OURS, "d1", "one", MONDAY)
    drafts.save(OURS, "d1", "other", MONDAY + timedelta(hours=1))
    assert (drafts.get(OURS, "d1"), drafts.get(THEIRS, "d1")) == ("other", None)
    assert drafts.clean(MONDAY + timedelta(hours=1)) == 0
    assert drafts.clean(MONDAY + timedelta(hours=2)) == 1
    assert drafts.get(OURS, "d1") is None
