"""What the stores of drafts and calendar links promise, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.accountability.series.links import Link, digest_of
from bot.accountability.series.store import CalendarLinkStore, Draft, SeriesDraftStore
from bot.storage.database import Database
from tests.accountability.commitments.examples import OURS, SAME_TEAM_ELSEWHERE, THEIRS
from tests.accountability.series.examples import NOW
from tests.accountability.sessions.examples import HOST

DAY = timedelta(days=1)
DRAFT = Draft("d1", HOST, "set_up", "{}")
LINK = Link(digest_of("token"), "s1", HOST, NOW, NOW)


@pytest.fixture
def drafts(database: Database) -> SeriesDraftStore:
    return SeriesDraftStore(database)


@pytest.fixture
def links(database: Database) -> CalendarLinkStore:
    store = CalendarLinkStore(database)
    store.add(OURS, LINK)
    return store


def test_a_draft_is_there_until_it_is_too_old(drafts: SeriesDraftStore) -> None:
    drafts.save(OURS, DRAFT, NOW)
    drafts.save(OURS, replace(DRAFT, id="d2"), NOW + DAY)
    assert drafts.get(OURS, "d1") == DRAFT
    assert drafts.clean(NOW + DAY) == 1
    assert drafts.get(OURS, "d1") is None
    assert drafts.get(OURS, "d2") is not None


def test_a_draft_is_seen_in_its_workspace_alone(drafts: SeriesDraftStore) -> None:
    drafts.save(OURS, DRAFT, NOW)
    assert [drafts.get(key, "d1") for key in (THEIRS, SAME_TEAM_ELSEWHERE)] == [None, None]


def test_a_link_is_found_by_the_digest_of_its_token_alone(links: CalendarLinkStore) -> None:
    assert links.named(digest_of("token")) == (OURS, LINK)
    assert links.named("token") is None
    assert links.named(digest_of("Token")) is None


def test_a_revoked_link_is_found_no_more(links: CalendarLinkStore) -> None:
    links.add(OURS, replace(LINK, digest=digest_of("other"), made_at=NOW + DAY))
    assert [one.digest for one in links.live(OURS, "s1")] == [digest_of("token"), digest_of("other")]
    assert links.revoke(OURS, LINK.digest, NOW + DAY)
    assert not links.revoke(OURS, LINK.digest, NOW + 2 * DAY)
    assert links.named(LINK.digest) is None
    assert [one.digest for one in links.live(OURS, "s1")] == [digest_of("other")]
    assert links.get(OURS, LINK.digest) == replace(LINK, revoked_at=NOW + DAY)


def test_what_a_file_said_last_is_remembered(links: CalendarLinkStore) -> None:
    links.note(OURS, LINK.digest, "abc", NOW + DAY)
    assert links.get(OURS, LINK.digest) == replace(LINK, etag="abc", changed_at=NOW + DAY)


def test_nobody_of_another_workspace_sees_or_revokes_a_link(links: CalendarLinkStore) -> None:
    for other in (THEIRS, SAME_TEAM_ELSEWHERE):
        assert not links.revoke(other, LINK.digest, NOW)
        assert links.get(other, LINK.digest) is None
        assert links.live(other, "s1") == []
        links.note(other, LINK.digest, "abc", NOW)
    assert links.named(LINK.digest) == (OURS, LINK)
