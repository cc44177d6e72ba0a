"""What an SQL condition gives, and what in it does not go together, beside what Polars makes of it."""

from datetime import datetime, timedelta

import polars as pl
import pytest

from auditlib.ledger.conditions import parse_sql
from auditlib.ledger.expression_text import written
from auditlib.ledger.expression_types import typed
from auditlib.ledger.expressions import tree_of

KINDS = {
    "kind": "text", "n": "number", "points": "exact", "resolved": "truth", "period": "period", "as_of": "time",
    "received_at": "time", "closed_at": "time", "due_at": "time",
}  # fmt: skip
DAY = datetime(2025, 6, 2, 9)
ROWS = pl.DataFrame(
    [
        ["four days", DAY, DAY + timedelta(days=4)],
        ["five days", DAY, DAY + timedelta(days=5)],
        ["a minute more", DAY, DAY + timedelta(days=5, minutes=1)],
        ["open", DAY, None],
    ],
    schema={"case": pl.String, "received_at": pl.Datetime("us"), "closed_at": pl.Datetime("us")},
    orient="row",
)


@pytest.mark.parametrize(
    "sql",
    [
        "closed_at - received_at > interval '5 days'",
        "closed_at > received_at + interval '5 days'",
        "closed_at - interval '120 hours' > received_at",
        "closed_at - received_at > interval '1 day' * 5",
    ],
)
def test_a_length_of_time_is_written_as_an_interval_and_counts_to_the_minute(sql):
    assert typed(sql, KINDS).faults == ()
    condition = parse_sql(sql).expression
    assert ROWS.filter(condition)["case"].to_list() == ["a minute more"]


def test_days_without_an_interval_are_refused_because_they_name_a_comparison_with_five_microseconds():
    with pytest.raises(ValueError, match=r"found the word days after .*, expected interval '5 days'"):
        parse_sql("closed_at - received_at > 5 days")
    # What Polars makes of it: a case of four days would count.
    assert ROWS.filter(pl.sql_expr("closed_at - received_at > 5 days"))["case"].to_list()[0] == "four days"


@pytest.mark.parametrize("word", ["5 天", "5 小时", "5 hours", "5 DAY"])
def test_any_unit_of_time_without_an_interval_is_refused_with_the_interval(word):
    unit = {"天": "days", "小时": "hours", "hours": "hours", "DAY": "days"}[word.split()[1]]
    with pytest.raises(ValueError, match=f"expected interval '5 {unit}'"):
        parse_sql(f"closed_at - received_at > {word}")


