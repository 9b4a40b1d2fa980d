"""The message that somebody pressed on shows what came of it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.accountability.commitments.origins import NOWHERE, Origin
from bot.accountability.commitments.service import CommitmentService
from bot.accountability.commitments.views import CommitmentMessage
from bot.keys import WorkspaceKey
from bot.slack.gateway import ChannelClosed, RateLimited
from bot.slack.messages import Notice
from bot.slack.render import View
from tests.accountability.commitments.conftest import Keep
from tests.accountability.commitments.examples import ANA, BEN, OURS, asked_of
from tests.accountability.surroundings import Scene

DIRECT, IN_CHANNEL = Origin("D1", "17.1"), Origin("C1", "17.2", "17.0")
A_LIST = Origin("D1", "17.1", is_about_one=False)


@dataclass
class Digest:
    """Knows one message, as a theme that drew it does."""

    ts: str
    view: View

    def redraw(self, _key: WorkspaceKey, _user_id: str, _channel_id: str, ts: str) -> View | None:
        return self.view if ts == self.ts else None


@pytest.fixture
def accepted(service: CommitmentService, keep: Keep) -> CommitmentService:
    keep(asked_of(BEN))
    service.accept(OURS, "c1", BEN)
    return service


def redraw(service: CommitmentService, origin: Origin, who: str = BEN) -> bool:
    return service.redrawing.redraw(OURS, who, "c1", origin)


def test_a_direct_message_about_one_commitment_shows_how_it_stands(accepted: CommitmentService, scene: Scene) -> None:
    assert redraw(accepted, DIRECT)
    ((channel, ts, view),) = scene.slack.edits
    assert (channel, ts) == ("D1", "17.1")
    assert isinstance(view, CommitmentMessage)
    assert (view.done.deed, view.done.by, view.done.reader) == ("accept", BEN, BEN)
    assert view.offers[0] == "done"


def test_whoever_drew_a_message_says_what_it_shows_now(accepted: CommitmentService, scene: Scene) -> None:
    digest = Notice("The rest of the day's reminders")
    accepted.redraws += [Digest("9.9", Notice("another")).redraw, Digest("17.1", digest).redraw]
    assert redraw(accepted, A_LIST)
    assert scene.slack.edits == [("D1", "17.1", digest)]


@pytest.mark.parametrize("origin", [IN_CHANNEL, NOWHERE, A_LIST, Origin("D1", "17.1", is_ephemeral=True)])
def test_what_can_t_be_redrawn_has_to_be_said_otherwise(
    accepted: CommitmentService, scene: Scene, origin: Origin
) -> None:
    assert not redraw(accepted, origin)
    assert scene.slack.edits == []
    assert accepted.redrawing.said(OURS, ANA, "c1").done.by == BEN


def test_a_message_that_was_edited_a_moment_ago_is_redrawn_a_little_later(
    accepted: CommitmentService, scene: Scene
) -> None:
    assert redraw(accepted, DIRECT)
    began = scene.time.now
    assert redraw(accepted, DIRECT)
    assert len(scene.slack.edits) == 2
    assert (scene.time.now - began).total_seconds() >= 2


def test_where_slack_is_busy_for_long_it_is_left(accepted: CommitmentService, scene: Scene) -> None:
    scene.slack.edit_fails = RateLimited("chat.update", 30)
    assert redraw(accepted, DIRECT)
    assert len(scene.slack.edits) == 0
    assert scene.slack.edits_tried == 16


def test_a_message_that_is_gone_is_left(accepted: CommitmentService, scene: Scene) -> None:
    scene.slack.edit_fails = ChannelClosed("chat.update", "channel_not_found")
    assert redraw(accepted, DIRECT)
    assert scene.slack.edits_tried == 1
