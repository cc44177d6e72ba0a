"""A run on a dask.distributed cluster: the ledger counted part by part, the reports made by its workers.

dask schedules, moves and repeats: what a lost worker had, another one does again. Ranks, outcomes and everything
that is written stay with the runner, so that a cluster changes how long a run takes and nothing else.
"""

from __future__ import annotations

import os
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import replace
from fractions import Fraction
from ipaddress import ip_address
from pathlib import Path
from queue import Empty, Queue
from typing import Any
from uuid import uuid4

from auditlib.analysis.kept import kept_files
from auditlib.core.errors import AuditError, InputError, Problem
from auditlib.core.files import write_atomically
from auditlib.core.hashes import digest, software
from auditlib.ledger.divided.divide import parts_of
from auditlib.ledger.read import Ledger
from auditlib.runs.cluster.by_parts import CountingByParts
from auditlib.runs.cluster.recheck import SHARE, Drawing, FalseAnswer, Recheck
from auditlib.runs.cluster.worker import Made, Order, make_here, same_software, tidy_up
from auditlib.runs.execute import Outcome, execute
from auditlib.runs.formats import ALL_ENDINGS
from auditlib.runs.make_report import Failure
from auditlib.runs.period_cache import user_key
from auditlib.runs.plan import PlannedReport
from auditlib.runs.runfile import Limits
from auditlib.scoring.counts import Count

__all__ = ["Cluster", "ClusterLost"]

PATIENCE = 30
"""Seconds to wait for a scheduler, for its first worker, and for one that comes back where all are gone."""
PLAIN = "AUDITLIB_CLUSTER_PLAIN"
"""The environment variable that lets a cluster be spoken to without TLS over a network."""
RETRIES = 2
"""How often a task is begun again that failed by itself: for want of disk on one machine, say."""


class ClusterLost(AuditError):
    """The scheduler or all workers went away in the midst of a run. What is finished is kept: run it again."""


