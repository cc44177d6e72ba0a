"""Weights in print: rounded so that they still add up, and printed tables recomputed.

Rounding each number by itself loses or gains a unit of the last digit in the sum. Largest remainders (Hare) do not:
every number is rounded down, and the units that are missing go to the largest remainders.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Literal

from auditlib.core.exact import Rounding, RoundingMode, round_exact
from auditlib.core.values import Text
from auditlib.delphi.weights.shares import Weight

__all__ = [
    "ROUNDINGS",
    "Leaves",
    "Printed",
    "PrintedItem",
    "Recomputation",
    "RecomputedCell",
    "RoundingName",
    "largest_remainder",
    "publish",
    "publish_shares",
    "recompute_printed",
]

Leaves = Literal["nested", "together"]
RoundingName = Literal["half_up", "half_even", "down", "up", "largest_remainder", "unrounded_factors"]

ROUNDINGS: dict[RoundingName, Text] = {
    "half_up": Text(zh="四舍五入", en="rounded half up"),
    "half_even": Text(zh="四舍六入五成双", en="rounded half to even"),
    "down": Text(zh="舍去", en="rounded down"),
    "up": Text(zh="进一", en="rounded up"),
    "largest_remainder": Text(zh="同组最大余数法", en="largest remainders among the items of one parent"),
    "unrounded_factors": Text(zh="用未舍入的权重相乘", en="multiplied from weights before their rounding"),
}
"""What can explain a printed product, in words."""

ALONE: tuple[RoundingMode, ...] = ("half_up", "half_even", "down", "up")
"""The roundings that look at one number by itself."""


@dataclass(frozen=True)
class Printed:
    """An item's weight and combined weight as printed, in the unit of the table (100 for percent)."""

    weight: Fraction
    combined: Fraction


@dataclass(frozen=True)
class PrintedItem:
    """A row of a printed table: weight within the parent and combined weight (None where none is printed)."""

    item: str
    parent: str | None
    weight: Fraction
    combined: Fraction | None


@dataclass(frozen=True)
class RecomputedCell:
    """A printed combined weight against the product of the printed weights.

    ``product`` is exact, ``rounded`` is it rounded half up by itself, ``largest_remainder`` together with its
    siblings. ``explained_by`` names every rounding that gives the printed number: none where nothing explains it.
    """

    item: str
    product: Fraction
    rounded: Fraction
    largest_remainder: Fraction
    printed: Fraction
    explained_by: tuple[RoundingName, ...]

    @property
    def is_product(self) -> bool:
        """Whether the printed number is the product, rounded by itself."""
        return self.printed == self.rounded


@dataclass(frozen=True)
class Recomputation:
    """A printed table recomputed.

    ``cells`` are all printed combined weights; ``weight_sums`` the sums of the printed weights under each parent;
    ``printed_sum`` and ``rounded_sum`` what the leaves among the cells sum to as printed, and rounded one by one;
    ``reproduces`` in how many cells each rounding gives the printed number.
    """

    cells: tuple[RecomputedCell, ...]
    weight_sums: Mapping[str | None, Fraction]
    printed_sum: Fraction
    rounded_sum: Fraction
    reproduces: Mapping[RoundingName, int]


def largest_remainder(values: Sequence[Fraction], total: Fraction, digits: int) -> tuple[Fraction, ...]:
    """``values`` in proportion, rounded to ``digits`` decimals so that they sum to exactly ``total`` (Hare's quota).

    Equal values come out alike wherever the total allows: units go to the largest remainders, but equal ones get theirs
    together or not at all, as long as no larger value comes out below a smaller one. Where nothing else adds up (three
    equal values of 100), the earlier one gets the unit. Raises :class:`ValueError` where ``total`` is negative or has
    more digits, or where values are negative or sum to zero while ``total`` does not.
    """
    units = total * 10**digits
    whole = sum(values, Fraction(0))
    if units.denominator != 1 or total < 0 or any(value < 0 for value in values) or (total and not whole):
        found = ", ".join(map(str, values))
        raise ValueError(f"found the values {found} and the total {total}, which {digits} decimals cannot share out")
    quotas = [value * units / whole if whole else Fraction(0) for value in values]
    shares = [math.floor(quota) for quota in quotas]
    missing = int(units) - sum(shares)
    alike = _alike(quotas, missing)
    by_remainder = sorted(range(len(values)), key=lambda i: shares[i] - quotas[i])
    raised = by_remainder[:missing] if alike is None else [i for i, quota in enumerate(quotas) if quota in alike]
    for position in raised:
        shares[position] += 1
    return tuple(Fraction(share, 10**digits) for share in shares)


