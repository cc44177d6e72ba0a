"""Clocks on a page: by the titles of columns and duties."""

from __future__ import annotations

import pytest

from auditlib.core.message import told
from auditlib.core.period import Period
from auditlib.probe.clock_words import clock_message
from auditlib.scoring.assess import resolve_scheme


@pytest.mark.parametrize(
    ("clock", "zh", "en"),
    [
        ("contacted_at/second_0", "联系时间, 零秒", "contacted, second 0"),
        ("received_at>closed_at", "提交时间 → 办结时间", "received → closed"),
        (
            "person_key+problem_key/peers",
            "当事人代号 + 问题代号, 与其他单位比",
            "person key + problem key, against the others",
        ),
        ("closed_at<received_at", "办结时间 < 提交时间", "closed < received"),
        ("approver/一", "批准单位, 一", "approver, 一"),
        ("case_id/GD-", "件号, GD-", "case id, GD-"),
    ],
)
def test_a_clock_goes_by_the_titles_of_its_columns(clock: str, zh: str, en: str) -> None:
    scheme = resolve_scheme("s22-heating", Period.parse("2026-01")).scheme
    found = clock_message(clock, scheme)
    assert (told(found, "zh"), told(found, "en")) == (zh, en)


def test_a_clock_of_a_duty_goes_by_its_title() -> None:
    scheme = resolve_scheme("s22-heating", Period.parse("2026-01")).scheme
    titles = {duty.id: duty.title for duty in scheme.duties}
    one, two = titles["solution"], titles["plan"]
    found = clock_message("received_at>handled_by/solution|received_at>handled_by/plan/peers", scheme)
    assert told(found, "en") == f"{one.en} | {two.en}, against the others"
    assert told(found, "zh") == f"{one.zh} | {two.zh}, 与其他单位比"
    assert told(clock_message("received_at>handled_by/solution/4h", scheme), "en") == f"{one.en}, windows of 4 hours"
