"""Conditions that no row meets, and that every row meets: by the proof, and beside it by rows that Polars counts."""

from datetime import datetime
from itertools import product

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from small_scheme import base_scheme, count

from auditlib.ledger.conditions import parse_sql
from auditlib.ledger.expression_text import written
from auditlib.proofs.check import check_scheme
from auditlib.proofs.possible_rows import verdicts
from auditlib.scheme.column_kinds import ColumnKinds
from auditlib.scheme.load import load_scheme

FILLED = frozenset({"case_id", "unit", "received_at"})


@pytest.fixture(scope="module")
def kinds(tmp_path_factory):
    file = tmp_path_factory.mktemp("scheme") / "small.yaml"
    columns = {
        "late": {"sql": "closed_at > due_at", "title": {"zh": "迟", "en": "late"}},
        "again": {
            "earlier": {"same": ["person_key"], "order": "received_at", "within": None, "where": None},
            "title": {"zh": "重复", "en": "again"},
        },
        "nth": {
            "earlier": {"same": ["person_key"], "order": "received_at", "within": None, "where": None, "count": True},
            "title": {"zh": "第几次", "en": "which time"},
        },
        "office": {
            "choose": {
                "clause": "一",
                "hit": "first",
                "rows": [{"when": "missing_items > 2", "gives": "甲处"}, {"when": None, "gives": "乙处"}],
            },
            "title": {"zh": "处室", "en": "office"},
        },
        "month": {"period_of": {"time": "closed_at", "each": "month"}, "title": {"zh": "月", "en": "month"}},
    }
    file.write_text(yaml.safe_dump(base_scheme(columns={"cases": columns}), allow_unicode=True), encoding="utf-8")
    return ColumnKinds.of(load_scheme(file).natural, "cases")


def verdict(kinds, sql):
    return verdicts(kinds, "cases", parse_sql(sql).tree, FILLED)


@pytest.mark.parametrize(
    "sql",
    [
        "closed_at is null and closed_at is not null",
        "resolved is not true and resolved",
        "kind = '投诉' and kind = '咨询'",
        "kind in ('投诉', '咨询') and kind = '举报'",
        "missing_items < 0",
        "missing_items > 2 and missing_items < 3",
        "closed_at < received_at",
        "received_at is null",
        "closed_at > due_at and due_at > closed_at",
        "closed_at > due_at and not (due_at < closed_at)",
        "late and closed_at <= due_at",
        "late and closed_at is null",
        "again and not again",
        "kind = null",
        "nth < 0",
        "nth >= 3 and nth < 3",
        "office = '丙处'",  # none that the table gives
        "month is null and month is not null",
    ],
)
def test_a_condition_that_no_row_meets_is_seen(kinds, sql):
    assert verdict(kinds, sql) == {False}


