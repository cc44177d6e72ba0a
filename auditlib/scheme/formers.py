"""Quantities: everything of a scheme that is a number, each made of others by one word of a closed list.

A quantity is written where it is used, or once under ``quantities`` with a name. Every policy that a source can leave
open (what 0/0 is, what a missing part counts for, who the peers are, what a curve gives past its ends, how a root is
rounded) is a key without a default: a file that does not say does not load.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from auditlib.core.exact import RoundingMode, StepMode
from auditlib.core.period import Granularity
from auditlib.core.refusals import Said, shown
from auditlib.core.values import Number, Positive, Strict, Text, Whole, exactly_one
from auditlib.scheme.conditions import NOT_ASSESSABLE, Condition, Part
from auditlib.scheme.units_of_measure import Unit

__all__ = [
    "FORMERS", "Add", "Case", "Choose", "Curve", "Divide", "Earlier", "Extreme", "Former", "Holds", "HowMany", "Mean",
    "Multiply", "OfOutcome", "Over", "Peers", "Percentile", "PointsOf", "Quantity", "Rounded", "StepsOf", "former_of",
]  # fmt: skip

Parts = Annotated[tuple[Part, ...], Field(min_length=1)]


def _weighted(value: object) -> object:
    """A mapping of parts to weights as pairs; in a list each part counts once."""
    if isinstance(value, dict):
        return list(value.items())
    return [(part, 1) for part in value] if isinstance(value, list) else value


Weighted = Annotated[
    tuple[tuple[Part, Number], ...],
    Field(min_length=1),
    BeforeValidator(_weighted),
    Said("a mapping of quantities, each to its weight, or a list of quantities"),
]
"""Parts with their weights."""

Digits = Annotated[Whole, Field(ge=0, le=12)]


class Former(Strict):
    """What every quantity may say of itself, whatever it is made of."""

    title: Text | None = None
    """What reports call it; without one, the words of what it is made of."""
    unit: Unit | None = None
    """What it is measured in: ``count``, ``share``, ``points``, ``yuan``, ``days``, ``per_100000`` or a word of the
    source's own. Only like can be added or compared; a share is shown in per cent."""
    lacking: str | None = None
    """The measure of the rows that kept it from being more: evidence of a rule that pays for it."""

    def parts(self) -> Iterator[str | Fraction]:
        """The quantities and numbers that it is made of."""
        raise NotImplementedError

    @property
    def names(self) -> tuple[str, ...]:
        """The quantities that it is made of, each once."""
        return tuple(dict.fromkeys(p for p in self.parts() if isinstance(p, str) and p != NOT_ASSESSABLE))

    def conditions(self) -> Iterator[Condition]:
        """The conditions that it asks for."""
        yield from ()


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

    divide: tuple[Part, Part]
    zero: Part

    def parts(self) -> Iterator[str | Fraction]:
        yield from (*self.divide, self.zero)


class Extreme(Former):
    """The ``least`` or the ``greatest`` of its parts.

    ``missing`` says what a part that is not assessable does: it is left out (where nothing is said), or makes the
    whole not assessable.
    """

    least: Parts | None = None
    greatest: Parts | None = None
    missing: Literal["left_out", "not_assessable"] = "left_out"

    @model_validator(mode="after")
    def _one_end(self) -> Extreme:
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


