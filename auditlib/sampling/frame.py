"""What is drawn from: the cases of a ledger that a plan is about, or the list of a second source."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import polars as pl

from auditlib.analysis.checks.draw import ledger_seed
from auditlib.core.errors import InputError
from auditlib.core.hashes import digest
from auditlib.core.period import parse_period
from auditlib.delphi.forms.sheets import read_sheet
from auditlib.ledger.conditions import parse_sql
from auditlib.ledger.read import Ledger
from auditlib.sampling.exposure import case_exposure
from auditlib.sampling.plan import EXPOSURE, SamplePlan

__all__ = ["ALL", "Frame", "frame_of_ledger", "frame_of_list"]

ALL = ""
"""The name of the one stratum of a plan without strata."""


@dataclass(frozen=True)
class Frame:
    """The cases that may be drawn, by id, with their stratum and their weight; and the content they were taken from.

    ``uncapped`` weights stand beside those of exposure: what a case would cost if no indicator's points were gone.
    """

    snapshot: str
    strata: dict[str, str]
    weights: dict[str, Fraction]
    uncapped: dict[str, Fraction]

    @property
    def hash(self) -> str:
        """SHA-256 over the ids with strata and weights, whatever their order."""
        return digest([[case, self.strata[case], self.weights.get(case, Fraction(0))] for case in sorted(self.strata)])

    @property
    def counts(self) -> dict[str, int]:
        """How many cases each stratum has, in the order of their names."""
        names = sorted(set(self.strata.values()))
        found = dict.fromkeys(names, 0)
        for stratum in self.strata.values():
            found[stratum] += 1
        return found


def frame_of_ledger(plan: SamplePlan, ledger: Ledger) -> Frame:
    """The cases that a plan is about. Raises :class:`InputError` for a column that is not there, and for no case.

    The snapshot is of everything but the answers of people, so that answers taken back do not move the draw.
    """
    if "cases" not in ledger.registers:
        raise InputError.at(ledger.path, "cases", "found no register of cases, expected one to draw from")
    cases = ledger.registers["cases"]
    have = cases.collect_schema().names()
    by = plan.strata.by if plan.strata is not None else None
    conditions = [parse_sql(text) for text in (plan.where, plan.weight if plan.weight != EXPOSURE else None) if text]
    for name in [*(name for one in conditions for name in one.columns), *([by] if by else [])]:
        if name not in have:
            raise InputError.at(ledger.path, f"cases.{name}", f"missing column; the plan {plan.name} reads it")
    if plan.period is not None:
        period = parse_period(plan.period, "period")
        cases = cases.filter((pl.col("received_at") >= period.start) & (pl.col("received_at") < period.end))
    if plan.where:
        cases = cases.filter(parse_sql(plan.where).expression)
    stratum = pl.col(by).cast(pl.String).fill_null(ALL) if by else pl.lit(ALL)
    weight = parse_sql(plan.weight).expression if plan.weight and plan.weight != EXPOSURE else pl.lit(None)
    rows = cases.select("case_id", stratum.alias("stratum"), weight.alias("weight")).sort("case_id").collect()
    if rows.is_empty():
        raise InputError.at(ledger.path, "cases", f"found no case in the frame of {plan.name}, expected some")
    strata = dict(zip(rows["case_id"], rows["stratum"], strict=True))
    weights, uncapped = _weights(plan, ledger, rows)
    if plan.strata is not None and plan.strata.suspected:
        _same_strata(plan, set(strata.values()))
    return Frame(ledger_seed(ledger), strata, weights, uncapped)


def _weights(plan: SamplePlan, ledger: Ledger, rows: pl.DataFrame) -> tuple[dict[str, Fraction], dict[str, Fraction]]:
    if plan.weight is None:
        return {}, {}
    if plan.weight == EXPOSURE:
        assert plan.scheme is not None
        assert plan.period is not None
        found = case_exposure(plan.scheme, ledger, parse_period(plan.period, "period"))
        none = (Fraction(0), Fraction(0))
        return tuple({case: found.get(case, none)[n] for case in rows["case_id"]} for n in (0, 1))  # type: ignore[return-value]
    if not rows.schema["weight"].is_integer():
        raise InputError.at(plan.name, "weight", f"found {rows.schema['weight']}, expected whole numbers")
    wrong = rows.filter(pl.col("weight").is_null() | (pl.col("weight") < 0))
    if wrong.height:
        case, value = wrong.select("case_id", "weight").row(0)
        raise InputError.at(ledger.path, f"cases.{case}", f"found the weight {value}, expected 0 or more")
    return {case: Fraction(weight) for case, _, weight in rows.iter_rows()}, {}


def _same_strata(plan: SamplePlan, found: set[str]) -> None:
    assert plan.strata is not None
    if missing := sorted(found - plan.strata.suspected.keys()):
        raise InputError.at(plan.name, "strata.suspected", f"found no rate of {missing[0]}, expected one a stratum")


def frame_of_list(plan: SamplePlan, file: Path) -> Frame:
    """The ids in the first column of a second source (CSV or XLSX): what is looked up in the ledger.

    Raises :class:`InputError` for an id that is empty or stands twice.
    """
    sheet = read_sheet(file)
    if sheet.problems:
        raise InputError(sheet.problems)
    seen: dict[str, str] = {}
    for row, cells in sheet.rows:
        case = cells[sheet.columns[0]]
        if case is None or case in seen:
            raise InputError.at(
                file, sheet.columns[0], f"found {case or 'nothing'}, expected an id of its own", line=row
            )
        seen[case] = ALL
    if not seen:
        raise InputError.at(file, "", f"found no row, expected the list that {plan.name} draws from")
    return Frame(digest(sorted(seen)), seen, {}, {})
