"""The command: every share with its intervals and ranks, the sentence that a table says nothing, what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from small_scheme import base_scheme, scored

OF = {"zh": "按期率", "en": "on-time share"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Nine, seven and eight of ten on time: nobody can say who is better."""
    scheme = base_scheme()
    scheme["measures"] |= {"in_time": {"title": OF, "register": "cases", "where": "status = '按'"}}  # type: ignore[operator]
    rate = {"title": OF, "numerator": "in_time", "denominator": "received", "zero": "not_assessable", "show": "percent"}
    heavy = rate | {"numerator": {"in_time": 10, "late": 3}}
    scheme["rates"] = {"prompt": rate, "heavy": heavy}
    scheme["ranking"] |= {"minimum": {"clause": None, "of": "received", "at_least": 10}}  # type: ignore[operator]
    cases = {"A": 9, "B": 7, "C": 8}
    scored(tmp_path, scheme, {unit: ["按"] * hits + ["迟"] * (10 - hits) for unit, hits in cases.items()})
    return tmp_path


def call(run_cli, folder: Path, *more: object):  # type: ignore[no-untyped-def]
    return run_cli("chance", folder / "small.yaml", "--ledger", folder, "--period", "2025-06", *more)


def test_a_table_that_says_nothing_says_so(run_cli, folder: Path) -> None:  # type: ignore[no-untyped-def]
    done = call(run_cli, folder, "--language", "en")
    assert done.exit_code == 0, done.output
    assert "This table says nothing: chance alone gives such differences (p = 0.85)." in done.stdout
    assert "A\tA\t9\t10\t90\t" in done.stdout
    assert "\tany\t" in done.stdout
    assert "on-time share: not looked at, as it weighs what it counts" in done.stderr
    zh = call(run_cli, folder)
    assert "这张表什么也说明不了" in zh.stdout
    assert "任一名次" in zh.stdout


def test_json_has_every_number(run_cli, folder: Path) -> None:  # type: ignore[no-untyped-def]
    done = call(run_cli, folder, "--format", "json", "--draws", 20)
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["schema"] == "auditlib-chance/1"
    (table,) = found["shares"]
    assert (table["id"], table["says_nothing"]) == ("prompt", True)
    assert table["homogeneity"] == {"p": "0.8465327776", "method": "exact"}
    first = table["units"][0]
    assert (first["hits"], first["cases"], first["share"], first["ranks"]) == (9, 10, "0.9", [1, 3])
    assert [float(end) for end in first["clopper_pearson"]] == pytest.approx([0.5549839, 0.9974714], abs=1e-7)
    assert [one["id"] for one in found["no_shares"]] == ["heavy"]
    assert found["totals"]["draws"] == 20
    assert call(run_cli, folder, "--format", "json", "--draws", 20).stdout == done.stdout
    out = folder / "chance.json"
    assert call(run_cli, folder, "--draws", 20, "--out", out).exit_code == 0
    assert json.loads(out.read_text(encoding="utf-8")) == found


def test_a_unit_with_too_few_cases_is_named_with_its_number(run_cli, tmp_path: Path, folder: Path) -> None:  # type: ignore[no-untyped-def]
    scheme = yaml.safe_load((folder / "small.yaml").read_text(encoding="utf-8"))
    scored(folder, scheme, {"A": ["按"] * 10, "B": ["按"] * 7 + ["迟"] * 3, "C": ["迟"] * 2})
    done = call(run_cli, folder, "--language", "en", "--draws", 5)
    assert "Too few cases to be ranked: C (2)." in done.stdout


@pytest.mark.parametrize(
    ("more", "message"),
    [(("--target", "1.2"), "expected a share between 0 and 1"), (("--target", "x"), "is not a number"),
     (("--of", "nothing"), "found nothing, expected some of prompt"), (("--draws", -1), "--draws")],
)  # fmt: skip
def test_faults_are_named(run_cli, folder: Path, more: tuple[object, ...], message: str) -> None:  # type: ignore[no-untyped-def]
    done = call(run_cli, folder, *more)
    assert done.exit_code == 2
    assert message in done.stderr


def test_duties_are_shares_too(run_cli) -> None:  # type: ignore[no-untyped-def]
    done = run_cli(
        "chance", "s21-prefecture-centre", "--ledger", "s21-prefecture-centre", "--period", "2024", "--format", "json"
    )
    assert done.exit_code == 0, done.output
    assert {one["of"] for one in json.loads(done.stdout)["shares"]} == {"duty"}
