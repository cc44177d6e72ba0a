"""One period scored once, with everything a report asks of it; several reports in one process share it."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import polars as pl

from auditlib.assess import assess, parse_period
from auditlib.errors import InputError
from auditlib.ledger.read import ROW, Ledger, read_ledger, read_table
from auditlib.ledger.snapshot import snapshot_hash
from auditlib.period import Period
from auditlib.places import home
from auditlib.points import paired
from auditlib.report.figures import Case
from auditlib.report.wording import LANGUAGES
from auditlib.result import Result, UnitScore
from auditlib.scheme.load import Resolved, find_scheme

__all__ = ["ScoredPeriod", "check_language", "open_period"]


@dataclass(frozen=True)
class ScoredPeriod:
    """A ledger scored by a scheme for a period, as the parameters of a report ask.

    ``previous`` is the period before as the scheme then in force scores it at the same as-of time; None where the
    ledger has nothing there.
    """

    scheme: str
    ledger_given: str
    as_of_given: str
    scheme_file: Path
    resolved: Resolved
    ledger: Ledger
    period: Period
    result: Result = field(repr=False)
    previous: Result | None = field(repr=False)
    readings: Mapping[str, str]
    supplied: Mapping[str, str]

    def unit(self, code: str) -> UnitScore:
        """The score of a unit. Raises :class:`InputError` with the units there are."""
        try:
            return self.result.unit(code)
        except KeyError:
            known = ", ".join(unit.unit for unit in self.result.units) or "none"
            raise InputError.at(
                self.ledger_given, "unit", f"found {code!r}, expected one of the units of {self.period}: {known}"
            ) from None

    def previous_unit(self, code: str) -> UnitScore | None:
        """The unit's score in the period before, where there is one."""
        if self.previous is None:
            return None
        return next((unit for unit in self.previous.units if unit.unit == code), None)

    @cached_property
    def scheme_sha256(self) -> str:
        return hashlib.sha256(self.scheme_file.read_bytes()).hexdigest()

    @cached_property
    def snapshot(self) -> str:
        """The hash of the ledger's accepted rows."""
        return snapshot_hash(self.ledger.registers)

    @cached_property
    def rejected_rows(self) -> int:
        return sum(self.ledger.rejected.values())

    @cached_property
    def reject_units(self) -> tuple[str | None, ...]:
        """The unit of each line of the ledger's rejects; None where the row's file no longer tells."""
        tables: dict[str, dict[int, str | None]] = {}
        found = []
        for name, row in self.ledger.rejects.select("file", "row").iter_rows():
            if name not in tables:
                tables[name] = _units_by_row(self.ledger.path, name)
            found.append(tables[name].get(row))
        return tuple(found)

    def rejected_of(self, unit: str) -> int | None:
        """How many rejected rows are of ``unit``; None where no row tells its unit."""
        if all(code is None for code in self.reject_units):
            return None
        rows = self.ledger.rejects.select("file", "row").rows()
        return len({place for place, code in zip(rows, self.reject_units, strict=True) if code == unit})

    def counted_cases(self, unit: UnitScore) -> dict[str, list[tuple[str, str]]]:
        """The cases behind lost points, each with the (indicator, rule) ids that they cost points under."""
        counted: dict[str, list[tuple[str, str]]] = {}
        scheme = self.resolved.scheme
        for indicator, scored in paired(scheme, unit.indicators):
            rules = {rule.id: rule for rule in indicator.rules}
            for line in scored.lines:
                rule = rules[line.rule]
                measure = scheme.measures.get(scheme.evidence_of(rule) or "")
                if line.points is None or line.points >= 0 or measure is None or measure.register_ != "cases":
                    continue
                for key in line.evidence:
                    under = counted.setdefault(key, [])
                    if (indicator.id, rule.id) not in under:
                        under.append((indicator.id, rule.id))
        return counted

    def case_rows(self, unit: str) -> pl.DataFrame:
        """All cases of a unit, with what a report may show of them; no pseudonyms."""
        if "cases" not in self.ledger.registers:
            return pl.DataFrame(schema={"case_id": pl.String, "received_at": pl.Datetime("us")})
        frame = self.ledger.registers["cases"]
        have = frame.collect_schema().names()
        wanted = [name for name in ("case_id", "kind", "received_at", "closed_at") if name in have]
        return frame.filter(pl.col("unit") == unit).select(wanted).sort("received_at", "case_id").collect()

    def arrivals(self, unit: UnitScore) -> list[Case]:
        """The unit's cases received in the period: when received, when closed, and whether they lost points."""
        counted = self.counted_cases(unit)
        look = self.result.as_of
        cases: list[Case] = []
        for row in self.case_rows(unit.unit).iter_rows(named=True):
            if row["received_at"] is not None and self.period.start <= row["received_at"] < self.period.end:
                closed = row.get("closed_at")
                known = closed if closed is not None and closed <= look else None
                cases.append((row["received_at"], known, row["case_id"] in counted))
        return cases

    @cached_property
    def command(self) -> dict[str, str]:
        """The command lines that ``score`` and ``explain`` again, and the parameters of a ``notebook``."""
        look = self.result.as_of.isoformat()
        parts = [self.scheme, "--ledger", self.ledger_given, "--period", str(self.period), "--as-of", look]
        for name, option in self.readings.items():
            parts += ["--reading", f"{name}={option}"]
        for name, value in self.supplied.items():
            parts += ["--set", f"{name}={value}"]
        notebook = ["-p", "scheme", self.scheme, "-p", "ledger", self.ledger_given]
        notebook += ["-r", "period", str(self.period), "-p", "as_of", look]
        for parameter, table in (("readings", self.readings), ("supplied", self.supplied)):
            if table:
                inside = ", ".join(f'{name}: "{value}"' for name, value in table.items())
                notebook += ["-y", f"{parameter}: {{{inside}}}"]
        common = shlex.join(parts)
        return {"score": f"auditlib score {common}", "explain": f"auditlib explain {common}",
                "notebook": shlex.join(notebook)}  # fmt: skip

    @property
    def software(self) -> str:
        try:
            return f"auditlib {version('auditlib')}"
        except PackageNotFoundError:
            return "auditlib"


