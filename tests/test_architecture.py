"""Imports run only downwards, as the picture in the README shows, and what a module offers stands in ``__all__``."""

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import auditlib

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "auditlib"
MODULES = sorted(file for file in PACKAGE.rglob("*.py") if "__pycache__" not in file.parts)


@cache
def parsed(file):
    return ast.parse(file.read_text(encoding="utf-8"))


def dotted(file):
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


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


@cache
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


def test_the_map_of_the_readme_names_the_rooms_in_their_order_and_no_others():
    """Which room may import which is held by import-linter; this is the picture that people read."""
    rooms = sorted({name.split(".")[1] for name in BY_NAME if "." in name})
    layers = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    (order,) = (contract["layers"] for contract in layers if contract["type"] == "layers")
    assert sorted(room for line in order for room in line.split(" | ")) == rooms
    for page in ("README.md", "README.zh.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        (drawn,) = re.findall(r"^    cli → [^\n]*(?:\n        [^\n]*)*", text, re.M)
        assert [room.strip() for room in drawn.replace("\n", " ").split("→")] == [
            re.sub(" +", " ", line) for line in order
        ]
        (tree,) = re.findall(r"^auditlib/ .*?(?=^tests/)", text, re.M | re.S)
        assert sorted(re.findall(r"^  (\w+)/ ", tree, re.M)) == sorted([*rooms, "locale"])


def test_imports_run_only_downwards():
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run([sys.executable, "-c", program, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_a_module_says_what_it_is_for():
    without = [name for name, file in BY_NAME.items() if not (ast.get_docstring(parsed(file)) or "").strip()]
    assert without == []


def test_what_a_module_offers_it_defines():
    left = {name: sorted(set(public(file) or []) - defined(file).keys()) for name, file in BY_NAME.items()}
    late = sorted(auditlib.MODULES)  # imported when first used
    assert {name: offered for name, offered in left.items() if offered} == {"auditlib": late}


def test_what_a_module_takes_from_another_the_other_offers():
    taken = [
        f"{taker} takes {module}.{name}"
        for taker, file in BY_NAME.items()
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
    assert ("auditlib.core.exact", "exact") in found
    assert ("auditlib.scheme.model", "Scheme") in found
    assert {"load_scheme", "SchemeFile", "find_scheme"} <= set(public(file))
    assert defined(file)["load_scheme"] is True


def test_no_section_of_a_report_imports_another():
    sections = PACKAGE / "report" / "sections"
    taken = {
        f"{file.relative_to(sections)} takes {module}"
        for file in sorted(sections.rglob("*.py"))
        for module, _ in imports(file)
        if module.startswith("auditlib.report.sections")
    }
    assert taken == set()


def test_the_folders_of_the_tests_mirror_the_rooms():
    kinds = {
        "bad",
        "browser",
        "fuzz",
        "golden",
        "handbook",
        "hostile",
        "installed",
        "notebooks",
        "property",
        "spec",
        "survey",
    }
    rooms = {file.name for file in PACKAGE.iterdir() if file.is_dir() and (file / "__init__.py").exists()}
    folders = {file.name for file in (ROOT / "tests").iterdir() if file.is_dir() and file.name != "__pycache__"}
    assert folders - kinds == rooms - {"rehearsal"}  # rehearsed in tests/delphi, where its panels are
