"""The first hour of a newcomer, as the pages tell it: every command is run, and prints what stands there."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest
from first_hour import done_again

PAGES = ("first-hour.zh.md", "first-hour.md")
ALLOWED = 120
"""Seconds from `auditlib new` to the first report. Counted is what the processor did, as a busy machine is slow."""


def spent() -> float:
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


@pytest.mark.long
@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_the_first_hour_prints_what_the_page_says(page, root: Path, tmp_path, monkeypatch, run_cli):
    text = (root / "docs" / page).read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "our-rules"
    before = spent()
    again = done_again(text, monkeypatch.chdir, folder, lambda arguments: run_cli(*arguments).output)
    assert again == text
    assert (folder / "reports" / "our-rules" / "index.html").is_file()
    assert spent() - before < ALLOWED
