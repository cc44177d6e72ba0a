"""A sealed bundle verifies by itself, with one command, wherever it is; what was changed in it is named."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from small_runs import RANK, World, write_notebook

from auditlib.core.errors import InputError
from auditlib.runs import bundle as bundles
from auditlib.runs.bundle import bundle, verify_bundle
from auditlib.runs.make import make_run
from auditlib.runs.runfile import read_run
from auditlib.runs.verify import verify


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[World]:
    """A run of a ledger given by a path from the working folder, with a notebook of the user's own beside another."""
    with pytest.MonkeyPatch.context() as patch:
        world = World(tmp_path_factory.mktemp("bundled"), root, units=2)
        patch.setenv("AUDITLIB_HOME", str(world.home))
        patch.chdir(world.folder)
        declared = "scheme: str = ''\nledger: str = ''\nperiod: str = ''\nas_of: str = ''\nlanguage: str = ''\n"
        cells = [f"import helper\nprint(helper.WORD)\n{RANK}"]
        write_notebook(world.folder / "mine" / "own.ipynb", cells, parameters=declared)
        (world.folder / "mine" / "helper.py").write_text("WORD = 'from a module'\n")
        uses = [{"notebook": "own", "per": "period"}, {"notebook": "tell", "per": "unit"}]
        world.write_run(ledger="ledger", own_notebooks="mine", notebooks=uses, periods=["2026-01"])
        assert not make_run(read_run(world.file), world.out, 1, lambda line: None).failed
        yield world


