"""Opening modals in time, and updating those that Slack may not know yet."""

from __future__ import annotations

from typing import Any

import pytest

from bot.errors import Refusal
from bot.slack.gateway import RateLimited, SlackRefused
from bot.slack.messages import Notice
from bot.slack.modals import open_modal, update_own_modal


class Slack:
    """Says no as often as it is told to."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0

    def open_modal(self, *_: Any) -> None:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)

    def update_own_modal(self, *_: Any, **__: Any) -> None:
        self.open_modal()


def refused(code: str) -> SlackRefused:
    return SlackRefused("views.open", code)


@pytest.mark.parametrize(
    ("error", "words"),
    [(RateLimited("views.open", 1), "in a minute"), (refused("expired_trigger_id"), "press it once more")],
)
def test_what_keeps_a_modal_from_opening_is_said_with_what_to_do(error: Exception, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        open_modal(Slack(error), "t", Notice("x"))  # type: ignore[arg-type]


def test_any_other_refusal_is_ours_to_mend() -> None:
    with pytest.raises(SlackRefused):
        open_modal(Slack(refused("invalid_arguments")), "t", Notice("x"))  # type: ignore[arg-type]


def test_a_modal_that_slack_does_not_know_yet_is_updated_a_moment_later() -> None:
    slack = Slack(refused("not_found"))
    update_own_modal(slack, "e", Notice("x"), boxed=True)  # type: ignore[arg-type]
    assert slack.calls == 2


def test_what_slack_refuses_for_another_reason_is_raised() -> None:
    with pytest.raises(SlackRefused):
        update_own_modal(Slack(refused("hash_conflict")), "e", Notice("x"), boxed=True)  # type: ignore[arg-type]
