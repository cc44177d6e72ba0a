"""Verifying a run: its files against its manifest, and its reports made again from what the manifest says.

Each difference is of one kind: a file is ``missing``, ``tampered`` with, or was ``added``, wherever in the folder; a
``number`` of the results differs; ``bytes`` differ although every score line is the same (what a page tells of other
periods and units may differ); a report ``failed`` now or then; the ``chain`` of runs is broken, or a
``signature`` does not hold. A number names unit, line, old and new value, and what caused it.
"""

from __future__ import annotations

import csv
import random
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Literal

from auditlib.analysis.breakdown import read_account
from auditlib.analysis.diff import Change, UnitDiff, diff
from auditlib.core.errors import InputError
from auditlib.core.hashes import file_sha256, software
from auditlib.core.home import find, placing
from auditlib.core.yaml_file import read_tree
from auditlib.ledger.find import find_ledger
from auditlib.runs.evidence import chain
from auditlib.runs.evidence.manifest import LOG, MANIFEST, Manifest, ReportRecord, read_manifest
from auditlib.runs.evidence.ro_crate import ATTESTATION, CRATE, altered_statements
from auditlib.runs.evidence.signing import check_signatures
from auditlib.runs.execute import execute
from auditlib.runs.period_cache import KeptPeriods
from auditlib.runs.plan import Plan, PlannedReport, plan_run
from auditlib.runs.results import RESULTS, ROWS, SCHEMES, TABLES, WORKBOOK, write_record

__all__ = ["Difference", "Verification", "verify"]

CONCLUSIONS = ("total", "complete", "rank", "tie", "outcomes")
"""What a unit's result says of it beside its lines."""

BESIDE = re.compile(
    rf"{MANIFEST}|{LOG}|{CRATE}|{ATTESTATION}|{MANIFEST}\.[^/]+\.sig".replace(".json", r"\.json")
    + r"|\.run/((link|place|settled)\.json|lock|(entries|history)/[0-9a-f]+\.json|(scored|work)/.+)"
)
"""What stands in the folder of a run and not in its manifest."""

Kind = Literal["missing", "tampered", "added", "number", "bytes", "failed", "chain", "signature"]


@dataclass(frozen=True)
class Difference:
    """One thing that is not as the manifest says; ``cause`` is empty where none is known."""

    kind: Kind
    what: str
    """A file, or the period and unit."""
    line: str = ""
    clause: str = ""
    old: str | None = None
    new: str | None = None
    cause: str = ""


@dataclass(frozen=True)
class Verification:
    """What was looked at, and every difference."""

    files: int
    repeated: int
    signers: tuple[str, ...]
    differences: tuple[Difference, ...]
    absent: tuple[str, ...] = ()
    """Runs of the chain that are not here, where the run was copied away from them."""


def verify(
    folder: Path, *, fast: bool = False, sample: int | None = None, seed: int = 0,
    allowed_signers: Path | None = None, jobs: int = 1, ledger: Path | None = None,
) -> Verification:  # fmt: skip
    """Verify the run in ``folder``.

    ``fast`` looks at hashes only; otherwise every period is scored again, and every report made again, or a
    seeded ``sample`` of them. ``ledger`` is where the ledger lies now, if elsewhere than the run says. Raises
    :class:`InputError` where there is no manifest, or the ledger, scheme or notebook that it names cannot be read.
    """
    manifest = read_manifest(folder)
    found = list(_files(folder, manifest))
    found += [Difference("chain", broken.run, cause=f"{broken.kind}: {broken.text}") for broken in chain.breaks(folder)]
    signatures = check_signatures(folder, allowed_signers) if allowed_signers else []
    found += [Difference("signature", one.signer, cause=one.text) for one in signatures if not one.valid]
    signers = tuple(one.signer for one in signatures if one.valid)
    if allowed_signers and not signatures:
        found.append(Difference("signature", "", cause="nobody has signed this run"))
    repeated = 0
    if not fast:
        altered = {one.what for one in found if one.kind in ("missing", "tampered")}
        given = str(manifest.run["ledger"])
        if not ledger and not find(given, "demonstrations").exists():
            told = "no such ledger here; say where it lies now: --ledger PATH, or verify a bundle, which holds it"
            raise InputError.at(given, "", told)
        moved = placing({("demonstrations", given): find_ledger(ledger)}) if ledger else nullcontext()
        with tempfile.TemporaryDirectory(prefix="auditlib-verify-") as work, moved:
            again = _Again(folder, manifest, Path(work), altered)
            records = _sample(manifest.reports, sample, seed)
            repeated = len(records)
            found += again.differences(records, jobs)
    return Verification(len(manifest.files), repeated, signers, tuple(found), tuple(chain.absent(folder)))


