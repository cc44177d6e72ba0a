"""Whether working papers are what they say: hashes, the chain, who reviewed whom, the seal, and the ledger itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from auditlib.core.errors import InputError
from auditlib.core.period import parse_period
from auditlib.ledger.read import Ledger
from auditlib.papers.folder import EXCEPTIONS, RESTATEMENT, Papers, read_papers
from auditlib.papers.log import LogLine
from auditlib.papers.open_papers import found_in
from auditlib.papers.review import MANIFEST, NAMESPACE, manifest_of
from auditlib.probe.settings import Settings
from auditlib.runs.evidence.signing import signatures_of
from auditlib.scheme.load import Resolved

__all__ = ["PapersVerified", "verify_papers"]


@dataclass(frozen=True)
class PapersVerified:
    """What does not hold, each with its place; who signed; and whether the seal is on what is there now."""

    faults: tuple[str, ...]
    signers: tuple[str, ...] = ()
    sealed: bool = False


def verify_papers(
    folder: Path, *, ledger: Ledger | None = None, resolved: Resolved | None = None, since: Ledger | None = None,
    allowed: Path | None = None,
) -> PapersVerified:  # fmt: skip
    """The papers held against themselves, and with a ``ledger`` against what it gives rise to, made anew.

    Raises :class:`InputError` where the folder holds no papers, or the scheme or the earlier snapshot is wanting.
    """
    if not (folder / "engagement.json").is_file():
        read_papers(folder)
    try:
        papers = read_papers(folder)
    except InputError as error:
        return PapersVerified(tuple(map(str, error.problems)))
    faults = [*_people(papers), *_strangers(papers)]
    if ledger is not None:
        faults += _remade(papers, ledger, resolved, since)
    sealed = (folder / MANIFEST).is_file()
    if sealed and (folder / MANIFEST).read_bytes() != manifest_of(papers):
        faults.append(f"{MANIFEST}: the papers were changed after they were signed")
    signers = []
    if sealed and allowed is not None:
        for one in signatures_of(folder / MANIFEST, allowed, NAMESPACE):
            if one.valid:
                signers.append(one.signer)
            else:
                faults.append(f"{MANIFEST}.{one.signer}.sig: {one.text}")
        if not signers:
            faults.append(f"{MANIFEST}: found no signature that holds, expected one of an allowed signer")
    return PapersVerified(tuple(faults), tuple(signers), sealed)


def _people(papers: Papers) -> Iterator[str]:
    """Steps of people who are no auditors of these papers, and reviews of what the reviewer prepared."""
    for number, line in enumerate(papers.lines, 1):
        by = line.step.by
        if by not in papers.engagement.auditors:
            yield f"log.jsonl:{number}: {by} is none of the auditors"
        if line.step.kind == "review":
            before = papers.at(_before(papers.lines, number))
            if by in before.of(str(line.step.values["of"]), line.step.id).prepared:
                yield f"log.jsonl:{number}: {by} reviewed {line.step.id}, which they prepared"


def _before(lines: tuple[LogLine, ...], number: int) -> str:
    return lines[number - 2].hash if number > 1 else ""


def _strangers(papers: Papers) -> Iterator[str]:
    """Files among samples, evidence and effects that no line of the log brought in."""
    for name, known in (
        ("samples", {f"{one}.json" for one in papers.samples}), ("evidence", set(papers.evidence)),
        ("effects", set(papers.effects)),
    ):  # fmt: skip
        folder = papers.folder / name
        for file in sorted(folder.iterdir()) if folder.is_dir() else ():
            if file.name not in known:
                yield f"{name}/{file.name}: found a file that the log does not know"


def _remade(papers: Papers, ledger: Ledger, resolved: Resolved | None, since: Ledger | None) -> Iterator[str]:
    known = papers.engagement
    if known.scheme is not None and resolved is None:
        raise InputError.at("--ledger", "", f"expected the scheme {known.scheme}, by which its clocks are read")
    if known.since is not None and since is None:
        raise InputError.at(
            "--since", "", f"expected the snapshot {known.since[:12]}, whose differences are exceptions"
        )
    period = parse_period(known.period, "period") if known.period is not None else None
    made, exceptions, _ = found_in(
        ledger, Settings.model_validate(known.settings), known.auditors, resolved=resolved, period=period, since=since,
        commitments=known.commitments,
    )  # fmt: skip
    if made.snapshot != known.snapshot:
        yield f"snapshot: found {made.snapshot[:12]} of {ledger.path.name}, expected {known.snapshot[:12]}"
    elif [(one.id, one.content) for one in exceptions] != [(one.id, one.content) for one in papers.exceptions]:
        yield f"{EXCEPTIONS}: the ledger gives rise to other exceptions than these"
    elif made.restatement != known.restatement:
        yield f"{RESTATEMENT}: the two snapshots differ in another way than this"
