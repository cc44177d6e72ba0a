"""What the first screen says of objections: where they go, or that the run names no way and who can be asked."""

from __future__ import annotations

from datetime import date

import pytest

from auditlib.core.values import Text
from auditlib.objections.issue import Issue, Terms, TermsOfObjection
from auditlib.report.closing import contest_html

ISSUE = Issue(issuer=Text(zh="客户服务部", en="Customer Service"), date=date(2026, 1, 8))
HEARD = TermsOfObjection(deadline=date(2026, 1, 20), contact=Text(zh="考核办公室", en="Office"))


@pytest.mark.parametrize(
    ("terms", "language", "told"),
    [
        (None, "en", "The run names no way to object to these results: ask whoever issued these results."),
        (None, "zh", "本次考核未写明异议途径，对以上结果有异议的，请向结果发布单位询问。"),
        (Terms("june", ISSUE), "en", "The run names no way to object to these results: ask Customer Service."),
        (Terms("june", ISSUE), "zh", "本次考核未写明异议途径，对以上结果有异议的，请向客户服务部询问。"),
        (Terms("june", ISSUE, HEARD), "en", "Objections to these results are heard until 2026-01-20: Office."),
        (Terms("june", ISSUE, HEARD), "zh", "对以上结果有异议的，请于2026年1月20日前提出：考核办公室。"),
    ],
)
def test_the_first_screen_says_where_objections_go_or_who_can_be_asked(
    terms: Terms | None, language: str, told: str
) -> None:
    assert contest_html(terms, language) == f'<section class="audit contest"><p>{told}</p></section>'