def _files(folder: Path, manifest: Manifest) -> Iterator[Difference]:
    for name, sha256 in manifest.files.items():
        file = folder / name
        if not file.is_file():
            yield Difference("missing", name)
        elif (now := file_sha256(file)) != sha256:
            yield Difference("tampered", name, old=sha256[:12], new=now[:12], cause="changed after the run")
    for name in altered_statements(folder, manifest):
        yield Difference("tampered", name, cause="it does not say what the manifest says")
    for file in sorted(file for file in folder.rglob("*") if file.is_symlink() or not file.is_dir()):
        name = file.relative_to(folder).as_posix()
        if name not in manifest.files and not BESIDE.fullmatch(name):
            yield Difference("added", name, cause="the manifest does not know it")


def _sample(reports: tuple[ReportRecord, ...], size: int | None, seed: int) -> list[ReportRecord]:
    if size is None or size >= len(reports):
        return list(reports)
    chosen = random.Random(seed).sample(range(len(reports)), size)
    return [reports[index] for index in sorted(chosen)]


class _Again:
    """The run once more, in a folder of its own, beside what it was."""

    def __init__(self, folder: Path, manifest: Manifest, work: Path, altered: set[str]) -> None:
        self.folder, self.manifest, self.work, self.altered = folder, manifest, work, altered
        self.plan: Plan = plan_run(manifest.declared(), work / "run", KeptPeriods(work / "scored"))
        write_record(self.plan)
        self.general = tuple(self._general())
        self.rows = _changed_rows(folder / ROWS, self.plan.out / ROWS) if ROWS not in altered else {}

    def differences(self, records: Iterable[ReportRecord], jobs: int) -> Iterator[Difference]:
        """Numbers first, of every period, and its tables; then the files of the reports in ``records``."""
        numbers = {}
        for period in self.plan.results:
            for one in self._numbers(period):
                numbers[one.what] = True
                yield one
        yield from self._tables(numbers)
        planned = {report.id: report for report in self.plan.reports}
        wanted = {record.id: record for record in records if record.id in planned}
        for record in records:
            if record.id not in planned:
                yield Difference("number", record.id, "report", old="made", new="not planned", cause=self._cause(None))
        reports = [planned[id] for id in wanted]
        limits, kept = self.plan.run.limits, self.work / "scored"
        for outcome in execute(reports, jobs, limits, kept):
            yield from self._bytes(outcome.report, wanted[outcome.report.id], outcome.error, numbers)

    def _numbers(self, period: str) -> Iterator[Difference]:
        name = f"{period}/{RESULTS}"
        if name in self.altered:
            return  # what was published cannot be read any more; the file itself is named
        found = diff(read_account(self.folder / name), read_account(self.plan.out / name))
        for what, old, new in found.heads:
            yield Difference("number", period, what, old=old, new=new, cause=self._cause(None))
        for unit in found.units:
            yield from self._of_unit(period, unit)

    def _tables(self, numbers: Mapping[str, bool]) -> Iterator[Difference]:
        """The tables of every period, where no number tells already why they differ.

        A workbook names the hashes of ledger and scheme: where these changed, it says so by itself.
        """
        same = self.manifest.materials == self.plan.materials
        for name, sha256 in self.manifest.products.items():
            period, _, table = name.rpartition("/")
            if table not in TABLES or any(what.split(" ")[0] == period for what in numbers):
                continue
            file = self.plan.out / name
            now = file_sha256(file) if file.is_file() else None
            if now != sha256 and (same or table != WORKBOOK):
                yield Difference("bytes", name, old=sha256[:12], new=now and now[:12], cause=self._cause(None))

    def _of_unit(self, period: str, unit: UnitDiff) -> Iterator[Difference]:
        what, cause = f"{period} {unit.unit}", self._cause(unit.unit)
        if unit.old is None or unit.new is None:
            seen = ("not assessed", "assessed")
            yield Difference(
                "number", what, "unit", old=seen[unit.old is not None], new=seen[unit.new is not None], cause=cause
            )
            return
        for change in unit.changes:
            old, new = (_text(None if entry is None else entry.points) for entry in (change.old, change.new))
            yield Difference("number", what, ".".join(change.key), change.clause, old, new, _of_line(change, cause))
        for name, before, after in unit.facts:
            if name.startswith(CONCLUSIONS):
                own = cause if unit.changes else "where the others stand"
                yield Difference("number", what, name, "", before, after, own)

    def _cause(self, unit: str | None) -> str:
        everywhere = ("ledger changed",) if self.manifest.materials["ledger"] != self.plan.materials["ledger"] else ()
        own = everywhere if unit is None else self.rows.get(unit, ())
        return "; ".join([*own, *self.general]) or "unknown: the inputs have the same hashes"

    def _general(self) -> Iterator[str]:
        """What changed for all units: scheme, notebooks, libraries."""
        for name in sorted({*self.manifest.materials, *self.plan.materials}):
            old, new = self.manifest.materials.get(name), self.plan.materials.get(name)
            if old != new and name != "ledger":
                yield f"{name} changed{self._readings(name)}"
        now = software()
        for name in sorted({*self.manifest.software, *now}):
            old, new = self.manifest.software.get(name), now.get(name)
            if old != new:
                shown = (text[:12] if text else "none" for text in (old, new))
                yield f"{name} {' → '.join(shown)}"

    def _readings(self, name: str) -> str:
        """Which readings are in use now where a scheme file, as the run recorded it, uses others."""
        kind, _, file = name.partition(" ")
        recorded, now = self.folder / SCHEMES / file, self.plan.out / SCHEMES / file
        if kind != "scheme" or not (recorded.is_file() and now.is_file()):
            return ""
        before, after = (_used(path) for path in (recorded, now))
        moved = [f"{key}: {before[key]} → {after[key]}" for key in before if after.get(key) not in (None, before[key])]
        return f" (reading {', '.join(moved)})" if moved else ""

    def _bytes(
        self, report: PlannedReport, record: ReportRecord, error: str | None, numbers: Mapping[str, bool]
    ) -> Iterator[Difference]:
        if error != record.failure:
            yield Difference("failed", record.id, old=record.failure, new=error)
            return
        subject = report.period if report.unit is None else f"{report.period} {report.unit}"
        told = any(one == subject or (report.unit is None and one.startswith(f"{subject} ")) for one in numbers)
        for name, sha256 in record.products.items():
            file = self.plan.out / name
            now = file_sha256(file) if file.is_file() else None
            if now != sha256 and not told:
                changed = [key for key in report.inputs if report.inputs[key] != record.inputs.get(key)]
                rows = self.rows.get(report.unit or "", ()) if changed else ()
                told_by = "; ".join((f"changed inputs: {', '.join(changed)}", *rows))
                cause = told_by if changed else "not reproducible: the same inputs"
                yield Difference("bytes", name, old=sha256[:12], new=now and now[:12], cause=cause)


