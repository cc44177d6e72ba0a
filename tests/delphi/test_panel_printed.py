"""What the study on handling posts prints, recomputed: each contradiction with its arithmetic, and nothing false."""

from __future__ import annotations

import itertools
import json
from fractions import Fraction

import pytest
import yaml
from scipy import stats

from auditlib.core.errors import InputError
from auditlib.core.yaml_file import read_yaml
from auditlib.delphi.weights.printed import PrintedFile
from auditlib.delphi.weights.printed_check import check_printed
from auditlib.delphi.weights.printed_faults import can_be_mean_shares

# The table as the source prints it: (weight, ((weight, combined), …)) of each first-level indicator.
TABLE = [
    ("38.15", [("24.23", "9.24"), ("22.48", "8.58"), ("27.14", "10.35"), ("26.15", "9.98")]),
    ("33.47", [("34.52", "11.55"), ("30.16", "10.10"), ("21.24", "7.11"), ("14.08", "4.71")]),
    ("28.38", [("31.21", "8.86"), ("36.57", "10.38"), ("32.22", "9.14")]),
]


@pytest.fixture(scope="module")
def file(root):
    return root / "params" / "panels" / "s19-handling-posts" / "printed.yaml"


@pytest.fixture(scope="module")
def checked(file):
    return check_printed(file)


def found(checked, kind):
    return [(one.at, one.clause, one.message, one.proof) for one in checked.findings if one.kind == kind]


def changed(file, tmp_path, *changes):
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    target = tmp_path / "printed.yaml"
    target.write_text(text, encoding="utf-8")
    return target


def test_the_file_holds_the_table_of_the_source(file) -> None:
    declared = read_yaml(PrintedFile, file)
    assert [(top.weight, [(item.weight, item.combined) for item in top.items]) for top in declared.items] == [
        (Fraction(w), [(Fraction(a), Fraction(b)) for a, b in items]) for w, items in TABLE
    ]


def test_every_quote_stands_in_the_source(file, shared_data) -> None:
    declared = read_yaml(PrintedFile, file)
    text = "".join((shared_data.parent / "seeds" / declared.source.document).read_text(encoding="utf-8").split())
    missing = [name for name, clause in declared.clauses.items() if "".join(clause.quote.split()) not in text]
    assert missing == []
    for top, items in TABLE:
        assert top in text
        assert all(f"{weight}{combined}" in text for weight, combined in items)


def test_exactly_one_combined_weight_is_not_the_product_and_what_explains_it_is_said(checked) -> None:
    assert found(checked, "product") == [
        (
            "self_management",
            "表2",
            "the combined weight is printed as 10.10, the product is 10.09",
            "33.47 % × 30.16 % = 10.094552 %, rounded 10.09; what gives the printed number, and how many of all: "
            "rounded up (6 of 11 cells), largest remainders among the items of one parent (11 of 11 cells), "
            "multiplied from weights before their rounding (11 of 11 cells)",
        )
    ]


def test_products_rounded_one_by_one_miss_the_whole_by_a_hundredth(checked) -> None:
    products = [Fraction(top) * Fraction(weight) / 100 for top, items in TABLE for weight, _ in items]
    assert sum(round(product, 2) for product in products) == Fraction("99.99")  # no product lies on a half
    assert found(checked, "rounded-sum") == [
        (
            "table",
            "表2",
            "the products rounded one by one do not add up to 100",
            "their sum is 99.99, that of the printed combined weights 100",
        )
    ]


def test_W_of_three_items_is_significant_and_weak_and_its_p_is_recomputed(checked) -> None:
    line = "χ² = 26 × 2 × 0.317 = 16.484, df 2, p = 0.000263"
    assert f"{stats.chi2.sf(16.484, 2):.3g}" == "0.000263"
    assert found(checked, "weak-agreement") == [("level-1", "三1", "W = 0.317 is significant, and weak (弱)", line)]
    eleven = "χ² = 26 × 10 × 0.496 = 128.96, df 10, p = 7.61e-23"
    assert f"{stats.chi2.sf(128.96, 10):.3g}" == "7.61e-23"
    assert found(checked, "p-missing") == [
        ("level-1", "三1", "W = 0.317 is printed without its p", line),
        ("level-2", "三1", "W = 0.496 is printed without its p", eleven),
    ]
    assert f"W = 0.496 over the 11 items of level 2: moderate (中等), {eleven}" in checked.confirmed


def test_one_W_over_items_of_three_parents_and_two_rounds_of_one_are_reported(checked) -> None:
    ((at, clause, _, proof),) = found(checked, "agreement-across-parents")
    assert (at, clause, proof) == ("level-2", "三1", "11 = 4 + 4 + 3")
    assert found(checked, "rounds") == [("rounds", "三1", "2 rounds are reported, 1 is described", "2 ≠ 1; 二2(3)")]


def test_no_marks_of_the_raters_give_any_of_the_four_groups_of_weights(checked) -> None:
    assert [at for at, *_ in found(checked, "not-mean-shares")] == ["top", "professional", "service", "learning"]
    assert {proof for *_, proof in found(checked, "not-mean-shares")} == {
        "no whole sums of 26 or 52 marks from 1 to 5 have these shares to 2 decimals"
    }


