"""What a probe says of a unit, for a report that was not given it: the ledger is looked at, once for the same files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from auditlib.analysis.request import Asked, SignalRow, moment_of
from auditlib.analysis.scored_periods import scheme_asked, stamps_of
from auditlib.analysis.views import ScoredPeriod
from auditlib.ledger.read import Ledger
from auditlib.probe.probe import probe
from auditlib.probe.settings import Settings
from auditlib.probe.touching import touching
from auditlib.scheme.declared_registers import read_for
from auditlib.scheme.load import Resolved
from auditlib.scoring.assess import parse_period

__all__ = ["signals_of", "touched"]


def signals_of(ledger: Ledger, resolved: Resolved, period: str) -> dict[str, tuple[SignalRow, ...]]:
    """By unit what every test says of it, by the default settings; nothing where the period has no case."""
    when = parse_period(period, "parameters")
    cases = ledger.registers.get("cases")
    if cases is None:
        return {}
    at = cases.select("received_at").collect()["received_at"]
    if not ((at >= when.start) & (at < when.end)).any():
        return {}
    return touching(probe(ledger, Settings(), resolved, when))


def touched(scored: ScoredPeriod) -> ScoredPeriod:
    """The period with its signals, which the ledger is asked for where they were not kept."""
    if scored.signals is not None:
        return scored
    asked = scored.asked
    return replace(scored, signals=_looked_at(asked, stamps_of(asked.ledger_path), stamps_of(asked.scheme_path)))


@lru_cache(maxsize=4)
def _looked_at(asked: Asked, *stamps: object) -> Mapping[str, tuple[SignalRow, ...]]:
    return signals_of(
        read_for(asked.scheme, asked.ledger_path, moment_of(asked.as_of)), scheme_asked(asked), asked.period
    )