@pytest.mark.parametrize(
    "sql", ["kind = 'a' late", "kind = 'a' as late", "(kind = 'a') late", "coalesce(n, 0) > 1 often", "kind late"]
)
def test_a_word_after_a_complete_expression_is_refused(sql):
    with pytest.raises(ValueError, match="after the complete expression"):
        parse_sql(sql)


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("kind = '投诉' and n > 3", "truth"),
        ("not resolved", "truth"),
        ("resolved is not true", "truth"),
        ("resolved = false", "truth"),
        ("kind in ('投诉', '咨询')", "truth"),
        ("kind like '投%'", "truth"),
        ("closed_at between received_at and due_at", "truth"),
        ("closed_at > date '2025-06-01'", "truth"),
        ("closed_at > timestamp '2025-06-01 12:00:00'", "truth"),
        ("cast(closed_at as date) = cast(due_at as date)", "truth"),
        ("points is not null", "truth"),
        ("period = '2025-06'", "truth"),
        ("n * 1.5 > 2.25", "truth"),
        ("n in (1, 2, 3)", "truth"),
        ("n % 2 = 1", "truth"),
        ("closed_at - received_at", "length"),
        ("coalesce(closed_at, as_of)", "time"),
        ("due_at + interval '1 month'", "time"),
        ("case when resolved then 1 else 0 end", "number"),
        ("extract(year from received_at)", "number"),
        ("length(kind)", "number"),
        ("kind || '甲'", "text"),
        ("nullif(kind, '无')", "text"),
    ],
)
def test_what_goes_together_passes_and_runs(sql, kind):
    found = typed(sql, KINDS)
    assert (found.kind, found.faults) == (kind, ())
    schema = {"text": pl.String, "exact": pl.String, "period": pl.String, "number": pl.Int64, "truth": pl.Boolean}
    frame = pl.DataFrame(schema={name: schema.get(of, pl.Datetime("us")) for name, of in KINDS.items()})
    frame.select(parse_sql(sql).expression.alias("x"))


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("closed_at > 5", "found `closed_at > 5`, a time compared with a number; expected a time: a column"),
        ("closed_at > '2025-06-01'", "a time compared with text; expected a time"),
        ("'2025-06-01' < closed_at", "text compared with a time; expected a time"),
        ("closed_at in ('2025-06-01')", "a time compared with text"),
        ("closed_at > interval '5 days'", "a time compared with a length of time"),
        ("closed_at - received_at > 5", "a length of time compared with a number; expected a length of time such as"),
        ("closed_at - received_at > '5 days'", "a length of time compared with text; expected a length of time"),
        ("closed_at - 5 > received_at", "found `closed_at - 5`, a time - a number; expected a length of time"),
        ("closed_at + due_at > as_of", "found `closed_at + due_at`, a time and a time"),
        ("extract(day from closed_at - received_at) > 5", "the day of a length of time; expected a comparison"),
        ("resolved = 'true'", "true or false compared with text; expected true or false without quotes"),
        ("resolved = 1", "true or false compared with a number"),
        ("resolved > false", "true or false, which has no order; expected `resolved` or `not resolved`"),
        ("resolved = (kind = 'a') = 1", "compared with a number"),
        ("kind = 5", "text compared with a number; expected text in single quotes"),
        ("kind in (1, 2)", "text compared with a number"),
        ("kind < '投诉'", "text, which has no order; expected = or in"),
        ("kind = resolved", "text compared with true or false"),
        ("n = '3'", "a number compared with text; expected a number without quotes"),
        ("n in (1, '2')", "a number compared with text"),
        ("points > 0", "found `points > 0`, an exact number, which is kept as it was written and not compared"),
        ("points = '0'", "expected `points is not null`; a measure adds it up by `sum`"),
        ("coalesce(points, '0') = '0'", "an exact number"),
        ("closed_at = null", "nothing equals null; expected `closed_at is null`"),
        ("kind in ('a', null)", "with null in a list"),
        ("n and resolved", "found `n`, a number where `and` asks for true or false"),
        ("not kind", "found `kind`, text where `not` asks for true or false"),
        ("kind is true", "found `kind is true`, text beside true or false"),
        ("n & 1 = 1", "a number where `and` asks for true or false"),
        ("n is distinct from 3 and resolved", "found `3`, a number where `and` asks"),
        ("n > 2 > 1", "true or false compared with a number"),
        ("n / 2 > 1", "a division, which gives floating-point numbers, and infinity for a division by 0"),
        ("n // 0 > 1", "a division by 0"),
        ("n + '1' > 2", "a number and text; expected numbers"),
        ("power(n, 2) > 4", "which is computed in floating-point numbers; expected a product"),
        ("coalesce(closed_at, 5) > due_at", "a time or a number; expected values of one kind"),
        ("case when resolved then 1 else 'x' end = 1", "a number or text"),
        ("case when n then 1 else 2 end = 1", "found `n`, a number after `when`; expected a condition"),
        ("cast(kind as integer) > 1", "text made into a number; expected a column of that type"),
        ("cast(closed_at - received_at as bigint) > 5", "a length of time made into a number"),
        ("cast(n as double) > 1", "which gives floating-point numbers"),
        ("date(closed_at) = date(due_at)", "expected `cast(closed_at as date)`"),
        ("lower(n) = 'a'", "lower of a number; expected text"),
        ("floor(kind) = 1", "floor of text; expected a number"),
    ],
)
def test_what_does_not_go_together_is_refused_with_what_would(sql, fault):
    assert fault in "\n".join(typed(sql, KINDS).faults)


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("n > 1e3", "the floating-point number 1000.0"),
        ("cases.kind = 'a'", "a name before the column kind"),
        ("kind[1] = 'a'", r"kind\[…\]"),
        ("n = 3 xor resolved", "an operator that Polars calls Xor"),
        ("extract(epoch from closed_at) > 5", "an operator that Polars calls RustDivide"),
        ("closed_at > interval '1 month' and closed_at - due_at > interval '1 month'", "fixed-duration interval"),
    ],
)
def test_what_has_no_exact_meaning_over_one_row_is_refused(sql, found):
    with pytest.raises(ValueError, match=found):
        parse_sql(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "kind = '投诉' and (n > 3 or resolved)",
        "not (resolved or n > 3)",
        "kind <> '投诉'",
        "kind not in ('投诉', '咨询')",
        "n - (3 - n) > 2 * (n + 1)",
        "closed_at - received_at > interval '36 hours'",
        "due_at + interval '1 month 2 days' > closed_at",
        "case when resolved then 'a' else 'b' end = 'a'",
        "coalesce(closed_at, as_of) > due_at",
        "\"group\" = '产险'",
        "closed_at > timestamp '2025-06-01 12:00:00'",
        "n > 2.5",
        "kind = 'it''s'",
    ],
)
def test_an_expression_written_out_again_means_the_same(sql):
    expression = pl.sql_expr(sql)
    assert tree_of(pl.sql_expr(written(tree_of(expression)))) == tree_of(expression)
