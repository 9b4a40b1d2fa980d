"""Slack's error codes that mean a broken rule, each with the rule in a sentence for people."""

from __future__ import annotations

# fmt: off
RULES = {
    # who may do what, and where
    "not_authed": "Every call needs a token.",
    "invalid_auth": "The token must be one that Slack issued.",
    "not_allowed_token_type": "Only apps.connections.open takes the app-level token; the others take the bot token.",
    "missing_scope": "A method may only be called with one of the scopes that it needs in the app's manifest.",
    "not_in_channel": "The app must be a member of the channel.",
    "channel_not_found": "A private conversation that the app is not in does not exist for it.",
    "is_archived": "An archived channel takes nothing new.",
    "is_inactive": "A message in an archived channel can't be changed.",
    "user_not_in_channel": "Only a member of the channel can be shown an ephemeral message in it.",
    "cant_update_message": "An app may only change its own messages.",
    "cant_delete_message": "An app may only delete its own messages.",
    "message_not_found": "Only a message that is still there can be read, changed, or answered to.",
    "method_not_supported_for_channel_type": "The method is not for this kind of conversation.",
    # messages
    "no_text": "A message needs text, blocks or attachments.",
    "msg_too_long": "Text may have 4,000 characters in an update, 4,000 bytes in an ephemeral, and 12,000 characters "
                    "in markdown_text.",
    "markdown_text_conflict": "markdown_text excludes text and blocks.",
    "too_many_attachments": "A message may have 100 attachments.",
    "message_not_in_streaming_state": "Only a stream that was started and not stopped can go on.",
    "missing_recipient_user_id": "A stream into a channel names the person it is for.",
    "missing_recipient_team_id": "A stream into a channel names the workspace of the person it is for.",
    # scheduling
    "time_in_past": "A message can only be scheduled for the future.",
    "time_too_far": "A message can be scheduled 120 days ahead at most.",
    "restricted_too_many": "Thirty messages may be scheduled in one channel for the same five minutes.",
    "invalid_scheduled_message_id": "A scheduled message can be deleted until a minute before its time.",
    # interactions and views
    "invalid_trigger_id": "A trigger_id must come from an interaction of this app.",
    "exchanged_trigger_id": "A trigger_id is good for one view.",
    "expired_trigger_id": "A trigger_id is good for three seconds.",
    "used_url": "A response_url is good for five answers.",
    "expired_url": "A response_url is good for thirty minutes.",
    "view_too_large": "A view may have 250 KB.",
    "push_limit_reached": "A stack has three views at most.",
    "duplicate_external_id": "An external_id belongs to one view of the workspace.",
    "hash_conflict": "A view may only be changed from its latest version: the hash says which one that is.",
    # lists, names, people
    "invalid_limit": "A page has 1 to 1,000 entries.",
    "invalid_cursor": "A cursor must be the next_cursor of the page before.",
    "name_taken": "No two channels have the same name.",
    "invalid_name_maxlength": "A channel's name may have 80 characters.",
    "invalid_name_specials": "A channel's name may only have lower-case letters, digits, hyphens and underscores.",
    "too_long": "A topic or a purpose may have 250 characters.",
    "too_many_users": "A direct conversation may be opened with eight people at most.",
    "user_disabled": "A deactivated person gets no messages.",
    "already_reacted": "An app can react once with each emoji.",
}
# fmt: on
