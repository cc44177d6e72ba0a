"""The formats of a run: PDF where its file asks for it, tables of every period always, all in the manifest."""

from __future__ import annotations

import sys

import pytest
from small_runs import World, contents

from auditlib.core.errors import InputError
from auditlib.runs.evidence.manifest import read_manifest
from auditlib.runs.make import make_run
from auditlib.runs.plan import plan_run
from auditlib.runs.runfile import read_run
from auditlib.runs.verify import verify

TABLES = {
    f"{period}/{name}" for period in ("2025-12", "2026-01") for name in ("scores.xlsx", "scores.csv", "lines.csv")
}


def made(world: World) -> list[str]:
    """The run made; what it told."""
    told: list[str] = []
    assert make_run(read_run(world.file), world.out, 2, told.append).failed == {}
    return told


@pytest.mark.long
def test_every_run_writes_the_tables_of_its_periods_and_vouches_for_them(world: World) -> None:
    world.write_run(notebooks=[{"notebook": "rank", "per": "period"}])
    made(world)
    assert read_manifest(world.out).products.keys() >= TABLES
    assert list(world.out.glob("*/*.pdf")) == []
    first = contents(world.out)
    (world.out / "2025-12" / "scores.xlsx").write_bytes(b"changed by hand")
    assert [(one.kind, one.what) for one in verify(world.out, fast=True).differences] == [
        ("tampered", "2025-12/scores.xlsx")
    ]
    made(world)
    assert contents(world.out) == first
    assert verify(world.out).differences == ()


@pytest.mark.long
def test_verify_makes_the_tables_again_and_names_one_that_is_not_what_the_ledger_gives(world: World) -> None:
    """A table whose hash was put into the manifest with it: only a second making shows that."""
    world.write_run(notebooks=[{"notebook": "rank", "per": "period"}])
    made(world)
    table, manifest = world.out / "2026-01" / "lines.csv", world.out / "manifest.json"
    was = read_manifest(world.out).products["2026-01/lines.csv"]
    table.write_bytes(table.read_bytes().replace(b",0,", b",1,", 1))
    import hashlib

    now = hashlib.sha256(table.read_bytes()).hexdigest()
    manifest.write_text(manifest.read_text(encoding="utf-8").replace(was, now), encoding="utf-8")
    found = [(one.kind, one.what) for one in verify(world.out).differences if one.kind != "chain"]
    statements = [("tampered", "ro-crate-metadata.json"), ("tampered", "attestation.json")]  # they say the old hash
    assert found == [*statements, ("bytes", "2026-01/lines.csv")]


@pytest.mark.long
def test_a_run_with_pdf_resumes_and_is_made_again_the_same(world: World) -> None:
    pytest.importorskip("weasyprint", reason="WeasyPrint and Pango are not installed: pip install 'auditlib[pdf]'")
    world.write_run(periods=["2025-12"], formats=["html", "pdf"])
    made(world)
    files = {f"2025-12/{name}.pdf" for name in ("rank", "U01", "U02")}
    assert read_manifest(world.out).files.keys() >= files
    assert "0 to make, 3 finished before" in made(world)[-1]
    first = contents(world.out)
    (world.out / "2025-12" / "U01.pdf").unlink()
    assert "1 to make (1 × missing), 2 finished before" in made(world)[-1]
    assert contents(world.out) == first
    assert verify(world.out).differences == ()
    world.write_run(periods=["2025-12"])
    assert "3 to make (3 × pdf), 0 finished before" in made(world)[-1]
    assert list(world.out.glob("*/*.pdf")) == []


def test_a_run_that_asks_for_pdf_without_weasyprint_is_refused_before_it_begins(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from auditlib.report.pages import pdf

    pdf._weasyprint.cache_clear()
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    world.write_run(formats=["html", "pdf"])
    with pytest.raises(InputError, match=r"auditlib\[pdf\]"):
        plan_run(read_run(world.file), world.out)
    assert not world.out.exists()


@pytest.mark.parametrize(
    ("formats", "text"),
    [(["pdf"], "without html"), (["html", "odt"], r"formats\[1\]: found 'odt', expected html, pdf or docx")],
)
def test_formats_that_a_run_cannot_have_are_refused(world: World, formats: list[str], text: str) -> None:
    world.write_run(formats=formats)
    with pytest.raises(InputError, match=text):
        read_run(world.file)


@pytest.mark.long
def test_a_run_with_papers_and_forms_is_made_again_the_same_and_forgets_them_with_their_keys(world: World) -> None:
    issue = {"issuer": {"zh": "甲", "en": "A"}, "date": "2026-03-01"}
    contest = {"deadline": "2026-03-10", "contact": {"zh": "考核办", "en": "office"}}
    world.write_run(periods=["2025-12"], formats=["html", "docx"], issue=issue, objections=contest)
    made(world)
    files = {
        f"2025-12/{name}" for name in ("rank.docx", "U01.docx", "U02.docx", "U01.objection.xlsx", "U02.objection.xlsx")
    }
    found = read_manifest(world.out).files.keys()
    assert {name for name in found if name.endswith((".docx", ".objection.xlsx"))} == files
    assert 'href="U01.objection.xlsx"' in (world.out / "2025-12" / "U01.html").read_text(encoding="utf-8")
    assert verify(world.out).differences == ()
    later = contest | {"deadline": "2026-03-12"}
    world.write_run(periods=["2025-12"], formats=["html", "docx"], issue=issue, objections=later)
    assert "3 to make (3 × issue), 0 finished before" in made(world)[-1]
    world.write_run(periods=["2025-12"])
    assert "3 to make (3 × docx, issue), 0 finished before" in made(world)[-1]
    assert [*world.out.glob("*/*.docx"), *world.out.glob("*/*.objection.xlsx")] == []
