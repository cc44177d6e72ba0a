"""The first screen of the report on new weights: which versions, on what, and how many units change rank."""

from __future__ import annotations

from auditlib.core.message import told
from auditlib.report.html import escape, paragraph
from auditlib.report.pages.styles import lab_style
from auditlib.report.revision_page import RevisionPage
from auditlib.report.section import Section
from auditlib.report.tables import joined
from auditlib.report.wording import period_words

__all__ = ["caption", "section"]


def section(page: RevisionPage) -> Section:
    """The first screen: which versions, on what, and how many units change rank."""
    finding, sides = caption(page), (page.scored.old, page.scored.new)
    days = (notice for side in sides for notice in side.result.noticed("provisional_days", "calendar_ends"))
    notes = list(dict.fromkeys(told(notice.message, page.language) for notice in days))
    markup = (
        f'{lab_style()}<div class="audit first">{_masthead(page)}'
        f'<p class="finding">{escape(finding)}</p>{"".join(map(paragraph, notes))}</div>'
    )
    new = page.scored.new.result
    facts = {"kind": "revision", "title": page.title, "language": page.language, "scheme": new.scheme,
             "version": new.version, "period": new.period}  # fmt: skip
    return Section(markup, "\n".join((page.title, finding, *notes)), (finding, *notes), facts=facts)


def _masthead(page: RevisionPage) -> str:
    """Title and particulars: the scheme, both versions, the period, the panel that the new version cites."""
    scheme = page.scored.new.resolved.scheme
    particulars = [
        ("Scheme", scheme.title(page.language)),
        ("Old version", page.version(page.scored.old)),
        ("New version", page.version(page.scored.new)),
        ("Period", period_words(page.scored.asked.period, page.language)),
    ]
    if scheme.revision is not None:
        cited = scheme.revision.panel
        text = page.t(
            "{panel}, round {round}, {experts} {experts:expert|experts}",
            panel=cited.panel,
            round=cited.round,
            experts=cited.experts,
        )
        particulars.append(("Panel", text))
    items = "".join(f"<div><dt>{escape(page.t(n))}</dt><dd>{escape(v)}</dd></div>" for n, v in particulars)
    made_up = page.scored.ledger.note.synthetic or (scheme.revision is not None and scheme.revision.panel.synthetic)
    synthetic = (
        f'<p class="synthetic">{escape(page.t("Synthetic demonstration, no real assessment or survey"))}</p>'
        if made_up
        else ""
    )
    return f'<header class="masthead"><h1>{escape(page.title)}</h1><dl>{items}</dl>{synthetic}</header>'


def caption(page: RevisionPage) -> str:
    """How many units change rank, which one moves furthest, and whether weights alone do it."""
    compared = page.scored.comparison
    ranked = [move for moves in compared.groups.values() for move in moves]
    moved = [move for move in ranked if move.places]
    furthest = ""
    if moved:
        most = max(moved, key=lambda move: (abs(move.places or 0), abs(move.delta or 0)))
        furthest = page.t(
            "; {unit} moves furthest, in {group} from {old} to {new}",
            unit=most.new.name,
            group=page.group(most.group),
            old=most.old.rank,
            new=most.new.rank,
        )
    cause = page.t(
        "Every unit attains the same share of every maximum in both versions: weights alone move the ranks."
        if compared.proportional
        else "Some shares of the maxima differ between the versions: weights are not all that moves ranks."
    )
    fullest = max((move.new.total_of or 0 for move in ranked), default=0)
    short = joined([move.new.name for move in moved if (move.new.total_of or 0) < fullest], page.language)
    incomplete = (
        page.t(
            "Of those that move, {units} {units:lacks an indicator that others have; its total "
            "is|lack an indicator that others have; their totals are} out of less and hard to "
            "compare.",
            units=short,
        )
        if short
        else ""
    )
    return page.t(
        "Of {ranked} {ranked:ranked unit|ranked units}, {moved} {moved:changes|change} "
        "rank{furthest}. {cause} {incomplete}",
        ranked=len(ranked),
        moved=len(moved),
        furthest=furthest,
        cause=cause,
        incomplete=incomplete,
    ).rstrip()
