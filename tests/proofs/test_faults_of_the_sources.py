"""The faults of the printed duties, found by a reader of the sources: the prover finds each in the shipped schemes.

Each line: which fault, the scheme, the kind of finding, and what it concerns (duty, pair, clause, reading, column).
"""

from functools import cache
from pathlib import Path

import pytest

from auditlib.proofs.check import Checked, check_scheme
from auditlib.scheme.load import load_scheme

SCHEMES = Path(__file__).parents[2] / "params" / "schemes"
FAULTS = [
    (1, "s29-three-systems", "limits-contradict", "report+document"),
    (2, "s29-three-systems", "limits-contradict", "二第八条二"),
    (3, "s29-three-systems", "parts-exceed-whole", "web"),
    (4, "s29-three-systems", "extension-exceeds-base", "letters"),
    (4, "s29-three-systems", "above-higher-rule", "letters"),
    (5, "s29-three-systems", "extension-open", "approve.most"),
    (5, "s29-three-systems", "extension-open", "approve.needs"),
    (5, "s29-three-systems", "extension-open", "letters_subsidiary.needs"),
    (5, "s29-three-systems", "extension-open", "passed_on_limit.most"),
    (6, "s07-appeal-two-steps", "clock-unbounded", "feedback"),
    (7, "s26-hospital", "clock-unbounded", "simple"),
    (7, "s28-gansu-health", "clock-unbounded", "keep"),
    (7, "s13-reception-desk", "clock-unbounded", "keep_word"),
    (8, "s29-three-systems", "clock-unbounded", "investigate"),
    (8, "s38-first-asked", "clock-unbounded", "notice_of_act"),
    (8, "s38-first-asked", "clock-unbounded", "determine"),
    (9, "s06-appeal-three-levels", "silence-blocks", "attach"),
    (10, "s06-appeal-three-levels", "own-cause", "answer_1"),
    (10, "s07-appeal-two-steps", "own-cause", "reassess"),
    (10, "s21-prefecture-centre", "own-cause", "settle_transfer"),
    (10, "s29-three-systems", "own-cause", "appeal"),
    (10, "s38-first-asked", "own-cause", "determine"),
    (10, "s30-bank-joint", "own-cause", "supervise"),
    (11, "s21-prefecture-centre", "circle", "再投诉"),
    (11, "s38-first-asked", "circle", "交接"),
    (12, "s38-first-asked", "due-at-trigger", "dispatch"),
    (13, "s26-hospital", "harder-sooner", "difficult"),
    (14, "s36-agriculture", "limits-contradict", "meeting+complex"),
    (15, "s21-prefecture-centre", "limits-contradict", "out_of_scope"),
    (16, "s33-school", "limits-contradict", "other_department"),
    (17, "s01-airport", "two-owe", "reply_quality+reply_respondent"),
    (18, "s37-bank-handling", "two-owe", "who_handles"),
    (18, "s27-tianjin-insurance", "two-owe", "joint"),
    (18, "s38-first-asked", "two-owe", "take+take_notice"),
    (19, "s26-hospital", "route-overlap", "handler.doctors+outpatient"),
    (19, "s30-bank-joint", "route-overlap", "handler.legal+office"),
    (19, "s32-hunan-civil-affairs", "route-overlap", "petition_class"),
    (20, "s01-airport", "undefined-class", "6.1.2"),
    (20, "s21-prefecture-centre", "undefined-class", "第二十一条(二)"),
    (20, "s32-hunan-civil-affairs", "undefined-class", "petition_class.政策咨询类"),
    (21, "s38-first-asked", "outside-limit", "reply"),
    (21, "s21-prefecture-centre", "outside-limit", "settle_assigned"),
    (21, "s34-bureau", "outside-limit", "settle"),
    (21, "s02-fujian-three-rates", "outside-limit", "feedback"),
    (22, "s38-first-asked", "no-end", "首问"),
    (22, "s33-school", "no-end", "第七条(三)3"),
    (23, "s21-prefecture-centre", "extension-exceeds-base", "settle_own"),
    *((24, scheme, "no-consequence", "duties") for scheme in (
        "s06-appeal-three-levels", "s07-appeal-two-steps", "s13-reception-desk", "s23-first-asked-planning",
        "s24-service-hall", "s25-company-notice", "s26-hospital", "s27-tianjin-insurance", "s28-gansu-health",
        "s30-bank-joint", "s31-bank-classes", "s32-hunan-civil-affairs", "s33-school", "s34-bureau",
    )),
    (25, "s29-three-systems", "urgent-later", "real_name"),
    (26, "s29-three-systems", "scope-without-rule", "matter.举报信箱"),
    (28, "s26-hospital", "nobody-owes", "一1接待"),
    (28, "s29-three-systems", "nobody-owes", "三第十一条"),
]  # fmt: skip


@cache
def checked(scheme: str) -> Checked:
    return check_scheme(SCHEMES / f"{scheme}.yaml")


@pytest.mark.parametrize(("number", "scheme", "kind", "at"), FAULTS, ids=[f"{n}-{s}-{a}" for n, s, _, a in FAULTS])
def test_a_fault_of_a_source_is_found(number: int, scheme: str, kind: str, at: str) -> None:
    assert (kind, at) in {(one.kind, one.at) for one in checked(scheme).findings}


def test_every_fault_but_the_traps_is_looked_for() -> None:
    assert {number for number, *_ in FAULTS} == {*range(1, 29)} - {27}


def test_the_traps_are_no_faults() -> None:
    """Open round the clock (24小时受理) is no limit of 24 hours, and a notice of a website is none of the rules."""
    airport = checked("s01-airport")
    assert not [one for one in airport.findings if "6.1.1" in (one.at, one.clause)]
    quotes = [clause.quote for file in SCHEMES.glob("s*.yaml") for clause in load_scheme(file).natural.clauses.values()]
    assert len(quotes) > 300
    assert not [quote for quote in quotes if "自行上传" in quote]


@pytest.mark.parametrize("scheme", ["s31-bank-classes", "s34-bureau", "s24-service-hall", "s13-reception-desk"])
@pytest.mark.parametrize("kind", ["undefined-class", "scope-without-rule", "own-cause", "circle", "limits-contradict"])
def test_sources_without_such_a_fault_have_none(scheme: str, kind: str) -> None:
    assert kind not in {one.kind for one in checked(scheme).findings}
