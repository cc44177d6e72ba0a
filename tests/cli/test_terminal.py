"""What is printed cannot command the terminal that shows it, whatever stands in names and values."""

from __future__ import annotations

import io
import json
import re

import pytest
import yaml

from auditlib.cli import terminal

ESCAPE = "\x1b]0;owned\x07"


def test_only_the_module_of_the_terminal_and_the_ends_print(root) -> None:
    """Where everything that is printed passes, nothing is forgotten."""
    printing = {
        file.name for file in (root / "auditlib" / "cli").glob("*.py")
        if re.search(r"click\.s?echo\(|\bprint\(", file.read_text(encoding="utf-8"))
    }  # fmt: skip
    assert printing == {"terminal.py", "ends.py"}


def test_the_name_of_a_masked_column_commands_no_terminal(run_cli, tmp_path) -> None:
    export = tmp_path / "export"
    export.mkdir()
    (export / "u.csv").write_text("单位\nA\n", encoding="utf-8")
    (export / "c.csv").write_text("no,dept,at,text\nC1,A,2025-12-01T08:00:00,电话13812345678\n", encoding="utf-8")
    columns = {
        "case_id": {"column": "no"}, "unit": {"column": "dept"}, "received_at": {"column": "at"},
        f"text{ESCAPE}": {"column": "text", "personal": "mask"},
    }  # fmt: skip
    mapping = tmp_path / "m.yaml"
    registers = {
        "units": {"from": "u.csv", "columns": {"unit": {"column": "单位"}}},
        "cases": {"from": "c.csv", "columns": columns},
    }
    content = {"mapping": "m", "title": {"zh": "试", "en": "t"}, "registers": registers}
    mapping.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    said = run_cli("intake", export, "--mapping", mapping, "--out", tmp_path / "ledger")
    assert "personal data replaced in cases.text\ufffd]0;owned\ufffd: 1" in said.output
    assert "\x1b" not in said.output


@pytest.mark.parametrize(("tty", "shown"), [(True, "a\ufffd[31mb\n"), (False, "a\x1b[31mb\n")])
def test_a_file_is_printed_as_it_is_but_not_to_a_terminal(monkeypatch, capsys, tty, shown) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: tty, raising=False)
    terminal.echo_file("a\x1b[31mb\n")
    assert capsys.readouterr().out == shown


@pytest.mark.parametrize("name", ["[/x]", "[link=http://x]", "plain", "a\x1b[31mb"])
def test_what_one_waits_for_is_no_markup_of_the_terminal(monkeypatch, name) -> None:
    """A closing tag without an opening one would end the command; a link would lead somewhere."""
    from rich.console import Console

    shown = io.StringIO()
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setattr(
        "rich.console.Console", lambda stderr: Console(file=shown, force_terminal=True, color_system=None, width=200)
    )
    with terminal.working(f"reading {name}"), terminal.telling(f"taking in {name}") as tell:
        tell(name)
    assert "\x1b]8" not in shown.getvalue()
    assert "\x1b[31m" not in shown.getvalue()


def test_json_names_what_commands_a_terminal_and_is_the_same_json(capsys) -> None:
    value = {"\u9662\x9b31m": "a\u202eb\x7f\ud800", "plain": "\u4e2d\u6587 \U0001f600"}
    terminal.echo_json(value)
    printed = capsys.readouterr().out
    assert json.loads(printed) == value
    assert not re.search("[\x7f-\x9f\u202e]", printed)
    assert "\u4e2d\u6587 \U0001f600" in printed
