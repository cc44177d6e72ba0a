"""What a notebook takes, and whether what a run gives fits it: the one check, before anything is read or started.

A notebook declares its parameters in the code cell with the tag ``parameters``: a name, perhaps a type, a default. What
has no type takes what is like its default; what has the default None, and a type without None, has to be given. A run
file gives text, whole numbers, truth values, nothing, lists, and mappings with text as keys; a day becomes its text.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditlib.core.errors import InputError, Problem
from auditlib.core.guards import json_of
from auditlib.core.home import shown

__all__ = ["check_parameters"]

TAG = "parameters"
PLAIN: dict[str, tuple[type[Any], ...]] = {
    "str": (str,), "int": (int,), "float": (int, float), "bool": (bool,),
    **dict.fromkeys(("list", "List", "tuple", "Tuple", "Sequence", "Iterable", "Collection"), (list, tuple)),
    **dict.fromkeys(("dict", "Dict", "Mapping"), (dict,)),
}  # fmt: skip
"""The types that a run can give; the last part of a name tells, whatever module it is of."""
MAGIC = re.compile(r"^\s*[%!].*$", re.MULTILINE)


class _Unknown(Exception):
    """A type that no run can give."""


@dataclass(frozen=True)
class _Declared:
    """One parameter: the line of its cell, its type as it is written or None for any, and whether it must be given."""

    line: int
    type: ast.expr | None
    default: ast.expr | None
    required: bool

    @property
    def words(self) -> str:
        return "any value" if self.type is None else ast.unparse(self.type).strip("'\"")


def check_parameters(notebook: Path, parameters: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with a notebook or the parameters for it; each problem is of one, by its name.

    A notebook that is none, of another language, or without a cell that declares parameters, is one problem alone.
    """
    name = shown(notebook)
    try:
        declared = _declared(notebook, name)
    except InputError as error:
        return list(error.problems)
    problems = []
    for key, value in parameters.items():
        if (one := declared.get(key)) is None:
            known = ", ".join(declared) or "none"
            problems.append(Problem(name, None, key, f"unknown parameter, expected one of {known}"))
        elif said := _misfit(one, value):
            problems.append(Problem(name, None, key, f"{said} (line {one.line} of the cell of parameters)"))
    for key, one in declared.items():
        if key not in parameters and one.required:
            where = f"(line {one.line} of the cell of parameters)"
            problems.append(Problem(name, None, key, f"missing parameter, expected {one.words} {where}"))
    return problems


def _misfit(one: _Declared, value: Any) -> str:
    found = f"found {value!r} ({type(value).__name__})"
    try:
        fits = _fits(one.type, value) and (one.type is not None or _like(one.default, value))
    except _Unknown as unknown:
        return f"{found}, expected none: a run cannot give {unknown}; declare text, a number, a list or a mapping"
    if fits:
        return ""
    if one.type is None and one.default is not None:
        return f"{found}, expected a value like its default {ast.unparse(one.default)}"
    quoted = "; a run file has no binary floats: declare text, and read the number from it"
    return f"{found}, expected {one.words}{quoted if one.words == 'float' and isinstance(value, str) else ''}"


def _fits(kind: ast.expr | None, value: Any) -> bool:
    """Whether a value is of a type as it is written. Raises :class:`_Unknown`."""
    if isinstance(kind, ast.Constant) and isinstance(kind.value, str):
        return _fits(_expression(kind.value), value)
    if kind is None or (isinstance(kind, ast.Constant) and kind.value is None):
        return kind is None or value is None
    if isinstance(kind, ast.BinOp) and isinstance(kind.op, ast.BitOr):
        return _any_of((kind.left, kind.right), value)
    name = _name(kind.value if isinstance(kind, ast.Subscript) else kind)
    if isinstance(kind, ast.Subscript):
        inner = list(kind.slice.elts) if isinstance(kind.slice, ast.Tuple) else [kind.slice]
        return _fits_inside(name, inner, value)
    if name in ("Any", "object"):
        return True
    if name not in PLAIN:
        raise _Unknown(name)
    return isinstance(value, PLAIN[name]) and (name == "bool" or not isinstance(value, bool))


