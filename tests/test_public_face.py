"""``import auditlib`` has what notebooks and scripts need: each name documented, each example run."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import auditlib

ROOT = Path(__file__).parents[1]
BLOCKS = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)


@pytest.mark.parametrize("name", auditlib.__all__)
def test_every_name_is_there_and_says_what_it_is(name):
    assert (getattr(auditlib, name).__doc__ or "").strip()


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = auditlib.nothing


def test_importing_it_imports_nothing_heavy():
    program = "import sys, auditlib; print(sorted({'polars', 'pandas', 'matplotlib', 'pydantic'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_page_on_python_names_every_public_name():
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    (table,) = re.findall(r"^\| names .*?(?=^## )", text, re.M | re.S)
    named = set(re.findall(r"`(\w+)`", re.sub(r"\|[^|]*\|$", "|", table, flags=re.M)))
    assert named >= set(auditlib.__all__)


def examples(page):
    return BLOCKS.findall((ROOT / page).read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", ["docs/python.md", "README.md", "README.zh.md"])
def test_the_examples_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {}
    blocks = examples(page)
    assert blocks
    for block in blocks:
        exec(block, names)


def test_the_chinese_page_on_python_has_the_same_examples():
    programs = [
        [ast.dump(ast.parse(block)) for block in examples(page)] for page in ("docs/python.md", "docs/python.zh.md")
    ]
    assert programs[0] == programs[1]


def test_the_first_page_stays_short():
    for page in ("README.md", "README.zh.md"):
        assert len((ROOT / page).read_text(encoding="utf-8").splitlines()) <= 150, page
