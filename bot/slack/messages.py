"""The few messages that belong to no wing: refusals and apologies."""

from dataclasses import dataclass

from bot.errors import Refusal
from bot.slack.render import View


@dataclass(frozen=True)
class Notice:
    """One sentence to one person."""

    text: str
    template: str = "slack/notice.json.j2"


class Declined(Refusal):
    """A refusal that takes more than a sentence to say: a link to follow, somebody to ask."""

    def __init__(self, view: View) -> None:
        super().__init__(type(view).__name__)
        self.view = view


def shown(refusal: Refusal) -> View:
    return refusal.view if isinstance(refusal, Declined) else Notice(str(refusal))
