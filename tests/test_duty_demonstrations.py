"""Every scheme of duties has a small ledger that shows each of its duties at work, in a table and in JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from demonstrations import DEMONSTRATIONS, duty_demonstrations

from auditlib.scheme.load import load_scheme

SCHEMES = DEMONSTRATIONS.parent / "schemes"
USUAL = {"met", "missed", "running", "not_assessable"}
"""What every demonstration shows at least once."""


def judged(run_cli: Any, scheme: str) -> dict[str, Any]:
    folder = DEMONSTRATIONS / scheme
    period = yaml.safe_load((folder / "ledger.yaml").read_text(encoding="utf-8"))["period"]
    done = run_cli("duties", scheme, "--ledger", folder, "--period", period, "--format", "json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.mark.parametrize("scheme", duty_demonstrations())
def test_a_demonstration_shows_every_duty_at_work(scheme: str, run_cli: Any) -> None:
    found = judged(run_cli, scheme)
    statuses: dict[str, set[str]] = {}
    for unit in found["units"]:
        for one in unit["instances"]:
            statuses.setdefault(one["duty"], set()).add(one["status"])
    duties = load_scheme(SCHEMES / f"{scheme}.yaml").natural.duties
    assert {duty.id for duty in duties} == statuses.keys()
    shown = set().union(*statuses.values())
    timed = {"late"} if any(duty.limits for duty in duties) else set()
    assert shown >= USUAL | timed
    assert len(found["units"]) >= 2


@pytest.mark.parametrize("scheme", duty_demonstrations())
def test_a_demonstration_has_no_act_or_case_that_the_scheme_does_not_know(scheme: str, run_cli: Any) -> None:
    kinds = {notice["kind"] for notice in judged(run_cli, scheme)["notices"]}
    assert not kinds & {"unknown_act", "act_of_no_case", "act_before_case", "rarely_recorded"}


@pytest.mark.parametrize("scheme", duty_demonstrations())
def test_the_scheme_of_a_demonstration_has_no_finding_that_it_does_not_name(scheme: str, run_cli: Any) -> None:
    done = run_cli("check", SCHEMES / f"{scheme}.yaml")
    assert done.exit_code == 0, done.output