class Peers(Former):
    """A statistic of the same quantity over the units that a unit is compared with.

    A unit of which the quantity is not assessable is no peer. ``among`` is who they are: the unit's group, all, or
    the units of which a condition holds; ``self`` whether the unit is one of them. ``pooled`` divides the sums of a
    quotient's parts. ``place`` counts from 1, by ``order``; equal units have the ``better``, the ``worse`` or the mean
    place, after the keys of ``then`` (the greatest first). ``sd`` is the standard deviation of the whole population or
    of a sample (``of_n``), of which ``digits`` are kept.
    """

    peers: Part
    take: Taken | Percentile
    among: Literal["group", "all"] | Condition
    self_: Literal["included", "excluded"] = Field(alias="self")
    order: Literal["ascending", "descending"] | None = None
    ties: Literal["better", "worse", "mean"] | None = None
    then: tuple[Part, ...] = ()
    of_n: Literal["population", "sample"] | None = None
    digits: Digits | None = None
    mode: RoundingMode = "half_up"

    @model_validator(mode="after")
    def _policies(self) -> Peers:
        needed = {"place": ("order", "ties"), "sd": ("of_n", "digits")}
        for key in needed.get(self.take, ()) if isinstance(self.take, str) else ():
            if getattr(self, key) is None:
                raise ValueError(f"missing key `{key}`, expected it beside `take: {self.take}`")
        if self.take == "place" and self.self_ == "excluded":
            raise ValueError("found `self: excluded` beside `take: place`, expected a place among units with itself")
        return self

    def parts(self) -> Iterator[str | Fraction]:
        yield from (self.peers, *self.then)
        yield from self.among.parts() if isinstance(self.among, Condition) else ()

    def conditions(self) -> Iterator[Condition]:
        yield from (self.among,) if isinstance(self.among, Condition) else ()


class Earlier(Former):
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


class Over(Former):
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
    def _policies(self) -> Over:
        exactly_one(self, "last", "inside")
        if self.missing == "breaks" and self.take != "run":
            raise ValueError("found `missing: breaks`, expected it beside `take: run`")
        return self

    def parts(self) -> Iterator[str | Fraction]:
        yield from () if isinstance(self.over, OfOutcome) else (self.over,)


class PointsOf(Former):
    """The points of an indicator or of another node of the tree, after floor, cap and its own rules."""

    points: str

    def parts(self) -> Iterator[str | Fraction]:
        yield from ()


class Outside(Strict):
    """What a curve gives below its first knot and above its last."""

    below: Part | None = None
    above: Part | None = None


def _both_sides(value: object) -> object:
    return value if isinstance(value, dict) else {"below": value, "above": value}


class Curve(Former):
    """Points by bands, by straight lines, or by a table of places: pairs of a value and what it gives.

    ``between: from`` lets what a knot gives hold from its value on, ``to`` up to it and with it, ``line`` joins the
    knots. ``outside`` says what lies beyond them: the last value is held (``hold``), the last line goes on
    (``extend``), a number, or nothing can be said (``not_assessable``). Knots may be quantities; ``flat`` says what
    it gives where two of them are equal.
    """

    curve: Part
    knots: Annotated[tuple[tuple[Part, Part], ...], Field(min_length=1)]
    between: Literal["line", "from", "to"]
    outside: Annotated[
        Outside, BeforeValidator(_both_sides), Said("hold, extend, not_assessable, a number, or both sides apart")
    ]
    flat: Part | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Curve:
        fixed = [at for at, _ in self.knots if isinstance(at, Fraction)]
        if len(fixed) == len(self.knots) and len(set(fixed)) < len(fixed):
            raise ValueError("found two knots at the same value, expected each value once")
        if self.between != "line" and "extend" in (self.outside.below, self.outside.above):
            raise ValueError("found `outside: extend`, expected it beside `between: line`")
        if self.between == "line" and len(self.knots) < 2:
            raise ValueError("found one knot, expected at least two beside `between: line`")
        needed = {"from": ("below",), "to": ("above",), "line": ("below", "above")}[self.between]
        for side in needed:
            if getattr(self.outside, side) is None:
                raise ValueError(f"missing key `{side}` in outside, expected what lies {side} the knots")
        return self

    def parts(self) -> Iterator[str | Fraction]:
        yield self.curve
        yield from (end for knot in self.knots for end in knot)
        sides = (self.outside.below, self.outside.above, self.flat)
        yield from (side for side in sides if side is not None and side not in ("hold", "extend"))


