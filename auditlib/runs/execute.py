"""Executing a plan: as many reports at a time as there are cores, each in a process of its own.

Every report stands by itself: a failed one is kept, marked and named, and the others are finished.
"""

from __future__ import annotations

import logging
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from multiprocessing import get_context
from pathlib import Path

from auditlib.analysis.kept import SHARED
from auditlib.analysis.request import Asked
from auditlib.core.environment import environment
from auditlib.runs.cluster.worker import TRIES
from auditlib.runs.engine.imports import skip_unused_imports
from auditlib.runs.engine.session import AVAILABLE, ENVIRONMENT, SAFE_PATH
from auditlib.runs.engine.warm import limit_memory
from auditlib.runs.engine.warm_process import NotStarted, WarmProcess
from auditlib.runs.make_report import Failure, get_ready, make_report
from auditlib.runs.plan import PlannedReport
from auditlib.runs.runfile import Limits

__all__ = ["Outcome", "execute"]

STARTS = 3
"""How often in a row a warm process is started that ends before it is ready."""


@dataclass(frozen=True)
class Outcome:
    """What became of a report, and in how many seconds: ``failure`` says why and where it failed."""

    report: PlannedReport
    failure: Failure | None
    seconds: float
    broken: bool = False
    """Whether its process ended with others of a pool: nobody knows which of them brought it about."""

    @property
    def error(self) -> str | None:
        if self.failure is None:
            return None
        from auditlib.ledger.privacy.find import mask_personal  # what failed may repeat the value that it failed on

        return mask_personal(str(self.failure))


def execute(
    reports: Sequence[PlannedReport], jobs: int, limits: Limits, kept: Path, *, stock: bool = not AVAILABLE
) -> Iterator[Outcome]:
    """Make every report, ``jobs`` at a time, and say of each as it is finished what became of it.

    In forks of a warm process, or, where ``stock``, with papermill's own engine in a pool of processes; the
    bytes are the same. ``kept`` is the folder of the scored periods, from which the notebooks take theirs.
    Nothing is raised for a notebook that fails. A report whose process was killed is tried once more: what
    ended it may have been the machine.
    """
    if reports:
        variables = {**ENVIRONMENT, SAFE_PATH: "1", SHARED: str(kept.resolve())}
        yield from (_in_a_pool if stock else _in_forks)(reports, jobs, limits, variables)


def _in_forks(
    reports: Sequence[PlannedReport], jobs: int, limits: Limits, variables: Mapping[str, str]
) -> Iterator[Outcome]:
    waiting = deque((report, TRIES) for report in reports)
    starts = STARTS
    while waiting:
        running: dict[int, tuple[PlannedReport, int, float]] = {}
        try:
            warm = WarmProcess(variables)
        except NotStarted as death:
            starts -= 1
            if not starts:
                for report, _ in waiting:
                    yield _lost(report, f"the warm process did not start: {death}", 0.0)
                return
            continue
        starts = STARTS
        with warm:
            try:
                yield from _with(warm, waiting, running, jobs, limits)
            except (EOFError, OSError):
                for report, tries, started in running.values():
                    if tries:
                        waiting.append((report, tries))
                    else:
                        yield _lost(report, "the warm process was killed", time.monotonic() - started)


def _with(
    warm: WarmProcess,
    waiting: deque[tuple[PlannedReport, int]],
    running: dict[int, tuple[PlannedReport, int, float]],
    jobs: int,
    limits: Limits,
) -> Iterator[Outcome]:
    ready: Asked | None = None
    numbers = count()
    while waiting or running:
        while waiting and len(running) < jobs:
            report, tries = waiting.popleft()
            number = next(numbers)
            running[number] = report, tries - 1, time.monotonic()
            if report.asked != ready:
                warm.prepare(get_ready, report)
                ready = report.asked
            warm.submit(number, make_report, report, "auditlib", limits)
        number, failure, death = warm.answer()
        report, tries, started = running.pop(number)
        died = death is not None or (failure is not None and failure.kind == "died")
        if died and tries and time.monotonic() - started < limits.seconds:  # what took so long would do so again
            waiting.append((report, tries))
        elif death is not None:
            yield _lost(report, death, time.monotonic() - started)
        else:
            yield Outcome(report, failure, time.monotonic() - started)


def _lost(report: PlannedReport, text: str, seconds: float) -> Outcome:
    """A report whose own process died: what lies in its place is of an earlier run, or half of this one."""
    for ending in report.endings:
        with suppress(OSError):  # it can no more be removed than it could be written: the report has failed anyway
            report.file(ending).unlink()
    return Outcome(report, Failure("died", text), seconds)


def _in_a_pool(
    reports: Sequence[PlannedReport], jobs: int, limits: Limits, variables: Mapping[str, str]
) -> Iterator[Outcome]:
    with environment(variables):  # kernels inherit it
        waiting: Sequence[PlannedReport] = reports
        own: Counter[str] = Counter()
        for _ in range(TRIES):  # one that breaks the pool takes the others along: they are tried again
            again = []
            for outcome in _pooled(waiting, jobs, limits):
                if _died(outcome):
                    again.append(outcome)
                    own[outcome.report.id] += not outcome.broken
                else:
                    yield outcome
            waiting = [outcome.report for outcome in again]
        for outcome in again:  # by itself, with a pool of its own, where another may have broken the pool
            for _ in range(TRIES - own[outcome.report.id]):
                outcome = next(_pooled([outcome.report], 1, limits))
                if not _died(outcome):
                    break
            yield outcome


def _died(outcome: Outcome) -> bool:
    return outcome.failure is not None and outcome.failure.kind == "died"


def _pooled(reports: Sequence[PlannedReport], jobs: int, limits: Limits) -> Iterator[Outcome]:
    if not reports:
        return
    with ProcessPoolExecutor(
        jobs, mp_context=get_context("spawn"), initializer=_quiet, initargs=(limits.bytes,)
    ) as pool:
        futures = {pool.submit(_timed, report, limits): report for report in reports}
        for future in as_completed(futures):
            if error := future.exception():
                yield replace(_lost(futures[future], f"{type(error).__name__}: {error}", 0.0), broken=True)
            else:
                yield Outcome(futures[future], *future.result())


def _timed(report: PlannedReport, limits: Limits) -> tuple[Failure | None, float]:
    started = time.monotonic()
    return make_report(report, None, limits), time.monotonic() - started


def _quiet(memory: int | None) -> None:
    """What each process of a pool begins with; its kernels inherit the limit."""
    if AVAILABLE:  # elsewhere the system knows no such limit
        limit_memory(memory)
    skip_unused_imports()
    logging.getLogger("papermill").setLevel(logging.ERROR)
