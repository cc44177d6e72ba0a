"""Rows that a condition never sees: found by three-valued logic, and beside it by what Polars makes of such rows."""

import copy
from datetime import date, datetime
from itertools import product

import polars as pl
import pytest
import yaml

from auditlib.ledger.conditions import parse_sql
from auditlib.proofs.check import check_scheme
from auditlib.proofs.three_valued import unseen_by
from auditlib.scheme.column_kinds import ColumnKinds
from auditlib.scheme.load import load_scheme
from auditlib.scheme.model import Scheme
from auditlib.scheme_pages.finding_words import concerned, message_words, proof_words
from auditlib.scheme_pages.scheme_words import SchemeWords

TEXT = {"zh": "甲", "en": "A"}
STEPS = {"clock": "continuous", "over": {"days": 0}, "every": {"days": 1}, "mode": "ceil"}
MINI = {
    "scheme": "mini",
    "version": "1",
    "title": TEXT,
    "source": {"document": "mini.txt", "title": TEXT, "last_checked": date(2026, 1, 1)},
    "effective": {"from": date(2025, 1, 1)},
    "periods": ["month"],
    "clauses": {"一": {"quote": "逾期每件扣1分"}},
    "words": {"cases": {"kind": ["投诉", "咨询"], "satisfaction": ["满意", "不满意"]}},
    "columns": {
        "cases": {
            "answered_at": {"sql": "coalesce(replied_at, closed_at)", "title": {"zh": "答复", "en": "answer"}},
            "overdue": {"sql": "closed_at > due_at", "title": {"zh": "逾期", "en": "overdue"}},
            "days_over": {"steps": {"from": "due_at", "to": "closed_at", "open": "as_of"} | STEPS},
            "days_open": {"steps": {"from": "received_at", "to": "closed_at", "open": "ignore"} | STEPS},
            "limit": {"deadline": {"from": "accepted_at", "limits": [{"hours": 72}]}},
            "again": {"earlier": {"same": ["person_key"], "order": "received_at", "within": None,
                                  "where": "closed_at > due_at"}},
        }
    },
    "measures": {"counted": {"title": TEXT, "register": "cases", "where": "kind = '投诉'"}},
    "indicators": [
        {"id": "only", "title": TEXT, "clause": "一", "max": 10, "start": 10, "floor": 0, "cap": 10,
         "rules": [{"id": "each", "clause": "一", "title": TEXT, "points": -1, "per": "counted"}]}
    ],
    "ranking": {"clause": None, "by": "total", "order": "descending", "within": "all",
                "different_maxima": "undecided", "ties": "undecided"},
    "rounding": {"digits": 2, "mode": "half_up"},
}  # fmt: skip
FILLED = ("case_id", "unit", "received_at")


def mini(where, **more):
    scheme = copy.deepcopy(MINI)
    scheme["measures"]["counted"] |= {"where": where} | more
    used = " ".join(str(value) for value in scheme["measures"]["counted"].values())
    columns = scheme["columns"]["cases"]
    scheme["columns"]["cases"] = {name: column for name, column in columns.items() if name in used}
    return scheme


def findings(folder, scheme):
    file = folder / "mini.yaml"
    file.write_text(yaml.safe_dump(scheme, allow_unicode=True, sort_keys=False), encoding="utf-8")
    result = check_scheme(file, "mini.yaml")
    assert result.problems == ()
    return [one for one in result.findings if one.kind == "unseen"]


