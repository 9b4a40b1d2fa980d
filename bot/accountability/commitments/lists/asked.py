"""Which list somebody asks for, in words after a command or by a button, and which page of it."""

from dataclasses import dataclass, replace

from bot.accountability.commitments.listing import Wanted, Which
from bot.errors import Refusal

TOO_OLD = "That list no longer works. Ask for it again with `/cco mine` or `/cco commitments`."
OTHERS = "by me"  # what its reader asked others for
OWN = "mine"


@dataclass(frozen=True)
class Asked:
    """A list: somebody's own, or that of the channel it is asked for in. `of` narrows it: OWN, OTHERS or nothing."""

    in_channel: bool
    which: Which = Which.OPEN
    of: str = ""
    page: int = 1

    @property
    def value(self) -> str:
        """As a button carries it."""
        return "/".join(("channel" if self.in_channel else "own", self.which, self.of, str(self.page)))

    def wanted(self, reader: str, channel_id: str) -> Wanted:
        channel = channel_id if self.in_channel else ""
        if self.of == OTHERS:
            return Wanted(assigner=reader, channel_id=channel, which=self.which)
        is_own = self.of == OWN or not self.in_channel
        return Wanted(mine=reader if is_own else "", channel_id=channel, which=self.which)

    def at(self, page: int) -> "Asked":
        return replace(self, page=page)


def in_words(rest: str, *, in_channel: bool) -> Asked:
    """What stands after a command that `commands` has matched, such as “overdue” or “done by me”."""
    words = rest.lower()
    named = [which for which in Which if which in words.split()]
    of = OTHERS if OTHERS in words else OWN if OWN in words.split() else ""
    return Asked(in_channel, named[-1] if named else Which.OPEN, of)


def read_value(value: str) -> Asked:
    parts = value.split("/")
    if len(parts) != 4 or parts[1] not in set(Which) or not parts[3].isdecimal():
        raise Refusal(TOO_OLD)
    return Asked(parts[0] == "channel", Which(parts[1]), parts[2], int(parts[3]))
