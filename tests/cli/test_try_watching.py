"""`auditlib try` as one works with it: it watches the files while commands come in, and ends with them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from auditlib.runs.beginning.folder import write_beginning

PATIENCE = 120
"""Seconds for one answer on a busy machine."""


class Session:
    """A running command: lines go in, files change, lines come out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        program = "from auditlib.cli import main; main()"
        asked = ["try", "scheme.yaml", "--ledger", "ledger", "--period", "2025-06", "--unit", "E1", "--language", "en"]
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, *asked], cwd=folder, text=True, encoding="utf-8",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def change(self, name: str, old: str, new: str) -> None:
        file = self.folder / name
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1
        file.write_text(text.replace(old, new), encoding="utf-8")

    def hear(self, count: int) -> list[str]:
        assert self.process.stdout is not None
        return [self.process.stdout.readline().rstrip("\n") for _ in range(count)]


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    write_beginning(tmp_path / "x", "points", "en")
    running = Session(tmp_path / "x")
    try:
        yield running
    finally:
        running.process.kill()
        running.process.wait()


@pytest.mark.long
def test_saves_and_commands_are_answered_in_turn(session: Session) -> None:
    assert session.hear(3)[0] == "East office (E1)  2025-06  Total 96 / 100, Rank 1"
    session.change("scheme.yaml", "points: -2", "points: -3")
    assert session.hear(3)[-1] == "Total 96 / 100, Rank 1 → Total 94 / 100, Rank 2"
    session.change("scheme.yaml", "per: late}", "per: lat}")
    (fault,) = session.hear(1)
    assert fault.startswith("scheme.yaml:26:85: indicators[0].rules[0].per [1]: found lat, expected a quantity")
    session.change("scheme.yaml", "per: lat}", "per: late}")
    assert session.hear(1) == ["no change: Total 94 / 100, Rank 2"]
    session.change("ledger/cases.csv", "2025-06-13T09:00:00", "2025-06-11T09:00:00")
    assert session.hear(3)[-1] == "Total 94 / 100, Rank 2 → Total 97 / 100, Rank 1"
    session.say("q late")
    assert session.hear(3) == ["late  proved range [0, ∞), whole numbers", "* E1 East office  1", "  W1 West office  0"]
    session.say("row C3 closed_at=2025-06-21T09:00:00")
    assert session.hear(3)[-1] == "Total 97 / 100, Rank 1 → Total 100 / 100, Rank 1"
    session.say("set timeliness.nothing=3")
    assert "found no such place" in session.hear(1)[0]
    session.say("why timeliness")
    assert session.hear(2)[0].endswith("0  1 2 points for each late case")
    session.say("back")
    assert session.hear(3)[-1] == "Total 100 / 100, Rank 1 → Total 97 / 100, Rank 1"
    session.say("dance")
    assert session.hear(1)[0].startswith("found dance, expected one of set, row, back")
    session.change("scheme.yaml", "cap: 60", "cap: 20")
    heard = session.hear(4)
    assert heard[1] == "Total 97 / 100, Rank 1 → Total 60 / 100, Rank 1"
    assert "error: full-marks-unreachable: timeliness" in heard[2]  # what the rules alone prove
    session.say("quit")
    assert session.process.wait(timeout=PATIENCE) == 0


@pytest.mark.long
def test_it_ends_with_its_input(session: Session) -> None:
    session.hear(3)
    assert session.process.stdin is not None
    session.process.stdin.close()
    assert session.process.wait(timeout=PATIENCE) == 0
