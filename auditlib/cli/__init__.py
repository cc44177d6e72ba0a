"""The command line. Every command exits 0 on success, 1 where its check found something, 2 on bad input.

A command is imported when it is called: the list of all costs no more than this module.
"""

from __future__ import annotations

import atexit
import gc
from functools import cache
from importlib import import_module
from typing import Any

import click

from auditlib.cli.ends import ending_well
from auditlib.runs.engine.imports import skip_unused_imports

__all__ = ["COMMANDS", "main"]

COMMANDS = {
    "demo": ("demos", "Write a folder to begin in, and print the three commands to go on with."),
    "new": (
        "beginning",
        "Write a commented scheme of your own to begin with: a ledger of five rows, worked examples, a run.",
    ),
    "try": (
        "trying",
        "Watch a scheme and a ledger: on every save the faults, with line and column, or what changed for a unit.",
    ),
    "check": (
        "schemes",
        "Check scheme files, without any data: what does not load, and what the rules alone prove to be wrong.",
    ),
    "schema": (
        "schemas",
        "The registers and columns of a ledger, a sentence each: those that SCHEME needs, or all that there are.",
    ),
    "examples": ("examples", "Score worked examples and say which come out otherwise than they say."),
    "dossier": (
        "dossiers",
        "Write a page for each scheme that says everything it holds: clauses, rules, readings, gaps, findings.",
    ),
    "intake": (
        "ledgers",
        "Turn foreign exports (CSV, XLSX, XLS, ODS, Parquet) into a ledger: accepted and rejected rows, and a snapshot hash.",
    ),
    "mapping": ("ledgers", "How a foreign export becomes a ledger."),
    "names": (
        "names",
        "Turn a list of names into hashes, so that they are found in texts and no list of people lies about.",
    ),
    "partition": (
        "partitioning",
        "Divide a checked ledger into Parquet files by unit, so that the workers of a cluster each count their part.",
    ),
    "score": ("scores", "Score every unit of a ledger for a period."),
    "explain": ("scores", "Why a unit has its points: every line with clause, operands, arithmetic and case ids."),
    "duties": (
        "duties",
        "Which duties applied, which were met, late, missed, and what cannot be said for want of which fact.",
    ),
    "chance": ("chances", "What chance alone does to the shares and ranks of a period, and when a table says nothing."),
    "checks": ("checking", "Draw what a person must judge as a form, and take the answers back into the ledger."),
    "sample": ("sampling", "How many cases to look at, which ones, and what may then be said of all of them."),
    "probe": (
        "probing",
        "Whether the patterns of a ledger look made: closings bunched before limits, batches, round times, gaps, and more.",
    ),
    "restate": ("restatement_command", "What became of every row between two snapshots of one ledger, OLD and NEW."),
    "papers": (
        "papers",
        "Working papers on a ledger: what a probe found, what was answered, by whom, and who reviewed it.",
    ),
    "adjustments": (
        "adjusting",
        "What was decided on appeal against results of a scheme: params/adjustments/SCHEME/ID.yaml, in their chain.",
    ),
    "objections": (
        "objecting",
        "What units hold against lines of their results: forms, filled forms read back, decisions.",
    ),
    "run": ("runs", "Make the reports of all units and periods that a run file names, an index page and a manifest."),
    "verify": ("runs", "Make a finished run again from its manifest, and say what differs, and why."),
    "sign": ("runs", "Sign a finished run: its manifest, and with it the hash of every file, by OpenSSH's ssh-keygen."),
    "bundle": ("runs", "Write a finished run, and all that is needed to verify it elsewhere, into one sealed file."),
    "delphi": ("delphi", "Rounds, agreement and weights of a panel of experts."),
    "panel": (
        "delphi",
        "Make questionnaires, take filled ones back, report, export tables, rehearse it all, check printed weights.",
    ),
    "diff": ("diffs", "What changed between A and B, by unit and clause."),
    "revise": ("revision", "A new dated version of SCHEME with the weights of a panel."),
    "site": (
        "sites",
        "Write one page over all runs of a folder: search, filters, order, comparison, links to every report.",
    ),
    "sources": (
        "sources",
        "The 38 sections of the sources: what works of each, or why there is no rule in it, and the test that shows it.",
    ),
}
"""The module of each command, and what the list of all says of it: the first sentence of its own help."""


class _Commands(click.Group):
    """Imports a command when it is called, and turns the library's errors into messages and exit codes."""

    def make_context(self, *arguments: Any, **more: Any) -> click.Context:
        with ending_well():  # --help prints, too
            return super().make_context(*arguments, **more)

    def invoke(self, ctx: click.Context) -> Any:
        _spare_collector()
        skip_unused_imports()
        with ending_well():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        if cmd_name not in self.commands:
            module = import_module(f"{__name__}.{COMMANDS[cmd_name][0]}")
            own = (one for one in vars(module).values() if isinstance(one, click.Command))
            found = next(one for one in own if one.name == cmd_name)
            self.add_command(found, cmd_name)
        return self.commands[cmd_name]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, told) for name, (_, told) in COMMANDS.items()])


@cache
def _spare_collector() -> None:
    """Look for garbage less often, and not at all when the process ends: a fifth of the time of a short command.

    What a command imports and reads stays to its end; nothing of it is garbage.
    """
    gc.set_threshold(100_000, 20, 20)
    atexit.register(gc.freeze)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="auditlib")
def main() -> None:
    """Assess how well organisations handle complaints, by published rules.

    A scheme is named by its id (a file in params/schemes) or by the path of its file. A ledger is a folder
    of registers, one XLSX file, or the name of a demonstration (a folder in params/demonstrations). `auditlib new`
    writes a scheme of your own to begin with, `auditlib demo` a folder to look around in. Exit codes: 0 success, 1 something was found, 2 bad input or no room to write, 130 and 143 interrupted.
    """
