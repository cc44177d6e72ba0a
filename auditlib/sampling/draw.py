"""Which cases are drawn: by permanent random numbers that anyone can compute again with ``sha256sum``.

The seed is the SHA-256 of the ledger's snapshot, the plan's hash and a nonce. Whoever keeps the ledger does not know
the nonce, and the auditor has committed to plan and nonce before the snapshot was there: neither can choose the sample.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from hashlib import sha256
from itertools import accumulate

from auditlib.core.distributions import ceiling
from auditlib.core.errors import AuditError

__all__ = [
    "case_key",
    "commitment",
    "draw_seed",
    "every_interval",
    "interval_hits",
    "random_start",
    "smallest",
    "taken_whole",
]

HEAD = "auditlib-sample/1"


def draw_seed(snapshot: str, plan: str, nonce: str) -> str:
    """``sha256("auditlib-sample/1\\n" + snapshot + "\\n" + plan + "\\n" + nonce)``, as 64 hexadecimal digits."""
    return _sha256(HEAD, snapshot, plan, nonce)


def commitment(plan: str, nonce: str) -> str:
    """``sha256(plan + "\\n" + nonce)``: what is handed over before the snapshot arrives, and tells nothing."""
    return _sha256(plan, nonce)


def case_key(seed: str, case: str) -> str:
    """The permanent random number of a case: ``sha256(seed + "\\n" + case)``."""
    return _sha256(seed, case)


def smallest(seed: str, cases: Iterable[str], n: int) -> list[str]:
    """The ``n`` cases with the smallest keys, smallest first; those that would come next are the reserve."""
    return heapq.nsmallest(n, cases, key=lambda case: (case_key(seed, case), case))


def random_start(seed: str, interval: Fraction) -> Fraction:
    """A point from 0 up to ``interval``, the same for the same seed."""
    return Fraction(int(_sha256(seed, "start"), 16), 2**256) * interval


def every_interval(cases: Sequence[str], n: int, interval: Fraction, start: Fraction) -> list[str]:
    """The cases number ``ceil(start + j · interval)``, counted from 1."""
    numbers = [ceiling(start + j * interval) for j in range(n)]
    if n and not 1 <= numbers[0] <= numbers[-1] <= len(cases):
        raise AuditError(f"start: found {start}, expected one that stays within {len(cases)} cases")
    return [cases[number - 1] for number in numbers]


def interval_hits(cases: Sequence[str], weights: Sequence[Fraction], n: int, start: Fraction) -> list[str]:
    """The cases hit by the points ``start + j · W/n`` on the cumulated weights: the first that reaches each point.

    A case heavier than the interval is hit more than once.
    """
    sums = list(accumulate(weights))
    hits, place = [], 0
    for j in range(n):
        point = start + Fraction(sums[-1]) * j / n
        while sums[place] < point or weights[place] == 0:
            place += 1
        hits.append(cases[place])
    return hits


def taken_whole(weights: Mapping[str, Fraction], n: int) -> tuple[list[str], int]:
    """The cases at least as heavy as the interval, which are looked at for certain, and how many are left to draw.

    Each that is taken lets the interval of the others be computed anew, until none is too heavy.
    """
    left = {case: weight for case, weight in weights.items() if weight > 0}
    certain: list[str] = []
    while left and n > len(certain):
        interval = sum(left.values(), Fraction(0)) / (n - len(certain))
        heavy = [case for case, weight in left.items() if weight >= interval]
        if not heavy or len(left) == n - len(certain):
            certain += left if len(left) <= n - len(certain) else ()
            break
        heavy.sort(key=lambda case: (-left[case], case))
        for case in heavy[: n - len(certain)]:
            certain.append(case)
            del left[case]
    return certain, n - len(certain)


def _sha256(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()
