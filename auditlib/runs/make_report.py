"""One report: a notebook executed with its parameters, what varies taken out, its page rendered beside it."""

from __future__ import annotations

import faulthandler
import os
import re
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from auditlib.analysis.kept import vouching
from auditlib.analysis.scored_periods import warm_up
from auditlib.core.environment import environment
from auditlib.core.files import write_atomically
from auditlib.runs.engine.session import SAFE_PATH
from auditlib.runs.formats import ALL_ENDINGS
from auditlib.runs.pages_of_report import pages_of, places_of
from auditlib.runs.plan import PlannedReport
from auditlib.runs.runfile import Limits

__all__ = ["Failure", "get_ready", "make_report", "normalise"]

TOLD = 500
"""Characters of an error in the index and the manifest; its page has all."""
GRACE = 10.0
"""Seconds that a page may take at least, so that what was executed in time, or was ended for its time, is seen."""
ADDRESS = re.compile(r"(?<= at )0x[0-9a-f]{6,}|(?<= object at )[0-9a-f]{9,16}\b")
WIDGET = "application/vnd.jupyter.widget-view+json"
SVG_DATE = re.compile(r"<dc:date>[^<]*</dc:date>")
SVG_ID = re.compile(r'(?<=\bid=")[a-z][0-9a-f]{10}(?=")')
SVG_NAME = re.compile(r"\b[a-z][0-9a-f]{10}\b")
Kind = Literal["cell", "died", "timeout", "other"]

ENDS: dict[str, Kind] = {"DeadKernelError": "died", "CellTimeoutError": "timeout"}
CELL_FILE = re.compile(r"(?<![^\s\"'])[^\s\"']*/ipykernel_\d+/\d+\.py")
"""Begins where a word begins: a picture is one word of a million letters, to be tried once and not at every letter."""


@dataclass(frozen=True)
class Failure:
    """Why a report failed. A ``died`` process may do better when tried again; the others will not."""

    kind: Kind
    text: str
    cell: int | None = None

    def __str__(self) -> str:
        return self.text if self.cell is None else f"cell {self.cell}: {self.text}"


def get_ready(report: PlannedReport) -> None:
    """Let a warm process read and import what this report and those after it need."""
    with vouching(report.vouched):
        warm_up(report.asked)
    if report.unit is None:  # what chance does to ranks is said beside them, and takes a second to import
        import scipy.stats  # noqa: F401
    if ".pdf" in report.beside:
        from auditlib.report.pages import pdf

        pdf.ready()
    if ".docx" in report.beside:
        import auditlib.report.papers.paper  # noqa: F401


def make_report(report: PlannedReport, engine: str | None, limits: Limits) -> Failure | None:
    """Execute and render one report into its files. Returns what went wrong, if anything.

    ``engine`` is papermill's name of the engine, None for its own. A failed notebook is written too, up to
    the cell that failed, which is marked.
    """
    import nbformat
    import papermill
    from papermill.exceptions import PapermillExecutionError

    language = str(report.parameters.get("language", "zh"))
    ends = time.monotonic() + limits.seconds
    failure = None
    shipped = report.at is None  # runs where the user is, and that folder's modules are not its own
    own: dict[str, Any] = {"memory": limits.bytes, "modules_beside": not shipped}
    if engine != "auditlib":
        arguments = ["--IPKernelApp.log_level=40", f"--IPKernelApp.ignore_cwd={shipped}"]
        own = {"shutdown_kernel": "immediate", "extra_arguments": arguments}
    with tempfile.TemporaryDirectory(prefix="auditlib-") as folder:
        output = Path(folder) / "report.ipynb"
        try:
            with vouching(report.vouched), places_of(report), _modules_of_its_own(shipped):
                papermill.execute_notebook(
                    str(report.notebook),
                    str(output),
                    parameters=dict(report.parameters),
                    engine_name=_keeping(engine, limits.seconds),
                    kernel_name="python3",
                    progress_bar=False,
                    request_save_on_cell_execute=False,
                    timeout_func=lambda cell: max(ends - time.monotonic(), 0.001),
                    language="python",
                    said_in=language,
                    cwd=report.at,
                    record_timing=False,
                    **own,
                )
        except PapermillExecutionError as error:
            failure = Failure(
                ENDS.get(error.ename, "cell"),
                _steady(f"{error.ename}: {error.evalue}", report.at)[:TOLD],
                error.cell_index,
            )
        except Exception as error:  # no kernel, say
            failure = Failure("other", f"{type(error).__name__}: {error}".splitlines()[0])
        if not output.exists():
            for ending in report.endings:  # of an earlier run
                report.file(ending).unlink(missing_ok=True)
            return failure or Failure("other", "papermill wrote no notebook")
        try:
            notebook = nbformat.read(output, as_version=4)  # type: ignore[no-untyped-call]
        except ValueError:
            return Failure("other", "its notebook could not be written whole; is there room for temporary files?")
    normalise(notebook, report)
    text: str = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    try:
        with _at_most(max(ends - time.monotonic(), GRACE)):
            pages = pages_of(report, notebook, language)
    except TimeoutError:
        pages = {}
        failure = failure or Failure("timeout", f"TimeoutError: its page was {_too_long(limits.seconds)}")
    for ending in ALL_ENDINGS:
        if ending == ".ipynb":
            continue
        if ending in pages:
            write_atomically(report.file(ending), pages[ending])
        else:
            report.file(ending).unlink(missing_ok=True)  # of an earlier run
    write_atomically(report.file(".ipynb"), f"{text}\n".encode())
    return failure


