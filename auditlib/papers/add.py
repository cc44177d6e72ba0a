"""What is added to working papers: a sample that its plan drew from this snapshot, and files of evidence."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

from auditlib.core.errors import InputError
from auditlib.core.guards import content_of
from auditlib.ledger.privacy.find import NO_PERSONAL_DATA, find_personal
from auditlib.ledger.read import Ledger
from auditlib.papers.folder import Papers, json_bytes
from auditlib.papers.log import LogStep
from auditlib.papers.read_back import require_auditor
from auditlib.sampling.draw import commitment
from auditlib.sampling.frame import frame_of_ledger, frame_of_list
from auditlib.sampling.plan import check_sealed, plan_hash
from auditlib.sampling.sample import draw_sample, read_sample, sample_differences, sample_json

__all__ = ["add_evidence", "add_sample"]

NAME = re.compile(r"[\w][\w.-]{0,60}")
LARGEST = 256 * 2**20


def add_sample(papers: Papers, file: Path, ledger: Ledger | None, second: Path | None, by: str) -> tuple[str, int]:
    """Takes in a sample: drawn again from the ledger, or the ``second`` source of a plan towards it, it is the same.

    Gives its name and how many cases it has.

    Raises :class:`InputError` for a sample of another snapshot, one that its plan does not draw, a plan that differs
    from what was sealed before, and a name that is taken.
    """
    require_auditor(papers, by)
    sample = read_sample(file)
    name = sample.plan.name
    if not NAME.fullmatch(name):
        raise InputError.at(file, "plan.name", f"found {name!r}, expected letters, digits, dots and hyphens")
    if name in papers.samples:
        raise InputError.at(file, "plan.name", f"found {name}, which these papers have already; a plan is drawn once")
    own = papers.engagement.snapshot
    if sample.plan.direction == "to_ledger":
        if second is None:
            raise InputError.at(file, "", "found a sample towards the ledger, expected --list FILE, its second source")
        frame = frame_of_list(sample.plan, second)
    else:
        if sample.snapshot != own:
            said = f"found a frame of the snapshot {sample.snapshot[:12]}, expected {own[:12]}, that of these papers"
            raise InputError.at(file, "snapshot", said)
        if ledger is None:
            raise InputError.at(file, "", "expected --ledger, from which the sample is drawn again")
        frame = frame_of_ledger(sample.plan, ledger)
        if frame.snapshot != own:
            said = f"found the snapshot {frame.snapshot[:12]}, expected {own[:12]}, that of these papers"
            raise InputError.at(ledger.path, "snapshot", said)
    check_sealed(sample.plan, sample.nonce, None, file)
    sealed = papers.engagement.commitments
    if sealed and (seal := commitment(plan_hash(sample.plan), sample.nonce)) not in sealed:
        said = (
            f"found a plan and nonce of the commitment {seal[:12]}, expected {' or '.join(one[:12] for one in sealed)}"
        )
        raise InputError.at(file, "commitment", f"{said}; the plan was changed after its commitment, or is another one")
    if different := sample_differences(sample, draw_sample(sample.plan, frame, sample.nonce, sample.extended)):
        what, found, expected = different[0]
        said = f"found {found or 'nothing'}, expected {expected or 'nothing'}, as the plan draws from the frame"
        raise InputError.at(file, what, said)
    content = json_bytes(sample_json(sample))
    step = LogStep("sample", name, by, {"sha256": sha256(content).hexdigest()})
    papers.add([step], {papers.folder / "samples" / f"{name}.json": content})
    return name, len(sample.cases)


def add_evidence(papers: Papers, file: Path, source: str, by: str) -> str:
    """Takes in a file of evidence; gives the hash by which answers refer to it.

    Raises :class:`InputError` for personal data in its name or in what is said of its source.
    """
    require_auditor(papers, by)
    for where, text in (("--source", source), ("--evidence", file.name)):
        if not text.strip():
            raise InputError.at(where, "", "found nothing, expected where the file comes from")
        if spans := find_personal(text):
            raise InputError.at(where, "", f"found personal data ({spans[0].kind}), expected {NO_PERSONAL_DATA}")
    content = content_of(file, LARGEST)
    name = sha256(content).hexdigest()
    if name in papers.evidence:
        raise InputError.at(file, "", f"found {name[:12]}, which these papers hold already")
    step = LogStep("evidence", name, by, {"name": file.name, "source": source.strip()})
    papers.add([step], {papers.folder / "evidence" / name: content})
    return name
