"""Columns and conditions that every table shares."""

from typing import Any

from sqlalchemy import Column, ColumnElement, String, Table, and_

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
