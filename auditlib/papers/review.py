"""Review and sign-off: nobody reviews what they prepared, and nothing is signed while something is open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from auditlib.core.errors import InputError, Problem
from auditlib.core.files import write_atomically
from auditlib.core.hashes import file_sha256
from auditlib.core.message import Message, Sayable, told
from auditlib.ledger.privacy.find import NO_PERSONAL_DATA, find_personal
from auditlib.papers.folder import ENGAGEMENT, EXCEPTIONS, LOG, PROBE, RESTATEMENT, Papers, json_bytes
from auditlib.papers.log import LogStep, PaperState
from auditlib.papers.read_back import require_auditor
from auditlib.runs.evidence.signing import sign_file, signed_by

__all__ = ["MANIFEST", "NAMESPACE", "manifest_of", "open_points", "review_steps", "sign_papers", "unanswered"]

MANIFEST, NAMESPACE = "manifest.json", "auditlib-papers"
ALL = "all"


def review_steps(papers: Papers, ids: Sequence[str], by: str, returned: str = "") -> list[LogStep]:
    """The steps of a review of these exceptions, findings and samples (``all``: whatever waits for one).

    With ``returned`` they are sent back with that question. Raises :class:`InputError` with every id that cannot be
    reviewed: unknown, not answered yet, or prepared by the reviewer.
    """
    require_auditor(papers, by)
    if returned and (spans := find_personal(returned)):
        raise InputError.at("--return", "", f"found personal data ({spans[0].kind}), expected {NO_PERSONAL_DATA}")
    problems: list[Problem] = []
    steps: list[LogStep] = []
    for id_ in _waiting(papers) if ALL in ids else dict.fromkeys(ids):
        kind = _kind(papers, id_)
        state = papers.of(kind or "", id_)
        said = _not_reviewable(papers, kind, id_, state, by)
        if said:
            problems.append(Problem(id_, None, "", said))
        elif returned:
            steps.append(LogStep("return", id_, by, {"of": kind, "text": returned}))
        else:
            steps.append(LogStep("review", id_, by, {"of": kind}))
    if problems:
        raise InputError(problems)
    return steps


def _kind(papers: Papers, id_: str) -> str | None:
    if id_ in papers.samples:
        return "sample"
    if id_ in papers.findings:
        return "finding"
    return "exception" if any(one.id == id_ for one in papers.exceptions) else None


def _waiting(papers: Papers) -> list[str]:
    return [
        id_ for kind, id_ in papers.state
        if kind in ("exception", "finding", "sample") and not papers.of(kind, id_).reviewed
        and not unanswered(papers, kind, id_)
    ]  # fmt: skip


def _not_reviewable(papers: Papers, kind: str | None, id_: str, state: PaperState, by: str) -> str:
    if kind is None:
        return "found nothing of this name, expected the id of an exception, a finding or a sample"
    if by in state.prepared:
        return f"found {by} among those who prepared it, expected a reviewer who did not"
    if why := unanswered(papers, kind, id_):
        return f"found {told(why, 'en')}, expected what can be reviewed"
    return ""


def unanswered(papers: Papers, kind: str, id_: str) -> Message | None:
    """Why an exception, a finding or a sample is not ready for review; None where it is."""
    values = papers.of(kind, id_).values
    if kind == "sample":
        missing = [one.case for one in papers.samples[id_].cases if one.case not in values.get("answers", {})
                   and one.part != "second"]  # fmt: skip
        if not missing:
            return None
        return Message(
            "{count} {count:case|cases} without an answer, {case} among them", count=len(missing), case=missing[0]
        )
    if kind == "finding":
        return None if values.get("status") == "final" else Message("a draft")
    return None if values.get("conclusion", "open") != "open" else Message("no conclusion")


def open_points(papers: Papers) -> Iterator[tuple[str, Sayable]]:
    """Every exception, sample and finding that is not concluded and reviewed, with what it wants."""
    places = [
        *(("exception", one.id) for one in papers.exceptions), *(("sample", name) for name in sorted(papers.samples)),
        *(("finding", id_) for id_ in papers.findings if papers.of("finding", id_).values
          or papers.of("finding", id_).earlier),
    ]  # fmt: skip
    for kind, id_ in places:
        state = papers.of(kind, id_)
        if why := unanswered(papers, kind, id_):
            yield id_, Message("reopened, {why}", why=why) if state.earlier else why
        elif not state.reviewed:
            yield (
                id_,
                Message("changed after its review") if state.edited else state.returned or Message("not reviewed"),
            )


def manifest_of(papers: Papers) -> bytes:
    """``manifest.json``: the hash of every file of the papers, in the order of their names."""
    names = [
        ENGAGEMENT, PROBE, EXCEPTIONS, LOG, *([RESTATEMENT] if papers.restatement is not None else []),
        *(f"samples/{name}.json" for name in papers.samples), *(f"evidence/{name}" for name in papers.evidence),
        *(f"effects/{name}" for name in papers.effects),
    ]  # fmt: skip
    files = {name: file_sha256(papers.folder / name) for name in sorted(names)}
    return json_bytes({"schema": "auditlib-papers-manifest/1", "snapshot": papers.engagement.snapshot, "files": files})


def sign_papers(papers: Papers, key: Path, signer: str) -> Path:
    """Sign the papers as a run is signed; gives the file of the signature.

    Raises :class:`InputError` while anything is open, and as signing does. Earlier signatures of the same state stay.
    """
    signed_by(signer, "--as")
    require_auditor(papers, signer)
    if points := list(open_points(papers)):
        raise InputError(
            Problem(id_, None, "", f"found {told(why, 'en')}, expected concluded and reviewed") for id_, why in points
        )
    file, content = papers.folder / MANIFEST, manifest_of(papers)
    if not file.is_file() or file.read_bytes() != content:
        for old in papers.folder.glob(f"{MANIFEST}.*.sig"):  # of a state that is no longer
            old.unlink()
        write_atomically(file, content)
    return sign_file(file, key, signer, NAMESPACE)
