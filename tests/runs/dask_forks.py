"""What a dask worker of the tests does before it serves: its warm processes are forks of the one of the tests."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))

from warm_forks import WarmForks

from auditlib.runs.engine import warm_process


def dask_setup(worker: object) -> None:
    warm_process.subprocess = WarmForks.handed_down(int(os.environ.pop("AUDITLIB_TEST_FORKS")))
