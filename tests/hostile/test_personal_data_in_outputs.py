"""Personal data that were planted in a ledger are in none of the outputs."""

from __future__ import annotations

import html
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from planted import PLANTED

from auditlib.ledger.privacy.find import NO_PERSONAL_DATA
from auditlib.ledger.read import read_ledger

SECRETS = [secret for secret, _, _ in PLANTED]


def contents(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file under a folder as text, the parts of a workbook one by one."""
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                for name in archive.namelist():
                    yield f"{file.name}/{name}", archive.read(name).decode("utf-8", "replace")
        else:
            yield file.name, file.read_bytes().decode("utf-8", "replace")


def leaks(text: str) -> list[str]:
    """The planted strings in a text, as they are or as JSON and HTML would write them."""
    forms = ((secret, json.dumps(secret)[1:-1], html.escape(secret)) for secret in SECRETS)
    return [form[0] for form in forms if any(one in text for one in form)]


def test_forty_strings_are_planted():
    assert len(set(SECRETS)) == 40
    assert all(secret in text for secret, text, _ in PLANTED)


def test_the_search_for_a_leak_would_find_one():
    assert leaks('{"a": "\\u738b\\u5efa\\u56fd"}') == ["王建国"]


def test_no_planted_string_is_in_any_file_of_a_run(hostile_run):
    files = dict(contents(hostile_run.parent))
    assert {"index.html", "manifest.json", "period_ranking.html", "period_ranking.ipynb", "lines.csv"} <= files.keys()
    assert any(name.startswith("scores.xlsx/") for name in files)
    assert {name: found for name, text in files.items() if (found := leaks(text))} == {}


def test_every_planted_row_is_rejected_and_names_the_kind_only(hostile_ledger):
    rejects = read_ledger(hostile_ledger).rejects
    assert leaks(rejects.write_csv()) == []
    personal = rejects.filter(pl.col("expected") == NO_PERSONAL_DATA)
    slipped = rejects.filter((pl.col("column") == "replied_at") & (pl.col("found") == "〔手机号，已隐去〕"))
    assert personal.select("file", "row").n_unique() + slipped.height == 40
    assert set("".join(personal["found"])) & set("0123456789") == set()


@pytest.mark.parametrize(
    "command",
    [
        ["score", "s22-heating", "--format", "json"],
        ["score", "s22-heating", "--format", "csv"],
        ["score", "s22-heating"],
        ["explain", "s22-heating", "--unit", "<script>alert(1)</script>", "--cases", "0"],
    ],
)
def test_no_command_prints_a_planted_string(hostile_ledger, run_cli, command):
    where = ["--ledger", hostile_ledger, "--period", "2025-12"]
    shown = run_cli(*command, *where, "--accept-rejects")
    assert shown.exit_code == 0, shown.output
    assert leaks(shown.output + shown.stderr) == []
    refused = run_cli(*command, *where)
    assert refused.exit_code == 2
    assert "已隐去" in refused.stderr
    assert leaks(refused.output + refused.stderr) == []
