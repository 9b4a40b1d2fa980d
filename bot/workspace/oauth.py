"""Installing the app: the page where a person allows it, and `oauth.v2.access`, which trades the code for a token."""

from __future__ import annotations

import base64
import html
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from bot.workspace.driver import Workspace
from bot.workspace.records import Json, SlackError

CODE_LIFE = timedelta(minutes=10)
CODE_RULE = "A code is good for one exchange, within ten minutes, by the app and to the address that it was made for."
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Install {app}</title>
<link rel="stylesheet" href="/page/style.css"><main class="install"><h1>{app} asks for access</h1>
<p>It would be able to:</p><ul>{scopes}</ul><p>{choices}</p></main></html>"""


@dataclass
class Code:
    """A one-use code: who allowed what where, and for which address."""

    state: Workspace
    user_id: str
    redirect_uri: str
    at: datetime
    is_used: bool = False


class OAuth:
    """One for the app. Every workspace may install it; its bot token is the one that the workspace has."""

    def __init__(self, client_id: str, client_secret: str, redirect_urls: tuple[str, ...]) -> None:
        self.client_id, self.client_secret, self.redirect_urls = client_id, client_secret, redirect_urls
        self._codes: dict[str, Code] = {}

    def page(self, query: Mapping[str, str], workspaces: Mapping[str, Workspace]) -> str:
        """The page that asks. Raises SlackError for a client or an address that is not the app's."""
        self._check(query.get("client_id", ""), query.get("redirect_uri", ""))
        state = next(iter(workspaces.values()))
        scopes = [scope for scope in query.get("scope", "").split(",") if scope] or state.team.scopes
        links = []
        for team, each in workspaces.items():
            link = html.escape("/oauth/allow?" + urlencode({**query, "team": team}))
            links.append(f'<a class="press primary" href="{link}">Allow in {html.escape(each.team.name)}</a>')
        items = "".join(f"<li>{html.escape(scope)}</li>" for scope in scopes)
        return PAGE.format(app=html.escape(state.team.app_name), scopes=items, choices=" ".join(links))

    def allow(self, query: Mapping[str, str], workspaces: Mapping[str, Workspace]) -> str:
        """Where to send the browser once a person has allowed it."""
        uri = self._check(query.get("client_id", ""), query.get("redirect_uri", ""))
        state = workspaces.get(query.get("team", ""))
        if state is None:
            raise SlackError("team_not_found")
        code, people = secrets.token_hex(12), state.everyone()
        self._codes[code] = Code(state, people[0].id if people else "", uri, state.now())
        return f"{uri}{'&' if '?' in uri else '?'}{urlencode({'code': code, 'state': query.get('state', '')})}"

    def access(self, args: Json, authorization: str) -> Json:
        """`oauth.v2.access`: the client's id and secret come as arguments or as HTTP Basic."""
        client_id, client_secret = _basic(authorization) or (args.get("client_id"), args.get("client_secret"))
        if client_id != self.client_id:
            raise SlackError("invalid_client_id")
        if client_secret != self.client_secret:
            raise SlackError("bad_client_secret")
        code = self._codes.get(str(args.get("code", "")))
        if code is None or code.state.now() - code.at > CODE_LIFE:
            raise SlackError("invalid_code", CODE_RULE)
        if code.is_used:
            raise SlackError("code_already_used", CODE_RULE)
        if str(args.get("redirect_uri") or code.redirect_uri) != code.redirect_uri:
            raise SlackError("bad_redirect_uri", CODE_RULE)
        code.is_used = True
        code.state.install()
        return _installation(code)

    def _check(self, client_id: str, redirect_uri: str) -> str:
        if client_id != self.client_id:
            raise SlackError("invalid_client_id")
        uri = redirect_uri or next(iter(self.redirect_urls), "")
        allowed = not self.redirect_urls or any(uri.startswith(url) for url in self.redirect_urls)
        if not uri.startswith(("http://", "https://")) or not allowed:
            raise SlackError("bad_redirect_uri")
        return uri


def _installation(code: Code) -> Json:
    team = code.state.team
    return {
        "ok": True,
        "app_id": team.app_id,
        "authed_user": {"id": code.user_id},
        "scope": ",".join(team.scopes),
        "token_type": "bot",
        "access_token": code.state.bot_token,
        "bot_user_id": team.bot_user,
        "team": {"id": team.id, "name": team.name},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _basic(authorization: str) -> tuple[str, str] | None:
    kind, _, value = authorization.partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(value).decode().partition(":")
    except ValueError:
        return None
    return name, secret
