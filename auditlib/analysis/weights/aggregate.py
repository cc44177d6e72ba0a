"""Weighted means up a tree of indicators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from auditlib.core.errors import InputError, Problem
from auditlib.delphi.weights.shares import Item, Weight, weigh

__all__ = ["aggregate", "leaves"]


def leaves(tree: Sequence[Item]) -> Iterator[str]:
    """The items without items of their own, in the order of the tree."""
    for item in tree:
        if item.children:
            yield from leaves(item.children)
        else:
            yield item.id


def aggregate(
    values: Mapping[str, Sequence[Fraction]], tree: Sequence[Item], importance: Mapping[str, Fraction]
) -> dict[str, tuple[Fraction, ...]]:
    """The values of every item: given ones at the leaves, above them the weighted arithmetic mean of the children.

    ``values`` gives for each leaf a value a unit, in one order of units; ``importance`` weights each item among its
    siblings, in any unit. Raises :class:`InputError` where the leaves and ``values`` are not the same, have different
    lengths, or siblings have no weight, and :class:`ValueError` as :func:`auditlib.delphi.weights.shares.weigh` does.
    """
    weights = weigh(tree, importance)
    if problems := sorted(_problems(values, tree, weights)):
        raise InputError(problems)
    found: dict[str, tuple[Fraction, ...]] = {}
    for item in tree:
        _aggregate_item(item, values, weights, found)
    return found


def _aggregate_item(
    item: Item,
    values: Mapping[str, Sequence[Fraction]],
    weights: Mapping[str, Weight],
    found: dict[str, tuple[Fraction, ...]],
) -> None:
    for child in item.children:
        _aggregate_item(child, values, weights, found)
    if item.children:
        parts = [[(weights[child.id].weight or 0) * value for value in found[child.id]] for child in item.children]
        found[item.id] = tuple(sum(column, Fraction(0)) for column in zip(*parts, strict=True))
    else:
        found[item.id] = tuple(values[item.id])


def _problems(
    values: Mapping[str, Sequence[Fraction]], tree: Sequence[Item], weights: Mapping[str, Weight]
) -> Iterator[Problem]:
    known = set(leaves(tree))
    for name in known - values.keys():
        yield Problem("values", None, name, "found nothing for this leaf")
    for name in values.keys() - known:
        yield Problem("values", None, name, "found values, but no such leaf")
    if len({len(row) for row in values.values()}) > 1:
        yield Problem("values", None, "", "found leaves with different numbers of units")
    for weight in weights.values():
        if weight.weight is None:
            yield Problem("importance", None, weight.item, "found 0 for it and all its siblings, expected one above 0")
