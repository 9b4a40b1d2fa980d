"""Who may say how far a first year has come, where no series says who leads; on both engines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from bot.accountability.leading import Leading
from bot.accountability.yearone.service import YearOne
from bot.accountability.yearone.store import YearOneStore
from bot.slack.messages import Declined
from bot.storage.database import Database
from tests.accountability.commitments.examples import ANA, BEN, CLEO, OURS
from tests.accountability.surroundings import FakeSlack, Scene, Time

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


@dataclass
class Shared(FakeSlack):
    """Ana and Ben are in the channel, which is shared with another company."""

    def members(self, _channel_id: str) -> list[str]:
        return [ANA, BEN]


def test_without_a_series_members_of_our_company_may_and_nobody_else(database: Database) -> None:
    slack = Shared(about={BEN: {"team_id": "T2"}})
    scene = Scene(database, Time(NOW), slack)
    years = YearOneStore(database)
    service = YearOne(years, Leading(database), scene.acquaintances, slack, (), scene.time)  # type: ignore[arg-type]
    for other in (BEN, CLEO):
        with pytest.raises(Declined):
            service.begin(OURS, "C1", date(2026, 11, 1), other)
    assert years.begun_on(OURS, "C1") is None
    service.begin(OURS, "C1", date(2026, 11, 2), ANA)
    assert years.begun_on(OURS, "C1") == date(2026, 11, 2)
