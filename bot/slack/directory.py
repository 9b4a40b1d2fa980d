"""Who and what there is in a workspace: channels, their members, people, links to messages."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient

from bot.keys import WorkspaceKey
from bot.slack.refusals import SlackRefused, call

MEMBERS_A_PAGE = 200
MEMBERS_AT_ONCE = 999  # the most that Slack gives
PEOPLE_A_PAGE = 500  # with twenty calls a minute, ten thousand people take one
SLACKBOT = "USLACKBOT"  # which Slack does not call a bot


@dataclass(frozen=True)
class Place:
    """A conversation as the bot sees it. A direct message has no name."""

    id: str
    name: str
    is_member: bool
    is_archived: bool
    is_private: bool
    is_shared: bool  # with another company


@dataclass(frozen=True)
class Person:
    """Somebody whom Slack knows, by what concerns us: no name."""

    id: str
    team_id: str
    zone: str
    is_active: bool
    is_bot: bool
    is_guest: bool
    is_admin: bool
    is_stranger: bool  # of another company, and in no channel with us
    enterprise_id: str = ""  # the organisation that their workspace is part of, if it is of one

    def belongs_to(self, key: WorkspaceKey) -> bool:
        """Are they of our company? In an organisation the people of all its workspaces are."""
        is_of_organisation = bool(key.enterprise_id) and key.enterprise_id in (self.enterprise_id, self.team_id)
        return not self.is_stranger and (self.team_id == key.team_id or is_of_organisation)


class Directory:
    """Looks things up. Every look waits out a rate limit by itself, so keep it off the ack path.

    Those `…_at_once` never wait and are over within two seconds: they raise RateLimited or UnknownOutcome instead.
    """

    def __init__(self, client: WebClient, quick: WebClient | None = None) -> None:
        self._client = client
        self._quick = quick or client

    def channel(self, channel_id: str) -> Place:
        """Raises ChannelClosed for one that isn't there, or is private without the bot in it."""
        return _place_of(self._client, channel_id)

    def channel_at_once(self, channel_id: str) -> Place:
        return _place_of(self._quick, channel_id)

    def members(self, channel_id: str) -> Iterator[str]:
        """The ids of all who are in a channel, bots included. Raises ChannelClosed as `channel` does."""

        def look(cursor: str) -> Any:
            return self._client.conversations_members(channel=channel_id, cursor=cursor, limit=MEMBERS_A_PAGE)

        yield from pages("conversations.members", look, "members")

    def members_at_once(self, channel_id: str) -> tuple[frozenset[str], bool]:
        """As many of them as one answer holds, and whether these are all."""
        answer = call(
            "conversations.members",
            lambda: self._quick.conversations_members(channel=channel_id, limit=MEMBERS_AT_ONCE),
        )
        is_all = not (answer.get("response_metadata") or {}).get("next_cursor")
        return frozenset(map(str, answer.get("members") or ())), is_all

    def person(self, user_id: str) -> Person:
        """Raises ChannelClosed for somebody whom Slack doesn't know or show."""
        return _asked_of(self._client, user_id)

    def person_at_once(self, user_id: str) -> Person:
        return _asked_of(self._quick, user_id)

    def people(self) -> Iterator[Person]:
        """Everybody, also those who have left, and bots."""

        def look(cursor: str) -> Any:
            return self._client.users_list(cursor=cursor, limit=PEOPLE_A_PAGE)

        yield from map(_person, pages("users.list", look, "members"))

    def direct_message(self, user_id: str) -> str:
        """The id of our direct message with somebody. Raises SlackRefused with missing_scope without im:write."""
        answer = call("conversations.open", lambda: self._client.conversations_open(users=[user_id]))
        return str((answer.get("channel") or {}).get("id") or "")

    def link(self, channel: str, ts: str) -> str:
        """The address of a message, or nothing where Slack gives none."""
        return _link(self._client, channel, ts)

    def link_at_once(self, channel: str, ts: str) -> str:
        return _link(self._quick, channel, ts)


def _place_of(client: WebClient, channel_id: str) -> Place:
    answer = call("conversations.info", lambda: client.conversations_info(channel=channel_id))
    return _place(answer.get("channel") or {}, channel_id)


def _asked_of(client: WebClient, user_id: str) -> Person:
    answer = call("users.info", lambda: client.users_info(user=user_id))
    return _person(answer.get("user") or {}, user_id)


def _link(client: WebClient, channel: str, ts: str) -> str:
    try:
        answer = call("chat.getPermalink", lambda: client.chat_getPermalink(channel=channel, message_ts=ts))
    except SlackRefused:
        return ""
    return str(answer.get("permalink") or "")


def pages(method: str, look: Callable[[str], Any], items: str) -> Iterator[Any]:
    """What all pages of a list hold, each page asked for when it is needed."""
    cursor = ""
    while True:
        page = call(method, lambda at=cursor: look(at))  # type: ignore[misc]
        yield from page.get(items) or []
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return


def _place(found: dict[str, Any], channel_id: str) -> Place:
    is_direct = bool(found.get("is_im"))
    return Place(
        id=str(found.get("id") or channel_id),
        name=str(found.get("name") or ""),
        is_member=bool(found.get("is_member") or is_direct),
        is_archived=bool(found.get("is_archived")),
        is_private=bool(found.get("is_private") or is_direct),
        is_shared=bool(found.get("is_ext_shared")),
    )


def _person(found: dict[str, Any], user_id: str = "") -> Person:
    id = str(found.get("id") or user_id)
    return Person(
        id=id,
        team_id=str(found.get("team_id") or ""),
        zone=str(found.get("tz") or "UTC"),
        is_active=not found.get("deleted"),
        is_bot=bool(found.get("is_bot")) or id == SLACKBOT,
        is_guest=bool(found.get("is_restricted") or found.get("is_ultra_restricted")),
        is_admin=bool(found.get("is_admin") or found.get("is_owner")),
        is_stranger=bool(found.get("is_stranger")),
        enterprise_id=str((found.get("enterprise_user") or {}).get("enterprise_id") or ""),
    )
