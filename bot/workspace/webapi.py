"""The Web API's front desk: reads a call, checks token, scopes and budget, runs the method, answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from bot.workspace import faults
from bot.workspace.arguments import addressed
from bot.workspace.limits import Limits, rate_rule
from bot.workspace.methods import METHODS, Method
from bot.workspace.oauth import OAuth
from bot.workspace.records import Call, Fault, Json, SlackError, from_json
from bot.workspace.world import World

WITHOUT_TOKEN = ("api.test", "blocks.validate")
SECRET = ("token", "client_id", "client_secret", "code")


class Reply:
    """An answer on its way out: what, with which status and headers, after which pause."""

    def __init__(
        self, answer: Json, status: int = 200, retry_after: int = 0, pause: float = 0.0, rule: str = ""
    ) -> None:
        self.answer, self.status, self.pause, self.rule = answer, status, pause, rule
        self.headers = {"Retry-After": str(retry_after)} if retry_after else {}


class WebApi:
    """Serves every workspace of the app; the token says which one a call is for."""

    def __init__(self, workspaces: Mapping[str, World], app_token: str, oauth: OAuth, limits: bool) -> None:
        self.workspaces, self.app_token, self.oauth = workspaces, app_token, oauth
        self._limits = defaultdict[str, Limits](Limits) if limits else None

    def handle(self, method: str, authorization: str, content_type: str, body: bytes, query: str) -> Reply:
        """One call from start to finish; every call is kept for tests and the inspector to look at."""
        args: Json = {}
        state = next(iter(self.workspaces.values()))  # until the token names another, the call is the first one's
        try:
            args = _arguments(content_type, body, query)
            token = authorization.removeprefix("Bearer ").strip() or str(args.get("token", ""))
            state = self._workspace_of(token) or state
            with state.lock:
                reply = self._run(state, method, token, authorization, args)
        except SlackError as refusal:
            reply = Reply(refusal.answer(), rule=refusal.rule)
        self._keep(state, method, args, reply)
        return reply

    def _workspace_of(self, token: str) -> World | None:
        return next((state for state in self.workspaces.values() if token and token == state.bot_token), None)

    def _keep(self, state: World, method: str, args: Json, reply: Reply) -> None:
        shown = {k: v for k, v in args.items() if k not in SECRET}
        answer = {k: v for k, v in reply.answer.items() if k != "access_token"}
        with state.lock:
            call = Call(method, shown, answer, state.now(), reply.status, reply.rule)
            state.calls.append(call)
            state.note("call", call)

    def _run(self, state: World, name: str, token: str, authorization: str, args: Json) -> Reply:
        if name == "oauth.v2.access":
            return Reply(self.oauth.access(args, authorization))
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        if name not in WITHOUT_TOKEN:
            self._check_token(state, name, token)
            self._check_scopes(state, method)
        reply = self._answered(state, name, method, args)
        if name != "apps.connections.open":
            reply.headers["X-OAuth-Scopes"] = ",".join(state.team.scopes)
        return reply

    def _answered(self, state: World, name: str, method: Method, args: Json) -> Reply:
        if wait := self._seconds_to_wait(state, name, args):
            return Reply({"ok": False, "error": "ratelimited"}, 429, wait, rule=rate_rule(name))
        fault = faults.next_for(state, name)
        is_broken = fault is not None and bool(fault.error or fault.status != 200)
        if fault and is_broken and not fault.after_effect:
            return _broken(fault)
        answer = method.run(state, args)
        if fault and is_broken:
            return _broken(fault)
        return Reply(answer, pause=fault.delay_after_effect if fault else 0.0)

    def _seconds_to_wait(self, state: World, name: str, args: Json) -> int:
        if self._limits is None:
            return 0
        return self._limits[state.team.id].seconds_to_wait(name, addressed(state, args))

    def _check_token(self, state: World, name: str, token: str) -> None:
        if not token:
            raise SlackError("not_authed")
        if token not in (state.bot_token, self.app_token):
            raise SlackError("invalid_auth")
        if token != (self.app_token if name == "apps.connections.open" else state.bot_token):
            raise SlackError("not_allowed_token_type")
        if state.token_revoked and token == state.bot_token:
            raise SlackError("token_revoked")

    def _check_scopes(self, state: World, method: Method) -> None:
        if method.scopes and not any(scope in state.team.scopes for scope in method.scopes):
            provided = ",".join(state.team.scopes)
            raise SlackError("missing_scope", needed=",".join(method.scopes), provided=provided)


def _broken(fault: Fault) -> Reply:
    error = fault.error or ("ratelimited" if fault.status == 429 else "internal_error")
    retry_after = fault.retry_after if fault.status == 429 else 0
    return Reply({"ok": False, "error": error}, fault.status, retry_after, fault.delay_after_effect)


def _arguments(content_type: str, body: bytes, query: str) -> Json:
    """JSON or form; a call without arguments comes as JSON with an empty body."""
    args: Json = dict(parse_qsl(query, keep_blank_values=True))
    text = body.decode("utf-8", "replace")
    if not text.strip():
        return args
    if "json" not in content_type:
        return {**args, **dict(parse_qsl(text, keep_blank_values=True))}
    try:
        value: Any = from_json(text)
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(value, dict):
        raise SlackError("json_not_object")
    return {**args, **value}
