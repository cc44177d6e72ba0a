"""The pages of worked examples, each read once a process, and the ledger of an example as files."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from auditlib.ledger.registers import REGISTERS, Register

__all__ = ["SCHEMES", "Page", "pages", "write_ledger"]

ROOT = Path(__file__).parents[1]
SCHEMES = ROOT / "params" / "schemes"

Page = dict[str, Any]


@cache
def pages() -> tuple[tuple[Path, Page], ...]:
    """Every file of ``tests/spec`` with what it says, which nobody changes."""
    files = sorted((ROOT / "tests" / "spec").glob("*/*.yaml"))
    return tuple((file, yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)) for file in files)


def write_ledger(
    folder: Path, page: dict[str, Any], example: dict[str, Any], known: Mapping[str, Register] = REGISTERS
) -> None:
    """The example's rows over the page's usual ones, as CSV files with every column the registers know."""
    registers = {name: list(rows) for name, rows in page.get("ledger", {}).items()} | example.get("ledger", {})
    registers.setdefault("units", [{"unit": "甲"}])
    for name in page.get("registers", []):
        registers.setdefault(name, [])
    for name, rows in registers.items():
        usual = page.get("usual", {}).get(name, {})
        columns = [column.name for column in known[name].columns]
        columns += [
            extra for extra in dict.fromkeys(key for row in [*rows, usual] for key in row) if extra not in columns
        ]
        columns = [column for column in columns if column not in ("times", *page.get("without", {}).get(name, []))]
        key = known[name].key[-1] if known[name].key else None
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, columns)
            writer.writeheader()
            number = 0
            for row in rows:
                full = {"unit": "甲"} | page.get("usual", {}).get(name, {}) | row
                units = full["unit"] if isinstance(full["unit"], list) else [full["unit"]]
                for unit in units * full.pop("times", 1):
                    number += 1
                    line = {k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in full.items()}
                    line["unit"] = unit
                    if key in ("case_id", "event_id", "act_id", "check_id") or (key and name not in REGISTERS):
                        line.setdefault(key, f"{number:04d}")
                    if name == "acts":
                        line.setdefault("case_id", "0001")
                    for keyed in ("person_key", "problem_key"):
                        if keyed in columns:
                            line.setdefault(keyed, f"{keyed[0]}{number}")
                    writer.writerow(line)