def test_of_many_words_one_is_decided_whatever_their_order(kinds):
    words = ", ".join(f"'{letter}'" for letter in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉")
    assert verdict(kinds, f"kind in ({words}) and kind = '投诉'") == {False}
    assert verdict(kinds, f"kind in ({words}) and kind <> '投诉'") == {True, False}
    assert verdict(kinds, f"kind in ({words}) and kind < '投诉'") == {True, False}


@pytest.mark.parametrize(
    "sql",
    [
        "closed_at is null or closed_at is not null",
        "received_at is not null",
        "closed_at is null or closed_at >= received_at",
        "resolved or resolved is not true",
        "missing_items is null or missing_items >= 0",
        "nth is not null",
        "nth >= 0",
        "coalesce(kind, '') = '投诉' or coalesce(kind, '') <> '投诉'",
    ],
)
def test_a_condition_that_every_row_meets_is_seen(kinds, sql):
    assert verdict(kinds, sql) == {True}


@pytest.mark.parametrize(
    "sql",
    [
        "closed_at is null",
        "kind = '投诉' or kind <> '投诉'",  # a row without a kind is neither
        "missing_items > 2 and missing_items < 4",
        "missing_items <> 2",
        "due_at < received_at",  # a deadline may have been set before
        "late and closed_at > received_at",
        "again and late",
        "starts_with(kind, '投') and kind = '咨询'",  # what starts_with does is left open
        "kind = category",
        "missing_items * 2 < 1",
        "closed_at - received_at > interval '5 days' and closed_at - received_at < interval '4 days'",  # left open
        "lower(kind) = 'a' and kind = 'A'",
        "closed_at > as_of",
        "nth >= 3",  # which time it is, and no yes or no
        "nth = 1",
        "nth > 1 and nth <= 3",
        "office = '甲处'",
        "office is null",
        "month = '2026-01'",
        "month is null",
    ],
)
def test_of_a_condition_that_some_rows_meet_nothing_is_said(kinds, sql):
    assert verdict(kinds, sql) == {True, False}


TIMES = [datetime(2026, 1, day) for day in (2, 3, 4)]
ROWS = pl.DataFrame(
    [
        dict(zip(("kind", "missing_items", "resolved", "closed_at", "due_at"), row, strict=True))
        | {"received_at": datetime(2026, 1, 2)}
        for row in product(["投诉", "咨询", "别", None], [0, 1, 2, 3, None], [True, False, None],
                           [*TIMES, None], [datetime(2026, 1, 1), *TIMES, None])
    ],
    schema={"kind": pl.String, "missing_items": pl.Int64, "resolved": pl.Boolean, "closed_at": pl.Datetime,
            "due_at": pl.Datetime, "received_at": pl.Datetime},
)  # fmt: skip
SIGNS = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
TESTS = st.one_of(
    st.builds("kind {} '{}'".format, st.sampled_from(["=", "<>"]), st.sampled_from(["投诉", "咨询"])),
    st.builds("missing_items {} {}".format, SIGNS, st.integers(0, 2)),
    st.builds("{} {} {}".format,
              st.sampled_from(["closed_at", "due_at"]), SIGNS, st.sampled_from(["closed_at", "due_at", "received_at"])),
    st.builds("{} is {}".format, st.sampled_from(["kind", "closed_at", "due_at", "resolved", "missing_items"]),
              st.sampled_from(["null", "not null"])),
    st.builds("resolved is {}".format, st.sampled_from(["true", "not true", "false", "not false"])),
    st.just("kind in ('投诉', '咨询')"),
    st.just("coalesce(closed_at, due_at) > received_at"),
)  # fmt: skip
CONDITIONS = st.recursive(
    TESTS,
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner), st.builds("({} or {})".format, inner, inner),
        st.builds("(not {})".format, inner),
    ),
    max_leaves=5,
)  # fmt: skip


def test_true_is_no_1_and_false_no_0(kinds):
    """Python takes them for one: `is false` stands for a test with true, beside which the 1 of `> 1` was lost."""
    assert verdict(kinds, "resolved is false and missing_items > 1") == {True, False}
    assert verdict(kinds, "resolved is true and missing_items > 1") == {True, False}


@settings(max_examples=150)
@given(CONDITIONS)
def test_what_is_proved_holds_for_every_row_that_polars_counts(kinds, sql):
    met = set(ROWS.select(parse_sql(sql).expression.fill_null(False).alias("met"))["met"].to_list())
    assert met <= verdict(kinds, sql)


@settings(max_examples=150)
@given(CONDITIONS)
def test_a_condition_written_back_is_the_same_condition(sql):
    again = parse_sql(written(parse_sql(sql).tree)).expression
    both = ROWS.select(a=parse_sql(sql).expression, b=again)
    assert both["a"].equals(both["b"])


def findings(folder, where):
    measures = base_scheme()["measures"] | {"late": count(where)}
    file = folder / "small.yaml"
    file.write_text(yaml.safe_dump(base_scheme(measures=measures), allow_unicode=True), encoding="utf-8")
    return [(found.kind, found.path) for found in check_scheme(file).findings if found.at == "late"]


def test_check_names_the_condition_that_tells_no_row_from_another(tmp_path):
    assert findings(tmp_path, "status = '迟' and status = '重'") == [("unreachable", "measures.late.where")]
    assert findings(tmp_path, "status is null or status is not null") == [("always", "measures.late.where")]
    assert findings(tmp_path, "status = '迟' and received_at < as_of") == []
