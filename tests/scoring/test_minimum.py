"""A ranking that needs so many cases: who has fewer is not ranked, on no list of the last, under no reading."""

from __future__ import annotations

import pytest
import yaml
from small_scheme import AS_OF, TITLE, base_scheme, outcome, scored

from auditlib.analysis.readings.ranges import spread
from auditlib.core.errors import InputError
from auditlib.core.message import told
from auditlib.core.period import Period
from auditlib.ledger.read import read_ledger
from auditlib.proofs.check import check_scheme
from auditlib.scheme.load import load_scheme
from auditlib.scheme_pages.result_words import ranking_sentence
from auditlib.scheme_pages.scheme_words import SchemeWords

CASES = {"A": ["按"] * 4, "B": ["按", "按", "迟"], "C": ["迟", "迟"]}
LEAST = {"clause": "二", "of": "received", "at_least": 3}


def scheme(**changes: object) -> dict[str, object]:
    found = base_scheme(**changes)
    found["clauses"] |= {"二": {"quote": "受理不足三件的不排名"}}  # type: ignore[operator]
    found["ranking"] |= {"minimum": LEAST}  # type: ignore[operator]
    return found


def test_a_unit_with_too_few_cases_has_no_rank_and_is_not_among_the_last(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with_last = scheme(outcomes=[outcome("edge", place={"bottom": 1})])
    found = scored(tmp_path, with_last, CASES)
    assert [(one.unit, one.rank, bool(one.outcomes)) for one in found.units] == [
        ("A", 1, False), ("B", 2, True), ("C", None, False),
    ]  # fmt: skip
    (notice,) = found.noticed("not_ranked")
    assert told(notice.message, "zh") == "单位 C 不排名：甲为 2，少于排名所需的 3"
    plain = found.to_json()["units"][2]
    assert plain["unranked"] == "2 (A) are fewer than the 3 that the ranking needs"


def test_nor_is_it_last_by_a_quantity(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with_last = scheme(outcomes=[outcome("edge", place={"bottom": 1, "by": "received"})])
    found = scored(tmp_path, with_last, CASES)
    assert [one.unit for one in found.units if one.outcomes] == ["B"]


def test_every_combination_of_readings_agrees_with_scoring_it(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """The ranks of all readings at once are computed otherwise than those of one."""
    open_ = scheme()
    open_["readings"] = {
        "counted": {
            "clause": "二", "question": TITLE, "use": "all",
            "options": {"all": {"value": "true = true", **TITLE}, "late": {"value": "status = '迟'", **TITLE}},
        },
        "least": {
            "clause": "二", "question": TITLE, "use": "three",
            "options": {"three": {"value": 3, **TITLE}, "one": {"value": 1, **TITLE}, "five": {"value": 5, **TITLE}},
        },
    }  # fmt: skip
    open_["measures"]["received"]["where"] = "$counted"  # type: ignore[index]
    open_["ranking"]["minimum"] = LEAST | {"at_least": "$least"}  # type: ignore[index]
    scored(tmp_path, open_, CASES)
    file = load_scheme(tmp_path / "small.yaml", "small.yaml")
    ledger, period = read_ledger(tmp_path, AS_OF), Period.parse("2025-06")
    ranges = {one.unit: one for one in spread(file, ledger, period, AS_OF).units}
    alone = [
        {one.unit: one.rank for one in scored(tmp_path, resolved_as(open_, counted, least), CASES).units}
        for counted in ("true = true", "status = '迟'") for least in (3, 1, 5)
    ]  # fmt: skip
    for unit in "ABC":
        ranks = {ranks[unit] for ranks in alone}
        best, worst = ranges[unit].best, ranges[unit].worst
        known = [rank for rank in ranks if rank is not None]
        assert ((best and best.value), (worst and worst.value)) == (min(known, default=None), max(known, default=None))
    assert ranges["C"].worst is not None
    assert ranges["C"].worst.value == 3


def resolved_as(open_, counted, least):  # type: ignore[no-untyped-def]
    found = yaml.safe_load(yaml.safe_dump(open_, allow_unicode=True))
    del found["readings"]
    found["measures"]["received"]["where"] = counted
    found["ranking"]["minimum"]["at_least"] = least
    return found


@pytest.mark.parametrize(
    ("change", "message"),
    [({"of": "recieved"}, "found recieved, expected a measure"), ({"at_least": 0}, "at_least"),
     ({"clause": "三"}, "found 三, expected a clause"),
     ({"cases": 5}, "unknown key `cases`")],
)  # fmt: skip
def test_a_faulty_minimum_is_refused_with_its_place(tmp_path, change, message) -> None:  # type: ignore[no-untyped-def]
    faulty = scheme()
    faulty["ranking"] |= {"minimum": LEAST | change}  # type: ignore[operator]
    with pytest.raises(InputError, match=message):
        scored(tmp_path, faulty, CASES)


def test_the_page_of_the_scheme_says_it_and_nothing_is_unused_or_uncited(tmp_path) -> None:  # type: ignore[no-untyped-def]
    scored(tmp_path, scheme(), CASES)
    file = load_scheme(tmp_path / "small.yaml", "small.yaml")
    assert "“甲”少于 3 的单位不排名" in ranking_sentence(SchemeWords(file.natural, "zh"), file.natural.ranking)
    found = check_scheme(tmp_path / "small.yaml").findings
    assert not [one for one in found if (one.kind, one.at) in (("uncited", "二"), ("unused", "received"))]
