"""Planning a run: which notebook for which unit and period, with which parameters, from what, into which file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Any

from auditlib.analysis.kept import Kept, keep
from auditlib.analysis.request import Asked
from auditlib.analysis.scored_periods import score_period
from auditlib.analysis.views import ScoredPeriod, named_in
from auditlib.core.errors import InputError, Problem
from auditlib.core.hashes import digest, file_sha256, software
from auditlib.ledger.divided.divide import snapshot_of
from auditlib.ledger.privacy.listed import lists_searched
from auditlib.ledger.read import Ledger
from auditlib.objections.issue import Terms
from auditlib.probe.settings import Settings
from auditlib.report.pages.links import Links
from auditlib.report.touched import signals_of
from auditlib.runs.formats import ENDINGS, beside_of, layout_of
from auditlib.runs.notebook_inputs import named_files, notebook_inputs
from auditlib.runs.own_notebooks import find_notebook, needs, own_folder_of
from auditlib.runs.parameters import check_parameters
from auditlib.runs.period_cache import KeptPeriods, content_key, whole_of
from auditlib.runs.probed import different_settings, settings_of_signals
from auditlib.runs.run_links import Place, links_of, places_beside, stem_of
from auditlib.runs.runfile import RunFile
from auditlib.scheme.declared_registers import read_for
from auditlib.scheme.load import scheme_files
from auditlib.scheme.model import Scheme
from auditlib.scoring.adjustments.declared import adjustment_files
from auditlib.scoring.counts import Count
from auditlib.scoring.result import Result

__all__ = ["Plan", "PlannedReport", "plan_run"]


@dataclass(frozen=True)
class PlannedReport:
    """One report to be made: a notebook, its parameters, and the files that it becomes.

    ``inputs`` are the content hashes of all that it is made from, by what they are of.
    """

    id: str
    notebook: Path
    parameters: Mapping[str, Any]
    folder: Path
    title: str
    asked: Asked
    unit: str | None
    inputs: Mapping[str, str]
    beside: tuple[str, ...] = ()
    """The endings of what it becomes beside its page and its executed notebook."""
    links: Links | None = None
    """To the other pages of the run, from its own folder."""
    vouched: Mapping[str, str] = field(default_factory=dict)
    """The files, in the folder of scored periods, that it may read, each with its hash."""
    at: Path | None = None
    """The folder in which it is executed where its notebook is the user's own."""
    terms: Terms | None = None
    """How its results are issued and contested, where the run says so."""

    @property
    def endings(self) -> tuple[str, ...]:
        """The kinds of files that it becomes."""
        return ENDINGS + self.beside

    @property
    def period(self) -> str:
        return self.asked.period

    def name(self, ending: str) -> str:
        """The name, in the folder of the run, of its file with this one of its endings."""
        return f"{self.id}{ending}"

    def file(self, ending: str) -> Path:
        return self.folder / self.name(ending)


@dataclass(frozen=True)
class Plan:
    """All reports of a run, with the results they will show and the hashes of what they are made from."""

    run: RunFile
    out: Path
    reports: tuple[PlannedReport, ...]
    results: Mapping[str, Result] = field(repr=False)
    periods: Mapping[str, ScoredPeriod] = field(repr=False)
    """The same with what its tables say beside: hashes, rejected rows."""
    materials: Mapping[str, str]
    schemes: tuple[Path, ...]
    ledger: Ledger = field(repr=False)


