"""Keys where files use them: an example by its path and line, and what is said when another value stands there."""

from __future__ import annotations

import shutil
import tempfile
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_origin

import yaml
from pydantic import BaseModel

from auditlib.core.errors import InputError
from handbook.models import Document, Model, alternatives, item_of
from handbook.places import shown

__all__ = ["Instance", "instances", "refusal"]

LONGEST = 9
"""Lines of an example; of longer ones the beginning is shown."""
WRONG = ("what", "[]", "-1", "{}", "'2 = '")
"""What is put in the place of a value, one after the other, until it is refused."""


@dataclass(frozen=True)
class Instance:
    """A key in a file."""

    file: Path
    line: int
    text: str
    value: tuple[int, int, int]
    """Where its value begins and ends in the text of the file, and at which column it ends."""

    @property
    def place(self) -> str:
        return f"{shown(self.file)}:{self.line}"


def instances(document: Document, models: dict[type[BaseModel], Model]) -> dict[tuple[str, str], Instance]:
    """For every key that some file uses the plainest use of it: shipped files first, then the shortest."""
    best: dict[tuple[str, str], tuple[Any, Instance]] = {}
    for rank, files in enumerate((document.shipped, document.others)):
        for file in files:
            text = file.read_text(encoding="utf-8")
            root = yaml.compose(text, Loader=yaml.CSafeLoader)
            if root is None:
                continue
            for model, key, named, node in _walk(root, document.root, models):
                one = Instance(file, named.start_mark.line + 1, _lines(text, named, node), _span(node))
                null = isinstance(node, yaml.ScalarNode) and node.value in ("null", "")
                order = (rank, null, one.text.count("\n"), len(one.text), shown(file), one.line)
                if (model, key) not in best or order < best[model, key][0]:
                    best[model, key] = (order, one)
    return {key: one for key, (_, one) in best.items()}


def _walk(node: Any, annotation: Any, models: dict[type[BaseModel], Model]) -> Iterator[tuple[str, str, Any, Any]]:
    """Every key of a model under ``node``: the model, the key, where it is named, its value."""
    kinds = alternatives(annotation)
    if isinstance(node, yaml.SequenceNode):
        for kind in kinds:
            if get_origin(kind) in (tuple, list):
                for item in node.value:
                    yield from _walk(item, item_of(kind), models)
    elif isinstance(node, yaml.MappingNode):
        given = {key.value for key, _ in node.value}
        for kind in (*kinds, *(item_of(kind) for kind in kinds if get_origin(kind) in (tuple, list))):
            if get_origin(kind) is dict:
                for _, value in node.value:
                    yield from _walk(value, item_of(kind), models)
                return
            model = models.get(kind) if isinstance(kind, type) else None
            if model is not None and given <= {key.name for key in model.keys()}:
                keys = {key.name: key for key in model.keys()}
                for named, value in node.value:
                    yield model.name, named.value, named, value
                    yield from _walk(value, keys[named.value].annotation, models)
                return


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


def refusal(document: Document, one: Instance) -> str | None:
    """The first line that is said of the file of an example where something else stands in its place."""
    text = one.file.read_text(encoding="utf-8")
    begin, end, column = one.value
    block = "\n" + " " * column if text[:end].endswith((" ", "\n")) else ""
    with tempfile.TemporaryDirectory() as folder:
        for beside in document.shipped:
            if beside.parent == one.file.parent and one.file in document.shipped and beside.name not in ("", one.file.name):
                (Path(folder) / beside.name).symlink_to(beside)
        wrong = Path(folder) / one.file.name
        for value in WRONG:
            wrong.write_text(f"{text[:begin]}{value}{block}{text[end:]}", encoding="utf-8")
            try:
                document.load(wrong)
            except InputError as error:
                problem = next((p for p in error.problems if p.line and abs(p.line - one.line) <= LONGEST), None)
                if problem is not None:
                    return str(problem).replace(str(wrong), shown(one.file)).replace(f"{folder}/", "")
        shutil.rmtree(folder, ignore_errors=True)
        Path(folder).mkdir()
    return None
