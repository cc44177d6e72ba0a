"""Keys where files use them: an example by its path and line, and what is said when another value stands there."""

from __future__ import annotations

import re
import tempfile
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_origin

import yaml
from pydantic import BaseModel

from auditlib.core.errors import InputError, Problem
from handbook.models import Document, Model, alternatives, item_of
from handbook.places import COOKBOOK, shown

__all__ = ["Instance", "instances", "refusal"]

INLINE = tuple(f"auditlib.scheme.{name}" for name in ("formers", "conditions", "quantities"))
"""Where the models are that may stand in the place of a name."""
INSIDE = ("tree", "nodes")
FILE_ONLY = {"Scheme": {"tree"}, "Branch": {"nodes"}, "Measure": {"rows"}}
"""Keys that a file has, and the model no more once they were put in their places."""
LEFT_OUT = {
    "Scheme": {"scheme", "version", "title", "source", "effective", "periods", "clauses", "measures", "indicators",
               "ranking", "rounding"},
    "Indicator": {"max", "start", "floor", "cap"}, "Branch": {"children"}, "Measure": {"title"},
    "Rate": {"numerator", "denominator"}, "Outcome": set(),
}  # fmt: skip
"""Keys that a file need not have although the model does."""
LONGEST = 9
"""Lines of an example; of longer ones the beginning is shown."""
USES = 4
"""So many uses of a key are looked at for one that shows it."""
WRONG = ("what", "[]", "-1", "{}", "'2 = '")
"""What is put in the place of a value, one after the other, until it is refused."""


@dataclass(frozen=True)
class Instance:
    """A key in a file."""

    file: Path
    key: str
    line: int
    text: str
    value: tuple[int, int, int]
    """Where its value begins and ends in the text of the file, and at which column it ends."""

    @property
    def place(self) -> str:
        return f"{shown(self.file)}:{self.line}"


