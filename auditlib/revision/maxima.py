"""A panel's weights as the maxima of a scheme's indicators."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction

from auditlib.core.errors import InputError, Problem
from auditlib.delphi.analysis import analyse_items
from auditlib.delphi.result import ItemAnalysis
from auditlib.delphi.rounds import Panel
from auditlib.delphi.weights.rounding import publish
from auditlib.scheme.model import Scheme
from auditlib.scheme.rules import Indicator

__all__ = ["panel_maxima"]


def panel_maxima(scheme: Scheme, panel: Panel) -> dict[str, Fraction]:
    """The maximum of every indicator by the last round of a panel; together they are what they are in ``scheme``.

    The panel's items are the indicators by their ids, either all on the first level or each under its dimension; above
    the dimensions there may be items that only group them, and between a dimension and its indicators too.
    A combined weight times the sum of the maxima is rounded to the panel's digits by largest remainders, inside a
    dimension to the dimension's rounded share. Raises :class:`InputError` with every item and indicator that does not
    match, has no weight, or would be left with nothing.
    """
    items, declared = analyse_items(panel, panel.last), panel.declared
    where = f"{panel.folder.name}/panel.yaml"
    if problems := [Problem(where, None, path, message) for path, message in _mismatches(scheme, items)]:
        raise InputError(problems)
    total = sum((one.max for one in scheme.indicators if one.max is not None), Fraction(0))
    try:
        published = publish({name: item.weight for name, item in items.items()}, declared.digits, unit=total)
    except ValueError as error:
        raise InputError.at(where, "digits", str(error)) from None
    maxima = {indicator.id: published[indicator.id].combined for indicator in scheme.indicators}
    nothing = [
        Problem(where, None, name, f"found a weight that is 0 with {declared.digits} decimals, expected one above 0")
        for name, most in maxima.items()
        if not most
    ]
    if nothing:
        raise InputError(nothing)
    return maxima


def _mismatches(scheme: Scheme, items: Mapping[str, ItemAnalysis]) -> Iterator[tuple[str, str]]:
    indicators = {indicator.id: indicator for indicator in scheme.indicators}
    dimensions = {dimension.id for dimension in scheme.dimensions}
    parents = {item.weight.parent for item in items.values()}
    above = {name: list(_above(name, items)) for name in items}
    for name, indicator in indicators.items():
        if name not in items:
            yield name, f"found no such item, expected one for the indicator {indicator.title.zh} of the scheme"
        elif indicator.max is None:
            yield name, "found an item, expected none: the scheme gives this indicator no maximum"
    for name, item in items.items():
        if name in parents:
            children = [other for other, found in items.items() if found.weight.parent == name]
            inside = name in dimensions or dimensions.intersection(above[name]) or not dimensions
            if not inside and not all(child in parents for child in children):
                known = ", ".join(sorted(dimensions))
                expected = f"one of the dimensions: {known}; or one above dimensions alone, or below one"
                yield name, f"found an item with items of its own, expected {expected}"
        elif name not in indicators:
            yield name, f"found an item, expected the id of an indicator of {scheme.scheme}"
        elif message := _misplaced(indicators[name], above[name], dimensions):
            yield name, message
        if item.weight.combined is None:
            yield name, f"found no weight ({item.weight.undefined}), expected one in the last round"


def _above(name: str, items: Mapping[str, ItemAnalysis]) -> Iterator[str]:
    """The items above one, the nearest first."""
    parent = items[name].weight.parent
    while parent is not None:
        yield parent
        parent = items[parent].weight.parent


def _misplaced(indicator: Indicator, above: Sequence[str], dimensions: Collection[str]) -> str | None:
    """An indicator stands in its own dimension, however far below, or on the first level."""
    nearest = next((one for one in above if one in dimensions), None)
    if not above or nearest == indicator.dimension:
        return None
    return f"found it under {above[0]}, expected it under {indicator.dimension or 'no dimension'}"
