"""Commands on objections: forms for units, filled forms read back, and what was decided on them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditlib.cli.terminal import echo, show_table, working
from auditlib.core.errors import InputError, Problem
from auditlib.core.table import Table

if TYPE_CHECKING:
    from auditlib.ledger.read import Ledger
    from auditlib.objections.contested import ContestedResult
    from auditlib.objections.proposal import Proposal
    from auditlib.runs.runfile import RunFile
    from auditlib.scheme.load import Resolved

__all__ = ["objections"]


@click.group()
def objections() -> None:
    """What units hold against lines of their results: forms, filled forms read back, decisions.

    The run file says under `issue` who issues the results and when, and under `objections` until when and where they
    are contested; see docs/appeals.md. `auditlib run` lays the form of each unit beside its report.
    """


@objections.command()
@click.argument("run_file", metavar="RUN.yaml", type=click.Path(path_type=Path))
@click.option("--unit", "units", multiple=True, metavar="UNIT", help="Of this unit only; may be said again.")
@click.option("--period", help="Of this period. [default: the last of the run]")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the forms.")
def forms(run_file: Path, units: tuple[str, ...], period: str | None, out: Path) -> None:
    """Write the form of each unit: a workbook with a sheet of A4 for every line of its result, to print or to fill."""
    from auditlib.core.file_names import file_name
    from auditlib.core.files import write_together
    from auditlib.objections.form import objection_form

    run = _run(run_file)
    results = _Results(run)
    when = period or run.periods[-1]
    known = [unit.unit for unit in results.scored(when)[1].units]
    if strange := [unit for unit in units if unit not in known]:
        raise InputError.at(
            run_file, "unit", f"found {strange[0]}, expected one assessed in {when}: {', '.join(known)}"
        )
    made = {
        out / f"{file_name(unit)}-objection.xlsx": objection_form(results.of(when, unit)) for unit in units or known
    }
    write_together(made)
    echo(f"{len(made)} forms written to {out}")


@objections.command()
@click.argument("run_file", metavar="RUN.yaml", type=click.Path(path_type=Path))
@click.argument("filled", metavar="FORM.xlsx...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--late", is_flag=True, help="Take those that were filed after the deadline, too.")
@click.option(
    "--appeals",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write them as a ledger of appeals, too, on which duties judge how they are answered.",
)
@click.option("--dry-run", is_flag=True, help="Say what they propose, and write nothing.")
def read(run_file: Path, filled: tuple[Path, ...], late: bool, appeals: Path | None, dry_run: bool) -> None:
    """Hold filled forms against result and ledger, and write each objection as a proposed adjustment.

    It lies in params/adjustments/SCHEME/proposed and changes no result until it is decided. A form of another run, on a
    result that has changed, with a row of another unit, or with a `was` that the ledger does not have is refused by its
    cells; then nothing is written.
    """
    from auditlib.core.files import whole_folder, write_together
    from auditlib.core.home import PACKAGE, home, shown
    from auditlib.objections.appeals_ledger import appeals_ledger
    from auditlib.objections.proposal import proposal_file, proposal_text
    from auditlib.objections.read_back import form_subject, read_objection

    if home() == PACKAGE / "shipped" and not dry_run:
        raise InputError.at(
            "params", "", "found only what is shipped, expected a folder of your own; see auditlib demo"
        )
    run = _run(run_file)
    results = _Results(run)
    problems: list[Problem] = []
    found: list[Proposal] = []
    for file in filled:
        try:
            told = form_subject(file)
            if told.run != run.run or told.period not in run.periods:
                known = f"{run.run}, {', '.join(run.periods)}"
                raise InputError.at(file, "", f"found a form of {told.run}, {told.period}, expected one of {known}")
            resolved, result = results.scored(told.period)
            if told.unit not in {unit.unit for unit in result.units}:
                raise InputError.at(
                    file, "", f"found a form of {told.unit}, expected one of a unit assessed in the run"
                )
            contested = results.of(told.period, told.unit)
            found += read_objection(file, contested, results.ledger, resolved.scheme, late=late)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    texts = {proposal_file(one): proposal_text(one).encode() for one in found}
    if len(texts) < len(found):
        raise InputError.at(run_file, "", "found two forms on the same line of a unit, expected one")
    if other := [file for file, text in texts.items() if file.exists() and file.read_bytes() != text]:
        raise InputError.at(
            shown(other[0]), "", "found another objection to the same line, expected none; remove it first"
        )
    if not dry_run:
        write_together(texts)
        if appeals is not None:
            assert run.issue is not None
            with whole_folder(appeals) as folder:
                write_together({folder / name: text for name, text in appeals_ledger(found, run.issue.date).items()})
    rows = [
        [one.proposed, one.unit, one.line, one.filed_on.isoformat(),
         "; ".join(f"{change.place}: {change.was} → {change.becomes}" for change in one.changes), one.reason]
        for one in found
    ]  # fmt: skip
    show_table(Table(("proposed", "unit", "line", "filed_on", "changes", "reason"), rows), run.title(run.language))


@objections.command()
@click.argument("scheme")
@click.argument("proposed")
@click.option("--by", required=True, help="The body that decided; no name of a person.")
@click.option("--at", required=True, metavar="T", help="When, local time: 2026-02-28 or 2026-02-28T16:00:00.")
@click.option("--reason", required=True, help="Why, as it shall stand in reports.")
@click.option(
    "--but",
    multiple=True,
    type=click.IntRange(min=1),
    metavar="N",
    help="Not this change of the proposal, by its number; may be said again.",
)
def decide(scheme: str, proposed: str, by: str, at: str, reason: str, but: tuple[int, ...]) -> None:
    """Grant an objection: the proposal PROPOSED becomes the next adjustment of the chain, which `score` applies.

    One that is not granted stays a proposal; how it was answered is an act in the ledger of appeals.
    """
    from auditlib.core.home import shown
    from auditlib.core.period import local_time
    from auditlib.objections.proposal import decide as granted
    from auditlib.scheme.load import find_scheme, load_scheme

    try:
        when = local_time(at)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--at") from None
    file = granted(load_scheme(find_scheme(scheme)).natural, proposed, by, when, reason, but=but)
    echo(f"{shown(file)}: an adjustment from {when.isoformat()}")


def _run(file: Path) -> RunFile:
    """A run file that says how its results are contested. Raises :class:`InputError`."""
    from auditlib.core.home import find
    from auditlib.runs.runfile import read_run

    run = read_run(find(file, "runs", ".yaml"))
    if run.objections is None:
        raise InputError.at(file, "objections", "found no such key, expected until when and where units object")
    return run


class _Results:
    """The results of a run, each period scored once."""

    def __init__(self, run: RunFile) -> None:
        from auditlib.cli.scoring import open_ledger

        self._run = run
        self._scored: dict[str, tuple[Resolved, Any]] = {}
        self.ledger: Ledger = open_ledger(Path(run.ledger), run.as_of, run.accept_rejects, run.scheme)

    def scored(self, period: str) -> tuple[Resolved, Any]:
        from auditlib.core.calendars import CalendarChoice
        from auditlib.core.period import parse_period
        from auditlib.scoring.assess import assess

        if period not in self._scored:
            run = self._run
            days = CalendarChoice(run.calendar, run.provisional_calendar)
            with working(f"scoring {period}"):
                self._scored[period] = assess(
                    run.scheme, self.ledger, parse_period(period, "--period"), run.as_of, readings=run.readings,
                    supplied=run.supplied, days=days,
                )  # fmt: skip
        return self._scored[period]

    def of(self, period: str, unit: str) -> ContestedResult:
        from auditlib.objections.contested import contested_result

        resolved, result = self.scored(period)
        assert self._run.terms is not None
        return contested_result(resolved, result, result.unit(unit), self._run.terms, self._run.language)
