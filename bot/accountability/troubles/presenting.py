"""Fills the messages about troubles."""

from collections.abc import Sequence

from bot.accountability.commitments.commitment import Commitment
from bot.accountability.sessions.session import SessionSeries
from bot.accountability.troubles.trouble import Trouble
from bot.accountability.troubles.views import Held, OwnerTroubleView, SeriesTroubleView
from bot.slack.moments import moment, zone_named

MOST_LISTED = 10


def owner_trouble(
    what: Trouble, owner: str, channel_id: str, held: Sequence[Commitment], *, leads: bool
) -> OwnerTroubleView:
    listed = tuple(Held(one.id, one.what, moment(one.due, zone_named(one.zone))) for one in held[:MOST_LISTED])
    return OwnerTroubleView(what, owner, channel_id, listed, len(held) - len(listed), leads)


def series_trouble(what: Trouble, of: SessionSeries, *, leads: bool) -> SeriesTroubleView:
    who = of.facilitator if what is Trouble.FACILITATOR_GONE else of.sponsor
    return SeriesTroubleView(what, of.id, of.name, of.channel_id, who, leads)
