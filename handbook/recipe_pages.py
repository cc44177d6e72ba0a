"""Pages of the cookbook: each recipe with its sentence, its rule, its rows, what comes out and how it was computed."""

from __future__ import annotations

import re
import tempfile
import textwrap
from functools import cache
from pathlib import Path

from auditlib.analysis.explain import explain
from handbook.cookbook import KINDS, Expected, Recipe, Scored, recipes
from handbook.places import COOKBOOK, Language

__all__ = ["recipe_pages"]

MANY = 12
"""Rows of a table; of longer ones the first are shown, with a note."""
FOUND: dict[str, tuple[str, str]] = {
    "points": ("得分", "points"),
    "lines": ("明细", "lines"),
    "rates": ("比率", "rates"),
    "met": ("达标", "met"),
    "status": ("状态", "status"),
    "amounts": ("数额", "amounts"),
    "total": ("总分", "total"),
    "rank": ("名次", "rank"),
    "outcomes": ("结果运用", "outcomes"),
    "undecided": ("未决", "undecided"),
}


def recipe_pages(language: Language) -> dict[str, str]:
    """The list of recipes and a page for each."""
    zh = language == "zh"
    known = recipes()
    pages = {"cookbook/index": ""}
    lists = ""
    for kind, heading in KINDS.items():
        lists += f"## {heading(language)}\n\n"
        for name, recipe in known.items():
            if recipe.kind == kind:
                pages[f"cookbook/{name}"] = _page(name, recipe, language)
                lists += (
                    f"- [{recipe.title(language)}]({name}.md)：{recipe.sentence.zh}\n"
                    if zh
                    else f"- [{recipe.title.en}]({name}.md): {recipe.sentence.en}\n"
                )
        lists += "\n"
    pages["cookbook/index"] = (
        f"# 规则菜谱\n\n{len(known)} 句规则，每句写成办法、数据行和得分。每一页都由测试计分：页上的分数就是程序算出的分数。"
        "句子多取自公开发布的考核办法（转述）。找最像的一句，把片段抄进自己的办法，改名称和数字。"
        "片段之外的必填键，每页末尾的完整文件里都有。\n\n"
        if zh
        else f"# Cookbook\n\n{len(known)} sentences of rules, each as a scheme, rows and points. A test scores every page: what stands here "
        "is what the program computes. Most sentences paraphrase published rules. Find the one most like yours, copy the part of the "
        "scheme, change names and numbers; the keys that every scheme must state stand in the whole file at the end of each page.\n\n"
    ) + lists  # fmt: skip
    return pages


def _page(name: str, recipe: Recipe, language: Language) -> str:
    zh = language == "zh"
    at = 0 if zh else 1
    other = "" if zh else f"\n>\n> {recipe.sentence.zh}"
    survey = f" ({recipe.survey})" if recipe.survey else ""
    text = f"# {recipe.title(language)}\n\n> {recipe.sentence(language)}{survey}{other}\n\n{recipe.note(language)}\n\n"
    text += f"## {('写成', 'As a scheme')[at]}\n\n```yaml\n{_fragment(name)}\n```\n\n"
    text += f"## {('数据', 'Rows')[at]}\n\n{_rows(recipe, language)}"
    text += f"## {('得分', 'What comes out')[at]}\n\n{_expected(recipe.expect, language)}"
    for other_way in recipe.otherwise:
        flags = [f"--reading {key}={value}" for key, value in other_way.reading.items()]
        flags += [f"--set {key}={value}" for key, value in other_way.supplied.items()]
        text += f"`{' '.join(flags)}`:\n\n{_expected(other_way.expect, language)}"
    told = _explained(name, language)
    text += f"{('算式', 'Computed so')[at]}:\n\n```output\n{told}\n```\n\n" if told else ""
    text += f'??? note "{("完整的办法文件", "The whole scheme file")[at]}"\n\n    ```yaml\n{textwrap.indent(_whole(name), "    ")}\n    ```\n'
    return text


def _fragment(name: str) -> str:
    """The part of a scheme as its recipe writes it."""
    text = (COOKBOOK / f"{name}.yaml").read_text(encoding="utf-8")
    (part,) = re.findall(r"^scheme:\n((?:(?:  .*)?\n)+)", text, re.M)
    return textwrap.dedent(part).strip()


@cache
def _scored(name: str) -> tuple[str, dict[Language, str]]:
    """The whole scheme file of a recipe, and how its points were computed."""
    recipe = recipes()[name]
    told: dict[Language, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        scored = Scored(recipe, Path(folder))
        resolved, result = scored.result()
        whole = (Path(folder) / "recipe.yaml").read_text(encoding="utf-8").strip()
        for language in ("zh", "en"):
            lines: list[str] = []
            for unit in recipe.expect:
                for line in explain(resolved, result, result.unit(unit), language):
                    if line.points is not None or line.reason:
                        lines.append(f"{unit}  {line.title}  {line.points or ''}".rstrip())
                        lines.append(
                            "    " + "; ".join(part for part in (line.operands, line.arithmetic, line.reason) if part)
                        )
            told[language] = "\n".join(lines)
    return whole, told


def _explained(name: str, language: Language) -> str:
    return _scored(name)[1][language]


def _whole(name: str) -> str:
    return _scored(name)[0]


def _rows(recipe: Recipe, language: Language) -> str:
    """The rows as tables, a register each; what is the same in all of several rows stands once."""
    text = ""
    times = {"zh": "行数", "en": "rows"}[language]
    for register, rows in recipe.ledger.items():
        columns = list(dict.fromkeys(key for row in rows for key in row if key != "times"))
        repeated = any("times" in row for row in rows)
        head = [*columns, *([times] if repeated else [])]
        if not head:
            continue
        text += f"`{register}`\n\n| {' | '.join(head)} |\n|{' --- |' * len(head)}\n"
        for row in rows[:MANY]:
            cells = [_cell(row.get(column)) for column in columns] + ([f"{row.get('times', 1)}"] if repeated else [])
            text += f"| {' | '.join(cells)} |\n"
        text += "\n"
    return text


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat(sep=" ", timespec="minutes") if hasattr(value, "hour") else str(value)  # type: ignore[attr-defined]


def _expected(expect: dict[str, Expected], language: Language) -> str:
    """What each unit gets, as a table."""
    at = 0 if language == "zh" else 1
    given = [key for key in FOUND if any(key in one.model_fields_set for one in expect.values())]
    text = (
        f"| {('单位', 'unit')[at]} | {' | '.join(FOUND[key][at] for key in given)} |\n|{' --- |' * (len(given) + 1)}\n"
    )
    for unit, one in expect.items():
        cells = [_value(getattr(one, key)) if key in one.model_fields_set else "" for key in given]
        text += f"| {unit} | {' | '.join(cells)} |\n"
    return text + "\n"


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "<br>".join(f"`{key}` {_value(one)}" for key, one in value.items())
    if isinstance(value, tuple):
        return ", ".join(f"`{one}`" for one in value) or "—"
    return "—" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
