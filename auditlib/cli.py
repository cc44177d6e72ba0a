"""The command line. Every command exits 0 on success, 1 where its check found something, 2 on bad input."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from auditlib.errors import AuditError, InputError, Problem
from auditlib.places import home, shown

__all__ = ["main"]


class _Commands(click.Group):
    """Turns the library's errors into messages and exit codes, in one place."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except InputError as error:
            for problem in error.problems:
                click.echo(f"auditlib: {problem}", err=True)
        except AuditError as error:
            click.echo(f"auditlib: {error}", err=True)
        except OSError as error:
            if error.filename is None:
                raise
            click.echo(f"auditlib: {error.filename}: {error.strerror}", err=True)
        ctx.exit(2)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="auditlib")
def main() -> None:
    """Assess how well organisations handle complaints, by published rules.

    A scheme is named by its id (a file in params/schemes) or by the path of its file. A ledger is a folder
    of registers, or one XLSX file. Exit codes: 0 success, 1 something was found, 2 bad input.
    """


def _parameters(_: click.Context, option: click.Parameter, values: Sequence[str]) -> dict[str, str]:
    pairs = {}
    for value in values:
        name, sign, content = value.partition("=")
        if not sign or not name or not content:
            raise click.BadParameter(f"found {value!r}, expected NAME=VALUE", param=option)
        pairs[name] = content
    return pairs


