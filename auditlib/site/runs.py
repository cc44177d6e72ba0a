"""What the site knows of a run: its manifest, its results as rows and points, who signed it, whether it is recorded."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from auditlib.core.errors import InputError
from auditlib.core.guards import open_file, text_of
from auditlib.core.hashes import file_sha256
from auditlib.core.message import t
from auditlib.core.period import Period
from auditlib.report.wording import period_words
from auditlib.runs.evidence.chain import CHAIN
from auditlib.runs.evidence.manifest import MANIFEST, Manifest, ReportRecord, read_manifest
from auditlib.runs.results import RESULTS, SCHEMES
from auditlib.site.parts import Part, in_bounds, make_part
from auditlib.site.schemes import SchemeCard, open_scheme
from auditlib.site.stored import StoredIndicator, StoredResult, StoredUnit, read_result

__all__ = ["RunCard", "RunFolder", "find_runs", "open_run", "run_state"]


STATUSES = ("scored", "not_assessable", "needs_input")
PREVIEW = 30
"""How many rows the page shows without script."""
Row = list[Any]


@dataclass(frozen=True)
class RunFolder:
    """The folder of a run, by its name below the reports; ``manifest`` is None where it is not finished."""

    path: Path
    name: str
    manifest: str | None
    """The hash of its manifest."""
    results: int
    """How many bytes of results would have to be read."""


@dataclass(frozen=True)
class RunCard:
    """What the page says of a run, and the parts that hold its rows.

    ``entry`` is plain JSON: the page's own, and what is kept so that an unchanged run is not read again.
    """

    entry: Mapping[str, Any]
    parts: tuple[Part, ...] = ()


def find_runs(root: Path) -> list[RunFolder]:
    """The runs in ``root`` and in its folders, finished ones and others, by name."""
    return sorted(_runs(root, "", 2), key=lambda run: run.name)


def _runs(folder: Path, above: str, depth: int) -> Iterator[RunFolder]:
    for inner in sorted(_folders(folder)):
        path, name = folder / inner, f"{above}{inner}"
        if _is_run(path / MANIFEST):
            results = sum(file.stat().st_size for file in path.glob(f"*/{RESULTS}"))
            yield RunFolder(path, name, file_sha256(path / MANIFEST), results)
        elif (path / ".run").is_dir():
            yield RunFolder(path, name, None, 0)
        elif depth > 1:
            yield from _runs(path, f"{name}/", depth - 1)


def _folders(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [one.name for one in entries if one.is_dir(follow_symlinks=False) and not one.name.startswith(".")]
    except PermissionError:
        return []


def _is_run(file: Path) -> bool:
    """Whether a manifest is one of ours: other tools write files of that name too."""
    try:
        with open_file(file) as stream:
            return b'"auditlib-run/' in stream.read(200)
    except (OSError, InputError):
        return False


def open_run(run: RunFolder) -> RunCard:
    """Read a run. Raises :class:`InputError` where its manifest or one of its results cannot be read."""
    if run.manifest is None:
        raise InputError.at(run.path / MANIFEST, "", "no such file: the run is not finished; auditlib run goes on")
    manifest = read_manifest(run.path)
    table = _Table(run.name, manifest)
    schemes = [_scheme(run.path, name) for name in manifest.products if name.startswith(f"{SCHEMES}/")]
    known: list[StoredResult] = []
    parts: list[Part] = []
    periods: list[dict[str, Any]] = []
    problems: list[InputError] = []
    for period in sorted(map(str, manifest.run["periods"]), key=_order, reverse=True):
        try:
            result = read_result(run.path / period / RESULTS)
        except InputError as error:
            problems.append(error)
            continue
        known.append(StoredResult.model_construct(**(vars(result) | {"units": []})))
        entry, own = table.period(period, result)
        periods.append(entry)
        parts += own
    if problems:
        raise InputError([problem for error in problems for problem in error.problems])
    scheme = _used(schemes, known[0])
    entry = {
        "folder": run.name,
        "title": _title(manifest, any(result.provisional_after for result in known)),
        "language": manifest.run.get("language", "zh"),
        "asOf": known[0].as_of,
        "scheme": {"id": known[0].scheme, "version": known[0].version, "key": scheme.key if scheme else ""},
        "indicators": scheme.indicators if scheme else {},
        "outcomes": scheme.outcomes if scheme else {},
        "index": "index.html" in manifest.products,
        "reports": len(manifest.reports),
        "failed": sum(report.failure is not None for report in manifest.reports),
        "units": len(table.units),
        "groups": sorted(table.groups),
        "found": sorted(table.outcomes),
        "notebooks": table.notebooks,
        "endings": table.endings,
        "periods": periods,
    }
    return RunCard(entry, tuple(parts))


def run_state(run: RunFolder) -> dict[str, Any]:
    """Who signed a run, by the files beside its manifest, and whether the chain of runs has it.

    Neither is a verification: a signature is only checked against a file of allowed signers, files only by hash.
    """
    signers = [
        file.name.removeprefix(f"{MANIFEST}.").removesuffix(".sig") for file in run.path.glob(f"{MANIFEST}.*.sig")
    ]
    return {"signed": sorted(signers), "chain": _recorded(run)}


def _recorded(run: RunFolder) -> str:
    """``recorded``, ``replaced`` by another manifest since, or ``absent`` from the chain beside the run."""
    file = run.path.parent / CHAIN
    if run.manifest is None or not file.is_file():
        return "absent"
    latest = None
    for line in text_of(file).splitlines():
        try:
            link = json.loads(line)
            latest = link["manifest"] if link["run"] == run.path.name else latest
        except (ValueError, KeyError, TypeError):
            continue  # auditlib verify names the line
    return "absent" if latest is None else "recorded" if latest == run.manifest else "replaced"


def _scheme(folder: Path, name: str) -> SchemeCard | None:
    """A scheme as the run kept it; None where this version of auditlib does not read it any more."""
    try:
        return open_scheme(folder / name)
    except InputError:
        return None


def _used(schemes: Iterable[SchemeCard | None], result: StoredResult) -> SchemeCard | None:
    wanted = (result.scheme, result.version)
    return next((card for card in schemes if card and (card.id, card.version) == wanted), None)


def _title(manifest: Manifest, provisional: bool) -> dict[str, str]:
    """What a run is called; that it rests on days of a provisional calendar is said with its name."""
    run = manifest.declared()
    if not provisional:
        return {"zh": run.title.zh, "en": run.title.en}
    return {
        "zh": f"{run.title.zh}（{t('provisional working days', 'zh')}）",
        "en": f"{run.title.en} ({t('provisional working days', 'en')})",
    }


def _order(period: str) -> tuple[str, str]:
    try:
        return str(Period.parse(period).first), period
    except ValueError:
        return "", period


class _Table:
    """The rows of a run, with the lists that they refer to by number."""

    def __init__(self, name: str, manifest: Manifest) -> None:
        self.name = name
        self.notebooks: list[str] = []
        self.endings: list[list[str]] = []
        self.units: set[str] = set()
        self.groups: set[str] = set()
        self.outcomes: set[str] = set()
        self.files = list(manifest.products)
        self.reports: dict[tuple[str, str | None], list[Row]] = {}
        for report in manifest.reports:
            self.reports.setdefault((report.period, report.unit), []).append(self._report(report))

    def period(self, period: str, result: StoredResult) -> tuple[dict[str, Any], list[Part]]:
        """The entry of a period, and the parts with its rows and points."""
        ids = [indicator.id for indicator in result.units[0].indicators] if result.units else []
        full = [indicator.max for indicator in result.units[0].indicators] if result.units else []
        ordered = sorted(result.units, key=lambda one: (one.where or "", one.rank is None, one.rank or 0, one.unit))
        pairs = [(self._row(period, unit), _points(unit, ids, full)) for unit in ordered]
        parts: list[Part] = []
        names = []
        subject = f"{self.name}-{period}"
        for pack in in_bounds(pairs):
            rows = make_part(f"{subject}-rows", [row for row, _ in pack])
            points = make_part(
                f"{subject}-points", {"indicators": ids, "full": full, "units": [own for _, own in pack]}
            )
            parts += [rows, points]
            names.append([rows.name, points.name, len(pack)])
        prefix = f"{period}/"
        entry = {
            "period": period,
            "words": _words(period),
            "ends": _ends(period),
            "units": len(pairs),
            "reports": self.reports.get((period, None), []),
            "tables": [
                name.removeprefix(prefix)
                for name in self.files
                if name.startswith(prefix) and name.endswith((".xlsx", ".csv"))
            ],
            "parts": names,
            "preview": [row for row, _ in pairs[:PREVIEW]],
        }
        return entry, parts

    def _row(self, period: str, unit: StoredUnit) -> Row:
        self.units.add(unit.unit)
        if unit.where is not None:
            self.groups.add(unit.where)
        self.outcomes.update(unit.outcomes, unit.undecided_outcomes)
        return [
            unit.unit, unit.name or unit.unit, unit.where, unit.total, unit.total_of, int(unit.complete), unit.rank,
            int(bool(unit.undecided_with)), unit.outcomes, unit.undecided_outcomes,
            self.reports.get((period, unit.unit), []),
        ]  # fmt: skip

    def _report(self, report: ReportRecord) -> Row:
        """Notebook, stem of the files, their endings, and why it failed; the stem is empty where no file is safe."""
        stem = report.id.removeprefix(f"{report.period}/")
        safe = "/" not in stem and "\\" not in stem and PurePosixPath(report.id).parts == (report.period, stem)
        endings = sorted(name.removeprefix(report.id) for name in report.products if name.startswith(f"{report.id}."))
        return [
            _number(self.notebooks, report.notebook), stem if safe else "", _number(self.endings, endings),
            report.failure,
        ]  # fmt: skip


def _number(known: list[Any], value: Any) -> int:
    """The place of a value in a list, at whose end it is added where it is new."""
    if value not in known:
        known.append(value)
    return known.index(value)


def _words(period: str) -> dict[str, str]:
    try:
        return {"zh": period_words(period, "zh"), "en": period_words(period, "en")}
    except ValueError:
        return {"zh": period, "en": period}


def _ends(period: str) -> str:
    """The day by which periods of any length stand in the order of time."""
    try:
        return str(Period.parse(period).after)
    except ValueError:
        return period


def _points(unit: StoredUnit, ids: Sequence[str], full: Sequence[str | None]) -> list[Any]:
    """The points of a unit in the order of ``ids``; with full marks and status only where they are not the usual."""
    own = {indicator.id: indicator for indicator in unit.indicators}
    return [_cell(own.get(id), usual) for id, usual in zip(ids, full, strict=True)]


def _cell(indicator: StoredIndicator | None, usual: str | None) -> Any:
    if indicator is None:
        return None
    if indicator.status == "scored" and indicator.max == usual:
        return indicator.points
    return [indicator.points, indicator.max, STATUSES.index(indicator.status)]
