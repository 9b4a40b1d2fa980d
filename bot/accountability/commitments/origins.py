"""Where a commitment was looked at or acted on, so that what is shown there can be brought up to date."""

import json
from dataclasses import asdict, dataclass, replace


@dataclass(frozen=True)
class Origin:
    """A message with buttons, and whether a modal lies over it. Ephemeral messages can't be changed from outside.

    `is_about_one` is False for a list or a digest, whose buttons are numbered.
    """

    channel_id: str = ""
    message_ts: str = ""
    thread_ts: str = ""
    is_ephemeral: bool = False
    in_modal: bool = False
    is_about_one: bool = True

    @property
    def is_direct(self) -> bool:
        """The bot's own conversation with somebody."""
        return self.channel_id.startswith("D")

    @property
    def is_of_ours(self) -> bool:
        """One that shows a single commitment, so that it can show how that stands."""
        return self.is_direct and self.is_about_one

    @property
    def can_be_redrawn(self) -> bool:
        return bool(self.message_ts) and not self.is_ephemeral

    def under_modal(self) -> "Origin":
        return replace(self, in_modal=True)


NOWHERE = Origin()


@dataclass(frozen=True)
class Subject:
    """What a modal is about, as it carries it: a commitment or a draft, where it was opened, and what it is for."""

    id: str
    origin: Origin = NOWHERE
    purpose: str = ""


def written(subject: Subject) -> str:
    return json.dumps(asdict(subject))


def read_subject(text: str) -> Subject:
    """ValueError for what no modal of ours carries."""
    try:
        fields = json.loads(text)
        return Subject(str(fields["id"]), Origin(**fields["origin"]), str(fields["purpose"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"this is about nothing of ours: {text[:40]!r}") from error
