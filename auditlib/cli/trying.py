"""The command that shows a unit's points while its scheme and ledger are being changed: try."""

from __future__ import annotations

import contextlib
import queue
import shlex
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditlib.cli.scoring import scoring_options
from auditlib.cli.terminal import echo
from auditlib.core.errors import AuditError, InputError, together
from auditlib.core.home import shown

if TYPE_CHECKING:
    from auditlib.analysis.trying.state import State, Tried
    from auditlib.analysis.trying.what_if import WhatIf

__all__ = ["try_scheme"]

EVERY = 0.3
"""Seconds between two looks at the files."""
HELP = """\
set NAME=VALUE      a reading, a gap, a dated value or a place of the scheme (timeliness.late.points), not saved
row C3 closed_at=…  a row otherwise; row +cases unit=E1 …, one more; row -C3, one less; not saved
back                as saved again
q NAME              a quantity of every unit, and where the rules alone let it lie
why INDICATOR       how the points come about
example FILE        the present state as a worked example, in a new file
help, quit"""


@click.command("try")
@scoring_options
@click.option("--unit", required=True, help="The unit whose points are shown.")
@click.option(
    "--row",
    "rows",
    multiple=True,
    metavar="CHANGE",
    help="A row otherwise, not saved: 'C3 closed_at=2025-06-09T10:00:00', '+cases unit=E1 received_at=…', '-C3'.",
)
@click.option(
    "--once", is_flag=True, help="Show the state, or with --reading, --set and --row what they change, and end."
)
@click.option(
    "--example",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the state as a worked example to a new file, and end.",
)
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def try_scheme(
    unit: str, rows: tuple[str, ...], once: bool, example: Path | None, language: str, *, scheme: str, ledger: Path,
    period: str, as_of: datetime | None, readings: dict[str, str], supplied: dict[str, str], accept_rejects: bool,
    calendar: str, provisional_calendar: bool,
) -> None:  # fmt: skip
    """Watch a scheme and a ledger: on every save the faults, with line and column, or what changed for a unit.

    --set takes a gap, a dated value, or any place of the scheme: `--set timeliness.late.points=-3`. Nothing that is
    tried is saved. Typed commands (`help` lists them) try a reading, a value or a row, ask for a quantity, or write a
    worked example; they may come from a pipe. With --once the state is shown, or the difference that the options make.
    """
    from auditlib.analysis.trying.state import Tried
    from auditlib.analysis.trying.what_if import WhatIf, row_change
    from auditlib.core.calendars import CalendarChoice
    from auditlib.core.period import parse_period

    days = CalendarChoice(calendar, provisional_calendar)
    tried = Tried(scheme, ledger, parse_period(period, "--period"), unit, as_of, days, accept_rejects)
    what_if = WhatIf(readings, supplied, tuple(map(row_change, rows)))
    session = _Session(tried, what_if, language)
    if once or example is not None:
        session.begin(strict=True)
        if example is not None:
            session.example(str(example))
        return
    session.begin()
    with contextlib.suppress(KeyboardInterrupt):
        session.run()