def _fits_inside(name: str, inner: list[ast.expr], value: Any) -> bool:
    """Whether a value is of a type with others in brackets."""
    if name == "Optional":
        return value is None or _fits(inner[0], value)
    if name == "Union":
        return _any_of(inner, value)
    if name in ("Annotated", "Final"):
        return _fits(inner[0], value)
    if name == "Literal":
        return any(type(one) is type(value) and one == value for one in map(_literal, inner))
    if not isinstance(value, PLAIN.get(name, ())):
        if name not in PLAIN:
            raise _Unknown(name)
        return False
    if isinstance(value, dict):
        return all(_fits(inner[0], key) and _fits(inner[-1], one) for key, one in value.items())
    endless = isinstance(inner[-1], ast.Constant) and inner[-1].value is ...
    if name in ("tuple", "Tuple") and not endless:
        return len(value) == len(inner) and all(map(_fits, inner, value))
    return all(_fits(inner[0], one) for one in value)


def _any_of(kinds: Any, value: Any) -> bool:
    """Whether a value is of one of several types, of which some may be such as no run can give."""
    unknown = None
    for kind in kinds:
        try:
            if _fits(kind, value):
                return True
        except _Unknown as error:
            unknown = error
    if unknown:
        raise unknown
    return False


def _name(kind: ast.expr) -> str:
    if isinstance(kind, ast.Attribute):
        return kind.attr
    if isinstance(kind, ast.Name):
        return kind.id
    raise _Unknown(ast.unparse(kind))


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError:
        raise _Unknown(ast.unparse(node)) from None


def _like(default: ast.expr | None, value: Any) -> bool:
    """Whether a value is of the kind of a default; what is computed, or None, may be anything."""
    try:
        usual = None if default is None else ast.literal_eval(default)
    except ValueError:
        return True
    kinds = ((bool,), (int, float), (str,), (list, tuple), (dict,))
    for kind in kinds:  # a truth value is a number in Python, and comes first
        if isinstance(usual, kind):
            return value is None or (isinstance(value, kind) and (bool in kind or not isinstance(value, bool)))
    return True


# --- what a notebook declares ----------------------------------------------------------------------


def _declared(notebook: Path, name: str) -> dict[str, _Declared]:
    """The parameters of a notebook by name. Raises :class:`InputError`."""
    if not notebook.is_file():
        known = ", ".join(sorted(file.stem for file in notebook.parent.glob("*.ipynb"))) or "none"
        raise InputError.at(name, "", f"no such notebook, expected one of {known}")
    source = _cell(json_of(notebook), name)
    try:
        tree = _parsed(source)
    except SyntaxError as error:
        told = f"found no Python in line {error.lineno} of the cell of parameters: {error.msg}"
        raise InputError.at(name, TAG, told) from None
    declared = {}
    for node in tree.body:
        for target, kind, default in _assigned(node):
            none = isinstance(default, ast.Constant) and default.value is None
            required = none and (kind is None or not _takes_none(kind))
            declared[target] = _Declared(node.lineno, kind, default, required)
    return declared


def _cell(content: Any, name: str) -> str:
    """The source of the cell of parameters. Raises :class:`InputError` with one problem."""
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise InputError.at(name, "", "found no notebook of format 4, expected one as Jupyter writes it today")
    notes = content.get("metadata") or {}
    kernel, info = notes.get("kernelspec") or {}, notes.get("language_info") or {}
    language = str(info.get("name") or kernel.get("language") or "")
    if not language and not str(kernel.get("name") or "python3").startswith("python"):
        language = str(kernel["name"])
    if language and language.lower() not in ("python", "ipython"):
        raise InputError.at(name, "", f"found a notebook in {language}, expected one in Python")
    for cell in cells:
        if cell.get("cell_type") == "code" and TAG in ((cell.get("metadata") or {}).get("tags") or ()):
            source = cell.get("source", "")
            return source if isinstance(source, str) else "".join(source)
    told = "found no code cell with the tag parameters, expected one that declares what the run gives, as scheme: str"
    raise InputError.at(name, "", told)


def _parsed(source: str) -> ast.Module:
    """The statements of a cell; its magics are none."""
    try:
        return ast.parse(source, type_comments=True)
    except SyntaxError:
        return ast.parse(MAGIC.sub("", source))


def _assigned(node: ast.stmt) -> Iterator[tuple[str, ast.expr | None, ast.expr | None]]:
    """The names that a statement gives values, with type and value."""
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id, node.annotation, node.value
    elif isinstance(node, ast.Assign):
        try:
            kind = _expression(node.type_comment) if node.type_comment else None
        except _Unknown:  # a comment for people
            kind = None
        for target in node.targets:
            if isinstance(target, ast.Name):
                yield target.id, kind, node.value


def _expression(text: str) -> ast.expr:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError:
        raise _Unknown(text) from None


def _takes_none(kind: ast.expr) -> bool:
    try:
        return _fits(kind, None)
    except _Unknown:
        return False