def _units_by_row(ledger: Path, name: str) -> dict[int, str | None]:
    file, _, sheet = name.removesuffix("]").partition("[") if name.endswith("]") else (name, "", "")
    try:
        table, _ = read_table((ledger if ledger.is_dir() else ledger.parent) / file, sheet or None)
    except (InputError, OSError):
        return {}
    if not {"unit", ROW} <= set(table.columns):
        return {}
    return dict(table.select(pl.col(ROW).cast(pl.Int64), pl.col("unit").cast(pl.String)).iter_rows())


def check_language(language: str) -> str:
    """``language`` if reports know it. Raises :class:`InputError`."""
    if language not in LANGUAGES:
        raise InputError.at("parameters", "language", f"found {language!r}, expected one of: {', '.join(LANGUAGES)}")
    return language


def open_period(
    scheme: str,
    ledger: str,
    period: str,
    as_of: str | datetime | None = None,
    *,
    readings: Mapping[str, str] | None = None,
    supplied: Mapping[str, object] | None = None,
    accept_rejects: bool = True,
) -> ScoredPeriod:
    """The period scored, from what a report's parameters say; the same parameters on unchanged files score only once.

    Raises :class:`InputError` for a scheme, ledger, period, time, reading or gap that does not exist, and, without
    ``accept_rejects``, for a ledger with rejected rows.
    """
    parsed = parse_period(str(period), "parameters")
    path = Path(ledger)
    path = path if path.exists() else home() / ledger
    if not path.exists():
        raise InputError.at(ledger, "", "no such ledger; expected a folder of registers or an XLSX file")
    file = find_scheme(scheme, home() / "params" / "schemes", on=parsed.first)
    chosen = tuple(sorted((str(k), str(v)) for k, v in (readings or {}).items()))
    values = tuple(sorted((str(k), str(v)) for k, v in (supplied or {}).items()))
    scored = _scored(scheme, ledger, path, file, parsed, _time(as_of), chosen, values, _stamp(path), _stamp(file))
    if not accept_rejects and scored.rejected_rows:
        raise InputError.at(ledger, "", f"found {scored.rejected_rows} rejected rows, expected none; see rejects")
    return scored


def _time(as_of: str | datetime | None) -> datetime | None:
    if as_of is None or as_of == "":
        return None
    try:
        moment = as_of if isinstance(as_of, datetime) else datetime.fromisoformat(as_of)
    except ValueError:
        raise InputError.at(
            "parameters", "as_of", f"found {as_of!r}, expected a local time such as 2026-01-05T00:00:00"
        ) from None
    return moment.replace(tzinfo=None)


def _stamp(path: Path) -> tuple[tuple[str, int, int], ...]:
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    return tuple((str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in files)


@lru_cache(maxsize=4)
def _scored(
    scheme: str,
    ledger_given: str,
    path: Path,
    file: Path,
    period: Period,
    as_of: datetime | None,
    readings: tuple[tuple[str, str], ...],
    supplied: tuple[tuple[str, str], ...],
    *stamps: object,
) -> ScoredPeriod:
    chosen, values = dict(readings), dict(supplied)
    ledger = read_ledger(path, as_of)
    resolved, result = assess(scheme, ledger, period, as_of, readings=chosen, supplied=values)
    before, previous = period.previous(), None
    with suppress(InputError):  # no version of the scheme was in force, or it has other readings: nothing to compare
        _, previous = assess(
            scheme, ledger, before, result.as_of, readings=chosen, supplied=values, evidence=False
        )  # fmt: skip
    if previous is not None and f"the ledger has no row in {before}" in previous.warnings:
        previous = None
    return ScoredPeriod(
        scheme, ledger_given, as_of.isoformat() if as_of else "", file, resolved, ledger, period, result, previous,
        chosen, values,
    )  # fmt: skip
