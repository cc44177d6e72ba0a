"""Columns that a file may lack: empty and told where it does, refused where the mapping insists on them."""

import pytest
from test_kinds import HEADER, ONE, TWO, kinds, taken

from auditlib.core.errors import InputError

GOOD = HEADER + ONE + TWO


def kind(**keys):  # type: ignore[no-untyped-def]
    return {"kind": {"column": "sort", **keys}}


def test_an_optional_column_that_is_not_there_is_empty_and_told(tmp_path) -> None:
    intake = taken(tmp_path, {"cases.csv": GOOD}, columns=kind(optional=True))
    assert intake.registers["cases"]["kind"].to_list() == [None, None]
    assert kinds(intake) == ["column_lacking"]


def test_an_optional_column_that_is_there_is_read_without_a_word(tmp_path) -> None:
    first, *others = GOOD.splitlines()
    content = "\n".join([f"{first},sort", *(f"{line},投诉" for line in others)]) + "\n"
    intake = taken(tmp_path, {"cases.csv": content}, columns=kind(optional=True))
    assert intake.registers["cases"]["kind"].to_list() == ["投诉", "投诉"]
    assert kinds(intake) == []


def test_a_column_that_is_not_optional_is_missed(tmp_path) -> None:
    with pytest.raises(InputError, match="sort: missing column, expected by the mapping"):
        taken(tmp_path, {"cases.csv": GOOD}, columns=kind())


def test_what_every_row_needs_is_never_optional(tmp_path) -> None:
    with pytest.raises(InputError, match="found optional, but every row needs the column"):
        taken(tmp_path, {"cases.csv": GOOD}, columns={"unit": {"column": "unit", "optional": True}})


def test_a_constant_needs_no_column(tmp_path) -> None:
    with pytest.raises(InputError, match="found optional beside constant"):
        taken(tmp_path, {"cases.csv": GOOD}, columns={"kind": {"constant": "投诉", "optional": True}})


def test_a_column_that_something_else_insists_on_is_missed(tmp_path) -> None:
    both = {**kind(optional=True), "channel": {"column": "sort"}}
    with pytest.raises(InputError, match="sort: missing column, expected by the mapping"):
        taken(tmp_path, {"cases.csv": GOOD}, columns=both)
