"""A dask.distributed scheduler and its workers, as processes of their own on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from warm_forks import WarmForks

from auditlib.runs.engine import warm_process

LOOPBACK = "127.0.0.1"
FORKS = Path(__file__).with_name("dask_forks.py")
PATIENCE = 200.0
"""Seconds; a busy machine is no fault of the code."""


class DaskCluster:
    """A scheduler at a free port of an interface. Leave it to end every process that it started."""

    def __init__(self, folder: Path, workers: int = 0, host: str = LOOPBACK) -> None:
        self.folder, self.host = folder, host
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / "scheduler.json"
        self.scheduler = self._start(
            "dask_scheduler", "--host", host, "--port", "0", "--no-dashboard", "--scheduler-file", self._file
        )
        until(self._told, "the scheduler wrote no file")
        self.address = json.loads(self._file.read_text())["address"]
        self.workers = [self.add_worker() for _ in range(workers)]

    def _told(self) -> bool:
        """Whether the scheduler has written its whole file: it is there before its content is."""
        return self._file.exists() and self._file.read_text().rstrip().endswith("}")

    def add_worker(
        self,
        *options: str,
        threads: int = 1,
        environment: Mapping[str, str] | None = None,
        host: str = LOOPBACK,
        inside: Sequence[str] = (),
    ) -> subprocess.Popen[bytes]:
        """Start a worker, without a nanny that would start it again unless ``options`` say so.

        ``inside`` is a command that runs it at the address ``host``: in a network of its own, say. A worker without
        options on this machine has its warm processes forked from that of the tests, where these have one; any other
        starts them as it does everywhere.
        """
        forks = warm_process.subprocess
        descriptors: tuple[int, ...] = ()
        if not options and not inside and isinstance(forks, WarmForks):
            descriptors = (forks.descriptor(),)
            options = ("--no-nanny", "--preload", str(FORKS))
            environment = {**(environment or {}), "AUDITLIB_TEST_FORKS": str(descriptors[0])}
        options = options or ("--no-nanny",)
        own = ("--nthreads", threads, "--local-directory", self.folder, "--scheduler-file", self._file)
        given = ("--host", host, *own, "--no-dashboard", *options)
        return self._start("dask_worker", *given, environment=environment, inside=inside, descriptors=descriptors)

    def _start(
        self,
        program: str,
        *arguments: object,
        environment: Mapping[str, str] | None = None,
        inside: Sequence[str] = (),
        descriptors: Sequence[int] = (),
    ) -> subprocess.Popen[bytes]:
        command = [*inside, sys.executable, "-m", f"distributed.cli.{program}", *map(str, arguments)]
        with (self.folder / "log.txt").open("ab") as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.folder,
                env={**os.environ, **(environment or {})}, pass_fds=descriptors,
            )  # fmt: skip
        self._started = [*getattr(self, "_started", []), process]
        return process

    def __enter__(self) -> DaskCluster:
        return self

    def __exit__(self, *error: object) -> None:
        for process in reversed(self._started):
            process.kill()
            process.wait()


def until(holds: object, otherwise: str) -> None:
    """Wait until ``holds()`` is true."""
    assert callable(holds)
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.02)
