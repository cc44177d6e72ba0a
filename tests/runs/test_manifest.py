"""A run says the same of itself on every machine, and others can read it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from small_runs import World, contents

from auditlib.runs.evidence.manifest import read_manifest
from auditlib.runs.make import make_run
from auditlib.runs.runfile import read_run


@pytest.mark.long
def test_the_same_run_has_the_same_bytes_whatever_the_environment_folder_and_number_of_jobs(world, tmp_path) -> None:
    folders = (tmp_path / "first" / "small", tmp_path / "another folder" / "小批次")
    settings = (
        {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"},
        {"PYTHONHASHSEED": "2", "TZ": "Asia/Shanghai", "LC_ALL": "POSIX", "MPLBACKEND": "Agg", "OMP_NUM_THREADS": "2"},
    )
    program = "from auditlib.cli import main; main()"
    for folder, setting, jobs in zip(folders, settings, ("1", "2"), strict=True):
        command = [sys.executable, "-c", program, "run", str(world.file), "--out", str(folder), "--jobs", jobs]
        done = subprocess.run(command, env=os.environ | setting, capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert contents(folders[0]) == contents(folders[1])
    assert "manifest.json" in contents(folders[0])
    for folder in folders:
        for file in folder.rglob("*"):
            if file.is_file() and ".run" not in file.parts:
                assert str(folder).encode() not in file.read_bytes(), f"{file.name} tells its folder"


def made(world: World) -> Path:
    assert not make_run(read_run(world.file), world.out, 2, lambda line: None).failed
    return world.out


@pytest.mark.long
def test_the_manifest_names_every_file_and_what_each_report_was_made_from_and_others_can_read_it(world) -> None:
    out = made(world)
    manifest = read_manifest(out)
    beside = {"manifest.json", "attestation.json"}
    assert manifest.files == {name: sha for name, sha in contents(out).items() if name not in beside}
    assert {record.id for record in manifest.reports} == {
        f"{period}/{name}" for period in ("2025-12", "2026-01") for name in ("rank", "U01", "U02")
    }
    unit = next(record for record in manifest.reports if record.id == "2026-01/U02")
    assert unit.inputs.keys() == {"notebook", "parameters", "links", "software", "scheme", "standing", "data"}
    assert read_run(world.file) == manifest.declared()
    crate = json.loads((out / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    check_crate(crate, manifest.files)
    check_statement(json.loads((out / "attestation.json").read_text(encoding="utf-8")), manifest.files)


def check_crate(crate: dict[str, Any], files: dict[str, str]) -> None:
    """What RO-Crate 1.1 and the profile Process Run Crate 0.5 ask for."""
    graph = {entity["@id"]: entity for entity in crate["@graph"]}
    assert len(graph) == len(crate["@graph"])
    descriptor = graph["ro-crate-metadata.json"]
    assert descriptor["@type"] == "CreativeWork"
    assert descriptor["conformsTo"]["@id"].startswith("https://w3id.org/ro/crate/1.1")
    root = graph[descriptor["about"]["@id"]]
    assert root["@type"] == "Dataset"
    assert root.keys() >= {"name", "description", "datePublished", "conformsTo"}
    assert "https://w3id.org/ro/wfrun/process/" in root["conformsTo"]["@id"]
    assert {part["@id"] for part in root["hasPart"]} == set(files)
    actions = [entity for entity in crate["@graph"] if entity["@type"] == "CreateAction"]
    assert {one["@id"] for one in root["mentions"]} == {action["@id"] for action in actions}
    for action in actions:
        assert action.keys() >= {"instrument", "object", "result", "startTime", "endTime", "actionStatus", "name"}
        assert graph[action["instrument"]["@id"]]["@type"] == "SoftwareApplication"
        assert action["result"]
    for entity in crate["@graph"]:
        assert " " not in entity["@id"]
        for value in entity.values():
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, dict) and "@id" in one:
                    outside = one["@id"].startswith(("https://w3id.org/ro/", "http://schema.org/", "https://"))
                    assert one["@id"] in graph or outside, f"{entity['@id']} points to nothing: {one['@id']}"


def check_statement(statement: dict[str, Any], files: dict[str, str]) -> None:
    """What in-toto's Statement v1 and its Link predicate v0.3 ask for."""
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["predicateType"] == "https://in-toto.io/attestation/link/v0.3"
    assert {one["name"]: one["digest"]["sha256"] for one in statement["subject"]} == files
    predicate = statement["predicate"]
    assert predicate.keys() >= {"name", "command", "materials", "byproducts", "environment"}
    for material in predicate["materials"]:
        assert len(bytes.fromhex(material["digest"]["sha256"])) == 32


@pytest.mark.long
def test_a_failed_report_is_in_the_manifest_with_its_cell_and_the_exit_code_is_1(world, run_cli) -> None:
    notebook = world.home / "notebooks" / "tell.ipynb"
    text = notebook.read_text(encoding="utf-8")
    notebook.write_text(text.replace("print(period, unit,", "assert unit != 'U01', object()\\nprint(period, unit,"))
    done = run_cli("run", world.file, "--out", world.out, "--jobs", 2)
    assert done.exit_code == 1
    assert "failed: 2025-12/U01.ipynb: cell 2: AssertionError: <object object at 0x0>" in done.stderr
    failures = {record.id: record.failure for record in read_manifest(world.out).reports if record.failure}
    assert failures.keys() == {"2025-12/U01", "2026-01/U01"}
    before = contents(world.out)
    again = run_cli("run", world.file, "--out", world.out, "--jobs", 2)
    assert again.exit_code == 1
    assert "2 to make (2 × failed), 4 finished before" in again.stderr
    assert contents(world.out) == before
