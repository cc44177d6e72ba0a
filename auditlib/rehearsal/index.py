"""The index of a rehearsal: one static page that names everything that was made, in the order in which it was made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from auditlib.core.hashes import digest, file_sha256
from auditlib.core.message import t
from auditlib.delphi.result import Analysis
from auditlib.rehearsal.made_up_experts import Rehearsal
from auditlib.report.html import escape, heading, paragraph
from auditlib.report.pages.styles import page_file
from auditlib.revision.revise import RevisedScheme

__all__ = ["FILLED", "PANEL", "Made", "index_html"]

PANEL, FILLED = "panel", "filled"
"""The folder of the rehearsed panel, and in it that of the questionnaires that came back."""
HASH_DIGITS = 12

Row = Sequence[str]


@dataclass(frozen=True)
class Made:
    """What a rehearsal made: the analysis of the last round, the new version if one was asked for, the reports."""

    analysis: Analysis
    rehearsal: Rehearsal
    revised: RevisedScheme | None
    reports: tuple[str, ...]

    @property
    def scheme_file(self) -> str | None:
        """The file of the new version."""
        return None if self.revised is None else f"{self.revised.old.scheme}@{self.revised.version}.yaml"


def index_html(made: Made, folder: Path, language: str) -> str:
    """The page for everything in ``folder``; the same files give the same page."""
    declared = made.analysis.panel.declared
    title = t("Rehearsal of the panel: {panel}", language, panel=declared.title(language))
    last = made.analysis.last.round
    particulars = [
        ("Panel", declared.panel), ("Experts", str(last.returned)), ("Rounds", str(last.number)),
        ("Seed", str(made.rehearsal.seed)),
    ]  # fmt: skip
    items = "".join(f"<div><dt>{t(name, language)}</dt><dd>{escape(text)}</dd></div>" for name, text in particulars)
    files = _table(language, ("Step", "File", "Content", "Hash (first 12)"), _files(made, folder, language))
    synthetic = t(
        "Synthetic: a program filled in every form, no expert was asked, and no scheme may be revised on this ground",
        language,
    )
    body = [
        f'<header class="masthead"><h1>{escape(title)}</h1><dl>{items}</dl>'
        f'<p class="synthetic">{escape(synthetic)}</p></header>',
        paragraph(
            t(
                "The whole procedure, before anyone is asked: questionnaires out, forms back, analysis "
                "and screening, a second round with feedback, weights, a new version, and what it does "
                "to ranks. Everything that was made stands below in its order.",
                language,
            ),
            "finding",
        ),
        _section("files", t("What was made", language), files),
    ]
    if made.revised is not None:
        table = _maxima(made.revised, declared.digits, language)
        body.append(
            _section(
                "maxima",
                t("What the weights make of the maxima", language),
                table,
                t(
                    "The maximum of an indicator is its combined weight times the sum of all maxima, rounded "
                    "by largest remainders; the sum stays, and points inside an indicator follow its maximum.",
                    language,
                ),
            )
        )
    body.append(
        _section(
            "commands",
            t("The commands with real experts", language),
            _commands(made, language),
            t(
                "Run them in this order beside the panel's folder. Experts fill in the forms; all other "
                "steps are as rehearsed.",
                language,
            ),
        )
    )
    return _page(title, "\n".join(body), language)


def _page(title: str, body: str, language: str) -> str:
    style = page_file("auditlib/auditlib.css")
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    return f"""<!DOCTYPE html>
<html lang="{"zh-CN" if language == "zh" else "en"}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{escape(title)}</title>
<style>
{style}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


def _section(name: str, title: str, markup: str, note: str = "") -> str:
    said = paragraph(note) if note else ""
    return f"<section>{heading(title, name)}{said}{markup}</section>"


def _table(language: str, columns: Sequence[str], rows: Iterable[Row], numbers: Sequence[str] = ()) -> str:
    """A table of cells that are markup already."""
    kinds = ["number" if column in numbers else "text" for column in columns]
    headers = zip(kinds, columns, strict=True)
    head = "".join(f'<th scope="col" class="{kind}">{escape(t(name, language))}</th>' for kind, name in headers)
    lines = []
    for first, *rest in rows:
        cells = "".join(f'<td class="{kind}">{cell}</td>' for kind, cell in zip(kinds[1:], rest, strict=True))
        lines.append(f'<tr><th scope="row">{first}</th>{cells}</tr>')
    label = escape(t(columns[0], language))
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
    return f'<div class="wide" role="group" tabindex="0" aria-label="{label}">{table}</div>'


