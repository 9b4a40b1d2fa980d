"""What this wing has to happen later because of one commitment or one person, beside the sessions' own schedule.

Nothing is worked out when something changes: it only has whoever decides look at once. Each look plans the next one, so
that a change can't be missed, and looks that come to the same moment are one.
"""

from datetime import datetime

from bot.scheduler.actions import Action

NUDGE = "nudge"  # subject: the person
AIR_COVER = "air_cover"  # subject: the channel
TELL_OF_COMMITMENT = "tell_of_commitment"  # subject: the commitment; occurrence: its version and who is told
TELL_FACILITATOR = "tell_facilitator"  # subject: the channel; occurrence: the trouble and what it is about
DRAW_SESSION = "draw_session"  # subject: the series; occurrence: the session and when


def look(kind: str, subject: str, at: datetime) -> Action:
    """Decide about it at that time. Two looks at the same time are one."""
    return Action(kind, subject, at, at.isoformat())
