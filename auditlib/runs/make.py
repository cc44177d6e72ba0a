"""A run from its file to its manifest: planned, made where it is not finished, recorded, with progress."""

from __future__ import annotations

import os
import platform
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from auditlib.core.errors import InputError
from auditlib.core.files import on_disk, write_atomically
from auditlib.core.hashes import digest, file_sha256, software
from auditlib.core.home import home
from auditlib.core.yaml_file import read_yaml
from auditlib.ledger.intake.mapping import Mapping as MappingFile
from auditlib.ledger.intake.take_in import take_in
from auditlib.ledger.intake.write import write_ledger
from auditlib.ledger.read import Ledger
from auditlib.runs.cluster.cluster import Cluster
from auditlib.runs.cluster.recheck import FalseAnswer
from auditlib.runs.engine.session import AVAILABLE
from auditlib.runs.evidence import chain
from auditlib.runs.evidence.manifest import LOG, MANIFEST, Manifest, ReportRecord, manifest_text
from auditlib.runs.evidence.ro_crate import ATTESTATION, CRATE, altered_statements, attestation, crate
from auditlib.runs.execute import execute
from auditlib.runs.index_page import Entry as IndexEntry
from auditlib.runs.index_page import write_index
from auditlib.runs.period_cache import KeptPeriods
from auditlib.runs.plan import Plan, PlannedReport, plan_run
from auditlib.runs.results import write_record
from auditlib.runs.run_folder import Store
from auditlib.runs.runfile import RunFile
from auditlib.runs.up_to_date import run_key, settle
from auditlib.scoring.counts import Count

__all__ = ["Summary", "make_demonstration", "make_run"]


@dataclass(frozen=True)
class Summary:
    """What a run did: how many reports were made, and why; which failed; how many were finished before."""

    plan: Plan
    why: Mapping[str, int]
    failed: Mapping[str, str]
    current: int
    seconds: float
    stages: Mapping[str, float]
    """The seconds of each stage, in their order."""

    @property
    def made(self) -> int:
        return len(self.plan.reports) - self.current - len(self.failed)


def make_demonstration(run: RunFile) -> None:
    """Write the synthetic export that a run demonstrates with, and take it in as the run's ledger."""
    from auditlib.ledger.demonstration.export import write_heating_winter

    ledger = Path(run.ledger)
    export = ledger.with_name(f"{ledger.name}-export")
    write_heating_winter(export)
    mapping = read_yaml(MappingFile, home() / "params" / "mappings" / f"{run.demonstration}.yaml")
    write_ledger(take_in([export], mapping), ledger, replace=True)


def make_run(
    run: RunFile, out: Path, jobs: int | None, say: Callable[[str], object], *, stock: bool = not AVAILABLE,
    cluster: Cluster | None = None,
) -> Summary:  # fmt: skip
    """Make what is not finished of a run in the folder ``out``, and record it all in its manifest.

    ``jobs`` reports at a time, or as many as there are cores: of this machine, or of a ``cluster``, which then also
    counts the ledger. ``say`` is told, in a line each, what is going on. Raises :class:`InputError` before anything
    is made.
    """
    started, stages = datetime.now(UTC), _Stages()
    key = run_key(run)  # of the inputs before they are read: a change in the meantime is seen next time
    fresh, store = not out.exists(), Store(out)
    kept = KeptPeriods(store.own / "scored")
    waiting = f"another runner is at work in {out}; waiting for it to end"
    with store.locked(lambda: say(waiting)), _nothing_of_false_workers(store, kept):
        try:
            with _progress("scoring", len(run.periods)) as advance:

                def counting(ledger: Ledger) -> Count | None:
                    stages.end("reading the ledger")
                    return cluster.counting(ledger) if cluster else None

                def scored(period: str) -> None:
                    stages.end(f"scoring {period}")
                    advance()

                plan = plan_run(run, out, kept, scored, counting)
        except InputError:
            if fresh:  # nothing is left of a run that did not begin
                shutil.rmtree(out)
            raise
        if cluster and (ones := [report for report in plan.reports if report.at]):
            told = f"found {ones[0].notebook.name} in it, expected none with --cluster: the workers have no such folder"
            raise InputError(run.problem(("own_notebooks",), told))
        kept.forget(but=[period.asked for period in plan.periods.values()])
        reasons = {report.id: store.pending(report.id, report.inputs) for report in plan.reports}
        pending = {id: ", ".join(found) for id, found in reasons.items() if found}
        store.forget(frozenset(report.id for report in plan.reports))
        why = Counter(pending.values())
        current = len(plan.reports) - len(pending)
        stages.end("planning")
        say(_to_do(why, len(pending), current))
        failed: dict[str, str] = {}
        wanted = [report for report in plan.reports if report.id in pending]
        with _progress("reports", len(wanted)) as advance:
            for outcome in (
                cluster.execute(wanted, jobs, run.limits, kept.folder)
                if cluster
                else execute(wanted, jobs or os.cpu_count() or 1, run.limits, kept.folder, stock=stock)
            ):
                report = outcome.report
                try:
                    store.finish(report.id, report.inputs, _files(report), outcome.error, outcome.seconds)
                except OSError as error:  # the disk is full, or the file went: it will be made again
                    failed[report.id] = f"{error.filename}: {error.strerror}"
                if outcome.error:
                    failed[report.id] = outcome.error
                advance()
        for report in plan.reports:
            if report.id not in failed and (lost := store.pending(report.id, report.inputs)):
                failed[report.id] = f"not finished: {', '.join(lost)}"  # changed by others while the run worked
        stages.end("reports")
        again = None if cluster is None else cluster.recheck.told()
        if again:
            say(
                f"{again['made_again']} of {again['answers']} answers of workers were made again here, and are the same"
            )
        manifest = _record(store, plan, started, failed, stages.seconds, again)
        if not failed:
            kept.forget()
            settle(out, key, [*manifest.files, MANIFEST, CRATE, ATTESTATION])
        stages.end("recording")
    return Summary(plan, why, failed, current, sum(stages.seconds.values()), stages.seconds)


