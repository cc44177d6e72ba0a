"""The page of the first hour done step by step: its commands run, its changes made, its outputs as they come."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

__all__ = ["done_again"]

BLOCK = re.compile(r"^```(diff)?\n(.*?)^```$", re.M | re.S)
SECONDS = re.compile(r"\b\d+ s;")

Run = Callable[[list[str]], str]
"""Runs `auditlib` with these arguments in the working folder and gives what it prints."""


def done_again(page: str, enter: Callable[[Path], None], folder: Path, run: Run) -> str:
    """The page with each command's output as it comes now; changes are made to the files below ``folder`` on the way.

    The first command makes the folder in which all others run, which is entered. How many seconds something took is
    written as in the page.
    """
    entered = False

    def again(block: re.Match[str]) -> str:
        nonlocal entered
        if block[1] == "diff":
            change(folder, block[2])
            return block[0]
        lines: list[str] = []
        for command in (line for line in block[2].splitlines() if line.startswith("$ ")):
            program, *arguments = shlex.split(command[2:])
            assert program == "auditlib"
            lines += [command, *(line.rstrip() for line in run(arguments).splitlines())]
            if not entered:
                entered = True
                enter(folder)
        text = SECONDS.sub("9 s;", "\n".join(lines))
        return f"```\n{text}\n```"

    return BLOCK.sub(again, page)


def change(folder: Path, block: str) -> None:
    """Make a change that the page asks for: each line that begins with - gives way to those with + behind it."""
    head, *lines = block.splitlines()
    file = folder / head.removeprefix("--- ")
    text = file.read_text(encoding="utf-8")
    for old, new in pairs(lines):
        assert text.count(old) == 1, f"{file}: {old!r} stands there {text.count(old)} times"
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


def pairs(lines: list[str]) -> Iterator[tuple[str, str]]:
    old, new = "", []
    for line in lines:
        if line.startswith("-"):
            if old:
                yield old, "\n".join(new)
            old, new = line[1:], []
        else:
            assert line.startswith("+"), line
            new.append(line[1:])
    yield old, "\n".join(new)