class Case(Strict):
    """What a quantity is where a condition holds."""

    when: Condition
    is_: Part = Field(alias="is")


class Choose(Former):
    """The value beside the first condition that holds; ``else`` where none does."""

    choose: Annotated[tuple[Case, ...], Field(min_length=1)]
    else_: Part = Field(alias="else")

    def parts(self) -> Iterator[str | Fraction]:
        for case in self.choose:
            yield from (*case.when.parts(), case.is_)
        yield self.else_

    def conditions(self) -> Iterator[Condition]:
        yield from (case.when for case in self.choose)


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


class Rounded(Former):
    """A quantity rounded where the source rounds it."""

    round: Part
    digits: Digits
    mode: RoundingMode

    def parts(self) -> Iterator[str | Fraction]:
        yield self.round


class HowMany(Former):
    """How many conditions hold. One that looks at what is not assessable does not."""

    how_many: Annotated[tuple[Condition, ...], Field(min_length=1)]

    def parts(self) -> Iterator[str | Fraction]:
        for condition in self.how_many:
            yield from condition.parts()

    def conditions(self) -> Iterator[Condition]:
        yield from self.how_many


class Holds(Former):
    """1 where a condition holds, 0 where it does not; not assessable where what it looks at leaves it open."""

    holds: Condition

    def parts(self) -> Iterator[str | Fraction]:
        yield from self.holds.parts()

    def conditions(self) -> Iterator[Condition]:
        yield self.holds


FORMERS: dict[str, type[Former]] = {
    "add": Add, "multiply": Multiply, "divide": Divide, "least": Extreme, "greatest": Extreme, "mean": Mean,
    "peers": Peers, "earlier": Earlier, "over": Over, "points": PointsOf, "curve": Curve, "choose": Choose,
    "steps": StepsOf, "round": Rounded, "how_many": HowMany, "holds": Holds,
}  # fmt: skip
"""The words that form a quantity; beside them ``rows`` and ``fact`` count, and are measures."""

COUNTED = ("rows", "fact")


def former_of(value: object) -> str | None:
    """The one word that forms the quantity written as ``value``; None where there is none, or more than one."""
    found = [key for key in (*FORMERS, *COUNTED) if isinstance(value, dict) and key in value]
    return found[0] if len(found) == 1 else None


def _formed(value: Any) -> Any:
    """A quantity by the word that forms it; a name or a number alone is that. Raises :class:`ValueError`."""
    if isinstance(value, Former):
        return value
    if not isinstance(value, dict):
        return {"add": [value]}
    if former_of(value) is None:
        found = [key for key in (*FORMERS, *COUNTED) if key in value]
        told = " and ".join(found) or shown(value)
        raise ValueError(f"found {told}, expected one word that forms a quantity: {', '.join((*FORMERS, *COUNTED))}")
    return value


def _model(value: Any) -> str:
    return type(value).__name__ if isinstance(value, Former) else FORMERS[former_of(value) or "add"].__name__


Quantity = Annotated[
    Annotated[Add, Tag("Add")]
    | Annotated[Multiply, Tag("Multiply")]
    | Annotated[Divide, Tag("Divide")]
    | Annotated[Extreme, Tag("Extreme")]
    | Annotated[Mean, Tag("Mean")]
    | Annotated[Peers, Tag("Peers")]
    | Annotated[Earlier, Tag("Earlier")]
    | Annotated[Over, Tag("Over")]
    | Annotated[PointsOf, Tag("PointsOf")]
    | Annotated[Curve, Tag("Curve")]
    | Annotated[Choose, Tag("Choose")]
    | Annotated[StepsOf, Tag("StepsOf")]
    | Annotated[Rounded, Tag("Rounded")]
    | Annotated[HowMany, Tag("HowMany")]
    | Annotated[Holds, Tag("Holds")],
    Discriminator(_model),
    BeforeValidator(_formed),
]
"""Everything that is a number and is made of others."""
