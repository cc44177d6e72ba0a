"""Commands on runs: run, verify, sign, bundle."""

from __future__ import annotations

import os
import sys
from fractions import Fraction
from pathlib import Path

import click

from auditlib.cli.clusters import connected
from auditlib.cli.terminal import echo, echo_json, show_table, working
from auditlib.core.exact import exact
from auditlib.core.home import find
from auditlib.core.table import Table

__all__ = ["bundle", "run", "sign", "verify"]

SLOWEST = 5
"""Reports that --timings names."""


@click.command()
@click.argument("run_file", metavar="RUN.yaml", type=click.Path(path_type=Path))
@click.option("--jobs", type=click.IntRange(min=1), help="Reports at a time. [default: as many as cores]")
@click.option(
    "--cluster", metavar="ADDRESS", help="Let a dask.distributed cluster do it: tcp://HOST:8786 of its scheduler."
)
@click.option(
    "--recheck",
    metavar="SHARE",
    callback=lambda context, option, text: _share(text),
    help="With --cluster: the share of what workers answer that is made again here and compared, such as 1/10 or 5%. "
    "[default: 1/50, and one count at least of every worker]",
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the reports. [default: reports/RUN]")
@click.option(
    "--dry-run",
    is_flag=True,
    help="Show the plan, and why each report would be made, and stop. Writes the ledger of a demonstration that has none.",
)
@click.option("--stock", is_flag=True, help="Run the notebooks with papermill's own engine: slower, the same bytes.")
@click.option("--timings", is_flag=True, help="Say how long each stage took, and the slowest reports.")
def run(
    run_file: Path, jobs: int | None, cluster: str | None, recheck: Fraction | None, out: Path | None, dry_run: bool,
    stock: bool, timings: bool,
) -> None:  # fmt: skip
    """Make the reports of all units and periods that a run file names, an index page and a manifest.

    RUN.yaml is a file, or the name of a shipped one: demo or sample.

    Everything is checked before the first notebook starts. What is finished is not made again: a report is
    finished when it was made from the same inputs and its files are unchanged, so that a run that was killed
    goes on, and a changed case makes only the reports that show it. A report that fails is kept and marked;
    the others are finished, and the exit code is 1.

    With --cluster the workers of a dask.distributed scheduler count the ledger, a part each, and make the reports;
    the files are the same, byte for byte. A share of their answers is made again here; a wrong one is named with its
    worker, and nothing is recorded. See docs/many-machines.md and docs/trust.md.
    """
    if cluster and stock:
        raise click.UsageError("--stock runs on this machine alone, not with --cluster")
    if recheck is not None and not cluster:
        raise click.UsageError("--recheck is about the answers of workers, and goes with --cluster")
    from auditlib.runs.runfile import read_run
    from auditlib.runs.up_to_date import run_key, settled

    declared = read_run(find(run_file, "runs", ".yaml"))
    folder = out or Path("reports") / declared.run
    if not dry_run and (files := settled(folder, run_key(declared))):
        echo(f"{declared.run}: nothing to do, {files} files are as they were; open {folder / 'index.html'}")
        return
    from auditlib.core.guards import json_of
    from auditlib.runs.engine.session import AVAILABLE
    from auditlib.runs.evidence.manifest import LOG
    from auditlib.runs.make import make_demonstration, make_run
    from auditlib.runs.plan import plan_run
    from auditlib.runs.run_folder import Store
    from auditlib.site.write import refresh

    if declared.demonstration and not find(declared.ledger, "demonstrations").exists():
        echo(f"writing the synthetic ledger {declared.ledger}", err=True)
        make_demonstration(declared)
    if dry_run:
        store = Store(folder)
        rows = [
            [r.period, r.unit, r.notebook.stem, r.name(".html"), ", ".join(store.pending(r.id, r.inputs)) or "finished"]
            for r in plan_run(declared, folder).reports
        ]
        show_table(Table(("period", "unit", "notebook", "file", "to make because"), rows), "plan")
        return

    def tell(line: str) -> None:
        echo(line, err=True)

    with connected(cluster, recheck) as workers:
        done = make_run(declared, folder, jobs, tell, stock=stock or not AVAILABLE, cluster=workers)
    refresh(folder, tell)
    plan = done.plan
    rejected = sum(plan.ledger.rejected.values())
    echo(
        f"{declared.run}: {len(plan.reports)} reports, {len(plan.results)} periods, scheme {declared.scheme}, "
        f"ledger {declared.ledger} ({plan.ledger.accepted.get('cases', 0)} cases, {rejected} rows rejected)"
    )
    if timings:
        log = json_of(folder / LOG)["seconds"]
        slowest = sorted(log.items(), key=lambda one: -one[1])[:SLOWEST]
        rows = [["stage", name, f"{spent:.2f}"] for name, spent in done.stages.items()]
        rows += [["report", id, f"{spent:.2f}"] for id, spent in slowest]
        show_table(Table(("kind", "what", "seconds"), rows), "timings")
    for id, error in done.failed.items():
        echo(f"failed: {id}.ipynb: {error}", err=True)
    echo(
        f"{done.made} reports made, {done.current} were finished, {len(done.failed)} failed, {done.seconds:.0f} s; "
        f"open {folder / 'index.html'}"
    )
    sys.exit(1 if done.failed else 0)


def _share(text: str | None) -> Fraction | None:
    """A share from 0 to 1, written as a number, a fraction or a percentage."""
    if text is None:
        return None
    try:
        share = exact(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        if 0 <= share <= 1:
            return share
    except ValueError:
        pass
    raise click.BadParameter(f"found {text}, expected a share from 0 to 1 such as 1/10, 0.1 or 10%")


@click.command()
@click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--fast", is_flag=True, help="Look at the hashes of the files only.")
@click.option(
    "--sample",
    type=click.IntRange(min=1),
    metavar="N",
    help="Make only N of the reports again; all periods are scored.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Which sample.")
@click.option(
    "--allowed-signers",
    type=click.Path(path_type=Path),
    help="Who may sign: expects a valid signature, and no invalid one.",
)
@click.option("--ledger", type=click.Path(path_type=Path), help="Where the ledger lies now, if it was moved.")
@click.option("--jobs", type=click.IntRange(min=1), help="Reports at a time. [default: as many as cores]")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def verify(
    folder: Path, fast: bool, sample: int | None, seed: int, allowed_signers: Path | None, ledger: Path | None,
    jobs: int | None, form: str,
) -> None:  # fmt: skip
    """Make a finished run again from its manifest, and say what differs, and why.

    RUN is the folder of a run, or a file that auditlib bundle wrote, which holds all that is needed, on any machine.

    Each difference has a kind: a file is missing, tampered with or added; a number of the results differs (with
    unit, line, clause, old and new value, and the cause: rows added, changed or removed, scheme and reading,
    notebook, library); bytes differ although every score line is the same (with the inputs that changed: a page
    also tells of other periods and units); a report failed; the chain of runs is broken; a signature does not hold.
    The folder of a run is verified where the run was made, so that the ledger is found; or say --ledger. A run that
    was copied with chain.jsonl is checked against its own line, and the other runs are named as not here. The
    notebooks of a bundle are programs of whoever made it: they are run, but for --fast. Exits 1 where anything differs.
    """
    from auditlib.runs.bundle import verify_bundle
    from auditlib.runs.verify import verify as verify_run

    with working("verifying"):
        found = (verify_bundle if folder.is_file() else verify_run)(
            folder.resolve(), fast=fast, sample=sample, seed=seed, jobs=jobs or os.cpu_count() or 1,
            allowed_signers=allowed_signers and allowed_signers.resolve(), ledger=ledger and ledger.resolve(),
        )  # fmt: skip
    if form == "json":
        echo_json({"files": found.files, "repeated": found.repeated, "signers": list(found.signers),
                   "absent": list(found.absent), "differences": [vars(one) for one in found.differences]})  # fmt: skip
    elif found.differences:
        rows = [[d.kind, d.what, d.line, d.clause, d.old, d.new, d.cause] for d in found.differences]
        show_table(Table(("kind", "what", "line", "clause", "old", "new", "cause"), rows), str(folder))
    if found.absent:
        echo(f"not here, and not looked at: {', '.join(found.absent)}", err=True)
    by = f", signed by {', '.join(found.signers)}" if found.signers else ""
    echo(
        f"{found.files} files, {found.repeated} reports made again, {len(found.differences)} differences{by}", err=True
    )
    sys.exit(1 if found.differences else 0)


@click.command()
@click.argument("folder", metavar="RUN_DIR", type=click.Path(path_type=Path))
@click.option("--key", required=True, type=click.Path(path_type=Path), help="Your SSH key, as for ssh-keygen -Y sign.")
@click.option("--as", "signer", required=True, help="Your name in the file of allowed signers.")
def sign(folder: Path, key: Path, signer: str) -> None:
    """Sign a finished run: its manifest, and with it the hash of every file, by OpenSSH's ssh-keygen."""
    from auditlib.runs.evidence.signing import sign as sign_run

    echo(f"signed: {sign_run(folder, key, signer)}")


@click.command()
@click.argument("folder", metavar="RUN_DIR", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="The file to write. [default: RUN_DIR.bundle.zip]")
def bundle(folder: Path, out: Path | None) -> None:
    """Write a finished run, and all that is needed to verify it elsewhere, into one sealed file.

    That is the run with its signatures and chain, the ledger, the schemes, calendars, adjustments and notebooks, this
    software as a wheel, and the versions of its libraries. It is verified on any machine by `auditlib verify FILE`, or,
    where nothing but Python is there, by `python FILE`, which installs the software that made the run. The seal that is
    printed is the hash of its list of files: who has it from you knows that the file is this one.
    """
    from auditlib.runs.bundle import bundle as write_bundle

    with working("bundling"):
        made = write_bundle(folder, out or folder.resolve().with_name(f"{folder.resolve().name}.bundle.zip"))
    echo(f"{made.file}: {made.files} files, sealed as {made.seal}")
    echo(f"verify it with: auditlib verify {made.file}  (or, without auditlib: python {made.file})")
