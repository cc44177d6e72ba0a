"""Numbers on their way out: nothing that is printed is false, and no rounding contradicts what was decided."""

from __future__ import annotations

import csv
import math
import re
from decimal import Decimal
from fractions import Fraction
from html import unescape
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from small_schemes import TITLE, scheme_of, scored

from auditlib.analysis.assessment import exact_number
from auditlib.analysis.explain import bounds_note, explain
from auditlib.analysis.quantity_texts import compared
from auditlib.analysis.request import Asked
from auditlib.analysis.scored_periods import score_period
from auditlib.core.exact import Rounding, apart, decimal_text, exact, fixed_text, full_text, telling
from auditlib.core.numerals import equated, number_text, plain, plain_percent, plain_signed, share_text, signed
from auditlib.ledger.read import read_ledger
from auditlib.report.ranking import RankingReport
from auditlib.report.unit import UnitReport
from auditlib.report.workbook.period import lines_csv, period_workbook
from auditlib.scheme.load import load_scheme
from auditlib.scheme.rules import Bound
from auditlib.scoring.ranking_table import result_csv
from auditlib.scoring.result import IndicatorScore, ScoreLine

SCHEMES = Path(__file__).parents[2] / "params" / "schemes"


# --- the doors ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "full", "people"),
    [
        ("0.25", "0.25", "0.25"),
        ("-1/3", "-1/3", "−1/3"),
        ("-0.05", "-0.05", "−0.05"),
        ("20", "20", "20"),
        ("0", "0", "0"),
        ("1e-20", "0.00000000000000000001", "0.00000000000000000001"),
        ("12345678901234567890.5", "12345678901234567890.5", "12345678901234567890.5"),
    ],
)
def test_a_number_in_full_loses_nothing_and_has_the_sign_of_its_reader(value: str, full: str, people: str) -> None:
    assert (full_text(exact(value)), plain(exact(value))) == (full, people)
    assert exact(full) == exact(value)


@pytest.mark.parametrize("value", [Fraction(1, 2**60), Fraction(10**30 + 1, 10**4), Fraction(-5, 2), Fraction(7)])
def test_a_decimal_of_a_frame_has_all_its_digits(value: Fraction) -> None:
    shown = exact_number(value)
    assert isinstance(shown, Decimal)
    assert Fraction(shown) == value


def test_what_no_decimal_ends_stays_a_fraction_in_a_frame() -> None:
    assert exact_number(Fraction(1, 3)) == Fraction(1, 3)
    assert math.isnan(exact_number(None))


def test_signs_percentages_and_trailing_zeros() -> None:
    two = Rounding(2)
    assert [signed(exact(v), two) for v in ("2", "-2", "0", "0.001", "-0.001")] == ["+2", "−2", "0", "0", "0"]
    assert [plain_signed(exact(v)) for v in ("0.25", "-1/3", "0")] == ["+0.25", "−1/3", "0"]
    assert [plain_percent(exact(v)) for v in ("0.85", "0.99995", "1/3")] == ["85 %", "99.995 %", "1/3"]
    assert [fixed_text(exact(v), 2) for v in ("80.5", "-0.001", "7", "2.675")] == ["80.50", "0.00", "7.00", "2.68"]
    assert fixed_text(exact("2.5"), 0) == "3"
    assert number_text(exact("-2.5"), two) == "−2.5"
    assert decimal_text(exact("-2.5"), two) == "-2.5"


def test_a_share_that_is_not_all_and_not_nothing_looks_like_neither() -> None:
    assert [share_text(exact(v)) for v in ("0", "1", "2/3", "0.99999", "1/1000000")] == [
        "0 %", "100 %", "66.67 %", "99.999 %", "0.0001 %",
    ]  # fmt: skip


def test_an_equals_sign_stands_only_before_what_is_equal() -> None:
    one = Rounding(1)
    assert equated(exact("0.5"), one, "0.5") == "= 0.5"
    assert equated(exact("0.25"), one, "0.3") == "≈ 0.3"