def test_the_lightest_item_would_have_a_mean_below_the_middle_of_the_scale(checked) -> None:
    assert found(checked, "low-mean") == [
        (
            "motivation",
            "表2",
            "as a share of mean marks, its mean would be at most 2.04 of 5",
            "34.52 / 14.08 ≈ 2.4517, and no mean exceeds 5: 5 / (34.52 / 14.08) ≈ 2.04",
        )
    ]


def test_what_is_right_is_confirmed_and_nothing_else_is_reported(checked) -> None:
    assert sorted({one.kind for one in checked.findings}) == [
        "agreement-across-parents", "low-mean", "not-mean-shares", "p-missing", "product", "rounded-sum", "rounds",
        "weak-agreement",
    ]  # fmt: skip
    assert checked.clean
    assert "the weights of the first level add up: 38.15 + 33.47 + 28.38 = 100" in checked.confirmed
    assert "the printed combined weights add up to 100" in checked.confirmed
    assert "the return rate is as printed: 26 / 26 = 100 %" in checked.confirmed
    assert "level 2 has the 11 items that are announced" in checked.confirmed
    ranking = "communication 11.55 > reflection 10.38 > needs 10.35 > self_management 10.10 > offer 9.98"
    assert f"the ranking in words agrees: {ranking}" in checked.confirmed


@pytest.mark.long
def test_whether_marks_can_give_the_weights_agrees_with_trying_them_all(file) -> None:
    declared, raters = read_yaml(PrintedFile, file), 2
    sums = range(raters, 5 * raters + 1)
    tried = {
        tuple(round(Fraction(100 * one, a + b + c), 2) for one in (a, b, c))
        for a, b, c in itertools.product(sums, repeat=3)
    }
    for weights in tried:
        assert can_be_mean_shares(weights, declared, raters)
    off = [(a + Fraction(2, 100), b - Fraction(1, 100), c - Fraction(1, 100)) for a, b, c in tried]
    refused = [weights for weights in off if not can_be_mean_shares(weights, declared, raters)]
    assert len(refused) > len(off) / 2
    assert not tried & set(refused)


@pytest.mark.parametrize(
    ("old", "new", "kind", "proof"),
    [
        ('combined: "9.14"', 'combined: "9.13"', "combined-sum", "their sum is 99.99"),
        ('weight: "32.22"', 'weight: "32.23"', "weight-sum", "31.21 + 36.57 + 32.23 = 100.01"),
        ("returned: 26", "returned: 25", "return-rate", "25 / 26 ≈ 96.15 %"),
        ("2: {clause: 二2(2), number: 11}", "2: {clause: 二2(2), number: 12}", "count", "12 ≠ 11"),
        ("order: [communication, reflection,", "order: [reflection, communication,", "ranking",
         "communication 11.55 > reflection 10.38 > needs 10.35 > self_management 10.10 > offer 9.98"),
    ],
)  # fmt: skip
def test_a_contradiction_that_the_source_does_not_have_is_found_when_it_is_put_in(
    file, tmp_path, old, new, kind, proof
) -> None:
    checked = check_printed(changed(file, tmp_path, (old, new)))
    assert not checked.clean
    assert [line for *_, line in found(checked, kind)] == [proof]


def test_the_command_shows_only_what_is_not_known_and_fails_on_what_is_new_or_gone(file, tmp_path, run_cli) -> None:
    clean = run_cli("panel", "check", file)
    assert (clean.exit_code, clean.stdout) == (0, "")
    assert "1 publications checked, 0 new findings, 12 known" in clean.stderr
    everything = run_cli("panel", "check", file, "--all")
    assert everything.stdout.count("[known]") == 12
    assert "open.software [二2(3)软件]: open: 没有名为“Office Excel 2009”的版本" in everything.stdout
    mended = changed(file, tmp_path, ('combined: "10.10"', 'combined: "10.09"'))
    done = run_cli("panel", "check", mended, "--format", "json")
    assert done.exit_code == 1
    rows = [(row["kind"], row["at"]) for row in json.loads(done.stdout)["findings"]]
    assert rows == [("combined-sum", "table"), ("stale-finding", "self_management")]


def test_a_file_that_cites_an_unknown_clause_or_prints_too_many_digits_is_refused(file, tmp_path) -> None:
    with pytest.raises(InputError, match="missing clause 表9, which is cited"):
        check_printed(changed(file, tmp_path, ("table: 表2", "table: 表9")))
    with pytest.raises(InputError, match="expected 0 or more with at most 2 decimals"):
        check_printed(changed(file, tmp_path, ('combined: "9.24"', 'combined: "9.241"')))


def test_the_source_is_named_with_the_hash_of_its_text(file, shared_data) -> None:
    import hashlib

    source = yaml.safe_load(file.read_text(encoding="utf-8"))["source"]
    text = (shared_data.parent / "seeds" / source["document"]).read_bytes()
    assert hashlib.sha256(text).hexdigest() == source["sha256"]
