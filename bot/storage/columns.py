"""Columns and conditions that every table shares."""

from typing import Any

from sqlalchemy import Column, ColumnElement, String, Table, and_, bindparam

from bot.keys import WorkspaceKey


def workspace_columns(*, primary_key: bool = True) -> tuple[Column[Any], Column[Any]]:
    """The two columns that name the workspace of a row."""
    return (
        Column("enterprise_id", String(32), primary_key=primary_key, nullable=False),
        Column("team_id", String(32), primary_key=primary_key, nullable=False),
    )


def of_workspace(table: Table, key: WorkspaceKey) -> ColumnElement[bool]:
    """The condition that keeps a query inside one workspace."""
    return and_(table.c.enterprise_id == key.enterprise_id, table.c.team_id == key.team_id)


def workspace_values(key: WorkspaceKey) -> dict[str, str]:
    return {"enterprise_id": key.enterprise_id, "team_id": key.team_id}


def in_given_workspace(table: Table) -> ColumnElement[bool]:
    """The same condition for a statement built once, its values given by `given_workspace` at every use.

    Building a statement takes longer than SQLite takes to run it.
    """
    return and_(
        table.c.enterprise_id == bindparam("given_enterprise_id"), table.c.team_id == bindparam("given_team_id")
    )


def given_workspace(key: WorkspaceKey) -> dict[str, str]:
    return {f"given_{name}": value for name, value in workspace_values(key).items()}
