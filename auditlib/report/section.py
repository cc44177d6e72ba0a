"""A section of a report: what it says, shows and tabulates, as it stands on the page and as values to go on with."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from auditlib.report.html import FACTS_MIME, escape, heading, paragraph
from auditlib.report.markup import folded_table, render_table, table_text
from auditlib.report.pages.drawings import DRAWING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from auditlib.report.figure import Spot

__all__ = [
    "NOTHING",
    "PrintedFigure",
    "PrintedTable",
    "Section",
    "command_list",
    "commands_section",
    "figure_section",
    "joined_sections",
    "said_section",
    "table_section",
]


@dataclass(frozen=True)
class PrintedTable:
    """A table as a paper prints it: its caption with its number, rows, columns of numbers, kinds of rows, notes."""

    name: str
    caption: str
    frame: pd.DataFrame
    numbers: tuple[str, ...]
    kinds: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class PrintedFigure:
    """A figure as a paper prints it, with its caption and number."""

    name: str
    caption: str
    figure: Figure


@dataclass(frozen=True)
class Section:
    """A section of a report. Jupyter shows ``html``; a terminal shows ``text``, which never differs between runs.

    ``sentences`` are what it says in words, each computed from the numbers that it shows; ``table`` is a pandas frame
    of what it lists, ``figure`` the matplotlib figure that it draws, each None where it has none. ``printed`` holds
    the numbered tables and figures of a report that goes into a paper.
    """

    html: str = field(repr=False)
    text: str
    sentences: tuple[str, ...] = ()
    table: pd.DataFrame | None = field(default=None, repr=False, compare=False)
    figure: Figure | None = field(default=None, repr=False, compare=False)
    facts: Mapping[str, Any] | None = field(default=None, repr=False)
    printed: tuple[PrintedTable | PrintedFigure, ...] = field(default=(), repr=False, compare=False)

    def _repr_html_(self) -> str:
        return self.html

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/html": self.html, "text/plain": self.text}
        if self.facts is not None:
            bundle[FACTS_MIME] = dict(self.facts)
        return bundle

    def __repr__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        """Whether it shows anything."""
        return bool(self.html)


NOTHING = Section("", "")
"""What a report shows of a section that does not concern it."""


def said_section(name: str, title: str, sentence: str) -> Section:
    """A section whose figure or table would show nothing: the sentence that says so."""
    markup = f'<section class="audit">{heading(title, name)}{paragraph(sentence)}</section>'
    return Section(markup, f"{title}: {sentence}", (sentence,))


def table_section(
    name: str, title: str, table: pd.DataFrame, language: str, note: str = "", **options: Any
) -> Section:  # fmt: skip
    """A table under its heading, after the note that explains it; ``options`` as of :func:`render_table`."""
    markup = render_table(table, title, language, show_caption=False, **options)
    said = paragraph(note) if note else ""
    return Section(
        f'<section class="audit {name}">{heading(title, name)}{said}{markup}</section>',
        "\n".join(filter(None, (note, table_text(table, title)))),
        (note,) if note else (),
        table,
    )


def figure_section(
    name: str, title: str, figure: Figure, caption: str, table: pd.DataFrame | None = None, language: str = "zh",
    kind: str = "", spots: Sequence[Spot] = (),
) -> Section:  # fmt: skip
    """A figure under its heading, as a drawing, and folded under it its table.

    The computed sentence is the caption and the alternative text; ``spots`` are its parts that lead somewhere.
    """
    from auditlib.report.figure import NARROW, svg

    image = base64.b64encode(svg(figure, name).encode()).decode("ascii")
    width = round(figure.get_figwidth() * 100)
    narrow = ' class="narrow"' if figure.get_figwidth() <= NARROW else ""
    markup = (
        f'<section class="audit figure">{heading(title, name)}'
        f'<figure{narrow}><div class="wide" role="group" tabindex="0" aria-label="{escape(title)}">'
        f'<div class="drawn"><img src="{DRAWING}{image}" alt="{escape(f"{title} — {caption}")}" '
        f'width="{width}">{"".join(map(_spot, spots))}</div></div>'
        f"<figcaption>{escape(caption)}</figcaption></figure></section>"
    )
    drawn = Section(markup, f"{title}: {caption}", (caption,), table, figure)
    if table is None:
        return drawn
    folded = Section(folded_table(table, title, language, kind=kind), table_text(table, title))
    return replace(joined_sections(drawn, folded), table=table, figure=figure)


def _spot(spot: Spot) -> str:
    places = {"left": spot.left, "top": spot.top, "width": spot.width, "height": spot.height}
    style = ";".join(f"{name}:{share * 100:.2f}%" for name, share in places.items())
    if not spot.href:
        return f'<span class="spot" title="{escape(spot.title)}" style="{style}"></span>'
    find = f' data-find="{escape(spot.find)}"' if spot.find else ""
    stop = "" if spot.stop else ' tabindex="-1"'
    return (
        f'<a class="spot" href="{escape(spot.href)}" title="{escape(spot.title)}" aria-label="{escape(spot.title)}"'
        f'{find}{stop} style="{style}"></a>'
    )


def commands_section(
    title: str, note: str, steps: Sequence[tuple[str, str]], table: pd.DataFrame, language: str
) -> Section:  # fmt: skip
    """How to make a report again: command lines, each with what it does, and the table of what went into it."""
    markup = (
        f'<section class="audit repeat">{heading(title, "repeat")}{paragraph(note)}'
        f"{command_list(steps)}{render_table(table, title, language, show_caption=False)}</section>"
    )
    text = "\n".join([table_text(table, title), *(f"{what}: {line}" for what, line in steps)])
    return Section(markup, text, (note,), table)


def command_list(steps: Sequence[tuple[str, str]]) -> str:
    """Command lines as HTML, each under what it does."""
    lines = "".join(f"<dt>{escape(what)}</dt><dd><pre><code>{escape(line)}</code></pre></dd>" for what, line in steps)
    return f'<dl class="commands">{lines}</dl>'


def joined_sections(*pieces: Section) -> Section:
    """Several sections as one: all they say, and the first table and figure among them."""
    shown: Sequence[Section] = [piece for piece in pieces if piece]
    return Section(
        "\n".join(piece.html for piece in shown),
        "\n".join(piece.text for piece in shown),
        tuple(sentence for piece in shown for sentence in piece.sentences),
        next((piece.table for piece in shown if piece.table is not None), None),
        next((piece.figure for piece in shown if piece.figure is not None), None),
        next((piece.facts for piece in shown if piece.facts is not None), None),
        tuple(one for piece in shown for one in piece.printed),
    )