def test_numbers_are_told_apart_by_as_few_digits_as_do_it() -> None:
    two = Rounding(2)
    near = [exact("46.011"), exact("46.0111"), exact("46.02")]
    assert [apart(value, near, two) for value in near] == [Rounding(4), Rounding(4), two]
    assert apart(exact("1/3"), [exact("1/3")], two) == two
    assert telling(exact("1/3"), two, lambda shown: shown == exact("1/3")) is None


def test_a_comparison_is_true_of_its_own_text_whichever_way_it_is_rounded() -> None:
    resolved = load_scheme(SCHEMES / "s02-fujian-three-rates.yaml").resolve()
    at_least = Bound.model_validate({"of": "first_connection", "at_least": "0.99995"})
    for mode in ("half_up", "half_even", "down", "up"):
        shown = compared(resolved, at_least, exact("0.999951"), Rounding(4, mode), "zh")  # type: ignore[arg-type]
        left, right = re.fullmatch(r"([\d.]+) % ≥ ([\d.]+) %", shown).groups()  # type: ignore[union-attr]
        assert Fraction(left) > Fraction(right) == Fraction("99.995")
    third = Bound.model_validate({"of": "first_connection", "at_least": "1/3"})
    assert compared(resolved, third, exact("1/3"), Rounding(4), "zh") == "1/3 ≥ 1/3"
    assert compared(resolved, third, exact("0.3333"), Rounding(4), "zh") == "33.33 % < 1/3"


# --- the lines of a scheme --------------------------------------------------------------------------------


def lines_of(folder: Path, rules: list[dict[str, Any]], digits: int, language: str = "zh", **facts: str) -> list[str]:
    resolved, result = scored(folder, scheme_of(rules, digits), {"U": facts})
    return [f"{line.operands}; {line.arithmetic}" for line in explain(resolved, result, result.unit("U"), language)]


def test_a_weight_is_never_rounded_and_a_result_says_where_it_is(tmp_path: Path) -> None:
    quarter = [{"points": "0.25", "per": "a"}]
    assert lines_of(tmp_path, quarter, 1, a="100") == ["a = 100; +0.25 × 100 = +25"]
    assert lines_of(tmp_path, quarter, 0, a="96") == ["a = 96; +0.25 × 96 = +24"]
    assert lines_of(tmp_path, quarter, 1, a="3") == ["a = 3; +0.25 × 3 ≈ +0.8"]
    third = [{"points": "-1/3", "per": "a"}]
    assert lines_of(tmp_path, third, 2, a="6") == ["a = 6; −1/3 × 6 = −2"]
    assert lines_of(tmp_path, third, 2, a="7") == ["a = 7; −1/3 × 7 ≈ −2.33"]


def test_a_rate_in_a_calculation_is_the_division_that_it_is(tmp_path: Path) -> None:
    step = [{"points": "-1", "step": {"of": "share", "below": "0.85", "every": "0.01", "mode": "floor"}}]
    assert lines_of(tmp_path, step, 4, a="2", b="3") == ["率 = 2 ÷ 3 ≈ 66.67 %; −1 × ⌊(85 % − 2 ÷ 3) ÷ 1 %⌋ = −18"]
    assert lines_of(tmp_path, step, 4, a="4", b="5") == ["率 = 4 ÷ 5 = 80 %; −1 × ⌊(85 % − 80 %) ÷ 1 %⌋ = −5"]
    # 65.996 % and 66.004 % are both 66 % with two decimals, which is one step more than the second makes.
    assert lines_of(tmp_path, step, 4, a="65996", b="100000") == [
        "率 = 65996 ÷ 100000 ≈ 66 %; −1 × ⌊(85 % − 65996 ÷ 100000) ÷ 1 %⌋ = −19"
    ]
    assert lines_of(tmp_path, step, 4, a="66004", b="100000") == [
        "率 = 66004 ÷ 100000 = 66.004 %; −1 × ⌊(85 % − 66.004 %) ÷ 1 %⌋ = −18"
    ]
    paid = [{"points": "10", "per": "share"}]
    assert lines_of(tmp_path, paid, 2, a="2", b="3") == ["率 = 2 ÷ 3 ≈ 66.67 %; +10 × 2 ÷ 3 ≈ +6.67"]


