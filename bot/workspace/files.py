"""The Web API's `files.*` methods: announce a file, upload its bytes, complete it into a channel."""

from __future__ import annotations

import mimetypes
import secrets
from email import message_from_bytes
from pathlib import PurePosixPath

from bot.workspace import posting
from bot.workspace.arguments import listed, writable_channel
from bot.workspace.posting import structured
from bot.workspace.records import Channel, Json, SlackError, Upload
from bot.workspace.state import State

MOST_FILES = 10
SHARED_IN = {"channels": "channels", "groups": "groups", "mpim": "groups", "im": "ims"}


def get_upload_url(state: State, args: Json) -> Json:
    name = str(args.get("filename") or "")
    try:
        length = int(args.get("length") or 0)
    except (ValueError, TypeError):
        length = 0
    if not name or length < 1:
        raise SlackError("invalid_arguments", "An upload needs the file's name and its length in bytes.")
    upload = Upload(state.next_id("F"), name, length, secrets.token_hex(8))
    state.uploads[upload.id] = upload
    url = f"{state.api_origin}/upload/v1/{state.team.id}/{upload.token}"
    return {"ok": True, "upload_url": url, "file_id": upload.id}


def receive(state: State, token: str, content_type: str, body: bytes) -> str:
    """Takes the bytes, raw or as the first part of a multipart form."""
    with state.lock:
        upload = next((each for each in state.uploads.values() if each.token == token), None)
        if upload is None or upload.content is not None:
            raise SlackError("expired_url", "An upload address is good for one upload.")
        content = _first_part(content_type, body) if content_type.startswith("multipart/") else body
        if len(content) != upload.length:
            raise SlackError("invalid_arguments", "A file has as many bytes as were announced.")
        upload.content = content
        return f"OK - {len(content)}"


def _first_part(content_type: str, body: bytes) -> bytes:
    form = message_from_bytes(b"Content-Type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n" + body)
    part = next((part for part in form.walk() if not part.is_multipart()), form)
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def complete_upload(state: State, args: Json) -> Json:
    wanted = structured(args, "files", "invalid_arguments")
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= MOST_FILES:
        raise SlackError("invalid_arguments", f"One to {MOST_FILES} files are completed at a time.")
    uploads = [_arrived(state, one) for one in wanted]
    rooms = [name for name in (args.get("channel_id"), *listed(args, "channels")) if name]
    channels = [writable_channel(state, {"channel": name}) for name in dict.fromkeys(map(str, rooms))]
    content = _comment(state, args)
    for upload, one in zip(uploads, wanted, strict=True):
        upload.about = _about(state, upload, str(one.get("title") or upload.name))
    for channel in channels:
        _share(state, channel, uploads, content, posting.thread_of(args))
    return {"ok": True, "files": [upload.about for upload in uploads]}


def _arrived(state: State, one: object) -> Upload:
    upload = state.uploads.get(str(one.get("id"))) if isinstance(one, dict) else None
    if upload is None or upload.content is None or upload.about:
        raise SlackError("file_not_found", "A file is completed once, after its bytes have arrived.")
    return upload


def _comment(state: State, args: Json) -> Json:
    said = {"text": args.get("initial_comment")} if args.get("initial_comment") else {"blocks": args.get("blocks")}
    return posting.checked_content(state, said) if any(said.values()) else {"text": ""}


def _about(state: State, upload: Upload, title: str) -> Json:
    at, suffix = int(state.now().timestamp()), PurePosixPath(upload.name).suffix.removeprefix(".")
    link = f"https://files.slack.com/files-pri/{state.team.id}-{upload.id}/{upload.name}"
    return {
        "id": upload.id, "created": at, "timestamp": at, "name": upload.name, "title": title,
        "mimetype": mimetypes.guess_type(upload.name)[0] or "application/octet-stream",
        "filetype": suffix.lower() or "binary", "pretty_type": suffix.upper() or "Binary", "mode": "hosted",
        "user": state.team.bot_user, "user_team": state.team.id, "editable": False, "size": upload.length,
        "is_external": False, "external_type": "", "is_public": False, "public_url_shared": False,
        "display_as_bot": False, "username": "", "url_private": link, "url_private_download": link,
        "permalink": link, "comments_count": 0, "shares": {}, "channels": [], "groups": [], "ims": [],
        "has_rich_preview": False, "file_access": "visible",
    }  # fmt: skip


def _share(state: State, channel: Channel, uploads: list[Upload], content: Json, thread_ts: str | None) -> None:
    files = [upload.about for upload in uploads]
    message = posting.post_as_bot(
        state, channel, {**content, "subtype": "file_share", "files": files, "upload": True}, thread_ts
    )
    share = {"ts": message["ts"], "channel_name": channel.name, "team_id": state.team.id}
    for about in files:
        about[SHARED_IN[channel.kind]].append(channel.id)
        about["is_public"] = about["is_public"] or channel.kind == "channels"
        kind = "public" if channel.kind == "channels" else "private"
        about["shares"].setdefault(kind, {})[channel.id] = [share]


def seen_by(state: State, user_id: str, file_id: str) -> Upload | None:
    """A file as it came, for those who are where it was shared."""
    with state.lock:
        upload = state.uploads.get(file_id)
        rooms = {room for name in set(SHARED_IN.values()) for room in upload.about.get(name, ())} if upload else set()
        return upload if any(user_id in state.channel(room).members for room in rooms) else None


def _complete(state: State, args: Json) -> Upload:
    upload = state.uploads.get(str(args.get("file", "")))
    if upload is None or not upload.about:
        raise SlackError("file_not_found")
    return upload


def file_info(state: State, args: Json) -> Json:
    about = _complete(state, args).about
    return {"ok": True, "file": about, "comments": [], "response_metadata": {"next_cursor": ""}}


def delete_file(state: State, args: Json) -> Json:
    upload = _complete(state, args)
    del state.uploads[upload.id]
    for shares in upload.about["shares"].values():
        for channel_id, (share,) in shares.items():
            message = state.find(channel_id, share["ts"])
            if message:
                kept = [about for about in message["files"] if about["id"] != upload.id]
                message["files"] = [*kept, {"id": upload.id, "mode": "tombstone"}]
                state.note("edited", message)
    return {"ok": True}
