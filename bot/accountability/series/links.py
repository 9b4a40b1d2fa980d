"""A link under which a calendar program finds a series. Whoever has it may read; only its digest is kept."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256


@dataclass(frozen=True)
class Link:
    """`etag` names what the file said when it was last fetched, `changed_at` since when it has said so."""

    digest: str
    series_id: str
    made_by: str
    made_at: datetime
    changed_at: datetime
    etag: str = ""
    revoked_at: datetime | None = None


@dataclass(frozen=True)
class Feed:
    """The file as it is served."""

    content: bytes
    etag: str
    changed_at: datetime


def digest_of(token: str) -> str:
    """What is looked up: how long that takes tells nothing about the token."""
    return sha256(token.encode()).hexdigest()
