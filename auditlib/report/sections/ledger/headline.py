"""The first screen of the report on a ledger: three questions, three answers, and the hash of what was looked at."""

from __future__ import annotations

from textwrap import wrap

from auditlib.ledger.restatement.pair import ASKED
from auditlib.report.audit_page import AuditPage
from auditlib.report.first_screen import Answer, answers_html, masthead
from auditlib.report.html import paragraph
from auditlib.report.pages.styles import lab_style
from auditlib.report.section import Section
from auditlib.sampling.claims import may_be_said

__all__ = ["answers", "section"]

PIECE = 16
"""So many digits of a hash stay together on a narrow screen."""


def section(page: AuditPage) -> Section:
    """Title and particulars, the three answers, what they do not say, and the hash of the ledger."""
    cells = answers(page)
    said = page.t(
        "None replaces another. A signal is counts beside what was to be expected, never a verdict; what was not seen "
        "is not thereby right; and no sample of the ledger shows what was never registered."
    )
    hash_ = page.audited.grounds.snapshot
    snapshot = page.t("Ledger snapshot {hash}", hash=hash_)
    shown = paragraph(snapshot).replace(hash_, "<wbr>".join(wrap(hash_, PIECE)))
    head = masthead(page.title, page.audited.scored, page.language)
    markup = f'{lab_style()}<div class="audit first">{head}{answers_html(cells)}{paragraph(said)}{shown}</div>'
    told = (*(f"{label}: {value} {more}".rstrip() for label, value, more in cells), said, snapshot)
    return Section(markup, "\n".join([page.title, *told]), told, facts=_facts(page))


def answers(page: AuditPage) -> list[Answer]:
    """Is the register complete and unaltered; do its patterns look made; what may be said after looking at files."""
    return [_patterns(page), _complete(page), _sampled(page)]


def _complete(page: AuditPage) -> Answer:
    question = page.t("Complete and unaltered?")
    missing = [
        line.observed.counts["missing"] for line in page.audited.found.lines
        if line.test == "sequence" and "missing" in line.observed.counts
    ]  # fmt: skip
    gaps = page.t("numbers missing: {count}", count=sum(int(str(one)) for one in missing)) if missing else ""
    if page.audited.restated is None:
        return question, "—", page.t("no earlier snapshot to compare with; {gaps}", gaps=gaps or "—")
    asked = page.audited.restated.count(*ASKED)
    more = page.t("rows of an earlier snapshot or of this one to be asked about; {gaps}", gaps=gaps or "—")
    return question, str(asked), more


def _patterns(page: AuditPage) -> Answer:
    count = page.states["strong"] + page.states["signal"]
    tests = len({(line.test, line.clock) for line in page.audited.found.lines if line.p is not None})
    expected = float(page.audited.found.settings.level) * tests
    more = page.t(
        "signals, {strong} of them strong; {expected} false ones are to be expected of {families} families of tests",
        strong=page.states["strong"], expected=f"{expected:.3g}", families=tests,
    )  # fmt: skip
    return page.t("Do patterns look made?"), str(count), more


def _sampled(page: AuditPage) -> Answer:
    question = page.t("What may be said after looking at files?")
    if page.audited.evaluation is not None:
        claims = page.audited.evaluation.claims
        held = sum(claim.holds for claim in claims)
        said = list(may_be_said(page.audited.evaluation, page.language))
        return question, f"{held} / {len(claims)}", said[1] if len(said) > 1 else ""
    if page.audited.sample is not None:
        count = len(page.audited.sample.cases)
        return question, "—", page.t("{count} {count:case is|cases are} drawn and not yet answered", count=count)
    return question, "—", page.t("no sample was drawn")


def _facts(page: AuditPage) -> dict[str, object]:
    scored = page.audited.scored
    return {
        "kind": "ledger", "title": page.title, "language": page.language, "scheme": scored.result.scheme,
        "version": scored.result.version, "period": scored.result.period, "as_of": scored.result.as_of.isoformat(),
        "unit": None, "name": None, "group": None, "rank": None, "total": None, "total_of": None,
        "complete": not page.states["not_applicable"], "outcomes": [],
    }  # fmt: skip
