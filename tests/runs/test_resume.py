"""A run that is killed goes on, and ends with the bytes of a run that was not."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from small_runs import World, contents

from auditlib.runs.execute import execute
from auditlib.runs.make import make_run
from auditlib.runs.run_folder import Store
from auditlib.runs.runfile import Limits, read_run

KILLS = int(os.environ.get("AUDITLIB_TEST_KILLS", "3"))
"""How many kills at random instants; twenty take some minutes."""


def made(world: World, out: Path | None = None) -> tuple[dict[str, int], int, list[str]]:
    """Make the run in this process: what was made for which reason, how many were finished, what was said."""
    said: list[str] = []
    done = make_run(read_run(world.file), out or world.out, 2, said.append)
    assert not done.failed, done.failed
    return dict(done.why), done.current, said


def begun(world: World, out: Path, **environment: str) -> subprocess.Popen[str]:
    """Make the run in a process of its own, in a group of its own."""
    program = "from auditlib.cli import main; main()"
    command = [sys.executable, "-c", program, "run", str(world.file), "--out", str(out), "--jobs", "1"]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env=os.environ | environment,
    )  # fmt: skip


def children(pid: int) -> list[int]:
    """The processes that a process has started, and theirs."""
    own = [int(child) for task in Path(f"/proc/{pid}/task").glob("*/children") for child in task.read_text().split()]
    return own + [one for child in own for one in children(child)]


def ended(pids: list[int]) -> bool:
    """Whether these processes are gone soon."""
    for _ in range(1000):
        if not any(running(pid) for pid in pids):
            return True
        time.sleep(0.02)
    return False


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")")[-1].split()[0] != "Z"
    except OSError:
        return False


def killed_at_random(
    begin: Callable[[], subprocess.Popen[str]], out: Path, kills: int, chance: random.Random
) -> set[str]:
    """Begin a run and kill it, so many times; the entries that were finished in the end.

    In two of three times the warm process or one of its own is killed first, which the runner has to outlive.
    """
    finished: set[str] = set()
    entries = Store(out).entries
    for number in range(kills):
        runner = begin()
        goal = len(finished) + chance.randint(0, 3)
        while runner.poll() is None and len(list(entries.glob("*.json"))) < goal:
            time.sleep(0.02)
        time.sleep(chance.random() / 2)
        below = children(runner.pid)
        if number % 3 and below:
            os.kill(below[0] if number % 3 == 1 else chance.choice(below), signal.SIGKILL)
            time.sleep(chance.random())
            below += children(runner.pid)
        runner.kill()
        runner.communicate()
        assert ended(below), "a process of a killed runner lives on"
        kept = {file.name for file in entries.glob("*.json")}
        assert finished <= kept, "an entry that was there is gone"
        finished = kept
    return finished


def half_written(folder: Path) -> list[Path]:
    return list(folder.rglob(".*~"))


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="finds processes to kill in /proc")
@pytest.mark.long
def test_a_run_killed_at_random_instants_goes_on_and_ends_with_the_same_bytes(root, tmp_path, monkeypatch) -> None:
    world = World(tmp_path / "world", root, units=12)
    monkeypatch.setenv("AUDITLIB_HOME", str(world.home))
    made(world, tmp_path / "unkilled" / "small")
    chance = random.Random(int(os.environ.get("AUDITLIB_TEST_SEED", "5")))
    finished = killed_at_random(lambda: begun(world, world.out), world.out, KILLS, chance)
    why, current, _ = made(world)
    assert current >= len(finished)
    assert set(why) <= {"new", "missing", "altered"}
    assert sum(why.values()) + current == 2 * 13
    assert contents(world.out) == contents(tmp_path / "unkilled" / "small")
    assert half_written(world.out) == []
    assert made(world)[:2] == ({}, 26)


@pytest.mark.long
def test_the_runner_goes_on_when_its_warm_process_is_killed(report, tmp_path) -> None:
    killer = (
        "import os, pathlib, signal\nmark = pathlib.Path({mark!r})\nif not mark.exists():\n"
        "    mark.touch()\n    made = os.getppid()\n"
        "    warm = int(pathlib.Path(f'/proc/{{made}}/stat').read_text().rsplit(')')[-1].split()[1])\n"
        "    os.kill(warm, signal.SIGKILL)"
    )
    reports = [
        report("kills", "print('begun')", killer.format(mark=str(tmp_path / "mark"))),
        report("other", "print('well')"),
    ]
    outcomes = list(execute(reports, 1, Limits(seconds=60), tmp_path))
    assert (tmp_path / "mark").exists()
    assert sorted((one.report.id, one.error) for one in outcomes) == [("kills", None), ("other", None)]


@pytest.mark.long
def test_a_report_whose_process_is_killed_each_time_fails_and_leaves_nothing_older_in_its_place(
    report, tmp_path
) -> None:
    one = report("killed", "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)")
    one.folder.mkdir()
    one.file(".html").write_text("of an earlier run")
    outcome, other = sorted(
        execute([one, report("other", "1")], 2, Limits(seconds=60), tmp_path), key=lambda made: made.report.id
    )
    assert str(outcome.error).startswith("its process was killed (SIGKILL")
    assert other.error is None
    assert set(contents(tmp_path / "out")) == {"other.html", "other.ipynb"}


@pytest.mark.long
def test_the_stock_engine_tries_once_more_too_and_a_broken_pool_takes_no_other_report_along(report, tmp_path) -> None:
    once = (
        "import os, pathlib, signal\nmark = pathlib.Path({mark!r})\nif not mark.exists():\n    mark.touch()\n    {kill}"
    )
    kernel, worker = ("os.kill(os.getpid(), signal.SIGKILL)", "os.kill(os.getppid(), signal.SIGKILL)")
    reports = [
        report("kernel", once.format(mark=str(tmp_path / "first"), kill=kernel)),
        report("worker", once.format(mark=str(tmp_path / "second"), kill=worker)),
        report("always", f"import os, signal\n{worker}"),
        report("other", "print('well')"),
    ]
    outcomes = {one.report.id: one.error for one in execute(reports, 2, Limits(seconds=60), tmp_path, stock=True)}
    assert {id for id, error in outcomes.items() if error} == {"always"}
    assert sorted(contents(tmp_path / "out")) == [
        f"{id}{end}" for id in ("kernel", "other", "worker") for end in (".html", ".ipynb")
    ]


@pytest.mark.long
def test_a_report_whose_pool_another_breaks_may_still_die_once_itself(report, tmp_path) -> None:
    """The first breaks the pool each time before the second begins, so that the second is first tried by itself."""
    dies = "if not mark.exists():\n    mark.touch()\n    os.kill(os.getpid(), 9)"
    once = f"import os, pathlib\nmark = pathlib.Path({str(tmp_path / 'mark')!r})\n{dies}"
    reports = [report("always", "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)"), report("once", once)]
    outcomes = {one.report.id: one.error for one in execute(reports, 1, Limits(seconds=60), tmp_path, stock=True)}
    assert outcomes["once"] is None
    assert outcomes["always"] is not None
    assert sorted(contents(tmp_path / "out")) == ["once.html", "once.ipynb"]


@pytest.mark.long
def test_a_report_that_cannot_be_written_has_failed_and_is_made_when_it_can(world) -> None:
    world.write_run(periods=["2026-01"])
    made(world)
    page = world.out / "2026-01" / "U01.html"
    page.unlink()
    page.mkdir()
    for _ in range(2):
        done = make_run(read_run(world.file), world.out, 2, lambda line: None)
        assert set(done.failed) == {"2026-01/U01"}
    page.rmdir()
    assert sum(made(world)[0].values()) == 1
    assert page.is_file()


@pytest.mark.long
def test_a_report_that_others_change_while_the_run_works_is_not_finished(world, monkeypatch) -> None:
    made(world)
    world.edit("ledger/cases.csv", "C03,", "C98,")
    page, work = world.out / "2025-12" / "U01.html", execute

    def meddling(*arguments, **more):
        yield from work(*arguments, **more)
        page.write_text("meddled with")

    monkeypatch.setattr("auditlib.runs.make.execute", meddling)
    done = make_run(read_run(world.file), world.out, 2, lambda line: None)
    assert done.failed == {"2025-12/U01": "not finished: altered"}
    monkeypatch.undo()
    monkeypatch.setenv("AUDITLIB_HOME", str(world.home))
    assert made(world)[0] == {"altered": 1}


@pytest.mark.long
def test_two_runners_at_once_in_one_folder_both_end_well_with_the_same_bytes(world, tmp_path) -> None:
    runners = [
        begun(world, world.out, PYTHONHASHSEED=str(seed), TZ=zone) for seed, zone in ((1, "UTC"), (2, "Asia/Shanghai"))
    ]
    ends = [(*runner.communicate(timeout=300), runner.returncode) for runner in runners]
    assert [code for *_, code in ends] == [0, 0], ends
    assert any("0 reports made" in text or "nothing to do" in text for text, *_ in ends), ends
    made(world, tmp_path / "alone" / "small")
    assert contents(world.out) == contents(tmp_path / "alone" / "small")


@pytest.mark.long
def test_only_what_shows_a_change_is_made_again_and_the_reason_is_said(world) -> None:
    assert made(world)[:2] == ({"new": 6}, 0)
    assert made(world)[:2] == ({}, 6)
    # A case of U01 is closed an hour earlier: no points, so it shows in the unit's own report, and in the
    # ranking, which names the ledger that it is made from.
    world.edit("ledger/cases.csv", "2025-12-05T18:00:00,是,满意,,,0,\nC01", "2025-12-05T17:00:00,是,满意,,,0,\nC01")
    before = contents(world.out)
    why, current, said = made(world)
    assert why == {"data": 3}
    assert current == 3
    assert said == ["3 to make (3 × data), 3 finished before"]
    changed = {name for name, sha in contents(world.out).items() if before[name] != sha}
    # Nothing of it is shown; the workbooks name the ledger that they are made from.
    books = {f"{period}/scores.xlsx" for period in ("2025-12", "2026-01")}
    assert changed <= {"manifest.json", "rows.csv", "2025-12/scores.json", "attestation.json"} | books
    # The late contact of U02 was in time: its points change, and with them where everybody stands.
    world.edit("ledger/cases.csv", "T13:00:00,2026-01-06T13:00:00", "T09:00:00,2026-01-06T09:00:00")
    why, _, _ = made(world)
    assert sum(why.values()) > 3
    assert any("standing" in reason for reason in why)


@pytest.mark.long
def test_a_report_that_was_lost_or_altered_is_made_again(world) -> None:
    made(world)
    before = contents(world.out)
    (world.out / "2025-12" / "U01.html").unlink()
    (world.out / "2026-01" / "U02.ipynb").write_text("{}")
    assert made(world)[:2] == ({"missing": 1, "altered": 1}, 4)
    assert contents(world.out) == before


@pytest.mark.long
def test_what_stands_beside_the_manifest_is_written_again_where_a_kill_prevented_it(world) -> None:
    made(world)
    before = contents(world.out)
    for name in ("attestation.json", "ro-crate-metadata.json", "run-log.json", "index.html"):
        (world.out / name).unlink()
    assert made(world)[0] == {}
    assert contents(world.out) == before
    assert (world.out / "ro-crate-metadata.json").is_file()
    assert (world.out / "run-log.json").is_file()
