"""One language of the site: its pages in a folder, in their order, built by MkDocs."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import rjieba
import yaml
from material.plugins.search import plugin as search
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin

from handbook.made import made
from handbook.places import DOCS, LANGUAGES, ROOT, Language, Told
from handbook.written import written

__all__ = ["build_language", "pages_of"]

ROLE = re.compile(r":(?:class|func|attr|mod|meth|exc|data):(?=<code>)")
PICTURES = "pictures"


class _Words:
    """Chinese text as words, under the name by which Material looks for them."""

    @staticmethod
    def cut(text: bytes) -> list[str]:
        return rjieba.cut(text.decode("utf-8"))


class _Handbook(BasePlugin):  # type: ignore[type-arg]
    """What a page needs besides: its twin in the other language, and docstrings without the roles of Sphinx."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def on_page_content(self, html: str, **_: Any) -> str:
        return ROLE.sub("", html)

    def on_post_page(self, output: str, *, page: Any, **_: Any) -> str:
        """With links to the twins, and without what makes the theme ask for the other language's list of pages.

        A disk refuses that list. MkDocs itself makes no link that leads out of a site, as one to a twin does.
        """
        up = "../" * page.url.count("/")
        folders = {"zh": {"zh": "", "en": "en/"}, "en": {"zh": "../", "en": ""}}[self.language]
        output = re.sub(r' hreflang="(\w+)"', r' lang="\1"', re.sub(r'<link rel="alternate"[^>]*>', "", output))
        return re.sub(r'href="#twin-(\w+)"', lambda found: f'href="{up}{folders[found[1]]}{page.url}"', output)

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """The names of the languages, with a place for the link to each."""
        names = {"zh": "中文", "en": "English"}
        config.extra["alternate"] = [{"name": names[one], "lang": one, "link": f"#twin-{one}"} for one in LANGUAGES]
        return config


def pages_of(language: Language) -> tuple[dict[str, str], list[Any]]:
    """Every page of a language by its name, and the order in which they stand as MkDocs has it."""
    pages = made(language)
    order = yaml.safe_load((ROOT / "handbook" / "nav.yaml").read_text(encoding="utf-8"))
    return pages, [_entry(one, language, pages) for one in order]


def _entry(one: dict[str, Any], language: Language, pages: dict[str, str]) -> Any:
    heading: Told | None = one.get("heading")
    if "pages" in one and heading is not None:
        return {heading[language]: [_entry(page, language, pages) for page in one["pages"]]}
    name = one["page"]
    if name not in pages:
        text = written(name, language)
        if text is None:
            raise FileNotFoundError(f"handbook/nav.yaml: found the page {name}, expected docs/{name}.md")
        pages[name] = text
    if heading is None:
        return f"{name}.md"
    if "made" not in one:
        return {heading[language]: f"{name}.md"}
    folder = name.removesuffix("/index")
    others = [page for page in pages if page.startswith(f"{folder}/") and page != name]
    return {heading[language]: [f"{name}.md", *(f"{page}.md" for page in others)]}


def build_language(language: Language, work: Path, out: Path) -> None:
    """The pages of a language into ``out``. Raises :class:`mkdocs.exceptions.Abort` where a link leads nowhere."""
    pages, nav = pages_of(language)
    for name, text in pages.items():
        file = work / f"{name}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    shutil.copytree(ROOT / "handbook" / "assets", work / "assets")
    shutil.copytree(DOCS / PICTURES, work / PICTURES)
    search.jieba = _Words
    config = load_config(str(ROOT / "mkdocs.yml"), docs_dir=str(work), site_dir=str(out), strict=True, nav=nav)
    config.theme["language"] = language
    config.site_name = {"zh": "auditlib 手册", "en": "auditlib handbook"}[language]
    config.plugins["handbook"] = _Handbook(language)
    config.plugins.run_event("startup", command="build", dirty=False)
    build(config)
    config.plugins.run_event("shutdown")
    for unused in ("404.html", "sitemap.xml", "sitemap.xml.gz", "search/search_index.json", "objects.inv"):
        (out / unused).unlink(missing_ok=True)
    for unused_file in (*out.rglob("*.map"), *(out / "assets" / "javascripts" / "lunr").glob("*.js")):
        unused_file.unlink()


def index_of(out: Path) -> dict[str, Any]:
    """What the search of a built site looks through."""
    text = (out / "search" / "search_index.js").read_text(encoding="utf-8")
    return json.loads(text.removeprefix("var __index = "))
