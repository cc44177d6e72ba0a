"""What was tested, by test, and what could not be: nothing is dropped in silence."""

from __future__ import annotations

from collections import Counter

from auditlib.probe.counted import TESTS
from auditlib.probe.words import test_words
from auditlib.report.audit_page import AuditPage
from auditlib.report.headings.ledger import AUDIT
from auditlib.report.section import Section
from auditlib.report.tables import frame

__all__ = ["section"]


def section(page: AuditPage) -> Section:
    """A row a test: families, units tested, signals, facts, too few, and for want of what it was not made."""
    rows = []
    for test in TESTS:
        own = [line for line in page.audited.found.lines if line.test == test]
        states = Counter(line.state for line in own)
        why = dict.fromkeys(
            str(line.observed.counts.get("why", "")) for line in own
            if line.state in ("not_applicable", "settings_missing")
        )  # fmt: skip
        tested = [line for line in own if line.p is not None]
        lacking = ", ".join(why) if why else ("" if own else page.t("asked for by name alone"))
        rows.append(
            (test_words(test, page.language), str(len({line.clock for line in tested})), str(len(tested)),
             _shown(states["strong"] + states["signal"]), _shown(states["fact"]), _shown(states["too_few"]), lacking)
        )  # fmt: skip
    columns = ("test", "families", "tested_units", "signals", "facts", "too_few", "lacking")
    note = page.t(
        "A family is a test by one clock over all units; its p-values are adjusted together. Units with too few cases "
        "to be a signal at all leave it and are counted apart."
    )
    return page.tabled("tested", frame(rows, columns, page.language, AUDIT), note, numbers=_numbers(page))


def _numbers(page: AuditPage) -> list[str]:
    return [page.t(AUDIT[name]) for name in ("signals", "facts", "too_few")]


def _shown(count: int) -> str:
    return str(count) if count else ""
