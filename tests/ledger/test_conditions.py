"""SQL conditions: one expression over one row, and nothing else."""

from datetime import datetime

import polars as pl
import pytest

from auditlib.ledger.conditions import parse_sql

ROWS = pl.DataFrame(
    {
        "kind": ["投诉", "咨询", None],
        "n": [1, 2, 3],
        "at": [datetime(2025, 1, 1), datetime(2025, 1, 2), None],
        "as_of": [datetime(2025, 1, 2)] * 3,
    }
)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("kind = '投诉'", [True, False, None]),
        ("kind is null", [False, False, True]),
        ("kind in ('投诉', '咨询') and n >= 2", [False, True, None]),
        ("at < as_of", [True, False, None]),
        ("case when n > 1 then 5 else 0 end", [0, 5, 5]),
        ("coalesce(kind, '无') = '无'", [False, False, True]),
    ],
)
def test_a_condition_is_decided_row_by_row(sql, expected):
    assert ROWS.select(x=parse_sql(sql).expression)["x"].to_list() == expected


def test_a_condition_names_the_columns_it_reads_without_the_clocks():
    assert parse_sql("kind = 'a' and at < as_of and at >= period_start and kind <> 'b'").columns == ("kind", "at")


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("sum(n) > 3", "sum"),
        ("count(n)", "count"),
        ("max (n)", "max"),
        ("n > AVG(n)", "AVG"),
        ("n > 1 and (first(n)) = 2", "first"),
        ("n > 1 over (order by n)", "over"),
        ("row_number()", "row_number"),
        ("first_value(n) = n", "first_value"),
        ("covar_pop(n, n) > 0", "covar_pop"),
        ("reverse(kind) = 'x'", "reverse"),
        ('"sum"(n)', "sum"),
        ("sum/**/(n)", "/*"),
        ("n in (select n from cases)", "select"),
    ],
)
def test_what_looks_at_other_rows_is_refused_and_named(sql, found):
    with pytest.raises(ValueError, match="expected an expression over one row") as caught:
        parse_sql(sql)
    assert str(caught.value).startswith(f"found {found} in ")


@pytest.mark.parametrize(("sql", "found"), [("at < now()", "now"), ("at < CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP")])
def test_the_clock_of_the_machine_is_refused(sql, found):
    with pytest.raises(ValueError, match=f"found {found} in .*, expected an expression over one row"):
        parse_sql(sql)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("abs(n - 2)", [1, 0, 1]),
        ("coalesce(nullif(kind, '咨询'), '无')", ["投诉", "无", "无"]),
        ("greatest(n, 2)", [2, 2, 3]),
        ("least(n, 2)", [1, 2, 2]),
        ("upper(concat(kind, 'a'))", ["投诉A", "咨询A", "A"]),
        ("date_part('day', at)", [1, 2, None]),
        ("starts_with(kind, '投')", [True, False, None]),
        ("not (n in (1, 2)) or (kind is null and (n = 3))", [False, False, True]),
    ],
)
def test_functions_of_one_row_can_be_used(sql, expected):
    assert ROWS.select(x=parse_sql(sql).expression)["x"].to_list() == expected


def test_a_word_for_an_aggregate_inside_quotes_or_a_name_is_none():
    assert ROWS.select(x=parse_sql("kind = 'sum(n)'").expression)["x"].to_list() == [False, False, None]
    assert parse_sql("summary = 'it''s max(n)'").columns == ("summary",)


@pytest.mark.parametrize("sql", ["kind ==", "", "kind = 'a", "drop table x"])
def test_what_is_no_expression_is_refused_and_named(sql):
    with pytest.raises(ValueError, match="which is not an SQL expression") as caught:
        parse_sql(sql)
    assert repr(sql) in str(caught.value)


def test_a_function_that_reads_a_file_is_refused():
    with pytest.raises(ValueError, match=r"found read_csv in .*, expected an expression over one row"):
        parse_sql("read_csv('/etc/passwd') = 1")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("ok is true", [True, False, False]),
        ("ok is not true", [False, True, True]),
        ("ok IS FALSE", [False, True, False]),
        ("ok is not false", [True, False, True]),
        ("ok is not true and n < 3", [False, True, False]),
        ("kind = 'ok is not true' or ok is true", [True, False, False]),
    ],
)
def test_truth_tests_decide_unknown_values_as_the_sql_standard_does(sql, expected):
    rows = pl.DataFrame({"ok": [True, False, None], "n": [1, 2, 3], "kind": ["a", "b", "c"]})
    assert rows.select(x=parse_sql(sql).expression)["x"].to_list() == expected


def test_a_truth_test_of_a_whole_expression_is_refused():
    with pytest.raises(ValueError, match="expected it after a column"):
        parse_sql("(n > 1) is not true")
