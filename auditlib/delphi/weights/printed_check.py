"""What a publication prints of its panel, recomputed: products, sums, rankings, W, and whether marks can give it.

A finding is a contradiction that the printed numbers prove by themselves. The file lists the known ones with what they
mean, so that another one stands out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from auditlib.core.errors import InputError
from auditlib.core.yaml_file import Tree, dotted, read_tree, validate
from auditlib.delphi.weights.printed import Known, Open, PrintedFile
from auditlib.delphi.weights.printed_faults import PrintedFinding, examine
from auditlib.delphi.weights.rounding import recompute_printed

__all__ = ["CheckedPrint", "check_printed"]


@dataclass(frozen=True)
class CheckedPrint:
    """A checked publication: findings, what was confirmed, and known findings that no longer occur."""

    tree: Tree
    findings: tuple[PrintedFinding, ...]
    confirmed: tuple[str, ...]
    open: tuple[tuple[str, Open], ...]
    stale: tuple[Known, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing but known findings was found, and all of these."""
        return not self.stale and all(found.known for found in self.findings)

    def rows(self, everything: bool = False) -> Iterator[dict[str, Any]]:
        """The findings as plain values; ``everything`` gives the known ones too."""
        for found in self.findings:
            if everything or not found.known:
                file, line, column = self.tree.place(found.path)
                place = {
                    "file": file,
                    "line": line,
                    "column": column,
                    "path": dotted(found.path),
                    "clause": found.clause,
                }
                what = {"kind": found.kind, "at": found.at, "message": found.message, "proof": found.proof}
                yield place | what | {"known": found.known}
        for known in self.stale:
            yield {"file": str(self.tree.file), "kind": "stale-finding", "at": known.at, "message": _stale(known)}

    def lines(self, everything: bool = False) -> Iterator[str]:
        """One line a finding; ``everything`` shows known ones, what is open, and what was confirmed."""
        for found in self.findings:
            if everything or not found.known:
                message = f"{found.kind}: {found.at}: {found.message} ({found.proof})"
                yield f"{self.tree.problem(found.path, message, found.clause)}{' [known]' if found.known else ''}"
        for known in self.stale:
            yield str(self.tree.problem(("findings",), f"stale-finding: {_stale(known)}"))
        if everything:
            for name, left in self.open:
                yield str(self.tree.problem(("open", name), f"open: {left.what.zh} {left.what.en}", left.clause))
            yield from (f"confirmed: {line}" for line in self.confirmed)


def _stale(known: Known) -> str:
    return f"the known finding {known.kind} at {known.at} no longer occurs"


def check_printed(file: Path, name: str | None = None) -> CheckedPrint:
    """The publication in ``file`` recomputed. Raises :class:`InputError` for a file that cannot be used."""
    tree = read_tree(file, name)
    declared = validate(PrintedFile, tree)
    cited = [declared.table, *(o.clause for o in declared.open.values()), *(a.clause for a in declared.agreement)]
    if unknown := sorted({clause for clause in cited if clause not in declared.clauses}):
        raise InputError(tree.problem(("clauses",), f"missing clause {clause}, which is cited") for clause in unknown)
    try:
        table = recompute_printed(declared.rows, declared.digits, declared.unit)
    except ValueError as error:
        raise InputError(tree.problem(("items",), str(error))) from None
    known = {(one.kind, one.at) for one in declared.findings}
    findings, confirmed = [], []
    for found in examine(declared, table):
        if isinstance(found, str):
            confirmed.append(found)
        else:
            findings.append(found if (found.kind, found.at) not in known else replace(found, known=True))
    occurring = {(found.kind, found.at) for found in findings}
    stale = tuple(one for one in declared.findings if (one.kind, one.at) not in occurring)
    return CheckedPrint(tree, tuple(findings), tuple(confirmed), tuple(declared.open.items()), stale)
