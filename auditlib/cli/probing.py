"""The command that looks for patterns in a ledger that look made: probe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditlib.cli.clusters import connected
from auditlib.cli.scoring import open_ledger
from auditlib.cli.terminal import echo, echo_json, show_table, working

if TYPE_CHECKING:
    from auditlib.ledger.read import Ledger
    from auditlib.probe.divided import Parts
    from auditlib.runs.cluster.cluster import Cluster

__all__ = ["probe"]


@click.command()
@click.argument("ledger", type=click.Path(path_type=Path))
@click.option("--scheme", help="The limits that it declares are looked at, in place of each case's due_at alone.")
@click.option("--period", help="Cases received in it alone. [default: the whole ledger; a scheme needs one]")
@click.option("--only", metavar="TEST,…", help="These tests alone; benford is made only when it is named here.")
@click.option(
    "--settings",
    "settings_file",
    type=click.Path(path_type=Path),
    metavar="FILE.yaml",
    help="Floors, levels, office hours, what the rules ask for.",
)
@click.option("--explain", "explained", metavar="ID", help="The counts, cases and words of one line.")
@click.option("--fail-on", type=click.Choice(["signal", "strong"]), help="Exit with 1 where there is such a line.")
@click.option("--format", "form", type=click.Choice(["table", "json", "xlsx"]), default="table", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Write to a file; needed for xlsx.")
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Let a dask.distributed cluster count the parts: tcp://HOST:8786 of its scheduler.",
)
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def probe(
    ledger: Path, scheme: str | None, period: str | None, only: str | None, settings_file: Path | None,
    explained: str | None, fail_on: str | None, form: str, out: Path | None, cluster: str | None, language: str,
) -> None:  # fmt: skip
    """Whether the patterns of a ledger look made: closings bunched before limits, batches, round times, gaps, and more.

    A signal is counts beside what was to be expected, with case ids and the innocent causes to ask for first; it is
    never a verdict, and "nothing seen" never means clean. Exit code 0 also with signals, unless --fail-on is given.

    With --cluster the workers of a dask.distributed scheduler count a ledger that was divided (auditlib partition), a
    part each, by the tests that look at one unit at a time; the others are made here, and so is every p-value. What is
    found is the same, byte for byte.
    """
    from auditlib.core.files import write_atomically
    from auditlib.core.period import parse_period
    from auditlib.probe.probe import probe as probed
    from auditlib.probe.probe import probe_json
    from auditlib.probe.settings import read_settings
    from auditlib.probe.workbook import probe_workbook
    from auditlib.scoring.assess import resolve_scheme

    if scheme is not None and period is None:
        raise click.UsageError("--scheme: expected --period too, whose version of the scheme is looked at")
    if form == "xlsx" and out is None:
        raise click.UsageError("--format xlsx writes a file: expected --out FILE.xlsx")
    settings = read_settings(settings_file)
    when = parse_period(period, "--period") if period else None
    resolved = resolve_scheme(scheme, when) if scheme is not None and when is not None else None
    book = open_ledger(ledger, None, True, scheme or "")
    names = [name.strip() for name in (only or "").split(",") if name.strip()]
    with connected(cluster) as workers, working("probing"):
        found = probed(book, settings, resolved, when, names, _parts(workers, book))
    if explained is not None:
        _explain(probe_json(found), explained)
    elif form == "json" or (out is not None and form == "table"):
        written = probe_json(found)
        if out is None:
            echo_json(written)
        else:
            import json

            write_atomically(out, (json.dumps(written, ensure_ascii=False, indent=1) + "\n").encode())
    elif form == "xlsx" and out is not None:
        write_atomically(out, probe_workbook(found, language))
    else:
        _table(found, language)
    if fail_on and found.count("strong", *(["signal"] if fail_on == "signal" else [])):
        raise SystemExit(1)


def _parts(cluster: Cluster | None, ledger: Ledger) -> Parts | None:
    """Who counts the parts. Raises :class:`InputError` for a ledger that does not lie in parts."""
    if cluster is None:
        return None
    from auditlib.core.errors import InputError
    from auditlib.runs.cluster.probing import probing

    parts = probing(cluster, ledger)
    if parts is None:
        text = "found a ledger in one piece, expected one in parts: write it with auditlib partition"
        raise InputError.at(ledger.path, "", text)
    return parts


def _table(found: Any, language: str) -> None:
    from auditlib.core.message import sentence
    from auditlib.probe.probe import probe_json, ranked
    from auditlib.probe.tables import probe_table

    head = probe_json(found)["head"]
    echo(
        sentence(
            "{tests} {tests:unit|units} tested in {families} families; {expected} false signals are to be expected, {signals} are there.",
            language, tests=head["tests"], families=head["families"], expected=head["expected_false"],
            signals=head["signal"] + head["strong"],
        )
    )  # fmt: skip
    shown = [line for line in ranked(found.lines) if line.state != "too_few"]
    show_table(probe_table(shown), sentence("Patterns of the ledger", language), language)
    if few := found.count("too_few"):
        echo(sentence("{count} more are too few to test.", language, count=few), err=True)


def _explain(written: dict[str, Any], id_: str) -> None:
    from auditlib.core.errors import InputError

    line = next((one for one in written["results"] if one["id"] == id_), None)
    if line is None:
        raise InputError.at("--explain", "", f"found no line {id_}, expected the id of one, as the table shows it")
    echo_json(line)
