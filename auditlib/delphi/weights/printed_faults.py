"""Every fault of a printed table: sums and products, where its weights can come from, agreement, words beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from auditlib.core.exact import Rounding, fixed_text, full_text, round_exact
from auditlib.core.numerals import equated
from auditlib.delphi.statistics.concordance import from_W, strength
from auditlib.delphi.weights.printed import PrintedFile, Ranked
from auditlib.delphi.weights.rounding import ROUNDINGS, Recomputation

__all__ = ["PrintedFinding", "can_be_mean_shares", "examine"]

SIGNIFICANT, WEAK = 0.05, 0.3  # Schmidt's word for a W of about 0.3 is weak
Found = Iterator["PrintedFinding | str"]
"""What an examination yields: findings, and lines that say what was confirmed."""


@dataclass(frozen=True)
class PrintedFinding:
    """One finding: ``at`` names the item, group or level, ``proof`` is the arithmetic."""

    kind: str
    at: str
    path: tuple[str | int, ...]
    clause: str
    message: str
    proof: str
    known: bool = False


def examine(declared: PrintedFile, table: Recomputation) -> Found:
    """Every contradiction of the printed numbers, and what they confirm, in the order of the file's subjects."""
    yield from _sums(declared, table)
    yield from _products(declared, table)
    yield from _provenance(declared)
    yield from _agreement(declared)
    yield from _words(declared, table)


def _sums(declared: PrintedFile, table: Recomputation) -> Found:
    unit = full_text(declared.unit)
    weights = {row.item: row.weight for row in declared.rows}
    for parent, total in table.weight_sums.items():
        parts = " + ".join(full_text(weights[row.item]) for row in declared.rows if row.parent == parent)
        line = f"{parts} = {full_text(total)}"
        if total == declared.unit:
            yield f"the weights {_under(parent)} add up: {line}"
        else:
            message = f"the weights {_under(parent)} do not add up to {unit}"
            yield PrintedFinding("weight-sum", parent or "top", ("items",), declared.table, message, line)
    printed, rounded = full_text(table.printed_sum), full_text(table.rounded_sum)
    if table.printed_sum == declared.unit:
        yield f"the printed combined weights add up to {printed}"
    else:
        message = f"the combined weights do not add up to {unit}"
        yield PrintedFinding("combined-sum", "table", ("items",), declared.table, message, f"their sum is {printed}")
    if table.rounded_sum != declared.unit:
        message = f"the products rounded one by one do not add up to {unit}"
        proof = f"their sum is {rounded}, that of the printed combined weights {printed}"
        yield PrintedFinding("rounded-sum", "table", ("items",), declared.table, message, proof)


def _products(declared: PrintedFile, table: Recomputation) -> Found:
    rows = {row.item: row for row in declared.rows}
    for cell in table.cells:
        if cell.is_product:
            continue
        factors: list[str] = []
        above: str | None = cell.item
        while above is not None:
            factors.insert(0, full_text(rows[above].weight))
            above = rows[above].parent
        sign = _sign(declared)
        product = f"{f'{sign} × '.join(factors)}{sign} {_equal(cell.product, 6)}{sign}"
        arithmetic = f"{product}, rounded {_fixed(cell.rounded, declared)}"
        explained = [
            f"{ROUNDINGS[name].en} ({table.reproduces[name]} of {len(table.cells)} cells)" for name in cell.explained_by
        ]
        explanation = (
            f"what gives the printed number, and how many of all: {', '.join(explained)}"
            if explained
            else "no rounding explains it"
        )
        proof = f"{arithmetic}; {explanation}"
        printed, rounded = _fixed(cell.printed, declared), _fixed(cell.rounded, declared)
        message = f"the combined weight is printed as {printed}, the product is {rounded}"
        yield PrintedFinding("product", cell.item, _path(declared, cell.item), declared.table, message, proof)
    agreeing = sum(cell.is_product for cell in table.cells)
    yield f"{agreeing} of {len(table.cells)} combined weights are the rounded products"


def _provenance(declared: PrintedFile) -> Found:
    """Can the weights be shares of mean marks, and if so, of which marks?"""
    scale = declared.scale
    low, high = full_text(scale.min), full_text(scale.max)
    panels = sorted({declared.raters, declared.raters * (declared.rounds.number if declared.rounds else 1)})
    for parent, group in _groups(declared).items():
        weights = [row.weight for row in declared.rows if row.item in group]
        if scale.step == 1 and not any(can_be_mean_shares(weights, declared, marks) for marks in panels):
            path = ("items",) if parent is None else _path(declared, parent)
            marks = " or ".join(map(str, panels))
            proof = (
                f"no whole sums of {marks} marks from {low} to {high} have these shares to {declared.digits} decimals"
            )
            message = f"the weights {_under(parent)} are not shares of mean marks"
            yield PrintedFinding("not-mean-shares", parent or "top", path, declared.table, message, proof)
        lightest, heaviest = min(weights), max(weights)
        highest = scale.max * lightest / heaviest
        if highest < (scale.min + scale.max) / 2:
            item, bound = group[weights.index(lightest)], _decimals(highest, 2)
            parts = f"{full_text(heaviest)} / {full_text(lightest)}"
            proof = (
                f"{parts} {_equal(heaviest / lightest, 4)}, and no mean exceeds {high}: "
                f"{high} / ({parts}) {_equal(highest, 2)}"
            )
            message = f"as a share of mean marks, its mean would be at most {bound} of {high}"
            yield PrintedFinding("low-mean", item, _path(declared, item), declared.table, message, proof)


