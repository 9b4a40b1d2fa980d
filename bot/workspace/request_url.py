"""Deliveries over HTTP: signed requests to the app's request URL, and what its answers mean."""

from __future__ import annotations

import hashlib
import hmac
import json
import ssl
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from bot.workspace.records import Delivery, Json, from_json

USER_AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"
LARGEST_ANSWER = 1_000_000


@dataclass(frozen=True)
class Reply:
    """What came back: the app's answer, or why it counts as none (`reason` is Slack's word for it)."""

    answer: Json | None = None
    reason: str = ""
    failure: str = ""
    stops_retries: bool = False


def request(delivery: Delivery, signing_secret: str, at: datetime) -> tuple[bytes, dict[str, str]]:
    """Body and headers: events are JSON, commands a form, everything else a form with one field, `payload`."""
    if delivery.type == "events_api":
        return signed(json.dumps(delivery.payload).encode(), "application/json", signing_secret, at, _retry(delivery))
    is_command = delivery.type == "slash_commands"
    form = delivery.payload if is_command else {"payload": json.dumps(delivery.payload)}
    return signed(urlencode(form).encode(), "application/x-www-form-urlencoded", signing_secret, at)


def signed(
    body: bytes, content_type: str, signing_secret: str, at: datetime, more: dict[str, str] | None = None
) -> tuple[bytes, dict[str, str]]:
    """HMAC-SHA256 over `v0:timestamp:body`, as Slack signs it."""
    stamp = str(int(at.timestamp()))
    digest = hmac.new(signing_secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    signature = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}
    return body, {"Content-Type": content_type, "User-Agent": USER_AGENT, **signature, **(more or {})}


def _retry(delivery: Delivery) -> dict[str, str]:
    if not delivery.attempt:
        return {}
    return {"X-Slack-Retry-Num": str(delivery.attempt), "X-Slack-Retry-Reason": delivery.reason}


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def post(url: str, signed_request: tuple[bytes, dict[str, str]], seconds: float) -> Reply:
    """Send it and wait so long for an answer. Never raises: an app that is broken is no trouble of ours."""
    body, headers = signed_request
    try:
        opener = build_opener(_NoRedirects)
        with opener.open(Request(url, body, headers, method="POST"), timeout=seconds) as response:
            return Reply(_answer(response.read(LARGEST_ANSWER)))
    except HTTPError as refusal:
        reason = "too_many_redirects" if 300 <= refusal.code < 400 else "http_error"
        stops = refusal.headers.get("X-Slack-No-Retry") == "1"
        refusal.close()
        return Reply(None, reason, f"the app answered with HTTP {refusal.code}", stops)
    except TimeoutError:
        return Reply(None, "http_timeout", "the app did not answer in time")
    except (URLError, HTTPException, OSError, ValueError) as trouble:
        return _unreachable(trouble)


def _unreachable(trouble: Exception) -> Reply:
    cause = getattr(trouble, "reason", trouble)
    if isinstance(cause, TimeoutError):
        return Reply(None, "http_timeout", "the app did not answer in time")
    if isinstance(cause, ssl.SSLError):
        return Reply(None, "ssl_error", "the app's certificate was not accepted")
    if isinstance(cause, OSError):
        return Reply(None, "connection_failed", "the app can't be reached")
    return Reply(None, "unknown_error", "the app's answer can't be read")


def _answer(body: bytes) -> Json | None:
    """A command may be answered with mere text."""
    text = body.decode("utf-8", "replace").strip()
    try:
        value = from_json(text) if text else None
    except ValueError:
        return {"text": text}
    return value if isinstance(value, dict) else None
