"""The parts of a ledger under a probe, each counted by a worker of a cluster."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from auditlib.ledger.divided.divide import parts_of
from auditlib.ledger.read import Ledger
from auditlib.probe.divided import PartQuestion, Parts, part_families
from auditlib.probe.families import Family
from auditlib.runs.cluster.apart import asked_apart
from auditlib.runs.cluster.cluster import Cluster

__all__ = ["probing"]

Answers = Sequence[Sequence[tuple[str, Sequence[Family]]]]


def probing(cluster: Cluster, ledger: Ledger) -> Parts | None:
    """Who counts the parts of a ledger: the workers. None where it does not lie in parts.

    A share of what they answer is made again here. Raises :class:`ClusterLost` and :class:`FalseAnswer`.
    """
    parts = parts_of(ledger)

    def ask(question: PartQuestion) -> Callable[[], Answers]:
        return asked_apart(cluster, part_families, ((question, part) for part in parts))

    return ask if parts else None
