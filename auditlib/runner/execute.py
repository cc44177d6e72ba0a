"""Executing a plan: papermill in a few worker processes, each notebook rendered where it ran.

Every report stands by itself: a failed one is kept, marked and named, and the others are finished.
"""

from __future__ import annotations

import logging
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import nbformat

from auditlib.files import write_atomically
from auditlib.runner.plan import Plan, Report

__all__ = ["Outcome", "execute"]

CELL_TIMEOUT = 600
ADDRESS = re.compile(r"(?<= at )0x[0-9a-f]{6,}")


@dataclass(frozen=True)
class Outcome:
    """What became of a report: ``error`` names the cell and the exception where it failed."""

    report: Report
    error: str | None = None


def execute(plan: Plan, jobs: int, done: Callable[[Outcome], None] = lambda outcome: None) -> list[Outcome]:
    """Make every report of ``plan`` with ``jobs`` processes; ``done`` is told of each as it finishes.

    Returns the outcomes in the order of the plan. Nothing is raised for a notebook that fails.
    """
    environment = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1", "MPLBACKEND": "agg"}
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)  # kernels inherit it: as many processes as cores, one thread each
    try:
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_quiet) as pool:
            futures: dict[Future[str | None], Report] = {pool.submit(_make, report): report for report in plan.reports}
            outcomes = {}
            for future in as_completed(futures):
                report = futures[future]
                failure = future.exception()
                outcome = Outcome(report, f"{type(failure).__name__}: {failure}" if failure else future.result())
                outcomes[report.target] = outcome
                done(outcome)
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})
    return [outcomes[report.target] for report in plan.reports]


def _quiet() -> None:
    logging.getLogger("papermill").setLevel(logging.ERROR)


def _make(report: Report) -> str | None:
    """Execute and render one report. Returns what went wrong, if anything."""
    import papermill
    from papermill.exceptions import PapermillExecutionError

    from auditlib.report.render import render_html

    error = None
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "report.ipynb"
        try:
            papermill.execute_notebook(
                str(report.notebook),
                str(output),
                parameters=dict(report.parameters),
                kernel_name="python3",
                progress_bar=False,
                request_save_on_cell_execute=False,
                execution_timeout=CELL_TIMEOUT,
                shutdown_kernel="immediate",  # nothing is left to be saved; a graceful end only costs time
                extra_arguments=["--IPKernelApp.log_level=40"],  # errors only: the terminal belongs to the progress
            )
        except PapermillExecutionError as failure:
            error = f"cell {failure.cell_index}: {failure.ename}: {failure.evalue}"
        except Exception as failure:  # a dead kernel or a time-out: papermill has saved what there was
            error = f"{type(failure).__name__}: {failure}"
        if not output.exists():
            return error or "papermill wrote no notebook"
        notebook = nbformat.read(output, as_version=4)  # type: ignore[no-untyped-call]
    _normalise(notebook, report)
    page = render_html(notebook, title=report.title, language=str(report.parameters.get("language", "zh")))
    write_atomically(report.target.with_name(report.target.name + ".html"), page.encode("utf-8"))
    text: str = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    write_atomically(report.target.with_name(report.target.name + ".ipynb"), f"{text}\n".encode())
    return error


def _normalise(notebook: Any, report: Report) -> None:
    """Take out what varies from one execution to the next: times, paths, ids, addresses."""
    papermill_notes = notebook.metadata.get("papermill", {})
    notebook.metadata["papermill"] = {
        "parameters": dict(report.parameters),
        **({"exception": True} if papermill_notes.get("exception") else {}),
    }
    notebook.metadata["title"] = report.title
    for index, cell in enumerate(notebook.cells):
        cell.metadata.pop("execution", None)
        notes = cell.metadata.pop("papermill", {})
        if notes.get("exception"):
            cell.metadata["papermill"] = {"exception": True}
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = "injected-parameters"
        elif "papermill-error-cell-tag" in cell.metadata.get("tags", []):
            cell["id"] = f"papermill-error-{index}"
        for output in cell.get("outputs", []):
            for holder in _texts(output):
                holder["text/plain"] = ADDRESS.sub("0x0", holder["text/plain"])


def _texts(output: Any) -> Iterator[Any]:
    data = output.get("data", {})
    if isinstance(data.get("text/plain"), str):
        yield data
