"""A unit's first screen says of how few cases its shares are, where they are few."""

from __future__ import annotations

import pytest

from auditlib.report.unit import UnitReport

ROADS = {"scheme": "boston311-timeliness", "ledger": "boston311-timeliness", "period": "2011-06", "unit": "ROADS"}


@pytest.mark.parametrize(
    ("language", "said"), [("en", "; “on-time rate” is of only 1 case."), ("zh", "；“按时率”只依据 1 件。")]
)
def test_a_full_score_of_one_case_is_said_to_be_of_one_case(language: str, said: str) -> None:
    assert UnitReport.open(**ROADS, language=language).show("headline").sentences[2].endswith(said)


def test_a_unit_without_shares_has_none_of_few_cases() -> None:
    report = UnitReport.open(scheme="circ-insurers", ledger="circ-insurers", unit="L1", period="2015", language="en")
    assert " is of only " not in " ".join(report.show("headline").sentences)
