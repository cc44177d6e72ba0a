"""Consensus by any agreed rule, RAND/UCLA appropriateness and content validity, against published examples."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditlib.core.errors import InputError
from auditlib.delphi.analysis import analyse
from auditlib.delphi.rounds import read_panel
from auditlib.delphi.statistics.appropriateness import appropriateness, quantile
from auditlib.delphi.statistics.content_validity import item_validity, scale_validity
from auditlib.report.panel import PanelReport

ITEMS = "items: [{id: A, title: {zh: 甲, en: A}}, {id: B, title: {zh: 乙, en: B}}, {id: C, title: {zh: 丙, en: C}}]\n"
HEAD = "panel: rules\ntitle: {zh: 例, en: case}\n"
IQR = "expert,A,B,C\nE01,5,4,1\nE02,5,4,5\nE03,4,4,2\nE04,5,3,4\nE05,4,4,5\n"


def consensus_of(panel, rule, files=None, scale="{min: 1, max: 5}", number=1):
    folder = panel(files or {"round-1.csv": IQR}, f"thresholds: {rule}\n", f"{HEAD}scale: {scale}\n{ITEMS}")
    return analyse(read_panel(folder)).to_json()["rounds"][number - 1]["consensus"]


def reached(found):
    return [one["reached"] for one in found]


def test_an_interquartile_range_of_1_at_most(panel) -> None:
    """Type-7 quartiles: A 4 and 5, B 4 and 4, C 2 and 5."""
    found = consensus_of(panel, "{consensus: {iqr_at_most: 1}}")
    assert [(one["rules"][0]["found"], one["reached"]) for one in found] == [(1, True), (0, True), (3, False)]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ('{mean_at_least: "3.8"}', [True, True, False]),  # means 4.6, 3.8, 3.4
        ('{mean_at_least: "3.81"}', [True, False, False]),
        ('{cv_below: "0.118"}', [False, True, False]),  # CV of A 0.5477 / 4.6 = 0.1191, of B 0.4472 / 3.8 = 0.1177
        ('{shares: [{from: 4, to: 5, at_least: "0.8"}]}', [True, True, False]),
        ('{shares: [{from: 4, to: 5, at_least: "0.6"}, {from: 1, to: 2, at_most: "0.2"}]}', [True, True, False]),
        ('{shares: [{from: 4, to: 5, at_least: "0.6"}, {from: 1, to: 1, at_most: "0.2"}]}', [True, True, True]),
        ("{any_of: [{iqr_at_most: 0}, {mean_at_least: 4}]}", [True, True, False]),
        ('{iqr_at_most: 1, any_of: [{mean_at_least: 4}, {mean_at_least: "4.5"}]}', [True, False, False]),
        ('{agreement_at_least: "0.6", agreeing_from: 5}', [True, False, False]),
        ("{median_change_at_most: 1}", [None, None, None]),
    ],
)
def test_rules_and_their_combinations(panel, rule, expected) -> None:
    assert reached(consensus_of(panel, f"{{consensus: {rule}}}")) == expected


def test_a_change_of_the_median_counts_either_way(panel) -> None:
    later = "expert,A,B,C\nE01,4,4,1\nE02,4,4,2\nE03,4,4,2\nE04,4,3,2\nE05,4,4,2\n"
    found = consensus_of(
        panel, "{consensus: {median_change_at_most: 1}}", {"round-1.csv": IQR, "round-2.csv": later}, number=2
    )
    assert [(one["rules"][0]["found"], one["reached"]) for one in found] == [(-1, True), (0, True), (-2, False)]


def test_marks_of_7_to_9_and_of_1_to_3_on_a_turned_scale_are_those_that_were_written(panel) -> None:
    rows = "expert,A,B,C\nE01,1,9,5\nE02,2,8,5\nE03,3,7,5\nE04,1,2,5\n"
    rule = '{consensus: {shares: [{from: 1, to: 3, at_least: "0.75"}, {from: 7, to: 9, at_most: "0.15"}]}}'
    assert reached(consensus_of(panel, rule, {"round-1.csv": rows}, "{min: 1, max: 9, best: 1}")) == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("{consensus: {shares: [{from: 4, to: 5}]}}", "exactly one of at_least, at_most"),
        (
            '{consensus: {shares: [{from: 5, to: 4, at_least: "0.5"}]}}',
            "found from 5 to 4, expected the lower mark first",
        ),
        (
            "{appropriateness: true}",
            "found thresholds.appropriateness on a whole number from 1 to 5, expected marks from 1",
        ),
    ],
)
def test_a_faulty_rule_is_refused(panel, rule, message) -> None:
    with pytest.raises(InputError, match=message):
        consensus_of(panel, rule)


# --- RAND/UCLA ------------------------------------------------------------------------------------------


def marks(text):
    return [Fraction(mark) for mark in text.split()]


def test_the_published_example_of_fifteen_panellists() -> None:
    """BMJ Open 2012;2:e001431, table 1: median 7, percentiles 7 and 8, IPR 1, centre 7.5, IPRAS 6.1."""
    found = appropriateness(marks("4 5 6 7 7 7 7 7 8 8 8 8 8 9 9"))
    assert (found.median, found.IPR, found.IPRAS) == (7, 1, Fraction("6.1"))
    assert (found.disagreement, found.extremes, found.verdict) == (False, False, "appropriate")


@pytest.mark.parametrize(
    ("text", "index", "extremes", "verdict"),
    [
        ("1 1 1 5 5 5 9 9 9", None, True, "uncertain"),  # both ends have three of nine; percentiles 2.6 and 7.4
        ("1 1 2 2 2 3 3 3 4", Fraction(1, 1) * Fraction("1.2") / Fraction("6.4"), False, "inappropriate"),
        ("5 5 5 5 5 5 5", Fraction(0), False, "uncertain"),
        ("7 7 7 7 8 8 8 8 9", Fraction(1) / Fraction("6.1"), False, "appropriate"),
        ("1 1 1 1 7 9 9 9 9", None, True, "uncertain"),
    ],
)
def test_verdicts_go_by_median_and_disagreement(text, index, extremes, verdict) -> None:
    found = appropriateness(marks(text))
    low, high = np.quantile([float(mark) for mark in marks(text)], [0.3, 0.7])
    assert float(found.IPR) == pytest.approx(high - low)
    assert float(found.IPRAS) == pytest.approx(2.35 + 1.5 * abs(5 - (low + high) / 2))
    assert found.disagreement == (found.index > 1)
    assert (found.extremes, found.verdict) == (extremes, verdict)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=20), st.fractions(0, 1, max_denominator=20))
def test_quantiles_are_those_of_numpy(values, share) -> None:
    assert float(quantile([Fraction(v) for v in values], share)) == pytest.approx(np.quantile(values, float(share)))


# --- content validity -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("experts", "agreeing", "cvi", "chance", "kappa", "rating"),
    [  # Polit, Beck and Owen, Research in Nursing & Health 30 (2007), table 4
        (3, 3, "1.00", "0.125", "1.00", "excellent"), (3, 2, "0.67", "0.375", "0.47", "fair"),
        (4, 4, "1.00", "0.063", "1.00", "excellent"), (4, 3, "0.75", "0.250", "0.67", "good"),
        (5, 4, "0.80", "0.156", "0.76", "excellent"), (6, 5, "0.83", "0.094", "0.82", "excellent"),
        (6, 4, "0.67", "0.234", "0.56", "fair"), (7, 5, "0.71", "0.164", "0.66", "good"),
        (8, 6, "0.75", "0.109", "0.72", "good"), (9, 7, "0.78", "0.070", "0.76", "excellent"),
    ],
)  # fmt: skip
def test_item_validity_is_that_of_the_published_table(experts, agreeing, cvi, chance, kappa, rating) -> None:
    found = item_validity([Fraction(4)] * agreeing + [Fraction(2)] * (experts - agreeing), Fraction(3))
    assert float(found.I_CVI) == pytest.approx(float(cvi), abs=0.005)
    assert float(found.chance) == pytest.approx(float(chance), abs=0.0006)
    assert float(found.kappa) == pytest.approx(float(kappa), abs=0.0051)
    assert found.rating == rating


def test_the_scale_counts_universal_agreement_and_the_mean() -> None:
    items = {str(n): item_validity([Fraction(4)] * n + [Fraction(1)] * (5 - n), Fraction(3)) for n in (5, 5, 4, 3)}
    found = scale_validity(items)
    assert (found.UA, found.average) == (Fraction(1, 3), Fraction(4, 5))
    assert scale_validity({}) is None


def test_a_panel_declares_both_and_its_report_shows_them(panel) -> None:
    columns = ("7 8 9 8 7 8 9 7 8", "1 1 9 9 5 9 1 5 5", "2 2 3 3 1 2 2 9 2")
    answers = zip(*(column.split() for column in columns), strict=True)
    rows = "expert,A,B,C\n" + "".join(f"E{n:02},{','.join(row)}\n" for n, row in enumerate(answers, start=1))
    rule = "thresholds: {appropriateness: true, content_validity: {relevant_from: 7}}\n"
    folder = panel({"round-1.csv": rows}, rule, f"{HEAD}scale: {{min: 1, max: 9}}\n{ITEMS}")
    one = analyse(read_panel(folder)).to_json()["rounds"][0]
    assert [found["verdict"] for found in one["appropriateness"]] == ["appropriate", "uncertain", "inappropriate"]
    assert one["content_validity"]["S_CVI_UA"] == pytest.approx(1 / 3)
    assert one["content_validity"]["S_CVI_Ave"] == pytest.approx((9 + 3 + 1) / 27)
    for language, words in (("zh", ("适宜", "不确定", "S-CVI/UA = 0.333")), ("en", ("inappropriate", "κ*"))):
        text = PanelReport.open(panel=str(folder), language=language).show("consensus").text
        assert all(word in text for word in words)


def test_the_report_names_every_rule_and_shows_what_was_found(panel) -> None:
    shares, choices = '[{from: 4, to: 5, at_least: "0.8"}]', '[{mean_at_least: 4}, {cv_below: "0.2"}]'
    rule = f"{{consensus: {{iqr_at_most: 1, shares: {shares}, any_of: {choices}}}}}"
    consensus_of(panel, rule)
    folder = read_panel(panel({}, f"thresholds: {rule}\n", f"{HEAD}scale: {{min: 1, max: 5}}\n{ITEMS}")).folder
    section = PanelReport.open(panel=str(folder)).show("consensus")
    assert "四分位距不超过 1；4—5 分的专家至少 80%；以下至少一项：（均数不低于 4） / （CV < 0.2）" in section.text
    assert section.table.shape == (3, 9)
    assert list(section.table.iloc[:, -1]) == ["是", "是", "否"]
