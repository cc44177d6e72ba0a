"""Commands on panels of experts: delphi, panel new, read, report, data, export, check, rehearse."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditlib.cli.terminal import echo, echo_file, echo_json, show_table, working
from auditlib.core.home import find, shown

if TYPE_CHECKING:
    from auditlib.delphi.forms.read_back import Returned

__all__ = ["delphi", "panel"]

FOLDER = click.Path(path_type=Path)


@click.command()
@click.argument("panel_dir", type=FOLDER)
@click.option("--format", "form", type=click.Choice(["table", "json", "xlsx"]), default="table", show_default=True)
@click.option("--out", type=FOLDER, help="Write to a file instead of the terminal; needed for xlsx.")
def delphi(panel_dir: Path, form: str, out: Path | None) -> None:
    """Rounds, agreement and weights of a panel of experts.

    PANEL_DIR is a folder, or the name of a shipped panel. It holds panel.yaml (scale, tree of items, options, thresholds), round-1.csv, round-2.csv … (first column
    `expert`, then a column an item; or long: expert, item, mark, remark; also .xlsx) and perhaps experts.csv
    (`expert`, then a column a basis of judgement or `Ca`, and `familiarity` or `Cs`). Experts appear by pseudonyms
    such as E01. Every fault of every file is reported at once, and nothing is mended. `auditlib panel new DIR` writes
    a commented panel.yaml.
    """
    from auditlib.core.files import write_atomically
    from auditlib.delphi.analysis import analyse
    from auditlib.delphi.rounds import read_panel
    from auditlib.delphi.tables import tables, write_workbook

    if form == "xlsx" and out is None:
        raise click.UsageError("--format xlsx writes a file: expected --out FILE.xlsx")
    if form == "table" and out is not None:
        raise click.UsageError("--out writes a file: expected --format json or xlsx")
    with working(f"analysing {panel_dir}"):
        analysis = analyse(read_panel(find(panel_dir, "panels")))
    if form == "json":
        text = json.dumps(analysis.to_json(), ensure_ascii=False, indent=1) + "\n"
        if out is None:
            echo_file(text)
        else:
            write_atomically(out, text.encode("utf-8"))
    elif out is not None:
        write_workbook(analysis, out)
    else:
        for found in tables(analysis):
            echo(f"\n{found.heading} {found.name}")
            show_table(found)


@click.group()
def panel() -> None:
    """Make questionnaires, take filled ones back, report, export tables, rehearse it all, check printed weights."""


@panel.command("new")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--round", "number", type=click.IntRange(min=1), help="The round to ask. [default: the next]")
@click.option(
    "--experts",
    type=click.IntRange(1, 9999),
    help="Questionnaires for E01, E02 … in the first round. [default: those of experts.csv, or one blank form]",
)
@click.option("--replace", is_flag=True, help="Write questionnaires anew where they exist.")
def new(folder: Path, number: int | None, experts: int | None, replace: bool) -> None:
    """A blank panel with its questionnaires, or the questionnaires of the next round.

    Where DIR has no panel.yaml, a commented one is written: edit it, then run this again with --replace. The
    questionnaires, in DIR/questionnaires/round-N, are XLSX files with drop-downs for Excel or LibreOffice, and DOCX
    files of the same content to be filled in in Word or printed; from the second round on there is one for each
    expert, with the own last mark and the panel's median beside each item, and the remarks with the replies to them.
    survey.txt holds the questions for a survey tool. Where the panel weighs by ahp or best_worst, forms ask for
    comparisons of items too.
    """
    from auditlib.delphi.forms.questionnaire import new_panel

    for file in new_panel(folder, number, experts, replace):
        echo(f"written {shown(file)}")


@panel.command("read")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=FOLDER)
@click.option(
    "--panel", "folder", type=FOLDER, help="The panel. [default: the nearest panel.yaml above the first file]"
)
@click.option(
    "--round", "number", type=click.IntRange(min=1), help="Their round. [default: the one that the first form names]"
)
@click.option(
    "--survey",
    metavar="NAME",
    help="FILE is an export of a survey tool: wenjuanxing, google-forms, qualtrics, surveymonkey, or a file that says how to read it.",
)
@click.option(
    "--duplicates",
    type=click.Choice(["refuse", "first", "last"]),
    help="Of several answers of one expert in an export. [default: as the survey's file says, refuse]",
)
@click.option("--replace", is_flag=True, help="Put a form in the place of an earlier one of the same expert.")
def read(
    files: tuple[Path, ...], folder: Path | None, number: int | None, survey: str | None, duplicates: str | None,
    replace: bool,
) -> None:  # fmt: skip
    """Take filled questionnaires of one round back: round-N.csv, remarks-N.csv, experts.csv.

    Forms are XLSX or DOCX. One form or many, at any time until panel.yaml says that the round is closed: they join those that are there, of
    which nothing changes. Every fault of every form is reported, and nothing is written unless all are sound. Who was
    asked and has not answered is told.

    With --survey the one FILE is what a survey tool exports (CSV or XLSX). Marks may be numbers or the labels of the
    scale. Only pseudonyms, marks, remarks and self-assessments enter the panel: no addresses, names or times. Answers
    that look careless (the same mark throughout, too fast) are told and stay.
    """
    from auditlib.delphi.forms.read_back import panel_of, read_questionnaires

    folder = folder if folder is not None else panel_of(files[0])
    if survey is None:
        returned = read_questionnaires(files, folder, number, replace)
    else:
        returned = _read_survey(files, survey, folder, number, duplicates, replace)
    for file in returned.files:
        echo(f"written {shown(file)}")
    for said in returned.inconsistent:
        echo(said.en, err=True)
    if returned.missing:
        echo(f"not yet back: {', '.join(returned.missing)}", err=True)
    echo(f"round {returned.number}: {returned.whole} experts", err=True)
    echo(f"round {returned.number}: {returned.forms} forms, {returned.unanswered} answers left empty")


def _read_survey(
    files: tuple[Path, ...], survey: str, folder: Path, number: int | None, duplicates: str | None, replace: bool
) -> Returned:
    from auditlib.delphi.forms.survey import find_survey, take_export
    from auditlib.delphi.forms.survey_flags import FLAGS

    if len(files) != 1:
        raise click.UsageError(f"--survey reads one export: found {len(files)} files")
    mapping = find_survey(survey)
    mapping = mapping.model_copy(update={"duplicates": duplicates}) if duplicates else mapping
    returned, export = take_export(files[0], mapping, folder, number, replace)
    echo(f"columns left where they are: {', '.join(export.left_out) or 'none'}", err=True)
    if export.rows_left_out:
        echo(f"rows without a finished answer: {export.rows_left_out}", err=True)
    if export.again:
        echo(f"answered more than once, one answer taken: {', '.join(export.again)}", err=True)
    for written, expert in export.respelt.items():
        echo(f"{written}: read as {expert}", err=True)
    for expert, flags in export.flags.items():
        echo(f"{expert}: {', '.join(FLAGS[flag].en for flag in flags)}; the answer stays", err=True)
    return returned


@panel.command("report")
@click.argument("folder", metavar="PANEL_DIR", type=FOLDER)
@click.option("--round", "number", type=click.IntRange(min=1), help="Of this round. [default: the last that came back]")
@click.option("--out", required=True, type=FOLDER, metavar="DIR", help="Folder of the report: DIR/round-N.html.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option(
    "--format", "formats", type=click.Choice(["pdf", "docx"]), multiple=True,
    help="Also as DIR/round-N.pdf or DIR/round-N.docx, an official paper; may be repeated.",
)  # fmt: skip
def report(folder: Path, number: int | None, out: Path, language: str, formats: tuple[str, ...]) -> None:
    """The report of a round, from the answers that are there: agreement, screening, consensus, weights."""
    from auditlib.runs.panel_report import panel_report

    with working("making the report"):
        page = panel_report(folder, out, number, language, formats)
    for made in (page, *(page.with_suffix(f".{one}") for one in formats)):
        echo(f"open {shown(made)}")


@panel.command("data")
@click.argument("folder", metavar="PANEL_DIR", type=FOLDER)
@click.option("--scheme", required=True, help="The scheme whose indicators are the panel's items.")
@click.option("--ledger", required=True, metavar="DIR", help="A past ledger, or the name of a shipped one.")
@click.option("--period", "periods", multiple=True, required=True, metavar="P", help="A past period; may be repeated.")
@click.option("--replace", is_flag=True, help="Replace data that are there.")
def data(folder: Path, scheme: str, ledger: str, periods: tuple[str, ...], replace: bool) -> None:
    """What the items came to in past periods: data.csv, for `weights: {method: entropy}` or critic.

    A row a unit and period, a column an item: points over full marks. data.yaml says from which ledger they are. A
    table of one's own, with the columns unit and an item each, serves as well.
    """
    from auditlib.revision.past_data import write_past_data

    with working(f"scoring {len(periods)} periods"):
        written = write_past_data(folder, scheme, ledger, periods, replace)
    for file in written.files:
        echo(f"written {shown(file)}")
    if written.without:
        echo(f"no unit has points of: {', '.join(written.without)}", err=True)
    for unit, period, items in written.left_out:
        echo(f"left out: {unit} in {period}, which has no points of {items}", err=True)
    echo(f"{written.rows} rows")


@panel.command("export")
@click.argument("folder", metavar="PANEL_DIR", type=FOLDER)
@click.option("--out", required=True, type=FOLDER, metavar="DIR", help="A new folder for the files.")
@click.option("--round", "number", type=click.IntRange(min=1), help="The round to report. [default: the last]")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--replace", is_flag=True, help="Replace an earlier export in DIR.")
def export(folder: Path, out: Path, number: int | None, language: str, replace: bool) -> None:
    """The tables of a panel for a paper: one Word document, and each table as CSV.

    DIR/tables.docx holds the numbered tables of the report as three-line tables with their captions and notes, and its
    figures (participation flow, marks, agreement, weights); wide tables stand on wide pages. The CSV files open in
    Excel. The same panel gives the same bytes.
    """
    from auditlib.report.panel import PanelReport
    from auditlib.report.panel_export import export_panel

    with working(f"writing the tables of {folder}"):
        report = PanelReport.open(panel=str(folder), round=number, language=language)
        files = export_panel(report, out, replace)
    for file in files:
        echo(f"written {shown(file)}")


@panel.command("check")
@click.argument("files", nargs=-1, required=True, metavar="PRINTED.yaml…", type=FOLDER)
@click.option("--all", "everything", is_flag=True, help="Show also known findings, and what was confirmed.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def check(files: tuple[Path, ...], everything: bool, form: str) -> None:
    """Recompute the weights and coefficients that a publication prints.

    One finding a line: place [clause]: kind: what is wrong (the arithmetic). Exits 1 when a finding is not listed in
    the file as known, or a listed one no longer occurs.
    """
    from auditlib.delphi.weights.printed_check import check_printed

    checked = [check_printed(file, shown(file)) for file in map(find, files)]
    if form == "json":
        echo_json({"findings": [row for one in checked for row in one.rows(everything)]})
    else:
        for line in (line for one in checked for line in one.lines(everything)):
            echo(line)
        new, known = (sum(found.known is k for one in checked for found in one.findings) for k in (False, True))
        echo(f"{len(files)} publications checked, {new} new findings, {known} known", err=True)
    sys.exit(0 if all(one.clean for one in checked) else 1)


@panel.command("rehearse")
@click.argument("folder", metavar="PANEL_DIR", type=FOLDER)
@click.option("--out", required=True, type=FOLDER, metavar="DIR", help="A new folder for everything that is made.")
@click.option("--scheme", help="The scheme that takes over the weights. [default: that of rehearsal.yaml, if any]")
@click.option(
    "--effective", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="The first day of the new version."
)
@click.option("--ledger", metavar="DIR", help="A past ledger that shows the effect. [default: the demonstration's]")
@click.option("--period", metavar="P", help="The period of that ledger. [default: the one that it names]")
@click.option("--experts", type=click.IntRange(1, 9999), help="How many. [default: as sent in round 1]")
@click.option("--seed", type=int, help="Which answers are made up.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--replace", is_flag=True, help="Replace an earlier rehearsal in DIR.")
def rehearse(folder: Path, out: Path, language: str, replace: bool, **given: Any) -> None:
    """Go through the whole procedure of a panel with made-up experts, before real ones are asked.

    From the blank panel declared in PANEL_DIR: questionnaires, filled by made-up experts and read back; analysis and
    screening; the next round with each expert's last marks and the medians; weights; a report of each round. With a
    scheme also its new version, checked, and a report of who would move under it. PANEL_DIR/rehearsal.yaml says how
    the made-up experts answer and what their weights revise; options go before it. Nothing in PANEL_DIR is changed,
    and everything made is labelled synthetic. The same inputs give the same bytes.
    """
    from auditlib.delphi.rounds import read_panel
    from auditlib.rehearsal.made_up_experts import read_rehearsal
    from auditlib.rehearsal.rehearse import rehearse as run

    folder = find(folder, "panels")
    declared = read_rehearsal(folder, read_panel(folder).declared)
    steps = 0

    def tell(line: str) -> None:
        nonlocal steps
        steps += 1
        echo(f"{steps:2} {line}", err=True)

    effective: datetime | None = given.pop("effective")
    made = run(
        folder,
        out,
        declared.told(effective=effective and effective.date(), **given),
        language,
        replace_old=replace,
        tell=tell,
    )
    echo(f"{made.analysis.panel.declared.panel}: rehearsed in {steps} steps; open {shown(out / 'index.html')}")