def _used(scheme: Path) -> dict[str, str]:
    """The reading in use of each open clause, as a scheme file declares it."""
    value = read_tree(scheme).value
    readings = value.get("readings") if isinstance(value, dict) else None
    declared = readings if isinstance(readings, dict) else {}
    return {name: str(one.get("use")) for name, one in declared.items() if isinstance(one, dict)}


def _of_line(change: Change, cause: str) -> str:
    """The cause of the unit's difference, with the rows by which this line rests on others now."""
    come, gone = change.evidence
    rows = [f"now {' '.join(come[:5])}" if come else "", f"no longer {' '.join(gone[:5])}" if gone else ""]
    return "; ".join(text for text in (cause, *rows) if text)


def _text(value: Fraction | None) -> str | None:
    """A number of a stored result, which is a finite decimal, as it was written."""
    return None if value is None else format(Decimal(value.numerator) / Decimal(value.denominator), "f")


def _changed_rows(old: Path, new: Path) -> dict[str, tuple[str, ...]]:
    """By unit, which rows of the ledger were added, changed or removed, each kind with at most five keys."""
    before, after = _rows(old), _rows(new)
    kinds: dict[tuple[str, str, str], list[str]] = {}
    for place in sorted({*before, *after}):
        register, unit, key = place
        if before.get(place) != after.get(place):
            kind = "added" if place not in before else "removed" if place not in after else "changed"
            kinds.setdefault((unit, register, kind), []).append(key)
    causes: dict[str, list[str]] = {}
    for (unit, register, kind), keys in kinds.items():
        more = f" and {len(keys) - 5} more" if len(keys) > 5 else ""
        causes.setdefault(unit, []).append(f"{register} {kind}: {' '.join(keys[:5])}{more}")
    return {unit: tuple(texts) for unit, texts in causes.items()}


def _rows(file: Path) -> dict[tuple[str, str, str], tuple[str, ...]]:
    """The hashes of the rows of a record, by register, unit and key; equal keys together."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    with file.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            rows.setdefault((row["register"], row["unit"], row["key"]), []).append(row["hash"])
    return {place: tuple(sorted(hashes)) for place, hashes in rows.items()}