def _as_of(_: click.Context, option: click.Parameter, value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(
            f"found {value!r}, expected a local time such as 2026-01-05T00:00:00", param=option
        ) from None
    if moment.tzinfo is not None:
        raise click.BadParameter(f"found the offset in {value!r}, expected a local time of the ledger", param=option)
    return moment


def _scoring_options(command: Any) -> Any:
    for option in reversed(
        (
            click.argument("scheme"),
            click.option("--ledger", required=True, type=click.Path(path_type=Path), help="Folder of registers, or an XLSX file."),
            click.option("--period", required=True, help="2025-06, 2025Q2, 2025H1 or 2025."),
            click.option("--as-of", callback=_as_of, metavar="T", help="When to look, local time. [default: when the ledger was taken, or else the end of the period or the ledger's latest fact]"),
            click.option("--reading", "readings", multiple=True, callback=_parameters, metavar="ID=NAME", help="Decide an open clause otherwise than the scheme does."),
            click.option("--set", "supplied", multiple=True, callback=_parameters, metavar="GAP=VALUE", help="Supply what the source leaves out."),
            click.option("--accept-rejects", is_flag=True, help="Score although rows of the ledger were rejected."),
        )
    ):  # fmt: skip
        command = option(command)
    return command


def _score(
    scheme: str, ledger: Path, period: str, as_of: datetime | None, readings: dict[str, str], supplied: dict[str, str],
    accept_rejects: bool, *, evidence: bool, units: list[str] | None = None,
) -> Any:  # fmt: skip
    """Resolved scheme and result, from the options of the command line."""
    from auditlib.assess import assess, parse_period
    from auditlib.ledger.read import read_ledger

    when = parse_period(period, "--period")
    with _working(f"reading {ledger}"):
        book = read_ledger(ledger, as_of)
    if book.rejects.height and not accept_rejects:
        _print_rejects(book.rejects)
        count = sum(book.rejected.values())
        raise InputError.at(
            ledger,
            "",
            f"{count} rows are rejected; mend them, or score without them by --accept-rejects" + _late_hint(book),
        )
    with _working(f"scoring {when}"):
        return assess(scheme, book, when, as_of, readings=readings, supplied=supplied, evidence=evidence, units=units)


def _working(what: str) -> contextlib.AbstractContextManager[Any]:
    """Says what is being done to the person who waits at a terminal, and nothing to a file or pipe."""
    from rich.console import Console

    console = Console(stderr=True)
    return console.status(what) if console.is_terminal else contextlib.nullcontext()


def _late_hint(book: Any) -> str:
    """How to look at an earlier time, where the ledger does not say when it was taken."""
    if book.as_of is not None or not book.rejects["expected"].str.contains("as-of time").any():
        return ""
    return "; to look back at an earlier time, say in ledger.yaml when the ledger was taken: `as_of: …`"


def _print_rejects(rejects: Any, limit: int = 200) -> None:
    for row in rejects.head(limit).iter_rows(named=True):
        problem = Problem(row["file"], row["row"], row["column"], f"found {row['found']}, expected {row['expected']}")
        click.echo(f"rejected: {problem}", err=True)
    if rejects.height > limit:
        click.echo(f"rejected: … and {rejects.height - limit} more faults", err=True)


@main.command()
@click.argument("schemes", nargs=-1, required=True)
@click.option("--all", "everything", is_flag=True, help="Show also the findings that the schemes list as known.")
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Find versions not compared with their source since, or no longer in force.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def check(schemes: tuple[str, ...], everything: bool, on: datetime | None, form: str) -> None:
    """Check scheme files, without any data: what does not load, and what the rules alone prove to be wrong.

    One problem a line: file:line: key [clause]: kind: what is wrong, under which readings (the proof).
    A scheme lists the faults of its source under `findings`. Exits 1 when another one was found, or when
    one of these no longer occurs.
    """
    from auditlib.scheme.check import check_scheme
    from auditlib.scheme.load import find_scheme

    day = on.date() if on else None
    paths = [find_scheme(name, home() / "params" / "schemes") for name in schemes]
    checked = [check_scheme(path, shown(path), day) for path in paths]
    if form == "json":
        _echo_json({"problems": [row for one in checked for row in one.rows(everything)]})
    else:
        for line in (line for one in checked for line in one.lines(everything)):
            click.echo(line)
        known = sum(len(one.findings) - len(one.new) for one in checked)
        new = sum(len(one.problems) + len(one.new) for one in checked)
        click.echo(f"{len(schemes)} schemes checked, {new} problems, {known} known findings", err=True)
    sys.exit(0 if all(one.clean for one in checked) else 1)


@main.command()
@click.argument("scheme")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def schema(scheme: str, form: str) -> None:
    """The registers and columns that a scheme needs, a sentence each, and its readings and gaps."""
    from auditlib.measures import needed_columns
    from auditlib.registers import REGISTERS
    from auditlib.scheme.load import find_scheme, load_scheme

    path = find_scheme(scheme, home() / "params" / "schemes")
    natural = load_scheme(path, shown(path)).natural
    needed = needed_columns(natural)
    if form == "json":
        plain: dict[str, Any] = {
            name: {
                column: {"type": known.type, "required": known.required, "meaning": known.meaning, "zh": known.zh}
                if (known := REGISTERS[name].column(column))
                else {"type": "text", "required": False, "meaning": "a column of the ledger's own", "zh": ""}
                for column in columns
            }
            for name, columns in needed.items()
        }
        readings = {
            name: {"options": list(r.options), "use": r.use, "clause": r.clause} for name, r in natural.readings.items()
        }
        gaps = {
            name: {"clause": g.clause, "missing": g.missing.en, "policy": g.policy} for name, g in natural.gaps.items()
        }
        _echo_json({"scheme": natural.scheme, "registers": plain, "readings": readings, "gaps": gaps})
        return
    rows = []
    for name, columns in needed.items():
        register = REGISTERS[name]
        for column in columns:
            known = register.column(column)
            star = "*" if known is not None and known.required else ""
            kind, meaning = (
                (known.type, f"{known.meaning}（{known.zh}）") if known else ("text", "a column of the ledger's own")
            )
            rows.append([name, column + star, kind, meaning])
    _table(["register", "column", "type", "meaning"], rows, f"{natural.scheme} {natural.version}: {natural.title.zh}")
    click.echo("* every row fills it; the others may be empty (unknown), but the columns must be there")
    conditions = [[name, m.register_, m.where] for name, m in natural.measures.items() if m.register_ and m.where]
    _table(["measure", "register", "counts the rows where"], conditions, "measures")
    if natural.readings:
        options = [
            [n, r.clause, " | ".join(f"[{o}]" if o == r.use else o for o in r.options), r.question.zh]
            for n, r in natural.readings.items()
        ]
        _table(["reading", "clause", "options ([in use])", "question"], options, "readings: --reading ID=NAME")
    if natural.gaps:
        _table(
            ["gap", "clause", "policy", "missing"],
            [[n, g.clause, g.policy, g.missing.zh] for n, g in natural.gaps.items()],
            "gaps: --set GAP=VALUE",
        )


@main.command()
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--mapping", required=True, help="A mapping file, or the name of one in params/mappings.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder of the new ledger.")
@click.option("--format", "form", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True)
@click.option("--replace", is_flag=True, help="Write the folder anew where it exists.")
def intake(sources: tuple[Path, ...], mapping: str, out: Path, form: str, replace: bool) -> None:
    """Turn foreign exports (CSV, XLSX, Parquet) into a ledger: accepted and rejected rows, and a snapshot hash.

    Exits 1 when rows were rejected; all of them stand in rejects.csv of the new ledger.
    """
    from auditlib.ledger.intake import take_in, write_ledger
    from auditlib.ledger.mapping import Mapping
    from auditlib.tree import read_yaml

    path = Path(mapping) if mapping.endswith((".yaml", ".yml")) else home() / "params" / "mappings" / f"{mapping}.yaml"
    with _working("taking in"):
        taken = take_in(sources, read_yaml(Mapping, path, shown(path)))
        write_ledger(taken, out, form=form, replace=replace)
    _print_rejects(taken.rejects, 50)
    rows = [[name, seen, taken.registers[name].height, taken.rejected[name]] for name, seen in taken.seen.items()]
    _table(["register", "rows", "accepted", "rejected"], rows, str(out))
    click.echo(f"snapshot {taken.snapshot}")
    sys.exit(1 if taken.rejects.height else 0)


@main.command()
@_scoring_options
@click.option("--unit", "unit", help="Show one unit only; it is ranked among all.")
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "csv", "xlsx"]), default="table", show_default=True
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write to a file instead of the terminal; needed for xlsx."
)
@click.option("--no-evidence", is_flag=True, help="Leave case ids out of the JSON: faster on large ledgers.")
def score(unit: str | None, form: str, out: Path | None, no_evidence: bool, **options: Any) -> None:
    """Score every unit of a ledger for a period."""
    from auditlib.files import write_atomically
    from auditlib.output import result_csv, result_table, write_xlsx

    if form == "xlsx" and out is None:
        raise click.UsageError("--format xlsx writes a file: expected --out FILE.xlsx")
    wants_evidence = form == "json" and not no_evidence
    resolved, result = _score(**options, evidence=wants_evidence, units=[unit] if unit else None)
    if unit:
        result = result.only(unit)
    if form == "xlsx" and out is not None:
        write_xlsx(resolved, result, out)
    elif form == "table" and out is None:
        headers, rows = result_table(resolved, result)
        _table(headers, rows, f"{resolved.scheme.title.zh} {result.period}")
    else:
        text = (
            json.dumps(result.to_json(), ensure_ascii=False, indent=1) + "\n"
            if form == "json"
            else result_csv(resolved, result)
        )
        if out is None:
            click.echo(text, nl=False)
        else:
            write_atomically(out, text.encode("utf-8"))
    if form != "json":
        for warning in result.warnings:
            click.echo(f"note: {warning}", err=True)


