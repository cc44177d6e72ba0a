"""Every page that somebody wrote has its place in the handbook, in both languages, with links to pages of its own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from handbook.places import DOCS, ROOT
from handbook.written import written


def placed(entries: list[dict[str, Any]]) -> list[str]:
    return [name for one in entries for name in ([one["page"]] if "page" in one else placed(one["pages"]))]


NAV = placed(yaml.safe_load((ROOT / "handbook" / "nav.yaml").read_text(encoding="utf-8")))


def pages() -> list[Path]:
    files = (*DOCS.glob("*.md"), *DOCS.glob("reference/*.md"))
    return sorted(file for file in files if not file.name.endswith(".zh.md"))


def test_every_page_has_its_place_once() -> None:
    assert len(NAV) == len(set(NAV))
    names = {file.relative_to(DOCS).as_posix().removesuffix(".md") for file in pages()}
    assert names - set(NAV) == set(), "give them a line in handbook/nav.yaml"


def test_every_page_is_there_in_both_languages() -> None:
    lacking = {file.name.removesuffix(".md") for file in pages() if not file.with_suffix(".zh.md").is_file()}
    assert lacking == set()


@pytest.mark.parametrize("page", [file.relative_to(DOCS).as_posix().removesuffix(".md") for file in pages()])
def test_a_page_links_to_pages_of_its_own_language(page: str) -> None:
    for language in ("zh", "en"):
        text = written(page, language)
        assert text is not None
        assert text.startswith("# ")
        assert not re.findall(r"\]\([^)]*\.zh\.md", text)


def test_a_chinese_paragraph_has_no_blank_where_its_lines_end() -> None:
    text = written("index", "zh")
    assert text is not None
    assert "\u6761\u6b3e\uff1b\u53f0\u8d26" in text
