"""The key that every row carries: the Slack workspace it belongs to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class WorkspaceKey:
    """A Slack workspace. `enterprise_id` is empty outside an Enterprise organisation."""

    enterprise_id: str
    team_id: str
