"""A cluster that a command may be given: its workers while the command runs."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auditlib.runs.cluster.cluster import Cluster

__all__ = ["connected"]


def connected(address: str | None, share: Fraction | None = None) -> AbstractContextManager[Cluster | None]:
    """The workers of the scheduler at this address, or nobody where there is none; ``share`` is made again here.

    Raises :class:`InputError` as connecting does.
    """
    if not address:
        return nullcontext()
    from auditlib.runs.cluster.cluster import Cluster

    return Cluster(address) if share is None else Cluster(address, share)
