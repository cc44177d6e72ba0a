"""Pages made of tables that the program reads: registers, commands, sources, public names."""

from __future__ import annotations

import re
from importlib import import_module

import click

import auditlib
from auditlib.cli import main
from auditlib.ledger.registers import REGISTERS
from auditlib.scheme.sources import STATUSES, source_sections
from handbook.places import Language

__all__ = ["api_page", "commands_page", "registers_page", "sources_page"]

TYPES: dict[str, tuple[str, str]] = {
    "text": ("文本", "text"),
    "time": ("时间", "time"),
    "deadline": ("最后时刻；只写日期的止于当日终了", "last moment; a bare date lasts to its end"),
    "boolean": ("是/否", "yes or no"),
    "integer": ("整数", "whole number"),
    "number": ("精确的数", "exact number"),
    "period": ("考核期", "period"),
}


def registers_page(language: Language) -> str:
    """Every register with its columns."""
    zh = language == "zh"
    text = (
        "# 登记簿\n\n台账是登记簿的文件夹：每个登记簿一个 CSV、Parquet 或工作表。这张表就是程序自己读的那一张。"
        "其他的列会保留，办法要用的在 `extra_columns` 中声明；另一类的行由办法在 `extra_registers` 中声明自己的登记簿。台账怎样写见[台账](../ledgers.md)。\n\n"
        if zh
        else "# Registers\n\nA ledger is a folder of registers, each a CSV, a Parquet file or a sheet. This is the table that the "
        "program itself reads. Other columns are kept; a scheme declares those it reads under `extra_columns`, and registers of its own under `extra_registers`. How a ledger is "
        "written: [ledgers](../ledgers.md).\n\n"
    )
    for register in REGISTERS.values():
        key = "、".join(f"`{name}`" for name in register.key) or ("无" if zh else "none")
        at = f"`{register.at}`" if register.at else ("无" if zh else "none")
        text += f"## {register.name}" + (f" {register.zh}" if zh else "") + f" {{ #{register.name} }}\n\n"
        text += (
            f"一行：{register.zh}。键：{key}。归期：{at}。\n\n"
            if zh
            else f"A row: {register.row}. Key: {key}. Belongs to a period by: {at}.\n\n"
        )
        text += (
            "| 列 | 名称 | 类型 | 必填 |\n| --- | --- | --- | --- |\n"
            if zh
            else "| column | meaning | type | must be filled |\n| --- | --- | --- | --- |\n"
        )
        for column in register.columns:
            kind = TYPES[column.type][0 if zh else 1]
            least = (
                ""
                if column.minimum is None
                else (f"，不小于{column.minimum}" if zh else f", at least {column.minimum}")
            )
            needed = ("是" if zh else "yes") if column.required else ""
            told = column.zh if zh else column.meaning
            text += f"| `{column.name}` | {told} | {kind}{least} | {needed} |\n"
        text += "\n"
    return text


def _commands(command: click.Command, name: str) -> list[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=name)
        inside = ((part, command.get_command(context, part)) for part in command.list_commands(context))
        return [pair for part, inner in inside if inner is not None for pair in _commands(inner, f"{name} {part}")]
    return [(name, command)]


def commands_page(language: Language) -> str:
    """Every command with what its ``--help`` says."""
    text = (
        "# 命令的全部选项\n\n每个命令的 `--help`，一字不差。概览和中文说明见[命令](../commands.md)。\n\n"
        if language == "zh"
        else "# All options of all commands\n\nWhat the `--help` of each command says. An overview: [commands](../commands.md).\n\n"
    )
    for name, command in _commands(main, "auditlib"):
        context = click.Context(command, info_name=name, max_content_width=100, terminal_width=100)
        text += f"## {name} {{ #{name.replace(' ', '-')} }}\n\n```text\n{command.get_help(context)}\n```\n\n"
    return text


def sources_page(language: Language) -> str:
    """The 38 sections of the sources: what works of each, and the test that shows it."""
    zh = language == "zh"
    told = source_sections()
    text = (
        f"# 来源的{len(told)}篇\n\n本软件出自五份文件中的{len(told)}篇。每篇能做什么、或者为什么没有规则可做，以及由哪个测试证明；"
        "`auditlib sources` 给出同一张表。\n\n"
        if zh
        else f"# The {len(told)} sources\n\nThis software was made from {len(told)} sections of five documents. What works of each, or why "
        "there is no rule in it, and the test that shows it; `auditlib sources` prints the same.\n\n"
    )
    for name, source in told.items():
        schemes = "、".join(f"`{scheme}`" for scheme in source.schemes) or "—"
        tests = "、".join(f"`{test}`" for test in source.tests)
        text += f"## {name} {source.title(language)} {{ #{name.lower()} }}\n\n{source.says(language)}\n\n"
        status = STATUSES[source.status](language)
        text += f"{'现状' if zh else 'state'}: {status} · {'办法' if zh else 'schemes'}: {schemes} · {'测试' if zh else 'tests'}: {tests}\n\n"
    return text


def api_page(language: Language) -> str:
    """Every public name, from its docstring."""
    text = (
        "# 公开名称\n\n`import auditlib as al` 提供的每一个名称，说明取自源代码（英文）。怎样用见[在 Python 中](../python.md)。\n\n"
        if language == "zh"
        else "# Public names\n\nEvery name that `import auditlib as al` has, from its docstring. How they are used: "
        "[in Python](../python.md).\n\n"
    )
    for name in sorted(auditlib.__all__, key=lambda one: (one.lower(), one)):
        module = import_module(f"auditlib.{auditlib.MODULES[name]}")
        assert hasattr(module, name)
        text += f"::: {module.__name__}.{name}\n    options:\n      heading: al.{name}\n      toc_label: {name}\n\n"
    return re.sub(r"\n{3,}", "\n\n", text)
