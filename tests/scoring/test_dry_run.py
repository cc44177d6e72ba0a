"""Scoring over empty registers: every shipped scheme passes, and what only counting finds is found with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from small_scheme import base_scheme

from auditlib.ledger.registers import REGISTERS
from auditlib.proofs.check import check_scheme
from auditlib.scheme.load import load_scheme
from auditlib.scoring.dry_run import dry_run, empty_ledger

SCHEMES = sorted((Path(__file__).parents[2] / "params" / "schemes").glob("*.yaml"))


def written(folder: Path, scheme: dict) -> Path:  # type: ignore[type-arg]
    file = folder / "small.yaml"
    file.write_text(yaml.safe_dump(scheme, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return file


@pytest.mark.parametrize("file", SCHEMES, ids=lambda file: file.stem)
def test_a_shipped_scheme_scores_registers_without_rows(file: Path) -> None:
    assert dry_run(load_scheme(file)) == ()


def test_the_empty_ledger_has_every_register_typed_and_the_columns_of_the_scheme(tmp_path) -> None:
    scheme = base_scheme(extra_columns={"cases": {"区域": "text"}})
    ledger = empty_ledger(load_scheme(written(tmp_path, scheme)).natural)
    assert ledger.registers.keys() == REGISTERS.keys() - {"exclusions"}
    for name, frame in ledger.registers.items():
        schema = frame.collect_schema()
        assert all(schema[column.name] == column.dtype for column in REGISTERS[name].columns)
        assert frame.collect().height == (name == "units")
    assert "区域" in ledger.registers["cases"].collect_schema()


def test_a_calendar_that_is_not_there_is_found_where_it_is_named(tmp_path, run_cli) -> None:
    file = written(tmp_path, base_scheme(calendar="nowhere"))
    assert not check_scheme(file).problems
    done = run_cli("check", file)
    assert done.exit_code == 1
    line = next(n for n, text in enumerate(file.read_text(encoding="utf-8").splitlines(), 1) if "nowhere" in text)
    (told,) = [one for one in done.stdout.splitlines() if "does-not-score" in one]
    assert f"small.yaml:{line}:1: calendar: error: does-not-score:" in told
    assert "no calendar named nowhere" in told


def test_a_value_that_begins_after_the_scheme_is_found(tmp_path) -> None:
    scheme = base_scheme(effective={"from": "2025-01-01"}, values={"full": {"2026-01-01": 100}})
    scheme["indicators"][0]["cap"] = "$full"  # type: ignore[index]
    file = written(tmp_path, scheme)
    assert not check_scheme(file).problems
    (problem,) = dry_run(load_scheme(file))
    assert problem.path == "values.full"
    assert problem.message == "no value is in force on 2025-01-01"
