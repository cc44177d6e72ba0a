"""Exceptions: the lines of a probe, and of a restatement, that somebody has to answer, each with its rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from auditlib.core.hashes import digest
from auditlib.core.message import Message, told
from auditlib.ledger.read import Ledger
from auditlib.ledger.restatement.pair import ASKED
from auditlib.ledger.snapshot import case_hashes
from auditlib.probe.families import Line
from auditlib.probe.probe import Probed
from auditlib.probe.words import ask_first, says
from auditlib.restate.restatement import Restated

__all__ = ["STATES", "ExceptionPaper", "probe_exceptions", "restated_exceptions"]

STATES = ("strong", "signal", "fact")
"""Lines in these states are exceptions: counts beside what was to be expected, never a verdict."""
KINDS = {
    "rewritten": Message("rewritten"), "moved": Message("moved to another unit"), "removed": Message("gone"),
    "inserted": Message("inserted"), "filled_in_late": Message("filled in late"), "added": Message("added"),
    "filled": Message("filled"),
}  # fmt: skip


@dataclass(frozen=True)
class ExceptionPaper:
    """An exception: which test by which clock, of whom, what it says, its cases, and the hash of what these rows are.

    ``id`` are the first twelve digits of a SHA-256 over test, clock, unit and cases: nobody types it. ``content`` tells
    whether the evidence is still the same in a later snapshot.
    """

    id: str
    state: str
    test: str
    clock: str
    unit: str
    says: Mapping[str, str]
    ask_first: Mapping[str, tuple[str, ...]]
    cases: tuple[str, ...]
    content: str

    @property
    def place(self) -> tuple[str, str, str]:
        """What stays the same from one snapshot to the next."""
        return self.test, self.clock, self.unit

    def plain(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> ExceptionPaper:
        own = {**plain, "cases": tuple(plain["cases"])}
        own["ask_first"] = {language: tuple(causes) for language, causes in plain["ask_first"].items()}
        return cls(**own)


def probe_exceptions(found: Probed, ledger: Ledger) -> tuple[ExceptionPaper, ...]:
    """The signals and facts of a probe, in the order of its tests."""
    lines = [line for line in found.lines if line.state in STATES]
    rows = case_hashes(ledger.registers, (case for line in lines for case in line.observed.cases))
    return tuple(_of_line(line, rows) for line in lines)


def _of_line(line: Line, rows: Mapping[str, str]) -> ExceptionPaper:
    cases = tuple(sorted(line.observed.cases))
    about = [rows.get(case, "") for case in cases] or {name: str(v) for name, v in line.observed.counts.items()}
    return ExceptionPaper(
        line.id, line.state, line.test, line.clock, line.unit,
        {language: says(line, language) for language in ("zh", "en")},
        {language: tuple(ask_first(line.test, language)) for language in ("zh", "en")}, cases, digest(about),
    )  # fmt: skip


def restated_exceptions(found: Restated) -> tuple[ExceptionPaper, ...]:
    """What is to be asked about since an earlier snapshot: an exception for each register, class and unit."""
    own: dict[tuple[str, str, str], list[str]] = {}
    for register, key, unit, kind in found.found.rows.select("register", "key", "unit", "class").iter_rows():
        if kind in ASKED:
            own.setdefault((register, kind, unit or ""), []).append(key)
    cells: dict[tuple[str, str], list[str | None]] = {}
    for register, key, _, _, column, before, after in found.found.cells.iter_rows():
        cells.setdefault((register, key), []).extend((column, before, after))
    return tuple(_of_rows(place, keys, cells, found) for place, keys in sorted(own.items()))


def _of_rows(
    place: tuple[str, str, str], keys: Iterable[str], cells: Mapping[tuple[str, str], list[str | None]], found: Restated
) -> ExceptionPaper:
    register, kind, unit = place
    rows = tuple(sorted(keys))
    test, clock = f"restate/{kind}", f"{register} {found.old[:12]}"
    message = Message(
        "{unit}, {register}: {count} {count:row is|rows are} {kind} since the snapshot of {taken}",
        unit=unit or Message("the whole ledger"), register=register, count=len(rows), kind=KINDS[kind],
        taken=found.taken,
    )  # fmt: skip
    said = {language: told(message, language) for language in ("zh", "en")}
    id_ = sha256("\x1e".join((test, clock, unit, *rows)).encode()).hexdigest()[:12]
    about = [[row, *cells.get((register, row), [])] for row in rows]
    return ExceptionPaper(id_, "fact", test, clock, unit, said, {"zh": (), "en": ()}, rows, digest(about))
