"""A list of names that a user supplies: hashed, in force everywhere it is said to be, and found as people write."""

from __future__ import annotations

import hashlib
from pathlib import Path

import polars as pl
import pytest
import yaml

from auditlib.core.errors import InputError
from auditlib.ledger.privacy.find import NO_PERSONAL_DATA, find_personal, mask_personal, personal_data
from auditlib.ledger.privacy.listed import hashed_names, lists_searched
from auditlib.ledger.read import read_ledger

LISTED = ("刘强", "王芳芳", "阿卜杜拉·买买提", "John Smith")


@pytest.fixture
def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A list in force for everything."""
    (tmp_path / "people.txt").write_text("\n".join(LISTED) + "\n", encoding="utf-8")
    file = tmp_path / "list" / "names.csv"
    file.parent.mkdir()
    file.write_text(hashed_names(tmp_path / "people.txt"), encoding="utf-8")
    monkeypatch.setenv("AUDITLIB_NAMES", str(file))
    return file


FOUND = (
    "刘强于昨日来电", "刘 强说", "已约见刘强、张某", "刘\u200b强", "问过王芳芳的", "阿卜杜拉买买提反映",
    "阿卜杜拉•买买提", "by john  smith", "JOHN SMITH!", "Ｊｏｈｎ Ｓｍｉｔｈ", "刘强",
)  # fmt: skip
LEFT = ("刘，强", "刘3强", "johnsmithson", "王芳", "强刘", "暖气不热")


@pytest.mark.parametrize("text", FOUND)
def test_a_listed_name_is_found_alone_and_in_a_column_and_only_where_it_is_listed(names, text, monkeypatch):
    assert {span.kind for span in find_personal(text)} == {"name"}
    assert text in personal_data(pl.DataFrame({"note": [text, "暖气不热"]}))["note"]
    monkeypatch.delenv("AUDITLIB_NAMES")
    assert find_personal(text) == ()
    assert personal_data(pl.DataFrame({"note": [text, "暖气不热"]})) == {}


@pytest.mark.parametrize("text", LEFT)
def test_letters_that_are_apart_or_part_of_another_word_are_no_listed_name(names, text):
    assert find_personal(text) == ()
    assert personal_data(pl.DataFrame({"note": [text]})) == {}


def test_a_mask_takes_out_the_name_alone(names):
    assert mask_personal("刘强于昨日来电，见13812345678") == "〔姓名已隐去〕于昨日来电，见〔手机号已隐去〕"


def test_the_list_holds_no_name_and_is_the_same_for_the_same_names(tmp_path, names):
    text = names.read_text(encoding="utf-8")
    assert not any(name in text for name in LISTED)
    lines = [line.split(",") for line in text.splitlines()[1:]]
    assert sorted(int(letters) for letters, _, _ in lines) == [2, 3, 7, 9]
    salt = lines[0][1]
    assert hashlib.sha256(f"{salt}\x1f刘强".encode()).hexdigest() == lines[0][2]
    other = tmp_path / "people.csv"
    other.write_text(
        "no,姓名\n" + "".join(f"{n},{name}\n" for n, name in enumerate(reversed(LISTED))), encoding="utf-8"
    )
    assert hashed_names(other) == text


def test_the_command_writes_the_list_and_repeats_no_name(tmp_path, run_cli, names):
    made = run_cli("names", tmp_path / "people.txt", "--out", tmp_path / "new.csv")
    assert (made.exit_code, made.stdout.splitlines()[-1].endswith("4 names, hashed")) == (0, True)
    assert (tmp_path / "new.csv").read_bytes() == names.read_bytes()
    (tmp_path / "bad.txt").write_text("王\n", encoding="utf-8")
    refused = run_cli("names", tmp_path / "bad.txt", "--out", tmp_path / "bad.csv")
    assert refused.exit_code == 2
    assert "bad.txt:1: name: found 1 letters, expected a name of 2 to 40" in refused.stderr
    assert "王" not in refused.output
    assert not (tmp_path / "bad.csv").exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [("name\n刘强\n", "found 1 other columns"), ("letters,salt,sha256\n2,x,y\n", "names.csv:2: found another line")],
)
def test_a_file_that_is_no_such_list_is_refused(names, text, told):
    names.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=told) as caught:
        find_personal("刘强")
    assert "刘强" not in str(caught.value)


def test_a_list_that_is_named_and_not_there_is_refused(names, tmp_path, monkeypatch):
    monkeypatch.setenv("AUDITLIB_NAMES", str(tmp_path / "none.csv"))
    with pytest.raises(InputError, match=r"AUDITLIB_NAMES: found .*none.csv, which is no file"):
        find_personal("刘强")


def ledger_in(folder: Path, *cases: str) -> Path:
    folder.mkdir()
    (folder / "units.csv").write_text("unit,name\nA,甲分公司\n", encoding="utf-8")
    rows = "".join(f"C{n},A,2025-12-01,{text}\n" for n, text in enumerate(cases))
    (folder / "cases.csv").write_text(f"case_id,unit,received_at,备注\n{rows}", encoding="utf-8")
    return folder


def test_a_list_in_the_folder_of_a_ledger_is_in_force_for_it_alone_and_is_no_register(names, tmp_path, monkeypatch):
    monkeypatch.delenv("AUDITLIB_NAMES")
    first, second = (ledger_in(tmp_path / name, "刘强来电", "停热") for name in "ab")
    (first / "names.csv").write_bytes(names.read_bytes())
    found = read_ledger(first)
    assert found.rejects.select("row", "column", "found", "expected").rows() == [
        (2, "备注", "〔姓名，已隐去〕", NO_PERSONAL_DATA)
    ]
    assert found.ignored == ()
    assert read_ledger(second).rejects.height == 0
    assert find_personal("刘强来电") == ()


def test_titles_are_searched_by_the_same_list(names, tmp_path, run_cli, root):
    run = yaml.safe_load((root / "params" / "runs" / "sample.yaml").read_text(encoding="utf-8"))
    run["title"]["zh"] = "刘强案专项"
    (tmp_path / "run.yaml").write_text(yaml.safe_dump(run, allow_unicode=True), encoding="utf-8")
    refused = run_cli("run", tmp_path / "run.yaml", "--out", tmp_path / "out")
    assert refused.exit_code == 2
    assert "title.zh: found 〔姓名，已隐去〕" in refused.stderr
    assert "刘强" not in refused.output


def test_a_run_is_looked_at_again_when_the_list_changes(names, root):
    from auditlib.runs.runfile import read_run
    from auditlib.runs.up_to_date import run_key

    run = read_run(root / "params" / "runs" / "sample.yaml")
    before = run_key(run)
    assert run_key(run) == before
    names.write_text("".join(names.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")
    assert run_key(run) != before


def test_a_manifest_tells_which_lists_were_searched_for_and_nothing_where_there_were_none(names, tmp_path, monkeypatch):
    found = lists_searched(tmp_path)
    assert set(found) == {"names"}
    assert lists_searched(tmp_path) == found
    names.write_text(hashed_names(tmp_path / "people.txt").replace("2,", "3,", 1), encoding="utf-8")
    assert lists_searched(tmp_path) != found
    monkeypatch.delenv("AUDITLIB_NAMES")
    assert lists_searched(tmp_path) == {}
