"""The worked examples of a scheme as pages: what happened, what the ledger holds, what the clauses give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from auditlib.analysis.examples.page import Case, ExamplePage
from auditlib.core.message import t
from auditlib.scheme.load import SchemeFile
from auditlib.scheme_pages.expectations import Expected, cited_clauses, expected_rows
from auditlib.scheme_pages.scheme_words import SchemeWords
from auditlib.scheme_pages.sql_words import column_words
from auditlib.scheme_pages.template import render_page

__all__ = ["Facts", "examples_html"]


@dataclass(frozen=True)
class Facts:
    """The rows of one register as a small table; ``said`` says it in words where there is nothing to tabulate."""

    register: str
    headings: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    said: str = ""


def examples_html(file: SchemeFile, cases: Sequence[Case], language: str, dossier_page: str) -> str:
    """The page of a scheme's worked examples, with links to the clauses of its dossier."""
    words = SchemeWords(file.natural, language)
    chapters = []
    for number, page in enumerate(dict.fromkeys(id(case.page) for case in cases), start=1):
        own = [case for case in cases if id(case.page) == page]
        groups = [
            (clauses, [_case(words, case) for case in members])
            for clauses, members in groupby(own, key=lambda case: cited_clauses(words.scheme, case.example.expect))
        ]
        chapters.append(
            {"number": number, "page": own[0].page, "usual": _usual(words, own[0].page), "groups": groups,
             "as_of": _moment(own[0].page.as_of)}
        )  # fmt: skip
    title = t("{title}: worked examples", language, title=file.natural.title(language))
    return render_page(
        "examples.html.j2", language, title=title, scheme=file.natural, chapters=chapters, dossier=dossier_page,
        count=len(cases),
    )  # fmt: skip


def _case(words: SchemeWords, case: Case) -> dict[str, Any]:
    example, scheme = case.example, words.scheme
    return {
        "example": example,
        "period": example.period if example.period not in (None, case.page.period) else "",
        "as_of": _moment(example.as_of) if example.as_of not in (None, case.page.as_of) else "",
        "facts": list(_facts(words, case)),
        "supplied": [
            (scheme.gaps[name].missing(words.language) if name in scheme.gaps else name, str(value))
            for name, value in example.set.items()
        ],
        "expected": _results(words, example.expect),
        "refused": example.expect.get("refused", ""),
        "variants": [
            (_readings(words, variant.reading), _results(words, variant.expect), variant.expect.get("refused", ""))
            for variant in example.otherwise
        ],
    }


def _results(words: SchemeWords, expect: Mapping[str, Any]) -> list[tuple[str, list[Expected]]]:
    """The rows of results of each unit, the only or first one first; a unit without any is left out."""
    units: dict[str, Any] = {"": {key: value for key, value in expect.items() if key not in ("units", "refused")}}
    units |= expect.get("units") or {}
    return [(unit, list(expected_rows(words, own))) for unit, own in units.items() if own]


def _readings(words: SchemeWords, chosen: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """The readings of a variant: which, its question, its answer."""
    found = []
    for name, option in chosen.items():
        reading = words.scheme.readings.get(name)
        known = reading.options.get(option) if reading else None
        found.append(
            (name, reading.question(words.language) if reading else name, known(words.language) if known else option)
        )
    return found


def _usual(words: SchemeWords, page: ExamplePage) -> list[tuple[str, list[tuple[str, str]]]]:
    """What every row has unless a case says otherwise, by register."""
    return [
        (
            words.scheme.known_registers[name].zh if words.language == "zh" else name,
            [
                (column_words(name, column, words.language), _cell(words, column, value))
                for column, value in row.items()
            ],
        )
        for name, row in page.usual.items()
    ]


def _facts(words: SchemeWords, case: Case) -> Iterator[Facts]:
    for name, rows in case.ledger.items():
        if not rows:
            continue
        register = words.scheme.known_registers[name].zh if words.language == "zh" else name
        usual = {"unit": "甲", **case.page.usual.get(name, {})}
        own = dict.fromkeys(column for row in rows for column in row if column != "times")
        known = [column.name for column in words.scheme.known_registers[name].columns]
        columns = sorted(own, key=lambda column: known.index(column) if column in known else len(known))
        count = sum(int(row.get("times", 1)) for row in rows)
        if not columns:
            yield Facts(register, said=words.t("{count} {count:row|rows}, as in the common facts.", count=count))
            continue
        several = any("times" in row for row in rows)
        headings = [column_words(name, column, words.language) for column in columns]
        table = [[_cell(words, column, row.get(column, usual.get(column))) for column in columns] for row in rows]
        if several:
            headings = [words.t("Rows"), *headings]
            table = [[str(row.get("times", 1)), *cells] for row, cells in zip(rows, table, strict=True)]
        yield Facts(register, headings, table)


def _cell(words: SchemeWords, column: str, value: Any) -> str:
    if value is None:
        return words.t("(empty)")
    if isinstance(value, bool):
        return words.t("true" if value else "false")
    if isinstance(value, list | tuple):
        return words.listed(str(item) for item in value)
    if column == "indicator":
        titles = {indicator.id: indicator.title(words.language) for indicator in words.scheme.indicators}
        return titles.get(str(value), str(value))
    return _moment(value)


def _moment(value: Any) -> str:
    """A time as people write it, without seconds where there are none; anything else as it is."""
    if isinstance(value, datetime | date):
        value = value.isoformat()
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return str(value)
    if "T" not in str(value):
        return str(value)
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment.second else f"{moment:%Y-%m-%d %H:%M}"
