"""Opening a modal in time, and showing something else in one that an ack has just brought up."""

import time

from bot.errors import Refusal
from bot.slack.gateway import Gateway, RateLimited, SlackRefused
from bot.slack.render import View

BUSY = "Slack opens no more forms for a moment. Try again in a minute."
SLOW = "That took me too long, and Slack no longer lets me open it. Please press it once more."
TOO_LATE = {"expired_trigger_id", "exchanged_trigger_id", "trigger_expired", "trigger_exchanged", "invalid_trigger_id"}
PAUSES = (0.0, 0.1, 0.2, 0.4, 0.8)  # seconds before each try: Slack may get to know our modal after our update of it
NOT_FOUND = "not_found"


def open_modal(gateway: Gateway, trigger_id: str, view: View, busy: str = BUSY, *, on_top: bool = False) -> None:
    """Open it, or refuse with what to do about it. `on_top` of the modal that the trigger came from."""
    show = gateway.push_modal if on_top else gateway.open_modal
    try:
        show(trigger_id, view)
    except RateLimited:
        raise Refusal(busy) from None
    except SlackRefused as error:
        if error.code not in TOO_LATE:
            raise
        raise Refusal(SLOW) from None


def update_own_modal(gateway: Gateway, external_id: str, view: View, *, boxed: bool) -> None:
    """Once Slack knows the modal; one that it never gets to know was closed by its reader."""
    for pause in PAUSES:
        time.sleep(pause)
        try:
            gateway.update_own_modal(external_id, view, boxed=boxed)
        except SlackRefused as error:
            if error.code != NOT_FOUND:
                raise
        else:
            return
