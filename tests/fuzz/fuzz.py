"""Shipped files, spoilt: whatever is in them, a command ends soon, with 0, 1 or 2 and a message, and leaves no halves.

    python tests/fuzz/fuzz.py --seconds 60 [--seed N]

Hypothesis chooses a file and what becomes of it, and makes what was found as small as it can. The same seed tries the
same in the same order. What is found is printed and ends the program with 1; the files stay in the folder that is
named. A signal that no program outlives ends it, too: the folder has what was tried.
"""

from __future__ import annotations

import argparse
import math
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from binary_files import BINARY, MAPPING, Change, spoilt_binary, write_binary_files
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky

from auditlib.cli import main as auditlib
from auditlib.core.errors import AuditError
from auditlib.ledger.demonstration.export import write_heating_winter
from auditlib.runs.bundle import _opened as open_bundle
from auditlib.runs.engine.imports import skip_unused_imports
from auditlib.runs.plan import plan_run
from auditlib.runs.runfile import read_run

ROOT = Path(__file__).resolve().parents[2]
PARAMS = ROOT / "params"
HEATING = PARAMS / "demonstrations" / "s22-heating"
HANG = 10
"""Seconds of the processor, which a busy machine does not change."""
MEMORY = 2**32
"""Bytes that the program and all that it is given to read may have."""
WAITS = 10
"""A command may wait so many times as long for anything but its turn of the processor."""
TICK = 1.0
"""Seconds between two looks at whether a command waits."""
AT_A_TIME = 25
"""Examples of one seed: the clock is looked at between them."""


@dataclass(frozen=True)
class Target:
    """Files that are copied into a folder, of which one is spoilt, and what is then done there."""

    name: str
    source: Path
    patterns: tuple[str, ...]
    use: Callable[[Path, Path], tuple[int, str]]
    """Takes the folder and the spoilt file in it; gives the exit code and what was said."""

    binary: bool = False

    def files(self) -> list[Path]:
        return sorted(file for pattern in self.patterns for file in self.source.glob(pattern) if file.is_file())


def command(*words: object) -> tuple[int, str]:
    """A command in this process."""
    done = CliRunner().invoke(auditlib, [str(word) for word in words], env={"AUDITLIB_DEBUG": "1"})
    unhandled = done.exception is not None and not isinstance(done.exception, SystemExit)
    return done.exit_code, done.output + (f"Traceback: {done.exception!r}" if unhandled else "")


def planned(folder: Path, file: Path) -> tuple[int, str]:
    """A run up to its first report: what follows is made from what was found to be sound."""
    try:
        plan_run(read_run(file), folder / "out")
    except AuditError as error:
        return 2, str(error)
    return 0, ""


def taken_in(mapping: Path | str, export: Path, folder: Path) -> tuple[int, str]:
    return command("intake", export, "--mapping", mapping, "--out", folder / "out")


def read_form(folder: Path, file: Path) -> tuple[int, str]:
    """A filled form of a panel; what is written beside it is no half."""
    return command("panel", "read", file, "--panel", folder, "--round", 3, "--replace")


def opened(folder: Path, file: Path) -> tuple[int, str]:
    """A bundle up to its reports: what follows is made from what was sealed."""
    try:
        _, found = open_bundle(file, folder / "out")
    except AuditError as error:
        return 2, str(error)
    finally:
        shutil.rmtree(folder / "out", ignore_errors=True)
    return (1 if found else 0), ""


def binary_targets(folder: Path) -> tuple[Target, ...]:
    """Targets of files that are no text, which are made in ``folder``."""
    mapping = folder / "binary.yaml"
    mapping.write_text(MAPPING, encoding="utf-8")
    uses = {"form": read_form, "bundle": opened}
    return tuple(
        Target(kind, folder / kind, ("**/*.xlsx", "**/*.docx") if kind == "form" else ("**/*",), uses.get(
            kind, lambda place, file: taken_in(mapping, file, place)), binary=True)
        for kind in BINARY
    )  # fmt: skip


