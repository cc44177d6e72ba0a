"""How far working papers are, as a table, and all that they say as data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from auditlib.core.errors import AuditError
from auditlib.core.message import t, told
from auditlib.core.table import Table
from auditlib.papers.effects import effect_stated
from auditlib.papers.exceptions import ExceptionPaper
from auditlib.papers.folder import Papers
from auditlib.papers.log import PaperState
from auditlib.papers.review import open_points
from auditlib.papers.sheets import paper_sheets
from auditlib.sampling.claims import evaluation_json
from auditlib.sampling.evaluation import evaluate
from auditlib.sampling.form import answer_share

__all__ = ["papers_json", "papers_table", "told_open"]

SCHEMA = "auditlib-papers-content/1"


def papers_table(papers: Papers, language: str) -> Table:
    """A row an exception, a sample and a finding: whose, what it came to, by whom, and what it still wants."""
    wants = {id_: told(why, language) for id_, why in open_points(papers)}
    rows = [
        list(row) for sheet in paper_sheets(papers, language)[:3] for row in _rows(papers, sheet.kind, sheet, language)
    ]
    return Table(
        ("id", "unit", "says", "result", "prepared", "reviewed", "open"),
        [[*row, wants.get(row[0], "")] for row in rows],
        ("id", "Unit", "Says", "Conclusion", "Prepared by", "Reviewed by", "Open"),
    )


def _rows(papers: Papers, kind: str, sheet: Any, language: str) -> Iterator[tuple[str, ...]]:
    if kind == "sample":
        for name, sample in sorted(papers.samples.items()):
            state = papers.of("sample", name)
            done = f"{len(state.values.get('answers', {}))}/{len(sample.cases)}"
            yield name, "", sample.plan.question(language), done, ", ".join(state.prepared), state.reviewed
        return
    for id_, row in zip(sheet.ids, sheet.rows, strict=True):
        if kind == "exception":
            yield id_, row["unit"], row["says"], row["conclusion"], row["prepared"], row["reviewed"]
        elif papers.of("finding", id_).values or papers.of("finding", id_).earlier:
            yield id_, "", row["condition"], row["status"], row["prepared"], row["reviewed"]


def papers_json(papers: Papers) -> dict[str, Any]:
    """Everything: exceptions with their answers, samples with what may be said, findings, evidence, what is open."""
    known = papers.engagement
    return {
        "schema": SCHEMA, "engagement": known.model_dump(mode="json", exclude={"clauses"}), "papers": papers.hash,
        "state": papers.head or None,
        "exceptions": [
            {**one.plain(), "says": dict(one.says), **_plain(papers.of("exception", one.id)),
             "effect_on": _effect(papers, one, papers.of("exception", one.id))}
            for one in papers.exceptions
        ],
        "samples": [
            {"sample": name, **_plain(papers.of("sample", name)), "evaluation": _evaluation(papers, name)}
            for name in sorted(papers.samples)
        ],
        "findings": [
            {"finding": id_, **_plain(papers.of("finding", id_)), "criteria": _criteria(papers, id_),
             "effect_on": _effect(papers, None, papers.of("finding", id_))}
            for id_ in papers.findings
        ],
        "gone": [
            {"id": id_, **_plain(state)} for (kind, id_), state in sorted(papers.state.items()) if kind == "gone"
        ],
        "evidence": [{"sha256": name, **values} for name, values in sorted(papers.evidence.items())],
        "effects": [{"sha256": name, **papers.effects[name]} for name in sorted(papers.effects)],
        "open": [{"id": id_, "wants": told(why, "en")} for id_, why in open_points(papers)],
    }  # fmt: skip


def _plain(state: PaperState) -> dict[str, Any]:
    found = asdict(state)
    return {**found.pop("values"), **{name: value for name, value in found.items() if value}}


def _effect(papers: Papers, one: ExceptionPaper | None, state: PaperState) -> dict[str, Any] | None:
    """What the effect that is named, or an exception's own, changes for which unit."""
    found = effect_stated(papers, one, str(state.values.get("effect_from", "")))
    return None if found is None else {"unit": found.unit, "points": found.points, "rank": found.ranks}


def _criteria(papers: Papers, id_: str) -> dict[str, str] | None:
    clause = papers.of("finding", id_).values.get("clause")
    if clause is None or papers.engagement.scheme is None:
        return None
    return {"scheme": papers.engagement.scheme, "clause": clause, "quote": papers.engagement.clauses.get(clause, "")}


def _evaluation(papers: Papers, name: str) -> dict[str, Any] | None:
    """What the sample shows, once all of it is answered."""
    sample = papers.samples[name]
    given = papers.of("sample", name).values.get("answers", {})
    shares = {case: answer_share(sample, one.get("answer", ""), one.get("share", "")) for case, one in given.items()}
    try:
        return evaluation_json(evaluate(sample, shares))
    except AuditError:
        return None


def told_open(papers: Papers, language: str) -> str:
    """How much is open, in a sentence."""
    count = len(list(open_points(papers)))
    return t("{count} {count:point is|points are} open.", language, count=count)
