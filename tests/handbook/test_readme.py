"""README.md and README.zh.md say the same: headings, blocks, links, pictures and tables, each in its language."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from handbook.pictures import SMALL

PAGES = ("README.md", "README.zh.md")


def text(root: Path, page: str) -> str:
    return (root / page).read_text(encoding="utf-8")


def without_blocks(page: str) -> str:
    return re.sub(r"^```.*?^```$", "", page, flags=re.M | re.S)


def same_file(target: str) -> str:
    """A target of either language under one name."""
    return re.sub(r"\.(zh|en)(?=\.)", "", target)


def structure(page: str) -> dict[str, list[str]]:
    """What two pages have to have in common."""
    plain = without_blocks(page)
    other = {"README.md", "README.zh.md"}
    return {
        "headings": [line.split()[0] for line in re.findall(r"^#.*$", plain, re.M)],
        "links": sorted(
            same_file(target) for target in re.findall(r"(?<!!)\[[^\]]*\]\(([^)]+)\)", plain) if target not in other
        ),
        "pictures": [same_file(target) for target in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", plain)],
        "rows": [line.count("|") for line in re.findall(r"^\|.*$", plain, re.M)],  # type: ignore[misc]
        "blocks": [said_alike(block) for block in re.findall(r"^```(?:\w*)\n(.*?)^```$", page, re.M | re.S)],
    }


def said_alike(block: str) -> str:
    """A block without its comments, in one language."""
    return re.sub(r"\s+#.*$", "", block, flags=re.M).replace('"zh"', '"en"')


def test_both_pages_have_the_same_structure(root: Path) -> None:
    english, chinese = (structure(text(root, page)) for page in PAGES)
    assert english == chinese


def test_the_comparison_notices_a_link_a_heading_and_a_block_that_one_page_lacks(root: Path) -> None:
    page = text(root, "README.md")
    whole = structure(page)
    for spoilt in (
        page.replace("[trust](docs/trust.md)", "trust"),
        page.replace("## Map", "Map"),
        page.replace("auditlib demo\n", "auditlib demo DIR\n"),
        re.sub(r"!\[.*?\)\n", "", page, count=1),
    ):
        assert structure(spoilt) != whole


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_short_and_shows_a_report_and_a_notebook(root: Path, page: str) -> None:
    told = text(root, page)
    assert len(told.splitlines()) < 150
    shown = re.findall(r"!\[[^\]]+\]\((docs/pictures/[\w.]+)\)", told)
    assert [Path(one).name.split(".")[0] for one in shown] == ["report", "notebook"]


def test_pictures_are_there_small_and_in_use(root: Path) -> None:
    used = {one for page in (*PAGES, *(file.relative_to(root).as_posix() for file in (root / "docs").glob("*.md")))
            for one in re.findall(r"\(((?:docs/)?pictures/[\w.-]+)\)", text(root, page))}  # fmt: skip
    files = {file.name: file for file in (root / "docs" / "pictures").glob("*")}
    assert {Path(one).name for one in used} == files.keys()
    assert all(file.suffix == ".png" and file.stat().st_size < SMALL for file in files.values())


def test_every_link_of_the_first_pages_leads_to_a_file(root: Path) -> None:
    for page in (*PAGES, "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", without_blocks(text(root, page))):
            assert (root / target).exists(), f"{page}: {target}"


def test_headings_go_down_one_level_at_a_time(root: Path) -> None:
    for page in PAGES:
        levels = [len(line.split()[0]) for line in re.findall(r"^#.*$", without_blocks(text(root, page)), re.M)]
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
