"""A finding: what the rules of a scheme prove to be wrong with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, Literal

from auditlib.core.errors import Problem
from auditlib.core.message import Message, Sayable, told
from auditlib.core.yaml_file import Tree, dotted

__all__ = [
    "IN_USE", "KINDS", "Finding", "Severity", "Under", "finding", "in_turn", "listed", "placed", "problem_row",
]  # fmt: skip

Severity = Literal["error", "warning", "note"]

KINDS: dict[str, tuple[Severity, str]] = {
    "unreachable": ("error", "a condition that no possible value meets"),
    "always": ("error", "a condition that every possible value meets"),
    "full-marks-unreachable": ("error", "no possible value earns the full marks"),
    "no-effect": ("warning", "a rule that changes no result"),
    "cap-never-binds": ("warning", "a cap above everything that can be earned"),
    "floor-never-binds": ("warning", "a floor below everything that can be lost"),
    "overruns-maximum": ("warning", "a single event costs or earns more than the indicator has"),
    "exceeds-maximum": ("warning", "the best marks of the parts add up to more than the whole states"),
    "maxima": ("error", "full marks that do not add up to what the whole states"),
    "no-maximum": ("warning", "an indicator without full marks in a dimension that states some"),
    "start-outside": ("error", "an indicator that starts outside its own floor and cap"),
    "weights": ("error", "weights that do not add up to one"),
    "band-hole": ("error", "bands with values between them that no band has"),
    "band-overlap": ("error", "bands that share a whole number"),
    "band-by-rounding": ("warning", "bands of whole numbers over a quantity that is rounded only by a reading"),
    "bound-twice": ("warning", "a bound that says both to include and to exclude its number"),
    "rate-in-counts": ("warning", "a rate that is compared with a count"),
    "not-one-scale": ("warning", "variants of one document that do not have one scale"),
    "outcome-unreachable": ("error", "an outcome whose condition no possible total or quantity meets"),
    "outcome-always": ("error", "an outcome whose condition every possible total or quantity meets"),
    "can-coincide": ("warning", "two outcomes that contradict each other and can both fall to one unit"),
    "worse-escapes": ("warning", "an outcome for the last that a still lower total escapes"),
    "middle-passes": ("warning", "a line for a low total that the middle grade from everybody passes"),
    "exceeds-whole": ("warning", "shares of one whole that several events make more than the whole"),
    "group-cap-never-binds": ("warning", "a cap over a group of nodes above everything that they can come to"),
    "children-exceed-max": ("warning", "nodes that can come to more than the node above them states"),
    "someone-always-fails": ("note", "a comparison with peers that always falls to somebody, whatever all do"),
    "peers-of-one": ("note", "a spread over peers that one unit alone does not have"),
    "all-or-nothing": ("note", "a target that a small number of cases meets only in full"),
    "announced": ("error", "a clause that announces another number of parts than there are"),
    "place-left-out": ("warning", "a table of places in whose words one place has no entry"),
    "two-names": ("warning", "one thing under two names"),
    "unit-by-reading": ("warning", "a quantity whose unit of measure only a reading gives"),
    "outcome-by-reading": ("warning", "an event from which only a reading says what follows"),
    "unseen": ("warning", "rows that a condition never sees, because a column is empty"),
    "limits-contradict": ("error", "duties that ask for one act of one row within different limits, or for two acts"),
    "harder-sooner": ("warning", "the limit for the harder matter ends before that for the easier one"),
    "urgent-later": ("warning", "the limit for the urgent matter ends after that for the ordinary one"),
    "parts-exceed-whole": ("warning", "limits inside another one that add up to all of it, or more"),
    "extension-exceeds-base": ("note", "an extension that can be longer than the limit that it extends"),
    "extension-open": ("warning", "an extension without an end, or that nobody need approve"),
    "above-higher-rule": ("warning", "a limit beyond what the cited higher rule allows"),
    "due-at-trigger": ("error", "a limit that ends when, or before, its reason can be known"),
    "clock-unbounded": ("warning", "an act after another, of which one may come at any time: the whole has no end"),
    "two-owe": ("warning", "one act of one row that two owe"),
    "nobody-owes": ("error", "a duty of somebody whom the source leaves blank, or of several together"),
    "circle": ("warning", "acts that lead back to one another without end"),
    "own-cause": ("warning", "a decision by the one whose act it is about"),
    "silence-blocks": ("error", "a step that needs the other side's act, whose silence has no consequence"),
    "route-overlap": ("error", "a decision table of which two rows fit one case"),
    "route-hole": ("error", "a decision table of which no row fits a case"),
    "undefined-class": ("warning", "a class that the classification of the source does not have"),
    "scope-without-rule": ("warning", "a matter that the source brings into scope and says no rule for"),
    "no-consequence": ("note", "duties from whose breach nothing follows"),
    "vague": ("note", "words that set a limit without a number"),
    "outside-limit": ("note", "a limit that another document, or somebody case by case, sets"),
    "no-end": ("warning", "an end that is in nobody's hands"),
    "speed-without-quality": ("note", "limits that are counted beside a result that is not"),
    "gap": ("note", "what the source does not give"),
    "unused": ("warning", "what is declared and changes nothing"),
    "uncited": ("warning", "a clause that no rule cites"),
    "reading-without-effect": ("warning", "a reading all of whose options give the same rules"),
    "out-of-date": ("warning", "a version that was not compared with its source since"),
    "stale-finding": ("error", "a finding that the file lists and that no longer occurs"),
}
"""Every kind of finding, with how grave it is and what it means."""

Answers = tuple[tuple[str, tuple[str, ...]], ...]
"""Readings, each with the options that are meant, any of them."""


@dataclass(frozen=True)
class Under:
    """The readings under which something holds: any of ``ways``, or all of them where there are none.

    ``in_use`` says that the readings which a way does not name are those in use.
    """

    ways: tuple[Answers, ...] = ()
    in_use: bool = False

    def __bool__(self) -> bool:
        return bool(self.ways)

    def __str__(self) -> str:
        return " or ".join(map(self._way, self.ways))

    def _way(self, answers: Answers) -> str:
        said = " and ".join(f"{name} = {' | '.join(options)}" for name, options in answers)
        return " with ".join(filter(None, ("the readings in use" if self.in_use else "", said)))


IN_USE = Under(((),), in_use=True)


@dataclass(frozen=True)
class Finding:
    """One finding: ``at`` names what it concerns (``indicator.rule``, an indicator, a clause), ``message`` says what
    is wrong with it, ``proof`` proves it, ``holds`` says under which readings.
    """

    kind: str
    at: str
    file: str
    line: int | None
    path: str
    clause: str | None
    message: Sayable
    proof: Sayable
    holds: Under = Under()
    known: bool = False
    column: int | None = None

    @property
    def severity(self) -> Severity:
        return KINDS[self.kind][0]

    @property
    def said(self) -> str:
        """What is wrong and with what, in English."""
        return f"{self.at}: {told(self.message, 'en')}"

    @property
    def readings(self) -> str:
        """The readings under which it holds, in English; empty where it holds under all of them."""
        return str(self.holds)

    def under(self, readings: Under) -> Finding:
        """The finding, with the readings under which it holds."""
        return replace(self, holds=readings)

    def problem(self) -> Problem:
        """As one line: place, clause, severity, kind, what is wrong, and the proof."""
        under = f", under {self.readings}" if self.readings else ""
        proof = f" ({told(self.proof, 'en')})" if self.proof else ""
        said = f"{self.severity}: {self.kind}: {self.said}{under}{proof}"
        return Problem(self.file, self.line, self.path, said, self.clause, self.column)


def finding(
    tree: Tree, path: tuple[str | int, ...], kind: str, at: str, clause: str | None, message: Sayable,
    proof: Sayable = "",
) -> Finding:  # fmt: skip
    """A finding at ``path`` of ``tree``."""
    file, line, column = tree.place(path)
    return Finding(kind, at, file, line, dotted(path), clause, message, proof, column=column)


def listed(parts: Iterable[Sayable]) -> Sayable:
    """Parts of one sentence, with commas between them."""
    return reduce(lambda one, other: Message("{one}, {other}", one=one, other=other), parts)


def in_turn(parts: Iterable[Sayable]) -> Sayable:
    """Sentences one after another."""
    return reduce(lambda one, other: Message("{one}; {other}", one=one, other=other), parts)


def placed(of: Problem | Finding) -> dict[str, Any]:
    """Where a fault or finding stands, as plain values."""
    return {"file": of.file, "line": of.line, "column": of.column, "path": of.path, "clause": of.clause}


def problem_row(fault: Problem, kind: str) -> dict[str, Any]:
    """A fault as plain values, with the keys of a finding."""
    what = {"kind": kind, "at": fault.path, "severity": "error", "message": fault.message}
    return placed(fault) | what | {"readings": "", "proof": "", "known": False}
