"""A commitment as the views of several rooms hold it."""

from dataclasses import dataclass

from bot.slack.moments import Moment


@dataclass(frozen=True)
class Shown:
    """A commitment as templates show it. `standing` says how it stands in a few words, without its date."""

    id: str
    what: str
    owner: str
    assigner: str
    previous_owner: str
    due: Moment
    standing: str
    is_live: bool
    proposed_due: Moment | None = None
    quiet_until: Moment | None = None  # while its reminders are snoozed
    link: str = ""
    statement: str = ""
