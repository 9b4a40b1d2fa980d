"""A commitment that is about to be made, as far as it is known: the row behind the buttons that save or change it."""

import json
import re
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from bot.accountability.commitments.commitment import Commitment, State
from bot.errors import Refusal

LONGEST_LINK = 1_000
LINK = re.compile(r"https?://[^\s<>|]+")


@dataclass(frozen=True)
class Draft:
    """What is to be saved. `when` is the date as it was typed, `due` what it means once that is known.

    `root` will be the commitment's id: drafts that come from one another share it, so that of all of them one is saved.
    """

    id: str
    root: str
    maker: str
    owner: str = ""
    what: str = ""
    when: str = ""
    due: datetime | None = None
    zone: str = "UTC"
    is_their_zone: bool = True
    channel_id: str = ""
    link: str = ""
    round_id: str = ""
    statement_id: str = ""

    def begin(self, now: datetime) -> Commitment:
        """The commitment that it makes. ValueError for one without a date."""
        if self.due is None:
            raise ValueError(f"draft {self.id} has no date yet")
        return Commitment(
            id=self.root,
            what=self.what,
            owner=self.owner,
            assigner=self.maker,
            channel_id=self.channel_id,
            due=self.due,
            zone=self.zone,
            state=State.OPEN,
            made_at=now,
            changed_at=now,
            link=self.link,
            round_id=self.round_id,
            statement_id=self.statement_id,
        )


def written(draft: Draft) -> str:
    due = draft.due.isoformat() if draft.due else None
    return json.dumps({**asdict(draft), "due": due})


def read_draft(text: str) -> Draft:
    draft = Draft(**json.loads(text))
    return replace(draft, due=datetime.fromisoformat(str(draft.due))) if draft.due else draft


def checked_link(text: str) -> str:
    """An address that can stand in a message. Raises a Refusal that says what to change."""
    link = text.strip()
    if not link:
        return ""
    if len(link) > LONGEST_LINK:
        raise Refusal(f"That link has {len(link)} characters; give one of at most {LONGEST_LINK}, or leave it out.")
    if not LINK.fullmatch(link):
        raise Refusal("That is no link. Copy one that begins with https://, or leave it out.")
    return link
