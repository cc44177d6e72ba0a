"""Words of coded columns: what a condition says of them, and that it says it only of words that are declared."""

from pathlib import Path

import polars as pl
import pytest
import yaml
from small_scheme import base_scheme

from auditlib.ledger.conditions import parse_sql
from auditlib.ledger.read import read_ledger
from auditlib.scheme.load import load_scheme
from auditlib.scheme.vocabulary import word_tests

PARAMS = Path(__file__).parents[2] / "params"


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("kind = '投诉'", [("kind", ("投诉",))]),
        ("'投诉' = kind", [("kind", ("投诉",))]),
        ("kind <> '投诉'", [("kind", ("投诉",))]),
        ("kind in ('投诉', '咨询') and level = '省'", [("kind", ("投诉", "咨询")), ("level", ("省",))]),
        ("not (kind not in ('投诉') or closed_at > due_at)", [("kind", ("投诉",))]),
        ("case kind when '咨询' then 1 when '投诉' then 2 else 0 end > 1", [("kind", ("咨询",)), ("kind", ("投诉",))]),
        ("coalesce(kind, '无') = '无'", [("kind", ("无",))]),
        ("nullif(kind, '无') is null", [("kind", ("无",))]),
        ("kind is distinct from '投诉'", [("kind", ("投诉",))]),
        ("starts_with(kind, '投')", [("kind", ())]),
        ("left(kind, 1) = '投'", [("kind", ())]),
        ("kind is null or length(kind) > 2", []),
        ("kind = level", []),
        ("rung = '基本'", []),
    ],
)
def test_the_words_that_a_condition_tests_are_found_wherever_they_stand(sql, found):
    names = ["kind", "level"]
    assert [(test.column, test.words) for test in word_tests(parse_sql(sql).tree, names)] == found


@pytest.mark.parametrize(
    ("sql", "holds"), [("starts_with(kind, '投')", True), ("right(kind, 1) = '询'", True), ("kind like '%议%'", False)]
)
def test_what_is_asked_of_the_letters_of_a_word_can_be_tried_on_the_words(sql, holds):
    (test,) = word_tests(parse_sql(sql).tree, ["kind"])
    tried = pl.DataFrame({"kind": ["投诉", "咨询"]}).select(x=test.node.expression)["x"]
    assert tried.any() is holds


SCHEMES = sorted((PARAMS / "schemes").glob("*.yaml"))


@pytest.mark.parametrize("file", SCHEMES, ids=lambda file: file.stem)
def test_the_demonstration_of_a_scheme_holds_no_word_that_the_scheme_does_not_declare(file):
    scheme = load_scheme(file).natural
    ledger = read_ledger(PARAMS / "demonstrations" / scheme.scheme)
    for register, columns in scheme.words.items():
        for column, words in columns.items():
            found = ledger.registers[register].select(column).collect()[column].drop_nulls().unique()
            assert set(found) <= set(words), f"{register}.{column}"


@pytest.mark.parametrize(
    ("written", "zh", "en"),
    [
        ({"rows": "cases"}, "cases", "cases"),
        ({"rows": "cases", "where": "resolved"}, "cases（resolved）", "cases (resolved)"),
        (
            {"rows": "events", "where": "verified", "sum": "points"},
            "events.points之和（verified）", "sum of events.points (verified)",
        ),
        ({"rows": "cases", "distinct": "person_key"}, "cases.person_key的不同值", "different cases.person_key"),
        ({"rows": "acts", "longest": "n", "empty": 0}, "acts.n的最大值", "greatest acts.n"),
    ],
)  # fmt: skip
def test_rows_without_a_name_are_called_by_what_is_counted_of_them(tmp_path, written, zh, en):
    scheme = base_scheme(
        extra_columns={"acts": {"n": "integer"}}, quantities={"named": written, "twice": {"add": [written, written]}}
    )
    (tmp_path / "small.yaml").write_text(yaml.safe_dump(scheme, allow_unicode=True), encoding="utf-8")
    loaded = load_scheme(tmp_path / "small.yaml").natural
    assert (loaded.title_of("twice-0").zh, loaded.title_of("twice-0").en) == (zh, en)
    assert loaded.title_of("named").zh == "named"
