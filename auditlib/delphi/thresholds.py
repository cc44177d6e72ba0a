"""What was agreed before anyone answered: consensus, stability, content validity, and what is screened out."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Annotated

from pydantic import Field, model_validator

from auditlib.core.exact import full_text
from auditlib.core.values import Number, Strict, exactly_one
from auditlib.delphi.scales import Limit, Share
from auditlib.delphi.statistics.descriptives import Bound
from auditlib.delphi.statistics.screening import Statistic, boundary_values

__all__ = [
    "ConsensusThresholds",
    "ContentValidity",
    "Criterion",
    "MarkShare",
    "Screening",
    "StabilityThresholds",
    "Thresholds",
]


class MarkShare(Strict):
    """How large the share of marks in a range may be, or has to be; both ends belong to it."""

    low: Annotated[Number, Field(alias="from")]
    high: Annotated[Number, Field(alias="to")]
    at_least: Share | None = None
    at_most: Share | None = None

    @model_validator(mode="after")
    def _is_a_bound(self) -> MarkShare:
        exactly_one(self, "at_least", "at_most")
        if self.low > self.high:
            raise ValueError(
                f"found from {full_text(self.low)} to {full_text(self.high)}, expected the lower mark first"
            )
        return self

    def holds(self, share: Fraction) -> bool:
        """Whether a share is large or small enough."""
        return share >= self.at_least if self.at_least is not None else self.at_most is None or share <= self.at_most


class ConsensusThresholds(Strict):
    """When an item has consensus: everything that is given has to hold.

    A CV below ``cv_below``; a share ``agreement_at_least`` of marks from ``agreeing_from`` on; an interquartile range
    (type 7), a mean of importance, a change of the median since the round before; ``shares`` of marks in ranges; and of
    ``any_of`` at least one.
    """

    cv_below: Limit | None = None
    agreement_at_least: Share | None = None
    agreeing_from: Number | None = None
    iqr_at_most: Limit | None = None
    mean_at_least: Number | None = None
    median_change_at_most: Limit | None = None
    shares: tuple[MarkShare, ...] = ()
    any_of: tuple[ConsensusThresholds, ...] = ()

    @model_validator(mode="after")
    def _agreement_is_whole(self) -> ConsensusThresholds:
        if (self.agreement_at_least is None) != (self.agreeing_from is None):
            raise ValueError("found one of agreement_at_least and agreeing_from, expected both or none")
        return self


class StabilityThresholds(Strict):
    """When an item is stable from one round to the next: everything that is given here has to hold.

    ``cv_change_at_most`` bounds the change of the CV either way, ``kappa_at_least`` the linearly weighted κ,
    ``p_above`` the p of Wilcoxon's signed-rank test, corrected by Holm over the items, ``unchanged_at_least`` the
    share of those who marked the item in both rounds and kept their mark.
    """

    cv_change_at_most: Limit | None = None
    kappa_at_least: Number | None = None
    p_above: Share | None = None
    unchanged_at_least: Share | None = None


class Criterion(Strict):
    """An own criterion of screening: a statistic and the number that it must reach or not exceed."""

    statistic: Statistic
    at_least: Number | None = None
    at_most: Number | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> Criterion:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("found both or none of at_least and at_most, expected one of them")
        return self

    @property
    def bound(self) -> Bound:
        """Whether the number has to be reached or not exceeded."""
        return "at_most" if self.at_least is None else "at_least"

    @property
    def limit(self) -> Fraction:
        """The number itself."""
        return self.at_least or self.at_most or Fraction(0)


class Screening(Strict):
    """Which criteria propose an item for deletion or discussion: boundary values 界值法, and own ones by name."""

    boundary_values: bool = True
    criteria: dict[str, Criterion] = {}

    @model_validator(mode="after")
    def _own_names(self) -> Screening:
        if taken := sorted(set(self.criteria) & set(boundary_values())):
            raise ValueError(f"found the name {', '.join(taken)}, expected another: a boundary value is called so")
        return self


class ContentValidity(Strict):
    """Content validity is counted: marks of ``relevant_from`` or better call an item relevant (3 on a scale of 4)."""

    relevant_from: Number


class Thresholds(Strict):
    """What was agreed before the round; ``declared`` is the day on which.

    ``appropriateness`` judges the items by the RAND/UCLA method, ``content_validity`` by I-CVI, S-CVI and κ*.
    """

    declared: date | None = None
    consensus: ConsensusThresholds | None = None
    stability: StabilityThresholds | None = None
    screening: Screening = Screening()
    appropriateness: bool = False
    content_validity: ContentValidity | None = None
