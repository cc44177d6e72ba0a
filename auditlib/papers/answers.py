"""What may be answered: a row of a workbook as values, or its faults by column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from auditlib.ledger.privacy.find import NO_PERSONAL_DATA, find_personal
from auditlib.papers.effects import EffectFault, effect_of
from auditlib.papers.folder import Papers
from auditlib.papers.sheets import CONCLUSIONS, STATUSES, choice
from auditlib.sampling.form import AnswerFault, answer_share

__all__ = ["EVIDENCE", "PaperFault", "paper_values"]

EVIDENCE = re.compile("[0-9a-f]{12,64}")
"""How a file of the folder of evidence is named: by the first digits of its hash."""
NEEDED = ("rests_on", "clause", "condition", "cause", "effect", "recommendation", "response")
"""What a final finding has to say of itself."""
CLOSED = ("explained", "error")

PaperFault = tuple[str, str]
"""A column, and what is wrong with it."""
Values = dict[str, Any]


def paper_values(papers: Papers, kind: str, id_: str, given: Mapping[str, str]) -> tuple[Values, list[PaperFault]]:
    """The values of a row of answers, and its faults: with any of these the values are not to be used."""
    faults = [(key, f"found {what}, expected {NO_PERSONAL_DATA}") for key, what in _personal(given)]
    check = CHECKS[kind]
    values: Values = {key: text for key, text in given.items() if text}
    faults += check(papers, id_, values)
    return values, faults


def _personal(given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for key, text in given.items():
        if key in ("date", "effect_from", "share", "clause", "rests_on") or EVIDENCE.fullmatch(text):
            continue
        for span in find_personal(text, persons=key == "responder"):
            yield key, f"personal data ({span.kind})"
            break


def _exception(papers: Papers, id_: str, values: Values) -> Iterator[PaperFault]:
    if not values:
        return
    yield from _shape(values)
    word = values.get("conclusion", "")
    conclusion = choice(CONCLUSIONS, word) if word else "open"
    if conclusion is None:
        yield "conclusion", f"found {word}, expected one of {', '.join(map(str, CONCLUSIONS.values()))}"
        return
    values["conclusion"] = conclusion
    if conclusion in CLOSED and not values.get("evidence"):
        yield "evidence", f"found none beside the conclusion {CONCLUSIONS[conclusion]}, expected what it rests on"
    if values.get("response") and not (values.get("responder") and values.get("date")):
        key = "responder" if not values.get("responder") else "date"
        yield key, "found nothing beside an answer, expected which office gave it, and when"
    known = papers.evidence
    for ref in _parts(values.get("evidence", "")):
        if EVIDENCE.fullmatch(ref) and not any(name.startswith(ref) for name in known):
            yield "evidence", f"found {ref}, expected the hash of a file that `auditlib papers add --evidence` took in"
    unit = next((one.unit for one in papers.exceptions if one.id == id_), "")
    yield from _effect(papers, values, unit)


def _effect(papers: Papers, values: Values, unit: str) -> Iterator[PaperFault]:
    """Whether the effect that is named is there, and of one unit; an exception's own is meant where it names none."""
    if not (text := values.get("effect_from")):
        return
    try:
        found = effect_of(papers, text, unit)
    except EffectFault as fault:
        yield "effect_from", str(fault)
        return
    values["effect_from"] = f"{text.split(maxsplit=1)[0]} {found.unit}"


def _finding(papers: Papers, id_: str, values: Values) -> Iterator[PaperFault]:
    if not values:
        return
    yield from _shape(values)
    word = values.get("status", "")
    status = choice(STATUSES, word) if word else "draft"
    if status is None:
        yield "status", f"found {word}, expected one of {', '.join(map(str, STATUSES.values()))}"
        return
    values["status"] = status
    known = {*(one.id for one in papers.exceptions), *papers.samples}
    for ref in _parts(values.get("rests_on", "")):
        if ref not in known:
            yield "rests_on", f"found {ref}, expected ids of exceptions and names of samples of these papers"
    yield from _effect(papers, values, "")
    clauses = papers.engagement.clauses
    if clauses and (clause := values.get("clause")) and clause not in clauses:
        yield "clause", f"found {clause}, expected a clause of {papers.engagement.scheme}"
    if status == "final":
        for key in NEEDED:
            if not values.get(key):
                yield key, "found nothing in a final finding, expected text; what is not known is said to be so"


def _sample(papers: Papers, id_: str, values: Values) -> Iterator[PaperFault]:
    name = id_.partition("/")[0]
    if not values:
        yield "answer", "found no answer where one stood, expected another one in its place"
        return
    try:
        answer_share(papers.samples[name], values.get("answer", ""), values.get("share", ""))
    except AnswerFault as fault:
        yield fault.column, str(fault)


def _shape(values: Values) -> Iterator[PaperFault]:
    """Days, brought into one form."""
    if text := values.get("date"):
        try:
            parts = [int(part) for part in re.split("[-/]", str(text).removesuffix(" 00:00:00"))]
            values["date"] = date(*parts).isoformat()
        except (ValueError, TypeError):
            yield "date", f"found {text}, expected a day such as 2026-02-10"


def _parts(text: str) -> list[str]:
    return [part for part in re.split("[,，;；、\\s]+", text) if part]


CHECKS: Mapping[str, Callable[[Papers, str, Values], Iterator[PaperFault]]] = {
    "exception": _exception, "finding": _finding, "sample": _sample,
}  # fmt: skip
