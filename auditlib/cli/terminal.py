"""What a command prints: tables, JSON, rejected rows, and what it is doing while one waits."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import click

from auditlib.core.errors import Problem
from auditlib.core.table import Table
from auditlib.core.visible import UNSEEN, visible

MINUS = re.compile(r"(?<![\w.-])-(?=\d)")
"""The sign of a number, not the hyphen of a name or a date."""

EVERY = 10
"""Seconds between two lines of progress in a file or pipe."""

__all__ = ["echo", "echo_file", "echo_json", "print_rejects", "show_table", "telling", "working"]


def echo(text: str = "", *, err: bool = False) -> None:
    """Prints a text with names from data in it: none of them can command the terminal."""
    click.echo(visible(text), err=err)


def echo_file(text: str) -> None:
    """Prints what could be the content of a file: a pipe gets every character, a terminal none that commands it."""
    click.echo(visible(text) if sys.stdout.isatty() else text, nl=False, color=True)  # else it leaves out escapes


def echo_json(value: Any) -> None:
    """Prints a value as JSON, Chinese as it is written; what would command a terminal is written as ``\\u009b``."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    click.echo(UNSEEN.sub(lambda sign: json.dumps(sign[0])[1:-1], text))


def show_table(found: Table, title: str = "", language: str | None = None) -> None:
    """A table as wide as the terminal, with true minus signs; plain tab-separated text where the output is not one.

    Without a language headings are keys and cells are for machines.
    """
    if not sys.stdout.isatty():
        text = io.StringIO()
        rows = (["" if v is None else visible(str(v)) for v in row] for row in found.texts(language))
        csv.writer(text, delimiter="\t", lineterminator="\n").writerows([found.headings(language), *rows])
        click.echo(text.getvalue(), nl=False)
        return
    from rich.console import Console
    from rich.table import Table as Grid

    grid = Grid(*found.headings(language), title=title, title_justify="left")
    for row in found.texts(language):
        grid.add_row(*("" if value is None else MINUS.sub("−", visible(str(value))) for value in row))
    Console().print(grid, markup=False)


def working(what: str) -> contextlib.AbstractContextManager[Any]:
    """Says what is being done to the person who waits at a terminal, and nothing to a file or pipe."""
    if not sys.stderr.isatty():
        return contextlib.nullcontext()
    from rich.console import Console

    console = Console(stderr=True)
    return console.status(_plain(what)) if console.is_terminal else contextlib.nullcontext()


def _plain(text: str) -> Any:
    """A text that names something: what stands in brackets in it is no markup of the terminal."""
    from rich.text import Text

    return Text(visible(text))


@contextlib.contextmanager
def telling(what: str) -> Iterator[Callable[[str], None]]:
    """Says how far long work is: at a terminal at any time, to a file or pipe a line every ten seconds."""
    from rich.console import Console

    console = Console(stderr=True)
    if console.is_terminal:
        with console.status(_plain(what)) as status:
            yield lambda far: status.update(_plain(f"{what}: {far}"))
        return
    last = time.monotonic()

    def tell(far: str) -> None:
        nonlocal last
        if time.monotonic() - last >= EVERY:
            last = time.monotonic()
            echo(f"{what}: {far}", err=True)

    yield tell


def print_rejects(rejects: Any, limit: int = 200) -> None:
    """Names the first ``limit`` faults of rejected rows on the error stream, a line each, and how many more there are."""
    for row in rejects.head(limit).iter_rows(named=True):
        problem = Problem(row["file"], row["row"], row["column"], f"found {row['found']}, expected {row['expected']}")
        echo(f"rejected: {problem}", err=True)
    if rejects.height > limit:
        click.echo(f"rejected: … and {rejects.height - limit} more faults", err=True)
