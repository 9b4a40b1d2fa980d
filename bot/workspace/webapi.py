"""The Web API's front desk: reads a call, checks token, scopes and budget, runs the method, answers."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from bot.workspace.limits import Limits
from bot.workspace.methods import METHODS, Method
from bot.workspace.records import Call, Fault, Json, SlackError
from bot.workspace.state import State

WITHOUT_TOKEN = ("api.test", "blocks.validate")


class Reply:
    """An answer on its way out: what, with which status and headers, after which pause."""

    def __init__(self, answer: Json, status: int = 200, retry_after: int = 0, pause: float = 0.0) -> None:
        self.answer, self.status, self.pause = answer, status, pause
        self.headers = {"Retry-After": str(retry_after)} if retry_after else {}


class WebApi:
    def __init__(self, state: State, bot_token: str, app_token: str, limits: Limits | None) -> None:
        self.state = state
        self.bot_token, self.app_token = bot_token, app_token
        self.limits = limits

    def handle(self, method: str, authorization: str, content_type: str, body: bytes, query: str) -> Reply:
        """One call from start to finish; every call is kept for tests and the inspector to look at."""
        with self.state.lock:
            args: Json = {}
            try:
                args = _arguments(content_type, body, query)
                reply = self._run(method, authorization, args)
            except SlackError as refusal:
                reply = Reply(refusal.answer())
            call = Call(
                method,
                {k: v for k, v in args.items() if k != "token"},
                reply.answer,
                self.state.now(),
                reply.status,
            )
            self.state.calls.append(call)
            self.state.note("call", call)
            return reply

    def _run(self, name: str, authorization: str, args: Json) -> Reply:
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        if name not in WITHOUT_TOKEN:
            self._check_token(name, authorization.removeprefix("Bearer ").strip() or str(args.get("token", "")))
            self._check_scopes(method)
        reply = self._answered(name, method, args)
        if name != "apps.connections.open":
            reply.headers["X-OAuth-Scopes"] = ",".join(self.state.team.scopes)
        return reply

    def _answered(self, name: str, method: Method, args: Json) -> Reply:
        wait = self.limits.seconds_to_wait(name, str(args.get("channel", ""))) if self.limits else 0
        if wait:
            return Reply({"ok": False, "error": "ratelimited"}, 429, wait)
        fault = self._next_fault(name)
        is_broken = fault is not None and bool(fault.error or fault.status != 200)
        if fault and is_broken and not fault.after_effect:
            return _broken(fault)
        answer = method.run(self.state, args)
        if fault and is_broken:
            return _broken(fault)
        return Reply(answer, pause=fault.delay_after_effect if fault else 0.0)

    def _check_token(self, name: str, token: str) -> None:
        if not token:
            raise SlackError("not_authed")
        if token not in (self.bot_token, self.app_token):
            raise SlackError("invalid_auth")
        if token != (self.app_token if name == "apps.connections.open" else self.bot_token):
            raise SlackError("not_allowed_token_type")
        if self.state.token_revoked:
            raise SlackError("token_revoked")

    def _check_scopes(self, method: Method) -> None:
        if method.scopes and not any(scope in self.state.team.scopes for scope in method.scopes):
            provided = ",".join(self.state.team.scopes)
            raise SlackError("missing_scope", needed=",".join(method.scopes), provided=provided)

    def _next_fault(self, name: str) -> Fault | None:
        for fault in self.state.faults:
            if fault.method in (name, "*") and fault.times > 0:
                fault.times -= 1
                return fault
        return None


def _broken(fault: Fault) -> Reply:
    error = fault.error or ("ratelimited" if fault.status == 429 else "internal_error")
    return Reply({"ok": False, "error": error}, fault.status, fault.retry_after if fault.status == 429 else 0)


def _arguments(content_type: str, body: bytes, query: str) -> Json:
    """JSON or form; a call without arguments comes as JSON with an empty body."""
    args: Json = dict(parse_qsl(query, keep_blank_values=True))
    text = body.decode("utf-8", "replace")
    if not text.strip():
        return args
    if "json" not in content_type:
        return {**args, **dict(parse_qsl(text, keep_blank_values=True))}
    try:
        value: Any = json.loads(text)
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(value, dict):
        raise SlackError("json_not_object")
    return {**args, **value}
