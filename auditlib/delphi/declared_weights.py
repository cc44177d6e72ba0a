"""The key ``weights`` of ``panel.yaml``: by which method answers become weights, and which others stand beside it."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field, model_validator

from auditlib.core.exact import full_text
from auditlib.core.values import Number, Strict
from auditlib.delphi.items import Name
from auditlib.delphi.scales import Share
from auditlib.delphi.weights.ahp import RANDOM_INDEX
from auditlib.delphi.weights.from_data import Combination
from auditlib.delphi.weights.methods import Aggregation, Defuzzification

__all__ = ["CombinedWeights", "Weighing", "WeightMethod"]

WeightMethod = Literal[
    "mean", "authority_weighted", "rank_order_centroid", "fuzzy", "ahp", "best_worst", "entropy", "critic", "combined"
]


class CombinedWeights(Strict):
    """Several methods made one: ``additive`` with ``shares`` (default equal), or ``multiplicative``."""

    methods: tuple[WeightMethod, ...]
    how: Combination = "additive"
    shares: tuple[Share, ...] = ()

    @model_validator(mode="after")
    def _fits(self) -> CombinedWeights:
        if len(self.methods) < 2:
            raise ValueError(f"found {len(self.methods)} methods, expected at least 2 to combine")
        if "combined" in self.methods:
            raise ValueError("found combined among its own methods, expected others")
        if self.shares and self.how == "multiplicative":
            raise ValueError("found shares of a multiplicative combination, expected none")
        total = sum(self.shares, Fraction(0))
        if self.shares and (len(self.shares) != len(self.methods) or total != 1):
            found = f"{len(self.shares)} shares, {full_text(total)} together"
            raise ValueError(f"found {found}, expected one for each of {len(self.methods)} methods, and 1 together")
        return self


class Weighing(Strict):
    """By which ``method`` the answers become weights, and which others the report ``compare``s with it.

    ``aggregate`` says of AHP whether judgements or priorities of the experts are averaged (geometrically),
    ``random_index`` the mean CI of random matrices by their size (default Saaty 1980), ``defuzzify`` which number
    stands for a triangle of fuzzy Delphi, ``costs`` the items of past data of which less is better, ``combine`` what
    ``combined`` is made of.
    """

    method: WeightMethod = "mean"
    compare: tuple[WeightMethod, ...] = ()
    aggregate: Aggregation = "judgements"
    random_index: dict[Annotated[int, Field(ge=3, le=15)], Number] = {}
    defuzzify: Defuzzification = "centroid"
    costs: tuple[Name, ...] = ()
    combine: CombinedWeights | None = None

    @model_validator(mode="after")
    def _combined_is_declared(self) -> Weighing:
        if "combined" in (self.method, *self.compare) and self.combine is None:
            raise ValueError("found combined without combine, expected combine: {methods: [...]}")
        if low := [size for size, value in self.random_index.items() if value <= 0]:
            found = full_text(self.random_index[low[0]])
            raise ValueError(f"found random_index {found} for {low[0]}, expected above 0")
        return self

    @property
    def methods(self) -> tuple[WeightMethod, ...]:
        """The declared method, then those that are compared with it, each once."""
        return tuple(dict.fromkeys((self.method, *self.compare)))

    @property
    def used(self) -> frozenset[WeightMethod]:
        """All methods that have to be computed, those inside a combination among them."""
        inside = self.combine.methods if self.combine is not None and "combined" in self.methods else ()
        return frozenset((*self.methods, *inside))

    @property
    def index(self) -> dict[int, float]:
        """The random index by size: Saaty's table, and what is declared in its place."""
        return RANDOM_INDEX | {size: float(value) for size, value in self.random_index.items()}
