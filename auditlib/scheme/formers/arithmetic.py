"""Quantities by arithmetic on others of the same unit and period."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import model_validator

from auditlib.core.exact import RoundingMode, StepMode
from auditlib.core.refusals import Said
from auditlib.core.values import Strict, exactly_one
from auditlib.scheme.conditions import Part
from auditlib.scheme.formers.base import Digits, Former, Parts, Weighted

__all__ = [
    "Add", "Divide", "LeastOrGreatest", "Mean", "Multiply", "PointsOf", "RoundedValue", "StepsBy", "StepsOf",
]  # fmt: skip


class Add(Former):
    """The weighted sum of its parts. Not assessable as soon as one of them is."""

    add: Weighted

    def parts(self) -> Iterator[str | Fraction]:
        yield from (part for part, _ in self.add)


class Multiply(Former):
    """The product of its parts."""

    multiply: Parts

    def parts(self) -> Iterator[str | Fraction]:
        yield from self.multiply


class Divide(Former):
    """The first part divided by the second. ``zero`` says what it is where that is 0."""

    divide: Annotated[tuple[Part, Part], Said("a list of two: what is divided, and by what")]
    zero: Part

    def parts(self) -> Iterator[str | Fraction]:
        yield from (*self.divide, self.zero)


class LeastOrGreatest(Former):
    """The ``least`` or the ``greatest`` of its parts.

    ``missing`` says what a part that is not assessable does: it is left out (where nothing is said), or makes the
    whole not assessable.
    """

    least: Parts | None = None
    greatest: Parts | None = None
    missing: Literal["left_out", "not_assessable"] = "left_out"

    @model_validator(mode="after")
    def _one_end(self) -> LeastOrGreatest:
        exactly_one(self, "least", "greatest")
        return self

    def parts(self) -> Iterator[str | Fraction]:
        yield from self.least or self.greatest or ()


class Mean(Former):
    """The mean of its parts by their weights.

    ``missing`` says what a part counts for that is not assessable: its weight is shared out among the others
    (``renormalise``), it is 0 (``zero``) or 1 (``full``), or the whole is not assessable. A geometric mean is a root,
    of which ``digits`` are kept, rounded by ``mode``.
    """

    mean: Weighted
    kind: Literal["arithmetic", "geometric", "harmonic"] = "arithmetic"
    missing: Literal["renormalise", "zero", "full", "not_assessable"]
    digits: Digits | None = None
    mode: RoundingMode = "half_up"

    @model_validator(mode="after")
    def _digits(self) -> Mean:
        if self.kind == "geometric" and self.digits is None:
            raise ValueError("missing key `digits`, expected how many decimals of a geometric mean are kept")
        if self.kind != "arithmetic" and any(weight <= 0 for _, weight in self.mean):
            raise ValueError(f"found a weight of 0 or less, expected weights above 0 in a {self.kind} mean")
        return self

    def parts(self) -> Iterator[str | Fraction]:
        yield from (part for part, _ in self.mean)


class RoundedValue(Former):
    """A quantity rounded where the source rounds it."""

    round: Part
    digits: Digits
    mode: RoundingMode

    def parts(self) -> Iterator[str | Fraction]:
        yield self.round


class StepsBy(Strict):
    """How many steps a quantity lies above or below another: completed, begun, or in proportion."""

    of: Part
    above: Part | None = None
    below: Part | None = None
    every: Part
    mode: StepMode

    @model_validator(mode="after")
    def _one_side(self) -> StepsBy:
        exactly_one(self, "above", "below")
        if isinstance(self.every, Fraction) and self.every <= 0:
            raise ValueError(f"found every: {self.every}, expected a step above 0")
        return self


class StepsOf(Former):
    """How many steps a quantity lies beyond a threshold; none on the other side of it."""

    steps: StepsBy

    def parts(self) -> Iterator[str | Fraction]:
        threshold = self.steps.above if self.steps.above is not None else self.steps.below
        assert threshold is not None
        yield from (self.steps.of, threshold, self.steps.every)


class PointsOf(Former):
    """The points of an indicator or of another node of the tree, after floor, cap and its own rules."""

    points: str

    def parts(self) -> Iterator[str | Fraction]:
        yield from ()
