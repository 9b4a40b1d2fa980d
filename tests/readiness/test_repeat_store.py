"""What the store of repeats promises, on both engines."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from bot.readiness import repeats
from bot.readiness.repeat_store import Overtaken, RepeatStore
from bot.readiness.repeats import Every
from bot.readiness.rounds import SinceLast
from bot.readiness.store import RoundStore
from bot.storage.database import Database
from tests.readiness.examples import DEADLINE, NOON, OURS, THEIRS, a_round, people
from tests.readiness.test_repeats import QUARTERLY, a_repeat


def keep(database: Database, rounds: RoundStore) -> RepeatStore:
    store = RepeatStore(database)
    assert rounds.add(OURS, a_round(), people(1), also=store.saving(OURS, QUARTERLY))
    return store


def test_a_repeat_is_there_with_its_first_round_or_not_at_all(database: Database, rounds: RoundStore) -> None:
    store = keep(database, rounds)
    assert store.get(OURS, "r1") == QUARTERLY
    assert store.of_channel(OURS, "C1") == [QUARTERLY]
    assert store.of_channel(OURS, "C2") == store.of_channel(THEIRS, "C1") == []
    assert not rounds.add(OURS, a_round("r2"), people(1), also=store.saving(OURS, a_repeat(id="r2")))
    assert store.of_channel(OURS, "C1") == [QUARTERLY]
    with database.write() as connection:
        store.saving(OURS, a_repeat(id="r3", every=Every.YEAR))(connection)
    assert [one.id for one in store.of_channel(OURS, "C1")] == ["r3"]
    assert store.get(OURS, "r1") is None


def test_of_two_who_settle_a_start_one_does(database: Database, rounds: RoundStore) -> None:
    store, following = keep(database, rounds), repeats.after(QUARTERLY)
    assert not store.advance(THEIRS, following)
    assert store.advance(OURS, following)
    assert not store.advance(OURS, following)
    assert store.get(OURS, "r1") == following
    second = a_round("r2", check=replace(a_round().check, id="other"), opened_at=NOON, deadline=DEADLINE)
    with pytest.raises(Overtaken):
        rounds.add(OURS, second, people(1), also=store.advancing(OURS, following))
    assert rounds.get(OURS, "r2") is None
    assert rounds.add(OURS, second, people(1), also=store.advancing(OURS, repeats.after(following, second)))
    assert store.get(OURS, "r1") == a_repeat(number=3, round_id="r2", zone="UTC")


def test_what_is_planned_with_it_is_undone_with_it(database: Database, rounds: RoundStore) -> None:
    def refuse(connection: Connection) -> None:
        raise InterruptedError(connection)

    store = keep(database, rounds)
    for deed in (
        lambda: store.advance(OURS, repeats.after(QUARTERLY), also=refuse),
        lambda: store.end(OURS, "r1", refuse),
    ):
        with pytest.raises(InterruptedError):
            deed()
    assert store.get(OURS, "r1") == QUARTERLY


def test_a_repeat_ends_once(database: Database, rounds: RoundStore) -> None:
    store = keep(database, rounds)
    assert not store.end(THEIRS, "r1")
    assert store.end(OURS, "r1")
    assert not store.end(OURS, "r1")
    assert not store.advance(OURS, repeats.after(QUARTERLY))


def test_a_round_keeps_what_it_opened_with(rounds: RoundStore) -> None:
    opened = a_round(since_last=SinceLast(NOON, kept=3, missed=1, up=1, down=0, same=2))
    assert rounds.add(OURS, opened, people(1))
    found = rounds.get(OURS, "r1")
    assert found is not None
    assert found.since_last == opened.since_last