@contextmanager
def _nothing_of_false_workers(store: Store, kept: KeptPeriods) -> Iterator[None]:
    """Takes nothing that is there as finished where a worker was found to give false answers."""
    try:
        yield
    except FalseAnswer:
        kept.forget()
        store.forget(frozenset())
        raise


class _Stages:
    """A clock of what comes after another: each stage lasts from the end of the one before it."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._since = time.monotonic()

    def end(self, name: str) -> None:
        now = time.monotonic()
        self.seconds[name] = self.seconds.get(name, 0.0) + now - self._since
        self._since = now


def _to_do(why: Mapping[str, int], pending: int, current: int) -> str:
    reasons = "; ".join(f"{count} × {reason}" for reason, count in sorted(why.items()))
    return f"{pending} to make{f' ({reasons})' if reasons else ''}, {current} finished before"


@contextmanager
def _progress(what: str, total: int) -> Iterator[Callable[[], object]]:
    """A bar with the time left, for a person at a terminal."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn()
    )  # fmt: skip
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)


def _files(report: PlannedReport) -> dict[str, Path]:
    return {report.name(ending): report.file(ending) for ending in report.endings if report.file(ending).exists()}


# --- what a run leaves beside its reports ----------------------------------------------------------


def _record(
    store: Store, plan: Plan, started: datetime, failed: Mapping[str, str], stages: Mapping[str, float],
    workers: Mapping[str, object] | None,
) -> Manifest:  # fmt: skip
    """Write results, rows, index, manifest, and what others read of it; then the link of the chain."""
    out, run = plan.out, plan.run
    recorded = write_record(plan)
    write_index(
        out,
        [_line(plan, report, failed.get(report.id)) for report in plan.reports],
        run.language,
        run.title(run.language),
    )
    entries = {report.id: store.entry(report.id) for report in plan.reports}
    records = [
        ReportRecord(
            id=report.id, notebook=report.notebook.stem, period=report.period, unit=report.unit,
            inputs=dict(report.inputs), products=dict(entry.files) if entry else {}, failure=failed.get(report.id),
        )
        for report in plan.reports
        for entry in [entries[report.id]]
    ]  # fmt: skip
    products = [*recorded, "index.html"]
    text = manifest_text(run, plan.materials, software(), records, {name: file_sha256(out / name) for name in products})
    manifest = Manifest.model_validate_json(text)
    if not _recorded(out, text, manifest):
        ended = datetime.now(UTC)
        write_atomically(store.own / "history" / f"{digest(text)}.json", text.encode())
        write_atomically(out / CRATE, crate(manifest, started, ended).encode())
        write_atomically(out / ATTESTATION, attestation(manifest).encode())
        seconds = {id: entry.seconds for id, entry in entries.items() if entry}
        store.write(out / LOG, _log(started, ended, seconds, stages, workers))
        on_disk(*sorted({(out / name).parent for name in manifest.files}), out)  # every file has its name by now
        write_atomically(out / MANIFEST, text.encode())  # the last one: with it, the others are there
    chain.append(out)
    return manifest


def _recorded(out: Path, text: str, manifest: Manifest) -> bool:
    """Whether the manifest, and what says the same in other words, is there as it would be written."""
    return (
        (out / LOG).is_file()
        and (out / MANIFEST).is_file()
        and (out / MANIFEST).read_bytes() == text.encode()
        and not altered_statements(out, manifest)
    )


def _log(
    started: datetime, ended: datetime, seconds: Mapping[str, float], stages: Mapping[str, float],
    workers: Mapping[str, object] | None,
) -> dict[str, object]:  # fmt: skip
    """What varied: when, where, how long. Nothing of it is hashed."""
    return {
        "started": started.isoformat(timespec="seconds"),
        "ended": ended.isoformat(timespec="seconds"),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "seconds": {id: round(spent, 3) for id, spent in sorted(seconds.items())},
        "stages": [{"stage": name, "seconds": round(spent, 3)} for name, spent in stages.items()],
        **({"workers": dict(workers)} if workers else {}),
    }


def _line(plan: Plan, report: PlannedReport, error: str | None) -> IndexEntry:
    """The line of a report in the index, with the figures of the plan's own results."""
    result = plan.results[report.period]
    href, state, language = report.name(".html"), _state(error), str(report.parameters.get("language", ""))
    if report.unit is None:
        days = result.provisional_after is not None
        return IndexEntry(
            report.title, href, report.period, "ranking", status=state, error=error, provisional=days, language=language
        )  # fmt: skip
    unit = result.unit(report.unit)
    return IndexEntry(
        report.title, href, report.period, "unit", unit.unit, unit.name,
        f"{unit.group or ''} → {unit.ranked_in}" if unit.moved else unit.group, unit.rank,
        result.total(unit), result.text(unit.total_of), None if unit.total is None else unit.complete,
        state, error, language, bool(unit.provisional),
    )  # fmt: skip


def _state(error: str | None) -> Literal["done", "failed"]:
    return "failed" if error else "done"
