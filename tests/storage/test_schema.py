"""Every row carries its workspace, every store method takes it first, and the migrations make what the code uses."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Table

import bot
from bot.keys import WorkspaceKey
from bot.storage.database import Database, metadata

PACKAGE = Path(bot.__file__).parent

# Those whose job is all workspaces: the clean-up, the report for the curators, what a crash left behind, what is due.
SPANNING_ALL = {
    "AnswerStore.clean",
    "AnswerStore.gaps",
    "AnswerStore.unanswered",
    "AnswerStore.verdicts",
    "BallotStore.erase",
    "CalendarLinkStore.named",
    "CommitmentStore.owners_without",
    "CommitmentStore.workspaces_of",
    "DeliveryStore.clean",
    "DraftStore.clean",
    "LaneStore.clean",
    "PeopleStore.clean",
    "RoundStore.clean",
    "RoundStore.drawable",
    "RoundStore.everywhere",
    "RoundStore.unerased",
    "ScheduleStore.claim",
    "ScheduleStore.clean",
    "ScheduleStore.failures",
    "ScheduleStore.is_due",
    "ScheduleStore.next_due",
    "ScheduleStore.overdue",
    "ScheduleStore.waiting",
    "SeriesDraftStore.clean",
    "SeriesStore.everywhere",
    "TroubleStore.clean",
}


def stores() -> Iterator[type[Any]]:
    """Every class of every store.py and …_store.py, so that a new wing's is walked as well."""
    for path in sorted(PACKAGE.rglob("*store.py")):
        name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        module = import_module(name)
        yield from (
            value
            for value in vars(module).values()
            if inspect.isclass(value) and value.__module__ == name and value.__name__.endswith("Store")
        )


def methods() -> dict[str, Callable[..., Any]]:
    return {
        f"{store.__name__}.{name}": method
        for store in stores()
        for name, method in vars(store).items()
        if inspect.isfunction(method) and not name.startswith("_")
    }


METHODS = methods()
STORES = list(stores())
TABLES = list(metadata.tables.values())


def test_the_stores_are_found() -> None:
    assert {store.__name__ for store in STORES} >= {"AnswerStore", "DeliveryStore"}
    assert {table.name for table in TABLES} >= {"questions", "feedback", "deliveries"}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_row_carries_its_workspace_in_its_key(table: Table) -> None:
    key = [column.name for column in table.primary_key.columns]
    assert key[:2] == ["enterprise_id", "team_id"]
    assert not table.c.enterprise_id.nullable
    assert not table.c.team_id.nullable


@pytest.mark.parametrize("name", sorted(METHODS.keys() - SPANNING_ALL))
def test_every_store_method_takes_the_workspace_first(name: str) -> None:
    _self, first, *_rest = inspect.signature(METHODS[name], eval_str=True).parameters.values()
    assert first.annotation is WorkspaceKey


@pytest.mark.parametrize("name", sorted(SPANNING_ALL))
def test_what_spans_all_workspaces_takes_none_and_says_so(name: str) -> None:
    method = METHODS[name]
    taken = [item.annotation for item in inspect.signature(method, eval_str=True).parameters.values()]
    assert WorkspaceKey not in taken
    store = next(store for store in STORES if store.__name__ == name.partition(".")[0])
    assert "all" in f"{store.__doc__} {method.__doc__}"


def test_the_migrations_make_exactly_what_the_code_uses(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
