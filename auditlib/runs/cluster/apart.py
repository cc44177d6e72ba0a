"""Tasks that each look at one part of a ledger, or of two, given to the workers of a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from auditlib.runs.cluster.cluster import Cluster
from auditlib.runs.cluster.recheck import Drawing

__all__ = ["asked_apart"]


def asked_apart(
    cluster: Cluster, function: Callable[..., Any], tasks: Iterable[tuple[Any, ...]]
) -> Callable[[], list[Any]]:
    """Has the workers begin ``function`` with the arguments of each task; what comes back waits for their answers.

    A share of the answers is made again here. It raises :class:`ClusterLost` and :class:`FalseAnswer`.
    """
    drawing = Drawing(cluster.recheck)
    futures = [drawing.noted(cluster.submit(function, *given), function, given) for given in tasks]

    def answers() -> list[Any]:
        found = cluster.gathered(futures)
        drawing.check([], [], cluster.workers, cluster.gathered)
        return found

    return answers
