"""One report: a notebook executed with its parameters, what varies taken out, its page rendered beside it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import nbformat

from auditlib.files import write_atomically
from auditlib.runner.plan import Report
from auditlib.runner.runfile import Limits

__all__ = ["Failure", "make_report", "normalise"]

ADDRESS = re.compile(r"(?<= at )0x[0-9a-f]{6,}")
CELL_FILE = re.compile(r"[^\s\"']*/ipykernel_\d+/\d+\.py")


@dataclass(frozen=True)
class Failure:
    """Why a report failed. A ``died`` process may do better when tried again; the others will not."""

    kind: Literal["cell", "died", "timeout", "other"]
    text: str
    cell: int | None = None

    def __str__(self) -> str:
        return self.text if self.cell is None else f"cell {self.cell}: {self.text}"


def make_report(report: Report, engine: str | None, limits: Limits) -> Failure | None:
    """Execute and render one report into its two files. Returns what went wrong, if anything.

    ``engine`` is papermill's name of the engine, None for its own. A failed notebook is written too, up to
    the cell that failed, which is marked.
    """
    import papermill
    from papermill.exceptions import PapermillExecutionError

    from auditlib.report.render import render_html

    failure = None
    own: dict[str, Any] = (
        {"memory": limits.bytes}
        if engine == "auditlib"
        else {"shutdown_kernel": "immediate", "extra_arguments": ["--IPKernelApp.log_level=40"]}
    )
    with tempfile.TemporaryDirectory(prefix="auditlib-") as folder:
        output = Path(folder) / "report.ipynb"
        try:
            papermill.execute_notebook(
                str(report.notebook),
                str(output),
                parameters=dict(report.parameters),
                engine_name=engine,
                kernel_name="python3",
                progress_bar=False,
                request_save_on_cell_execute=False,
                execution_timeout=limits.seconds,
                coalesce_streams=True,
                record_timing=False,
                **own,
            )
        except PapermillExecutionError as error:
            failure = Failure("cell", _steady(f"{error.ename}: {error.evalue}"), error.cell_index)
        except Exception as error:  # a dead kernel or a time-out: papermill has saved what there was
            failure = _ended(error)
        if not output.exists():
            return failure or Failure("other", "papermill wrote no notebook")
        notebook = nbformat.read(output, as_version=4)  # type: ignore[no-untyped-call]
    if failure is not None and failure.cell is None:
        failure = _mark(notebook, failure)
    normalise(notebook, report)
    page = render_html(notebook, title=report.title, language=str(report.parameters.get("language", "zh")))
    text: str = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    write_atomically(report.file(".html"), page.encode("utf-8"))
    write_atomically(report.file(".ipynb"), f"{text}\n".encode())
    return failure


def _ended(error: Exception) -> Failure:
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    kind: Literal["died", "timeout", "other"] = "other"
    if isinstance(error, CellTimeoutError):
        kind = "timeout"
    elif isinstance(error, DeadKernelError):
        kind = "died"
    return Failure(kind, f"{type(error).__name__}: {error}".splitlines()[0])


def _mark(notebook: Any, failure: Failure) -> Failure:
    """Write the end of a process into the cell in which it ended, as an exception is written."""
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and cell.metadata.get("papermill", {}).get("status") in ("running", "failed"):
            name, _, words = failure.text.partition(": ")
            cell.outputs.append(
                nbformat.v4.new_output("error", ename=name, evalue=words, traceback=[failure.text])  # type: ignore[no-untyped-call]
            )
            cell.metadata["papermill"]["exception"] = True
            notebook.metadata.setdefault("papermill", {})["exception"] = True
            return Failure(failure.kind, failure.text, index)
    return failure


def normalise(notebook: Any, report: Report) -> None:
    """Take out what varies from one execution to the next: times, paths, ids, addresses, the Python in use."""
    notes = notebook.metadata.get("papermill", {})
    notebook.metadata["papermill"] = {
        "parameters": dict(report.parameters),
        **({"exception": True} if notes.get("exception") else {}),
    }
    notebook.metadata["title"] = report.title
    notebook.metadata.get("language_info", {}).pop("version", None)
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
            for holder, key in _texts(output):
                holder[key] = _steady(holder[key])


def _steady(text: str) -> str:
    return CELL_FILE.sub("<cell>", ADDRESS.sub("0x0", text))


def _texts(output: Any) -> Iterator[tuple[Any, Any]]:
    """The texts of an output, each as what holds it and its key there."""
    if output.output_type == "stream":
        yield output, "text"
    elif output.output_type == "error":
        yield output, "evalue"
        yield from ((output.traceback, index) for index in range(len(output.traceback)))
    else:
        yield from (
            (output.data, kind)
            for kind, text in output.data.items()
            if kind.startswith("text/") and isinstance(text, str)
        )
