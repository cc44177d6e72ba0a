"""The cookbook: a recipe a file, from a sentence of a real rule to rows and points.

A recipe is a YAML file in ``docs/cookbook`` with the sentence, the part of a scheme that says it, rows, and what each
unit gets. Nothing else has to be told of it: the page, the list of recipes and the test find it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, model_validator

from auditlib.core.period import Period
from auditlib.core.values import Strict, Text
from auditlib.core.worktime import china
from auditlib.core.yaml_file import read_yaml
from auditlib.ledger.read import read_ledger
from auditlib.ledger.registers import REGISTERS, Register
from auditlib.scheme.load import Resolved, SchemeFile, load_scheme
from auditlib.scoring.result import Result
from auditlib.scoring.score import score
from handbook.places import COOKBOOK

__all__ = ["KINDS", "Recipe", "Scored", "recipes"]

KINDS = {
    "rates": Text(zh="比率", en="Rates"),
    "counts": Text(zh="按件按次", en="By cases and occurrences"),
    "time": Text(zh="时间与期限", en="Time and limits"),
    "people": Text(zh="由人决定与原文未明", en="What people decide, what the source leaves open"),
    "totals": Text(zh="总分、排名与结果运用", en="Totals, ranks, outcomes"),
    "peers": Text(zh="与他人比、与自己的过去比", en="Beside others, and beside one's own past"),
}
UNIT = "甲"


class Expected(Strict):
    """What a unit gets, as people write it: points exactly, or null where there are none."""

    points: dict[str, str | None] = {}
    lines: dict[str, str | None] = {}
    total: str | None = None
    rank: int | None = None
    outcomes: tuple[str, ...] | None = None
    undecided: tuple[str, ...] | None = None
    status: dict[str, str] = {}
    met: dict[str, bool | None] = {}
    rates: dict[str, str | None] = {}
    amounts: dict[str, str | None] = {}


class Otherwise(Strict):
    """What comes out under another reading, or once a gap is supplied."""

    reading: dict[str, str] = {}
    supplied: dict[str, str] = Field(default={}, alias="set")
    expect: dict[str, Expected]


class Recipe(Strict):
    """A sentence of a rule, the part of a scheme that says it, rows, and what comes out."""

    title: Text
    kind: str
    survey: str | None = None
    """The clause of the survey of published rules that it answers."""
    sentence: Text
    note: Text
    """What to watch out for."""
    scheme: dict[str, Any]
    period: str = "2025-06"
    as_of: datetime = datetime(2025, 7, 5)
    ledger: dict[str, tuple[dict[str, Any], ...]]
    expect: dict[str, Expected]
    otherwise: tuple[Otherwise, ...] = ()

    @model_validator(mode="after")
    def _known(self) -> Recipe:
        if self.kind not in KINDS:
            raise ValueError(f"found kind: {self.kind}, expected one of {', '.join(KINDS)}")
        return self

    def whole(self) -> dict[str, Any]:
        """The scheme in full: what every scheme has to say, and over it what this one says."""
        usual: dict[str, Any] = {
            "scheme": "recipe",
            "version": "1",
            "title": self.title.model_dump(),
            "source": {"document": "recipe.txt", "title": self.title.model_dump(), "last_checked": date(2026, 1, 1)},
            "effective": {"from": None},
            "periods": ["month"],
            "clauses": {"一": {"quote": self.sentence.zh}},
            "measures": {},
            "ranking": {
                "clause": None, "by": "total", "order": "descending", "within": "all", "ties": "undecided",
                "different_maxima": "undecided",
            },
            "rounding": {"digits": 4, "mode": "half_up"},
        }  # fmt: skip
        if "rankings" in self.scheme:
            del usual["ranking"]
        return usual | self.scheme


@dataclass(frozen=True)
class Scored:
    """A recipe as a user would score it, in a folder of its own."""

    recipe: Recipe
    folder: Path

    def scheme_file(self) -> SchemeFile:
        file = self.folder / "recipe.yaml"
        file.write_text(yaml.safe_dump(self.recipe.whole(), allow_unicode=True, sort_keys=False), encoding="utf-8")
        return load_scheme(file)

    def result(
        self, readings: Mapping[str, str] | None = None, supplied: Mapping[str, str] | None = None
    ) -> tuple[Resolved, Result]:
        """The scheme with these readings and gaps, and what it gives for the recipe's rows."""
        ledger = self.folder / "ledger"
        ledger.mkdir(exist_ok=True)
        file = self.scheme_file()
        write_rows(ledger, self.recipe.ledger, file.natural.known_registers)
        period = Period.parse(self.recipe.period)
        resolved = file.resolve(readings, supplied, period.first)
        read = read_ledger(ledger, self.recipe.as_of, file.natural.extra_registers)
        assert read.rejects.is_empty(), read.rejects
        return resolved, score(resolved, read, period, self.recipe.as_of, calendar=china())


def recipes() -> dict[str, Recipe]:
    """Every recipe by the name of its file, in the order of their numbers."""
    return {file.stem: read_yaml(Recipe, file) for file in sorted(COOKBOOK.glob("[0-9]*.yaml"))}


def rows_of(register: Register, rows: tuple[dict[str, Any], ...]) -> Iterator[dict[str, Any]]:
    """Each row in full: with its unit and its number, and as often as it says."""
    key = register.key
    number = 0
    for row in rows:
        for _ in range(row.get("times", 1)):
            number += 1
            full = {"unit": UNIT} | {name: value for name, value in row.items() if name != "times"}
            if len(key) == 1 and key[0] not in full:
                full[key[0]] = f"{register.name[0]}{number:02d}"
            yield {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in full.items()}


def write_rows(
    folder: Path, ledger: Mapping[str, tuple[dict[str, Any], ...]], registers: Mapping[str, Register] = REGISTERS
) -> None:
    """The rows of a recipe as the CSV files of a ledger, with every column that its registers know."""
    units = ledger.get("units", ({},))
    for register, rows in ({"units": units} | dict(ledger)).items():
        full = list(rows_of(registers[register], rows))
        known = [column.name for column in registers[register].columns]
        columns = known + [name for name in dict.fromkeys(name for row in full for name in row) if name not in known]
        with (folder / f"{register}.csv").open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, columns)
            writer.writeheader()
            writer.writerows(full)