def can_be_mean_shares(weights: Sequence[Fraction], declared: PrintedFile, marks: int) -> bool:
    """Whether ``marks`` whole marks an item can have sums with ``weights`` as their shares, to the digits printed.

    For every possible total of a group's marks each sum must lie in an interval around its share; narrow enough
    to try them all.
    """
    low, high = int(declared.scale.min * marks), int(declared.scale.max * marks)
    half = Fraction(1, 2 * 10**declared.digits)
    for total in range(low * len(weights), high * len(weights) + 1):
        least = [max(low, ceil((weight - half) * total / declared.unit)) for weight in weights]
        most = [min(high, floor((weight + half) * total / declared.unit)) for weight in weights]
        if all(a <= b for a, b in zip(least, most, strict=True)) and sum(least) <= total <= sum(most):
            return True
    return False


def _agreement(declared: PrintedFile) -> Found:
    for position, one in enumerate(declared.agreement):
        path, at = ("agreement", position), f"level-{one.level}"
        items = [item for item, level in declared.levels.items() if level == one.level]
        m, n, W = declared.raters, len(items), float(one.W)
        found = from_W(W, m, n)
        chi2 = f"χ² = {m} × {n - 1} × {full_text(one.W)} {_equal(m * (n - 1) * one.W, 4)}"
        line = f"{chi2}, df {found.df}, p = {found.p:.3g}"
        words = strength(W).words
        if W and found.p < SIGNIFICANT and strength(W).W <= WEAK:
            message = f"W = {full_text(one.W)} is significant, and {words.en} ({words.zh})"
            yield PrintedFinding("weak-agreement", at, path, one.clause, message, line)
        else:
            yield f"W = {full_text(one.W)} over the {n} items of level {one.level}: {words.en} ({words.zh}), {line}"
        if one.p is None:
            yield PrintedFinding(
                "p-missing", at, path, one.clause, f"W = {full_text(one.W)} is printed without its p", line
            )
        parents = {row.parent for row in declared.rows if row.item in items}
        if len(parents) > 1:
            message = f"one W ranks {n} items against each other, whose weights are shares under {len(parents)} parents"
            sizes = " + ".join(str(len(group)) for parent, group in _groups(declared).items() if parent in parents)
            yield PrintedFinding("agreement-across-parents", at, path, one.clause, message, f"{n} = {sizes}")


def _words(declared: PrintedFile, table: Recomputation) -> Found:
    """What the words of the source say of numbers: rounds, return rates, counts, ranking."""
    if declared.rounds is not None:
        said, described = declared.rounds.number, len(declared.described)
        if said != described:
            message = f"{said} rounds are reported, {described} is described"
            where = ", ".join(one.clause for one in declared.described)
            yield PrintedFinding(
                "rounds", "rounds", ("rounds",), declared.rounds.clause, message, f"{said} ≠ {described}; {where}"
            )
    for position, one in enumerate(declared.described):
        rate = Fraction(one.returned, one.sent) * declared.unit
        line = f"{one.returned} / {one.sent} {_equal(rate, declared.digits)}{_sign(declared)}"
        if round_exact(rate, Rounding(declared.digits)) == one.rate:
            yield f"the return rate is as printed: {line}"
        else:
            message = f"the return rate is printed as {full_text(one.rate)}{_sign(declared)}"
            yield PrintedFinding(
                "return-rate", f"described-{position + 1}", ("described", position), one.clause, message, line
            )
    for level, counted in declared.counts.items():
        found = sum(of == level for of in declared.levels.values())
        if found == counted.number:
            yield f"level {level} has the {found} items that are announced"
        else:
            message = f"{counted.number} items of level {level} are announced, {found} are printed"
            yield PrintedFinding(
                "count",
                f"level-{level}",
                ("counts", str(level)),
                counted.clause,
                message,
                f"{counted.number} ≠ {found}",
            )
    if declared.ranking is not None:
        yield from _ranking(declared.ranking, declared, table)


def _ranking(ranking: Ranked, declared: PrintedFile, table: Recomputation) -> Found:
    combined = {cell.item: cell.printed for cell in table.cells}
    order = sorted(combined, key=lambda item: -combined[item])[: len(ranking.order)]
    line = " > ".join(f"{item} {_fixed(combined[item], declared)}" for item in order)
    if tuple(order) == ranking.order:
        yield f"the ranking in words agrees: {line}"
    else:
        message = f"the words rank {', '.join(ranking.order)}"
        yield PrintedFinding("ranking", "ranking", ("ranking",), ranking.clause, message, line)


def _groups(declared: PrintedFile) -> dict[str | None, list[str]]:
    groups: dict[str | None, list[str]] = {}
    for row in declared.rows:
        groups.setdefault(row.parent, []).append(row.item)
    return groups


def _path(declared: PrintedFile, item: str) -> tuple[str | int, ...]:
    """Where an item stands in the file."""
    parents = {row.item: row.parent for row in declared.rows}
    groups = _groups(declared)
    path: tuple[str | int, ...] = ()
    above: str | None = item
    while above is not None:
        path = ("items", groups[parents[above]].index(above), *path)
        above = parents[above]
    return path


def _under(parent: str | None) -> str:
    return "of the first level" if parent is None else f"under {parent}"


def _decimals(value: Fraction, digits: int) -> str:
    return full_text(round_exact(value, Rounding(digits)))


def _sign(declared: PrintedFile) -> str:
    """What stands behind numbers in the unit of the table: nothing where the whole is 1."""
    return " %" if declared.unit == 100 else ""


def _equal(value: Fraction, digits: int) -> str:
    """A number after ``=``, or after ``≈`` where these decimals do not hold all of it."""
    return equated(value, Rounding(digits), _decimals(value, digits))


def _fixed(value: Fraction, declared: PrintedFile) -> str:
    return fixed_text(value, declared.digits)
