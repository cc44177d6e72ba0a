"""A run verified: what differs is named, to the unit, the line and the cause."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from small_runs import World

from auditlib.core.errors import InputError
from auditlib.runs import verify as verifying
from auditlib.runs.evidence.signing import sign
from auditlib.runs.make import make_run
from auditlib.runs.runfile import read_run
from auditlib.runs.verify import verify
from auditlib.scheme import times
from auditlib.scheme.load import load_scheme

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[World]:
    """A finished run of two units over two months."""
    with pytest.MonkeyPatch.context() as patch:
        world = World(tmp_path_factory.mktemp("verified"), root, units=2)
        patch.setenv("AUDITLIB_HOME", str(world.home))
        assert not make_run(read_run(world.file), world.out, 2, lambda line: None).failed
        yield world


@contextmanager
def changed(file: Path, change: Callable[[str], str]) -> Iterator[None]:
    """A file with another content for a while, or gone where that is empty."""
    text = file.read_text(encoding="utf-8")
    assert change(text) != text
    if change(text):
        file.write_text(change(text), encoding="utf-8")
    else:
        file.unlink()
    try:
        yield
    finally:
        file.write_text(text, encoding="utf-8")


def replacing(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new)


@pytest.fixture
def scored_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Score again, and leave the reports."""
    monkeypatch.setattr(verifying, "execute", lambda reports, jobs, limits, kept: iter(()))