LATE = "coalesce(closed_at, as_of) > due_at"


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        # An open case is never late, a case without a limit neither.
        (
            "kind = '投诉' and closed_at > due_at",
            {
                "counted.closed_at": f"write `{LATE}` to count them as they stand, or "
                "`closed_at is not null and closed_at > due_at` to leave them out",
                "counted.due_at": "write `due_at is not null and closed_at > due_at` to leave them out",
            },
        ),
        (LATE, {"counted.due_at": f"write `due_at is not null and {LATE}` to leave them out"}),
        ("due_at <= as_of", {"counted.due_at": "write `due_at is not null and due_at <= as_of` to leave them out"}),
        (
            "closed_at - received_at > interval '5 days'",
            {
                "counted.closed_at": "write `coalesce(closed_at, as_of) - received_at > interval '5 days'` to count "
                "them as they stand, or `closed_at is not null and closed_at - received_at > interval '5 days'` "
                "to leave them out"
            },
        ),
        # Only a case that is neither answered nor closed has no time to compare.
        (
            "answered_at > received_at",
            {
                "counted.replied_at+closed_at": "write `(replied_at is not null or closed_at is not null) and "
                "answered_at > received_at` to leave them out"
            },
        ),
        # Said where it can be mended: in the column in which the test stands, or of the steps that it asks for.
        (
            "overdue",
            {
                "overdue.closed_at": f"write `{LATE}` to count them as they stand, or "
                "`closed_at is not null and closed_at > due_at` to leave them out",
                "overdue.due_at": "write `due_at is not null and closed_at > due_at` to leave them out",
            },
        ),
        (
            "days_over > 0",
            {"days_over.due_at": "write `due_at is not null` in the conditions that read days_over to leave them out"},
        ),
        (
            "coalesce(closed_at, as_of) > limit",
            {
                "limit.accepted_at": "write `accepted_at is not null` in the conditions that read limit to leave "
                "them out"
            },
        ),
        # A test for what is not there leaves out what nobody knows.
        ("not resolved", {"counted.resolved": "write `resolved is not true` to count them as they stand, or "
                                              "`resolved is false` to leave them out"}),
        (
            "satisfaction <> '满意'",
            {
                "counted.satisfaction": "write `satisfaction is null or satisfaction <> '满意'` to count them as they "
                "stand, or `satisfaction is not null and satisfaction <> '满意'` to leave them out"
            },
        ),
        (
            "kind not in ('咨询')",
            {
                "counted.kind": "write `kind is null or kind not in ('咨询')` to count them as they stand, or "
                "`kind is not null and kind not in ('咨询')` to leave them out"
            },
        ),
        (
            "resolved = false",
            {
                "counted.resolved": "write `resolved is null or resolved = false` to count them as they stand, or "
                "`resolved is not null and resolved = false` to leave them out"
            },
        ),
    ],
)  # fmt: skip
def test_a_condition_that_does_not_see_some_rows_says_which_and_what_to_write(tmp_path, where, expected):
    found = findings(tmp_path, mini(where))
    assert {one.at: str(one.message).partition("without a word; ")[2] for one in found} == expected


@pytest.mark.parametrize(
    "where",
    [
        f"due_at is not null and {LATE}",
        "closed_at is not null and due_at is not null and closed_at > due_at",
        "(closed_at is null or closed_at > received_at) and kind = '投诉'",
        "case when closed_at is null then as_of > received_at else closed_at > received_at end",
        "coalesce(closed_at > due_at, false)",
        "received_at <= as_of",
        "kind = '投诉' and satisfaction = '不满意' and resolved and missing_items > 0",
        "resolved is not true",
        "resolved is false",
        "satisfaction is null or satisfaction <> '满意'",
        "coalesce(satisfaction, '不满意') <> '满意'",
        "satisfaction is distinct from '满意'",
        "days_open > 0",
        "closed_at is null",
        "again",
    ],
)
def test_a_condition_that_says_what_it_does_with_empty_columns_is_not_spoken_of(tmp_path, where):
    found = findings(tmp_path, mini(where))
    assert [one.at for one in found if not one.at.startswith("again.")] == []


def test_a_repeat_says_of_its_own_condition_which_rows_it_does_not_see(tmp_path):
    found = findings(tmp_path, mini("again"))
    assert [one.at for one in found] == ["again.closed_at", "again.due_at"]
    assert {one.path for one in found} == {"columns.cases.again.earlier.where"}


def test_a_sum_of_steps_does_not_see_rows_without_a_beginning(tmp_path):
    assert [one.at for one in findings(tmp_path, mini("kind = '投诉'", sum="days_over"))] == ["days_over.due_at"]
    assert findings(tmp_path, mini("kind = '投诉' and due_at is not null", sum="days_over")) == []


def test_the_time_by_which_rows_belong_to_a_period_is_never_empty(tmp_path):
    assert [one.at for one in findings(tmp_path, mini("closed_at > received_at"))] == ["counted.closed_at"]
    assert findings(tmp_path, mini("closed_at > received_at", at="closed_at")) == []


def test_what_hangs_on_a_reading_says_so(tmp_path):
    scheme = mini("$late")
    options = {
        "closed": {"value": "closed_at is not null and due_at is not null and closed_at > due_at"} | TEXT,
        "any": {"value": LATE} | TEXT,
    }
    scheme["readings"] = {"late": {"clause": "一", "question": TEXT, "use": "closed", "options": options}}
    (one,) = findings(tmp_path, scheme)
    assert (one.at, one.readings, one.clause) == ("counted.due_at", "late = any", "一")


