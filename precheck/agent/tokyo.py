"""Times on the screens of the job seeker."""

from datetime import datetime

from probes.check import TOKYO


def tokyo(moment: datetime) -> str:
    """`moment` as people in Japan read it: 2026-11-24 10:00."""
    return moment.astimezone(TOKYO).strftime("%Y-%m-%d %H:%M")
