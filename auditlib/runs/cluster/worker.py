"""A report made on a machine of a cluster: in a fork of the worker's own warm process, from what it was sent.

A worker needs no shared folder: the notebook and what was scored come with the order, and the files of the report
go back with the answer. Each thread of a worker has a workshop of its own, for the time of one run.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from auditlib.analysis.kept import SHARED
from auditlib.analysis.request import Asked
from auditlib.core.errors import InputError
from auditlib.core.files import write_atomically
from auditlib.core.hashes import digest, software
from auditlib.runs.engine.session import ENVIRONMENT
from auditlib.runs.engine.warm_process import WarmProcess
from auditlib.runs.make_report import Failure, get_ready, make_report
from auditlib.runs.plan import PlannedReport
from auditlib.runs.runfile import Limits

__all__ = ["TRIES", "Made", "Order", "make_here", "same_software", "tidy_up"]

TRIES = 2
"""How often a report is begun whose process was killed: what ended it may have been the machine."""


@dataclass(frozen=True)
class Order:
    """A report to be made for the run ``run``, with the content of its notebook, and of the scored unit it shows.

    ``own`` maps names in the folder of scored periods to contents.
    """

    run: str
    report: PlannedReport
    notebook: bytes = field(repr=False)
    own: Mapping[str, bytes] = field(repr=False)
    limits: Limits


@dataclass(frozen=True)
class Made:
    """What became of an order: its files by ending, what went wrong, and the seconds that it took."""

    files: Mapping[str, bytes] = field(repr=False)
    failure: Failure | None
    seconds: float


def same_software(expected: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """``function(*arguments)``, if the software here has this digest.

    Raises :class:`InputError` otherwise: a worker that joins a run in its midst may be another one.
    """
    found = digest(software())
    if found != expected:
        from distributed import get_worker

        text = f"found software {found[:12]}, expected {expected[:12]} as the runner has; install the same auditlib"
        raise InputError.at(get_worker().address, "", text)
    return function(*arguments)


def make_here(order: Order, shared: Mapping[str, bytes]) -> Made:
    """Make a report. ``shared`` is what it is made from beside its own: the same for all reports of a period.

    Raises :class:`InputError` where a PDF is asked for and would be laid out by another program than the runner's.
    """
    if ".pdf" in order.report.beside:
        _same_layout(order.report)
    return _workshop(order.run).make(order, shared)


def _same_layout(report: PlannedReport) -> None:
    from auditlib.report.pages.pdf import layout_versions

    found = layout_versions()
    if digest(found) != report.inputs["pdf"]:
        from distributed import get_worker

        text = f"found {found}, expected the versions that the runner lays out PDF with"
        raise InputError.at(get_worker().address, "pdf", text)


def tidy_up() -> None:
    """End the warm processes of this worker."""
    with _opening:
        while _workshops:
            _workshops.popitem()[1].close()


class _Workshop:
    """A warm process and the folder that it reads from."""

    def __init__(self) -> None:
        from distributed import get_worker

        self._folder = tempfile.TemporaryDirectory(prefix="auditlib-", dir=get_worker().local_directory)
        self._place = Path(self._folder.name)
        self._warm: WarmProcess | None = None
        self._ready: tuple[Asked, tuple[str, ...]] | None = None

    def make(self, order: Order, shared: Mapping[str, bytes]) -> Made:
        started = time.monotonic()
        notebook = self._place / "notebooks" / order.report.notebook.name
        report = replace(order.report, notebook=notebook, folder=self._place / "out")
        self._put({notebook: order.notebook} | {self._scored / name: content for name, content in shared.items()})
        own = {self._scored / name: content for name, content in order.own.items()}
        self._put(own)
        try:
            failure = self._tried(report, order.limits, (report.asked, tuple(shared)))
            files = {ending: report.file(ending) for ending in report.endings}
            made = {ending: file.read_bytes() for ending, file in files.items() if file.exists()}
        finally:
            for file in (*own, *(report.file(ending) for ending in report.endings)):
                file.unlink(missing_ok=True)
        return Made(made, failure, time.monotonic() - started)

    def close(self) -> None:
        if self._warm is not None:
            self._warm.close()
        self._folder.cleanup()

    @property
    def _scored(self) -> Path:
        return self._place / "scored"

    def _put(self, files: Mapping[Path, bytes]) -> None:
        for file, content in files.items():
            if not file.exists():
                write_atomically(file, content)

    def _tried(self, report: PlannedReport, limits: Limits, needs: tuple[Asked, tuple[str, ...]]) -> Failure | None:
        for _ in range(TRIES):
            failure = self._begun(report, limits, needs)
            if failure is None or failure.kind != "died":
                return failure
        return failure

    def _begun(self, report: PlannedReport, limits: Limits, needs: tuple[Asked, tuple[str, ...]]) -> Failure | None:
        try:
            if self._warm is None:
                self._warm = WarmProcess({**ENVIRONMENT, SHARED: str(self._scored)})
            if needs != self._ready:
                self._warm.prepare(get_ready, report)
                self._ready = needs
            self._warm.submit(0, make_report, report, "auditlib", limits)
            _, failure, death = self._warm.answer()
        except (EOFError, OSError):
            self._warm, self._ready, failure, death = None, None, None, "the warm process was killed"
        if death is None:
            return failure
        for ending in report.endings:
            report.file(ending).unlink(missing_ok=True)
        return Failure("died", death)


_workshops: dict[tuple[int, str], _Workshop] = {}
_opening = threading.Lock()


def _workshop(run: str) -> _Workshop:
    """The workshop of this thread for a run; one of an earlier run is closed."""
    here = threading.get_ident()
    with _opening:
        for place in [place for place in _workshops if place[0] == here and place[1] != run]:
            _workshops.pop(place).close()
        if (here, run) not in _workshops:
            _workshops[here, run] = _Workshop()
        return _workshops[here, run]
