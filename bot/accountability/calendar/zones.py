"""Time zones as people write them: their name in any case, or the city of one alone."""

from collections.abc import Mapping
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from rapidfuzz import fuzz, process

from bot.accountability.calendar.days import shown
from bot.errors import Refusal

ALIKE = 80  # of 100: two slips in a name of usual length


def read_zone(text: str) -> ZoneInfo:
    """The zone that is meant; refused where there is none, or more than one."""
    written = "_".join(text.split()).casefold()
    names = _names()
    if written in names:
        return ZoneInfo(names[written])
    of_city = [name for folded, name in names.items() if written and folded.endswith(f"/{written}")]
    if len(of_city) == 1:
        return ZoneInfo(of_city[0])
    if of_city:
        raise Refusal(f"“{shown(text)}” can be {' or '.join(sorted(of_city))}; write one of them.")
    raise Refusal(f"There is no time zone “{shown(text)}”; write one such as {_nearest(written)}.")


def _nearest(written: str) -> str:
    """By its whole name or, as most people know it, by its city alone."""
    names = _names()
    for known in (names, _cities()):
        if found := process.extractOne(written, known.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE):
            return known[found[0]]
    return "Europe/Berlin or America/New_York"


@lru_cache(maxsize=1)
def _names() -> Mapping[str, str]:
    return {name.casefold(): name for name in sorted(available_timezones())}


@lru_cache(maxsize=1)
def _cities() -> Mapping[str, str]:
    return {folded.rpartition("/")[2]: name for folded, name in _names().items() if "/" in folded}