class Cluster:
    """The workers of the scheduler at ``address``. Close it after use.

    Without TLS it may only be on this machine: whoever reads along sees the cases, whoever writes along runs code here.
    Raises :class:`InputError` where it is elsewhere, no scheduler answers, no worker is there, or one has other
    software than this process: its bytes would be others.

    ``share`` of what the workers answer is made again here and compared (:mod:`.recheck`).
    """

    def __init__(self, address: str, share: Fraction = SHARE) -> None:
        try:
            from distributed import Client
        except ImportError:
            text = "needs dask.distributed; install it with: pip install 'auditlib[cluster]'"
            raise InputError.at("--cluster", "", text) from None
        _require_tls(address)
        self.address = address
        try:
            self._client = Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            text = (
                f"no dask scheduler answers: {str(error).splitlines()[0]}; expected an address such as tcp://HOST:8786"
            )
            raise InputError.at("--cluster", address, text) from None
        self._run = uuid4().hex
        self.recheck = Recheck(user_key(), share)
        self._software = digest(software())
        try:
            self._require_workers()
        except BaseException:
            self.close()
            raise

    def counting(self, ledger: Ledger) -> Count | None:
        """Who counts the rows of a ledger: the workers, where it lies in parts, each that they can read themselves.

        None, for the runner, where it does not: then the runner has it in memory already.
        """
        parts = parts_of(ledger)
        return CountingByParts(ledger, parts, self.answered) if parts else None

    def answered(self, asked: Callable[[Callable[..., Any]], list[Any]]) -> list[Any]:
        """The answers to the tasks that ``asked`` submits, some of them made again here and compared."""
        drawing = Drawing(self.recheck)

        def submit(function: Callable[..., Any], *arguments: Any) -> Any:
            return drawing.noted(self.submit(function, *arguments), function, arguments)

        futures = asked(submit)
        answers = self.gathered(futures)
        drawing.check(futures, answers, self.workers, self.gathered)
        return answers

    def execute(
        self, reports: Sequence[PlannedReport], jobs: int | None, limits: Limits, kept: Path
    ) -> Iterator[Outcome]:
        """Make every report, ``jobs`` at a time or as many as there are workers for, as :func:`.execute.execute` does.

        Raises :class:`ClusterLost`; the reports that came before are in place.
        """
        suspects: list[PlannedReport] = []
        yield from self._execute(reports, jobs, limits, kept, suspects)
        # dask lets all fail that a worker had when it was killed: each by itself shows whose fault it was.
        for report in suspects:
            yield from self._execute([report], 1, limits, kept, None)

    def _execute(
        self,
        reports: Sequence[PlannedReport],
        jobs: int | None,
        limits: Limits,
        kept: Path,
        suspects: list[PlannedReport] | None,
    ) -> Iterator[Outcome]:
        """As :meth:`execute`; a report whose workers were killed is put among the ``suspects``, where there are any."""
        waiting = deque(reports)
        running: dict[Any, PlannedReport] = {}
        finished: Queue[Any] = Queue()
        shared: dict[str, Any] = {}
        notebooks = {report.notebook: report.notebook.read_bytes() for report in reports}
        while waiting or running:
            while waiting and len(running) < (jobs or max(1, 2 * self._threads())):
                report = waiting.popleft()
                common, *own = kept_files(report.asked, report.unit)
                if common not in shared:  # periods come one after the other
                    shared = {common: self.submit(_itself, {common: (kept / common).read_bytes()})}
                content = {name: (kept / name).read_bytes() for name in own}
                order = Order(self._run, report, notebooks[report.notebook], content, limits)
                future = self.submit(make_here, order, shared[common])
                running[future] = report
                future.add_done_callback(finished.put)
            try:
                future = finished.get(timeout=PATIENCE)
            except Empty:
                if not self._threads():
                    raise ClusterLost(
                        f"{self.address}: all workers are gone; run it again when some are back"
                    ) from None
                continue
            report = running.pop(future)
            if suspects is not None and _killed_workers(future):
                suspects.append(report)
            else:
                outcome = self._outcome(report, future)
                self.recheck.given += 1
                if outcome.failure is None and self.recheck.sampled(digest([report.id, report.inputs])):
                    self._check(report, limits, kept)
                yield outcome

    def _check(self, report: PlannedReport, limits: Limits, kept: Path) -> None:
        """Make a report here as well. Raises :class:`FalseAnswer` where a worker's is another."""
        with tempfile.TemporaryDirectory(prefix="auditlib-") as folder:
            own = replace(report, folder=Path(folder))
            (outcome,) = execute([own], 1, limits, kept)
            self.recheck.made_again += 1
            differ = [one for one in report.endings if not _same(own.file(one), report.file(one))]
            if outcome.failure is None and differ:
                raise FalseAnswer(
                    f"{self.address}: a worker's {report.id}{differ[0]} is not what is made of it here; nothing is "
                    "recorded, and nothing that was counted or made is taken as finished: find out which worker is not "
                    "yours, or is broken"
                )

    def close(self) -> None:
        """Let the workers end what they started for this run, and leave them."""
        with suppress(Exception):  # a worker that is gone has ended it
            self._client.run(tidy_up, on_error="ignore")
        self._client.close()

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # --- what dask is asked for ---

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """A future of the value, by a worker with the same software."""
        return self._client.submit(same_software, self._software, function, *arguments, pure=False, retries=RETRIES)

    def gathered(self, futures: Sequence[Any]) -> list[Any]:
        from distributed import KilledWorker

        with _losses(self.address):
            try:
                return list(self._client.gather(futures))
            except KilledWorker as error:
                raise ClusterLost(f"{self.address}: a part of the ledger cannot be counted: {_killed(error)}") from None

    def workers(self, future: Any) -> list[str]:
        """Who has the answer of a future."""
        with _losses(self.address):
            return sorted(self._client.who_has([future])[future.key])

    def _outcome(self, report: PlannedReport, future: Any) -> Outcome:
        from distributed import KilledWorker

        with _losses(self.address):
            try:
                made: Made = future.result()
            except (CancelledError, InputError):
                raise
            except KilledWorker as error:
                made = Made({}, Failure("died", _killed(error)), 0.0)
            except Exception as error:  # a full disk there, say
                made = Made({}, Failure("other", f"{type(error).__name__}: {error}".splitlines()[0]), 0.0)
        for ending in ALL_ENDINGS:  # what is not made now may lie there of an earlier run
            if ending in made.files:
                write_atomically(report.file(ending), made.files[ending])
            else:
                report.file(ending).unlink(missing_ok=True)
        return Outcome(report, made.failure, made.seconds)

    def _threads(self) -> int:
        with _losses(self.address):
            return sum(self._client.nthreads().values())

    def _require_workers(self) -> None:
        try:
            self._client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise InputError.at("--cluster", self.address, "found no worker, expected some") from None
        expected = software()
        problems = []
        for worker, found in self._client.run(software, on_error="return").items():
            if isinstance(found, Exception):
                problems.append(
                    Problem(worker, None, "", f"found no auditlib that answers: {type(found).__name__}: {found}")
                )
                continue
            for name in sorted(expected.keys() | found.keys()):
                if found.get(name) != expected.get(name):
                    text = f"found {_short(found.get(name))}, expected {_short(expected.get(name))} as the runner has"
                    problems.append(Problem(f"worker {worker}", None, name, text))
        if problems:
            raise InputError(problems)


@contextmanager
def _losses(address: str) -> Iterator[None]:
    """Says what it means where dask lets go of a task: the scheduler is gone."""
    from distributed.comm.core import CommClosedError

    try:
        yield
    except (CancelledError, CommClosedError):
        raise ClusterLost(f"{address}: the scheduler is gone; run it again when it is back") from None


def _killed_workers(future: Any) -> bool:
    from distributed import KilledWorker

    return future.status == "error" and isinstance(future.exception(), KilledWorker)


def _require_tls(address: str) -> None:
    scheme, _, host = address.rpartition("://")
    if scheme in ("tls", "wss", "inproc") or os.environ.get(PLAIN):
        return
    name = host.removeprefix("[").partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    try:
        here = ip_address(name).is_loopback
    except ValueError:
        here = name == "localhost"
    if not here:
        text = f"found a cluster elsewhere without TLS, expected tls://HOST:PORT (see docs/trust.md), or {PLAIN}=1"
        raise InputError.at("--cluster", address, text)


def _same(one: Path, other: Path) -> bool:
    return one.is_file() and other.is_file() and one.read_bytes() == other.read_bytes()


def _itself(value: Any) -> Any:
    return value


def _killed(error: Any) -> str:
    return f"each of {error.allowed_failures + 1} workers that took it was killed"


def _short(version: str | None) -> str:
    return "nothing" if version is None else version[:12]
