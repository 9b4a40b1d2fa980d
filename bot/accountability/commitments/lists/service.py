"""Lists commitments for one reader."""

from bot.accountability.commitments.kept import own_rate
from bot.accountability.commitments.listing import Wanted, Which
from bot.accountability.commitments.lists.asked import OTHERS, Asked
from bot.accountability.commitments.lists.views import Filter, ListView, Rate
from bot.accountability.commitments.presenting import Presenter
from bot.accountability.commitments.store import CommitmentStore
from bot.clock import Clock
from bot.errors import Refusal
from bot.keys import WorkspaceKey

COUNTED = 500  # the latest commitments that a rate is made of
NAMES = {
    Which.OPEN: "Open",
    Which.OVERDUE: "Overdue",
    Which.DONE: "Done",
    Which.ENDED: "Done or dropped",
    Which.ALL: "All",
}
BY_ME = "Asked of others"
NO_CHANNEL = "Ask for `/cco commitments` in the channel whose list you want. `/cco mine` lists yours, wherever you are."


class Lists:
    def __init__(self, store: CommitmentStore, presenter: Presenter, clock: Clock) -> None:
        self._store = store
        self._presenter = presenter
        self._clock = clock

    def page(self, key: WorkspaceKey, reader: str, channel_id: str, asked: Asked) -> ListView:
        """Raises a Refusal for the list of a channel where there is none."""
        in_channel = "" if channel_id.startswith("D") else channel_id
        if asked.in_channel and not in_channel:
            raise Refusal(NO_CHANNEL)
        found = self._store.find(key, asked.wanted(reader, in_channel), self._clock(), asked.page)
        filters = tuple(_filters(asked))
        return ListView(
            channel_id=in_channel if asked.in_channel else "",
            reader=reader,
            commitments=tuple(self._presenter.shown(key, of) for of in found.commitments),
            filters=filters,
            chosen=next(one for one in filters if one.value == asked.at(1).value),
            page=found.number,
            pages=found.pages,
            total=found.total,
            before=asked.at(found.number - 1).value if found.number > 1 else "",
            after=asked.at(found.number + 1).value if found.number < found.pages else "",
            rate=None if asked.in_channel else self._rate(key, reader),
        )

    def _rate(self, key: WorkspaceKey, reader: str) -> Rate | None:
        """The reader's own, which nobody else is shown."""
        now = self._clock()
        own = self._store.find(key, Wanted(mine=reader, which=Which.ALL), now, size=COUNTED).commitments
        rate = own_rate(own, reader, reader, now)
        if rate is None or rate.share is None:
            return None
        return Rate(rate.kept, rate.kept + rate.missed, round(100 * rate.share))


def _filters(asked: Asked) -> list[Filter]:
    """What can be chosen instead, what was asked for included, however unusual."""
    offered = [Asked(asked.in_channel, which) for which in Which]
    if not asked.in_channel:
        offered.append(Asked(asked.in_channel, Which.OPEN, OTHERS))
    if asked.at(1) not in offered:
        offered.append(asked.at(1))
    return [Filter(_name(one), one.value) for one in offered]


def _name(asked: Asked) -> str:
    if asked.of == OTHERS:
        return BY_ME if asked.which is Which.OPEN else f"{BY_ME}: {NAMES[asked.which].lower()}"
    return f"{NAMES[asked.which]}, mine" if asked.of else NAMES[asked.which]
