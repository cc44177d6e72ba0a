"""Values in the place of names: the chosen option of a reading, the value of a day, what a gap needs.

In a scheme file ``$name`` stands for one of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from auditlib.core.errors import InputError, Problem
from auditlib.core.refusals import shown, wanted
from auditlib.core.yaml_file import Tree
from auditlib.scheme.model import Scheme
from auditlib.scheme.reference_names import references_in

__all__ = ["Substitution", "declarations_of"]


def declarations_of(tree: Tree) -> Mapping[str, Any]:
    """The keys of a scheme file. Raises :class:`InputError` where the file is no mapping of keys."""
    if not isinstance(tree.value, dict):
        found = "an empty file" if tree.value is None else shown(tree.value)
        raise InputError(tree.problem((), f"found {found}, expected {wanted(Scheme)}"))
    return tree.value


class Substitution:
    """Puts values in the place of ``$name``; a rule that needs an unsupplied gap waits for it."""

    def __init__(
        self, tree: Tree, chosen: Mapping[str, str], supplied: Mapping[str, Fraction], on: date | None
    ) -> None:
        self.tree = tree
        self.chosen = chosen
        self.on = on
        self.problems: list[Problem] = []
        declared = declarations_of(tree)
        self.known: dict[str, Any] = {}
        self.written: dict[str, tuple[Any, ...]] = {}
        self.origins: dict[tuple[str | int, ...], tuple[Any, ...]] = {}
        self.waiting: set[str] = set()
        for section in ("readings", "values", "gaps"):
            entries = declared.get(section)
            for name, entry in entries.items() if isinstance(entries, dict) else ():
                if name in self.known or name in self.waiting:
                    self.problems.append(tree.problem((section, name), f"the name {name} stands for two things"))
                elif section == "gaps":
                    if name in supplied:
                        given = supplied[name]
                        self.known[name] = int(given) if given.denominator == 1 else given
                    else:
                        self.waiting.add(name)
                else:
                    read = self._reading if section == "readings" else self._dated
                    self.known[name] = read(name, entry)

    def run(self) -> Tree:
        """The file with every reference replaced; what came in so is placed where it is written.

        Raises :class:`InputError` for unknown references.
        """
        kept = ("readings", "gaps", "values", "clauses", "source", "findings")
        result = {
            key: value if key in kept else self._replace(value, (key,))
            for key, value in declarations_of(self.tree).items()
        }
        if self.problems:
            raise InputError(self.problems)
        return replace(self.tree, value=result, origins=self.origins)

    def _reading(self, name: str, entry: Any) -> Any:
        try:
            options, option = entry["options"], self.chosen.get(name)
            used = option if option in options else next(iter(options))
            self.written[name] = ("readings", name, "options", used, "value")
            return options[used]["value"]
        except (KeyError, TypeError, StopIteration):
            return None  # the model names the fault

    def _dated(self, name: str, entry: Any) -> Any:
        if not isinstance(entry, dict) or not entry:
            self.problems.append(
                self.tree.problem(
                    ("values", name),
                    f"found {shown(entry)}, expected values by the date from which they hold: {{2025-01-01: 10}}",
                )
            )
            return None
        days = sorted(entry)
        in_force = [day for day in days if self.on is None or date.fromisoformat(str(day)) <= self.on]
        if not in_force:
            self.problems.append(self.tree.problem(("values", name), f"no value is in force on {self.on}"))
            return None
        self.written[name] = ("values", name, in_force[-1])
        return entry[in_force[-1]]

    def _replace(self, value: Any, path: tuple[str | int, ...]) -> Any:
        if isinstance(value, str) and value.startswith("$"):
            name = value[1:]
            if name in self.waiting:
                self.problems.append(
                    self.tree.problem(
                        path, f"found the gap {value}, expected gaps in rules, outcomes and full marks only"
                    )
                )
                return None
            if name not in self.known:
                self.problems.append(
                    self.tree.problem(path, f"found {value}, expected a reading, value or gap of this file")
                )
                return None
            if (origin := self.written.get(name)) is not None:
                self.origins[path] = origin
            return self.known[name]
        if isinstance(value, list):
            return [self._replace(item, (*path, index)) for index, item in enumerate(value)]
        if isinstance(value, dict):
            nodes = path[:1] in (("indicators",), ("branches",))
            if (path[:1] == ("outcomes",) and len(path) == 2) or (nodes and path[-2:-1] == ("rules",)):
                gaps = list(dict.fromkeys(name for name in references_in(value) if name in self.waiting))
                if gaps:
                    # It waits: what it would do is not known, only where it stands and what it lacks.
                    kept = {key: value[key] for key in ("id", "clause", "title") if key in value} | {"gaps": gaps}
                    return kept | ({"mark": True} if "mark" in value else {})
            if path[:1] == ("duties",) and "limits" in path[-2:-1]:
                gaps = [name for name in references_in(value) if name in self.waiting]
                if gaps:  # nobody can say how long the limit is
                    return {key: value[key] for key in ("when",) if key in value} | {"gap": gaps[0]}
            if nodes and len(path) == 2:
                full = value.get("max")
                if isinstance(full, str) and full.startswith("$") and full[1:] in self.waiting:
                    value = value | {"max": None, "gap": full[1:]}
            return {key: self._replace(item, (*path, key)) for key, item in value.items()}
        return value
