"""The log of working papers: every answer, review and paper that came in, a line each, chained by hash.

What the papers say is what the log adds up to. No line can be taken out or changed without all later ones being
changed, so that an answer edited after its review shows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from auditlib.core.errors import InputError

__all__ = ["KINDS", "START", "LogLine", "LogStep", "PaperState", "chained", "held", "log_text", "read_log"]

START = "0" * 64
KINDS = (
    "answer", "finding", "sample", "sample_answer", "evidence", "effect", "review", "return", "carried", "reopened",
    "gone",
)  # fmt: skip


@dataclass(frozen=True)
class LogStep:
    """What is to be logged: a kind of :data:`KINDS`, the id that it is about, by whom, and its values."""

    kind: str
    id: str
    by: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class LogLine:
    """A step as it stands in the log, with the hash of the line before it and its own."""

    step: LogStep
    previous: str
    hash: str
    text: str


@dataclass(frozen=True)
class PaperState:
    """What is held of an exception, a finding or a sample: its values, who prepared them and who reviewed them.

    ``edited`` says that it was changed after its review; ``earlier`` is what an earlier snapshot's papers said;
    ``returned`` what a reviewer asked for.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    prepared: tuple[str, ...] = ()
    reviewed: str = ""
    edited: bool = False
    returned: str = ""
    earlier: Mapping[str, Any] = field(default_factory=dict)
    carried: str = ""


def chained(lines: Sequence[LogLine], steps: Iterable[LogStep]) -> list[LogLine]:
    """The lines with further steps behind them."""
    found = list(lines)
    for step in steps:
        previous = found[-1].hash if found else START
        plain = {"kind": step.kind, "id": step.id, "by": step.by, "values": step.values, "previous": previous}
        text = json.dumps(plain, ensure_ascii=False, sort_keys=True)
        found.append(LogLine(step, previous, hashlib.sha256(text.encode()).hexdigest(), text))
    return found


def log_text(lines: Iterable[LogLine]) -> str:
    """The lines as a file."""
    return "".join(f"{line.text}\n" for line in lines)


def read_log(text: str, file: object) -> list[LogLine]:
    """The lines of a log. Raises :class:`InputError` with the first line at which the chain does not hold."""
    found: list[LogLine] = []
    for number, one in enumerate((line for line in text.split("\n") if line), 1):
        try:
            plain = json.loads(one)
            step = LogStep(plain["kind"], plain["id"], plain["by"], plain["values"])
            known = step.kind in KINDS and isinstance(step.values, dict) and isinstance(step.id, str)
        except (ValueError, KeyError, TypeError, RecursionError):
            known = False
        if not known:
            raise InputError.at(file, "", "found a line that is none of working papers", line=number)
        line = chained(found, [step])[-1]
        if line.text != one:
            said = "found a line that does not follow from the one before it; one of them was changed, added or removed"
            raise InputError.at(file, "", said, line=number)
        found.append(line)
    return found


def held(lines: Iterable[LogLine]) -> dict[tuple[str, str], PaperState]:
    """By kind (``exception``, ``finding``, ``sample``, ``gone``) and id what the log adds up to."""
    found: dict[tuple[str, str], PaperState] = {}
    for line in lines:
        step = line.step
        if step.kind in ("review", "return"):
            key = (str(step.values["of"]), step.id)
            before = found.get(key, PaperState())
            if step.kind == "review":
                found[key] = replace(before, reviewed=step.by, edited=False, returned="")
            else:
                found[key] = replace(before, reviewed="", returned=str(step.values["text"]))
        elif step.kind in ("carried", "reopened", "gone"):
            found["gone" if step.kind == "gone" else str(step.values["of"]), step.id] = _carried(step)
        elif step.kind in PLACES:
            key = (PLACES[step.kind], step.id)
            found[key] = _written(found.get(key, PaperState()), step)
    return found


PLACES = {"answer": "exception", "finding": "finding", "sample": "sample", "sample_answer": "sample"}


def _written(before: PaperState, step: LogStep) -> PaperState:
    if step.kind == "sample":
        return PaperState({"sha256": step.values["sha256"], "answers": {}}, (step.by,))
    values = dict(step.values)
    if step.kind == "sample_answer":
        values = {**before.values, "answers": {**before.values.get("answers", {}), **step.values}}
    by = tuple(sorted({*before.prepared, step.by}))
    return replace(
        before, values=values, prepared=by, reviewed="", returned="", edited=before.edited or bool(before.reviewed)
    )


def _carried(step: LogStep) -> PaperState:
    before = step.values["held"]
    if step.kind != "carried":
        return PaperState(earlier=before)
    return PaperState(
        before["values"], tuple(before["prepared"]), before["reviewed"], before["edited"], before["returned"],
        carried=str(step.values["snapshot"]),
    )  # fmt: skip
