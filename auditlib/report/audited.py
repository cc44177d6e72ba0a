"""A ledger audited: its patterns, what became of an earlier snapshot, what a sample shows, what chance leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from auditlib.analysis.request import Asked
from auditlib.analysis.scored_periods import open_period
from auditlib.analysis.views import ScoredPeriod, named_in
from auditlib.chance.judged import JudgedShares
from auditlib.chance.totals import TotalRanks
from auditlib.core.errors import InputError
from auditlib.core.period import Period
from auditlib.ledger.find import find_ledger
from auditlib.ledger.read import Ledger
from auditlib.probe.clocks import Grounds
from auditlib.probe.probe import Probed, grounds_of, probe_grounds, ranked
from auditlib.probe.rate_bounds import RateBounds, bounds_of_rates
from auditlib.probe.settings import read_settings
from auditlib.report.chance_tables import drawn_totals, judged_shares, named_totals
from auditlib.restate.restatement import Restated, restate
from auditlib.sampling.evaluation import Evaluation, evaluate
from auditlib.sampling.form import read_answers
from auditlib.sampling.sample import Sample, read_sample
from auditlib.scheme.declared_registers import read_for
from auditlib.scheme.load import Resolved
from auditlib.scoring.assess import calendar_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["AuditedLedger"]


@dataclass(frozen=True)
class AuditedLedger:
    """What can be said of a ledger and a period of it, before a score is argued about.

    ``restated`` is None without an earlier snapshot, ``sample`` and ``evaluation`` are None without a sample and
    without its answers, ``totals`` without draws.
    """

    scored: ScoredPeriod
    ledger: Ledger = field(repr=False)
    grounds: Grounds = field(repr=False)
    found: Probed = field(repr=False)
    shares: tuple[JudgedShares, ...] = field(repr=False)
    restated: Restated | None = field(default=None, repr=False)
    sample: Sample | None = field(default=None, repr=False)
    evaluation: Evaluation | None = field(default=None, repr=False)
    totals: TotalRanks | None = field(default=None, repr=False)
    bounds: tuple[RateBounds, ...] = field(default=(), repr=False)
    """Rates of the scheme as missing ratings allow them to be."""
    parameters: tuple[tuple[str, str], ...] = ()
    """What was asked for besides scheme, ledger and period."""

    @classmethod
    def open(
        cls, *, scheme: str, ledger: str, period: str, as_of: str | None = None, earlier: str = "", sample: str = "",
        forms: Sequence[str] = (), settings: str = "", draws: int = 0, readings: Mapping[str, str] | None = None,
        supplied: Mapping[str, object] | None = None, calendar: str = "", provisional_calendar: bool = False,
    ) -> AuditedLedger:  # fmt: skip
        """Reads and tests once. ``earlier`` is the folder of a snapshot taken before, ``sample`` a drawn SAMPLE.json,
        ``forms`` its filled workbooks, ``settings`` a file of floors and levels, ``draws`` how many ledgers the ranks
        by total are drawn from.

        Raises :class:`InputError` for a parameter that does not fit, and a sample that is of another snapshot.
        """
        asked = Asked.of(scheme, ledger, period, as_of, readings, supplied, calendar, provisional_calendar)
        scored = open_period(asked)
        resolved, when = scored.resolved, scored.period
        book = read_for(asked.scheme, asked.ledger_path, asked.moment)
        told_by = read_settings(Path(settings) if settings else None)
        grounds = grounds_of(book, told_by, resolved, when)
        found = probe_grounds(grounds, told_by, resolved, when)
        before = restate(read_for(asked.scheme, find_ledger(earlier)), book, resolved, when) if earlier else None
        drawn, result = _sampled(sample, forms, grounds.snapshot)
        told = {"earlier": earlier, "sample": sample, "settings": settings, "draws": str(draws or "")}
        return cls(
            scored, book, grounds, found, judged_shares(resolved, scored.result), before, drawn, result,
            drawn_totals(asked, draws) if draws else None,
            bounds_of_rates(book, resolved, when, scored.result, calendar_of(resolved, asked.days)),
            tuple((name, one) for name, one in told.items() if one),
        )  # fmt: skip

    def named_in(self, language: str) -> AuditedLedger:
        """The same with units and groups called as reports in a language call them."""
        scored = named_in(self.scored, language)
        if scored is self.scored:
            return self
        shares = judged_shares(self.resolved, scored.result)
        return replace(self, scored=scored, shares=shares, totals=named_totals(self.totals, scored.result))

    @property
    def asked(self) -> Asked:
        return self.scored.asked

    @property
    def resolved(self) -> Resolved:
        return self.scored.resolved

    @property
    def period(self) -> Period:
        return self.scored.period

    def __repr__(self) -> str:
        signals = self.found.count("strong", "signal")
        return f"{self.grounds.cases.height} cases, {self.period}: {len(self.found.lines)} lines, {signals} signals"

    @cached_property
    def lines(self) -> pd.DataFrame:
        """Every line of the probe: ``state test clock unit p q holm expected counts cases id``, strongest first."""
        import pandas as pd

        rows = [
            (
                one.state, one.test, one.clock, one.unit, one.p, one.bh, one.holm,
                None if one.observed.null is None else float(one.observed.null.expected), dict(one.observed.counts),
                tuple(one.observed.cases), one.id,
            )
            for one in ranked(self.found.lines)
        ]  # fmt: skip
        columns = ["state", "test", "clock", "unit", "p", "q", "holm", "expected", "counts", "cases", "id"]
        return pd.DataFrame(rows, columns=columns)


def _sampled(file: str, forms: Sequence[str], snapshot: str) -> tuple[Sample | None, Evaluation | None]:
    if not file:
        if forms:
            raise InputError.at(
                "parameters", "forms", "found forms and no sample, expected the SAMPLE.json they are of"
            )
        return None, None
    drawn = read_sample(Path(file))
    if drawn.plan.direction == "from_ledger" and drawn.snapshot != snapshot:
        found = f"found {drawn.snapshot[:12]}, expected {snapshot[:12]}, the snapshot that is audited"
        raise InputError.at(file, "snapshot", found)
    return drawn, evaluate(drawn, read_answers(drawn, [Path(form) for form in forms])) if forms else None
