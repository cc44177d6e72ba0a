"""Commands on what a person must judge: checks new, checks read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from auditlib.cli.scoring import comply_ledger, open_ledger, scoring_options
from auditlib.cli.terminal import echo
from auditlib.core.home import shown

__all__ = ["checks"]


@click.group()
def checks() -> None:
    """Draw what a person must judge as a form, and take the answers back into the ledger."""


@checks.command("new")
@scoring_options
@click.option(
    "--sample",
    "size",
    type=click.IntRange(min=1),
    default=30,
    show_default=True,
    help="At most so many questions for each duty.",
)
@click.option(
    "--duty",
    "duties",
    multiple=True,
    metavar="ID",
    help="Ask about this duty; one that is computed, to control the records. [default: those that ask a person]",
)
@click.option("--unit", help="One unit alone.")
@click.option("--seed", help="Draw from this text. [default: the snapshot hash of the ledger without its answers]")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="FORM.xlsx")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def new(
    size: int, duties: tuple[str, ...], unit: str | None, seed: str | None, out: Path, language: str, **options: Any
) -> None:  # fmt: skip
    """A form with a reproducible sample of what a person must judge in a period.

    The same ledger, period and options draw the same questions; questions that are answered already are not asked
    again. The form says how many of how many, and the seed. `auditlib checks read` takes it back.
    """
    from auditlib.analysis.checks.draw import draw_checks
    from auditlib.analysis.checks.form import check_form
    from auditlib.core.files import write_atomically

    book, complied = comply_ledger(**options)
    if unit is not None and unit not in complied.units:
        raise click.UsageError(f"--unit: found {unit}, expected one of {', '.join(list(complied.units)[:20])}")
    sample = draw_checks(complied.only(unit), book, size, duties=duties, seed=seed)
    title = f"{complied.resolved.scheme.title(language)} {complied.period.words(language)}"
    write_atomically(out, check_form(sample, title, language))
    echo(f"written {shown(out)}: sample {sample.name}, seed {sample.seed}")
    for duty, drawn, whole in sample.drawn:
        echo(f"{duty.id}: {drawn} of {whole}")


@checks.command("read")
@click.argument("forms", nargs=-1, required=True, metavar="FORM.xlsx…", type=click.Path(path_type=Path))
@click.option(
    "--ledger",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The ledger, a folder of your own.",
)
@click.option("--replace", is_flag=True, help="Write the answers of a sample anew.")
def read(forms: tuple[Path, ...], ledger: Path, replace: bool) -> None:
    """Take filled forms back: the answers of a sample into LEDGER/checks-SAMPLE.csv, beside the register `checks`.

    Every fault is named by its cell, and nothing is written unless all forms are sound. What the ledger computes is
    never overwritten: where a person says otherwise, `auditlib duties` shows both.
    """
    from auditlib.analysis.checks.read_back import read_checks

    found = read_checks(forms, open_ledger(ledger, None, True), replace=replace)
    for file in found.files:
        echo(f"written {shown(file)}")
    echo(f"{found.answers} answers, {found.left_open} questions left open")
