"""A PostgreSQL server of one's own, from the system's package, for tests and benchmarks."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SECRET = "geheim-7x"
USER = "postgres"
"""Whom the package makes; PostgreSQL does not run as root."""


def why_not() -> str | None:
    """Why no server can be started here, or None."""
    if not programs():
        return "PostgreSQL is not installed (Debian: apt-get install postgresql)"
    if os.getuid() == 0 and (
        shutil.which("setpriv") is None or subprocess.run(["id", USER], capture_output=True).returncode
    ):
        return f"PostgreSQL does not run as root, and there is no user {USER} to run it as"
    return None


def programs() -> list[Path]:
    """The folders of its programs, the newest version last."""
    return sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))


@contextmanager
def running() -> Iterator[str]:
    """A server that listens on a socket file alone and asks for a password; its address."""
    as_user = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"] if os.getuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="auditlib-"))  # the path of a socket has at most 107 signs
    try:
        (folder / "password").write_text(SECRET)
        if as_user:
            shutil.chown(folder, USER)
        initdb, control = (str(programs()[-1] / name) for name in ("initdb", "pg_ctl"))
        data = ["-D", str(folder / "data")]

        def run(*command: str) -> None:
            subprocess.run([*as_user, *command], check=True, capture_output=True, cwd=folder)

        run(initdb, *data, "-U", "auditor", "-A", "scram-sha-256", f"--pwfile={folder / 'password'}", "-E", "UTF8",
            "--locale=C", "--no-sync")  # fmt: skip
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        run(control, *data, "-o", options, "-l", str(folder / "log"), "-w", "-t", "60", "start")
        try:
            yield f"postgresql://auditor:{SECRET}@/postgres?host={folder}"
        finally:
            run(control, *data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
