"""The folder of working papers: what it is tied to, read with every hash held against what stands there, and added to.

``engagement.json`` names the snapshot, the scheme, the settings, the auditors and the hash of ``probe.json`` and
``exceptions.json``; ``log.jsonl`` holds what was answered, ``samples`` the samples that were drawn, ``evidence`` files
that are called by their hash, ``effects`` results that were compared, and ``restate.json`` what became of an
earlier snapshot.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from filelock import FileLock
from pydantic import ValidationError

from auditlib.core.errors import AuditError, InputError
from auditlib.core.files import write_together
from auditlib.core.guards import json_of, text_of
from auditlib.core.hashes import digest, file_sha256
from auditlib.core.values import Strict
from auditlib.papers.exceptions import ExceptionPaper
from auditlib.papers.log import LogLine, LogStep, PaperState, chained, held, log_text, read_log
from auditlib.sampling.sample import Sample, read_sample

__all__ = [
    "ENGAGEMENT", "EXCEPTIONS", "LOG", "PROBE", "RESTATEMENT", "Engagement", "Papers", "json_bytes", "locked",
    "read_papers",
]  # fmt: skip

SCHEMA = "auditlib-papers/1"
ENGAGEMENT, PROBE, EXCEPTIONS, LOG = "engagement.json", "probe.json", "exceptions.json", "log.jsonl"
RESTATEMENT = "restate.json"
NEW_FINDINGS = 5
"""So many findings more than there are have a number that is waiting for them."""


class Engagement(Strict):
    """What working papers are tied to: ``engagement.json``."""

    schema_: str = SCHEMA
    ledger: str
    """The name of its folder, for people; the ``snapshot`` is what counts."""
    snapshot: str
    since: str | None = None
    """The earlier snapshot whose differences are among the exceptions."""
    restatement: str | None = None
    """The hash of ``restate.json``, which says what became of that snapshot and, with a scheme, in whose favour."""
    scheme: str | None = None
    period: str | None = None
    settings: dict[str, Any]
    auditors: tuple[str, ...]
    commitments: tuple[str, ...] = ()
    """Seals of sample plans that the ledger's keeper was handed before."""
    clauses: dict[str, str] = {}
    """The scheme's clauses, as findings quote them."""
    probe: str
    exceptions: str
    before: dict[str, str] | None = None
    """Of papers that were carried over: the earlier snapshot, and the hash of the last line of its log."""


@dataclass(frozen=True)
class Papers:
    """Working papers as they stand."""

    folder: Path
    engagement: Engagement
    exceptions: tuple[ExceptionPaper, ...]
    lines: tuple[LogLine, ...]
    samples: Mapping[str, Sample] = field(default_factory=dict)
    restatement: Mapping[str, Any] | None = field(default=None, repr=False)
    effects: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    """By SHA-256 what two results differ by."""

    @property
    def hash(self) -> str:
        """SHA-256 of the engagement: what every workbook of these papers bears."""
        return digest(self.engagement)

    @property
    def head(self) -> str:
        """The hash of the last line of the log; empty where there is none."""
        return self.lines[-1].hash if self.lines else ""

    @cached_property
    def state(self) -> dict[tuple[str, str], PaperState]:
        return held(self.lines)

    def of(self, kind: str, id_: str) -> PaperState:
        return self.state.get((kind, id_), PaperState())

    @property
    def findings(self) -> list[str]:
        """The numbers of the findings that are written."""
        return sorted(id_ for kind, id_ in self.state if kind == "finding")

    @property
    def finding_places(self) -> list[str]:
        """The numbers of findings, and of some that are still to be written."""
        return [f"F-{n:02d}" for n in range(1, len(self.findings) + NEW_FINDINGS + 1)]

    @cached_property
    def evidence(self) -> dict[str, Mapping[str, Any]]:
        """By SHA-256 what is known of each file of evidence."""
        return {line.step.id: line.step.values for line in self.lines if line.step.kind == "evidence"}

    def at(self, head: str) -> Papers:
        """The papers as they stood when ``head`` was the last line. Raises :class:`AuditError` where it never was."""
        hashes = ["", *(line.hash for line in self.lines)]
        if head not in hashes:
            raise AuditError(f"found the state {head[:12]}, which these papers never had")
        lines = self.lines[: hashes.index(head)]
        drawn = {line.step.id for line in lines if line.step.kind == "sample"}
        samples = {name: one for name, one in self.samples.items() if name in drawn}
        compared = {line.step.id for line in lines if line.step.kind == "effect"}
        effects = {name: one for name, one in self.effects.items() if name in compared}
        return replace(self, lines=lines, samples=samples, effects=effects)

    def add(self, steps: Iterable[LogStep], files: Mapping[Path, bytes] | None = None) -> Papers:
        """The papers with further steps, on the disk; these and the ``files`` beside them appear together or not."""
        lines = tuple(chained(self.lines, steps))
        write_together({**(files or {}), self.folder / LOG: log_text(lines).encode()})
        return replace(self, lines=lines)


def json_bytes(value: Any) -> bytes:
    """A value as a file of JSON."""
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


@contextmanager
def locked(folder: Path) -> Iterator[Papers]:
    """The papers of a folder, which nobody else adds to meanwhile. Raises as :func:`read_papers` does."""
    if not (folder / ENGAGEMENT).is_file():
        read_papers(folder)
    with FileLock(folder / f".{LOG}.lock"):
        yield read_papers(folder)


def read_papers(folder: Path) -> Papers:
    """The papers of a folder. Raises :class:`InputError` for another folder, and for one in which a hash is wrong."""
    file = folder / ENGAGEMENT
    if not file.is_file():
        raise InputError.at(folder, ENGAGEMENT, "no such file, expected a folder that `auditlib papers new` made")
    try:
        engagement = Engagement.model_validate(json_of(file))
    except ValidationError as error:
        raise InputError.at(file, "", f"found {error.errors()[0]['msg']}, expected {SCHEMA}") from None
    if engagement.schema_ != SCHEMA:
        raise InputError.at(file, "schema", f"found {engagement.schema_}, expected {SCHEMA}")
    made = {PROBE: engagement.probe, EXCEPTIONS: engagement.exceptions, RESTATEMENT: engagement.restatement}
    for name, expected in made.items():
        if expected is not None:
            _same(folder / name, expected)
    restatement = json_of(folder / RESTATEMENT) if engagement.restatement is not None else None
    exceptions = tuple(ExceptionPaper.of(one) for one in json_of(folder / EXCEPTIONS))
    lines = read_log(text_of(folder / LOG), folder / LOG) if (folder / LOG).is_file() else []
    samples, effects = {}, {}
    for line in lines:
        if line.step.kind == "sample":
            kept = folder / "samples" / f"{line.step.id}.json"
            _same(kept, line.step.values["sha256"])
            samples[line.step.id] = read_sample(kept)
        elif line.step.kind == "evidence":
            _same(folder / "evidence" / line.step.id, line.step.id)
        elif line.step.kind == "effect":
            _same(folder / "effects" / line.step.id, line.step.id)
            effects[line.step.id] = json_of(folder / "effects" / line.step.id)
    return Papers(folder, engagement, exceptions, tuple(lines), samples, restatement, effects)


def _same(file: Path, expected: str) -> None:
    if not file.is_file():
        raise InputError.at(file, "", "no such file, expected the one that the papers name")
    if (found := file_sha256(file)) != expected:
        said = f"found {found[:12]}, expected {expected[:12]}; the file was changed after it was taken in"
        raise InputError.at(file, "sha256", said)
