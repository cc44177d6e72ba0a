"""The rows of a worked example as a ledger, checked like any other."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from auditlib.analysis.examples.page import Case
from auditlib.core.errors import InputError, Problem
from auditlib.ledger.extra_registers import ExtraRegister, known_registers
from auditlib.ledger.read import Ledger, read_ledger
from auditlib.ledger.registers import REGISTERS, Register

__all__ = ["UNIT", "example_ledger"]

UNIT = "甲"
"""The unit of a row that names none."""
KEYED = ("case_id", "event_id", "act_id", "check_id")
ALONE = ("person_key", "problem_key")
"""Columns in which every row is another's unless the example says otherwise."""


def example_ledger(
    case: Case, as_of: datetime, called: str, extra: Mapping[str, ExtraRegister] | None = None
) -> Ledger:  # fmt: skip
    """The ledger of a worked example: every register that it names, each with all of the columns that there are.

    ``extra`` are the registers that the scheme declares. A row stands for as many as its ``times`` says, and for one
    of each unit where it names several. Keys that are not given are numbers in turn. Raises :class:`InputError`, in
    which the example is ``called`` so, for a register that is not there and for rows that no ledger takes.
    """
    page, example, known = case.page, case.example, known_registers(extra or {})
    registers: dict[str, list[dict[str, Any]]] = {name: list(rows) for name, rows in case.ledger.items()}
    registers.setdefault("units", [{"unit": UNIT}])
    for name in page.registers:
        registers.setdefault(name, [])
    if unknown := [name for name in registers if name not in known]:
        raise InputError.at(called, "ledger", f"found {unknown[0]}, expected one of {', '.join(known)}")
    with tempfile.TemporaryDirectory(prefix="auditlib-example-") as made:
        folder = Path(made)
        for name, rows in registers.items():
            _write(folder / f"{name}.csv", known[name], rows, page.usual.get(name, {}))
        if note := page.note | example.note:
            (folder / "ledger.yaml").write_text(yaml.safe_dump(note, allow_unicode=True), encoding="utf-8")
        ledger = read_ledger(folder, as_of, extra)
        rejected = [
            Problem(called, None, f"{register}.{column}", f"found {found}, expected {expected}")
            for register, column, found, expected in ledger.rejects.select(
                "register", "column", "found", "expected"
            ).iter_rows()
        ]
        if rejected:
            raise InputError(rejected)
        return ledger


def _write(file: Path, register: Register, rows: list[dict[str, Any]], usual: Mapping[str, Any]) -> None:
    known = [column.name for column in register.columns]
    named = dict.fromkeys(key for row in [*rows, usual] for key in row if key != "times")
    columns = [*known, *(name for name in named if name not in known)]
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, columns)
        writer.writeheader()
        writer.writerows(_lines(register, rows, usual, columns))


def _lines(
    register: Register, rows: Iterable[Mapping[str, Any]], usual: Mapping[str, Any], columns: list[str]
) -> Iterator[dict[str, Any]]:
    key = register.key[-1] if register.key else ""
    number = 0
    for row in rows:
        full = {"unit": UNIT} | dict(usual) | dict(row)
        units = full["unit"] if isinstance(full["unit"], list) else [full["unit"]]
        for unit in units * int(full.pop("times", 1)):
            number += 1
            line = {name: _text(value) for name, value in full.items()} | {"unit": unit}
            if key in KEYED or (key and register.name not in REGISTERS):
                line.setdefault(key, f"{number:04d}")
            if register.name == "acts":
                line.setdefault("case_id", "0001")
            for name in ALONE:
                if name in columns:
                    line.setdefault(name, f"p{number}")
            yield line


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, datetime | date) else value
