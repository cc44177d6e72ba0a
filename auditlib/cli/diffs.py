"""Commands on two of a kind: diff."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from auditlib.cli.scoring import ledger_options, open_ledger
from auditlib.cli.terminal import echo_json, show_table, working
from auditlib.core.errors import InputError

__all__ = ["diff"]

Options = Mapping[str, Any]


@dataclass(frozen=True)
class Kind:
    """Something of which two can be compared: what it is, how it is known, and what compares two of them."""

    name: str
    recognises: Callable[[str], bool]
    compare: Callable[[str, str, Options], bool]
    """Prints what differs; whether nothing does."""


@click.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@ledger_options(required=False)
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def diff(a: str, b: str, **options: Any) -> None:
    """What changed between A and B, by unit and clause.

    A and B are two results (JSON files of `auditlib score --format json`) or two schemes (files, ids, or ID@VERSION).
    Two schemes with --ledger and --period are also scored on that ledger: who moves by how much, by which clause.
    Exits 1 where something differs.
    """
    kinds = [next((kind for kind in KINDS if kind.recognises(name)), None) for name in (a, b)]
    for name, kind in zip((a, b), kinds, strict=True):
        if kind is None:
            known = " or ".join(kind.name for kind in KINDS)
            raise InputError.at(name, "", f"found a folder, expected {known}")
    one, other = kinds
    assert one is not None
    assert other is not None
    if one is not other:
        raise InputError.at(b, "", f"found {other.name}, expected {one.name} like {a}")
    sys.exit(0 if one.compare(a, b, options) else 1)


def _two_results(a: str, b: str, options: Options) -> bool:
    from auditlib.analysis.breakdown import read_account
    from auditlib.analysis.diff import diff
    from auditlib.analysis.diff_tables import result_diff_json

    for name in ("ledger", "period", "as_of", "readings", "supplied", "calendar", "provisional_calendar"):
        if options[name]:
            raise click.UsageError(
                f"--{name.removesuffix('s').replace('_', '-')} is for two schemes, found two results"
            )
    found = diff(read_account(Path(a)), read_account(Path(b)))
    if options["form"] == "json":
        echo_json(result_diff_json(found))
    else:
        _print_results(found)
    return found.equal


def _two_schemes(a: str, b: str, options: Options) -> bool:
    from auditlib.analysis.diff_tables import amendments_json, amendments_table, result_diff_json
    from auditlib.scheme.compare import synopsis

    if (options["ledger"] is None) != (options["period"] is None):
        raise click.UsageError("found one of --ledger and --period, expected both")
    files = [_scheme(name) for name in (a, b)]
    amendments = synopsis(files[0], files[1], _sentence)
    found = None if options["ledger"] is None else _scored(files, options)
    if options["form"] == "json":
        plain = {"amendments": amendments_json(amendments)}
        echo_json(plain if found is None else plain | {"results": result_diff_json(found)})
    else:
        shown = amendments_table(amendments, options["language"])
        if shown.rows:
            show_table(shown, f"{a} → {b}")
        if found is not None:
            _print_results(found)
    return not amendments and (found is None or found.equal)


def _sentence(scheme: Any, rule: Any) -> Any:
    """A rule in words, as the reports say it."""
    from auditlib.core.values import Text
    from auditlib.scheme_pages.rule_words import rule_sentence
    from auditlib.scheme_pages.scheme_words import SchemeWords

    return Text(zh=rule_sentence(SchemeWords(scheme, "zh"), rule), en=rule_sentence(SchemeWords(scheme, "en"), rule))


def _scored(files: list[Any], options: Options) -> Any:
    """The difference of the results that two schemes give on one ledger."""
    from auditlib.analysis.breakdown import account_of
    from auditlib.analysis.diff import diff
    from auditlib.core.calendars import CalendarChoice
    from auditlib.core.period import parse_period
    from auditlib.ledger.extra_registers import together
    from auditlib.scoring.as_of import default_as_of
    from auditlib.scoring.assess import assess_resolved

    days = CalendarChoice(options["calendar"], options["provisional_calendar"])
    period = parse_period(options["period"], "--period")
    extra = together("B", *(file.natural.extra_registers for file in files))
    ledger = open_ledger(options["ledger"], options["as_of"], options["accept_rejects"], extra)
    look = options["as_of"] or default_as_of(ledger, period)
    given = {"readings": options["readings"], "gaps": options["supplied"]}
    for section, values in given.items():
        for name in values:
            if not any(name in getattr(file.natural, section) for file in files):
                raise InputError.at(
                    files[0].name,
                    f"--{'reading' if section == 'readings' else 'set'}",
                    f"found {name}, expected one of the {section} of the two schemes",
                )
    accounts = []
    for file in files:
        known = [
            {n: v for n, v in values.items() if n in getattr(file.natural, section)}
            for section, values in given.items()
        ]
        resolved = file.resolve(*known, period.first)
        with working(f"scoring {period} by version {resolved.scheme.version}"):
            assessed = assess_resolved(resolved, ledger, period, look, days=days, duties=True)
        accounts.append(account_of(resolved, assessed.result))
    return diff(*accounts)


def _scheme(name: str) -> Any:
    """A scheme by file, by id, or by ``ID@VERSION``, whichever file of the id has that version."""
    from auditlib.core.home import home, shown
    from auditlib.scheme.load import find_scheme, load_scheme

    folder = home() / "params" / "schemes"
    id, sign, version = name.partition("@")
    if sign and not Path(name).exists() and not (folder / f"{name}.yaml").exists():
        files = [
            load_scheme(file, shown(file))
            for file in sorted(folder.glob(f"{id}.yaml")) + sorted(folder.glob(f"{id}@*.yaml"))
        ]
        for file in files:
            if file.natural.version == version:
                return file
        known = ", ".join(file.natural.version for file in files) or "none"
        raise InputError.at(folder, name, f"found version {version}, expected one of: {known}")
    path = find_scheme(name, folder)
    return load_scheme(path, shown(path))


def _print_results(found: Any) -> None:
    from auditlib.analysis.diff_tables import change_rows, fact_rows, head_rows, unit_rows

    for title, shown in (
        ("of what", head_rows(found)),
        ("units", unit_rows(found)),
        ("points by clause", change_rows(found)),
        ("what else differs", fact_rows(found)),
    ):
        if shown.rows:
            show_table(shown, title)


KINDS = (
    Kind("a result", lambda name: Path(name).suffix == ".json", _two_results),
    Kind("a scheme", lambda name: not Path(name).is_dir() and Path(name).suffix != ".json", _two_schemes),
)
"""What can be compared, asked in this order."""
