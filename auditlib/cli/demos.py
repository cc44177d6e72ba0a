"""The command that writes a folder to begin in: demo."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import click

from auditlib.cli.terminal import echo, working
from auditlib.core.home import shown

__all__ = ["demo"]

LEDGER, UNIT = "reports/ledgers/heating-winter", "D11"


@click.command()
@click.argument("folder", metavar="[DIR]", default="auditlib-demo", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Overwrite files of an earlier demonstration; other files stay.")
@click.option(
    "--planted", is_flag=True, help="Also the ledger with planted manipulation, before and after, and its list."
)
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of its reports.")
def demo(folder: Path, replace: bool, planted: bool, language: str) -> None:
    """Write a folder to begin in, and print the three commands to go on with.

    DIR (auditlib-demo, if none is named) gets the schemes, run files and notebooks, to be read and changed, and the
    synthetic ledger of a heating company. It is laid out as a clone of auditlib is: what README names is found from
    within it. It appears whole or not at all, and nothing that is there is overwritten without --replace.
    """
    from auditlib.runs.demo_folder import RUN_FILE, write_demo_folder

    with working("writing the demonstration"):
        files = write_demo_folder(
            folder, language, replace=replace, planted=planted, tell=lambda line: echo(line, err=True)
        )  # fmt: skip
    spoken = "" if language == "zh" else f" --language {language}"
    commands = [
        f"auditlib run {RUN_FILE}",
        f"auditlib explain s22-heating --ledger {LEDGER} --period 2026-01 --unit {UNIT} --accept-rejects "
        f"--as-of 2026-02-05T00:00:00 --indicator dissatisfied_review{spoken}",
        "auditlib verify reports/demo --sample 1",
    ]
    if planted:
        commands += [
            f"auditlib probe {LEDGER}-planted/after --scheme s22-heating --period 2026-01{spoken}",
            f"auditlib restate {LEDGER}-planted/before {LEDGER}-planted/after --scheme s22-heating --period 2026-01"
            f"{spoken}",
        ]
    if folder.resolve() != Path.cwd().resolve():
        commands.insert(0, f"cd {_quoted(folder)}")
    echo(f"{shown(folder)}: {files} files. Go on with\n")
    for command in commands:
        echo(f"  {command}")
    echo("\nThe first makes the reports (reports/demo/index.html), the second says why a unit has its points,")
    echo("the third makes a report again and compares. `jupyter lab notebooks` opens the notebooks.")
    if planted:
        echo(f"What was planted stands in {LEDGER}-planted/planted.csv; what the last two find can be held against it.")


def _quoted(folder: Path) -> str:
    """A folder as the shell of this system takes it."""
    if os.name == "nt":
        return f'"{folder}"' if " " in str(folder) else str(folder)
    return shlex.quote(str(folder))
