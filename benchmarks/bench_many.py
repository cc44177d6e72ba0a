"""A thousand reports in one run: whether memory stays flat, and how long it takes to see that nothing is to be done.

    python benchmarks/bench_many.py [--units 250] [--periods 4]

The notebook says one line of its unit, so that the machinery is all that costs. Printed are the seconds a report,
the memory of the warm process and of the runner after each tenth of the reports, and the seconds of a second run.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

import nbformat
import yaml

from auditlib.runs.make import make_run
from auditlib.runs.runfile import read_run

ROOT = Path(__file__).resolve().parents[1]
PARAMETERS = (
    'scheme: str = ""\nledger: str = ""\nunit: str = None\nperiod: str = ""\nas_of: str = ""\nlanguage: str = "zh"\n'
)
TELL = """\
from auditlib.analysis.request import Asked
from auditlib.analysis.scored_periods import open_period
scored = open_period(Asked.of(scheme, ledger, period, as_of), unit)
score = scored.unit(unit)
print(period, unit, scored.result.text(score.total), score.rank)
"""


def write_home(folder: Path, units: int, periods: list[str]) -> Path:
    """A home with one scheme and one notebook, a ledger of three cases a unit and period, and its run file."""
    (folder / "params" / "schemes").mkdir(parents=True)
    shutil.copy(ROOT / "params" / "schemes" / "s02-fujian-three-rates.yaml", folder / "params" / "schemes")
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(PARAMETERS, id="parameters", metadata={"tags": ["parameters"]}),
            nbformat.v4.new_code_cell(TELL, id="tell"),
        ],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "auditlib": {"reads": "unit"},
        },
    )
    (folder / "notebooks").mkdir()
    nbformat.write(notebook, folder / "notebooks" / "tell.ipynb")
    ledger = folder / "ledger"
    ledger.mkdir()
    names = [f"U{number:04}" for number in range(units)]
    (ledger / "units.csv").write_text("unit,name\n" + "".join(f"{name},站{name}\n" for name in names), encoding="utf-8")
    facts = [
        f"{name},{period},{fact},{value}"
        for period in periods
        for place, name in enumerate(names)
        for fact, value in (("calls", 100), ("first_time_connected", 90 + place % 10))
    ]
    (ledger / "unit_facts.csv").write_text("\n".join(["unit,period,fact,value", *facts]) + "\n")
    (ledger / "cases.csv").write_text("case_id,unit,kind,received_at,due_at,replied_at,closed_at,filed\n")
    (ledger / "ledger.yaml").write_text('as_of: "2026-01-05T00:00:00"\n')
    content = {
        "run": "many",
        "title": {"zh": "千份", "en": "A thousand"},
        "scheme": "s02-fujian-three-rates",
        "ledger": str(ledger),
        "periods": periods,
        "notebooks": [{"notebook": "tell", "per": "unit"}],
    }
    file = folder / "many.yaml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return file


def resident(pid: int) -> int:
    """The memory of a process in megabytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1_000_000


def warm_process() -> int | None:
    """The warm process of this runner."""
    for task in Path("/proc/self/task").glob("*/children"):
        for pid in map(int, task.read_text().split()):
            with suppress(OSError):  # it may have ended in the meantime
                if b"auditlib.runs.engine.warm" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    return pid
    return None


def watch(out: Path, reports: int, seen: list[tuple[int, int, int]], stop: threading.Event) -> None:
    """Note the memory after each tenth of the reports."""
    entries, goal = out / ".run" / "entries", reports // 10
    while not stop.wait(0.2):
        made = sum(1 for _ in entries.glob("*.json")) if entries.is_dir() else 0
        pid = warm_process()
        if pid is not None and made >= goal:
            seen.append((made, resident(pid), resident(os.getpid())))
            goal = made + reports // 10


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--units", type=int, default=250)
    options.add_argument("--periods", type=int, default=4)
    given = options.parse_args()
    periods = [f"2025-{12 - number:02}" for number in range(given.periods)][::-1]
    with tempfile.TemporaryDirectory(prefix="auditlib-many-") as folder:
        home = Path(folder)
        os.environ["AUDITLIB_HOME"] = folder
        file = write_home(home, given.units, periods)
        run = read_run(file)
        out, seen, stop = home / "reports" / "many", [], threading.Event()
        reports = given.units * given.periods
        watcher = threading.Thread(target=watch, args=(out, reports, seen, stop))
        watcher.start()
        begun = time.perf_counter()
        done = make_run(run, out, 2, lambda line: None)
        took = time.perf_counter() - begun
        stop.set()
        watcher.join()
        assert not done.failed, done.failed
        begun = time.perf_counter()
        command = [sys.executable, "-c", "from auditlib.cli import main; main()", "run", str(file), "--out", str(out)]
        again = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        second = time.perf_counter() - begun
        assert "nothing to do" in again, again
        print(f"{reports} reports in {took:.1f} s: {took / reports:.3f} s a report, two at a time")
        print(f"the command again, nothing to do: {second:.2f} s")
        print("reports  warm MB  runner MB")
        for made, warm, runner in seen:
            print(f"{made:7,}  {warm:7,}  {runner:9,}")


if __name__ == "__main__":
    main()
