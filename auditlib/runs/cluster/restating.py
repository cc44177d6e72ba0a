"""Two snapshots compared and counted part by part by the workers of a cluster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from auditlib.core.errors import InputError
from auditlib.ledger.divided.divide import parts_of
from auditlib.ledger.divided.parts import Part
from auditlib.ledger.read import Ledger
from auditlib.ledger.restatement.paired_parts import PartsQuestion, PartTold, told_of_part
from auditlib.runs.cluster.apart import asked_apart
from auditlib.runs.cluster.by_parts import CountingByParts
from auditlib.runs.cluster.cluster import Cluster
from auditlib.scoring.counts import Count

__all__ = ["Restating"]


@dataclass(frozen=True)
class Restating:
    """The workers of a cluster, who compare the ``pairs`` of parts of two snapshots, and count them for their points.

    A share of what they answer is made again here. What it is asked raises :class:`ClusterLost` and
    :class:`FalseAnswer`.
    """

    cluster: Cluster
    pairs: tuple[tuple[Part, Part], ...]

    @classmethod
    def of(cls, cluster: Cluster, old: Ledger, new: Ledger) -> Restating:
        """For two ledgers. Raises :class:`InputError` where they do not lie in equally many parts."""
        parts = parts_of(old), parts_of(new)
        for ledger, own in zip((old, new), parts, strict=True):
            if not own:
                said = "found a ledger in one piece, expected one in parts: write it with auditlib partition"
                raise InputError.at(ledger.path, "", said)
        if len(parts[0]) != len(parts[1]):
            said = f"found {len(parts[1])} parts, expected {len(parts[0])} as {old.path} has"
            raise InputError.at(new.path, "parts", f"{said}: write it with auditlib partition --parts {len(parts[0])}")
        return cls(cluster, tuple(zip(*parts, strict=True)))

    def asked(self, question: PartsQuestion) -> Callable[[], Sequence[Sequence[PartTold]]]:
        """Asks for every pair of parts what became of its rows; what comes back waits for the answers."""
        return asked_apart(self.cluster, told_of_part, ((question, *pair) for pair in self.pairs))

    def counted(self, ledger: Ledger, parts: Sequence[Part]) -> Count:
        """Who counts the rows of a ledger in these parts."""
        return CountingByParts(ledger, parts, self.cluster.answered)
