"""Every count of a test has a name in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditlib.core.message import told
from auditlib.core.period import Period
from auditlib.ledger.read import read_ledger
from auditlib.probe.count_words import COUNTS
from auditlib.probe.counted import TESTS
from auditlib.probe.probe import probe
from auditlib.probe.settings import Settings
from auditlib.probe.tables import probe_table
from auditlib.probe.words import says
from auditlib.scoring.assess import resolve_scheme

DEMONSTRATIONS = [("s22-heating", "2025-12"), ("s21-prefecture-centre", "2024"), ("s12-jiangsu-insurance", "2025")]


@pytest.mark.parametrize(("scheme", "period"), DEMONSTRATIONS)
def test_every_count_of_a_demonstration_has_a_name(root: Path, scheme: str, period: str) -> None:
    when = Period.parse(period)
    ledger = read_ledger(root / "params" / "demonstrations" / scheme)
    found = probe(ledger, Settings(entry_hours=24, phone_share="0.7"), resolve_scheme(scheme, when), when)  # type: ignore[arg-type]
    named = {name for line in found.lines for name in line.observed.counts} - {"why"}
    assert named <= COUNTS.keys()
    assert {line.test for line in found.lines} == TESTS.keys() - {"benford"}
    for line, row in zip(found.lines, probe_table(found.lines).texts("zh"), strict=True):
        assert row[5] == says(line, "zh")
        assert not any(name in says(line, "zh") for name in ("fullest_minute", "peers_", "late_in"))


def test_names_are_told_apart_in_chinese() -> None:
    of_one_line = [("window", "before", "after", "earlier"), ("closed", "unrated", "late", "late_unrated"),
                   ("cases", "late", "excluded", "excluded_late"), ("rows", "distinct", "gaps", "missing")]  # fmt: skip
    for names in of_one_line:
        assert len({told(COUNTS[name], "zh") for name in names}) == len(names)
