"""Statistics of peers written out as cells: who was compared, with which values, and the method as a formula."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from auditlib.core.message import t
from auditlib.core.table import Number
from auditlib.core.table import number as number_cell
from auditlib.report.workbook.sheets import Cell, Formula, Sheet, reference
from auditlib.scheme.formers.elsewhere import OfPeers, Percentile
from auditlib.scheme.load import Resolved
from auditlib.scoring.result import Result, UnitScore, Working

__all__ = ["peers_sheet"]

MANY = 500
"""Of so many rows of peers and no more: in a nation each unit would list all others."""
DIGITS = 9
"""To so many decimals a spreadsheet's own arithmetic is compared."""
SIMPLE = {
    "mean": "AVERAGE({span})", "median": "MEDIAN({span})", "sum": "SUM({span})", "least": "MIN({span})",
    "greatest": "MAX({span})", "count": "COUNT({span})",
}  # fmt: skip
PLACES = {
    ("descending", "better"): 'COUNTIF({span},">"&{own})+1',
    ("ascending", "better"): 'COUNTIF({span},"<"&{own})+1',
    ("descending", "worse"): 'COUNTIF({span},">="&{own})',
    ("ascending", "worse"): 'COUNTIF({span},"<="&{own})',
    ("descending", "mean"): '(COUNTIF({span},">"&{own})+1+COUNTIF({span},">="&{own}))/2',
    ("ascending", "mean"): '(COUNTIF({span},"<"&{own})+1+COUNTIF({span},"<="&{own}))/2',
}
VALUE = 4
"""The column of the values that are compared."""


def peers_sheet(resolved: Resolved, result: Result, language: str) -> Sheet | None:
    """Every statistic of peers behind a line or an outcome, worked again; None where there is none.

    Units that are compared with the same peers share a block.
    """
    names = [
        t("Quantity", language), t("Compared for", language), t("Code", language), t("Name", language),
        t("Compared value", language), t("Worked again", language), t("Stored", language), t("Difference", language),
    ]  # fmt: skip
    rows: list[Sequence[Cell]] = []
    for quantity, working, units in _blocks(result):
        former = resolved.scheme.quantities[quantity]
        assert isinstance(former, OfPeers)
        if former.take == "pooled" or len(rows) + len(working.peers) > MANY:
            continue
        rows += _block(resolved, result, former, quantity, working, units, len(rows), language)
    if not rows:
        return None
    return Sheet(t("Peers", language), names, rows, frozenset([t("Difference", language)]))


def _blocks(result: Result) -> Iterator[tuple[str, Working, list[UnitScore]]]:
    """Each statistic with its peers, and the units that it was taken for."""
    found: dict[tuple[str, tuple[tuple[str, Fraction], ...]], tuple[Working, list[UnitScore]]] = {}
    for unit in result.units:
        workings = [one for node in (*unit.indicators, *unit.branches) for line in node.lines for one in line.workings]
        workings += [one for condition in unit.conditions.values() for one in condition.workings]
        for one in dict.fromkeys(workings):
            if one.peers and one.value is not None:
                units = found.setdefault((one.quantity, one.peers), (one, []))[1]
                units += [] if unit in units else [unit]
    for (quantity, _), (working, units) in found.items():
        yield quantity, working, units


def _block(
    resolved: Resolved, result: Result, former: OfPeers, quantity: str, working: Working, units: Sequence[UnitScore],
    start: int, language: str,
) -> Iterator[Sequence[Cell]]:  # fmt: skip
    """The values of the peers, and below them the statistic; a place or a share stands beside each unit's value."""
    title = resolved.scheme.title_of(quantity)(language)
    names = {unit.unit: unit.name for unit in result.units}
    span = f"{reference(start, VALUE)}:{reference(start + len(working.peers) - 1, VALUE)}"
    own = {unit.unit: _stored(unit, quantity) for unit in units}
    for at, (code, value) in enumerate(working.peers):
        cells: tuple[Cell, ...] = (None, None, None)
        if former.take in ("place", "share_below") and own.get(code) is not None:
            text = _beside(former).format(span=span, own=reference(start + at, VALUE))
            cells = _checked(text, own[code] or Fraction(0), start + at, result)
        yield (title, "", code, names.get(code, code), number_cell(value, result.rounding), *cells)
    if former.take not in ("place", "share_below") and working.value is not None:
        concerned = ", ".join(unit.unit for unit in units) if len(units) < len(working.peers) else t("all", language)
        text = _formula(former, span, len(working.peers))
        cells = _checked(text, working.value, start + len(working.peers), result)
        yield (title, concerned, "", "", None, *cells)


def _stored(unit: UnitScore, quantity: str) -> Fraction | None:
    return unit.rates.get(quantity)


def _checked(text: str, value: Fraction, row: int, result: Result) -> tuple[Cell, ...]:
    """A formula, the stored value, and their difference."""
    again, stored = reference(row, VALUE + 1), reference(row, VALUE + 2)
    return (
        Formula(text, Number(value, result.rounding)),
        number_cell(value, result.rounding),
        Formula(f"ROUND({again}-{stored},{DIGITS})", Number(Fraction(0), result.rounding)),
    )


def _beside(former: OfPeers) -> str:
    if former.take == "share_below":
        return 'COUNTIF({span},"<"&{own})/COUNT({span})'
    return PLACES[former.order or "descending", former.ties or "better"]


def _formula(former: OfPeers, span: str, count: int) -> str:
    """The declared method as a spreadsheet works it."""
    take = former.take
    if isinstance(take, Percentile):
        return _percentile(take, span, count)
    if take == "sd":
        return f"ROUND({'STDEVP' if former.of_n == 'population' else 'STDEV'}({span}),{former.digits})"
    return SIMPLE[take].format(span=span)


def _percentile(of: Percentile, span: str, count: int) -> str:
    """A percentile by its method; ranks are whole numbers by whole numbers, so that no float decides one."""
    share = of.share
    if of.method == "nearest_rank":
        return f"SMALL({span},MAX(1,ROUNDUP({count}*{share.numerator}/{share.denominator},0)))"
    at = (
        (count - 1) * share + 1
        if of.method == "linear"
        else min(max((count + 1) * share, Fraction(1)), Fraction(count))
    )
    whole, rest = int(at), at - int(at)
    low = f"SMALL({span},{whole})"
    if not rest:
        return low
    return f"{low}+{rest.numerator}/{rest.denominator}*(SMALL({span},{whole + 1})-{low})"