def test_the_finding_is_said_in_both_languages(tmp_path):
    scheme = mini("kind = '投诉' and closed_at > due_at")
    first = findings(tmp_path, scheme)[0]
    made = load_scheme(tmp_path / "mini.yaml").natural
    zh, en = SchemeWords(made, "zh"), SchemeWords(made, "en")
    assert concerned(zh, first.at) == "甲：办结时间"
    assert message_words(zh, first) == (
        "“办结时间”为空的行不计入，也没有提示；要按截止时点的情形计入，写`coalesce(closed_at, as_of) > due_at`；"
        "要写明不计入，写`closed_at is not null and closed_at > due_at`"
    )
    assert proof_words(zh, first) == "此时 `closed_at > due_at` 真假未定"
    assert concerned(en, first.at) == "A: closed_at"
    assert proof_words(en, first) == "`closed_at > due_at` is then neither true nor false"


# --- beside what Polars gives ----------------------------------------------------------------------------


TIMES = [datetime(2025, 1, 1), datetime(2025, 1, 5), datetime(2025, 1, 9)]
VALUES = {
    "received_at": TIMES[:2], "closed_at": TIMES, "due_at": TIMES, "replied_at": TIMES[1:], "as_of": TIMES[1:],
    "kind": ["投诉", "咨询"], "satisfaction": ["满意", "不满意"], "resolved": [True, False], "missing_items": [0, 1],
}  # fmt: skip
CONDITIONS = (
    "closed_at > due_at",
    "kind = '投诉' and closed_at > due_at",
    "kind = '投诉' or closed_at > due_at",
    "not (closed_at > due_at)",
    "coalesce(closed_at, as_of) > due_at",
    "coalesce(replied_at, closed_at) > received_at",
    "closed_at is null or closed_at > due_at",
    "closed_at is not null and closed_at > due_at",
    "(closed_at is null) = resolved and due_at > received_at",
    "case when closed_at is null then due_at < as_of else closed_at > due_at end",
    "case when closed_at > due_at then resolved else due_at > received_at end",
    "greatest(closed_at, replied_at) > due_at",
    "closed_at between received_at and due_at",
    "closed_at in (due_at, received_at)",
    "(closed_at is distinct from due_at) and kind = '投诉'",
    "not resolved",
    "resolved = false",
    "not (kind = '投诉' and resolved)",
    "kind <> '投诉' or satisfaction <> '满意'",
    "kind not in ('投诉') and missing_items > 0",
    "missing_items = 0",
    "not (missing_items > 0)",
    "coalesce(resolved, false) or closed_at > due_at",
    "starts_with(kind, '投') and not starts_with(satisfaction, '满')",
)


@pytest.mark.parametrize("sql", CONDITIONS)
def test_what_is_said_to_be_unknown_is_null_for_polars_and_nothing_else_is(sql):
    condition = parse_sql(sql)
    kinds = ColumnKinds.of(Scheme.model_validate(MINI), "cases")
    found = list(unseen_by(kinds, condition.tree, FILLED))
    read = [name for name in VALUES if name in condition.expression.meta.root_names()]
    nullable = [name for name in read if name not in (*FILLED, "as_of")]
    times = [name for name in nullable if name.endswith("_at")]

    def unknown(*empty):
        """Whether some row is unknown in which these columns are empty and no others."""
        columns = {name: [None] if name in empty else VALUES[name] for name in read}
        rows = pl.DataFrame(list(product(*columns.values())), schema=list(columns), orient="row")
        rows = rows.cast({name: pl.Datetime("us") for name in read if name.endswith("_at") or name == "as_of"})
        rows = rows.cast({name: pl.String for name in read if name in ("kind", "satisfaction")})
        rows = rows.cast({name: pl.Boolean for name in read if name == "resolved"})
        rows = rows.cast({name: pl.Int64 for name in read if name == "missing_items"})
        return rows.select(x=condition.expression)["x"].null_count() > 0

    smallest = [{name} for name in times if unknown(name)]
    for one in times:
        for other in times:
            pair = {one, other}
            if one < other and not any(small <= pair for small in smallest) and unknown(one, other):
                smallest.append(pair)
    assert sorted(sorted(one.columns) for one in found if not one.negative) == sorted(map(sorted, smallest))
    assert all(unknown(*one.columns) for one in found if one.negative)