def _alike(quotas: Sequence[Fraction], missing: int) -> frozenset[Fraction] | None:
    """The quotas to round up, equal ones together, so that ``missing`` units are given out; None where none add up.

    Of quotas with the same whole part the larger come first. Of all that add up, those with the largest remainders.
    """
    counts = Counter(quota for quota in quotas if quota.denominator > 1)
    best: dict[int, tuple[Fraction, frozenset[Fraction]]] = {0: (Fraction(0), frozenset())}
    for _, part in groupby(sorted(counts, reverse=True), key=math.floor):
        raised, size, remainders = [], 0, Fraction(0)
        options = [(0, Fraction(0), frozenset[Fraction]())]
        for quota in part:
            raised.append(quota)
            size += counts[quota]
            remainders += counts[quota] * (quota - math.floor(quota))
            options.append((size, remainders, frozenset(raised)))
        found: dict[int, tuple[Fraction, frozenset[Fraction]]] = {}
        for given, (worth, chosen) in best.items():
            for size, remainders, more in options:
                one = (worth + remainders, chosen | more)
                if given + size <= missing and (given + size not in found or found[given + size][0] < one[0]):
                    found[given + size] = one
        best = found
    return best[missing][1] if missing in best else None


def publish(
    weights: Mapping[str, Weight], digits: int, unit: Fraction = Fraction(100), leaves: Leaves = "nested"
) -> dict[str, Printed]:
    """``weights`` as a table prints them: in ``unit`` (100: percent) with ``digits`` decimals, by largest remainders.

    The children of a parent sum to exactly ``unit``. Combined weights: ``nested`` rounds the children of each parent
    to the parent's printed combined weight; ``together`` rounds all leaves at once to ``unit`` and prints a parent as
    the sum of its leaves. Either way the leaves of a whole tree sum to exactly ``unit``. Items of undefined weight are
    left out by ``nested``; ``together`` raises :class:`ValueError` with them.
    """
    groups = _groups({item: weight.parent for item, weight in weights.items()})
    combined = (
        _nested(weights, groups, digits, unit) if leaves == "nested" else _together(weights, groups, digits, unit)
    )
    shares = publish_shares(weights, digits, unit)
    return {item: Printed(share, combined[item]) for item, share in shares.items() if item in combined}


def publish_shares(weights: Mapping[str, Weight], digits: int, unit: Fraction = Fraction(100)) -> dict[str, Fraction]:
    """The weights inside each parent as :func:`publish` prints them, also where the parent has none."""
    printed: dict[str, Fraction] = {}
    for group in _groups({item: weight.parent for item, weight in weights.items()}).values():
        defined = {item: share for item in group if (share := weights[item].weight) is not None}
        rounded = largest_remainder(list(defined.values()), unit if defined else Fraction(0), digits)
        printed |= dict(zip(defined, rounded, strict=True))
    return printed


def recompute_printed(
    table: Sequence[PrintedItem], digits: int, unit: Fraction = Fraction(100), factor_digits: int | None = None
) -> Recomputation:
    """Every printed combined weight against the product of the printed weights down the tree, and what explains it.

    The table prints combined weights with ``digits`` decimals and weights with ``factor_digits`` (default the same),
    both in ``unit``. Raises :class:`ValueError` with every repeated item, parent that stands not above its child,
    negative number and number with more digits than declared.
    """
    factor_digits = digits if factor_digits is None else factor_digits
    _check_table(table, digits, factor_digits)
    rows = {row.item: row for row in table}
    groups = _groups({row.item: row.parent for row in table})
    half = Fraction(1, 2 * 10**factor_digits)
    exact, least, most = (_products(table, unit, error) for error in (Fraction(0), -half, half))
    shared: dict[str, Fraction] = {}
    for parent, group in groups.items():
        total = rows[parent].combined if parent is not None else None
        products = [exact[item] for item in group]
        if total is None:
            total = round_exact(sum(products, Fraction(0)), Rounding(digits))
        if any(products):
            shared |= zip(group, largest_remainder(products, total, digits), strict=True)
    cells = tuple(
        _cell(row.item, row.combined, exact[row.item], shared.get(row.item), (least[row.item], most[row.item]), digits)
        for row in table
        if row.combined is not None
    )
    leaves = [cell for cell in cells if cell.item not in groups]
    return Recomputation(
        cells,
        {parent: sum((rows[item].weight for item in group), Fraction(0)) for parent, group in groups.items()},
        sum((cell.printed for cell in leaves), Fraction(0)),
        sum((cell.rounded for cell in leaves), Fraction(0)),
        {name: sum(name in cell.explained_by for cell in cells) for name in ROUNDINGS},
    )


