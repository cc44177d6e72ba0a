"""A disk without room: one message with the file, exit 2, nothing half-written, and a run that goes on from there.

The limit on the size of a file stands in for the disk: the system refuses in the same way, and needs no mount for it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from auditlib.core.files import whole_folder, write_atomically

resource = pytest.importorskip("resource")

REPOSITORY = Path(__file__).parents[2]
PROGRAM = [sys.executable, "-c", "from auditlib.cli import main; main()"]
HEATING = "params/demonstrations/s22-heating"
SCORE = ["s22-heating", "--ledger", HEATING, "--period", "2025-12", "--accept-rejects"]
COMMANDS = {
    "demo": ["demo", "{}"],
    "dossier": ["dossier", "s22-heating", "--out", "{}"],
    "partition": ["partition", HEATING, "--parts", "2", "--out", "{}"],
    "score json": ["score", *SCORE, "--format", "json", "--out", "{}.json"],
    "score csv": ["score", *SCORE, "--format", "csv", "--out", "{}.csv"],
    "score xlsx": ["score", *SCORE, "--format", "xlsx", "--out", "{}.xlsx"],
    "run": ["run", "params/runs/sample.yaml", "--out", "{}"],
    "delphi": ["delphi", "params/panels/s19-synthetic", "--format", "xlsx", "--out", "{}.xlsx"],
    "panel new": ["panel", "new", "{}"],
    "panel rehearse": ["panel", "rehearse", "params/panels/s19-synthetic", "--out", "{}"],
}


def said(command: list[str], limit: int | None = None, **more: object) -> subprocess.CompletedProcess[str]:
    def limited() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run(
        [*PROGRAM, *command], cwd=REPOSITORY, preexec_fn=limited, text=True, check=False, timeout=300,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},  # Python itself would leave half of what it compiles
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | more,
    )  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_names_the_file_that_found_no_room(name, tmp_path):
    out = tmp_path / "made"
    answer = said([part.replace("{}", str(out)) for part in COMMANDS[name]], limit=300)
    assert answer.returncode == 2, answer.stderr
    last = answer.stderr.splitlines()[-1]
    assert last.startswith(f"auditlib: {out}")
    assert last.endswith(": File too large")
    assert "Traceback" not in answer.stderr
    if name != "run":  # which goes on from what it has
        assert list(tmp_path.iterdir()) == []


@pytest.mark.long
def test_what_is_printed_where_there_is_no_room_is_no_check_that_found_something():
    with open("/dev/full", "w") as full:
        answer = said(["score", *SCORE, "--format", "json"], stdout=full)
    assert (answer.returncode, answer.stderr.splitlines()[-1]) == (
        2,
        "auditlib: standard output: No space left on device",
    )


def test_a_reader_that_has_seen_enough_is_no_error():
    with subprocess.Popen(
        [*PROGRAM, "schema", "s22-heating"], cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.close()
        assert program.stderr.read() == ""


@pytest.mark.long
def test_a_run_goes_on_when_there_is_room_again(tmp_path):
    without, with_room = tmp_path / "a" / "sample", tmp_path / "b" / "sample"
    run = ["run", "params/runs/sample.yaml", "--out"]
    for limit in (300, 30_000):
        assert said([*run, str(without)], limit=limit).returncode == 2
        assert not (without / "manifest.json").exists()
    assert said([*run, str(with_room)]).returncode == 0
    small, large = sorted(file.stat().st_size for file in with_room.rglob("*.ipynb"))
    assert large - small > 10_000
    some = said([*run, str(without)], limit=(small + large) // 2)  # room for one of the two reports
    assert some.returncode == 1
    assert "Traceback" not in some.stderr
    assert said([*run, str(without)]).returncode == 0
    files = sorted(file.relative_to(without) for file in without.rglob("*.html"))
    assert files
    assert all((without / file).read_bytes() == (with_room / file).read_bytes() for file in files)


def test_a_file_that_cannot_be_written_leaves_no_folder_and_the_old_one(tmp_path, monkeypatch):
    def full(*anything):
        raise OSError(28, "No space left on device")

    old = tmp_path / "old.txt"
    write_atomically(old, b"old")
    monkeypatch.setattr(os, "fsync", full)
    for file in (old, tmp_path / "new" / "deep" / "x.txt"):
        with pytest.raises(OSError, match="No space left") as error:
            write_atomically(file, b"new")
        assert error.value.filename == str(file)
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("old.txt", b"old")]


def test_a_folder_is_the_old_one_until_the_new_one_is_whole(tmp_path):
    folder = tmp_path / "folder"
    with whole_folder(folder) as made:
        write_atomically(made / "a", b"old")

    def broken() -> None:
        with whole_folder(folder, replace=True) as made:
            write_atomically(made / "a", b"new")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    assert [(file.name, file.read_bytes()) for file in folder.iterdir()] == [("a", b"old")]
    with whole_folder(folder, replace=True) as made:
        write_atomically(made / "b", b"new")
    assert [file.name for file in folder.iterdir()] == ["b"]
    assert [file.name for file in tmp_path.iterdir()] == ["folder"]


@pytest.mark.parametrize(
    ("umask", "file", "folder"), [(0o077, 0o600, 0o700), (0o002, 0o664, 0o775), (0o022, 0o644, 0o755)]
)
def test_what_is_written_obeys_the_umask(tmp_path, umask, file, folder):
    before = os.umask(umask)
    try:
        with whole_folder(tmp_path / "folder") as made:
            write_atomically(made / "a", b"")
    finally:
        os.umask(before)
    assert (tmp_path / "folder").stat().st_mode & 0o777 == folder
    assert (tmp_path / "folder" / "a").stat().st_mode & 0o777 == file
