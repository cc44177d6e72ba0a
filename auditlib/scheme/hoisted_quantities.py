"""Quantities inside others, put under names of their own."""

from __future__ import annotations

import re
from typing import Any

from auditlib.core.values import number
from auditlib.core.yaml_file import Path_
from auditlib.scheme.formers.quantity import former_of

__all__ = ["BOUNDS", "HoistedQuantities"]

NAMELESS = re.compile(r"[^A-Za-z0-9_-]+")
OF_A_MEASURE = ("rows", "fact")
LISTS = ("add", "multiply", "divide", "least", "greatest", "mean", "then")
SINGLE = ("zero", "peers", "earlier", "missing", "curve", "flat", "round", "else", "over")
CONDITIONS = ("how_many",)
COLUMNS = {
    "sum": ("{}之和", "sum of {}"), "distinct": ("{}的不同值", "different {}"),
    "median": ("{}的中位数", "median of {}"), "longest": ("{}的最大值", "greatest {}"),
}  # fmt: skip
"""What is taken of a column of rows, in Chinese and in English."""
BOUNDS = ("at_least", "above", "at_most", "below")


class HoistedQuantities:
    """The quantities and measures of a file by name, and where the file itself has them."""

    def __init__(self, value: dict[str, Any]) -> None:
        sections = (value.get(key) for key in ("measures", "rates", "composites", "standings", "quantities"))
        self.gaps = frozenset(value["gaps"]) if isinstance(value.get("gaps"), dict) else frozenset()
        self.taken = {name for section in sections if isinstance(section, dict) for name in section}
        self.quantities: dict[str, Any] = {}
        self.measures: dict[str, Any] = {}
        self.moved: dict[Path_, Path_] = {}

    def former(self, name: str, value: Any, path: Path_) -> None:
        """Puts a quantity under its name, and those inside it under names of their own."""
        word = former_of(value)
        if word in OF_A_MEASURE:
            self.measures[name] = _measure(name if path == ("quantities", name) else None, value)
            self.moved["measures", name] = path
            self.moved["measures", name, "register"] = (*path, "rows")
            return
        self.quantities[name] = value if word is None else self._inside(name, value, path)
        if path != ("quantities", name):
            self.moved["quantities", name] = path

    def part(self, value: Any, name: str, path: Path_) -> Any:
        """What stands for a part of something: the name of the quantity that is written there, or what it is."""
        if not isinstance(value, dict):
            return value
        free = self._free(name)
        self.former(free, value, path)
        return free

    def wrapped(self, word: str, value: Any, name: str, path: Path_) -> Any:
        """The name of a quantity that the file does not write in this form: ``word`` made of what is at ``path``."""
        free = self.part({word: value} if word != "choose" else value, name, path)
        self.moved["quantities", free, word] = path
        return free

    def named(self, value: Any, name: str, path: Path_) -> Any:
        """As :meth:`part`, where a number will not do: it is put under a name, too."""
        if value is None or (isinstance(value, str) and not _is_number(value)):
            return value
        if isinstance(value, dict):
            return self.part(value, name, path)
        free = self.part({"add": [value]}, name, path)
        self.moved["quantities", free, "add", 0, 0] = path
        return free

    def condition(self, value: Any, name: str, path: Path_) -> Any:
        """A condition whose quantities all have names."""
        if not isinstance(value, dict):
            return value
        result = dict(value)
        for key in ("of", "known", *BOUNDS):
            if key in value:
                result[key] = self.part(value[key], f"{name}-{key}", (*path, key))
        for key in ("all", "any"):
            if isinstance(value.get(key), list):
                result[key] = [
                    self.condition(one, f"{name}-{index}", (*path, key, index)) for index, one in enumerate(value[key])
                ]
        if "not" in value:
            result["not"] = self.condition(value["not"], f"{name}-not", (*path, "not"))
        return result

    def _inside(self, name: str, value: dict[str, Any], path: Path_) -> dict[str, Any]:
        result = dict(value)
        for key in LISTS:
            if isinstance(value.get(key), list):
                result[key] = [
                    self.part(one, f"{name}-{index}", (*path, key, index)) for index, one in enumerate(value[key])
                ]
        for key in ("add", "mean"):  # the model has pairs of a part and its weight
            pairs = value.get(key)
            for index, one in enumerate(pairs if isinstance(pairs, dict | list) else ()):
                written = (*path, key, one if isinstance(pairs, dict) else index)
                self.moved |= {("quantities", name, key, index, side): written for side in (0, 1)}
        for key in SINGLE:
            if key in value and not (isinstance(value[key], dict) and value[key].keys() == {"outcome"}):
                result[key] = self.part(value[key], f"{name}-{key}", (*path, key))
        for key in CONDITIONS:
            if isinstance(value.get(key), list):
                result[key] = [
                    self.condition(one, f"{name}-{index}", (*path, key, index)) for index, one in enumerate(value[key])
                ]
        for key in ("among", "holds"):
            if isinstance(value.get(key), dict):
                result[key] = self.condition(value[key], f"{name}-{key}", (*path, key))
        if isinstance(value.get("knots"), list):
            result["knots"] = [
                [self.part(end, f"{name}-{index}-{side}", (*path, "knots", index, side))
                 for side, end in enumerate(knot)] if isinstance(knot, list) else knot
                for index, knot in enumerate(value["knots"])
            ]  # fmt: skip
        if isinstance(value.get("outside"), dict):
            result["outside"] = {
                side: self.part(end, f"{name}-{side}", (*path, "outside", side))
                for side, end in value["outside"].items()
            }
        if isinstance(value.get("choose"), list):
            result["choose"] = [
                self._case(case, f"{name}-{index}", (*path, "choose", index))
                for index, case in enumerate(value["choose"])
            ]
        if isinstance(value.get("steps"), dict):
            result["steps"] = {
                key: self.part(one, f"{name}-{key}", (*path, "steps", key)) if key != "mode" else one
                for key, one in value["steps"].items()
            }
        return result

    def _case(self, case: Any, name: str, path: Path_) -> Any:
        if not isinstance(case, dict):
            return case
        result = dict(case)
        if "when" in case:
            result["when"] = self.condition(case["when"], f"{name}-when", (*path, "when"))
        if "is" in case:
            result["is"] = self.part(case["is"], f"{name}-is", (*path, "is"))
        return result

    def _free(self, name: str) -> str:
        """A name that nothing has yet, of letters that a name may have."""
        stem = NAMELESS.sub("-", name).strip("-") or "quantity"
        free, count = stem, 1
        while free in self.taken:
            count += 1
            free = f"{stem}-{count}"
        self.taken.add(free)
        return free

    def _is_name(self, value: Any) -> bool:
        """Whether a quantity stands where a number might; anything else is refused as no number."""
        return isinstance(value, str) and value in self.taken


def _measure(name: str | None, value: dict[str, Any]) -> dict[str, Any]:
    """A quantity that counts rows or reads a fact, as a measure. Without a name it is called by what it counts."""
    result = {("register" if key == "rows" else key): one for key, one in value.items()}
    return {"title": _called(value) if name is None else {"zh": name, "en": name}} | result


def _called(value: dict[str, Any]) -> dict[str, str]:
    """What rows or a fact are called: the register, with what is taken of a column, and the condition."""
    counted = str(value.get("rows", value.get("fact")))
    zh, en = next((words for key, words in COLUMNS.items() if key in value), ("{}", "{}"))
    of = next((f"{counted}.{value[key]}" for key in COLUMNS if key in value), counted)
    where = value.get("where")
    zh, en = zh.format(of), en.format(of)
    return {"zh": f"{zh}（{where}）", "en": f"{en} ({where})"} if where else {"zh": zh, "en": en}


def _is_number(value: Any) -> bool:
    try:
        number(value)
    except ValueError:
        return False
    return True
