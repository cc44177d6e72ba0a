"""The whole procedure of a panel in one go, in a folder of its own that appears whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from auditlib.analysis.request import Asked, check_language
from auditlib.core.environment import environment
from auditlib.core.errors import AuditError, InputError
from auditlib.core.files import whole_folder, write_atomically
from auditlib.core.home import find, home, shown
from auditlib.delphi.analysis import analyse
from auditlib.delphi.declared import PanelFile
from auditlib.delphi.result import Analysis
from auditlib.delphi.rounds import read_panel
from auditlib.delphi.tables import write_workbook
from auditlib.ledger.read import read_ledger
from auditlib.proofs.check import check_scheme
from auditlib.rehearsal.asking import Asking, blank_panel
from auditlib.rehearsal.index import PANEL, Made, index_html
from auditlib.rehearsal.made_up_experts import Rehearsal, Revised
from auditlib.revision.revise import RevisedScheme, revise
from auditlib.revision.versions import open_version, other_versions
from auditlib.runs.execute import execute
from auditlib.runs.parameters import check_parameters
from auditlib.runs.plan import PlannedReport
from auditlib.runs.runfile import Limits

__all__ = ["rehearse"]

INDEX, HOME = "index.html", "AUDITLIB_HOME"


@dataclass(frozen=True)
class _Effect:
    """A revision that was asked for, with everything that it leaves to the ledger put in."""

    asked: Revised
    old: str
    ledger: str
    period: str


def rehearse(
    panel: Path, out: Path, rehearsal: Rehearsal, language: str = "zh", *, replace_old: bool = False,
    tell: Callable[[str], None] = lambda line: None,
) -> Made:  # fmt: skip
    """Rehearse the panel declared in the folder ``panel`` and write everything that is made into ``out``.

    Blank questionnaires, filled ones, the rounds, the analysis, a report of each round, and where ``rehearsal`` says
    what the weights revise, the new version with a report of its effect; an index names them all. ``tell`` hears of
    every step. The same panel and rehearsal give the same bytes. Raises :class:`InputError` for whatever does not fit,
    and for an ``out`` that exists, unless it is an earlier rehearsal and ``replace_old``.
    """
    check_language(language)
    _must_be_free(out, replace_old)
    declared = read_panel(panel).declared
    effect = None if rehearsal.revises is None else _effect_of(rehearsal.revises)
    with whole_folder(out, replace=replace_old) as scratch:
        folder = scratch.resolve()
        blank_panel(panel, folder / PANEL, declared)
        tell(f"blank panel {declared.panel} written, labelled synthetic")
        made = _made(folder, read_panel(folder / PANEL).declared, rehearsal, effect, language, tell)
        write_atomically(folder / INDEX, index_html(made, folder, language).encode("utf-8"))
    tell(f"everything is named in {shown(out / INDEX)}")
    return made


def _must_be_free(out: Path, replace_old: bool) -> None:
    if not out.exists():
        return
    if not (replace_old and (out / INDEX).is_file() and (out / PANEL / "panel.yaml").is_file()):
        expected = "an earlier rehearsal to replace" if replace_old else "a new folder, or --replace"
        raise InputError.at(shown(out), "", f"found something there, expected {expected}")


def _effect_of(asked: Revised) -> _Effect:
    """Where the ledger lies and which period it shows. The ledger of demonstration stands in for one not named."""
    named = asked.ledger or f"params/demonstrations/{asked.scheme}"
    path = find(named, "demonstrations")
    if not path.exists():
        expected = "expected --ledger DIR, a past ledger on which the effect is shown"
        raise InputError.at(named, "", f"no such ledger; {expected}")
    period = asked.period or read_ledger(path).note.period
    if period is None:
        raise InputError.at(named, "ledger.yaml", "found no period, expected one there, or --period P")
    old = _from_home(Path(asked.scheme)) if Path(asked.scheme).is_file() else asked.scheme
    return _Effect(asked, old, _from_home(path), period)


def _from_home(path: Path) -> str:
    """A path as reports name it, wherever they are made: from the home folder where it lies inside, else whole."""
    whole, base = path.resolve(), home().resolve()
    return str(whole.relative_to(base) if whole.is_relative_to(base) else whole)


def _made(
    folder: Path, declared: PanelFile, rehearsal: Rehearsal, effect: _Effect | None, language: str,
    tell: Callable[[str], None],
) -> Made:  # fmt: skip
    asking = Asking(folder / PANEL, declared, rehearsal, tell)
    numbers = tuple(range(1, rehearsal.rounds + 1))
    for number in numbers:
        asking.round(number)
        analysis = analyse(read_panel(folder / PANEL))
        tell(f"round {number}: {_screened(analysis)}")
    write_workbook(analysis, folder / "analysis.xlsx")
    tell("weights of the last round written to analysis.xlsx")
    revised = None if effect is None else _revised(folder, effect, tell)
    reports = list(_reports(folder, declared, numbers, effect, revised, language))
    _render(folder, reports, tell)
    return Made(analysis, rehearsal, revised, tuple(report.id for report in reports))


def _screened(analysis: Analysis) -> str:
    verdicts = [one.verdict for part in analysis.last.screening.values() for one in part]
    counted = ", ".join(f"{verdicts.count(word)} to {word}" for word in ("keep", "discuss", "delete"))
    return f"analysed; screening proposes {counted}" if verdicts else "analysed; nothing is screened"


def _revised(folder: Path, effect: _Effect, tell: Callable[[str], None]) -> RevisedScheme:
    asked = effect.asked
    schemes = home() / "params" / "schemes"
    file = open_version(asked.scheme, asked.effective, schemes)
    new = revise(file, folder / PANEL, asked.effective, others=other_versions(file, {schemes}))
    target = folder / f"{new.old.scheme}@{new.version}.yaml"
    write_atomically(target, new.text.encode("utf-8"))
    checked = check_scheme(target, target.name)
    if not checked.clean:
        raise InputError([*checked.problems, *(found.problem() for found in checked.new)])
    tell(f"revised scheme {target.name} written and checked, in force from {new.effective}")
    return new


def _reports(
    folder: Path, declared: PanelFile, numbers: tuple[int, ...], effect: _Effect | None, revised: RevisedScheme | None,
    language: str,
) -> Iterator[PlannedReport]:  # fmt: skip
    """A report of every round and one of the revision; their parameters are relative to the folder they lie in."""

    def report(id: str, notebook: str, title: str, **parameters: object) -> PlannedReport:
        file = home().resolve() / "notebooks" / f"{notebook}.ipynb"
        told = {**parameters, "language": language}
        if problems := check_parameters(file, told):
            raise InputError(problems)
        return PlannedReport(id, file, told, folder, title, Asked("", "", ""), None, {})

    for number in numbers:
        yield report(f"round-{number}", "delphi_panel", declared.title(language), panel=PANEL, round=number)
    if effect is not None and revised is not None:
        asked = effect.asked
        given: dict[str, object] = {} if asked.as_of is None else {"as_of": asked.as_of.isoformat()}
        if asked.without_units:
            given["without_units"] = list(asked.without_units)
        if asked.vary_readings:
            given["vary_readings"] = list(asked.vary_readings)
        new = f"{revised.old.scheme}@{revised.version}"
        yield report(
            "weight-revision", "weight_revision", new, old=effect.old, new=f"{new}.yaml", ledger=effect.ledger,
            period=effect.period, panel=PANEL, **given,
        )  # fmt: skip


def _render(folder: Path, reports: list[PlannedReport], tell: Callable[[str], None]) -> None:
    """Execute and render the reports from within ``folder``, so that its own path stands in none of them."""
    with _within(folder), tempfile.TemporaryDirectory() as kept:
        for outcome in execute(reports, os.cpu_count() or 1, Limits(), Path(kept)):
            if outcome.error is not None:
                raise AuditError(f"{outcome.report.notebook.name}: {outcome.error}")
            tell(f"report {outcome.report.id}.html rendered")


@contextlib.contextmanager
def _within(folder: Path) -> Iterator[None]:
    """Work in ``folder``, and find schemes and ledgers where they were found before."""
    with environment({HOME: str(home().resolve())}), contextlib.chdir(folder):
        yield