@pytest.fixture(scope="module")
def sealed(finished: World) -> Path:
    return bundle(finished.out, finished.folder / "small.bundle.zip").file


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another place, where nothing of the run is known."""
    monkeypatch.delenv("AUDITLIB_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.long
def test_a_bundle_verifies_where_nothing_else_is(sealed, finished, elsewhere, run_cli) -> None:
    moved = shutil.copy(sealed, elsewhere / "b.zip")
    for hidden in (finished.folder / "ledger", finished.folder / "mine", finished.home):
        hidden.rename(hidden.with_name(f"{hidden.name}-hidden"))
    try:
        done = run_cli("verify", moved, "--jobs", 1, "--format", "json")
    finally:
        for hidden in (finished.folder / "ledger", finished.folder / "mine", finished.home):
            hidden.with_name(f"{hidden.name}-hidden").rename(hidden)
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert (found["differences"], found["repeated"]) == ([], 3)
    assert list(elsewhere.iterdir()) == [moved]


@pytest.mark.long
def test_a_bundle_verifies_as_a_program_of_python_alone(sealed, elsewhere) -> None:
    done = subprocess.run([sys.executable, str(sealed), "--fast"], capture_output=True, text=True)
    assert (done.returncode, "0 differences" in done.stderr) == (0, True), done.stdout + done.stderr


def test_the_same_run_gives_the_same_bundle(sealed, finished) -> None:
    again = bundle(finished.out, finished.folder / "again.zip")
    assert again.file.read_bytes() == sealed.read_bytes()
    with zipfile.ZipFile(sealed) as archive:
        names = archive.namelist()
        index = json.loads(archive.read("bundle.json"))
        text = b"".join(archive.read(name) for name in names if not name.endswith(".whl"))
    assert index["files"].keys() | {"bundle.json"} == set(names)
    assert {"ledger/ledger/cases.csv", "own/helper.py", "own/own.ipynb", "home/notebooks/tell.ipynb",
            "home/params/schemes/s22-heating.yaml", "reports/chain.jsonl", "reports/small/manifest.json",
            "reports/small/.run/link.json", "software/requirements.lock", "__main__.py"} <= set(names)  # fmt: skip
    assert str(finished.folder).encode() not in text


def rewritten(file: Path, target: Path, change: Callable[[str, bytes], bytes | None], **added: bytes) -> Path:
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            if (content := change(name, old.read(name))) is not None:
                new.writestr(name, content)
        for name, content in added.items():
            new.writestr(name, content)
    return target


PAGE = "reports/small/2026-01/U01.html"
SPOILT = {
    "tampered": (lambda name, content: content + b" " if name == PAGE else content, {}, PAGE),
    "missing": (lambda name, content: None if name == PAGE else content, {}, PAGE),
    "added": (lambda name, content: content, {"extra.html": b"x"}, "extra.html"),
}


@pytest.mark.parametrize("kind", SPOILT)
def test_a_bundle_that_is_not_as_it_was_sealed_is_named_file_by_file(sealed, elsewhere, run_cli, kind) -> None:
    change, added, what = SPOILT[kind]
    spoilt = rewritten(sealed, elsewhere / "spoilt.zip", change, **added)
    done = run_cli("verify", spoilt, "--format", "json")
    assert done.exit_code == 1
    assert [(one["kind"], one["what"]) for one in json.loads(done.stdout)["differences"]] == [(kind, what)]
    program = subprocess.run([sys.executable, str(spoilt)], capture_output=True, text=True)
    assert (program.returncode, program.stdout) == (1, f"not as it was sealed: {what}\n")


@pytest.mark.parametrize("name", ["../x", "/tmp/x", "a/../../x", "C:\\x"])
def test_a_bundle_writes_nothing_outside_of_its_own_folder(sealed, elsewhere, name) -> None:
    def naming(at: str, content: bytes) -> bytes:
        if at != "bundle.json":
            return content
        index = json.loads(content)
        return json.dumps(index | {"files": index["files"] | {name: "0" * 64}}).encode()

    with pytest.raises(InputError, match="it names what is not in it"):
        verify_bundle(rewritten(sealed, elsewhere / "spoilt.zip", naming, **{name: b"x"}))


def _locked(content: bytes) -> bytes:
    """The archive as one that asks for a password: a bit in both heads of its first file."""
    place = content.index(b"PK\x01\x02")
    return content[:6] + b"\x01" + content[7 : place + 8] + b"\x01" + content[place + 9 :]


def _packed_in_another_way(content: bytes) -> bytes:
    place = content.index(b"PK\x01\x02")
    return content[:8] + b"\x63" + content[9 : place + 10] + b"\x63" + content[place + 11 :]


def _without_its_beginning(content: bytes) -> bytes:
    """Its table of contents then says that its first part lies before the file."""
    return content[1:]


@pytest.mark.parametrize("change", [_locked, _packed_in_another_way, _without_its_beginning])
def test_a_bundle_that_cannot_be_opened_is_refused(elsewhere, change) -> None:
    with zipfile.ZipFile(elsewhere / "b.zip", "w") as archive:
        archive.writestr("bundle.json", "{}")
    (elsewhere / "b.zip").write_bytes(change((elsewhere / "b.zip").read_bytes()))
    with pytest.raises(InputError, match="found no bundle"):
        verify_bundle(elsewhere / "b.zip")


@pytest.mark.parametrize("name", ["bundle.json", "reports/r/page.html"])
def test_a_bundle_that_unpacks_without_end_is_refused_before_it_is_unpacked(elsewhere, name) -> None:
    with zipfile.ZipFile(elsewhere / "b.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open(name, "w") as part:
            for _ in range(200):
                part.write(bytes(2**20))
        if name != "bundle.json":
            archive.writestr(
                "bundle.json", json.dumps({"format": "auditlib-bundle/1", "run": "r", "files": {name: "0"}})
            )
    with pytest.raises(InputError, match=r"found more than 200 MB in a packed file"):
        verify_bundle(elsewhere / "b.zip")


def test_what_is_no_bundle_is_refused(elsewhere) -> None:
    (elsewhere / "some.zip").write_bytes(b"no archive")
    with pytest.raises(InputError, match="found no bundle"):
        verify_bundle(elsewhere / "some.zip")


@pytest.mark.parametrize("changed", ["ledger/cases.csv", "mine/helper.py", "home/notebooks/tell.ipynb"])
def test_a_run_whose_inputs_have_changed_is_not_bundled(finished, changed) -> None:
    file = finished.folder / changed
    before = file.read_bytes()
    file.write_bytes(before.replace(b"U02", b"U01", 1) if changed.startswith("ledger") else before + b"\n")
    try:
        with pytest.raises(InputError, match="has changed since the run"):
            bundle(finished.out, finished.folder / "never.zip")
    finally:
        file.write_bytes(before)
    assert not (finished.folder / "never.zip").exists()


def test_a_run_of_other_software_is_not_bundled_with_this_one(finished, monkeypatch) -> None:
    """The wheel in the bundle would make other pages than those beside it."""
    monkeypatch.setattr("auditlib.runs.bundle.source_sha256", lambda: "0" * 64)
    with pytest.raises(InputError, match="this software has changed since the run"):
        bundle(finished.out, finished.folder / "never.zip")
    assert not (finished.folder / "never.zip").exists()


def test_a_run_says_what_took_how_long_in_its_log_and_nowhere_else(finished) -> None:
    log = json.loads((finished.out / "run-log.json").read_text(encoding="utf-8"))
    assert [one["stage"] for one in log["stages"]] == ["reading the ledger", "scoring 2026-01", "planning", "reports"]
    assert all(one["seconds"] >= 0 for one in log["stages"])
    assert "stage" not in (finished.out / "manifest.json").read_text(encoding="utf-8")


@pytest.mark.long
def test_a_ledger_that_was_moved_is_named_and_the_run_verifies(finished, monkeypatch, run_cli) -> None:
    ledger, moved = finished.folder / "ledger", finished.folder / "archive" / "of-winter"
    moved.parent.mkdir()
    ledger.rename(moved)
    try:
        told = run_cli("verify", finished.out)
        assert told.exit_code == 2
        assert "--ledger PATH" in told.stderr
        assert verify(finished.out, ledger=moved, jobs=1).differences == ()
    finally:
        moved.rename(ledger)


# --- what stands in the folder, and the chain -------------------------------------------------------


ADDED = ["final-results.html", "2031-01/U01.html", "2026-01/extra/a.txt", "schemes/other.yaml", ".run/page.html",
         ".ipynb_checkpoints/x.ipynb", "manifest.json.sig"]  # fmt: skip


@pytest.mark.parametrize("name", ADDED)
def test_a_file_that_was_added_anywhere_is_named(finished, name) -> None:
    file = finished.out / name
    new = [place for place in file.parents if not place.exists()]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("x")
    try:
        assert [(one.kind, one.what) for one in verify(finished.out, fast=True).differences] == [("added", name)]
    finally:
        file.unlink()
        for place in new:
            place.rmdir()
    assert verify(finished.out, fast=True).differences == ()


def test_a_link_to_a_folder_is_a_file_that_was_added(finished) -> None:
    link = finished.out / "2027-01"
    link.symlink_to(finished.out / "2026-01")
    try:
        assert [(one.kind, one.what) for one in verify(finished.out, fast=True).differences] == [("added", "2027-01")]
    finally:
        link.unlink()


def other_run(folder: Path) -> None:
    from auditlib.runs.evidence import chain

    (folder / "other").mkdir()
    (folder / "other" / "manifest.json").write_text("other")
    chain.append(folder / "other")


def test_a_run_copied_with_its_chain_is_whole_and_the_others_are_named_as_not_here(finished, tmp_path, run_cli) -> None:
    reports = tmp_path / "reports"
    shutil.copytree(finished.out.parent, reports)
    from auditlib.runs.evidence import chain

    chain.append(reports / "small")  # it was made here
    other_run(reports)
    stick = tmp_path / "stick"
    shutil.copytree(reports / "small", stick / "small")
    shutil.copy(reports / "chain.jsonl", stick)
    done = run_cli("verify", stick / "small", "--fast")
    assert (done.exit_code, "not here, and not looked at: other" in done.stderr) == (0, True), done.output
    assert run_cli("verify", reports / "small", "--fast").exit_code == 0
    shutil.rmtree(reports / "other")  # where it was made, it is not absent but removed
    assert [(one.kind, one.what) for one in verify(reports / "small", fast=True).differences] == [("chain", "other")]
    (stick / "chain.jsonl").unlink()
    assert [one.kind for one in verify(stick / "small", fast=True).differences] == ["chain"]


def test_chain_and_link_removed_together_show(finished, tmp_path) -> None:
    shutil.copytree(finished.out, tmp_path / "small")
    shutil.copy(finished.out.parent / "chain.jsonl", tmp_path)
    assert verify(tmp_path / "small", fast=True).differences == ()
    (tmp_path / "small" / ".run" / "link.json").unlink()
    assert verify(tmp_path / "small", fast=True).differences == ()  # the chain still knows it
    (tmp_path / "chain.jsonl").unlink()
    assert [one.kind for one in verify(tmp_path / "small", fast=True).differences] == ["chain"]
    shutil.rmtree(tmp_path / "small" / ".run")
    assert [one.kind for one in verify(tmp_path / "small", fast=True).differences] == ["chain"]


def test_what_the_lock_has_for_each_version_of_python_stands_in_a_bundle(monkeypatch, tmp_path) -> None:
    """One who opens a bundle has an older Python of the same kind, for which another version of a library is locked."""
    (tmp_path / "requirements.lock").write_text(
        "alpha==1.0 \\\n    --hash=sha256:aa\nbeta==1.5 ; python_full_version < '3.11.5' \\\n    --hash=sha256:bb\n"
        "beta==2.0 ; python_full_version >= '3.11.5' \\\n    --hash=sha256:cc\n"
    )
    monkeypatch.setattr(bundles, "shipped", lambda: tmp_path)

    def lock(**used: str) -> str:
        run = SimpleNamespace(formats=("html",))
        return bundles._lock(SimpleNamespace(software=used, declared=lambda: run)).decode()  # type: ignore[arg-type]

    whole = (tmp_path / "requirements.lock").read_text()
    assert lock(alpha="1.0", beta="2.0") == lock(alpha="1.0", beta="1.5") == whole
    both = "beta==1.5 ; python_full_version < '3.11.5'\nbeta==2.0 ; python_full_version >= '3.11.5'"
    assert lock(alpha="1.0", beta="2.0", gamma="3") == f"alpha==1.0\n{both}\ngamma==3\n"
    assert lock(alpha="1.1", beta="2.5") == "alpha==1.1\nbeta==2.5\n"


def test_software_that_cannot_be_installed_ends_with_a_message(sealed, elsewhere) -> None:
    def of_another(at: str, content: bytes) -> bytes:
        return json.dumps(json.loads(content) | {"source": "0" * 64}).encode() if at == "bundle.json" else content

    made = rewritten(sealed, elsewhere / "another.zip", of_another)
    (elsewhere / "no-folder").write_text("")
    command = [sys.executable, str(made), "--environment", str(elsewhere / "no-folder")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert "expected to install the software of the bundle" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