@dataclass
class _Session:
    """What was shown last, and what is tried; ``state`` is the last that had no fault."""

    tried: Tried
    what_if: WhatIf
    language: str
    state: State | None = None
    saved: dict[Path, tuple[int, int]] = field(default_factory=dict)
    found: set[str] = field(default_factory=set)

    @property
    def schemes(self) -> list[Path]:
        """The files among those watched that are the scheme's."""
        return [
            file for file in self.tried.watched() if file.suffix in (".yaml", ".yml") and file.name != "ledger.yaml"
        ]

    @property
    def _name(self) -> str:
        return shown(self.tried.file)

    def begin(self, *, strict: bool = False) -> None:
        """Show the state as saved, and what the what-if makes of it. Raises :class:`InputError` where ``strict``."""
        from auditlib.analysis.trying.difference import difference_lines, state_lines
        from auditlib.analysis.trying.state import look

        self.saved = self._signature()
        try:
            state = look(self.tried)
            lines = list(state_lines(state, self.language))
            if self.what_if:
                asked = look(self.tried, self.what_if)
                lines = [*self.what_if.words(), *difference_lines(state, asked, self.language)]
                state = asked
        except InputError as error:
            if strict:
                raise
            self._tell_faults(error)
            return
        self.state = state
        _tell(lines)

    def run(self) -> None:
        """Look at files and commands in turn, until the commands end."""
        typed: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=_read_commands, args=(typed,), daemon=True).start()
        if sys.stdin.isatty():
            echo("watching; `help` lists commands", err=True)
        while True:
            try:
                line = typed.get(timeout=EVERY)
            except queue.Empty:
                self._look_at_files()
                continue
            if line is None or not self._obey(line):
                return

    def _look_at_files(self) -> None:
        now = self._signature()
        if now == self.saved:
            return
        time.sleep(EVERY / 3)  # a file that is being written is looked at when it is whole
        if self._signature() != now:
            return
        scheme = {file: now.get(file) for file in self.schemes}
        moved = any(self.saved.get(file) != stamp for file, stamp in scheme.items())
        self.saved = now
        if self._show(self.what_if) and moved:
            self._tell_findings()

    def _tell_findings(self) -> None:
        """What the rules alone prove now and did not when it was last told."""
        from auditlib.proofs.check import check_scheme

        new = {f"{one.kind} {one.at}": str(one.problem()) for one in check_scheme(self.tried.file, self._name).new}
        _tell(line for name, line in new.items() if name not in self.found)
        self.found = set(new)

    def _signature(self) -> dict[Path, tuple[int, int]]:
        found = {}
        for file in self.tried.watched():
            with contextlib.suppress(OSError):
                stat = file.stat()
                found[file] = (stat.st_mtime_ns, stat.st_size)
        return found

    def _show(self, what_if: WhatIf) -> bool:
        """What is different from what was shown last; False where nothing can be told for faults."""
        from auditlib.analysis.trying.difference import difference_lines, state_lines
        from auditlib.analysis.trying.state import look

        try:
            state = look(self.tried, what_if)
        except InputError as error:
            self._tell_faults(error)
            return False
        lines = difference_lines(self.state, state, self.language) if self.state else state_lines(state, self.language)
        _tell(lines)
        self.state = state
        return True

    def _tell_faults(self, error: InputError) -> None:
        _tell(map(str, together(error.problems)))

    def _obey(self, line: str) -> bool:
        """Do what a typed line asks for; False where it ends the command."""
        word, _, rest = line.strip().partition(" ")
        if word in ("quit", "exit"):
            return False
        known: dict[str, Callable[[str], object]] = {
            "set": self._set, "row": self._row, "back": self._back, "q": self._quantity, "why": self._why,
            "example": self.example, "help": lambda _: echo(HELP),
        }  # fmt: skip
        try:
            if word in known:
                known[word](rest.strip())
            elif word:
                echo(f"found {word}, expected one of {', '.join(known)}, quit")
        except AuditError as error:
            _tell(str(error).splitlines())
        except OSError as error:
            echo(f"{error.filename}: {error.strerror}")
        return True

    def _set(self, told: str) -> None:
        name, sign, value = told.partition("=")
        if not sign or not name:
            raise InputError.at("set", "", f"found {told!r}, expected NAME=VALUE")
        before = self.what_if
        if self.state is not None and name in self.state.scheme.natural.readings:
            asked = replace(before, readings={**before.readings, name: value})
        else:
            asked = replace(before, values={**before.values, name: value})
        if self._show(asked):
            self.what_if = asked

    def _row(self, told: str) -> None:
        from auditlib.analysis.trying.what_if import row_change

        asked = replace(self.what_if, rows=(*self.what_if.rows, row_change(told)))
        if self._show(asked):
            self.what_if = asked

    def _back(self, told: str) -> None:
        from auditlib.analysis.trying.state import NOTHING

        self.what_if = NOTHING
        self._show(NOTHING)

    def _now(self) -> State:
        if self.state is None:
            raise InputError.at(self.tried.scheme, "", "nothing is scored yet, expected its faults to be mended first")
        return self.state

    def _quantity(self, name: str) -> None:
        from auditlib.analysis.trying.difference import quantity_lines

        state = self._now()
        known = state.resolved.scheme.quantity_names
        if name not in known:
            raise InputError.at("q", "", f"found {name or 'nothing'}, expected one of {', '.join(sorted(known))}")
        _tell(quantity_lines(state, name, self.language))

    def _why(self, name: str) -> None:
        from auditlib.analysis.explain import explain
        from auditlib.cli.explaining import echo_line

        state = self._now()
        known = [one.id for one in (*state.unit.indicators, *state.unit.branches)]
        if name not in known:
            raise InputError.at("why", "", f"found {name or 'nothing'}, expected one of {', '.join(known)}")
        for line in explain(state.resolved, state.result, state.unit, self.language):
            if line.indicator == name:
                echo_line(line, 20)

    def example(self, named: str) -> None:
        """Write the state as a worked example. Raises :class:`InputError` where the file is there already."""
        from auditlib.analysis.trying.example import example_text
        from auditlib.core.files import write_atomically

        told = shlex.split(named)
        if len(told) != 1:
            raise InputError.at("example", "", f"found {named or 'nothing'}, expected the name of a new file")
        file = Path(told[0])
        if file.exists():
            raise InputError.at(shown(file), "", "found a file, expected a new name")
        text = example_text(self.tried, self._now(), file.stem, self.language)
        write_atomically(file, text.encode("utf-8"))
        echo(f"written {shown(file)}")


def _read_commands(typed: queue.Queue[str | None]) -> None:
    for line in sys.stdin:
        typed.put(line)
    typed.put(None)


def _tell(lines: Iterable[str]) -> None:
    for line in lines:
        echo(line)
    sys.stdout.flush()
