"""Pages of the reference: every key of a kind of file, its meaning, its default, an example, what is said of a wrong one."""

from __future__ import annotations

import re
from enum import Enum
from fractions import Fraction
from functools import cache
from typing import Any

from pydantic import BaseModel

from handbook.documents import documents
from handbook.instances import Instance, instances, refusal
from handbook.meanings import file_only, is_written, meaning, of_model, page_of, page_title
from handbook.models import Document, Key, Model, models_of, type_words
from handbook.places import Language

__all__ = ["models_by_document", "pages_of_keys", "refusals_of", "uses_of"]

TITLES: dict[str, tuple[str, str]] = {
    "scheme": ("考核办法文件", "The scheme file"),
    "mapping": ("映射文件", "The mapping file"),
    "run": ("批次文件", "The run file"),
    "panel": ("专家组文件", "The panel file"),
}
INTRODUCTIONS: dict[str, tuple[str, str]] = {
    "scheme": (
        "一部考核办法是一个 YAML 文件。下面各页由程序自己的模型生成：每个键的含义、默认值、取自现有文件的一例，"
        "以及写错时 `auditlib check` 怎么说。没有默认值的键必须写明，这是有意的：原文留白之处，程序不替人作决定。",
        "A scheme is one YAML file. These pages are made from the program's own models: what each key means, its default, an "
        "example out of a file that is there, and what `auditlib check` says when it is wrong. A key without a default must be "
        "stated, and that is meant: where a source is silent the program decides nothing.",
    ),
    "mapping": (
        "外部系统的导出怎样成为台账。用法见[接收导出](../intake.md)。",
        "How foreign exports become a ledger. How it is used: [taking in exports](../intake.md).",
    ),
    "run": (
        "一个批次考核什么、生成哪些报告。用法见[批次与专家组](../runs-and-panels.md)。",
        "What a run assesses and which reports it makes. How it is used: [runs and panels](../runs-and-panels.md).",
    ),
    "panel": (
        "专家组的 `panel.yaml`。用法见[专家组](../panels.md)。",
        "The `panel.yaml` of a panel of experts. How it is used: [panels](../panels.md).",
    ),
}
WORDS: dict[str, tuple[str, str]] = {
    "must": ("必须写明", "must be stated"),
    "default": ("默认", "default"),
    "type": ("类型", "type"),
    "example": ("例", "example"),
    "wrong": ("写错时", "when it is wrong"),
    "stands": ("所在", "stands at"),
    "top": ("文件最上层", "the top of the file"),
    "empty": ("空", "empty"),
    "all": ("全部键", "All keys"),
    "key": ("键", "Key"),
    "where": ("在", "In"),
    "quantity": ("，或写在此处的一个量", ", or a quantity written here"),
}
INLINE = {
    ("scheme", model, key)
    for models, keys in (
        (("Rule",), ("points", "per", "becomes")),
        (("Indicator", "Branch"), ("start", "floor", "cap")),
        (("Bound", "UnitCondition"), ("of", "at_least", "above", "at_most", "below")),
    )
    for model in models
    for key in keys
}
"""Where a file may write a quantity that the program then puts under a name, so that the model has the name alone."""


def _word(name: str, language: Language) -> str:
    return WORDS[name][0 if language == "zh" else 1]


@cache
def models_by_document(name: str) -> dict[type[BaseModel], Model]:
    """The models of a kind of file."""
    return models_of(documents()[name].root)


@cache
def uses_of(name: str) -> dict[tuple[str, str], list[Instance]]:
    """Where files use the keys of a kind of file."""
    return instances(documents()[name], models_by_document(name))


@cache
def refusals_of(name: str, model: str, key: str) -> str | None:
    """What is said where another value stands at a key."""
    uses = uses_of(name).get((model, key))
    return None if uses is None else refusal(documents()[name], uses)