@main.command()
@_scoring_options
@click.option("--unit", "unit", required=True, help="The unit to explain.")
@click.option("--indicator", help="One indicator only.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option(
    "--cases", "limit", default=20, show_default=True, help="How many case ids to print a line; 0 prints all."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def explain(unit: str, indicator: str | None, language: str, limit: int, form: str, **options: Any) -> None:
    """Why a unit has its points: every line with clause, operands, arithmetic and case ids."""
    from auditlib.explain import bounds_note
    from auditlib.explain import explain as explain_lines
    from auditlib.points import paired

    resolved, result = _score(**options, evidence=True, units=[unit])
    scored = result.unit(unit)
    known = [item.id for item in scored.indicators]
    if indicator is not None and indicator not in known:
        raise InputError.at(
            resolved.scheme.scheme, "--indicator", f"found {indicator}, expected one of {', '.join(known)}"
        )
    lines = [line for line in explain_lines(resolved, result, scored, language) if indicator in (None, line.indicator)]
    if form == "json":
        _echo_json({"unit": unit, "period": result.period, "lines": [vars(line) for line in lines]})
        return
    total, of = result.text(scored.total), result.text(scored.total_of)
    click.echo(f"{scored.name} ({unit})  {result.period}  {total}{f' / {of}' if of else ''}  rank {scored.rank}")
    for declared, points in paired(resolved.scheme, scored.indicators):
        if indicator not in (None, points.id):
            continue
        out_of = f" / {result.text(points.max)}" if points.max is not None else ""
        shown_points = f"{result.text(points.points)}{out_of}" if points.points is not None else points.status
        click.echo(f"\n{declared.title(language)} [{points.id}]  {shown_points}")
        for line in lines:
            if line.indicator == points.id:
                _echo_line(line, limit)
        if note := bounds_note(declared, points, result.rounding, language):
            click.echo(f"    {note}")
    for warning in result.warnings:
        click.echo(f"note: {warning}", err=True)


def _echo_line(line: Any, limit: int) -> None:
    click.echo(f"  {line.points if line.points is not None else '—':>6}  {line.clause} {line.title}")
    if line.arithmetic:
        click.echo(f"          {line.operands};  {line.arithmetic}")
    elif line.reason:
        click.echo(f"          {line.reason}")
    if line.points not in (None, "0"):
        click.echo(f"          「{line.quote}」")
        for reading in line.readings:
            click.echo(f"          {reading}")
    if line.evidence and line.points not in (None, "0"):
        shown_ids = line.evidence if limit == 0 else line.evidence[:limit]
        more = f" … and {len(line.evidence) - len(shown_ids)} more" if len(shown_ids) < len(line.evidence) else ""
        click.echo(f"          {len(line.evidence)}: {' '.join(shown_ids)}{more}")


@main.command()
@click.argument("run_file", metavar="RUN.yaml", type=click.Path(path_type=Path))
@click.option("--jobs", type=click.IntRange(min=1), help="Reports at a time. [default: as many as cores]")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the reports. [default: reports/RUN]")
@click.option("--dry-run", is_flag=True, help="Show the plan and stop.")
def run(run_file: Path, jobs: int | None, out: Path | None, dry_run: bool) -> None:
    """Make the reports of all units and periods that a run file names, and an index page.

    Everything is checked before the first kernel starts. A report that fails is kept and marked; the
    others are finished, and the exit code is 1.
    """
    from auditlib.runner.plan import plan_run, read_run
    from auditlib.runner.run import make_demonstration, make_reports

    declared = read_run(run_file)
    if declared.demonstration and not Path(declared.ledger).exists():
        click.echo(f"writing the synthetic ledger {declared.ledger}", err=True)
        make_demonstration(declared)
    plan = plan_run(declared, out or Path("reports") / declared.run)
    rejected = sum(plan.ledger.rejected.values())
    click.echo(
        f"{declared.run}: {len(plan.reports)} reports, {len(plan.results)} periods, scheme {declared.scheme}, "
        f"ledger {declared.ledger} ({plan.ledger.accepted.get('cases', 0)} cases, {rejected} rows rejected)"
    )
    if dry_run:
        _table(
            ["period", "unit", "notebook", "file"],
            [[r.period, r.unit, r.notebook.stem, f"{r.target}.html"] for r in plan.reports],
            "plan",
        )
        return
    outcomes, index, seconds = make_reports(plan, jobs or os.cpu_count() or 1)
    failed = [outcome for outcome in outcomes if outcome.error]
    for outcome in failed:
        click.echo(f"failed: {outcome.report.target}.ipynb: {outcome.error}", err=True)
    click.echo(f"{len(outcomes) - len(failed)} reports made, {len(failed)} failed, {seconds:.0f} s; open {index}")
    sys.exit(1 if failed else 0)


def _echo_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))


def _table(headers: Sequence[str], rows: Iterable[Sequence[Any]], title: str) -> None:
    """A table as wide as the terminal; plain tab-separated text where the output is not one."""
    if not sys.stdout.isatty():
        text = io.StringIO()
        csv.writer(text, delimiter="\t", lineterminator="\n").writerows(
            [headers, *(["" if v is None else v for v in r] for r in rows)]
        )
        click.echo(text.getvalue(), nl=False)
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*headers, title=title, title_justify="left")
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row))
    Console().print(table, markup=False)
