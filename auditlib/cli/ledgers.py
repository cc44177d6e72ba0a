"""Commands on ledgers: intake, and mappings proposed from a source."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditlib.cli.restating import print_restatement, restatement_text
from auditlib.cli.terminal import echo, print_rejects, show_table, telling, working
from auditlib.core.errors import InputError
from auditlib.core.guards import content_of
from auditlib.core.home import find, names_in, shown
from auditlib.core.table import Table

if TYPE_CHECKING:
    from auditlib.ledger.intake.outcome import Intake

__all__ = ["intake", "mapping"]

LEAST_SECRET, MOST_SECRET = 16, 2**16
SHOWN = 10
"""So many mapped rows are shown before anything is written."""


@click.command()
@click.argument("sources", nargs=-1)
@click.option("--mapping", "mapping_file", required=True, help="A mapping file, or the name of one in params/mappings.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the new ledger.")
@click.option("--format", "form", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True)
@click.option("--replace", is_flag=True, help="Write the folder anew where it exists.")
@click.option(
    "--profile",
    "profiled",
    is_flag=True,
    help="Also write profile.json and profile.html: what came in, what did not, what is doubtful.",
)
@click.option("--dry-run", is_flag=True, help="Show ten mapped rows of each register and write nothing.")
@click.option(
    "--since",
    type=click.Path(path_type=Path),
    help="A ledger of an earlier intake: tell what is new, gone and changed since, and write it to changes.json.",
)
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of what is told.")
@click.option(
    "--pseudonym-key", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file with a secret of 16 bytes or more, for columns with `personal: pseudonym`; keep it with the source.",
)  # fmt: skip
@click.option(
    "--allow-host", "hosts", multiple=True, metavar="HOST",
    help="A database server that the mapping may name itself, and that is sent the password of your environment.",
)  # fmt: skip
@click.option(
    "--query-seconds", type=click.IntRange(1, 10**6), default=1800, show_default=True,
    help="How long a query to a database may take, with all of its rows.",
)  # fmt: skip
def intake(
    sources: tuple[str, ...], mapping_file: str, out: Path | None, form: str, replace: bool, profiled: bool,
    dry_run: bool, since: Path | None, language: str, pseudonym_key: Path | None, hosts: tuple[str, ...],
    query_seconds: int,
) -> None:  # fmt: skip
    """Turn foreign exports (CSV, XLSX, XLS, ODS, Parquet) into a ledger: accepted and rejected rows, and a snapshot hash.

    A SOURCE is a file, a folder, a pattern, or a URL such as s3://bucket/exports or https://host/cases.csv. Registers
    that a mapping has from a database (PostgreSQL, SQLite, DuckDB) need none.

    Rows with personal data (names, phones, identity numbers, addresses) are rejected unless the mapping has them
    masked. What is taken and doubtful is told as a note. Exits 1 when rows were rejected; all of them stand in
    rejects.csv of the new ledger, without personal data.
    """
    _keep_memory()
    from auditlib.ledger.databases.asked import Allowed
    from auditlib.ledger.intake.mapping import Mapping
    from auditlib.ledger.intake.pieces import Pieces
    from auditlib.ledger.intake.take_in import take_in
    from auditlib.ledger.intake.write import write_ledger
    from auditlib.ledger.privacy.declared import read_impersonal
    from auditlib.ledger.remote import source_of
    from auditlib.ledger.restatement.restatement import earlier_snapshot, restated

    path = find(mapping_file, "mappings", ".yaml")
    if not path.is_file():
        known = names_in("mappings", "*.yaml")
        raise InputError.at("--mapping", "", f"found {mapping_file}, expected a mapping file, or one of {known}")
    if out is None and not dry_run:
        raise InputError.at("--out", "", "found none, expected the folder of the new ledger, or --dry-run")
    with _beside(out) as scratch, telling("taking in") as tell:
        key = None if pseudonym_key is None else _secret(pseudonym_key)
        earlier = None if since is None else earlier_snapshot(since)

        def advance(register: str, done: int, size: int, count: int) -> None:
            tell(f"{register}: {done / 1e6:,.0f} of {size / 1e6:,.0f} MB, {count:,} rows")

        pieces = Pieces(scratch, advance, profiled)
        declared = read_impersonal(Mapping, path, shown(path))
        allowed = Allowed(frozenset(hosts), query_seconds)
        taken = take_in(list(map(source_of, sources)), declared, key, pieces, allowed)
        changes = (
            None
            if earlier is None
            else restated(earlier.registers, taken.frames, earlier.as_of, {**earlier.known, **declared.known})
        )
        if out is not None and not dry_run:
            beside = _profile(taken, language) if profiled else {}
            if earlier is not None and changes is not None:
                beside |= {"changes.json": restatement_text(changes, earlier, taken)}
            write_ledger(taken, out, form=form, replace=replace, beside=beside)
        _print_doubts(taken, language)
        print_rejects(taken.rejects, 50)
        if dry_run:
            _print_rows(taken)
    rows = [[name, seen, taken.accepted[name], taken.rejected[name]] for name, seen in taken.seen.items()]
    show_table(Table(("register", "rows", "accepted", "rejected"), rows), str(out or "--dry-run"))
    for column, count in sorted(taken.replaced.items()):
        echo(f"personal data replaced in {column}: {count}")
    for one in taken.tables:
        if one.assumed.get("encoding", "utf-8") != "utf-8":
            echo(f"read as {one.assumed['encoding']}: {one.label} ({one.register})")
    if earlier is not None and changes is not None:
        print_restatement(changes, earlier, language)
    echo(f"snapshot {taken.snapshot}")
    sys.exit(1 if taken.rejects.height else 0)


def _keep_memory() -> None:
    """Let Polars, once it is loaded, keep what a piece of a long export leaves of the memory for the next one.

    It is given back to the system and asked for anew otherwise, page by page, which is a tenth of all work.
    """
    if "polars" not in sys.modules:
        os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:-1,muzzy_decay_ms:-1")


@click.group()
def mapping() -> None:
    """How a foreign export becomes a ledger."""


@mapping.command()
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the mapping here, not to the screen."
)
@click.option("--dry-run", is_flag=True, help="Show ten rows of each register as the proposal maps them.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of what is told.")
def draft(sources: tuple[Path, ...], out: Path | None, dry_run: bool, language: str) -> None:
    """Propose a mapping from a source: columns by name and content, formats that fit, what is uncertain as comments."""
    from auditlib.core.files import write_atomically
    from auditlib.core.yaml_file import read_yaml
    from auditlib.ledger.intake.draft import draft_mapping
    from auditlib.ledger.intake.mapping import Mapping
    from auditlib.ledger.intake.take_in import take_in

    with working("reading"):
        text = draft_mapping(sources)
    if out is None:
        echo(text.rstrip("\n"))
    elif out.exists():
        raise InputError.at(out, "", "the file exists; nothing was written over it")
    else:
        write_atomically(out, text.encode("utf-8"))
    if dry_run:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "draft.yaml"
            file.write_text(text, encoding="utf-8")
            taken = take_in(sources, read_yaml(Mapping, file, "draft.yaml"))
        _print_doubts(taken, language)
        print_rejects(taken.rejects, SHOWN)
        _print_rows(taken)


@contextlib.contextmanager
def _beside(out: Path | None) -> Iterator[Path]:
    """A scratch folder on the disk of the new ledger, for what is too long for the memory."""
    place = None if out is None else next(one for one in out.absolute().parents if one.is_dir())
    try:
        made = tempfile.TemporaryDirectory(dir=place, prefix=".intake-", suffix="~", ignore_cleanup_errors=True)
    except OSError:  # a folder that may not be written: the ledger itself will say so
        made = tempfile.TemporaryDirectory(prefix="intake-")
    with made as folder:
        yield Path(folder)


def _profile(taken: Intake, language: str) -> dict[str, str]:
    """The profile of an intake as files by name."""
    from auditlib.ledger.intake.profile import profile
    from auditlib.site.intake_page import profile_page

    told = profile(taken)
    text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    return {"profile.json": text, "profile.html": profile_page(told, language)}


def _print_rows(taken: Intake) -> None:
    for name, frame in taken.frames.items():
        rows = frame.head(SHOWN).collect()
        show_table(Table(tuple(rows.columns), rows.rows()), name)


def _print_doubts(taken: Intake, language: str) -> None:
    """What is doubtful, and why rows were rejected: each reason once with its count, before the rows themselves."""
    from auditlib.core.message import sentence, told
    from auditlib.ledger.expectations import standing

    for doubt in taken.doubts:
        echo(sentence("note: {message}", language, message=doubt.message), err=True)
    said = {**standing(taken.as_of), **taken.expectations}
    reasons = taken.rejects.group_by("register", "column", "expected").len()
    reasons = reasons.sort("len", "register", "column", descending=[True, False, False])
    for register, column, expected, count in reasons.iter_rows():
        words = told(said.get(expected, expected), language)
        place = f"{register}.{column}" if column else register
        why = sentence("rejected: {count} × {place}, expected {words}", language, count=count, place=place, words=words)
        echo(why, err=True)


def _secret(file: Path) -> bytes:
    """The secret in a file without the line's end. Short ones are refused: whoever guesses it can undo the pseudonyms."""
    secret = content_of(file, MOST_SECRET).strip()
    if len(secret) < LEAST_SECRET:
        raise InputError.at(
            file, "", f"found {len(secret)} bytes, expected a secret of {LEAST_SECRET}, such as `openssl rand -hex 32`"
        )
    return secret
