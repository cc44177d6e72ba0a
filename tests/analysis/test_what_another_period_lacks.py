"""A reason says of which period something is lacking, and a share of the places is not called places."""

from pathlib import Path

import pytest

from auditlib.analysis.conclusions import explain_outcomes
from auditlib.core.period import Period
from auditlib.ledger.read import read_ledger
from auditlib.scheme.load import load_scheme
from auditlib.scoring.score import score

SCHEME = """\
scheme: insurers
version: "1"
title: 投诉考评
source: {document: 考评办法, title: 投诉考评办法, last_checked: 2026-01-01}
effective: {from: null}
periods: [month]
clauses: {一: {quote: 同比下降的加2分；每组前10%为先进}}
words: {units: {group: [寿险]}}
measures:
  complaints: {title: 投诉, register: cases}
  premium: {title: 保费, fact: premium}
quantities:
  each: {title: 亿元保费投诉量, divide: [complaints, premium], zero: not_assessable}
  before: {title: 去年同月, earlier: each, by: year, missing: not_assessable}
indicators:
  - id: fallen
    title: 同比下降
    clause: 一
    max: 2
    start: 0
    floor: 0
    cap: 2
    rules: [{id: fallen, clause: 一, title: 下降加2分, points: 2, per: {holds: {of: each, below: before}}}]
  - id: others
    title: 其他
    clause: 一
    max: 98
    start: 0
    floor: 0
    cap: 98
    rules: [{id: mark, clause: 一, title: 评分, mark: true}]
outcomes: [{id: advanced, title: 先进, clause: 一, place: {top: 10%, rounded: up}}]
ranking: {clause: 一, by: total, order: descending, within: group, ties: undecided, different_maxima: undecided}
rounding: {digits: 2, mode: half_up}
"""


@pytest.fixture
def explained(tmp_path: Path):
    (tmp_path / "insurers.yaml").write_text(SCHEME, encoding="utf-8")
    folder = tmp_path / "ledger"
    folder.mkdir()
    tables = {
        "units": "unit,group\nA,寿险\nB,寿险\n",
        "cases": "case_id,unit,received_at\n1,A,2024-06-02T09:00:00\n2,B,2024-06-02T09:00:00\n"
        "3,A,2025-06-02T09:00:00\n",
        "marks": "unit,period,indicator,points\nA,2025-06,others,90\nB,2025-06,others,80\n",
    }
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")

    def of(facts: str, unit: str, language: str):
        (folder / "unit_facts.csv").write_text("unit,period,fact,value\n" + facts, encoding="utf-8")
        resolved = load_scheme(tmp_path / "insurers.yaml").resolve()
        result = score(resolved, read_ledger(folder), Period.parse("2025-06"))
        own = result.unit(unit)
        return own, explain_outcomes(resolved, result, own, language)

    return of


NOW = "A,2025-06,premium,2\nB,2025-06,premium,2\n"
THEN = "A,2024-06,premium,1\nB,2024-06,premium,1\n"


def test_a_fact_that_last_year_lacks_is_asked_for_by_its_month(explained) -> None:
    unit, _ = explained(NOW, "A", "zh")
    assert str(unit.indicator("fallen").lines[0].reason) == "2024-06: the ledger has no fact premium in unit_facts"
    unit, _ = explained(THEN, "A", "zh")  # the control: of this month the reason is as it was
    assert str(unit.indicator("fallen").lines[0].reason) == "the ledger has no fact premium in unit_facts"


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "place 2 of 2, not among the first 10 %"), ("zh", "第 2 名，共 2 个，不在前 10% 之内")],
)
def test_a_share_of_the_places_is_said_as_a_share(explained, language: str, said: str) -> None:
    _, (advanced,) = explained(NOW + THEN, "B", language)
    assert (advanced.state, advanced.conditions) == ("no", (said,))
