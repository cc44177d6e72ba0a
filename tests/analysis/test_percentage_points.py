"""A difference of two shares is told in percentage points wherever it stands; a share, or any other change, is not."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from small_scheme import base_scheme

from auditlib.analysis.conclusions import explain_outcomes
from auditlib.analysis.explain import explain
from auditlib.core.period import Period
from auditlib.ledger.read import read_ledger
from auditlib.scheme.load import Resolved, load_scheme
from auditlib.scheme.share_differences import is_difference
from auditlib.scheme_pages.scheme_words import SchemeWords
from auditlib.scoring.result import Result
from auditlib.scoring.score import score

FORMED = {
    "closed": {"title": "办结", "rows": "cases", "where": "closed_at is not null"},
    "all": {"title": "收件", "rows": "cases"},
    "rate": {"title": "办结率", "divide": ["closed", "all"], "zero": "not_assessable", "unit": "share"},
    "last": {"title": "上月办结率", "earlier": "rate", "by": "period", "missing": "not_assessable"},
    "gain": {"title": "办结率比上月", "add": {"rate": 1, "last": -1}},
    "declared": {"title": "同上", "add": {"rate": 1, "last": -1}, "unit": "share"},
    "rise": {"title": "上升", "greatest": [0, "gain"], "missing": "not_assessable"},
    "mean_gain": {"title": "平均上升", "peers": "gain", "take": "mean", "among": "all", "self": "included"},
    "above_mean": {"title": "高于平均上升", "add": {"gain": 1, "mean_gain": -1}},
    "halves": {"title": "两率的一半", "add": {"rate": "1/2", "last": "1/2"}},
    "place": {"title": "位次", "peers": "gain", "take": "place", "among": "all", "self": "included",
              "order": "descending", "ties": "better"},
    "lost": {"title": "收件比办结", "add": {"all": 1, "closed": -1}},
    "lacking_all": {"title": "未办结率", "add": {"1": 1, "rate": -1}, "unit": "share"},
    "change": {"title": "变化率", "divide": ["gain", "last"], "zero": "not_assessable", "unit": "share"},
}  # fmt: skip


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> tuple[Resolved, Result]:
    """甲: 1 of 2 closed in May, 3 of 4 in June: 25 percentage points more. 乙: 2 of 2 and 1 of 3: 66⅔ fewer."""
    folder = tmp_path_factory.mktemp("points")
    indicator = {
        "id": "gain", "title": "比上月", "clause": "一", "max": None, "start": 0, "floor": None, "cap": None,
        "rules": [
            {"id": "each", "clause": "一", "title": "每个百分点", "points": 100, "per": "gain"},
            {"id": "below", "clause": "一", "title": "下降超过5个百分点", "points": -3,
             "when": {"of": "gain", "below": "-5pp"}},
        ],
    }  # fmt: skip
    outcome = {"id": "warned", "title": "提醒", "clause": "一", "when": {"of": "gain", "below": "-5pp"}}
    whole = base_scheme(quantities=FORMED, indicators=[indicator], outcomes=[outcome], measures={})
    file = Path(folder / "points.yaml")
    file.write_text(yaml.safe_dump(whole, allow_unicode=True, sort_keys=False), encoding="utf-8")
    (folder / "units.csv").write_text("unit\n甲\n乙\n", encoding="utf-8")
    cases = [("甲", 5, 1), ("甲", 5, 0), *[("甲", 6, 1)] * 3, ("甲", 6, 0)]
    cases += [("乙", 5, 1), ("乙", 5, 1), ("乙", 6, 1), ("乙", 6, 0), ("乙", 6, 0)]
    rows = [f"C{n},{unit},2025-0{month}-03,{'2025-05-20' if done and month == 5 else '2025-06-20' if done else ''}"
            for n, (unit, month, done) in enumerate(cases)]  # fmt: skip
    (folder / "cases.csv").write_text("\n".join(["case_id,unit,received_at,closed_at", *rows, ""]), encoding="utf-8")
    resolved = load_scheme(file).resolve()
    return resolved, score(resolved, read_ledger(folder), Period.parse("2025-06"), datetime(2025, 7, 1))


def test_which_quantities_are_differences_of_shares(scored) -> None:
    scheme = scored[0].scheme
    found = {name for name in FORMED if is_difference(scheme, name)}
    assert found == {"gain", "declared", "rise", "mean_gain", "above_mean"}


@pytest.mark.parametrize(("language", "text"), [("zh", "25个百分点"), ("en", "25 percentage points")])
def test_an_explanation_tells_it_in_percentage_points(scored, language, text) -> None:
    resolved, result = scored
    line = next(one for one in explain(resolved, result, result.unit("甲"), language) if one.rule == "each")
    assert text in line.arithmetic + line.operands
    assert "25 %" not in line.arithmetic + line.operands
    assert line.points == "+25"


@pytest.mark.parametrize(("language", "shown"), [("zh", "−66.67个百分点"), ("en", "−66.67 percentage points")])
def test_a_condition_and_an_outcome_tell_both_sides_so(scored, language, shown) -> None:
    resolved, result = scored
    unit, bound = result.unit("乙"), {"zh": "−5个百分点", "en": "−5 percentage points"}[language]
    line = next(one for one in explain(resolved, result, unit, language) if one.rule == "below")
    assert f"{shown} < {bound}" in line.arithmetic
    told = str(list(explain_outcomes(resolved, result, unit, language)))
    assert shown in told
    assert bound in told


def test_the_pages_of_the_scheme_write_a_value_so_and_a_share_as_a_percentage(scored) -> None:
    words = SchemeWords(scored[0].scheme, "zh")
    assert words.amount("gain", Fraction(-1, 20)) == "−5个百分点"
    assert words.amount("rate", Fraction(1, 20)) == "5%"
    assert words.amount("change", Fraction(1, 2)) == "50%"