def instances(document: Document, models: dict[type[BaseModel], Model]) -> dict[tuple[str, str], list[Instance]]:
    """For every key that some file uses the plainest uses of it: shipped files first, then the shortest.

    What stands beside a value that waits for a gap is no example: nothing is asked of it before the gap is supplied.
    """
    found: dict[tuple[str, str], list[tuple[Any, Instance]]] = {}
    for rank, files in enumerate((document.shipped, document.others)):
        for file in files:
            text = file.read_text(encoding="utf-8")
            root = document.part(yaml.compose(text, Loader=yaml.CSafeLoader), file)
            for model, key, named, node in _walk(root, document.root, models):
                one = Instance(file, key, named.start_mark.line + 1, _lines(text, named, node), _span(node))
                waits = any("$" in line for line in one.text.splitlines()[:1])
                null = isinstance(node, yaml.ScalarNode) and node.value in ("null", "")
                lines = one.text.count("\n")
                order = (waits, rank, null, lines > 3, len(text) // 4000, lines, len(one.text), shown(file), one.line)
                found.setdefault((model, key), []).append((order, one))
    return {key: [one for _, one in sorted(uses, key=lambda use: use[0])[:USES]] for key, uses in found.items()}


def _walk(node: Any, annotation: Any, models: dict[type[BaseModel], Model]) -> Iterator[tuple[str, str, Any, Any]]:
    """Every key of a model under ``node``: the model, the key, where it is named, its value.

    A quantity, a condition or a node of a tree may stand where the model, which sees the file after these were put in
    their places, has a name: there the model is found by the keys.
    """
    kinds = alternatives(annotation)
    items = tuple(item_of(kind) for kind in kinds if get_origin(kind) in (tuple, list))
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _walk(item, items[0] if items else None, models)
    elif isinstance(node, yaml.MappingNode):
        given = {key.value for key, _ in node.value}
        held = next((item_of(kind) for kind in kinds if get_origin(kind) is dict), None)
        one_of = (*kinds, *(kind for item in items for kind in alternatives(item)))
        model = _fitting(given, [models[kind] for kind in one_of if kind in models])
        if model is None and held is None:
            model = _fitting(given, [one for one in models.values() if one.type.__module__ in INLINE])
        if model is None:
            for key, value in node.value:
                yield from _walk(key, None, models)
                yield from _walk(value, held, models)
            return
        keys = {key.name: key.annotation for key in model.keys(every=True)}
        own = {key.name for key in model} | FILE_ONLY.get(model.name, set())
        for named, value in node.value:
            shared = models[model.shared].name if model.shared is not None else model.name
            yield model.name if named.value in own else shared, named.value, named, value
            if named.value in INSIDE:
                for node_of_tree in value.value:
                    kind = next(
                        one
                        for one in models
                        if one.__name__ == ("Branch" if _has(node_of_tree, "nodes") else "Indicator")
                    )
                    yield from _walk(node_of_tree, kind, models)
            else:
                yield from _walk(value, keys.get(named.value), models)


def _has(node: Any, key: str) -> bool:
    return isinstance(node, yaml.MappingNode) and any(one.value == key for one, _ in node.value)


def _fitting(given: set[str], among: list[Model]) -> Model | None:
    """The model that has all these keys, and needs none that is not there."""
    for model in among:
        known = {key.name for key in model.keys(every=True)} | FILE_ONLY.get(model.name, set())
        needed = {key.name for key in model.keys(every=True) if key.required} - LEFT_OUT.get(model.name, set())
        if given <= known and needed <= given | ({"register"} if "rows" in given else set()):
            return model
    return None


def _span(node: Any) -> tuple[int, int, int]:
    return node.start_mark.index, node.end_mark.index, node.end_mark.column


def _lines(text: str, named: Any, node: Any) -> str:
    last = node.end_mark.line + (1 if node.end_mark.column else 0)
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        last = max(one.start_mark.line for one in _leaves(node)) + 1
    lines = text.splitlines()[named.start_mark.line : last]
    if len(lines) > LONGEST:
        lines = [*lines[:LONGEST], f"{' ' * (len(lines[LONGEST - 1]) - len(lines[LONGEST - 1].lstrip()))}# …"]
    return textwrap.dedent("\n".join(line.rstrip() for line in lines))


def _leaves(node: Any) -> Iterator[Any]:
    yield node
    if isinstance(node, yaml.CollectionNode):
        for one in node.value:
            for inner in one if isinstance(one, tuple) else (one,):
                yield from _leaves(inner)


def refusal(document: Document, uses: list[Instance]) -> str | None:
    """What is said of the file of an example where something else stands in the place of its value."""
    return next((said for one in uses if (said := _refused(document, one)) is not None), None)


def _refused(document: Document, one: Instance) -> str | None:
    text = one.file.read_text(encoding="utf-8")
    begin, end, column = one.value
    block = "\n" + " " * column if text[:end].endswith((" ", "\n")) else ""
    with tempfile.TemporaryDirectory() as folder:
        for beside in document.shipped:
            if (
                beside.parent == one.file.parent
                and one.file in document.shipped
                and beside.name not in ("", one.file.name)
            ):
                (Path(folder) / beside.name).symlink_to(beside)
        wrong = Path(folder) / one.file.name
        for value in WRONG:
            wrong.write_text(f"{text[:begin]}{value}{block}{text[end:]}", encoding="utf-8")
            try:
                document.load(wrong)
            except InputError as error:
                problem = _of_the_key(error.problems, one)
                if one.file.parent == COOKBOOK:  # a recipe becomes a whole scheme, whose lines are others
                    return f"{problem.path}: {problem.message}"
                return str(problem).replace(str(wrong), shown(one.file)).replace(f"{folder}/", "")
    return None


def _of_the_key(problems: Sequence[Problem], one: Instance) -> Problem:
    """The problem that stands at the key, else one that names it, else the first."""
    near = [p for p in problems if p.line and abs(p.line - one.line) <= LONGEST and one.file.parent != COOKBOOK]
    named = [p for p in problems if one.key in re.split(r"[.\[\]]+", p.path)]
    both = [p for p in near if p in named]
    return (both or near or named or list(problems))[0]