EXPORT = ROOT / "reports" / "ledgers" / "heating-winter-export"
SCORE = ("--period", "2025-12", "--accept-rejects")
TARGETS = (
    Target("scheme checked", PARAMS / "schemes", ("*.yaml",), lambda folder, file: command("check", file)),
    Target("scheme scored", PARAMS / "schemes", ("s22-heating.yaml",), lambda folder, file: command(
        "score", file, "--ledger", HEATING, *SCORE, "--format", "json", "--out", folder / "out")),
    Target("ledger", HEATING, ("*",), lambda folder, file: command(
        "score", "s22-heating", "--ledger", folder, *SCORE, "--format", "csv", "--out", folder / "out")),
    Target("mapping", PARAMS / "mappings", ("heating-winter.yaml",), lambda folder, file: taken_in(
        file, EXPORT, folder)),
    Target("export", EXPORT, ("*.csv",), lambda folder, file: taken_in("heating-winter", folder, folder)),
    Target("run file", PARAMS / "runs", ("sample.yaml",), planned),
    Target("panel", PARAMS / "panels" / "s19-synthetic", ("*.yaml", "*.csv"), lambda folder, file: command(
        "delphi", folder, "--format", "json")),
)  # fmt: skip

WORDS = (
    "",
    "null",
    "~",
    "true",
    "yes",
    "-1",
    "0",
    "1e400",
    ".nan",
    ".inf",
    "0x10",
    "1_000",
    "9" * 30,
    "9" * 500,
    "9" * 5000,
    "1e18",
    "1000000000000000000",
    "0.1",
    "-0",
    "1/0",
    "2025-13-45",
    "9999-12-31T23:59:59+14:00",
    "0001-01-01",
    "2025-12-01T24:00:00",
    "1900-01-01T00:00:00",
    "[]",
    "{}",
    "[[[[]]]]",
    "{a: {b: {c: d}}}",
    "&a [*a]",
    "*a",
    "<<: {a: 1}",
    "!!binary aGk=",
    "? a",
    "|",
    ">",
    "'",
    '"',
    "\\",
    "%",
    "@x",
    "`",
    "#",
    "---",
    "...",
    "\x00",
    "\x07",
    "\ufeff",
    "\u202e",
    "\u2028",
    "\ud7ff",
    "\U0010ffff",
    "信访",
    "＝1+1",
    "=cmd|' /C calc'!A0",
    "../../etc/passwd",
    "/dev/zero",
    "CON",
    "nul.yaml",
    "a" * 300,
    "a" * 70_000,
    "n = 1 or " * 600,
    "((((((((((n))))))))))",
    "case when n then 1 end",
    "sum(n)",
    "now()",
    "regexp_like(a, '(')",
    "2 hours",
    "999999999999 days",
    "-5 working days",
    "P1D",
    "PT1e9S",
    "2025Q5",
    "9999Q4",
    "1899-12",
    "99999%",
    "100000000000000000000%",
    "1:99",
    ",",
    ",,,,,,",
    "\t",
    "\r",
    "\r\n\r\n",
    " ",
)
PLACE = st.integers(0, 2**20)
CHANGES = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(("value", "cell", "insert", "key")), PLACE, PLACE, st.sampled_from(WORDS)),
        st.tuples(st.sampled_from(("value", "cell", "insert")), PLACE, PLACE, st.text(max_size=12)),
        st.tuples(st.sampled_from(("drop", "twice", "indent", "swap", "cut", "part")), PLACE, PLACE, st.just("")),
        st.tuples(st.just("bytes"), PLACE, PLACE, st.text(st.characters(max_codepoint=255), min_size=1, max_size=6)),
    ),
    min_size=1, max_size=3,
)  # fmt: skip
INSIDE = st.sampled_from(("", "member ", "member "))
OF_BYTES = ("flip", "cut", "part", "drop", "insert", "instead", "twice", "number", "value", "cell", "swap")
OF_MEMBERS = ("member gone", "member again", "member exchanged", "member renamed")
BINARY_CHANGES = st.lists(
    st.one_of(
        st.tuples(st.builds(str.__add__, INSIDE, st.sampled_from(OF_BYTES)), PLACE, PLACE, st.sampled_from(WORDS)),
        st.tuples(st.sampled_from(OF_MEMBERS), PLACE, PLACE, st.sampled_from(WORDS)),
    ),
    min_size=1, max_size=3,
)  # fmt: skip


