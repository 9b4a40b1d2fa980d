"""What a modal carries about where it was opened."""

from __future__ import annotations

import pytest

from bot.accountability.commitments.origins import NOWHERE, Origin, Subject, read_subject, written

MESSAGE = Origin("C1", "17.1", "17.0")


@pytest.mark.parametrize("origin", [NOWHERE, MESSAGE, MESSAGE.under_modal(), Origin("C1", "17.1", is_ephemeral=True)])
def test_what_is_carried_is_read_as_it_was(origin: Origin) -> None:
    subject = Subject("c1", origin, "snooze")
    assert read_subject(written(subject)) == subject


@pytest.mark.parametrize(
    "text", ["", "r1", "null", "[1]", '{"id": "c1"}', '{"id": "c1", "origin": {"a": 1}, "purpose": ""}']
)
def test_what_another_modal_carries_is_none_of_ours(text: str) -> None:
    with pytest.raises(ValueError, match="nothing of ours"):
        read_subject(text)


def test_only_a_message_that_stays_can_be_redrawn() -> None:
    assert MESSAGE.can_be_redrawn
    assert not NOWHERE.can_be_redrawn
    assert not Origin("C1", "17.1", is_ephemeral=True).can_be_redrawn
    assert Origin("D1", "17.1").is_direct
    assert not MESSAGE.is_direct
