"""A ground that makes an outcome graver or milder, as people say it."""

from __future__ import annotations

from auditlib.core.message import Message, Sayable
from auditlib.scheme.results import Weigh

__all__ = ["ground_said"]


def ground_said(ground: Weigh, called: Sayable) -> Message:
    """What a ground does, by the name that a reader knows it by: it must, it may, or the source does not say."""
    return {
        ("must", "graver"): Message("{ground}: must be graver", ground=called),
        ("must", "milder"): Message("{ground}: must be milder", ground=called),
        ("may", "graver"): Message("{ground}: may be graver", ground=called),
        ("may", "milder"): Message("{ground}: may be milder", ground=called),
        ("open", "graver"): Message("{ground}: the source does not say whether it must be graver", ground=called),
        ("open", "milder"): Message("{ground}: the source does not say whether it must be milder", ground=called),
    }[ground.force, ground.towards]
