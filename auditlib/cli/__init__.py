"""The command line. Every command exits 0 on success, 1 where its check found something, 2 on bad input."""

from __future__ import annotations

from typing import Any

import click

from auditlib.cli.adjusting import adjustments
from auditlib.cli.beginning import new
from auditlib.cli.checking import checks
from auditlib.cli.delphi import delphi, panel
from auditlib.cli.demos import demo
from auditlib.cli.diffs import diff
from auditlib.cli.dossiers import dossier
from auditlib.cli.duties import duties
from auditlib.cli.ends import ending_well
from auditlib.cli.examples import examples
from auditlib.cli.ledgers import intake, mapping
from auditlib.cli.names import names
from auditlib.cli.papers import papers
from auditlib.cli.partitioning import partition
from auditlib.cli.probing import probe
from auditlib.cli.restatement_command import restate
from auditlib.cli.revision import revise
from auditlib.cli.runs import bundle, run, sign, verify
from auditlib.cli.sampling import sample
from auditlib.cli.schemas import schema
from auditlib.cli.schemes import check
from auditlib.cli.scores import explain, score
from auditlib.cli.sites import site
from auditlib.cli.sources import sources
from auditlib.cli.trying import try_scheme
from auditlib.runs.engine.imports import skip_unused_imports

__all__ = ["main"]


class _Commands(click.Group):
    """Turns the library's errors into messages and exit codes, in one place."""

    def make_context(self, *arguments: Any, **more: Any) -> click.Context:
        with ending_well():  # --help prints, too
            return super().make_context(*arguments, **more)

    def invoke(self, ctx: click.Context) -> Any:
        with ending_well():
            return super().invoke(ctx)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="auditlib")
def main() -> None:
    """Assess how well organisations handle complaints, by published rules.

    A scheme is named by its id (a file in params/schemes) or by the path of its file. A ledger is a folder
    of registers, one XLSX file, or the name of a demonstration (a folder in params/demonstrations). `auditlib new`
    writes a scheme of your own to begin with, `auditlib demo` a folder to look around in. Exit codes: 0 success, 1 something was found, 2 bad input or no room to write, 130 and 143 interrupted.
    """
    skip_unused_imports()


for command in (
    demo, new, try_scheme, check, schema, examples, dossier, intake, mapping, names, partition, score, explain, duties, checks, sample, probe,
    restate, papers,
    adjustments, run, verify, sign, bundle,
    delphi, panel, diff, revise, site, sources,
):  # fmt: skip
    main.add_command(command)
