"""Working days: Monday to Friday but for the public holidays of a country."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays

from bot.errors import Refusal

DAY = timedelta(days=1)
SATURDAY = 5
LONGEST_REST = 366  # days; no country keeps more in a row, and a search must end


@dataclass(frozen=True)
class Workdays:
    """Those of a country, an ISO 3166 code such as “DE”; “” keeps no holidays."""

    country: str = ""

    def __post_init__(self) -> None:
        if self.country and self.country not in _countries():
            raise Refusal(
                f"“{self.country[:20]}” is no country I know holidays of. Give two letters, such as DE or US."
            )

    def holiday(self, day: date) -> str:
        """The name of the public holiday; empty on any other day."""
        return _holidays(self.country, day.year).get(day, "") if self.country else ""

    def is_working(self, day: date) -> bool:
        return day.weekday() < SATURDAY and not self.holiday(day)

    def next_working(self, day: date) -> date:
        """The first working day after this one."""
        return self._step(day, DAY)

    def back(self, day: date, count: int) -> date:
        """As many working days before this one; whether it is one itself does not matter."""
        for _ in range(count):
            day = self._step(day, -DAY)
        return day

    def _step(self, day: date, by: timedelta) -> date:
        return next(one for number in range(1, LONGEST_REST) if self.is_working(one := day + number * by))


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    return frozenset(holidays.list_supported_countries(include_aliases=False))


@lru_cache(maxsize=1_000)
def _holidays(country: str, year: int) -> Mapping[date, str]:
    return dict(holidays.country_holidays(country, years=year, expand=False, language="en_US"))
