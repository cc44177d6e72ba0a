"""Commands on working papers: papers new, add, export, read, review, status, carry, verify, sign."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from auditlib.cli.scoring import open_ledger
from auditlib.cli.terminal import echo, show_table, working
from auditlib.core.home import shown

__all__ = ["papers"]

FOLDER = click.argument("folder", metavar="PAPERS", type=click.Path(path_type=Path))
BY = click.option("--by", required=True, metavar="NAME", help="Who does it: one of the papers' auditors.")
LANGUAGE = click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
SINCE = click.option(
    "--since", metavar="OLD", type=click.Path(path_type=Path),
    help="An earlier snapshot: what changed since and is to be asked about.",
)  # fmt: skip


@click.group()
def papers() -> None:
    """Working papers on a ledger: what a probe found, what was answered, by whom, and who reviewed it.

    `new` for a snapshot, `export` for a workbook to be filled in, `read` for one that came back, `add` for samples and
    evidence, `review` by somebody else, `sign` at the end; `carry` to the next snapshot; `verify` for whoever doubts it.
    """


@papers.command()
@FOLDER
@click.option("--ledger", required=True, type=click.Path(path_type=Path))
@click.option("--scheme", help="The limits that it declares are its clocks; findings quote its clauses.")
@click.option("--period", help="Cases received in it alone; a scheme needs one.")
@click.option(
    "--settings", "settings_file", type=click.Path(path_type=Path), metavar="FILE.yaml", help="As of a probe."
)
@click.option("--auditor", "auditors", multiple=True, metavar="NAME", help="Who works on it; at least two.")
@click.option("--commitment", "commitments", multiple=True, help="The seal of a sample plan handed over before.")
@SINCE
def new(
    folder: Path, ledger: Path, scheme: str | None, period: str | None, settings_file: Path | None,
    auditors: tuple[str, ...], commitments: tuple[str, ...], since: Path | None,
) -> None:  # fmt: skip
    """Probe a ledger and open a folder of papers for its snapshot; the folder appears whole or not at all."""
    from auditlib.papers.open_papers import new_papers
    from auditlib.probe.settings import read_settings

    settings = read_settings(settings_file)
    when, resolved = _scheme(scheme, period)
    book, old = _open(scheme, ledger, since)
    with working("probing"):
        made = new_papers(
            folder, book, settings, auditors, resolved=resolved, period=when, since=old, commitments=commitments
        )
    echo(f"written {shown(folder)}: {len(made.exceptions)} exceptions of the snapshot {made.engagement.snapshot[:12]}")


def _open(scheme: str | None, *ledgers: Path | None) -> list[Any]:
    """Ledgers with the registers that the scheme declares, without which they would be other snapshots."""
    return [open_ledger(path, None, True, scheme or "") if path is not None else None for path in ledgers]


def _scheme(scheme: str | None, period: str | None) -> tuple[Any, Any]:
    from auditlib.core.period import parse_period
    from auditlib.scoring.assess import resolve_scheme

    if scheme is not None and period is None:
        raise click.UsageError("--scheme: expected --period too, whose version of the scheme is looked at")
    when = parse_period(period, "--period") if period else None
    return when, resolve_scheme(scheme, when) if scheme is not None and when is not None else None


@papers.command()
@FOLDER
@click.option(
    "--sample", "sample_file", type=click.Path(path_type=Path), metavar="SAMPLE.json", help="Drawn by `sample draw`."
)
@click.option("--ledger", type=click.Path(path_type=Path), help="From which the sample is drawn again.")
@click.option(
    "--list", "list_file", type=click.Path(path_type=Path), help="Of a plan towards the ledger: its second source."
)
@click.option(
    "--evidence", "evidence_file", type=click.Path(path_type=Path), metavar="FILE", help="A file that answers refer to."
)
@click.option("--source", default="", help="Where the evidence comes from.")
@click.option(
    "--results",
    nargs=2,
    type=click.Path(path_type=Path),
    metavar="OLD.json NEW.json",
    help="Two files of `score --format json`: what they differ by is the effect of an exception or a finding.",
)
@click.option("--scheme", help="Where the file of the scheme lies, if its id does not tell.")
@BY
def add(
    folder: Path, sample_file: Path | None, ledger: Path | None, list_file: Path | None, evidence_file: Path | None,
    source: str, results: tuple[Path, Path] | None, scheme: str | None, by: str,
) -> None:  # fmt: skip
    """Take in a sample that was drawn from this snapshot, a file of evidence, or what two results differ by.

    One of the two results is scored again from the ledger and has to be the same.
    """
    from auditlib.papers.add import add_evidence, add_sample
    from auditlib.papers.folder import locked
    from auditlib.papers.results import add_results

    if sum(given is not None for given in (sample_file, evidence_file, results)) != 1:
        raise click.UsageError("expected one of --sample, --evidence and --results")
    if results is not None and ledger is None:
        raise click.UsageError("--results: expected --ledger too, from which one of them is scored again")
    with locked(folder) as own:
        (book,) = _open(scheme or own.engagement.scheme, ledger)
        if sample_file is not None:
            name, drawn = add_sample(own, sample_file, book, list_file, by)
            echo(f"taken in: the sample {name}, {drawn} cases")
        elif results is not None and book is not None:
            echo(f"taken in: what two results differ by, as {add_results(own, *results, book, scheme, by)[:12]}")
        elif evidence_file is not None:
            hash_ = add_evidence(own, evidence_file, source, by)
            echo(f"taken in: {shown(evidence_file)} as {hash_[:12]}")


@papers.command()
@FOLDER
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="A workbook, or with .json all of it as data."
)
@LANGUAGE
def export(folder: Path, out: Path, language: str) -> None:
    """Write a workbook to be filled in: yellow cells are answered, all others are locked. The same papers, the same bytes."""
    from auditlib.core.files import write_atomically
    from auditlib.papers.folder import read_papers
    from auditlib.papers.standing import papers_json
    from auditlib.papers.workbook import papers_workbook

    own = read_papers(folder)
    if out.suffix == ".json":
        content = (json.dumps(papers_json(own), ensure_ascii=False, indent=1) + "\n").encode()
    elif out.suffix == ".xlsx":
        content = papers_workbook(own, language)
    else:
        raise click.UsageError(f"--out: found {out.name}, expected a name that ends in .xlsx or .json")
    write_atomically(out, content)
    echo(f"written {shown(out)}")


@papers.command()
@FOLDER
@click.argument("workbook", metavar="FILE.xlsx", type=click.Path(path_type=Path))
@BY
def read(folder: Path, workbook: Path, by: str) -> None:
    """Take the answers of a filled workbook back, all of them or, with every fault by its cell, none.

    Refused are papers of another snapshot, a locked cell that was changed, a case that was not drawn, a conclusion
    without evidence, personal data, and an answer to what somebody else changed since the workbook was written.
    """
    from auditlib.papers.folder import locked
    from auditlib.papers.read_back import read_workbook

    with locked(folder) as own:
        steps = read_workbook(own, workbook, by)
        if steps:
            own.add(steps)
    echo(f"{len(steps)} answers taken in" if steps else "nothing new in it")


@papers.command()
@FOLDER
@click.argument("ids", nargs=-1, required=True, metavar="ID…|all")
@click.option("--return", "returned", default="", metavar="TEXT", help="Send them back with a question.")
@BY
def review(folder: Path, ids: tuple[str, ...], returned: str, by: str) -> None:
    """Review exceptions, findings and samples; who prepared one does not review it."""
    from auditlib.papers.folder import locked
    from auditlib.papers.review import review_steps

    with locked(folder) as own:
        steps = review_steps(own, ids, by, returned)
        if steps:
            own.add(steps)
    echo(f"{len(steps)} {'sent back' if returned else 'reviewed'}")


@papers.command()
@FOLDER
@click.option("--fail-on-open", is_flag=True, help="Exit with 1 while something is open.")
@LANGUAGE
def status(folder: Path, fail_on_open: bool, language: str) -> None:
    """What each exception, sample and finding came to, and what it still wants."""
    from auditlib.papers.folder import read_papers
    from auditlib.papers.review import open_points
    from auditlib.papers.standing import papers_table, told_open

    own = read_papers(folder)
    show_table(papers_table(own, language), "papers")
    echo(told_open(own, language), err=True)
    if fail_on_open and any(True for _ in open_points(own)):
        raise SystemExit(1)


@papers.command()
@click.argument("earlier", metavar="OLD_PAPERS", type=click.Path(path_type=Path))
@FOLDER
@click.option("--ledger", required=True, type=click.Path(path_type=Path), help="The next snapshot.")
@click.option("--scheme", help="Where the file of the scheme lies, if its id does not tell.")
@SINCE
@BY
def carry(earlier: Path, folder: Path, ledger: Path, scheme: str | None, since: Path | None, by: str) -> None:
    """Open papers for the next snapshot with the answers of the earlier ones.

    An answer stays where its cases and their rows are unchanged; elsewhere the exception is open again, with the
    earlier answer beside it. Samples stay behind: they were drawn from the other snapshot.
    """
    from auditlib.papers.carry import carry_over
    from auditlib.papers.folder import read_papers

    own = read_papers(earlier)
    _, resolved = _scheme(scheme := scheme or own.engagement.scheme, own.engagement.period)
    book, old = _open(scheme, ledger, since)
    with working("probing"):
        made = carry_over(own, folder, book, by, resolved=resolved, since=old)
    kinds = [line.step.kind for line in made.lines]
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in ("carried", "reopened", "gone"))
    echo(f"written {shown(folder)}: {len(made.exceptions)} exceptions; {counts}")


@papers.command()
@FOLDER
@click.option("--ledger", type=click.Path(path_type=Path), help="Probe it again and compare.")
@click.option("--scheme", help="Where the file of the scheme lies, if its id does not tell.")
@SINCE
@click.option("--allowed-signers", type=click.Path(path_type=Path), help="As ssh-keygen reads them.")
def verify(
    folder: Path, ledger: Path | None, scheme: str | None, since: Path | None, allowed_signers: Path | None
) -> None:
    """Hold the papers against their hashes, their chain, their seal and, with --ledger, against the ledger.

    Exits with 1 where something does not hold.
    """
    from auditlib.papers.folder import ENGAGEMENT, read_papers
    from auditlib.papers.verify import verify_papers

    resolved = None
    if ledger is not None and (folder / ENGAGEMENT).is_file():
        known = read_papers(folder).engagement
        _, resolved = _scheme(scheme := scheme or known.scheme, known.period)
    book, old = _open(scheme, ledger, since)
    with working("verifying"):
        found = verify_papers(folder, ledger=book, resolved=resolved, since=old, allowed=allowed_signers)
    for fault in found.faults:
        echo(fault)
    signed = f", signed by {', '.join(found.signers)}" if found.signers else ", sealed" if found.sealed else ""
    echo(f"{len(found.faults)} differences{signed}", err=True)
    if found.faults:
        raise SystemExit(1)


@papers.command()
@FOLDER
@click.option("--key", required=True, type=click.Path(path_type=Path), help="Your SSH key, as for ssh-keygen -Y sign.")
@click.option("--as", "signer", required=True, help="Your name among the auditors and in the file of allowed signers.")
def sign(folder: Path, key: Path, signer: str) -> None:
    """Sign the papers as runs are signed: every file by its hash. Refused while anything is open or not reviewed."""
    from auditlib.papers.folder import locked
    from auditlib.papers.review import sign_papers

    with locked(folder) as own:
        echo(f"signed: {shown(sign_papers(own, key, signer))}")
