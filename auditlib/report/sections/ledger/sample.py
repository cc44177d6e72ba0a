"""The sample: what was drawn by which plan, what may be said after it, and what may not."""

from __future__ import annotations

from collections import Counter

from auditlib.report.audit_page import AuditPage
from auditlib.report.headings.ledger import AUDIT
from auditlib.report.html import escape
from auditlib.report.section import Section, joined_sections
from auditlib.report.tables import frame
from auditlib.sampling.claims import may_be_said, may_not_be_said
from auditlib.sampling.plan import plan_hash

__all__ = ["section"]


def section(page: AuditPage) -> Section:
    """The plan and the seed, the sentences that the sample allows, and those that it does not."""
    sample, language = page.audited.sample, page.language
    if sample is None:
        note = page.t(
            "No sample was given. The command auditlib sample plan says how many files are to be looked at, before "
            "the ledger is there; what was never registered cannot be drawn from it."
        )
        return page.said("sample", note)
    parts = Counter(one.part for one in sample.cases)
    rows = [
        (page.t("Question"), sample.plan.question),
        (page.t("Drawn"), f"{len(sample.cases)} / {sample.population}"),
        (page.t("Parts"), ", ".join(f"{part} {count}" for part, count in sorted(parts.items()))),
        (page.t("Seed"), sample.seed),
        (page.t("Plan"), plan_hash(sample.plan)),
        (page.t("Who could know the seed"), page.t("the ledger's keeper") if sample.steerable else page.t("nobody")),
    ]
    plan = page.tabled("sample", frame(rows, ("what", "value"), language, AUDIT))
    if page.audited.evaluation is None:
        return joined_sections(plan, page.said("claim", page.t("The forms of the sample have not come back.")))
    allowed = list(may_be_said(page.audited.evaluation, language))
    refused = list(may_not_be_said(sample, language))
    items = "".join(f"<li>{escape(one)}</li>" for one in allowed)
    others = "".join(f"<li>{escape(one)}</li>" for one in refused)
    head = page.said("claim", page.t("What may be said:"))
    tail = f"<ul>{items}</ul><p>{escape(page.t('What may not be said:'))}</p><ul>{others}</ul></section>"
    html = head.html.removesuffix("</section>") + tail
    said = (*head.sentences, *allowed, *refused)
    return joined_sections(plan, Section(html, "\n".join((head.text, *allowed, *refused)), said))
