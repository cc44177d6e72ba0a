"""An assessment as people ask for it: a scheme, a ledger and a period, and from there to units, lines and frames."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING

from auditlib.analysis.request import Asked
from auditlib.analysis.scored_periods import open_period, scheme_asked
from auditlib.analysis.views import ScoredPeriod
from auditlib.core.exact import full_text
from auditlib.ledger.read import Ledger
from auditlib.scheme.declared_registers import read_for
from auditlib.scheme.load import Resolved
from auditlib.scoring.result import Result, UnitScore
from auditlib.scoring.totals import paired

if TYPE_CHECKING:
    import pandas as pd

    from auditlib.analysis.duty_view import DutyView

__all__ = ["Assessment", "RankingView", "UnitView", "assess", "exact_number"]


def assess(
    *,
    scheme: str,
    ledger: str,
    period: str,
    as_of: str | datetime | None = None,
    readings: Mapping[str, str] | None = None,
    supplied: Mapping[str, object] | None = None,
    calendar: str = "",
    provisional_calendar: bool = False,
) -> Assessment:
    """A ledger assessed by a scheme for a period; no row is read or scored before something of it is asked for.

    ``scheme`` is an id in ``params/schemes`` or the path of a file, ``ledger`` a folder of registers or the name of a
    demonstration, ``period`` such as ``2026-01``, ``2026Q1``, ``2026H1`` or ``2026``. ``as_of`` is when to look, local
    time; empty where the ledger says when it was taken. ``readings`` decide open clauses otherwise than the scheme
    does, ``supplied`` gives values for its gaps. Raises :class:`InputError` for a scheme, ledger, period, time, reading
    or gap that does not exist.
    """
    asked = Asked.of(scheme, ledger, period, as_of, readings, supplied, calendar, provisional_calendar)
    assessment = Assessment(asked)
    _ = assessment.scheme, asked.ledger_path  # whatever is misspelt is told here, not in the midst of a display
    return assessment


@dataclass(frozen=True)
class Assessment:
    """What was asked for; :meth:`unit` and :meth:`ranking` score it, once for the same parameters and files."""

    asked: Asked

    @cached_property
    def scheme(self) -> Resolved:
        """The version of the scheme in force at the start of the period, readings decided and gaps supplied."""
        return scheme_asked(self.asked)

    @cached_property
    def ledger(self) -> Ledger:
        """The registers with checked rows: ``.registers`` (Polars), ``.accepted``, ``.rejected``, ``.rejects``."""
        return read_for(self.asked.scheme, self.asked.ledger_path)

    def unit(self, code: str) -> UnitView:
        """One unit with all that a report on it may show. Raises :class:`InputError` with the units there are."""
        scored = open_period(self.asked, code)
        return UnitView(scored, scored.unit(code))

    def ranking(self) -> RankingView:
        """All units, without the evidence of their lines. Raises :class:`InputError`."""
        return RankingView(open_period(self.asked))

    def duties(self, unit: str = "", case: str = "") -> DutyView:
        """Every duty judged: of all units, of one, or of one case. Raises :class:`InputError`."""
        from auditlib.analysis.duty_view import duty_view

        return duty_view(self.asked, unit or None, case or None)

    def _facts(self) -> list[tuple[str, str]]:
        scheme = self.scheme.scheme
        facts = [
            ("scheme", f"{scheme.scheme} {scheme.version}: {scheme.title.zh} / {scheme.title.en}"),
            ("ledger", self.asked.ledger), ("period", self.asked.period), ("as of", self.asked.as_of or "as taken"),
        ]  # fmt: skip
        facts += [(f"reading {name}", option) for name, option in self.scheme.readings.items()]
        return facts + [(f"supplied {name}", str(value)) for name, value in self.scheme.supplied.items()]

    def __repr__(self) -> str:
        return "\n".join(f"{name}: {value}" for name, value in self._facts())

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in self._facts())
        return f"<table>{rows}</table>"


@dataclass(frozen=True)
class UnitView:
    """One unit in one period: all of its own, and of the others no more than where they stand."""

    scored: ScoredPeriod
    score: UnitScore

    def __repr__(self) -> str:
        return f"{self.score.unit} {self.score.name}, {self.scored.period}"

    @cached_property
    def lines(self) -> pd.DataFrame:
        """Every score line: ``indicator``, ``rule``, ``clause``, ``quantity``, ``points``, ``cases`` (keys of the rows
        behind it). Numbers are exact: decimals, or fractions where no decimal ends; NaN where there is none."""
        rows = [
            (scored.id, line.rule, line.clause, exact_number(line.quantity), exact_number(line.points), line.evidence)
            for scored in self.score.indicators
            for line in scored.lines
        ]
        return _frame(("indicator", "rule", "clause", "quantity", "points", "cases"), rows)

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """Every indicator: ``indicator``, ``clause``, ``max``, ``points``, ``status``, ``met`` (of a target)."""
        return _indicators(self.scored, [self.score], with_unit=False)


@dataclass(frozen=True)
class RankingView:
    """All units in one period: totals, ranks, points by indicator."""

    scored: ScoredPeriod

    @property
    def result(self) -> Result:
        """The result: units in order of group and rank, notices, rounding."""
        return self.scored.result

    def __repr__(self) -> str:
        return f"{len(self.result.units)} units, {self.scored.period}"

    @cached_property
    def units(self) -> pd.DataFrame:
        """Every unit: ``unit``, ``name``, ``group``, ``ranked_in``, ``rank``, ``total``, ``total_of``, ``complete``."""
        rows = [
            (one.unit, one.name, one.group, one.ranked_in, one.rank, exact_number(one.total),
             exact_number(one.total_of), one.complete)
            for one in self.result.units
        ]  # fmt: skip
        return _frame(("unit", "name", "group", "ranked_in", "rank", "total", "total_of", "complete"), rows)

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """Every unit under every indicator: ``unit`` and the columns of :attr:`UnitView.indicators`."""
        return _indicators(self.scored, self.result.units, with_unit=True)


def exact_number(value: Fraction | None) -> Decimal | Fraction | float:
    """A number of a frame without loss: a decimal where one ends, else the fraction; NaN where there is none."""
    if value is None:
        return float("nan")
    text = full_text(value)
    return value if "/" in text else Decimal(text)


def _indicators(scored: ScoredPeriod, units: Sequence[UnitScore], *, with_unit: bool) -> pd.DataFrame:
    columns = ("unit", "indicator", "clause", "max", "points", "status", "met")
    rows = [
        (unit.unit, own.id, indicator.clause, exact_number(own.max), exact_number(own.points), own.status, own.met)
        for unit in units
        for indicator, own in paired(scored.resolved.scheme, unit.indicators)
    ]
    return _frame(columns, rows) if with_unit else _frame(columns[1:], [row[1:] for row in rows])


def _frame(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame([list(row) for row in rows], columns=list(columns), dtype=object)
