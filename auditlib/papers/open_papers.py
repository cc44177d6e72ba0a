"""New papers for a snapshot: its probe, what is to be asked about since an earlier one, and who works on it."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from auditlib.core.errors import InputError
from auditlib.core.files import whole_folder
from auditlib.core.period import Period
from auditlib.ledger.read import Ledger
from auditlib.papers.exceptions import ExceptionPaper, probe_exceptions, restated_exceptions
from auditlib.papers.folder import (
    ENGAGEMENT,
    EXCEPTIONS,
    LOG,
    PROBE,
    RESTATEMENT,
    Engagement,
    Papers,
    json_bytes,
    read_papers,
)
from auditlib.papers.log import LogStep, chained, log_text
from auditlib.probe.probe import probe, probe_json
from auditlib.probe.settings import Settings
from auditlib.restate.restatement import restate, restatement_json
from auditlib.runs.evidence.signing import signed_by
from auditlib.scheme.load import Resolved

__all__ = ["found_in", "new_papers", "written"]


def new_papers(
    folder: Path, ledger: Ledger, settings: Settings, auditors: Sequence[str], *, resolved: Resolved | None = None,
    period: Period | None = None, since: Ledger | None = None, commitments: Sequence[str] = (),
) -> Papers:  # fmt: skip
    """The folder of new papers, whole or not at all.

    Raises :class:`InputError` for a folder that is there, for fewer than two auditors (who prepares does not review),
    and as a probe does.
    """
    engagement, exceptions, contents = found_in(
        ledger, settings, auditors, resolved=resolved, period=period, since=since, commitments=commitments
    )
    return written(folder, engagement, exceptions, contents, ())


def found_in(
    ledger: Ledger, settings: Settings, auditors: Sequence[str], *, resolved: Resolved | None, period: Period | None,
    since: Ledger | None, commitments: Sequence[str],
) -> tuple[Engagement, tuple[ExceptionPaper, ...], dict[str, bytes]]:  # fmt: skip
    """What a ledger gives rise to: the engagement, its exceptions, and the files that they are read from."""
    names = tuple(dict.fromkeys(signed_by(name, "--auditor") for name in auditors))
    if len(names) < 2:
        said = f"found {', '.join(names) or 'nobody'}, expected at least two people: who prepares does not review"
        raise InputError.at("--auditor", "", said)
    probed = probe(ledger, settings, resolved, period)
    exceptions = probe_exceptions(probed, ledger)
    earlier = restate(since, ledger, resolved, period) if since is not None else None
    if earlier is not None:
        exceptions += restated_exceptions(earlier)
    contents = {PROBE: json_bytes(probe_json(probed)), EXCEPTIONS: json_bytes([one.plain() for one in exceptions])}
    if earlier is not None:
        contents[RESTATEMENT] = json_bytes(restatement_json(earlier))
    engagement = Engagement(
        ledger=ledger.path.resolve().name,
        snapshot=probed.snapshot,
        since=earlier.old if earlier is not None else None,
        scheme=probed.scheme,
        period=probed.period,
        settings=settings.model_dump(mode="json"),
        auditors=names,
        commitments=tuple(commitments),
        clauses={} if resolved is None else {id_: one.quote for id_, one in resolved.scheme.clauses.items()},
        probe=sha256(contents[PROBE]).hexdigest(),
        exceptions=sha256(contents[EXCEPTIONS]).hexdigest(),
        restatement=sha256(contents[RESTATEMENT]).hexdigest() if earlier is not None else None,
    )
    return engagement, exceptions, contents


def written(
    folder: Path, engagement: Engagement, exceptions: Sequence[ExceptionPaper], contents: dict[str, bytes],
    steps: Sequence[LogStep], evidence: dict[str, bytes] | None = None,
) -> Papers:  # fmt: skip
    """The folder with all of it. Raises :class:`InputError` where it is there."""
    if folder.exists():
        raise InputError.at(folder, "", "found it there already, expected a new folder; papers are not made anew")
    with whole_folder(folder) as made:
        for name, content in contents.items():
            (made / name).write_bytes(content)
        (made / ENGAGEMENT).write_bytes(json_bytes(engagement.model_dump(mode="json")))
        (made / LOG).write_bytes(log_text(chained((), steps)).encode())
        (made / "samples").mkdir()
        (made / "evidence").mkdir()
        (made / "effects").mkdir()
        for name, content in (evidence or {}).items():
            (made / "evidence" / name).write_bytes(content)
    return read_papers(folder)
