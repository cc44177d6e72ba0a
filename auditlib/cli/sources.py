"""The command on sources: what works of each section, and where a text holds no rule."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from auditlib.cli.terminal import echo, echo_file, show_table
from auditlib.core.table import Table

__all__ = ["sources"]


@click.command()
@click.argument("source", required=False)
@click.option(
    "--has", "has", multiple=True, metavar="POINT", help="With the id of a yardstick: what is there; says what is not."
)
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "csv", "xlsx"]), default="table", show_default=True
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write to a file instead of the terminal; needed for xlsx."
)
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def sources(source: str | None, has: tuple[str, ...], form: str, out: Path | None, language: str) -> None:
    """The 38 sections of the sources: what works of each, or why there is no rule in it, and the test that shows it.

    `auditlib sources S05` shows one. A text without rules may serve as a yardstick: its points of view beside the
    duties and indicators of schemes. `auditlib sources S03 --has 证据 --has 书面材料` says which are not there.
    """
    from auditlib.core.cells import csv_text
    from auditlib.core.files import write_atomically
    from auditlib.report.workbook.sources import source_headings, source_rows, source_workbook
    from auditlib.scheme.sources import source_named, source_sections

    if form == "xlsx" and out is None:
        raise click.UsageError("--format xlsx writes a file: expected --out FILE.xlsx")
    chosen = source_sections() if source is None else {source.upper(): source_named(source)}
    if has:
        _missing(source, chosen, has, language)
        return
    if form == "table" and out is None:
        headings = source_headings(language)
        if source is not None:
            _one(next(iter(chosen.values())), headings, source_rows(chosen, language)[0], language)
            return
        kept = (0, 1, 4, 5, 6)  # a terminal has no room for the place and the test of each
        rows = [[row[place] for place in kept] for row in source_rows(chosen, language)]
        show_table(Table(tuple(headings[place] for place in kept), rows), f"{len(rows)}")
        return
    if form == "json":
        plain = [{"id": name, **one.model_dump(mode="json")} for name, one in chosen.items()]
        data = (json.dumps({"sources": plain}, ensure_ascii=False, indent=1) + "\n").encode()
    elif form == "xlsx":
        data = source_workbook(chosen, language)
    else:
        data = csv_text(source_headings(language), source_rows(chosen, language)).encode()
    if out is None:
        echo_file(data.decode())
    else:
        write_atomically(out, data)


def _one(section: Any, headings: list[str], row: list[str], language: str) -> None:
    from auditlib.core.message import t

    for heading, cell in zip(headings, row, strict=True):
        if cell:
            echo(f"{heading}: {cell}")
    yardstick = section.yardstick
    for scheme in yardstick.placed if yardstick else ():
        echo(f"\n{scheme}")
        for point, parts in zip(yardstick.points, yardstick.parts(scheme).values(), strict=True):
            echo(f"  {point(language)}: {', '.join(parts) or t('not covered', language)}")


def _missing(source: str | None, chosen: dict[str, Any], has: tuple[str, ...], language: str) -> None:
    from auditlib.core.message import t

    section = next(iter(chosen.values()))
    if source is None or section.yardstick is None:
        raise click.UsageError("--has is for the id of a source that is a yardstick, such as S03")
    try:
        missing = section.yardstick.missing(has)
    except ValueError as error:
        raise click.UsageError(f"--has: {error}") from None
    points = section.yardstick.points
    echo(t("{present} of {whole} are there", language, present=len(points) - len(missing), whole=len(points)))
    for point in missing:
        echo(t("not there: {point}", language, point=point(language)))
