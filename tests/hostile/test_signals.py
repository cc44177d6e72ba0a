"""Ctrl-C, SIGTERM and kills: one sentence, the code of the signal, nothing left running, and a run that goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from auditlib.runs import execute
from auditlib.runs.engine import warm_process

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes as Linux lists them")

REPOSITORY = Path(__file__).parents[2]
GOES_ON = "what is finished stays, and the same command goes on from there"


def started(out: Path) -> subprocess.Popen[str]:
    command = ["from auditlib.cli import main; main()", "run", "params/runs/sample.yaml", "--out", str(out)]
    return subprocess.Popen(
        [sys.executable, "-c", *command], cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def below(pid: int) -> set[int]:
    """The processes that descend from one."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue
        fields = text.rpartition(")")[2].split()
        if fields[0] != "Z":
            parents[int(text.split()[0])] = int(fields[1])
    found: set[int] = set()
    while more := {child for child, parent in parents.items() if parent in found | {pid}} - found:
        found |= more
    return found


def warm_children(program: subprocess.Popen[str]) -> Iterator[int]:
    for pid in below(program.pid):
        try:
            if b"auditlib.runs.engine.warm" in Path(f"/proc/{pid}/cmdline").read_bytes():
                yield pid
        except OSError:
            continue


def wait_for_warm(program: subprocess.Popen[str]) -> int:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and program.poll() is None:
        for pid in warm_children(program):
            return pid
        time.sleep(0.02)
    raise AssertionError("no warm process was started")


@pytest.mark.long
@pytest.mark.parametrize("later", [0.0, 1.0, 4.0])
@pytest.mark.parametrize(
    ("number", "code", "said"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "ended")]
)
def test_a_run_that_is_ended_says_that_it_goes_on_and_leaves_no_process(tmp_path, number, code, said, later):
    program = started(tmp_path / "run")
    wait_for_warm(program)
    time.sleep(later)
    before = below(program.pid)
    program.send_signal(number)
    _, err = program.communicate(timeout=60)
    assert (program.returncode, err.splitlines()[-1]) == (code, f"auditlib: {said}; {GOES_ON}")
    assert "Traceback" not in err
    time.sleep(1)
    assert [pid for pid in before if Path(f"/proc/{pid}").exists() and pid in below(1)] == []


@pytest.mark.long
def test_a_warm_process_that_is_killed_while_it_starts_is_started_again(tmp_path):
    program = started(tmp_path / "run")
    os.kill(wait_for_warm(program), signal.SIGKILL)
    _, err = program.communicate(timeout=120)
    assert program.returncode == 0, err
    assert (tmp_path / "run" / "manifest.json").is_file()


def test_a_warm_process_that_never_starts_costs_its_reports_and_not_the_manifest(monkeypatch, tmp_path):
    def killed(environment: object) -> None:
        raise warm_process.NotStarted("its process was killed")

    report = type("Report", (), {"endings": (), "asked": None})()
    monkeypatch.setattr(execute, "WarmProcess", killed)
    outcomes = list(execute._in_forks([report, report], 1, None, {}))
    assert [str(one.failure) for one in outcomes] == ["the warm process did not start: its process was killed"] * 2


def test_an_end_of_the_warm_process_is_told_in_words(monkeypatch):
    monkeypatch.setattr(warm_process, "subprocess", subprocess)  # where other tests fork one that is warm already
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(warm_process.NotStarted, match="its process exited with 1"):
        warm_process.WarmProcess()
