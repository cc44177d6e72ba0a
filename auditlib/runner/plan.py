"""Planning a run: which notebook for which unit and period, with which parameters, into which file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from papermill import inspect_notebook
from pydantic import BeforeValidator, Field, model_validator

from auditlib.assess import assess, parse_period
from auditlib.errors import InputError, Problem
from auditlib.ledger.read import Ledger, local_time, read_ledger
from auditlib.places import home, shown
from auditlib.result import Result
from auditlib.tree import Strict, Text, read_yaml

__all__ = ["Plan", "Report", "RunFile", "check_parameters", "file_name", "plan_run", "read_run"]


TOLD = {"scheme", "ledger", "unit", "period", "as_of", "language", "readings", "supplied"}


def _plain(value: object) -> object:
    """Whole numbers and days, as YAML reads them, are meant as the text that was written."""
    return str(value) if isinstance(value, int | date) and not isinstance(value, bool | datetime) else value


class NotebookUse(Strict):
    """A notebook of the run: once for every unit and period, or once for every period."""

    notebook: str
    per: Literal["unit", "period"]
    parameters: dict[str, Any] = {}
    """What else the notebook is told; what the run itself decides cannot be told otherwise."""

    @model_validator(mode="after")
    def _nothing_told_twice(self) -> NotebookUse:
        if both := sorted(self.parameters.keys() & TOLD):
            raise ValueError(f"found {', '.join(both)} among the parameters, expected it at the top of the run file")
        return self


class RunFile(Strict):
    """A run file: what to assess, by which scheme, and which notebooks tell it."""

    run: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
    title: Text
    scheme: str
    ledger: str
    demonstration: Literal["heating-winter"] | None = None
    """The synthetic ledger that is written in place of a missing one."""
    periods: Annotated[tuple[Annotated[str, BeforeValidator(_plain)], ...], Field(min_length=1)]
    units: tuple[Annotated[str, BeforeValidator(_plain)], ...] | Literal["all"] = "all"
    as_of: Annotated[datetime, BeforeValidator(local_time)] | None = None
    accept_rejects: bool = False
    readings: dict[str, str] = {}
    supplied: dict[str, Annotated[str, BeforeValidator(_plain)]] = Field(default={}, alias="set")
    language: Literal["zh", "en"] = "zh"
    notebooks: Annotated[tuple[NotebookUse, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _each_once(self) -> RunFile:
        for name, values in (("periods", self.periods), ("units", self.units if self.units != "all" else ())):
            if twice := sorted({value for value in values if values.count(value) > 1}):
                raise ValueError(f"found {', '.join(twice)} twice in {name}, expected each once")
        return self


@dataclass(frozen=True)
class Report:
    """One report to be made: a notebook, its parameters, and the files that it becomes (without their endings)."""

    notebook: Path
    parameters: Mapping[str, Any]
    target: Path
    title: str
    period: str
    unit: str | None = None


@dataclass(frozen=True)
class Plan:
    """All reports of a run, with the results they will show."""

    run: RunFile
    out: Path
    reports: tuple[Report, ...]
    results: Mapping[str, Result] = field(repr=False)
    ledger: Ledger = field(repr=False)


def read_run(file: Path) -> RunFile:
    """The run in ``file``. Raises :class:`InputError`."""
    return read_yaml(RunFile, file, shown(file))


def plan_run(run: RunFile, out: Path) -> Plan:
    """Everything the run will do, checked before any kernel starts.

    Raises :class:`InputError` for an unknown scheme, unit, period or notebook, a ledger with rejected
    rows that nobody accepted, and notebook parameters that are unknown, missing or badly typed.
    """
    as_of = run.as_of
    ledger = read_ledger(Path(run.ledger), as_of)
    if ledger.rejects.height and not run.accept_rejects:
        rejected = sum(ledger.rejected.values())
        raise InputError.at(
            run.ledger, "rejects.csv", f"{rejected} rows are rejected; mend them, or say `accept_rejects: true`"
        )
    results: dict[str, Result] = {}
    reports: list[Report] = []
    problems: list[Problem] = []
    for text in run.periods:
        _, result = assess(
            run.scheme, ledger, parse_period(text, run.run), as_of,
            readings=run.readings, supplied=run.supplied, evidence=False,
        )  # fmt: skip
        results[text] = result
        names = {unit.unit: unit.name for unit in result.units}
        units = sorted(names) if run.units == "all" else list(run.units)
        problems += [
            Problem(
                run.run, None, "units", f"found {unit}, expected units assessed in {text}: {', '.join(sorted(names))}"
            )
            for unit in units
            if unit not in names
        ]
        given: dict[str, Any] = {
            "scheme": run.scheme,
            "ledger": run.ledger,
            "period": text,
            "as_of": as_of.isoformat() if as_of else "",
        }
        given |= {"language": run.language}
        decided = {"readings": run.readings, "supplied": run.supplied}
        given |= {key: value for key, value in decided.items() if value}
        for use in run.notebooks:
            notebook = home() / "notebooks" / f"{use.notebook}.ipynb"
            subjects: list[str | None] = [*units] if use.per == "unit" else [None]
            for unit in subjects:
                parameters = given | ({} if unit is None else {"unit": unit}) | use.parameters
                if unit == subjects[0]:
                    problems += check_parameters(notebook, parameters)
                stem = use.notebook if unit is None else file_name(unit)
                title = f"{run.title(run.language)} · {text}"
                title = title if unit is None else f"{names.get(unit, unit)} · {text}"
                reports.append(Report(notebook, parameters, out / text / stem, title, text, unit))
    if problems:
        raise InputError(dict.fromkeys(problems))
    return Plan(run, out, tuple(reports), results, ledger)


PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,), "int": (int,), "float": (int, float), "bool": (bool,), "dict": (dict,), "list": (list, tuple),
}  # fmt: skip


def check_parameters(notebook: Path, parameters: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the parameters for a notebook: unknown, missing (declared as None) or of another type.

    The notebook's own parameters cell, with its type hints, says what it takes.
    """
    name = shown(notebook)
    if not notebook.is_file():
        known = ", ".join(sorted(file.stem for file in notebook.parent.glob("*.ipynb")))
        return [Problem(name, None, "", f"no such notebook, expected one of {known}")]
    declared = inspect_notebook(str(notebook))
    problems = []
    for key, value in parameters.items():
        if key not in declared:
            problems.append(
                Problem(name, None, key, f"unknown parameter, expected one of {', '.join(declared) or 'none'}")
            )
            continue
        kind = re.split(r"[\[ ]", declared[key]["inferred_type_name"] or "None")[0]
        types = PYTHON_TYPES.get(kind)
        if types and (not isinstance(value, types) or (isinstance(value, bool) and kind != "bool")):
            problems.append(Problem(name, None, key, f"found {value!r} ({type(value).__name__}), expected {kind}"))
    for key, entry in declared.items():
        if key not in parameters and entry["default"] == "None":
            problems.append(Problem(name, None, key, f"missing parameter, expected {entry['inferred_type_name']}"))
    return problems


def file_name(unit: str) -> str:
    """A file name for a unit: its code where that is harmless, else the harmless part of it and a hash."""
    harmless = re.sub(r"[^\w一-鿿-]", "_", unit)[:60].strip("._")
    if harmless and harmless == unit:
        return unit
    return f"{harmless or 'unit'}-{hashlib.sha256(unit.encode()).hexdigest()[:8]}"