def plan_run(
    run: RunFile, out: Path, kept: KeptPeriods | None = None, scored: Callable[[str], object] = lambda period: None,
    counting: Callable[[Ledger], Count | None] = lambda ledger: None,
) -> Plan:  # fmt: skip
    """Everything the run will do, checked before any notebook starts; every period is scored, once.

    What the reports need of a period is kept in ``kept``, and taken from there where it was scored from the same
    before; ``scored`` is told of each period.
    ``counting`` says who counts the rows of a ledger; None for this process. Raises :class:`InputError` for an
    unknown scheme, unit, period or notebook, a ledger with rejected rows that nobody accepted, and notebook
    parameters that are unknown, missing or badly typed.
    """
    own = own_folder_of(run)
    _check_uses(run, own)
    layout = layout_of(run)
    ledger = read_for(run.scheme, _asked(run, run.periods[0]).ledger_path, run.as_of)
    if ledger.rejects.height and not run.accept_rejects:
        rejected = sum(ledger.rejected.values())
        raise InputError.at(
            run.ledger, "rejects.csv", f"{rejected} rows are rejected; mend them, or say `accept_rejects: true`"
        )
    snapshot, count = snapshot_of(ledger), counting(ledger)
    probing = settings_of_signals(run)
    content = digest([content_key(ledger, snapshot, run.units), probing and probing.model_dump_json()]) if kept else ""
    needed = needs(run, own)
    materials = {"ledger": snapshot} | lists_searched(ledger.path)
    materials |= {f"own {name}": sha256 for name, sha256 in needed.items()}
    schemes: dict[Path, None] = {}
    results: dict[str, Result] = {}
    periods: dict[str, ScoredPeriod] = {}
    reports: list[PlannedReport] = []
    problems: list[Problem] = []
    of_periods: list[tuple[ScoredPeriod, Kept]] = []
    units: dict[str, list[str]] = {}
    for text in run.periods:
        key = kept.key(_asked(run, text), content) if kept else ""
        held = kept.recall(_asked(run, text), key) if kept else None
        period, made = held or (_scored(run, text, ledger, snapshot, count, probing), None)
        scored(text)
        results[text] = period.result
        problems += _unknown_clause(run, period.resolved.scheme)
        periods[text] = whole_of(period)
        rules = scheme_files(period.asked.scheme_path)
        schemes |= dict.fromkeys(rules)
        materials |= {f"scheme {file.name}": file_sha256(file) for file in rules} | _calendar(period)
        decided = adjustment_files(period.resolved.scheme.scheme)
        materials |= {f"adjustment {file.stem}": file_sha256(file) for file in decided}
        names = {unit.unit: unit.name for unit in period.result.units}
        units[text] = sorted(names) if run.units == "all" else list(run.units)
        if strange := [unit for unit in units[text] if unit not in names]:
            expected = f"expected units assessed in {text}: {', '.join(sorted(names))}"
            problems += [Problem(run.run, None, "units", f"found {unit}, {expected}") for unit in strange]
            continue
        made = made or (kept.keep(period, units[text], key) if kept else keep(None, period, units[text]))
        of_periods.append((periods[text], made))
    for period, made in of_periods:
        reports += _reports(run, out, period, units, made, layout, own, digest(needed))
    problems += _same_file(run, reports)
    if problems:
        raise InputError(dict.fromkeys(problems))
    materials |= {f"notebook {report.notebook.stem}": report.inputs["notebook"] for report in reports}
    return Plan(run, out, tuple(reports), results, periods, materials, tuple(schemes), ledger)


def _scored(
    run: RunFile, period: str, ledger: Ledger, snapshot: str, count: Count | None, probing: Settings | None
) -> ScoredPeriod:
    """A period scored, with what a probe says of its units where a report on them asks for it."""
    scored = score_period(_asked(run, period), ledger, snapshot, count)
    return scored if probing is None else replace(scored, signals=signals_of(ledger, scored.resolved, period, probing))


def _check_uses(run: RunFile, own: Path | None) -> None:
    """Check what every notebook of a run is told. Raises :class:`InputError` with all problems, before all else."""
    problems = list(different_settings(run))
    for index, use in enumerate(run.notebooks):
        notebook = find_notebook(use.notebook, own)
        told = (
            _given(run, _asked(run, run.periods[0]), run.language)
            | ({"unit": ""} if use.per == "unit" else {})
            | use.parameters
        )
        for one in check_parameters(notebook, told):
            place = ("notebooks", index, "parameters", one.path)
            problems.append(run.problem(place, one.message) if one.path in use.parameters else one)
    if problems:
        raise InputError(dict.fromkeys(problems))


