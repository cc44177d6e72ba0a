"""The fuzzer's clock tells a command that hangs from a machine that is busy."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import fuzz
import pytest
from fuzz import Clock, Hangs


@pytest.fixture
def ticking_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "TICK", 0.05)


def _work(seconds: float) -> None:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def test_a_command_that_uses_too_much_of_the_processor_hangs() -> None:
    with pytest.raises(Hangs), Clock(0.2):
        _work(30)


def test_a_command_that_waits_for_nothing_hangs(ticking_fast: None) -> None:
    started = time.monotonic()
    with pytest.raises(Hangs), Clock(0.05):
        threading.Event().wait(60)
    assert time.monotonic() - started > fuzz.WAITS * 0.05


def test_a_command_that_ends_in_time_does_not_hang(ticking_fast: None) -> None:
    with Clock(2):
        _work(0.1)
    time.sleep(0.2)  # no alarm is left behind


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="the kernel counts no time ready to run")
def test_a_command_that_waits_for_its_turn_does_not_hang(ticking_fast: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """One processor shared with five others: most of the time goes by in waiting for them."""
    monkeypatch.setattr(fuzz, "WAITS", 1)
    allowed = os.sched_getaffinity(0)
    one = {min(allowed)}
    busy = [sys.executable, "-c", "while True: pass"]
    others = [subprocess.Popen(busy, preexec_fn=lambda: os.sched_setaffinity(0, one)) for _ in range(5)]
    try:
        os.sched_setaffinity(0, one)
        time.sleep(0.3)
        started = time.monotonic()
        with Clock(0.4):
            _work(0.35)
        assert time.monotonic() - started > 1, "nobody was in the way"
    finally:
        os.sched_setaffinity(0, allowed)
        for other in others:
            other.kill()
            other.wait()
