"""What this wing has to happen later because of one commitment or one person, beside the sessions' own schedule.

Nothing is worked out when something changes: it only has whoever decides look at once. Each look plans the next one, so
that a change can't be missed, and looks that come to the same moment are one.
"""

from datetime import datetime

from bot.accountability.commitments.commitment import Commitment
from bot.scheduler.actions import Action, Changes

NUDGE = "nudge"  # subject: the person
AIR_COVER = "air_cover"  # subject: the channel
WARN_OF_AIR_COVER = "warn_of_air_cover"  # subject: the commitment; occurrence: see aircover/escalation.py
ASK_FOR_AIR_COVER = "ask_for_air_cover"  # the same
TELL_OF_COMMITMENT = "tell_of_commitment"  # subject: the commitment; occurrence: its version and who is told
TELL_OF_SILENCE = "tell_of_silence"  # subject: the commitment; occurrence: the version that had no answer
TELL_FACILITATOR = "tell_facilitator"  # subject: the channel; occurrence: the trouble and what it is about
DRAW_SESSIONS = "draw_sessions"  # subject: the channel whose open sessions may have to look different


def tell(of: Commitment, user_id: str, now: datetime) -> Action:
    """Tell somebody what was done to a commitment just now; `of` is as it is after that."""
    return Action(TELL_OF_COMMITMENT, of.id, now, f"{of.version} {user_id}")


def tell_of_silence(of: Commitment, now: datetime) -> Action:
    """Tell whoever asked for it that the last reminder went out: nobody talks about it anywhere."""
    return Action(TELL_OF_SILENCE, of.id, now, str(of.version))


def told_of(action: Action) -> tuple[int, str]:
    """Which version of the commitment is told of, and to whom."""
    version, _, user_id = action.occurrence.partition(" ")
    return int(version), user_id


def look(kind: str, subject: str, at: datetime) -> Action:
    """Decide about it at that time. Two looks at the same time are one."""
    return Action(kind, subject, at, at.isoformat())


def on_change(of: Commitment, now: datetime, *owners_before: str) -> Changes:
    """After anything was done about a commitment, and in that transaction. `of` is as it is now."""
    nudged = sorted({of.owner, *owners_before} - {""})
    looks = [look(NUDGE, owner, now) for owner in nudged]
    if of.channel_id:
        looks += [look(AIR_COVER, of.channel_id, now), look(DRAW_SESSIONS, of.channel_id, now)]
    return Changes(new=tuple(looks))