def _groups(parents: Mapping[str, str | None]) -> dict[str | None, list[str]]:
    """The items under each parent."""
    groups: dict[str | None, list[str]] = {}
    for item, parent in parents.items():
        groups.setdefault(parent, []).append(item)
    return groups


def _nested(
    weights: Mapping[str, Weight], groups: Mapping[str | None, Sequence[str]], digits: int, unit: Fraction
) -> dict[str, Fraction]:
    printed: dict[str, Fraction] = {}
    for parent, group in groups.items():
        defined = {item: value for item in group if (value := weights[item].combined) is not None}
        if defined:
            total = unit if parent is None else printed[parent]
            printed |= zip(defined, largest_remainder(list(defined.values()), total, digits), strict=True)
    return printed


def _together(
    weights: Mapping[str, Weight], groups: Mapping[str | None, Sequence[str]], digits: int, unit: Fraction
) -> dict[str, Fraction]:
    leaves = {item: weight.combined for item, weight in weights.items() if item not in groups}
    known = {item: value for item, value in leaves.items() if value is not None}
    if len(known) < len(leaves):
        undefined = ", ".join(item for item in leaves if item not in known)
        raise ValueError(f"found no weight of {undefined}, expected weights of all leaves to round them together")
    printed = dict(zip(known, largest_remainder(list(known.values()), unit, digits), strict=True))
    for parent, group in reversed(list(groups.items())):
        if parent is not None:
            printed[parent] = sum((printed[item] for item in group), Fraction(0))
    return printed


def _check_table(table: Sequence[PrintedItem], digits: int, factor_digits: int) -> None:
    faults = []
    above: set[str] = set()
    for row in table:
        if row.item in above:
            faults.append(f"found the item {row.item} a second time")
        if row.parent is not None and row.parent not in above:
            faults.append(f"found the parent {row.parent} of {row.item}, expected an item that stands above it")
        above.add(row.item)
        for name, value, places in (("weight", row.weight, factor_digits), ("combined weight", row.combined, digits)):
            if value is not None and (value < 0 or (value * 10**places).denominator != 1):
                faults.append(
                    f"found the {name} {value} of {row.item}, expected 0 or more with at most {places} decimals"
                )
    if faults:
        raise ValueError("; ".join(faults))


def _products(table: Sequence[PrintedItem], unit: Fraction, error: Fraction) -> dict[str, Fraction]:
    """The product of the weights down to each item, each weight larger by ``error``."""
    products: dict[str, Fraction] = {}
    for row in table:
        factor = max(Fraction(0), row.weight + error)
        products[row.item] = factor if row.parent is None else products[row.parent] * factor / unit
    return products


def _cell(
    item: str,
    printed: Fraction,
    product: Fraction,
    shared: Fraction | None,
    bounds: tuple[Fraction, Fraction],
    digits: int,
) -> RecomputedCell:
    half = Fraction(1, 2 * 10**digits)
    explained: list[RoundingName] = [mode for mode in ALONE if round_exact(product, Rounding(digits, mode)) == printed]
    if shared == printed:
        explained.append("largest_remainder")
    if bounds[0] < printed + half and printed - half < bounds[1]:
        explained.append("unrounded_factors")
    rounded = round_exact(product, Rounding(digits))
    return RecomputedCell(item, product, rounded, rounded if shared is None else shared, printed, tuple(explained))
