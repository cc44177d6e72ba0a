"""Imports run only downwards, and what a module offers is what it names in ``__all__``."""

import ast
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "auditlib"
LAYERS = """
errors exact numerals period places files visible cells refusals
provenance
tree message expressions conditions registers kinds expression_types worktime calendars
scheme
ledger delphi
repeats derived own_columns validity selection unknown_days measures tally
result points standing outcomes precision rank notices day_notices score arithmetic explain conclusions output assess
sensitivity
interpretation margins accounts diff diff_tables
revision
report
runner site demo
rehearsal demo_folder
cli
"""
LAYER = {name: level for level, line in enumerate(LAYERS.split("\n")) for name in line.split()}
MODULES = sorted(file for file in PACKAGE.rglob("*.py") if "__pycache__" not in file.parts)


@cache
def parsed(file):
    return ast.parse(file.read_text(encoding="utf-8"))


def dotted(file):
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def layer_name(module):
    """``auditlib.scheme.load`` belongs to ``scheme``; the package itself to nothing."""
    return ".".join(module.split(".")[1:2])


BY_NAME = {dotted(file): file for file in MODULES}


def imports(file):
    """Each module of auditlib that ``file`` imports, with the name it takes from it (None for the module itself)."""
    here = dotted(file).split(".")
    package = here if file.name == "__init__.py" else here[:-1]
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names if alias.name.split(".")[0] == "auditlib")
        elif isinstance(node, ast.ImportFrom):
            base = [] if node.level == 0 else package[: len(package) - node.level + 1]
            module = ".".join([*base, *([node.module] if node.module else [])])
            if module.split(".")[0] == "auditlib":
                for alias in node.names:
                    whole = f"{module}.{alias.name}"
                    yield (whole, None) if whole in BY_NAME else (module, alias.name)


def public(file):
    """The names in ``__all__``, or None where there is none."""
    for node in parsed(file).body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
            return ast.literal_eval(node.value)
    return None


def defined(file):
    """The names that a module defines at its top level, and whether each is a def or a class; imports left out."""
    names = {}
    for node in ast.walk(ast.Module(body=[n for n in parsed(file).body if not _scope(n)], type_ignores=[])):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names[node.id] = False
    names.update({node.name: True for node in parsed(file).body if _scope(node)})
    return names


def _scope(node):
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


each_module = pytest.mark.parametrize("file", MODULES, ids=list(map(dotted, MODULES)))


def test_every_module_has_its_layer():
    assert sorted({layer_name(name) for name in BY_NAME} - {""} - LAYER.keys()) == []


@each_module
def test_a_module_imports_only_from_its_own_or_a_lower_layer(file):
    own = LAYER.get(layer_name(dotted(file)), len(LAYER))
    upwards = [name for name, _ in imports(file) if LAYER.get(layer_name(name), 0) > own]
    assert upwards == []


@each_module
def test_a_module_says_what_it_is_for(file):
    assert (ast.get_docstring(parsed(file)) or "").strip()


@each_module
def test_what_a_module_offers_it_defines(file):
    assert sorted(set(public(file) or []) - defined(file).keys()) == []


@each_module
def test_what_a_module_takes_from_another_the_other_offers(file):
    taken = [
        f"{module}.{name}"
        for module, name in imports(file)
        if name is not None and module in BY_NAME and name not in (public(BY_NAME[module]) or [])
    ]
    assert taken == []


def test_a_module_that_defines_something_public_has_a_list_of_what_it_offers():
    without = [
        name
        for name, file in BY_NAME.items()
        if public(file) is None and any(top and not name.startswith("_") for name, top in defined(file).items())
    ]
    assert without == []


def test_the_reading_of_imports_sees_every_form_of_them(tmp_path):
    """So that an empty list above means that nothing is wrong, not that nothing was looked at."""
    file = PACKAGE / "scheme" / "load.py"
    found = set(imports(file))
    assert ("auditlib.exact", "exact") in found
    assert ("auditlib.scheme.model", "Scheme") in found
    assert {"load_scheme", "SchemeFile", "find_scheme"} <= set(public(file))
    assert defined(file)["load_scheme"] is True
    assert LAYER["errors"] < LAYER["tree"] < LAYER["scheme"] < LAYER["measures"] < LAYER["score"] < LAYER["cli"]
