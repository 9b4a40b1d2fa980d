"""Another date: read in the zone of whoever writes it, said back, and saved when they say so."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.accountability.commitments.commitment import State
from bot.accountability.commitments.origins import NOWHERE, Origin, Subject
from bot.accountability.commitments.service import CommitmentService
from bot.accountability.commitments.sides import Offer
from bot.accountability.commitments.views import DateConfirmation
from bot.errors import Refusal
from tests.accountability.commitments.conftest import Keep
from tests.accountability.commitments.examples import ANA, BEN, DAN, DAY, OURS, a_commitment, asked_of
from tests.accountability.surroundings import Scene

MESSAGE = Origin("D1", "17.1")


def draft(
    service: CommitmentService, by: str, text: str, offer: Offer = Offer.NEW_DATE, reason: str = ""
) -> DateConfirmation:
    return service.dating.draft(OURS, Subject("c1", MESSAGE, offer), by, text, reason)


@pytest.mark.parametrize(
    ("by", "snooze", "purpose"),
    [(BEN, False, "propose_date"), (ANA, False, "new_date"), (DAN, False, "new_date"), (BEN, True, "snooze")],
)
def test_the_form_is_for_what_they_can_do(
    service: CommitmentService, keep: Keep, by: str, snooze: bool, purpose: str
) -> None:
    keep(asked_of(BEN))
    assert service.dating.form(OURS, "c1", by, NOWHERE, snooze=snooze).purpose == purpose


def test_a_new_date_is_said_back_and_saved_with_its_reason(service: CommitmentService, keep: Keep) -> None:
    keep(a_commitment())
    confirmation = draft(service, ANA, "18 Dec 3pm", reason="data came late")
    assert confirmation.words == "Friday 18 December 2026, 15:00 (your time, Europe/Berlin)"
    assert service.get(OURS, "c1").version == 1
    changed, origin = service.dating.save(OURS, confirmation.about, ANA)
    assert (changed.due, origin) == (datetime(2026, 12, 18, 14, tzinfo=UTC), MESSAGE)
    assert service.changes(OURS, "c1")[-1].reason == "data came late"


def test_a_date_is_in_the_zone_of_whoever_writes_it(service: CommitmentService, keep: Keep, scene: Scene) -> None:
    keep(a_commitment())
    scene.slack.about = {DAN: {"zone": "America/New_York"}}
    assert draft(service, DAN, "18 Dec").words == "Friday 18 December 2026, 17:00 (your time, America/New_York)"


def test_whoever_was_asked_proposes(service: CommitmentService, keep: Keep) -> None:
    keep(asked_of(BEN))
    changed, _ = service.dating.save(OURS, draft(service, BEN, "18 Dec", Offer.PROPOSE_DATE).about, BEN)
    assert (changed.state, changed.proposed_due) == (State.PROPOSED, datetime(2026, 12, 18, 16, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "hour"), [("18 Dec", 8), ("18 Dec 3pm", 14), ("end of month", 8)], ids=["day", "time", "words"]
)
def test_a_snooze_until_a_day_ends_in_its_morning(service: CommitmentService, keep: Keep, text: str, hour: int) -> None:
    keep(a_commitment())
    changed, _ = service.dating.save(OURS, draft(service, ANA, text, Offer.SNOOZE).about, ANA)
    assert changed.snoozed_until is not None
    assert changed.snoozed_until.hour == hour


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("the 32nd", "No month has 32 days"),
        ("yesterday", "is over"),
        ("03/04", "say which"),
        ("whenever", "I don't understand"),
        ("11 Dec", "It is due then already"),
        ("", "There is no date yet"),
    ],
)
def test_what_can_t_be_a_new_date_is_refused(service: CommitmentService, keep: Keep, text: str, words: str) -> None:
    keep(a_commitment())
    with pytest.raises(Refusal, match=words):
        draft(service, ANA, text)


def test_saving_twice_is_saving_once(service: CommitmentService, keep: Keep) -> None:
    keep(asked_of(BEN))
    about = draft(service, BEN, "18 Dec", Offer.PROPOSE_DATE).about
    assert service.dating.save(OURS, about, BEN) == service.dating.save(OURS, about, BEN)
    assert len(service.changes(OURS, "c1")) == 2


def test_nobody_saves_what_another_wrote_or_what_is_too_old(
    service: CommitmentService, keep: Keep, scene: Scene
) -> None:
    keep(a_commitment())
    about = draft(service, ANA, "18 Dec").about
    with pytest.raises(Refusal, match="too old"):
        service.dating.save(OURS, about, BEN)
    scene.time.now += 2 * DAY
    assert service.clean() == 1
    with pytest.raises(Refusal, match="too old"):
        service.dating.save(OURS, about, ANA)


def test_what_has_ended_gets_no_form(service: CommitmentService, keep: Keep) -> None:
    keep(a_commitment())
    service.finish(OURS, "c1", ANA)
    with pytest.raises(Refusal, match="done already"):
        service.dating.form(OURS, "c1", ANA, NOWHERE)