def spoilt(content: bytes, changes: list[Change]) -> bytes:
    """A file after some changes; ``surrogateescape`` keeps bytes that are no text."""
    for kind, first, second, word in changes:
        lines = content.decode("utf-8", "surrogateescape").split("\n")
        row = first % len(lines)
        line = lines[row]
        margin = line[: len(line) - len(line.lstrip())]
        if kind == "value":  # of a key, or an item
            lines[row] = (
                f"{line.partition(':')[0]}: {word}"
                if ":" in line
                else f"{line[: len(line) - len(line.lstrip())]}- {word}"
            )
        elif kind == "key":
            lines[row] = f"{margin}{word}:{line.partition(':')[2]}"
        elif kind == "cell":
            cells = line.split(",")
            cells[second % len(cells)] = word
            lines[row] = ",".join(cells)
        elif kind == "insert":
            at = second % (len(line) + 1)
            lines[row] = line[:at] + word + line[at:]
        elif kind == "drop":
            del lines[row : row + 1 + second % 3]
        elif kind == "twice":
            lines.insert(row, line)
        elif kind == "indent":
            lines[row] = "  " + line if second % 2 else line.strip()
        elif kind == "swap":
            other = second % len(lines)
            lines[row], lines[other] = lines[other], lines[row]
        elif kind == "cut":
            lines = lines[:row]
        elif kind == "part":
            lines = lines[row:]
        content = "\n".join(lines).encode("utf-8", "surrogateescape")
        if kind == "bytes":
            at = first % (len(content) + 1)
            content = content[:at] + word.encode("latin1") + content[at:]
    return content


class Hangs(BaseException):
    """A command went on for longer than it may."""


HANGING = Hangs.__name__