def _files(made: Made, folder: Path, language: str) -> Iterator[Row]:
    declared = made.analysis.panel.declared
    yield _row(
        folder,
        f"{PANEL}/panel.yaml",
        t("Blank panel", language),
        "scale, items, thresholds and options; no answers",
        language,
    )
    for one in made.analysis.rounds:
        number = one.round.number
        step = t("Round {round}", language, round=number)
        sent, filled = f"{PANEL}/questionnaires/round-{number}", f"{PANEL}/{FILLED}/round-{number}"
        yield _row(
            folder, sent, step, "questionnaires sent: {count}", language, count=len(list((folder / sent).iterdir()))
        )
        yield _row(
            folder, filled, step, "forms returned, labelled synthetic: {count}", language, count=one.round.returned
        )
        yield _row(
            folder,
            f"{PANEL}/round-{number}.csv",
            step,
            "the marks read from the forms, items: {count}",
            language,
            count=len(one.items),
        )
        if (folder / PANEL / f"remarks-{number}.csv").exists():
            yield _row(folder, f"{PANEL}/remarks-{number}.csv", step, "the remarks read from the forms", language)
        if number == 1 and (folder / PANEL / "experts.csv").exists():
            yield _row(
                folder,
                f"{PANEL}/experts.csv",
                step,
                "bases of judgement and familiarity, read from the forms",
                language,
            )
        yield _row(folder, f"round-{number}.html", step, "the report of this round", language)
    yield _row(
        folder,
        "analysis.xlsx",
        t("Weights", language),
        ("statistics of each round, what screening proposes, weights with {digits} {digits:decimal|decimals}"),
        language,
        digits=declared.digits,
    )
    if made.revised is not None and made.scheme_file is not None:
        day, old = made.revised.effective.isoformat(), made.revised.old.version
        values = {"version": made.revised.version, "day": day, "old": old, "ends": made.revised.old_ends.isoformat()}
        yield _row(
            folder,
            made.scheme_file,
            t("Revision", language),
            "version {version}, in force from {day}; version {old} ends on {ends}, its file unchanged",
            language,
            **values,
        )
        yield _row(
            folder,
            "weight-revision.html",
            t("Revision", language),
            "a past ledger scored by both versions: who moves, why, and how firm it is",
            language,
        )


def _row(folder: Path, name: str, step: str, content: str, language: str, **values: object) -> Row:
    path = folder / name
    if path.is_dir():
        sha = digest([[file.name, file_sha256(file)] for file in sorted(path.iterdir())])
        name += "/"
    else:
        sha = file_sha256(path)
    link = f'<a href="{escape(name)}">{escape(name)}</a>'
    text = t(content, language, **values)
    return escape(step), link, escape(text), f"<code>{sha[:HASH_DIGITS]}</code>"


def _maxima(revised: RevisedScheme, digits: int, language: str) -> str:
    columns = ("Indicator", "Old maximum", "New maximum", "Change")
    pairs = [(one.title(language), one.max, revised.maxima[one.id]) for one in revised.old.indicators]
    rows = [
        (escape(title), _fixed(old, digits), _fixed(new, digits), _fixed(new - old, digits, "+"))
        for title, old, new in pairs
        if old is not None
    ]
    return _table(language, columns, rows, numbers=columns[1:])


def _fixed(value: Fraction, digits: int, sign: str = "") -> str:
    """A number with all its decimals; with a ``sign`` of + also that of a gain."""
    return f"{Decimal(value.numerator) / Decimal(value.denominator):{sign}.{digits}f}".replace("-", "−")


def _commands(made: Made, language: str) -> str:
    """The commands that do with real experts what was rehearsed here, run beside the panel's folder."""
    sent = len(made.analysis.rounds[0].round.experts)
    steps = [("the questionnaires of round 1", f"auditlib panel new {PANEL} --experts {sent}")]
    for one in made.analysis.rounds:
        number = one.round.number
        if number > 1:
            steps.append(
                (
                    "the questionnaires of the next round, with the own last marks and the medians of all",
                    f"auditlib panel new {PANEL}",
                )
            )
        steps.append(
            (
                "forms back; any fault is named and then none is taken",
                f"auditlib panel read {PANEL}/{FILLED}/round-{number}/*.xlsx",
            )
        )
        steps.append(("statistics, agreement, screening, weights", f"auditlib delphi {PANEL}"))
    if made.revised is not None:
        scheme, file, day = made.revised.old.scheme, made.scheme_file, made.revised.effective.isoformat()
        steps += [
            (
                "the new version of the scheme",
                f"auditlib revise {scheme} --panel {PANEL} --effective {day} --out {file}",
            ),
            ("what is wrong with the new version itself", f"auditlib check {file}"),
            ("both versions side by side", f"auditlib diff {scheme} {file} --language {language}"),
        ]
    lines = "".join(
        f"<dt>{escape(t(name, language))}</dt><dd><pre><code>{escape(line)}</code></pre></dd>" for name, line in steps
    )
    return f'<dl class="commands">{lines}</dl>'
