"""What a paper has to tell of a panel by ACCORD and CREDES: what is said, by whom, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from auditlib.core.numerals import plain
from auditlib.delphi.reporting import CHECKLIST, ChecklistItem
from auditlib.report.panel_findings import consensus_sentence, weights_sentence
from auditlib.report.panel_page import PanelPage
from auditlib.report.paper_table import PaperTable, percent
from auditlib.report.section import Section, joined_sections

__all__ = ["checklist", "section", "what_is_given"]


def section(page: PanelPage) -> Section:
    """The checklist with what is given and what is not, and how many of its items are open."""
    rows = [what_is_given(page, asked) for asked in CHECKLIST]
    missing = [asked for asked, (state, _) in zip(CHECKLIST, rows, strict=True) if state == "missing"]
    keys = ", ".join(asked.key or "rounds" for asked in missing)
    said = page.t(
        "Of the {of} things that ACCORD (2024) and CREDES (2017) ask of a report, {given} are given here, {part} in "
        "part; {missing} are missing{keys}.",
        of=len(CHECKLIST) - sum(state == "paper" for state, _ in rows),
        given=sum(state in ("given", "computed") for state, _ in rows),
        part=sum(state == "part" for state, _ in rows), missing=len(missing),
        keys=page.t(" (keys of reporting in panel.yaml: {keys})", keys=keys) if missing else "",
    )  # fmt: skip
    return joined_sections(page.plain("reporting", checklist(page), said))


def checklist(page: PanelPage) -> PaperTable:
    """Every item of both checklists: where it comes from, whether it is given, and what is said."""
    rows = []
    for asked in CHECKLIST:
        state, said = what_is_given(page, asked)
        rows.append(
            [asked.title(page.language), asked.accord or None, asked.credes or None, page.heading(f"g_{state}"), said]
        )
    return page.table(("asked", "accord", "credes", "state", "said"), rows, texts=5)


def what_is_given(page: PanelPage, asked: ChecklistItem) -> tuple[str, str | None]:
    """``given`` in panel.yaml, ``computed`` from the files, ``part``, ``missing``, for the ``paper``; and the words."""
    if not asked.key and not asked.computed:
        return "paper", None
    written = getattr(page.declared.reporting, asked.key) if asked.key else None
    own = None if written is None else written(page.language)
    found, whole = _computed(page, asked.computed) if asked.computed else (None, True)
    said = page.joined(filter(None, (own, found))) or None
    if said is None:
        return "missing", None
    if asked.key and asked.computed:
        return ("given" if own and found else "part"), said
    return ("given" if own else "computed" if whole else "part"), said


def _computed(page: PanelPage, what: str) -> tuple[str | None, bool]:
    """What the panel's files tell of one thing, and whether that is all that is asked; None where they tell nothing."""
    return {
        "method": _method, "presentation": _presentation, "objectives": _objectives, "consensus": _consensus,
        "asked_again": _asked_again, "stuck": _stuck, "processing": _processing, "dates": _dates,
        "participation": _participation, "results": _results, "changes": _changes,
    }[what](page)  # fmt: skip


def _method(page: PanelPage) -> tuple[str | None, bool]:
    method = page.heading(f"w_{page.declared.weights.method}")
    rounds = len(page.analysis.rounds)
    said = page.t("Delphi panel, {rounds} {rounds:round|rounds}; weights by: {method}.", rounds=rounds, method=method)
    return said, True


def _presentation(page: PanelPage) -> tuple[str | None, bool]:
    declared, scale = page.declared, page.declared.scale
    answers = {"ranking": page.t("ranks inside each group"), "allocation": page.t("points shared out in each group")}
    low, high = plain(scale.min), plain(scale.max)
    on = answers.get(scale.kind) or page.t("marks from {low} to {high}", low=low, high=high)
    if declared.question is None:
        return page.t("Answers: {scale}; remarks on each item and on the whole.", scale=on), False
    question = declared.question(page.language)
    said = page.t("“{question}” Answers: {scale}; remarks on each item and on the whole.", question=question, scale=on)
    return said, True


