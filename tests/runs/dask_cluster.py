"""A dask.distributed scheduler and its workers, as processes of their own on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

LOOPBACK = ("--host", "127.0.0.1")
PATIENCE = 200.0
"""Seconds; a busy machine is no fault of the code."""


class DaskCluster:
    """A scheduler at a free port of the loopback interface. Leave it to end every process that it started."""

    def __init__(self, folder: Path, workers: int = 0) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / "scheduler.json"
        self.scheduler = self._start("dask_scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", self._file)
        until(self._file.exists, "the scheduler wrote no file")
        self.address = json.loads(self._file.read_text())["address"]
        self.workers = [self.add_worker() for _ in range(workers)]

    def add_worker(
        self, *options: str, threads: int = 1, environment: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start a worker, without a nanny that would start it again unless ``options`` say so."""
        options = options or ("--no-nanny",)
        own = ("--nthreads", threads, "--local-directory", self.folder, "--scheduler-file", self._file)
        return self._start("dask_worker", *own, "--no-dashboard", *options, environment=environment)

    def _start(
        self, program: str, *arguments: object, environment: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{program}", *LOOPBACK, *map(str, arguments)]
        with (self.folder / "log.txt").open("ab") as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.folder,
                env={**os.environ, **(environment or {})},
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
