"""What somebody is about to save, as the buttons that save it name it: a row, so that a button's value says nothing."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bot.accountability.commitments.origins import NOWHERE, Origin
from bot.accountability.commitments.sides import Offer


@dataclass(frozen=True)
class Intent:
    """Another date for a commitment, read and echoed. `offer` is NEW_DATE, PROPOSE_DATE or SNOOZE."""

    commitment_id: str
    by: str
    offer: Offer
    due: datetime
    reason: str = ""
    origin: Origin = NOWHERE


def written_intent(intent: Intent) -> str:
    return json.dumps({**asdict(intent), "due": intent.due.isoformat()})


def read_intent(text: str) -> Intent:
    fields: Mapping[str, Any] = json.loads(text)
    of = {"offer": Offer(fields["offer"]), "due": datetime.fromisoformat(fields["due"])}
    return Intent(**{**fields, **of, "origin": Origin(**fields["origin"])})
