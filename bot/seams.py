"""Where the readiness check and accountability meet: what one tells the other, in the other's own words."""

from bot.accountability.outside import Findings
from bot.accountability.sessions.agenda import Finding
from bot.keys import WorkspaceKey
from bot.readiness.service import ReadinessService


def findings_of(readiness: ReadinessService) -> Findings:
    """What a channel's last readiness round found weak, for the agenda of its sessions."""

    def findings(key: WorkspaceKey, channel_id: str) -> tuple[Finding, ...]:
        return tuple(Finding(**vars(one)) for one in readiness.findings(key, channel_id))

    return findings
