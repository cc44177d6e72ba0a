"""What each reading would change in a demonstration: the points, ranks and outcomes of its units, exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path

from auditlib.core.errors import InputError
from auditlib.core.message import t
from auditlib.core.numerals import signed
from auditlib.core.period import Period, parse_period
from auditlib.ledger.read import Ledger, read_ledger
from auditlib.report.headings.states import STATUSES
from auditlib.report.tables import points_text
from auditlib.scheme.load import SchemeFile
from auditlib.scoring.assess import calendar_of
from auditlib.scoring.result import OutcomeScore, Result, UnitScore
from auditlib.scoring.score import score

__all__ = ["Demonstration", "UnitChange", "demonstration", "unit_changes"]


@dataclass(frozen=True)
class Demonstration:
    """A ledger made to show a scheme at work, its period, and the results under every option of every reading.

    ``others`` holds the result under each option that is not in use, or why the ledger cannot be scored under it.
    """

    ledger: Ledger
    period: Period
    result: Result
    others: Mapping[tuple[str, str], Result | str]

    @property
    def as_of(self) -> datetime:
        return self.result.as_of


def demonstration(file: SchemeFile, folder: Path) -> Demonstration | None:
    """The demonstration in ``folder``; None where there is none, or it names no period.

    Raises :class:`InputError` where the ledger cannot be read, or not be scored under the readings in use.
    """
    if not folder.is_dir():
        return None
    ledger = read_ledger(folder, extra=file.natural.extra_registers)
    if ledger.note.period is None:
        return None
    period = parse_period(ledger.note.period, str(folder / "ledger.yaml"))
    others = {
        (name, option): _tried(file, ledger, period, {name: option})
        for name, reading in file.natural.readings.items()
        for option in reading.options
        if option != reading.use
    }
    return Demonstration(ledger, period, _scored(file, ledger, period, {}), others)


def _tried(file: SchemeFile, ledger: Ledger, period: Period, readings: Mapping[str, str]) -> Result | str:
    try:
        return _scored(file, ledger, period, readings)
    except InputError as error:
        return "; ".join(problem.message for problem in error.problems)


def _scored(file: SchemeFile, ledger: Ledger, period: Period, readings: Mapping[str, str]) -> Result:
    resolved = file.resolve(readings, None, period.first)
    return score(resolved, ledger, period, calendar=calendar_of(resolved), evidence=False)


@dataclass(frozen=True)
class UnitChange:
    """What another reading does to one unit of a demonstration; what does not change is empty."""

    unit: str
    old_total: str | None
    new_total: str | None
    difference: str
    old_rank: int | None
    new_rank: int | None
    indicators: tuple[str, ...]
    outcomes: tuple[str, ...]


def unit_changes(shown: Demonstration, after: Result, titles: Mapping[str, str], language: str) -> list[UnitChange]:
    """The units whose points, rank or outcomes another reading changes; ``titles`` are those of the indicators."""
    changes = (_unit_change(old, after.unit(old.unit), after, titles, language) for old in _by_code(shown.result))
    return [change for change in changes if change is not None]


def _by_code(result: Result) -> list[UnitScore]:
    return sorted(result.units, key=lambda unit: unit.unit)


def _unit_change(
    old: UnitScore, new: UnitScore, result: Result, titles: Mapping[str, str], language: str
) -> UnitChange | None:
    """None where nothing changes that a reader would see in a report."""
    difference = None if old.total is None or new.total is None else new.total - old.total
    indicators = tuple(_indicator_changes(old, new, result, titles, language))
    outcomes = tuple(_outcome_changes(old, new, result, language))
    if (old.total, old.rank, old.tie) == (new.total, new.rank, new.tie) and not indicators and not outcomes:
        return None
    return UnitChange(
        old.name, _shown(old.total, result), _shown(new.total, result),
        "" if not difference else signed(difference, result.rounding), old.rank, new.rank, indicators, outcomes,
    )  # fmt: skip


def _indicator_changes(
    old: UnitScore, new: UnitScore, result: Result, titles: Mapping[str, str], language: str
) -> Iterator[str]:
    before = {scored.id: scored for scored in old.indicators}
    for scored in new.indicators:
        earlier = before.get(scored.id)
        if earlier is None or (earlier.points, earlier.status, earlier.met) != (
            scored.points,
            scored.status,
            scored.met,
        ):
            was, will = (
                t("none", language) if one is None else _state(one.points, one.status, one.met, result, language)
                for one in (earlier, scored)
            )
            yield f"{titles.get(scored.id, scored.id)} {was} → {will}"


def _state(points: Fraction | None, status: str, met: bool | None, result: Result, language: str) -> str:
    if met is not None:
        return t("met" if met else "not met", language)
    if points is None:
        return t(STATUSES[status], language)
    return points_text(points, result.rounding, language, sign=False)


def _outcome_changes(old: UnitScore, new: UnitScore, result: Result, language: str) -> Iterator[str]:
    before = {outcome.id: outcome for outcome in old.outcomes}
    after = {outcome.id: outcome for outcome in new.outcomes}
    for id, outcome in before.items():
        if id not in after:
            yield f"− {outcome.title(language)}"
    for id, outcome in after.items():
        earlier = before.get(id)
        if earlier is None:
            undecided = "" if outcome.decided else f"{t(': ', language)}{_decision(outcome, language)}"
            yield f"+ {outcome.title(language)}{undecided}"
            continue
        parts = [
            f"{_shown(earlier.amounts.get(name), result) or t('none', language)} → "
            f"{_shown(outcome.amounts.get(name), result) or t('none', language)}"
            for name in {**earlier.amounts, **outcome.amounts}
            if earlier.amounts.get(name) != outcome.amounts.get(name)
        ]
        if earlier.decided != outcome.decided:
            parts.append(f"{_decision(earlier, language)} → {_decision(outcome, language)}")
        if earlier.needs != outcome.needs:
            parts.append(
                f"{t('still to be decided by a person', language)} {len(earlier.needs)} → {len(outcome.needs)}"
            )
        if parts:
            yield f"{outcome.title(language)}{t(': ', language)}{t('; ', language).join(parts)}"


def _decision(outcome: OutcomeScore, language: str) -> str:
    return t("decided" if outcome.decided else "undecided", language)


def _shown(value: Fraction | None, result: Result) -> str | None:
    """A number rounded as the scheme shows it, with a true minus."""
    text = result.text(value)
    return None if text is None else text.replace("-", "−")
