"""The sheets of working papers as tables of text: which columns are locked, which are answered, and what they hold.

The same tables are written into a workbook and held against one that comes back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auditlib.core.message import Message, t, told
from auditlib.papers.effects import effect_stated
from auditlib.papers.exceptions import ExceptionPaper
from auditlib.papers.folder import Papers
from auditlib.papers.log import PaperState
from auditlib.probe.families import STATES
from auditlib.probe.words import state_words, test_words
from auditlib.restate.words import CLASS_WORDS
from auditlib.sampling.form import answers_in

__all__ = [
    "CONCLUSIONS", "FIRST_ROW", "STATUSES", "PaperColumn", "PaperSheet", "answered", "cell", "choice", "meta_rows",
    "paper_sheets",
]  # fmt: skip

FIRST_ROW = 5
"""The first row of a sheet that holds an exception, a finding or a case."""
SHOWN = 20
"""So many cases of an exception stand in its row; all of them on the sheet of cases."""
LONGEST = 4_000
MOST_CASES = 100_000
CONCLUSIONS = {
    "explained": Message("explained"), "error": Message("in error"), "referred": Message("referred"),
    "open": Message("open"),
}  # fmt: skip
"""What an exception may come to."""
STATUSES = {"draft": Message("draft"), "final": Message("final")}
"""Of a finding."""


@dataclass(frozen=True)
class PaperColumn:
    """A column: its key, heading and width; a locked one is never answered, one with ``choices`` takes these words."""

    key: str
    title: str
    width: int
    open: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class PaperSheet:
    """A sheet: a row an id, with the text of each cell as it is sent."""

    kind: str
    name: str
    columns: tuple[PaperColumn, ...]
    ids: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]


def cell(sheet: PaperSheet, key: str, row: int) -> str:
    """Where a cell stands: ``Exceptions!K7``."""
    place = [one.key for one in sheet.columns].index(key)
    return f"{sheet.name}!{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[place]}{row}"


def answered(sheet: PaperSheet, row: Mapping[str, str]) -> dict[str, str]:
    """Of a row what stands in the cells that are answered."""
    return {one.key: row[one.key] for one in sheet.columns if one.open}


def choice(words: Mapping[str, Message], text: str) -> str | None:
    """The key that a word, in either language, stands for."""
    known = {told(message, language): key for key, message in words.items() for language in ("zh", "en")}
    return text if text in words else known.get(text)


def meta_rows(papers: Papers, language: str) -> list[tuple[str, str]]:
    """What the hidden sheet says of whose papers these are."""
    return [
        ("papers", papers.hash), ("snapshot", papers.engagement.snapshot), ("state", papers.head or "new"),
        ("language", language),
    ]  # fmt: skip


def paper_sheets(papers: Papers, language: str) -> tuple[PaperSheet, ...]:
    """The sheets, in their order: exceptions, samples, findings, and the cases of exceptions, which nobody answers."""
    return (
        _exceptions(papers, language), _samples(papers, language), _findings(papers, language), _cases(papers, language)
    )  # fmt: skip


def _choices(words: Mapping[str, Message], language: str) -> tuple[str, ...]:
    return tuple(told(message, language) for message in words.values())


def _exceptions(papers: Papers, language: str) -> PaperSheet:
    columns = (
        PaperColumn("id", "id", 14),
        PaperColumn("state", t("State", language), 10),
        PaperColumn("test", t("Test", language), 16),
        PaperColumn("unit", t("Unit", language), 12),
        PaperColumn("says", t("Says", language), 48),
        PaperColumn("ask", t("Ask first", language), 26),
        PaperColumn("cases", t("Cases", language), 26),
        PaperColumn("earlier", t("Earlier answer", language), 24),
        PaperColumn("evidence", t("Evidence", language), 24, True),
        PaperColumn("response", t("Answer of the unit", language), 36, True),
        PaperColumn("responder", t("Answered by (office)", language), 14, True),
        PaperColumn("date", t("Day", language), 12, True),
        PaperColumn("conclusion", t("Conclusion", language), 12, True, _choices(CONCLUSIONS, language)),
        PaperColumn("effect_from", t("Effect from (restate or hash, unit)", language), 20, True),
        PaperColumn("note", t("Note", language), 30, True),
        PaperColumn("points", t("Effect in points", language), 10),
        PaperColumn("rank", t("Rank before and after", language), 10),
        PaperColumn("prepared", t("Prepared by", language), 12),
        PaperColumn("reviewed", t("Reviewed by", language), 12),
    )
    rows = [_exception_row(papers, one, language) for one in papers.exceptions]
    ids = tuple(one.id for one in papers.exceptions)
    return PaperSheet("exception", t("Exceptions", language), columns, ids, tuple(rows))


def _exception_row(papers: Papers, one: ExceptionPaper, language: str) -> dict[str, str]:
    state = papers.of("exception", one.id)
    values = dict(state.values)
    if values.get("conclusion"):
        values["conclusion"] = told(CONCLUSIONS[values["conclusion"]], language)
    found = f"{len(one.cases)}: " if one.cases else ""
    _, restated, kind = one.test.partition("/")
    test = (
        t("earlier snapshot: {change}", language, change=CLASS_WORDS[kind])
        if restated
        else test_words(one.test, language)
    )
    return {
        "id": one.id,
        "state": state_words(one.state, language) if one.state in STATES else one.state,
        "test": test,
        "unit": one.unit,
        "says": _cut(one.says[language]),
        "ask": "; ".join(one.ask_first[language]),
        "cases": found + " ".join(one.cases[:SHOWN]) + (" …" if len(one.cases) > SHOWN else ""),
        "earlier": _earlier(state.earlier, language),
        **_texts(values, ("evidence", "response", "responder", "date", "conclusion", "effect_from", "note")),
        **_effect(papers, one, values),
        **_people(state, language),
    }


def _effect(papers: Papers, one: ExceptionPaper | None, values: Mapping[str, Any]) -> dict[str, str]:
    """What the effect that is named comes to."""
    found = effect_stated(papers, one, str(values.get("effect_from", "")))
    return {"points": "", "rank": ""} if found is None else {"points": found.points, "rank": found.ranks_text}


def _earlier(before: Mapping[str, Any], language: str) -> str:
    values = before.get("values", {})
    if not values:
        return ""
    conclusion = values.get("conclusion") or values.get("status") or ""
    word = {**CONCLUSIONS, **STATUSES}.get(conclusion)
    told_ = told(word, language) if word is not None else ""
    return _cut("; ".join(text for text in (told_, values.get("response", ""), values.get("note", "")) if text))


def _people(state: PaperState, language: str) -> dict[str, str]:
    edited = t("edited after review", language) if state.edited and not state.reviewed else ""
    sent_back = t("sent back: {text}", language, text=state.returned) if state.returned else ""
    return {
        "prepared": ", ".join(state.prepared),
        "reviewed": state.reviewed or _cut("; ".join(text for text in (edited, sent_back) if text)),
    }


def _texts(values: Mapping[str, Any], keys: Sequence[str]) -> dict[str, str]:
    return {key: _cut(str(values.get(key, ""))) for key in keys}


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _samples(papers: Papers, language: str) -> PaperSheet:
    columns = (
        PaperColumn("sample", t("Sample", language), 18),
        PaperColumn("question", t("Question", language), 36),
        PaperColumn("case", t("Case", language), 20),
        PaperColumn("part", t("Part", language), 14),
        PaperColumn("answer", t("Answer", language), 12, True, answers_in(language)),
        PaperColumn("share", t("Wrong share", language), 12, True),
        PaperColumn("ref", t("Paper", language), 30, True),
        PaperColumn("prepared", t("Prepared by", language), 12),
        PaperColumn("reviewed", t("Reviewed by", language), 12),
    )
    ids, rows = [], []
    for name in sorted(papers.samples):
        state = papers.of("sample", name)
        given = state.values.get("answers", {})
        for one in papers.samples[name].cases:
            ids.append(f"{name}/{one.case}")
            rows.append({
                "sample": name, "question": papers.samples[name].plan.question(language), "case": one.case,
                "part": one.part, **_texts(given.get(one.case, {}), ("answer", "share", "ref")),
                **_people(state, language),
            })  # fmt: skip
    return PaperSheet("sample", t("Samples", language), columns, tuple(ids), tuple(rows))


def _findings(papers: Papers, language: str) -> PaperSheet:
    columns = (
        PaperColumn("id", t("Finding", language), 10),
        PaperColumn("rests_on", t("Rests on (ids, samples)", language), 24, True),
        PaperColumn("clause", t("Criteria: clause", language), 14, True),
        PaperColumn("quote", t("Criteria: its words", language), 36),
        PaperColumn("condition", t("Condition", language), 40, True),
        PaperColumn("cause", t("Cause", language), 30, True),
        PaperColumn("effect", t("Effect in words", language), 30, True),
        PaperColumn("effect_from", t("Effect from (restate or hash, unit)", language), 20, True),
        PaperColumn("points", t("Effect in points", language), 10),
        PaperColumn("rank", t("Rank before and after", language), 10),
        PaperColumn("recommendation", t("Recommendation", language), 36, True),
        PaperColumn("response", t("Answer of the unit", language), 36, True),
        PaperColumn("responder", t("Answered by (office)", language), 14, True),
        PaperColumn("date", t("Day", language), 12, True),
        PaperColumn("note", t("Comment of the auditor", language), 30, True),
        PaperColumn("status", t("Status", language), 10, True, _choices(STATUSES, language)),
        PaperColumn("earlier", t("Earlier answer", language), 24),
        PaperColumn("prepared", t("Prepared by", language), 12),
        PaperColumn("reviewed", t("Reviewed by", language), 12),
    )
    keys = [one.key for one in columns if one.open]
    rows = []
    for id_ in papers.finding_places:
        state = papers.of("finding", id_)
        values = dict(state.values)
        if values.get("status"):
            values["status"] = told(STATUSES[values["status"]], language)
        quote = papers.engagement.clauses.get(str(values.get("clause", "")), "")
        rows.append({
            "id": id_, **_texts(values, keys), "quote": _cut(quote), "earlier": _earlier(state.earlier, language),
            **_effect(papers, None, values), **_people(state, language),
        })  # fmt: skip
    return PaperSheet("finding", t("Audit findings", language), columns, tuple(papers.finding_places), tuple(rows))


def _cases(papers: Papers, language: str) -> PaperSheet:
    columns = (PaperColumn("id", "id", 14), PaperColumn("case", t("Case", language), 24))
    pairs = [(one.id, case) for one in papers.exceptions for case in one.cases][:MOST_CASES]
    rows = tuple({"id": id_, "case": case} for id_, case in pairs)
    return PaperSheet("case", t("Cases", language), columns, tuple(id_ for id_, _ in pairs), rows)