def test_nothing_is_divided_by_nothing(tmp_path: Path) -> None:
    paid = [{"points": "10", "per": "share"}]
    assert lines_of(tmp_path, paid, 2, a="0", b="0") == ["率 = 0 ÷ 0，取 100 %; +10 × 100 % = +10"]
    assert lines_of(tmp_path, paid, 2, "en", a="0", b="0") == ["share = 0 ÷ 0, taken as 100 %; +10 × 100 % = +10"]


def test_a_rule_that_sets_what_the_indicator_has_shows_what_that_changes(tmp_path: Path) -> None:
    rules = [{"points": "2.5", "per": "a"}, {"becomes": "0", "when": {"of": "b", "above": "0"}}]
    assert lines_of(tmp_path, rules, 1, a="3", b="1") == [
        "a = 3; +2.5 × 3 = +7.5", "b = 1; 1 > 0 ⇒ 计 0 分：0 − 7.5 = −7.5",
    ]  # fmt: skip
    assert lines_of(tmp_path, rules, 1, "en", a="3", b="1")[1] == "b = 1; 1 > 0 ⇒ becomes 0: 0 − 7.5 = −7.5"
    assert lines_of(tmp_path, rules, 1, a="3", b="0")[1] == "b = 0; 0 ≤ 0 ⇒ 0"


def test_a_weighted_denominator_stands_in_brackets(tmp_path: Path) -> None:
    scheme = scheme_of([{"points": "1", "per": "share"}], 2)
    scheme["rates"]["share"] |= {"denominator": {"b": "2"}, "numerator": {"a": "0.5", "c": "-1"}}
    resolved, result = scored(tmp_path, scheme, {"U": {"a": "12", "b": "3", "c": "2"}})
    (line,) = explain(resolved, result, result.unit("U"))
    assert line.operands == "率 = (12 × 0.5 + 2 × −1) ÷ (3 × 2) ≈ 66.67 %"


# --- what was decided -------------------------------------------------------------------------------------

ALMOST = {"F": {"a": "19999", "b": "20000"}, "G": {"a": "9", "b": "10"}}
TARGET = [{"target": {"of": "share", "at_least": "1"}}]


def test_a_rate_that_misses_its_target_by_a_hair_says_so_in_every_output(tmp_path: Path) -> None:
    resolved, result = scored(tmp_path, scheme_of(TARGET, 4), ALMOST)
    plain = {unit["unit"]: unit for unit in result.to_json()["units"]}
    (line,) = plain["F"]["indicators"][0]["lines"]
    assert (plain["F"]["indicators"][0]["met"], line["quantity"], plain["F"]["rates"]["share"]) == (
        False, "0.99995", "0.99995",
    )  # fmt: skip
    assert plain["G"]["rates"]["share"] == "0.9"
    (told,) = explain(resolved, result, result.unit("F"))
    assert (told.operands, told.arithmetic) == ("率 = 19999 ÷ 20000 = 99.995 %", "99.995 % < 100 % ⇒ 未达到")
    rows = list(csv.DictReader(StringIO(lines_csv(result).decode("utf-8-sig"))))
    assert [row["quantity"] for row in rows if row["unit"] == "F"] == ["0.99995"]
    given = {"scheme": str(tmp_path / "small.yaml"), "ledger": str(tmp_path), "period": "2025-01"}
    page = unescape(UnitReport.open(unit="F", **given).show("lines").html)
    assert "19999 ÷ 20000 = 99.995 %" in page
    assert "100 %；" not in page
    whole = score_period(Asked.of(**given), read_ledger(tmp_path))
    sheet = openpyxl.load_workbook(BytesIO(period_workbook(whole, "zh")))["计分明细"]
    heads = [cell.value for cell in sheet[1]]
    cells = {row[1].value: row[heads.index("计数或比率")] for row in sheet.iter_rows(min_row=2)}
    assert (cells["F"].value, cells["F"].number_format) == (0.99995, "0.00000")