class Clock:
    """Ends a command by :class:`Hangs` that used, or waited for, more than it may; use it as a context.

    ``seconds`` are of the processor, of all threads. What waits for its turn of the processor is told from what waits
    for nothing that comes by what the kernel counts of every thread (schedstat: time run, time ready to run), so that
    a niced command on a loaded machine gives no false alarm. Where the kernel counts nothing, all time is waiting.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds, self.waited = seconds, 0.0
        self._looked, self._ran = time.monotonic(), _ran_or_ready()

    def __enter__(self) -> Clock:
        signal.signal(signal.SIGPROF, self._used_up)
        signal.signal(signal.SIGALRM, self._look)
        signal.setitimer(signal.ITIMER_REAL, TICK, TICK)
        signal.setitimer(signal.ITIMER_PROF, self.seconds)
        return self

    def __exit__(self, *error: object) -> None:
        for timer in (signal.ITIMER_REAL, signal.ITIMER_PROF):
            signal.setitimer(timer, 0)

    def _used_up(self, *anything: object) -> None:
        raise Hangs

    def _look(self, *anything: object) -> None:
        now, ran = time.monotonic(), _ran_or_ready()
        if ran - self._ran < (now - self._looked) / 10:
            self.waited += now - self._looked
        self._looked, self._ran = now, ran
        if self.waited > WAITS * self.seconds:
            raise Hangs


def _ran_or_ready() -> float:
    """The seconds that the threads of this process have run or were ready to run; 0 where no kernel says so."""
    total = 0
    for thread in Path("/proc/self/task").glob("*/schedstat"):
        with suppress(OSError, ValueError):  # a thread that ended meanwhile
            total += sum(map(int, thread.read_text().split()[:2]))
    return total / 1e9


@cache
def takes(target: Target, file: Path, place: Path) -> float:
    """The seconds of the processor that a command takes on a file as it was."""
    started = time.process_time()
    attempted(target, file, [], place, 600)
    return time.process_time() - started


def attempt(target: Target, file: Path, changes: list[Change], place: Path) -> str:
    """What is wrong with how a command took a spoilt file; empty where nothing is.

    It hangs where it takes :data:`HANG` seconds more than twice as long as on the sound file.
    """
    wrong = attempted(target, file, changes, place, HANG)
    if HANGING in wrong:
        wrong = attempted(target, file, changes, place, HANG + math.ceil(2 * takes(target, file, place)))
    return wrong


def attempted(target: Target, file: Path, changes: list[Change], place: Path, seconds: int) -> str:
    """The same, with so many seconds for it."""
    shutil.rmtree(place, ignore_errors=True)
    folder = place / target.source.name
    inside = file.relative_to(target.source)
    if target.name in ("ledger", "panel", "export", "form"):
        shutil.copytree(target.source, folder)
    (folder / inside).parent.mkdir(parents=True, exist_ok=True)
    content = file.read_bytes()
    spoilt_content = spoilt_binary(content, changes, spoilt) if target.binary else spoilt(content, changes)
    (folder / inside).write_bytes(spoilt_content)
    before = {one for one in folder.rglob("*") if one.is_file()}
    try:
        with Clock(seconds):
            code, said = target.use(folder, folder / inside)
    except Hangs:
        return f"{HANGING}: more than {seconds} seconds"
    except Exception as error:
        return f"Traceback: {type(error).__name__}: {error}"
    if "Traceback" in said or "fault of auditlib" in said:
        return said[-3000:]
    if code not in (0, 1, 2):
        return f"exit {code}: {said[-500:]}"
    if code == 2 and not said.strip():
        return "exit 2 without a message"
    new = {one for one in folder.rglob("*") if one.is_file()} - before
    left = [one.name for one in new if one.name.endswith("~") or code == 2]
    return f"exit {code} and left {left}" if left else ""


def tried(target: Target, number: int, place: Path, until: float) -> str | None:
    """Examples of one seed; what was found, made small, or None."""
    files = target.files()
    found: list[str] = []

    @seed(number)
    @settings(
        max_examples=AT_A_TIME, deadline=None, database=None, suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink), print_blob=False,
    )  # fmt: skip
    @given(st.sampled_from(files), BINARY_CHANGES if target.binary else CHANGES)
    def example(file: Path, changes: list[Change]) -> None:
        if time.monotonic() > until and not found:
            return
        if wrong := attempt(target, file, changes, place):
            found.append(f"{file.relative_to(target.source)} {changes!r}\n{wrong}")
            raise AssertionError

    try:
        example()
    except (AssertionError, Flaky):  # what is wrong once in two tries is wrong as well
        return found[-1]
    return None


def _limit_memory() -> None:
    """A command that fills the memory gets no more: a fault that is found, and not the end of the machine."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--seconds", type=float, default=60)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--target", choices=[*(target.name for target in TARGETS), *BINARY, "binary"])
    given_ = arguments.parse_args()
    skip_unused_imports()
    if not EXPORT.is_dir():  # as `make audit` writes it
        write_heating_winter(EXPORT)
    place = Path(tempfile.mkdtemp(prefix="auditlib-fuzz-"))
    print(f"what is tried is in {place}", flush=True)
    _limit_memory()
    until = time.monotonic() + given_.seconds
    made = Path(tempfile.mkdtemp(prefix="auditlib-fuzzed-"))
    write_binary_files(made, PARAMS / "panels" / "s19-synthetic")
    binary = binary_targets(made)
    asked = [target.name for target in binary] if given_.target == "binary" else [given_.target]
    targets = [one for one in (*TARGETS, *binary) if {None, one.name} & {*asked} and one.files()]
    rounds, faults = 0, 0
    while time.monotonic() < until:
        for target in targets:
            wrong = tried(target, given_.seed + rounds, place / f"{target.name} {rounds}", until)
            if wrong is None:
                shutil.rmtree(place / f"{target.name} {rounds}", ignore_errors=True)
            else:
                faults += 1
                print(f"\nFOUND: {target.name}, seed {given_.seed + rounds}\n{wrong}", flush=True)
            if time.monotonic() > until:
                break
        rounds += 1
    shutil.rmtree(made)
    print(f"{rounds} rounds of up to {AT_A_TIME} files for {len(targets)} targets; {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
