"""What the template of a list of commitments may see."""

from dataclasses import dataclass

from bot.accountability.commitments.shown import Shown


@dataclass(frozen=True)
class Filter:
    """What can be chosen: words, and which list that is."""

    text: str
    value: str


@dataclass(frozen=True)
class Rate:
    """How much its reader kept, for them alone. `share` is in per cent."""

    kept: int
    of: int
    share: int


@dataclass(frozen=True)
class ListView:
    """A page of commitments. `channel_id` is empty for somebody's own; `before` and `after` are the pages around it."""

    channel_id: str
    reader: str
    commitments: tuple[Shown, ...]
    filters: tuple[Filter, ...]
    chosen: Filter
    page: int
    pages: int
    total: int
    before: str = ""
    after: str = ""
    rate: Rate | None = None
    template: str = "accountability/commitments/list.json.j2"