def pages_of_keys(language: Language) -> dict[str, str]:
    """Every page of keys by its name."""
    pages: dict[str, str] = {}
    for name, document in documents().items():
        groups = _groups(name)
        title, intro = (told[name][0 if language == "zh" else 1] for told in (TITLES, INTRODUCTIONS))
        if len(groups) == 1:
            body = "".join(_section(document, model, language) for model in models_by_document(name).values())
            pages[f"reference/{name}"] = f"# {title}\n\n{intro}\n\n{body}"
            continue
        index = _index(document, groups, language)
        pages[f"reference/{name}/index"] = f"# {title}\n\n{intro.replace('](../', '](../../')}\n\n{index}"
        for module, models in groups.items():
            heading = page_title(name, module, language) or module
            body = "".join(_section(document, model, language) for model in models)
            pages[f"reference/{name}/{module.replace('_', '-')}"] = _linked(f"# {heading}\n\n{body}", groups, module)
    return pages


def _groups(name: str) -> dict[str, list[Model]]:
    """The models of a kind of file by the page on which they stand: of a large one a page a module."""
    models = models_by_document(name)
    if len(models) < 30:
        return {name: list(models.values())}
    groups: dict[str, list[Model]] = {}
    for model in models.values():
        groups.setdefault(page_of(model.module), []).append(model)
    return groups


def _anchor(model: Model) -> str:
    return model.name.lower().replace(".", "-")


def _linked(text: str, groups: dict[str, list[Model]], here: str) -> str:
    """Links to models that stand on another page lead there."""
    places = {_anchor(model): module for module, models in groups.items() for model in models}

    def to(link: re.Match[str]) -> str:
        module = places.get(link[1])
        return link[0] if module in (None, here) else f"({module.replace('_', '-')}.md#{link[1]})"

    return re.sub(r"\(#([\w-]+)\)", to, text)


def _index(document: Document, groups: dict[str, list[Model]], language: Language) -> str:
    lines = []
    for module, models in groups.items():
        page = f"{module.replace('_', '-')}.md"
        heading = page_title(document.name, module, language) or module
        names = " · ".join(f"[{model.name}]({page}#{_anchor(model)})" for model in models)
        lines.append(f"- [{heading}]({page}): {names}")
    return "\n".join(lines) + "\n"


def _section(document: Document, model: Model, language: Language) -> str:
    places = "、".join(f"`{place}`" for place in model.places[:4]) or _word("top", language)
    more = " …" if len(model.places) > 4 else ""
    head = (
        f"## {model.name} {{ #{_anchor(model)} }}\n\n{of_model(document.name, model, language)}\n\n"
        f"{_word('stands', language)}: {places}{more}\n\n"
    )
    keys = "".join(
        _key(document, model, key, language) for key in model.each_key() if is_written(document.name, model, key)
    )
    alone = "".join(_told(document, model, key, "", language) for key in file_only(document.name, model))
    return head + keys + alone


def _key(document: Document, model: Model, key: Key, language: Language) -> str:
    needed = _word("must", language) if key.required else f"{_word('default', language)} {_default(key, language)}"
    inline = _word("quantity", language) if (document.name, model.name, key.name) in INLINE else ""
    facts = f"{_word('type', language)}: {type_words(key.annotation, language)}{inline} · {needed}"
    return _told(document, model, key.name, facts, language, key.field)


def _told(document: Document, model: Model, key: str, facts: str, language: Language, field: str = "") -> str:
    """A key with all that is known of it."""
    text = f"### {key} {{ #{_anchor(model)}-{key.replace('_', '-')} }}\n\n{meaning(document.name, model, key, language, field)}\n\n"
    text += f"{facts}\n\n" if facts else ""
    uses = uses_of(document.name).get((model.name, key))
    if uses:
        text += f'```yaml title="{uses[0].place}"\n{uses[0].text}\n```\n\n'
    said = refusals_of(document.name, model.name, key)
    if said:
        text += f"{_word('wrong', language)}:\n\n```output\n{said}\n```\n\n"
    return text


def _default(key: Key, language: Language) -> str:
    value: Any = key.default
    if value is None:
        return "`null`"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, BaseModel) or value in ((), [], {}):
        return _word("empty", language) if not isinstance(value, BaseModel) else "—"
    if isinstance(value, tuple):
        return f"`[{', '.join(map(str, value))}]`"
    return f"`{value.value if isinstance(value, Enum) else str(value) if isinstance(value, Fraction) else value}`"
