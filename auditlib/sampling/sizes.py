"""How many cases must be drawn: the smallest sizes that hold a stated risk, in exact decimals.

A size for an expected *rate* of errors allows ``ceil(n · rate)`` errors. The sizes that hold the risk are then no
interval (400 does, 401 to 422 do not, 423 does), so sizes are tried upwards and none is ever rounded up.
Sources: AICPA Audit Guide: Audit Sampling (2017), app. A and C; Touw & Hoogduin, Statistiek voor Audit en
Controlling (2011).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
import scipy  # its parts are imported when they are first asked for

from auditlib.core.distributions import at_most, binomial_at_most, ceiling, hypergeometric_at_most
from auditlib.core.errors import AuditError

__all__ = ["MODELS", "Model", "Target", "bad_ones", "look_risk", "sample_size", "stage_size", "stop_or_go_risk"]

Model = Literal["hypergeometric", "binomial", "poisson"]
MODELS: tuple[Model, ...] = ("hypergeometric", "binomial", "poisson")
BLOCK = 2_048
MOST = 10_000_000
"""No larger size is looked for."""


@dataclass(frozen=True)
class Target:
    """What a sample is to show: at most ``tolerable`` of a ``population`` are bad, with ``confidence``.

    ``bad`` replaces the tolerable rate by a number, as discovery sampling does: so many one must not miss.
    Raises :class:`AuditError` where it cannot be shown of any population.
    """

    model: Model
    confidence: Fraction
    tolerable: Fraction
    population: int | None = None
    bad: int | None = None

    def __post_init__(self) -> None:
        if not 0 < self.confidence < 1:
            raise AuditError(f"confidence: found {self.confidence}, expected a number between 0 and 1, such as 0.95")
        if not 0 < self.tolerable < 1 and self.bad is None:
            raise AuditError(f"tolerable: found {self.tolerable}, expected a rate between 0 and 1, such as 0.05")
        if self.model == "hypergeometric":
            if self.population is None or self.population < 1:
                raise AuditError(
                    "population: found none, expected the number of cases, or the model binomial or poisson"
                )
            if not 1 <= bad_ones(self) <= self.population:
                raise AuditError(f"bad: found {self.bad}, expected 1 to {self.population}, the cases that there are")

    @property
    def risk(self) -> Fraction:
        """The greatest chance of accepting what is just not tolerable: 1 − confidence."""
        return 1 - self.confidence


def bad_ones(target: Target) -> int:
    """How many bad ones make a population not tolerable: ``ceil(N · t)``, exact (100 · 0.07 are 7, not 8)."""
    if target.bad is not None:
        return target.bad
    assert target.population is not None
    return ceiling(target.population * target.tolerable)


def look_risk(target: Target, n: int, k: int, drawn: int = 0, found: int = 0) -> Fraction:
    """P(at most ``k`` errors among ``n`` drawn) where the population is just not tolerable.

    Of a finite population ``drawn`` may be gone already, with ``found`` bad ones among them.
    """
    if target.model == "hypergeometric":
        assert target.population is not None
        return hypergeometric_at_most(k, target.population - drawn, bad_ones(target) - found, n)
    return binomial_at_most(k, n, target.tolerable)


def sample_size(target: Target, allowed: int = 0, expected_rate: Fraction | None = None) -> tuple[int, int]:
    """The smallest number of cases to draw, and how many errors among them are allowed.

    With an ``expected_rate`` so many errors are allowed as are then expected, ``ceil(n · rate)``; the Poisson model
    takes ``n · rate`` as it is, as for taints. Raises :class:`AuditError` where no size is enough.
    """
    if allowed < 0 or (expected_rate is not None and not 0 <= expected_rate < target.tolerable):
        found = allowed if allowed < 0 else expected_rate
        raise AuditError(f"expected errors: found {found}, expected 0 or more, and a rate below the tolerable one")
    most = min(target.population or MOST, MOST) if target.model == "hypergeometric" else MOST
    for first in range(1, most + 1, BLOCK):
        sizes = np.arange(first, min(first + BLOCK, most + 1))
        errors = _allowed(target, sizes, allowed, expected_rate)
        risks = _risks(target, sizes, errors, expected_rate)
        for place in np.flatnonzero(risks <= float(target.risk) * (1 + 1e-6)):
            n, k = int(sizes[place]), int(errors[place])
            exactly = target.model != "poisson"  # a Poisson tail is no fraction, and equals none
            if not exactly or at_most(float(risks[place]), target.risk, lambda n=n, k=k: look_risk(target, n, k)):  # type: ignore[misc]
                return n, k
    told = f"{allowed} errors" if expected_rate is None else f"a rate of {expected_rate}"
    raise AuditError(
        f"found {most} cases, of which no sample holds the risk; expected more, or less allowed than {told}"
    )


def _allowed(target: Target, sizes: np.ndarray, allowed: int, rate: Fraction | None) -> np.ndarray:
    if rate is None:
        return np.full(len(sizes), allowed)
    return np.array([ceiling(int(n) * rate) for n in sizes])


def _risks(target: Target, sizes: np.ndarray, errors: np.ndarray, rate: Fraction | None) -> np.ndarray:
    if target.model == "hypergeometric":
        assert target.population is not None
        return np.asarray(scipy.stats.hypergeom.cdf(errors, target.population, bad_ones(target), sizes))
    if target.model == "binomial":
        return np.asarray(scipy.stats.binom.cdf(errors, sizes, float(target.tolerable)))
    expected = errors if rate is None else sizes * float(rate)
    return np.asarray(scipy.special.gammaincc(1 + expected, sizes * float(target.tolerable)))


def stop_or_go_risk(target: Target, first: int, stop_at: int, more: int, accept_at: int) -> Fraction:
    """The true risk of looking twice: accept with at most ``stop_at`` errors among the ``first``; else draw ``more``
    and accept with at most ``accept_at`` altogether.

    Each look may hold its risk and both together not: 59 with none, or 34 more with one, at 5 % hold 4.85 % and 5.00 %
    by themselves and 7.48 % together.
    """
    together = look_risk(target, first, stop_at)
    for found in range(stop_at + 1, accept_at + 1):
        exactly_found = look_risk(target, first, found) - look_risk(target, first, found - 1)
        together += exactly_found * look_risk(target, more, accept_at - found, first, found)
    return together


def stage_size(target: Target) -> int:
    """The smallest n of the two equal stages of a stop-or-go plan: n with no error, or one error and n more with none.

    The risks of both ways of stopping add up to at most 1 − confidence.
    """
    most = MOST if target.model != "hypergeometric" or target.population is None else target.population // 2
    low, high = 0, 1
    while high < most and stop_or_go_risk(target, high, 0, high, 1) > target.risk:
        low, high = high, min(high * 2, most)
    if stop_or_go_risk(target, high, 0, high, 1) > target.risk:
        raise AuditError(f"found {most * 2} cases, expected more: no two stages of {most} hold the risk together")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if stop_or_go_risk(target, middle, 0, middle, 1) <= target.risk else (middle, high)
    return high
