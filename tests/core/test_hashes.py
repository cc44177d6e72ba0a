"""What made a result: versions and files, as they are and as they are seen in a moment."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path

import pytest

from auditlib.core import hashes
from auditlib.core.files import stamps_below


def test_versions_are_those_that_the_libraries_have_for_everybody() -> None:
    found = dict(hashes.software())
    assert len(found.pop("auditlib source")) == 64
    assert found.pop("python").count(".") == 1
    assert {"polars", "matplotlib", "numpy", "nbconvert", "jinja2"} <= found.keys()
    assert found == {name: version(name) for name in found}


def test_software_is_seen_to_change_with_a_file_of_the_library_and_with_what_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, installed = tmp_path / "library", tmp_path / "installed"
    (library / "room" / "__pycache__").mkdir(parents=True)
    (library / "room" / "rules.py").write_text("x = 1\n")
    (installed / "polars-2.1.0.dist-info").mkdir(parents=True)
    monkeypatch.setattr(hashes, "PACKAGE", library)
    monkeypatch.setattr("sys.path", [str(installed), str(tmp_path / "nowhere"), ""])

    def seen() -> str:
        hashes.software_as_seen.cache_clear()
        return hashes.software_as_seen()

    before = seen()
    (library / "room" / "__pycache__" / "rules.py").write_text("compiled\n")
    (library / "notes.txt").write_text("no file of the library\n")
    assert seen() == before
    os.utime(library / "room" / "rules.py", ns=(1, 1))
    touched = seen()
    assert touched != before
    (installed / "polars-2.1.0.dist-info").rename(installed / "polars-2.2.0.dist-info")
    assert seen() not in (before, touched)
    hashes.software_as_seen.cache_clear()


def test_files_are_told_by_name_size_and_time_in_one_order(tmp_path: Path) -> None:
    for name, content in (("b.py", "12"), ("a.py", "1"), ("c/a.py", "123"), ("c/a.txt", "1234")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
        os.utime(tmp_path / name, ns=(5, 7))
    assert stamps_below(tmp_path, (".py",)) == ["./a.py 1 7", "./b.py 2 7", "c/a.py 3 7"]