def test_steps_that_rounding_would_add_or_take_away_are_told_by_more_digits(tmp_path: Path) -> None:
    step = [{"points": "-1", "step": {"of": "share", "below": "0.85", "every": "0.01", "mode": "floor"}}]
    _, result = scored(tmp_path, scheme_of(step, 2), {"F": {"a": "670001", "b": "1000000"}})
    (unit,) = result.to_json()["units"]
    assert unit["indicators"][0]["points"] == "-17"  # 0.179999 ÷ 0.01, completed; 0.67 would make 18
    assert unit["rates"]["share"] == "0.670001"


def test_totals_that_decide_a_rank_are_not_written_alike(tmp_path: Path) -> None:
    facts = {"A": {"a": "3.00002"}, "B": {"a": "3.00001"}, "C": {"a": "3"}, "D": {"a": "3"}}
    resolved, result = scored(tmp_path, scheme_of([{"points": "1", "per": "a"}], 2), facts)
    totals = {unit["unit"]: (unit["rank"], unit["total"]) for unit in result.to_json()["units"]}
    assert totals == {"A": (1, "3.00002"), "B": (2, "3.00001"), "C": (3, "3"), "D": (3, "3")}
    rows = list(csv.DictReader(StringIO(result_csv(resolved, result))))
    assert [row["total"] for row in rows] == ["3.00002", "3.00001", "3", "3"]
    given = {"scheme": str(tmp_path / "small.yaml"), "ledger": str(tmp_path), "period": "2025-01"}
    for section in (RankingReport.open(**given).show("ranking"), UnitReport.open(unit="B", **given).show("headline")):
        assert "3.00001" in section.html


def test_a_total_that_an_outcome_looks_at_stands_on_its_side_of_the_threshold(tmp_path: Path) -> None:
    outcome = {"id": "low", "title": TITLE, "clause": "一", "total": {"below": "70"}}
    scheme = scheme_of([{"points": "1", "per": "a"}], 2, outcomes=[outcome])
    _, result = scored(tmp_path, scheme, {"A": {"a": "69.9996"}, "B": {"a": "70"}})
    totals = {unit["unit"]: (unit["outcomes"], unit["total"]) for unit in result.to_json()["units"]}
    assert totals == {"A": (["low"], "69.9996"), "B": ([], "70")}


# --- floors and caps --------------------------------------------------------------------------------------


def bounded(raw: str, points: str, *lines: str) -> IndicatorScore:
    own = tuple(ScoreLine("r", "一", None, None, exact(line)) for line in lines)
    return IndicatorScore("x", Fraction(20), exact(points), "scored", own, exact(raw))


@pytest.mark.parametrize(
    ("score", "zh", "en"),
    [
        (bounded("-5", "0", "-15"), "扣完为止：−5 → 0", "floor 0: −5 → 0"),
        (bounded("10.84", "12.5", "-9.16"), "保底：10.84 → 12.5", "floor 12.5: 10.84 → 12.5"),
        (bounded("-2", "0", "-2"), "保底：−2 → 0", "floor 0: −2 → 0"),  # it began with nothing
        (bounded("3", "5", "3"), "保底：3 → 5", "floor 5: 3 → 5"),
        (bounded("-11/3", "-3", "-11/3"), "保底：−3.67 → −3", "floor −3: −3.67 → −3"),
        (bounded("22", "20", "2"), "封顶：22 → 20", "cap 20: 22 → 20"),
        (bounded("20.001", "20", "1"), "封顶：20.001 → 20", "cap 20: 20.001 → 20"),
        (bounded("12", "12", "2"), "", ""),
    ],
)
def test_what_a_floor_or_a_cap_did_is_told_by_its_own_word(score: IndicatorScore, zh: str, en: str) -> None:
    assert (bounds_note(score, Rounding(2), "zh"), bounds_note(score, Rounding(2), "en")) == (zh, en)
