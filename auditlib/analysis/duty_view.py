"""The duties of a scheme over a ledger and a period, of all units, of one, or of one case."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import polars as pl

from auditlib.analysis.request import Asked
from auditlib.analysis.scored_periods import scheme_asked, stamps_of
from auditlib.core.errors import InputError
from auditlib.core.hashes import file_sha256
from auditlib.core.worktime import Calendar
from auditlib.ledger.divided.divide import snapshot_of
from auditlib.ledger.read import Ledger
from auditlib.scheme.declared_registers import read_for
from auditlib.scheme.load import Resolved
from auditlib.scoring.adjustments.declared import adjustment_files
from auditlib.scoring.assess import calendar_of
from auditlib.scoring.duties.adjusted import comply_adjusted
from auditlib.scoring.duties.compliance import Compliance
from auditlib.scoring.duties.written import INSTANCE_HEADERS, instance_rows

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CaseAct", "DutyView", "duty_view"]


@dataclass(frozen=True)
class CaseAct:
    """A row of the register of acts: what was done in a case, when, and by which unit; ``until`` is what it sets."""

    at: datetime
    act: str
    key: str
    unit: str
    until: datetime | None = None


@dataclass(frozen=True)
class DutyView:
    """Every instance of the duties of a scheme in a period: of all units, of ``unit`` alone, or of ``case`` alone."""

    asked: Asked
    compliance: Compliance
    ledger: Ledger = field(repr=False)
    calendar: Calendar | None = field(repr=False)
    unit: str | None = None
    case: str | None = None

    @property
    def resolved(self) -> Resolved:
        """The scheme with the readings and gaps under which it was judged."""
        return self.compliance.resolved

    @cached_property
    def names(self) -> dict[str, str]:
        """The units by their code, as the ledger calls them."""
        return self.names_in("zh")

    def names_in(self, language: str) -> dict[str, str]:
        """The units by their code, as reports in ``language`` call them."""
        columns = ("name_en", "name") if language == "en" else ("name",)
        return {
            row["unit"]: next((name for column in columns if (name := row.get(column))), row["unit"])
            for row in self.ledger.units().iter_rows(named=True)
        }

    @cached_property
    def instances(self) -> pd.DataFrame:
        """Every instance with its unit, duty, clause, limits, status, lateness and evidence, as in CSV."""
        import pandas as pd

        return pd.DataFrame(list(instance_rows(self.compliance)), columns=list(INSTANCE_HEADERS), dtype=object)

    @cached_property
    def counts(self) -> pd.DataFrame:
        """A row for each unit and duty: how many instances have which status."""
        import pandas as pd

        return pd.DataFrame([
            {"unit": unit, "duty": one.duty.id, "clause": one.duty.clause, **one.counts}
            for unit, counts in self.compliance.units.items() for one in counts
        ])  # fmt: skip

    @cached_property
    def acts(self) -> tuple[CaseAct, ...]:
        """What the ledger has of the case up to the as-of time, in order; nothing where the view is of no case."""
        register = self.ledger.registers.get("acts")
        if self.case is None or register is None:
            return ()
        have = register.collect_schema().names()
        named = [pl.col(name) if name in have else pl.lit(None).alias(name) for name in ("until", "unit", "act_id")]
        own = register.filter((pl.col("case_id") == self.case) & (pl.col("at") <= self.compliance.as_of))
        rows = own.select("at", "act", *named).sort("at", "act_id").collect()
        return tuple(CaseAct(at, act, key or "", unit or "", until) for at, act, until, unit, key in rows.iter_rows())

    @cached_property
    def case_row(self) -> dict[str, object]:
        """The row of the case in the register of cases; empty where the view is of no case."""
        if self.case is None:
            return {}
        own = self.ledger.registers["cases"].filter(pl.col("case_id") == self.case).collect()
        return own.row(0, named=True) if own.height else {}

    @cached_property
    def snapshot(self) -> str:
        """The hash of the ledger."""
        return snapshot_of(self.ledger)

    @cached_property
    def scheme_sha256(self) -> str:
        """The hash of the scheme's file."""
        return file_sha256(self.asked.scheme_path)

    def __repr__(self) -> str:
        return f"{self.compliance.instances.height} instances of duties, {self.compliance.period}"


def duty_view(asked: Asked, unit: str | None = None, case: str | None = None) -> DutyView:
    """The duties of a scheme for a ledger and period, judged once for the same parameters and files.

    Of a case everything is judged, in whatever period it belongs, and what does not apply to it is among it.
    Raises :class:`InputError` for a scheme without duties, and for a unit or case that the period does not have.
    """
    tables = [stamp for table in (*asked.days.tables(), *adjustment_files()) for stamp in stamps_of(table)]
    whole = _judged(asked, case is not None, stamps_of(asked.ledger_path), stamps_of(asked.scheme_path), *tables)
    if unit is not None and unit not in whole.compliance.units:
        known = ", ".join(list(whole.compliance.units)[:20])
        raise InputError.at(asked.ledger, "unit", f"found {unit}, expected one of {known}")
    if case is not None and whole.compliance.instances.filter(pl.col("case") == case).is_empty():
        raise InputError.at(asked.ledger, "case", f"found {case}, of which no duty is judged")
    own = whole.compliance.only(unit, case)
    return DutyView(asked, own, whole.ledger, whole.calendar, unit, case)


@lru_cache(maxsize=4)
def _judged(asked: Asked, of_case: bool, *stamps: object) -> DutyView:
    resolved, period = scheme_asked(asked), asked.when
    as_of = asked.moment
    ledger = read_for(asked.scheme, asked.ledger_path, as_of)
    calendar = calendar_of(resolved, asked.days)
    found = comply_adjusted(resolved, ledger, period, as_of, calendar=calendar, left=of_case, of_case=of_case)
    return DutyView(asked, found, ledger, calendar)
