"""One unit against all others: the comparison that waits until the counts of every unit are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from auditlib.probe.families import Observed
from auditlib.probe.nulls import Hypergeometric, Null

__all__ = ["among_all", "share_of_unit"]


def share_of_unit(
    unit: str,
    counts: Mapping[str, int],
    cases: Sequence[str] = (),
    *,
    enough: bool,
    acts: tuple[int, int] | None = None,
) -> Observed:
    """A unit's count and the number that it is of, the first two of ``counts``; :func:`among_all` puts all beside.

    ``acts`` are both where a batch is one act.
    """
    bad, n = tuple(counts.values())[:2]
    collapsed = None if acts is None else Hypergeometric(acts[0], acts[1], acts[0], acts[1])
    return Observed(unit, counts, Hypergeometric(bad, n, bad, n), collapsed, cases=cases, enough=enough)


def among_all(observed: Sequence[Observed], others: str = "") -> list[Observed]:
    """Each unit's count and the number that it is of, the first two of its ``counts``, given those of all units.

    Until then its null models know the unit alone. The counts of the others are put beside, as ``peers_`` and the same
    names; the number under the name ``others`` where there is one.
    """
    whole = _totals([one.null for one in observed])
    acts = _totals([one.collapsed for one in observed])
    found = []
    for one in observed:
        bad, n = tuple(one.counts)[:2]
        own = _cells(one.null)
        counts = {**one.counts, f"peers_{bad}": whole[0] - own[0], others or f"peers_{n}": whole[1] - own[1]}
        found.append(replace(one, counts=counts, null=_given(one.null, whole), collapsed=_given(one.collapsed, acts)))
    return found


def _cells(null: Null | None) -> tuple[int, int]:
    return (null.observed, null.n) if isinstance(null, Hypergeometric) else (0, 0)


def _totals(nulls: Sequence[Null | None]) -> tuple[int, int]:
    cells = [_cells(null) for null in nulls]
    return sum(bad for bad, _ in cells), sum(n for _, n in cells)


def _given(null: Null | None, whole: tuple[int, int]) -> Null | None:
    return Hypergeometric(null.observed, whole[1], whole[0], null.n) if isinstance(null, Hypergeometric) else null