def _too_long(seconds: int) -> str:
    return f"not finished {seconds} seconds after its report was begun; the run file may allow more: limits, seconds"


@contextmanager
def _modules_of_its_own(shipped: bool) -> Iterator[None]:
    """Let a kernel of a process of its own start without a look for modules where the user is, or with it."""
    with environment({SAFE_PATH: "1" if shipped else None}):
        yield


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Raise :class:`TimeoutError` where the block takes longer; end the process where it does not even hear that."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        faulthandler.dump_traceback_later(seconds + GRACE, exit=True, file=nowhere)
        hears = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
        before = signal.signal(signal.SIGALRM, _late) if hears else None
        try:
            if hears:
                signal.setitimer(signal.ITIMER_REAL, seconds)
            yield
        finally:
            if hears:
                signal.setitimer(signal.ITIMER_REAL, 0)
                signal.signal(signal.SIGALRM, before)
            faulthandler.cancel_dump_traceback_later()


def _late(number: int, frame: object) -> None:
    raise TimeoutError


@cache
def _keeping(engine: str | None, seconds: int) -> str:
    """The name of an engine that keeps a notebook whose process ended or took too long, as papermill keeps others.

    The end is written into its cell as an exception is; papermill itself would write no notebook at all.
    """
    import nbformat
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.engines import papermill_engines

    from auditlib.runs.engine.engine import StockEngine

    class Keeping(papermill_engines.get_engine(engine) if engine else StockEngine):  # type: ignore[misc]
        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> None:
            try:
                super().execute_managed_notebook(nb_man, kernel_name, **options)
            except (DeadKernelError, CellTimeoutError) as error:
                begun = [cell for cell in nb_man.nb.cells if cell.metadata.papermill["status"] != nb_man.PENDING]
                name, text = type(error).__name__, str(error)
                if isinstance(error, CellTimeoutError):
                    text = f"this cell was {_too_long(seconds)}"
                output = nbformat.v4.new_output(  # type: ignore[no-untyped-call]
                    "error", ename=name, evalue=text.splitlines()[0], traceback=[f"{name}: {text}"]
                )
                begun[-1].outputs.append(output)
                nb_man.cell_exception(begun[-1])

    name = f"auditlib: {engine or 'stock'}, {seconds} seconds"
    papermill_engines.register(name, Keeping)
    return name


def normalise(notebook: Any, report: PlannedReport) -> None:
    """Take out what varies from one execution to the next: times, paths, ids, addresses, the Python in use."""
    notes = notebook.metadata.get("papermill", {})
    notebook.metadata["papermill"] = {
        "parameters": dict(report.parameters),
        **({"exception": True} if notes.get("exception") else {}),
    }
    notebook.metadata["title"] = report.title
    notebook.metadata.pop("widgets", None)
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
                holder[key] = _steady(holder[key], report.at)
            if len(output.get("data", ())) > 1:
                output.data.pop(WIDGET, None)  # a number by chance, of a state that nothing keeps
            if drawn := output.get("data", {}).get("image/svg+xml"):
                output.data["image/svg+xml"] = _steady_drawing(drawn)


def _steady(text: str, at: Path | None = None) -> str:
    """A text without addresses, and without the folder ``at`` which the notebook was executed, as IPython writes it."""
    for told in _written(at) if at else ():
        text = text.replace(told, "")
    if " at " in text:  # a picture is a million letters in which patterns would begin at each
        text = ADDRESS.sub("0x0", text) if " at 0x" in text or " object at " in text else text
    return CELL_FILE.sub("<cell>", text) if "/ipykernel_" in text else text


def _steady_drawing(svg: str) -> str:
    """A figure of matplotlib's without its date, and with ids that tell nothing but their order."""
    numbers: dict[str, str] = {}
    ids = set(SVG_ID.findall(svg))
    dated = SVG_DATE.sub("", svg)
    return SVG_NAME.sub(lambda m: numbers.setdefault(m[0], f"{m[0][0]}{len(numbers)}") if m[0] in ids else m[0], dated)


@cache
def _written(folder: Path) -> tuple[str, ...]:
    """How messages write a folder before the name of a file in it."""
    whole, user = str(folder.resolve()), str(Path.home())
    short = f"~{whole.removeprefix(user)}" if whole.startswith(f"{user}{os.sep}") else whole
    return tuple(f"{text}{os.sep}" for text in dict.fromkeys((whole, str(folder), short)))


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
