"""Scoring a period for its reports: from the files that they name, or from what a run has scored before them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import polars as pl

from auditlib.analysis.arrivals import rest_of
from auditlib.analysis.earlier_periods import Look, looked_at, periods_before, scheme_at
from auditlib.analysis.handling_time import handled
from auditlib.analysis.kept import kept_period, kept_standing
from auditlib.analysis.readings.one_at_a_time import OtherReadings, other_readings
from auditlib.analysis.rejected import set_aside
from auditlib.analysis.request import Asked, CaseRow, EventRow, Reject
from auditlib.analysis.views import ScoredPeriod, counted_rows, received_in
from auditlib.core.errors import InputError
from auditlib.core.files import stamp
from auditlib.core.hashes import file_sha256
from auditlib.core.message import Sayable
from auditlib.core.period import Period
from auditlib.ledger.divided.divide import snapshot_of
from auditlib.ledger.expectations import NOTHING
from auditlib.ledger.read import Ledger
from auditlib.scheme.declared_registers import read_for
from auditlib.scheme.load import Resolved, load_scheme
from auditlib.scoring.adjustments.declared import adjustment_files
from auditlib.scoring.assess import assess_resolved, resolve_scheme
from auditlib.scoring.counts import Count, Question
from auditlib.scoring.result import Result

__all__ = [
    "open_period", "rejects_of", "scheme_asked", "score_period", "stamps_of", "warm_up", "whole_period",
]  # fmt: skip


def scheme_asked(asked: Asked) -> Resolved:
    """The version of the scheme in force at the start of the period, readings decided and gaps supplied.

    Taken from what a run has scored with it, where that is kept. Raises :class:`InputError` for a scheme, reading,
    gap or period that does not exist.
    """
    if scored := kept_standing(asked):
        return scored.resolved
    period = asked.when
    return load_scheme(asked.scheme_path).resolve(dict(asked.readings), dict(asked.supplied), period.first)


def open_period(asked: Asked, unit: str | None = None, *, accept_rejects: bool = True) -> ScoredPeriod:
    """The period as a report on ``unit``, or on all units, may show it.

    Taken from what a run has kept for this report where there is such, scored otherwise; the same parameters on
    unchanged files score only once for units, and once for the report on all. Raises :class:`InputError` for a scheme,
    ledger, period, time, unit, reading or gap that does not exist, and, without ``accept_rejects``, for a ledger with
    rejected rows.
    """
    scored = kept_period(asked, unit) or _narrowed(asked, unit)
    if not accept_rejects and scored.rejected.all:
        found = f"found {scored.rejected.all} rejected rows, expected none; see rejects"
        raise InputError.at(asked.ledger, "", found)
    return scored


def _narrowed(asked: Asked, unit: str | None) -> ScoredPeriod:
    scored = whole_period(asked, combined=unit is None)
    return scored.of_ranking() if unit is None else scored.of_unit(unit)


def whole_period(asked: Asked, *, combined: bool = True) -> ScoredPeriod:
    """The period with all the evidence on every unit, of which :func:`open_period` leaves what one report may show.

    Without ``combined`` it does not try readings in combination, which no report on one unit shows.
    """
    tables = [stamp for table in (*asked.days.tables(), *adjustment_files()) for stamp in stamps_of(table)]
    return _scored(asked, stamps_of(asked.ledger_path), stamps_of(asked.scheme_path), tuple(tables), combined=combined)


def stamps_of(path: Path) -> tuple[tuple[str, int, int], ...]:
    """The files of a folder, or a file, with when they were written and how large they are."""
    files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    return tuple((str(file), *stamp(file)) for file in files)


@lru_cache(maxsize=4)
def _scored(asked: Asked, *stamps: object, combined: bool) -> ScoredPeriod:
    return score_period(asked, read_for(asked.scheme, asked.ledger_path, asked.moment), combined=combined)


def score_period(
    asked: Asked, ledger: Ledger, snapshot: str | None = None, count: Count | None = None, *, combined: bool = True
) -> ScoredPeriod:  # fmt: skip
    """A period of ``ledger`` scored with all its evidence; ``snapshot`` is the ledger's hash where it is known.

    ``count`` counts the ledger's rows elsewhere; see :func:`auditlib.scoring.score.score`. ``combined`` asks for the
    ranks under all combinations of readings.
    """
    period, as_of = asked.when, asked.moment
    file = asked.scheme_path
    resolved = resolve_scheme(asked.scheme, period, dict(asked.readings), dict(asked.supplied))
    assessed = assess_resolved(resolved, ledger, period, as_of, count=count, days=asked.days, duties=True)
    snapshot = snapshot or snapshot_of(ledger)
    ledger, calendar, result = assessed.ledger, assessed.calendar, assessed.result
    look = Look.at(result, asked.scheme, asked.readings, asked.supplied, snapshot, ledger, count, asked.days)
    _, previous = looked_at(look, period.previous())
    other, untried = _other_readings(asked, ledger, period, result, count, combined)
    question = Question(resolved.scheme, period, result.as_of, calendar, ledger.as_of, ledger=str(ledger.path))
    handling = handled(resolved, ledger, period, result.as_of, calendar)
    counted = {unit.unit: counted_rows(resolved, unit) for unit in result.units}
    rejected, concerning = set_aside(rejects_of(ledger), period, sum(ledger.rejected.values()))
    happened = {unit.unit: counted_rows(resolved, unit, "events") for unit in result.units}
    cases = _cases(question, ledger, counted, handling.late)
    return ScoredPeriod(
        asked, file.name, file_sha256(file), replace(resolved, file=None), period, result, previous,
        ledger.note.synthetic, snapshot, rejected, concerning, cases, periods_before(look, period), handling,
        other.effects if other else None, untried,
        other.ranks if other and combined else None, bool(other and other.together),
        {unit: len(received_in(rows, period, result.as_of)) for unit, rows in cases.items()},
        _events(ledger, happened), rest_of(period, calendar),
    )  # fmt: skip


def _other_readings(
    asked: Asked, ledger: Ledger, period: Period, result: Result, count: Count | None, combined: bool
) -> tuple[OtherReadings | None, str]:
    """What other readings would change, by unit; None with the reason where one of them cannot be scored."""
    try:
        file, supplied = scheme_at(asked.scheme, period), dict(asked.supplied)
        return other_readings(file, ledger, period, result, supplied, count, asked.days, combined=combined), ""
    except InputError as error:
        return None, error.problems[0].message


def _cases(
    question: Question, ledger: Ledger, counted: Mapping[str, Mapping[str, object]], late: frozenset[str]
) -> dict[str, tuple[CaseRow, ...]]:
    """By unit, the cases that a report shows: those received in the period, and those that cost points.

    What happened after the as-of time is not known; ``late`` are the cases over a time limit. Cases that are left out
    of the assessment and cases outside the validity of their unit are not its own.
    """
    if "cases" not in ledger.registers:
        return {}
    period, as_of = question.period, question.as_of
    frame = question.counter(ledger.registers).own_rows("cases")
    have = frame.collect_schema().names()
    named = ["case_id", "kind", "received_at", "closed_at", "due_at", "category"]
    wanted = [pl.col(name) if name in have else pl.lit(None).alias(name) for name in named]
    ids = [id for under in counted.values() for id in under]
    received = pl.col("received_at").is_between(pl.lit(period.start), pl.lit(period.end), closed="left")
    shown = frame.filter(received | pl.col("case_id").is_in(ids)) if "received_at" in have else frame.filter(False)
    rows = shown.select("unit", *wanted).sort("received_at", "case_id").collect()
    found: dict[str, list[CaseRow]] = {}
    for unit, id, kind, received_at, closed_at, due_at, category in rows.iter_rows():
        closed = closed_at if closed_at is not None and closed_at <= as_of else None
        found.setdefault(unit, []).append(CaseRow(id, kind, received_at, closed, id in late, due_at, category))
    return {unit: tuple(cases) for unit, cases in found.items()}


def _events(ledger: Ledger, counted: Mapping[str, Mapping[str, object]]) -> dict[str, tuple[EventRow, ...]]:
    """By unit, the events that cost it points."""
    ids = [id for under in counted.values() for id in under]
    if "events" not in ledger.registers or not ids:
        return {}
    shown = ledger.registers["events"].filter(pl.col("event_id").is_in(ids))
    rows = shown.select("unit", "event_id", "kind", "at").sort("at", "event_id").collect()
    found: dict[str, list[EventRow]] = {}
    for unit, *row in rows.iter_rows():
        found.setdefault(unit, []).append(EventRow(*row))
    return {unit: tuple(events) for unit, events in found.items()}


def rejects_of(ledger: Ledger) -> tuple[Reject, ...]:
    """The rejected rows of a ledger, a line a fault, each with its unit where that can be told."""
    said = ledger.expectations

    def seen(found: str, column: str) -> Sayable:  # what stands in a column are data, but for an empty cell
        return said.get(found, found) if not column or found == str(NOTHING) else found

    return tuple(
        Reject(register, file, row, column, seen(found, column), said.get(expected, expected), unit, at)
        for register, file, row, column, found, expected, unit, at in ledger.rejects.select(
            pl.col("register", "file").fill_null(""),
            "row",
            pl.col("column", "found", "expected").fill_null(""),
            "unit",
            "at",
        ).iter_rows()
    )


def warm_up(asked: Asked) -> None:
    """Read what the reports of a period share before they are forked; what cannot be read, each report tells.

    Polars is not to be asked for anything here: it would begin threads, and a fork of a process with threads may wait
    for ever for what one of them held.
    """
    with suppress(InputError, OSError, ValueError):
        kept_standing(asked)