def _given(run: RunFile, asked: Asked, language: str) -> dict[str, Any]:
    """What a run tells each of its notebooks."""
    return {
        "scheme": asked.scheme,
        "ledger": asked.ledger,
        "period": asked.period,
        "as_of": asked.as_of,
        "language": language,
        **({"readings": dict(asked.readings)} if asked.readings else {}),
        **({"supplied": dict(asked.supplied)} if asked.supplied else {}),
        **({"calendar": asked.calendar} if asked.calendar else {}),
        **({"provisional_calendar": True} if asked.provisional_calendar else {}),
    }


def _unknown_clause(run: RunFile, scheme: Scheme) -> Iterator[Problem]:
    """A clause on objections that the scheme does not have."""
    clause = run.objections.clause if run.objections else None
    if clause is not None and clause not in scheme.clauses:
        known = ", ".join(list(scheme.clauses)[:20])
        told = f"found {clause}, expected null or a clause of the scheme: {known}"
        yield run.problem(("objections", "clause"), told)


def _calendar(period: ScoredPeriod) -> dict[str, str]:
    """The table of the user's own working days, where the scheme counts by a calendar that has one."""
    name = period.resolved.scheme.calendar
    file = period.asked.days.table(name) if name else None
    return {f"calendar {file.name}": file_sha256(file)} if file and file.is_file() else {}


def _asked(run: RunFile, period: str) -> Asked:
    days = run.calendar, run.provisional_calendar
    return Asked.of(run.scheme, run.ledger, period, run.as_of, run.readings, run.supplied, *days)


def _reports(
    run: RunFile, out: Path, scored: ScoredPeriod, units: Mapping[str, Sequence[str]],
    kept: Kept, layout: Mapping[str, str], own: Path | None, needed: str,
) -> Iterator[PlannedReport]:  # fmt: skip
    """The reports of a period, in the order of the run file, in each of its languages."""
    asked = scored.asked
    for at_use, language in product(range(len(run.notebooks)), (run.language, *run.also_in)):
        use, names = run.notebooks[at_use], named_in(scored, language).result
        called, links = {unit.unit: unit.name for unit in names.units}, links_of(run, units[asked.period], language)
        notebook = find_notebook(use.notebook, own)
        at = own if own and notebook.parent == own else None
        content, reads, named = notebook_inputs(notebook)
        for unit in units[asked.period] if use.per == "unit" else [None]:
            parameters = _given(run, asked, language) | ({} if unit is None else {"unit": unit}) | use.parameters
            stem = stem_of(run, use, unit, language)
            title = f"{run.title(language) if unit is None else called[unit]} · {asked.period}"
            basis = kept.basis
            data = basis[unit] if reads == use.per else {"scheme": basis[None]["scheme"], "ledger": scored.snapshot}
            beside = places_beside(run, Place(at_use, unit, asked.period, language), units)
            pages = tuple(page for page in links.pages if page[1] != f"{stem}.html")
            others = Links((*pages, *beside), links.units if unit is None else {})
            inputs = {
                "notebook": content,
                "links": digest([others.pages, dict(others.units)]),
                "parameters": digest([parameters, title]),
                "software": digest(software()),
                **({"own files": needed} if at else {}),
                **named_files(parameters, named),
                **layout,
                **data,
            }
            yield PlannedReport(
                f"{asked.period}/{stem}",
                notebook,
                parameters,
                out,
                title,
                asked,
                unit,
                inputs,
                beside_of(run, use),
                others,
                kept.vouched(asked, unit),
                at,
                run.terms,
            )


def _same_file(run: RunFile, reports: Iterable[PlannedReport]) -> Iterator[Problem]:
    """Reports that would overwrite one another, on a disk that does not tell capitals from small letters."""
    taken: dict[str, PlannedReport] = {}
    for report in reports:
        other = taken.setdefault(report.id.casefold(), report)
        if other is not report:
            text = f"found {report.unit or report.notebook.stem} and {other.unit or other.notebook.stem}"
            yield Problem(run.run, None, "units", f"{text} for the same file {report.id}, expected a file for each")
