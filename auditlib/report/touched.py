"""What a probe says of a unit, for a report that was not given it: the ledger is looked at, once for the same files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from auditlib.analysis.request import Asked, SignalRow
from auditlib.analysis.scored_periods import scheme_asked, stamps_of
from auditlib.analysis.views import ScoredPeriod
from auditlib.core.period import parse_period
from auditlib.ledger.read import Ledger
from auditlib.probe.probe import probe
from auditlib.probe.settings import Settings, read_settings
from auditlib.probe.touching import touching
from auditlib.scheme.declared_registers import read_for
from auditlib.scheme.load import Resolved

__all__ = ["signals_of", "touched"]


def signals_of(
    ledger: Ledger, resolved: Resolved, period: str, settings: Settings
) -> dict[str, tuple[SignalRow, ...]]:  # fmt: skip
    """By unit what every test says of it; nothing where the period has no case."""
    when = parse_period(period, "parameters")
    cases = ledger.registers.get("cases")
    if cases is None:
        return {}
    at = cases.select("received_at").collect()["received_at"]
    if not ((at >= when.start) & (at < when.end)).any():
        return {}
    return touching(probe(ledger, settings, resolved, when), resolved.scheme)


def touched(scored: ScoredPeriod, settings: str = "") -> ScoredPeriod:
    """The period with its signals, which the ledger is asked for where they were not kept.

    ``settings`` is a file of floors and levels, as a probe takes it. Raises :class:`InputError` as reading it does.
    """
    if scored.signals is not None:
        return scored
    asked = scored.asked
    stamps = stamps_of(asked.ledger_path), stamps_of(asked.scheme_path)
    told = read_settings(Path(settings) if settings else None)
    return replace(scored, signals=_looked_at(asked, told.model_dump_json(), *stamps))


@lru_cache(maxsize=4)
def _looked_at(asked: Asked, settings: str, *stamps: object) -> Mapping[str, tuple[SignalRow, ...]]:
    ledger = read_for(asked.scheme, asked.ledger_path, asked.moment)
    return signals_of(ledger, scheme_asked(asked), asked.period, Settings.model_validate_json(settings))
