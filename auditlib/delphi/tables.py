"""An analysed panel as tables: for the terminal, and as a workbook with one sheet a table."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from auditlib.core.exact import full_text
from auditlib.core.files import write_atomically
from auditlib.core.table import Table
from auditlib.delphi.consensus_rules import RuleFound
from auditlib.delphi.forms.sheets import new_workbook
from auditlib.delphi.method_tables import method_tables
from auditlib.delphi.result import Analysis
from auditlib.delphi.statistics.concordance import strength
from auditlib.delphi.statistics.interval import NO_INTERVAL
from auditlib.delphi.statistics.screening import Failure

__all__ = ["tables", "write_workbook"]

Cell = str | int | float | None


def tables(analysis: Analysis, digits: int = 4) -> tuple[Table, ...]:
    """The tables of an analysis, the weights of the last round first; numbers to ``digits`` significant digits.

    A table that the panel gives no cause for (stability in a single round, authority without experts) is left out.
    """
    found = [
        Table(WEIGHTS, tuple(_weights(analysis)), name="weights", heading="权重（末轮）"),
        Table(ROUNDS, tuple(_rounds(analysis)), name="rounds", heading="轮次"),
        Table(AGREEMENT, tuple(_agreement(analysis)), name="agreement", heading="协调程度"),
        Table(DETAILS, tuple(_details(analysis)), name="agreement_details", heading="协调程度的其他统计量"),
        Table(ITEMS, tuple(_items(analysis)), name="items", heading="条目统计"),
        Table(SCREENING, tuple(_screening(analysis)), name="screening", heading="条目筛选"),
        Table(CONSENSUS, tuple(_consensus(analysis)), name="consensus", heading="共识"),
        Table(STABILITY, tuple(_stability(analysis)), name="stability", heading="稳定性"),
        *method_tables(analysis),
        Table(CHANGES, tuple(_changes(analysis)), name="changes", heading="条目变动"),
        Table(AUTHORITY, tuple(_authority(analysis)), name="authority", heading="权威程度"),
        Table(("zh", "en"), tuple((note.zh, note.en) for note in analysis.notes), name="notes", heading="说明"),
    ]
    return tuple(
        replace(table, rows=tuple(tuple(_rounded(cell, digits) for cell in row) for row in table.rows))
        for table in found
        if table.rows
    )


def write_workbook(analysis: Analysis, file: Path) -> None:
    """A workbook with one sheet a table; numbers as numbers, text never as a formula."""
    memory = io.BytesIO()
    book = new_workbook(memory, analysis.panel.declared.title.zh)
    bold = book.add_format({"bold": True, "bottom": 1})
    for table in tables(analysis, digits=12):
        sheet = book.add_worksheet(table.name)
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, table.keys, bold)
        for number, row in enumerate(table.rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                elif cell is not None:
                    sheet.write_number(number, column, cell)
        sheet.autofit()
    book.close()
    write_atomically(file, memory.getvalue())


def _rounded(cell: Any, digits: int) -> Cell:
    if isinstance(cell, Fraction | float):
        value = float(f"{float(cell):.{digits}g}")
        return int(value) if value.is_integer() and isinstance(cell, Fraction) else value
    return cell if cell is None or isinstance(cell, int) else str(cell)


WEIGHTS = ("item", "title", "level", "parent", "weight_percent", "combined_percent", "weight", "combined_weight")


def _weights(analysis: Analysis) -> Iterator[tuple[Any, ...]]:
    digits = analysis.panel.declared.digits
    for name, found in analysis.last.items.items():
        printed, weight = found.published, found.weight
        percent = [None if printed is None else found.printed(which, digits) for which in ("weight", "combined")]
        yield name, found.item.title.zh, found.level, weight.parent, *percent, weight.weight, weight.combined


ROUNDS = ("round", "sent", "returned", "positive_coefficient", "remarked", "Ca", "Cs", "Cr")


def _rounds(analysis: Analysis) -> Iterator[tuple[Any, ...]]:
    for one in analysis.rounds:
        by = one.authority
        coefficients = (None, None, None) if by is None else (by.Ca, by.Cs, by.Cr)
        yield (
            one.round.number,
            one.round.sent,
            one.round.returned,
            one.positive_coefficient,
            one.remarked,
            *coefficients,
        )


AGREEMENT = ("round", "group", "items", "raters", "dropped", "W", "strength", "p", "p_exact", "undefined")


def _agreement(analysis: Analysis) -> Iterator[tuple[Any, ...]]:
    for one in analysis.rounds:
        for group in one.groups:
            agreed = group.concordance
            head = (one.round.number, group.group.id, len(group.group.items))
            why = None if group.undefined is None else group.undefined.zh
            if agreed is None or agreed.W is None:
                yield *head, one.round.returned, *[None] * 5, why
            else:
                p_exact = None if group.chance is None else group.chance.p
                yield (
                    *head,
                    agreed.raters,
                    agreed.dropped,
                    agreed.W,
                    strength(agreed.W).words.zh,
                    agreed.p,
                    p_exact,
                    why,
                )


DETAILS = (
    "round",
    "group",
    "W_uncorrected",
    "low",
    "high",
    "no_interval",
    "chi2",
    "df",
    "p_exact_method",
    "F",
    "F_p",
    "mean_rho",
    "alpha",
)


def _details(analysis: Analysis) -> Iterator[tuple[Any, ...]]:
    for one in analysis.rounds:
        for group in one.groups:
            agreed, interval = group.concordance, group.interval
            if agreed is not None and agreed.W is not None:
                low, high = (None, None) if interval is None else (interval.low, interval.high)
                why = None if interval is None or interval.undefined is None else NO_INTERVAL[interval.undefined].zh
                method = None if group.chance is None else group.chance.method
                alpha = None if group.alpha is None else group.alpha.alpha
                numbers = (
                    agreed.W_uncorrected,
                    low,
                    high,
                    why,
                    agreed.chi2,
                    agreed.df,
                    method,
                    agreed.F,
                    agreed.F_p,
                    agreed.mean_rho,
                )
                yield one.round.number, group.group.id, *numbers, alpha


ITEMS = (
    "round",
    "item",
    "title",
    "n",
    "mean",
    "sd",
    "cv",
    "median",
    "q1",
    "q3",
    "full_mark_ratio",
    "weight",
    "combined",
)


def _items(analysis: Analysis) -> Iterator[tuple[Any, ...]]:
    for one in analysis.rounds:
        for name, found in one.items.items():
            said = found.described
            numbers: tuple[Cell, ...] = (0, *[None] * 7)
            if said is not None:
                numbers = (said.n, said.mean, said.sd, said.cv, said.median, said.q1, said.q3, said.full_mark_ratio)
            yield one.round.number, name, found.item.title.zh, *numbers, found.weight.weight, found.weight.combined


SCREENING = ("round", "level", "item", "verdict", "failures")
SIGNS = {"at_least": "<", "at_most": ">"}


def _screening(analysis: Analysis) -> Iterator[tuple[Any, ...]]:
    for one in analysis.rounds:
        for level, part in one.screening.items():
            for item in part:
                failures = [_failure(name, failed) for name, failed in item.failures.items()]
                yield one.round.number, level, item.item, item.verdict, "; ".join(failures) or None


def _failure(name: str, failed: Failure) -> str:
    digits = next((n for n in range(4, 17) if f"{failed.found:.{n}g}" != f"{failed.limit:.{n}g}"), 17)
    words = f"{failed.statistic} {failed.found:.{digits}g} {SIGNS[failed.bound]} {failed.limit:.{digits}g}"
    return words if name == failed.statistic else f"{name}: {words}"


CONSENSUS = ("round", "item", "reached", "cv", "cv_reached", "agreement", "agreement_reached", "other_rules")


def _consensus(analysis: Analysis) -> Iterator[tuple[Any, ...]]:
    for one in analysis.rounds:
        for name, found in one.items.items():
            if (verdict := found.verdict) is not None and verdict.rules:
                rules = {rule.rule: (rule.found, _said(rule.reached)) for rule in verdict.rules}
                none = (None, None)
                other = "; ".join(_rule(rule) for rule in verdict.rules if rule.rule not in ("cv", "agreement"))
                yield (
                    one.round.number, name, _said(verdict.reached), *rules.get("cv", none),
                    *rules.get("agreement", none), other or None,
                )  # fmt: skip


def _rule(rule: RuleFound) -> str:
    """A rule beside CV and agreement as a short text: ``iqr 1 yes``, ``share 7-9 0.5 no``."""
    marks = f" {full_text(rule.share.low)}-{full_text(rule.share.high)}" if rule.share is not None else ""
    found = "" if rule.found is None else f" {float(rule.found):.4g}"
    return f"{rule.rule}{marks}{found} {_said(rule.reached) or 'undefined'}"


STABILITY = (
    "round", "item", "experts", "cv_before", "cv_after", "cv_change", "kappa_linear", "kappa_quadratic", "unchanged",
    "wilcoxon_p", "wilcoxon_p_holm", "stable",
)  # fmt: skip


def _stability(analysis: Analysis) -> Iterator[tuple[Any, ...]]:
    for one in analysis.rounds:
        for item in one.stability or ():
            numbers = [getattr(item.moved, name) for name in STABILITY[2:-1]]
            yield one.round.number, item.moved.item, *numbers, _said(item.stable)


CHANGES = ("round", "item", "kind", "before", "after", "into", "reason")


def _changes(analysis: Analysis) -> Iterator[tuple[Any, ...]]:
    for one in analysis.changes:
        texts = [None if text is None else text.zh for text in (one.before, one.after)]
        yield one.round, one.item, one.kind, *texts, one.into, None if one.reason is None else one.reason.zh


AUTHORITY = ("expert", "Ca", "Cs", "Cr")


def _authority(analysis: Analysis) -> Iterator[tuple[Any, ...]]:
    for expert, found in analysis.panel.experts.items():
        yield expert, found.Ca, found.Cs, found.Cr
    if (mean := analysis.authority) is not None:
        yield "panel", mean.Ca, mean.Cs, mean.Cr


def _said(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"
