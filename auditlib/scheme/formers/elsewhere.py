"""Quantities that look past the unit and the period: at peers, and at earlier periods."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

from pydantic import Field, model_validator

from auditlib.core.exact import RoundingMode
from auditlib.core.period import Granularity
from auditlib.core.values import Number, Positive, Strict, exactly_one
from auditlib.scheme.conditions import Part, UnitCondition
from auditlib.scheme.formers.base import Digits, Former

__all__ = ["OfEarlier", "OfOutcome", "OfPeers", "OverPeriods", "Percentile"]


class Percentile(Strict):
    """The value below which so much of the peers lies, by a declared method.

    ``nearest_rank`` takes the smallest value with at least that share at or below it; ``linear`` interpolates between
    ranks 0 and n − 1, as spreadsheets' PERCENTILE.INC does; ``exclusive`` between ranks 1 and n by (n + 1) × share, as
    PERCENTILE.EXC does, held at the ends (source: Hyndman & Fan 1996, definitions 1, 7 and 6).
    """

    percentile: Number
    method: Literal["nearest_rank", "linear", "exclusive"]

    @model_validator(mode="after")
    def _in_range(self) -> Percentile:
        if not 0 < self.share <= 1:
            raise ValueError(f"found percentile {self.percentile}, expected above 0 and at most 100, or 100%")
        return self

    @property
    def share(self) -> Fraction:
        """``75``, ``75%`` and ``"0.75"`` alike as 3/4."""
        return self.percentile if self.percentile <= 1 else self.percentile / 100


Taken = Literal[
    "mean", "median", "sum", "pooled", "least", "greatest", "count", "sd", "place", "share_below",
]  # fmt: skip


class OfPeers(Former):
    """A statistic of the same quantity over the units that a unit is compared with.

    A unit of which the quantity is not assessable is no peer. ``among`` is who they are: the unit's group, all, or
    the units of which a condition holds; ``self`` whether the unit is one of them. ``pooled`` divides the sums of a
    quotient's parts. ``place`` counts from 1, by ``order``; equal units have the ``better``, the ``worse`` or the mean
    place, after the keys of ``then`` (the greatest first). ``sd`` is the standard deviation of the whole population or
    of a sample (``of_n``), of which ``digits`` are kept.
    """

    peers: Part
    take: Taken | Percentile
    among: Literal["group", "all"] | UnitCondition
    self_: Literal["included", "excluded"] = Field(alias="self")
    order: Literal["ascending", "descending"] | None = None
    ties: Literal["better", "worse", "mean"] | None = None
    then: tuple[Part, ...] = ()
    of_n: Literal["population", "sample"] | None = None
    digits: Digits | None = None
    mode: RoundingMode = "half_up"

    @model_validator(mode="after")
    def _policies(self) -> OfPeers:
        needed = {"place": ("order", "ties"), "sd": ("of_n", "digits")}
        for key in needed.get(self.take, ()) if isinstance(self.take, str) else ():
            if getattr(self, key) is None:
                raise ValueError(f"missing key `{key}`, expected it beside `take: {self.take}`")
        if self.take == "place" and self.self_ == "excluded":
            raise ValueError("found `self: excluded` beside `take: place`, expected a place among units with itself")
        return self

    def parts(self) -> Iterator[str | Fraction]:
        yield from (self.peers, *self.then)
        yield from self.among.parts() if isinstance(self.among, UnitCondition) else ()

    def conditions(self) -> Iterator[UnitCondition]:
        yield from (self.among,) if isinstance(self.among, UnitCondition) else ()


class OfEarlier(Former):
    """The unit's own value of a quantity one period before, or in the same period one year before.

    It is recomputed from the rows of the ledger by the rules in force then, as known at that time
    (see ``earlier_as_of``). ``missing`` says what stands in where there is none. ``published`` names a fact: where the
    ledger has it for that period, the published value wins.
    """

    earlier: Part
    by: Literal["period", "year"]
    missing: Part
    published: str | None = None

    def parts(self) -> Iterator[str | Fraction]:
        yield from (self.earlier, self.missing)


class OfOutcome(Strict):
    """Whether a unit had an outcome, as 1 or 0."""

    outcome: str


class OverPeriods(Former):
    """A quantity, a condition or an outcome over several periods, the unit's own.

    ``each`` is the kind of period; ``last`` so many of them up to the end of the one that is assessed, or ``inside``
    the year, half-year or quarter it lies in, from its beginning. ``take`` is their mean, sum, least, greatest, the
    ``count`` of those in which it holds, or the ``run`` of those in a row that ends now. ``missing`` says what a
    period without a value does: it makes the whole not assessable, is ``left_out`` (``renormalise`` means the same),
    is 0, or breaks the run (``breaks``).
    """

    over: Part | OfOutcome
    each: Granularity
    last: Positive | None = None
    inside: Granularity | None = None
    take: Literal["mean", "sum", "least", "greatest", "count", "run"]
    missing: Literal["not_assessable", "left_out", "renormalise", "zero", "breaks"]

    @model_validator(mode="after")
    def _policies(self) -> OverPeriods:
        exactly_one(self, "last", "inside")
        if self.missing == "breaks" and self.take != "run":
            raise ValueError("found `missing: breaks`, expected it beside `take: run`")
        return self

    def parts(self) -> Iterator[str | Fraction]:
        yield from () if isinstance(self.over, OfOutcome) else (self.over,)
