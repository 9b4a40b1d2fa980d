"""Where messages about troubles are, on both engines."""

from __future__ import annotations

from bot.accountability.troubles.store import About, TroubleStore
from bot.accountability.troubles.trouble import Trouble
from bot.storage.database import Database
from tests.accountability.commitments.examples import ANA, DAY, MONDAY, OURS, THEIRS

ABOUT = About(Trouble.OWNER_GONE, "C1", ANA, leads=True)


def test_a_message_is_known_by_its_place_in_its_workspace(database: Database) -> None:
    messages = TroubleStore(database)
    for _ in range(2):
        messages.remember(OURS, "D1", "1.1", ABOUT, MONDAY)
    assert messages.about(OURS, "D1", "1.1") == ABOUT
    assert messages.about(OURS, "D1", "1.2") is None
    assert messages.about(THEIRS, "D1", "1.1") is None


def test_old_messages_are_forgotten(database: Database) -> None:
    messages = TroubleStore(database)
    messages.remember(OURS, "D1", "1.1", ABOUT, MONDAY)
    messages.remember(OURS, "D1", "2.1", ABOUT, MONDAY + DAY)
    assert messages.clean(MONDAY + DAY) == 1
    assert messages.about(OURS, "D1", "2.1") == ABOUT
