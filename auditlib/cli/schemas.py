"""The command that says what a ledger and a declared file hold: schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from auditlib.cli.terminal import echo, echo_json, show_table
from auditlib.core.home import shown
from auditlib.core.table import Table
from auditlib.runs.beginning.file_schemas import KINDS, file_schema

if TYPE_CHECKING:
    from auditlib.scheme.model import Scheme
    from auditlib.scheme.quantities import Measure

__all__ = ["schema"]


@click.command()
@click.argument("scheme", required=False)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--json", "for_editors", is_flag=True, help="The JSON Schema of a declared file, for an editor.")
@click.option(
    "--of", "kind", type=click.Choice(KINDS), default="scheme", show_default=True, help="Of which file, with --json."
)
def schema(scheme: str | None, form: str, for_editors: bool, kind: str) -> None:
    """The registers and columns of a ledger, a sentence each: those that SCHEME needs, or all that there are.

    Of a scheme also its facts, words, measures, readings and gaps. With --json the JSON Schema of a file that is
    written by hand: every key with its meaning, which an editor shows and completes (`auditlib new` sets one up).
    """
    if for_editors:
        if scheme is not None:
            raise click.UsageError("--json is of every file of a kind: expected no SCHEME beside it, perhaps --of")
        echo_json(file_schema(kind))
    elif scheme is None:
        _every_register(form)
    else:
        _of_scheme(scheme, form)


def _every_register(form: str) -> None:
    """Every register that a ledger may have, with all of its columns."""
    from auditlib.ledger.registers import REGISTERS

    if form == "json":
        echo_json(
            {
                name: {
                    "row": register.row, "zh": register.zh, "key": list(register.key), "at": register.at,
                    "columns": {
                        one.name: {"type": one.type, "required": one.required, "meaning": one.meaning, "zh": one.zh}
                        for one in register.columns
                    },
                }
                for name, register in REGISTERS.items()
            }
        )  # fmt: skip
        return
    rows = [[name, ", ".join(one.key), one.at or "", _sentence(one.row, one.zh)] for name, one in REGISTERS.items()]
    show_table(
        Table(("register", "key", "in a period by", "a row is"), rows),
        "registers: a table each, all but units optional",
    )
    columns = [
        [name, one.name + ("*" if one.required else ""), one.type, _sentence(one.meaning, one.zh)]
        for name, register in REGISTERS.items()
        for one in register.columns
    ]
    show_table(Table(("register", "column", "type", "meaning"), columns), "columns")
    echo("* every row fills it; the others may be empty, and left out where no scheme reads them")
    echo("a column of your own is declared in the scheme: `extra_columns: {cases: {area: {type: text, title: …}}}`;")
    echo("rows of another kind have a register of your own: `extra_registers: {visits: {title: …, at: …, columns: …}}`")


def _of_scheme(scheme: str, form: str) -> None:
    from auditlib.core.values import range_words
    from auditlib.scheme.load import find_scheme, load_scheme

    path = find_scheme(scheme)
    natural = load_scheme(path, shown(path)).natural
    needed = _asked_for(natural)
    if form == "json":
        plain: dict[str, Any] = {
            name: {
                column: {
                    "type": known.type, "required": known.required, "meaning": known.meaning, "zh": known.zh,
                    "own": name in natural.extra_registers or column in natural.extra_columns.get(name, {}),
                }
                for column in columns
                if (known := natural.ledger_columns(name)[column])
            }
            for name, columns in needed.items()
        }  # fmt: skip
        readings = {
            name: {"options": list(r.options), "use": r.use, "clause": r.clause} for name, r in natural.readings.items()
        }
        gaps = {
            name: {
                "clause": g.clause, "missing": g.missing.en, "policy": g.policy,
                "low": None if (low := g.lowest) is None else str(low),
                "high": None if (high := g.highest) is None else str(high),
            }
            for name, g in natural.gaps.items()
        }  # fmt: skip
        facts = {
            m.fact: {
                "zh": m.title.zh, "en": m.title.en, "otherwise": m.otherwise,
                "low": str(m.low or 0), "high": None if m.high is None else str(m.high),
                "part_of": natural.measures[m.part_of].fact if m.part_of else None,
            }
            for m in natural.measures.values()
            if m.fact
        }  # fmt: skip
        own_registers = {
            name: {"row": one.row, "zh": one.zh, "key": list(one.key), "at": one.at}
            for name, one in natural.known_registers.items() if name in natural.extra_registers
        }  # fmt: skip
        words = {register: dict(columns) for register, columns in natural.words.items()}
        echo_json(
            {
                "scheme": natural.scheme, "registers": plain, "extra_registers": own_registers, "facts": facts, "words": words, "readings": readings,
                "gaps": gaps,
            }
        )  # fmt: skip
        return
    rows = []
    for name, columns in needed.items():
        for known in map(natural.ledger_columns(name).__getitem__, columns):
            own = name in natural.extra_registers or known.name in natural.extra_columns.get(name, {})
            mark = "*" if known.required else "+" if own else ""
            rows.append([name, known.name + mark, known.type, _sentence(known.meaning, known.zh)])
    show_table(
        Table(("register", "column", "type", "meaning"), rows),
        f"{natural.scheme} {natural.version}: {natural.title.zh}",
    )
    echo("* every row fills it; the others may be empty (unknown), but the columns must be there")
    if natural.extra_columns:
        echo("+ a column of the ledger's own, which the scheme declares under `extra_columns`")
    if natural.extra_registers:
        known_here = natural.known_registers
        own_rows = [
            [name, ", ".join(known_here[name].key), one.at or "", _sentence(one.title.en, one.title.zh)]
            for name, one in natural.extra_registers.items()
        ]
        show_table(Table(("register", "key", "in a period by", "a row is"), own_rows), "registers of the ledger's own")
    fact_rows = [
        [m.fact, m.title.zh, m.title.en, _values(natural, m), m.otherwise or ""]
        for m in natural.measures.values()
        if m.fact
    ]
    if fact_rows:
        show_table(
            Table(("fact", "数据项", "meaning", "values", "otherwise"), fact_rows),
            "facts: rows of unit_facts, one a unit and period",
        )
    word_rows = [
        [register, column, " ".join(word or "(empty)" for word in known)]
        for register, by in natural.words.items()
        for column, known in by.items()
    ]
    if word_rows:
        show_table(Table(("register", "column", "words"), word_rows), "words: others are told, and no rule counts them")
    conditions = [[name, m.register_, m.where] for name, m in natural.measures.items() if m.register_ and m.where]
    show_table(Table(("measure", "register", "counts the rows where"), conditions), "measures")
    if natural.readings:
        options = [
            [n, r.clause, " | ".join(f"[{o}]" if o == r.use else o for o in r.options), r.question.zh]
            for n, r in natural.readings.items()
        ]
        show_table(
            Table(("reading", "clause", "options ([in use])", "question"), options), "readings: --reading ID=NAME"
        )
    if natural.gaps:
        gap_rows = [
            [n, g.clause, g.policy, range_words(g.lowest, g.highest), g.missing.zh] for n, g in natural.gaps.items()
        ]
        show_table(
            Table(("gap", "clause", "policy", "values", "missing"), gap_rows),
            "gaps: --set GAP=VALUE",
        )


def _asked_for(scheme: Scheme) -> dict[str, tuple[str, ...]]:
    """What is counted, and what a writer of a ledger needs besides: the groups of units, and the marks of people."""
    from auditlib.ledger.registers import REGISTERS
    from auditlib.scoring.needed import needed_columns

    needed = needed_columns(scheme)
    if _grouped(scheme.model_dump(mode="json", by_alias=True, exclude={"clauses", "readings", "gaps"})):
        needed["units"] = tuple(dict.fromkeys((*needed["units"], "group")))
    if any(rule.mark is True for node in scheme.nodes for rule in node.rules):
        needed["marks"] = tuple(REGISTERS["marks"].required)
    return {name: needed[name] for name in scheme.known_registers if name in needed}


def _grouped(part: object) -> bool:
    """Whether something in a scheme goes by group: a ranking or peers within it, a condition on it, words for it."""
    if isinstance(part, dict):
        names = part.get("group")
        within = "group" in (part.get("within"), part.get("among"))
        return within or (bool(names) and isinstance(names, str | list)) or any(map(_grouped, part.values()))
    return isinstance(part, list) and any(map(_grouped, part))


def _sentence(en: str, zh: str) -> str:
    """What a column or row is, in both languages; once where it is said in one alone."""
    return en if en == zh else f"{en}（{zh}）"


def _values(scheme: Scheme, measure: Measure) -> str:
    """Which values of a fact are possible."""
    span = measure.possible_values
    return f"{span}, at most {scheme.measures[measure.part_of].fact}" if measure.part_of else span