def _objectives(page: PanelPage) -> tuple[str | None, bool]:
    said = []
    for one in page.analysis.rounds:
        note = page.declared.rounds.get(one.round.number)
        if note is not None and note.objective is not None:
            what = note.objective(page.language).rstrip("。.")
            said.append(page.t("Round {round}: {what}.", round=one.round.number, what=what))
    return page.joined(said) or None, len(said) == len(page.analysis.rounds)


def _consensus(page: PanelPage) -> tuple[str | None, bool]:
    if not page.consensus_limits:
        return None, False
    return page.t("{limits}{declared}.", limits=page.consensus_limits, declared=page.declared_on), True


def _asked_again(page: PanelPage) -> tuple[str | None, bool]:
    said = list(_between_rounds(page))
    if not page.consensus_limits:
        return None, False
    return page.joined(said) or page.t("There is one round so far."), True


def _stuck(page: PanelPage) -> tuple[str | None, bool]:
    """Which items are without consensus after the round; nothing where none was agreed on."""
    if not page.consensus_limits:
        return None, False
    verdicts = {name: page.reached(found) for name, found in page.one.items.items() if found.consensus is not None}
    missed = [name for name, reached in verdicts.items() if not reached]
    names = page.t(" ({names})", names=page.names(missed)) if missed else ""
    said = page.t(
        "Items without consensus after this round: {count} of {of}{names}.",
        count=len(missed), of=len(verdicts), names=names,
    )  # fmt: skip
    return said, True


def _between_rounds(page: PanelPage) -> Iterator[str]:
    rounds = page.analysis.rounds
    for before, after in pairwise(rounds):
        reached = [n for n, found in before.items.items() if found.verdict is not None and found.verdict.reached]
        yield page.t(
            "Of {count} {count:item|items} with consensus in round {before}, {again} {again:was|were} asked again in "
            "round {after}.",
            count=len(reached), before=before.round.number, again=sum(name in after.items for name in reached),
            after=after.round.number,
        )  # fmt: skip


def _processing(page: PanelPage) -> tuple[str | None, bool]:
    remarks = [remark for one in page.analysis.rounds for remark in one.round.remarks]
    replies = sum(len(one.round.replies) for one in page.analysis.rounds)
    said = page.t("{options}.", options=page.options)
    told = page.t("{count} {count:remark|remarks}, {replies} of them answered.", count=len(remarks), replies=replies)
    told = told if remarks else ""
    return page.joined((said, told)), True


def _dates(page: PanelPage) -> tuple[str | None, bool]:
    said, whole = [], True
    for one in page.analysis.rounds:
        note = page.declared.rounds.get(one.round.number)
        opened, closed = (None, None) if note is None else (note.opened, note.closed)
        whole = whole and opened is not None and closed is not None
        if opened is not None or closed is not None:
            said.append(
                page.t(
                    "Round {round}: {opened} to {closed}.",
                    round=one.round.number,
                    opened=opened or page.t("not stated"),
                    closed=closed or page.t("not stated"),
                )
            )
    return page.joined(said) or None, whole


def _participation(page: PanelPage) -> tuple[str | None, bool]:
    said = [
        page.t(
            "Round {round}: {returned} of {sent} forms ({share} %).",
            round=one.round.number,
            returned=one.round.returned,
            sent=one.round.sent,
            share=percent(one.positive_coefficient),
        )
        for one in page.analysis.rounds
    ]
    return page.joined(said), bool(page.declared.reporting.characteristics)


def _results(page: PanelPage) -> tuple[str | None, bool]:
    return page.joined((consensus_sentence(page), weights_sentence(page))) or None, True


def _changes(page: PanelPage) -> tuple[str | None, bool]:
    changes = page.analysis.changes
    if not changes:
        return page.t("Up to this round no item came, went, or was reworded."), True
    untold = sum(change.reason is None for change in changes)
    said = page.t("{count} {count:change|changes}, {untold} without a reason.", count=len(changes), untold=untold)
    return said, not untold
