"""The pages that people wrote: those of ``docs`` in both languages, and what lies beside the README."""

from __future__ import annotations

import re

from handbook.places import DOCS, ROOT, Language

__all__ = ["BESIDE", "written"]

BESIDE = {"contributing": "CONTRIBUTING.md", "security": "SECURITY.md", "changelog": "CHANGELOG.md"}
"""Pages that lie outside of ``docs``, in English alone."""

IN_ENGLISH = '!!! note ""\n    本页只有英文。\n\n'
OTHER_LANGUAGE = re.compile(
    r"^(?:中文(?:见|说明见)?|English:?)?\s*\[[^\]]*\]\(\w[\w-]*(?:\.zh)?\.md\)[。.]?(?: · )?$", re.M
)
LINK = re.compile(r"\]\((\.\./)?(?:docs/)?([\w./-]+?)(\.zh)?\.md(#[^)]*)?\)")
CHINESE_BREAK = re.compile(
    r"(?<=[\u2014\u2018-\u201d\u3000-\u9fff\uff00-\uffef])\n *(?=[\u2018-\u201d\u3000-\u9fff\uff00-\uffef])"
)
BACK = {file.removesuffix(".md"): page for page, file in BESIDE.items()}


def written(page: str, language: Language) -> str | None:
    """A page as the site takes it: its links lead to pages of the same language; None where nobody wrote it."""
    english = ROOT / BESIDE[page] if page in BESIDE else DOCS / f"{page}.md"
    file = english if language == "en" or page in BESIDE else DOCS / f"{page}.zh.md"
    note = ""
    if not file.is_file():
        if not english.is_file():
            return None
        file = english
    if language == "zh" and file == english:
        note = IN_ENGLISH
    text = _without_the_other_language(file.read_text(encoding="utf-8"))
    if language == "zh" and not note:
        text = _in_one_line(text)
    heading, _, rest = text.partition("\n")
    return f"{heading}\n\n{note}{LINK.sub(lambda link: _to_a_page(link, page), rest).lstrip()}"


def _without_the_other_language(text: str) -> str:
    """Without the line under the heading that leads to the page in the other language: each page of the site does."""
    head, rest = text[:400], text[400:]
    head = re.sub(r"\[中文\]\([\w-]+\.zh\.md\) · |\[English\]\([\w-]+\.md\) · ", "", head)
    return OTHER_LANGUAGE.sub("", head) + rest


def _in_one_line(text: str) -> str:
    """Lines of a Chinese paragraph joined without the blank that a page would put between them."""
    parts = re.split(r"(^```.*?^```$)", text, flags=re.M | re.S)
    return "".join(part if part.startswith("```") else re.sub(CHINESE_BREAK, "", part) for part in parts)


def _to_a_page(link: re.Match[str], page: str) -> str:
    """A link to a file as one to the page that it becomes; from a page in a folder it leads up as it is written."""
    up, name, _, anchor = link.groups()
    return f"]({up if up and '/' in page else ''}{BACK.get(name, name)}.md{anchor or ''})"
