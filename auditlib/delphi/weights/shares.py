"""Weights from marks, exactly: shares of the mean inside each parent, and products down the tree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from auditlib.core.values import Text

__all__ = ["UNDEFINED", "Answers", "Item", "Weight", "mean_mark", "mean_shares", "weigh"]

Answers = Sequence[Fraction | None]
"""The marks of one item, one an expert, always in the same order of experts; None = no answer."""

UNDEFINED = {
    "no_share": Text(
        zh="同组有条目没有均数（无人作答，或作答者的权威系数之和为零）",
        en="an item of this group has no mean (nobody answered, or only experts without authority)",
    ),
    "zero_sum": Text(zh="同组各条目之和为零", en="the items of this group add up to zero"),
    "parent": Text(zh="上级条目没有权重", en="an item above has no weight"),
}
"""Why a weight is missing, by the name that :attr:`Weight.undefined` carries."""


@dataclass(frozen=True)
class Item:
    """An item of the panel's tree; the tree itself is the sequence of its top items."""

    id: str
    children: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Weight:
    """An item's share of its parent, and of the whole (the product down the tree); ``parent`` is None at the top."""

    item: str
    parent: str | None
    weight: Fraction | None
    combined: Fraction | None
    undefined: str | None = None


def mean_mark(answers: Answers, authority: Sequence[Fraction] | None = None) -> Fraction | None:
    """The mean of those who answered, weighted by each expert's ``authority`` (Cr) where it is given.

    None without answers, or where the authority of those who answered adds up to zero.
    """
    weights = [Fraction(1)] * len(answers) if authority is None else authority
    given = [(mark, weight) for mark, weight in zip(answers, weights, strict=True) if mark is not None]
    whole = sum((weight for _, weight in given), Fraction(0))
    return sum((mark * weight for mark, weight in given), Fraction(0)) / whole if whole else None


def mean_shares(
    tree: Sequence[Item], marks: Mapping[str, Answers], authority: Sequence[Fraction] | None = None
) -> dict[str, Weight]:
    """The weights of every item of ``tree``: its mean mark as a share of the means under the same parent.

    ``marks`` by item and ``authority`` name the experts in the same order. Raises :class:`ValueError` with every item
    that has no marks, is marked by another number of experts, or below 0, and every negative authority.
    """
    items = [item.id for _, item in _walk(tree)]
    experts = len(authority) if authority is not None else max(map(len, marks.values()), default=0)
    faults = [f"found no marks of {item}, expected a list of them" for item in items if item not in marks]
    for item in (item for item in items if item in marks):
        if len(marks[item]) != experts:
            faults.append(f"found {len(marks[item])} marks of {item}, expected one for each of {experts} experts")
        faults += [f"found the mark {mark} of {item}, expected 0 or more" for mark in marks[item] if mark and mark < 0]
    faults += [f"found the authority {weight}, expected 0 or more" for weight in authority or () if weight < 0]
    if faults:
        raise ValueError("; ".join(faults))
    return weigh(tree, {item: mean_mark(marks[item], authority) for item in items})


def weigh(tree: Sequence[Item], importance: Mapping[str, Fraction | None]) -> dict[str, Weight]:
    """Weights from any importance of the items (means, AHP, rank-order centroids, combinations …), parents first.

    Inside each parent the importance is divided by its sum, so the children's weights sum to exactly 1; a group with
    an item of unknown importance (None) is undefined, and so is all below it. ``combined`` multiplies down the tree.
    Raises :class:`ValueError` with every item that has no importance, a negative one, or stands in the tree twice.
    """
    items = [item.id for _, item in _walk(tree)]
    faults = [f"found the item {item} {count} times in the tree" for item, count in Counter(items).items() if count > 1]
    faults += [f"found no importance of {item}, expected a number" for item in items if item not in importance]
    negative = [(item, value) for item in items if (value := importance.get(item)) is not None and value < 0]
    faults += [f"found the importance {value} of {item}, expected 0 or more" for item, value in negative]
    if faults:
        raise ValueError("; ".join(faults))
    weights: dict[str, Weight] = {}
    _weigh_group(tree, None, importance, weights)
    return weights


def _walk(tree: Sequence[Item], parent: str | None = None) -> Iterator[tuple[str | None, Item]]:
    for item in tree:
        yield parent, item
        yield from _walk(item.children, item.id)


def _weigh_group(
    group: Sequence[Item], parent: str | None, importance: Mapping[str, Fraction | None], weights: dict[str, Weight]
) -> None:
    values = [importance[item.id] for item in group]
    known = [value for value in values if value is not None]
    whole = sum(known, Fraction(0))
    undefined = "no_share" if len(known) < len(values) else None if whole else "zero_sum"
    above = Fraction(1) if parent is None else weights[parent].combined
    for item, value in zip(group, values, strict=True):
        weight = None if undefined or value is None else value / whole
        combined = None if weight is None or above is None else weight * above
        weights[item.id] = Weight(item.id, parent, weight, combined, undefined or ("parent" if above is None else None))
    for item in group:
        _weigh_group(item.children, item.id, importance, weights)
