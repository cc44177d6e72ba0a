"""What a publication prints of its panel, recomputed: products, sums, rankings, W, and whether marks can give it.

A finding is a contradiction that the printed numbers prove by themselves. The file lists the known ones with what they
mean, so that another one stands out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from typing import Any

from auditlib.core.errors import InputError
from auditlib.core.exact import Rounding, fixed_text, full_text, round_exact
from auditlib.core.numerals import equated
from auditlib.core.yaml_file import Tree, dotted, read_tree, validate
from auditlib.delphi.statistics.concordance import from_W, strength
from auditlib.delphi.weights.printed import Known, Open, PrintedFile, Ranked
from auditlib.delphi.weights.rounding import ROUNDINGS, Recomputation, recompute_printed

__all__ = ["CheckedPrint", "PrintedFinding", "can_be_mean_shares", "check_printed"]

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


@dataclass(frozen=True)
class CheckedPrint:
    """A checked publication: findings, what was confirmed, and known findings that no longer occur."""

    tree: Tree
    findings: tuple[PrintedFinding, ...]
    confirmed: tuple[str, ...]
    open: tuple[tuple[str, Open], ...]
    stale: tuple[Known, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing but known findings was found, and all of these."""
        return not self.stale and all(found.known for found in self.findings)

    def rows(self, everything: bool = False) -> Iterator[dict[str, Any]]:
        """The findings as plain values; ``everything`` gives the known ones too."""
        for found in self.findings:
            if everything or not found.known:
                file, line, column = self.tree.place(found.path)
                place = {
                    "file": file,
                    "line": line,
                    "column": column,
                    "path": dotted(found.path),
                    "clause": found.clause,
                }
                what = {"kind": found.kind, "at": found.at, "message": found.message, "proof": found.proof}
                yield place | what | {"known": found.known}
        for known in self.stale:
            yield {"file": str(self.tree.file), "kind": "stale-finding", "at": known.at, "message": _stale(known)}

    def lines(self, everything: bool = False) -> Iterator[str]:
        """One line a finding; ``everything`` shows known ones, what is open, and what was confirmed."""
        for found in self.findings:
            if everything or not found.known:
                message = f"{found.kind}: {found.at}: {found.message} ({found.proof})"
                yield f"{self.tree.problem(found.path, message, found.clause)}{' [known]' if found.known else ''}"
        for known in self.stale:
            yield str(self.tree.problem(("findings",), f"stale-finding: {_stale(known)}"))
        if everything:
            for name, left in self.open:
                yield str(self.tree.problem(("open", name), f"open: {left.what.zh} {left.what.en}", left.clause))
            yield from (f"confirmed: {line}" for line in self.confirmed)


def _stale(known: Known) -> str:
    return f"the known finding {known.kind} at {known.at} no longer occurs"


def check_printed(file: Path, name: str | None = None) -> CheckedPrint:
    """The publication in ``file`` recomputed. Raises :class:`InputError` for a file that cannot be used."""
    tree = read_tree(file, name)
    declared = validate(PrintedFile, tree)
    cited = [declared.table, *(o.clause for o in declared.open.values()), *(a.clause for a in declared.agreement)]
    if unknown := sorted({clause for clause in cited if clause not in declared.clauses}):
        raise InputError(tree.problem(("clauses",), f"missing clause {clause}, which is cited") for clause in unknown)
    try:
        table = recompute_printed(declared.rows, declared.digits, declared.unit)
    except ValueError as error:
        raise InputError(tree.problem(("items",), str(error))) from None
    known = {(one.kind, one.at) for one in declared.findings}
    findings, confirmed = [], []
    for found in _examine(declared, table):
        if isinstance(found, str):
            confirmed.append(found)
        else:
            findings.append(found if (found.kind, found.at) not in known else replace(found, known=True))
    occurring = {(found.kind, found.at) for found in findings}
    stale = tuple(one for one in declared.findings if (one.kind, one.at) not in occurring)
    return CheckedPrint(tree, tuple(findings), tuple(confirmed), tuple(declared.open.items()), stale)


def _examine(declared: PrintedFile, table: Recomputation) -> Found:
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