def test_a_clean_run_shows_no_difference(finished, run_cli) -> None:
    done = run_cli("verify", finished.out, "--jobs", 2, "--format", "json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["differences"] == []
    assert found["repeated"] == 6


def test_a_changed_case_is_named_with_its_unit_line_and_cause(finished, scored_only) -> None:
    """Case C03 was contacted five hours after it was accepted: three hours over two, at two points each."""
    with changed(finished.ledger / "cases.csv", replacing("T13:00:00", "T09:00:00")):
        found = verify(finished.out).differences
    assert {one.what for one in found if one.clause} == {"2026-01 U02"}
    (line,) = [one for one in found if one.clause]
    assert (line.line.split(".")[-1], line.old, line.new, line.clause) == ("contact_overdue", "-6", "0", "二(二)1")
    assert "cases changed: C03" in line.cause
    assert "C03" in line.cause.split("no longer")[-1]
    assert {one.kind for one in found} == {"number"}
    others = [one for one in found if one.what == "2026-01 U01"]
    assert all(one.cause == "where the others stand" for one in others)
    assert all(one.cause == "ledger changed" for one in found if one.what == "2026-01")
    assert not any("unknown" in one.cause for one in found)


def test_an_added_case_is_named_as_added(finished, scored_only) -> None:
    late = "C99,U01,投诉,P99,Q," + ",".join(["2026-01-20T08:00:00"] * 3 + ["2026-01-20T11:00:00"] * 2)
    row = f"{late},2026-01-20T18:00:00,是,满意,,,0,\n"
    with changed(finished.ledger / "cases.csv", lambda text: text + row):
        found = verify(finished.out).differences
    (line,) = [one for one in found if one.clause]
    assert (line.what, line.old, line.new) == ("2026-01 U01", "0", "-2")  # one hour over two
    assert "cases added: C99" in line.cause


def test_an_adjustment_since_the_run_is_named_as_the_cause(finished, scored_only) -> None:
    folder = finished.home / "params" / "adjustments" / "s22-heating"
    folder.mkdir(parents=True)
    cell = "{register: cases, key: C03, column: contacted_at, was: 2026-01-06T13:00:00, becomes: 2026-01-06T09:00:00}"
    try:
        (folder / "J1.yaml").write_text(
            "adjustment: J1\nscheme: s22-heating\nperiod: 2026-01\ndecided_at: 2026-02-03\ndecided_by: 考核领导小组\n"
            "clause: null\nreason: {zh: 实, en: so}\nprevious: null\nchanges:\n"
            f"  - {cell}\n",
            encoding="utf-8",
        )
        found = verify(finished.out).differences
    finally:
        shutil.rmtree(folder.parent)
    (line,) = [one for one in found if one.clause]
    assert (line.what, line.old, line.new) == ("2026-01 U02", "-6", "0")
    assert line.cause.startswith("adjustment J1 changed")
    assert any(one.line == "adjustment J1" and "C03 contacted_at" in (one.new or "") for one in found)


def test_changed_points_of_a_scheme_are_named_with_the_scheme(finished, scored_only) -> None:
    scheme = finished.home / "params" / "schemes" / "s22-heating.yaml"
    rule = "every hour over for contact}, points: -2"
    with changed(scheme, replacing(rule, rule.replace("-2", "-1"))):
        found = verify(finished.out).differences
    (line,) = [one for one in found if one.clause]
    assert (line.what, line.old, line.new, line.cause) == ("2026-01 U02", "-6", "-3", "scheme s22-heating.yaml changed")


def test_other_software_is_named_as_the_cause(finished, scored_only, monkeypatch) -> None:
    now = verifying.software() | {"auditlib source": "f" * 64}
    monkeypatch.setattr(verifying, "software", lambda: now)
    assert verify(finished.out).differences == ()  # it gives the same
    monkeypatch.setattr(times, "MINUTE_US", 50_000_000)
    found = verify(finished.out).differences
    (line,) = [one for one in found if one.clause]
    # Where an hour lasts 50 minutes, the five hours are six: four over two, at two points each.
    assert (line.what, line.old, line.new) == ("2026-01 U02", "-6", "-8")
    assert line.cause.startswith("auditlib source ")
    assert line.cause.endswith(" → ffffffffffff")


def test_a_changed_notebook_is_a_difference_of_bytes_only(finished) -> None:
    notebook = finished.home / "notebooks" / "tell.ipynb"
    with changed(notebook, replacing("print(period, unit,", "print(unit, period,")):
        found = verify(finished.out, sample=6, jobs=2).differences
    assert {one.kind for one in found} == {"bytes"}
    units = [f"{period}/{unit}" for period in ("2025-12", "2026-01") for unit in ("U01", "U02")]
    assert {one.what for one in found} == {f"{unit}.{ending}" for unit in units for ending in ("html", "ipynb")}
    assert {one.cause for one in found} == {"changed inputs: notebook"}


@pytest.mark.parametrize(
    ("change", "kind"), [(lambda text: "", "missing"), (lambda text: text.replace("U01", "U1"), "tampered")]
)
def test_a_missing_or_altered_file_is_named_and_the_command_fails(finished, run_cli, change, kind) -> None:
    with changed(finished.out / "2025-12" / "U01.html", change):
        done = run_cli("verify", finished.out, "--fast", "--format", "json")
        assert done.exit_code == 1
        (one,) = json.loads(done.stdout)["differences"]
        assert (one["kind"], one["what"]) == (kind, "2025-12/U01.html")
        table = run_cli("verify", finished.out, "--fast")
        assert table.exit_code == 1
        assert "2025-12/U01.html" in table.stdout
    assert run_cli("verify", finished.out, "--fast").exit_code == 0


def test_altered_results_are_named_as_altered_and_not_explained(finished, scored_only) -> None:
    with changed(finished.out / "2026-01" / "scores.json", replacing('"U02"', '"U03"')):
        found = verify(finished.out).differences
    assert [(one.kind, one.what) for one in found] == [("tampered", "2026-01/scores.json")]


def test_a_sample_makes_so_many_reports_again_and_the_seed_decides_which(finished, monkeypatch) -> None:
    chosen: list[list[str]] = []
    monkeypatch.setattr(
        verifying, "execute", lambda reports, jobs, limits, kept: iter(chosen.append([one.id for one in reports]) or ())
    )
    assert [verify(finished.out, sample=2, seed=seed).repeated for seed in (0, 0, 1, 2, 3)] == [2] * 5
    assert chosen[0] == chosen[1]
    assert len({tuple(one) for one in chosen}) > 1


def test_a_folder_without_a_manifest_cannot_be_verified(tmp_path, run_cli) -> None:
    done = run_cli("verify", tmp_path)
    assert done.exit_code == 2
    assert "expected the manifest of a finished run" in done.stderr


def test_a_changed_reading_is_named_where_the_scheme_changed(finished, scored_only) -> None:
    scheme = finished.home / "params" / "schemes" / "s22-heating.yaml"
    declared = load_scheme(scheme).natural.readings["satisfaction_scale"]
    assert declared.use == "corrected"
    text = scheme.read_text(encoding="utf-8")
    block = text[text.index("  satisfaction_scale:") :]
    with changed(scheme, replacing(block, block.replace("use: corrected", "use: literal", 1))):
        found = verify(finished.out).differences
    assert any(
        "scheme s22-heating.yaml changed (reading satisfaction_scale: corrected → literal)" in one.cause
        for one in found
    )


@pytest.mark.parametrize("name", ["attestation.json", "ro-crate-metadata.json"])
def test_what_says_the_same_as_the_manifest_must_say_the_same(finished, name) -> None:
    sha256 = json.loads((finished.out / "manifest.json").read_text())["reports"][0]["products"].popitem()[1]
    with changed(finished.out / name, replacing(sha256, "f" * 64)):
        found = verify(finished.out, fast=True).differences
    assert [(one.kind, one.what) for one in found] == [("tampered", name)]


def test_a_file_that_was_put_among_those_of_a_period_is_named(finished) -> None:
    forged = finished.out / "2026-01" / "U99.html"
    forged.write_text("forged")
    try:
        found = verify(finished.out, fast=True).differences
    finally:
        forged.unlink()
    assert [(one.kind, one.what) for one in found] == [("added", "2026-01/U99.html")]


def test_a_chain_that_is_gone_as_a_whole_shows(finished) -> None:
    with changed(finished.out.parent / "chain.jsonl", lambda text: ""):
        found = verify(finished.out, fast=True).differences
    assert [one.kind for one in found] == ["chain"]


# --- the chain -------------------------------------------------------------------------------------


def links(folder: Path, *manifests: str) -> None:
    """Runs of these names, whose manifests are their names, in the chain of a folder."""
    from auditlib.runs.evidence import chain

    for name in manifests:
        (folder / name).mkdir()
        (folder / name / "manifest.json").write_text(name)
        chain.append(folder / name)


def broken(out: Path) -> list[tuple[int, str, str]]:
    from auditlib.runs.evidence import chain

    return [(one.line, one.run, one.kind) for one in chain.breaks(out)]


def test_a_run_that_was_removed_replaced_or_edited_out_of_the_chain_shows(tmp_path) -> None:
    links(tmp_path, "a", "b", "c")
    assert broken(tmp_path / "a") == []
    chain = tmp_path / "chain.jsonl"
    first, second, third = chain.read_text().splitlines(keepends=True)
    (tmp_path / "b" / "manifest.json").write_text("another")
    assert broken(tmp_path / "a") == [(2, "b", "replaced")]
    shutil.rmtree(tmp_path / "b")
    assert broken(tmp_path / "a") == [(2, "b", "removed")]
    chain.write_text(first + third)
    assert broken(tmp_path / "a") == [(2, "c", "broken")]
    chain.write_text(first.replace('"a"', '"A"') + second + third)
    assert (2, "b", "broken") in broken(tmp_path / "c")
    chain.write_text(first + second + "nonsense\n")
    assert (3, "", "unreadable") in broken(tmp_path / "a")
    assert (0, "c", "unrecorded") in broken(tmp_path / "c")


def test_a_broken_chain_is_a_difference_of_the_run(finished) -> None:
    with changed(finished.out.parent / "chain.jsonl", lambda text: text.replace('"small"', '"other"')):
        found = verify(finished.out, fast=True).differences
    assert {one.kind for one in found} == {"chain"}
    assert {one.cause.split(":")[0] for one in found} == {"removed", "unrecorded"}


# --- signatures ------------------------------------------------------------------------------------


def key_pair(folder: Path, name: str) -> tuple[Path, str]:
    """A new key, and its public half."""
    file = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(file)], check=True)
    return file, file.with_suffix(".pub").read_text()


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="signs with OpenSSH's ssh-keygen")
def test_a_signature_holds_for_its_manifest_and_its_key_only(finished, tmp_path, run_cli) -> None:
    key, public = key_pair(tmp_path, "reviewer")
    _, strange = key_pair(tmp_path, "stranger")
    allowed = tmp_path / "allowed"
    allowed.write_text(f"reviewer@bureau {public}")
    ask = ("verify", finished.out, "--fast", "--allowed-signers", allowed)
    unsigned = run_cli(*ask)
    assert unsigned.exit_code == 1
    assert "nobody has signed" in unsigned.stdout
    signed = run_cli("sign", finished.out, "--key", key, "--as", "reviewer@bureau")
    assert signed.exit_code == 0, signed.output
    try:
        done = run_cli(*ask)
        assert done.exit_code == 0, done.output
        assert "signed by reviewer@bureau" in done.stderr
        with changed(finished.out / "manifest.json", replacing("Small run", "Tiny run")):
            assert "signature" in {
                one.kind for one in verify(finished.out, fast=True, allowed_signers=allowed).differences
            }
        allowed.write_text(f"reviewer@bureau {strange}")
        (one,) = verify(finished.out, fast=True, allowed_signers=allowed).differences
        assert (one.kind, one.what) == ("signature", "reviewer@bureau")
    finally:
        (finished.out / "manifest.json.reviewer@bureau.sig").unlink()


def test_who_signs_needs_a_key_and_a_harmless_name(finished, tmp_path) -> None:
    with pytest.raises(InputError, match="no such key file"):
        sign(finished.out, tmp_path / "none", "reviewer")
    with pytest.raises(InputError, match="expected a name"):
        sign(finished.out, tmp_path / "none", "../reviewer")
