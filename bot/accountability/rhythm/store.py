"""Remembers the kept-rate of each month that was worked out, also where it is withheld."""

from datetime import date

from sqlalchemy import Column, Date, Integer, String, Table, and_, select

from bot.accountability.commitments.kept import KeptRate
from bot.keys import WorkspaceKey
from bot.storage.columns import of_workspace, workspace_columns, workspace_values
from bot.storage.database import Database, metadata
from bot.storage.writing import insert_if_new

RATES = Table(
    "month_rates",  # see rates.py
    metadata,
    *workspace_columns(),
    Column("channel_id", String(32), primary_key=True),
    Column("month", Date, primary_key=True),
    Column("people", Integer),  # none of the three where it is withheld: a count of few would tell of them
    Column("kept", Integer),
    Column("missed", Integer),
)


class RateStore:
    """Rates by month, always within one workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._add = insert_if_new(database, RATES)

    def keep(self, key: WorkspaceKey, channel_id: str, month: date, rate: KeptRate | None) -> KeptRate | None:
        """What is kept of the month from now on: of two who work it out at once, what the first did."""
        of = {"people": rate.people, "kept": rate.kept, "missed": rate.missed} if rate else {}
        blank = {"people": None, "kept": None, "missed": None}
        row = {**workspace_values(key), "channel_id": channel_id, "month": month, **blank, **of}
        with self._database.write() as connection:
            connection.execute(self._add, row)
        return self.known(key, channel_id, month)[1]

    def known(self, key: WorkspaceKey, channel_id: str, month: date) -> tuple[bool, KeptRate | None]:
        """Was it worked out, and what may be told of it?"""
        one = and_(of_workspace(RATES, key), RATES.c.channel_id == channel_id, RATES.c.month == month)
        with self._database.read() as connection:
            row = connection.execute(select(RATES).where(one)).mappings().first()
        if row is None or row["people"] is None:
            return row is not None, None
        return True, KeptRate(row["kept"], row["missed"], row["people"])
