"""Single values of a YAML text replaced in place: every other character stays what and where it is.

Writing a file anew from its values, even with a library that keeps comments, turns `null` into nothing and folds flow
mappings; a reader of the difference would not see what was meant. The positions come from PyYAML's own nodes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import yaml

from auditlib.core.exact import full_text

__all__ = ["Place", "YamlText"]

Place = tuple[object, ...]
"""Keys and positions down to a value: ``("indicators", 3, "max")``."""


@dataclass
class YamlText:
    """A YAML document in UTF-8, and the changes to be made to it. Aliases are written once and changed once."""

    text: str
    _changes: dict[tuple[int, int], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        root = yaml.compose(self.text, Loader=yaml.SafeLoader)
        if root is None:
            raise ValueError("found an empty text, expected a YAML document")
        self.root: yaml.Node = root

    def span(self, place: Place) -> tuple[int, int]:
        """Where the scalar at ``place`` begins and ends. Raises :class:`KeyError` where there is none."""
        node = self._node(place)
        if not isinstance(node, yaml.ScalarNode):
            raise KeyError(place)
        return node.start_mark.index, node.end_mark.index

    def has(self, place: Place) -> bool:
        """Whether a scalar stands at ``place``."""
        try:
            self.span(place)
        except (KeyError, IndexError):
            return False
        return True

    def replace_number(self, place: Place, value: Fraction) -> None:
        """Write ``value`` at ``place``: a whole number as it is, any other quoted, quotes kept where they are."""
        start, end = self.span(place)
        quote = self.text[start] if self.text[start] in "'\"" else "" if value.denominator == 1 else '"'
        self._changes[start, end] = f"{quote}{full_text(value)}{quote}"

    def replace_word(self, place: Place, word: str) -> None:
        """Write ``word``, which needs no escape, at ``place``; quotes are kept where they are."""
        start, end = self.span(place)
        quote = self.text[start] if self.text[start] in "'\"" else ""
        self._changes[start, end] = f"{quote}{word}{quote}"

    def put_after(self, key: str, lines: str) -> None:
        """Insert ``lines`` below the entry ``key`` of the outermost mapping."""
        end = self._end(self._node((key,)))
        line_end = self.text.find("\n", end)
        at = len(self.text) if line_end < 0 else line_end + 1
        self._changes[at, at] = lines if line_end >= 0 else f"\n{lines}"

    def remove(self, key: str) -> None:
        """Take the entry ``key`` of the outermost mapping out, with the whole lines it stands on; if there is one."""
        for name, value in self._pairs(self.root):
            if name.value == key:
                line_end = self.text.find("\n", self._end(value))
                self._changes[name.start_mark.index, len(self.text) if line_end < 0 else line_end + 1] = ""

    def changed(self) -> str:
        """The text with all changes made."""
        pieces, done = [], 0
        for (start, end), new in sorted(self._changes.items()):
            pieces += [self.text[done:start], new]
            done = end
        return "".join([*pieces, self.text[done:]])

    def _node(self, place: Place) -> yaml.Node:
        node: yaml.Node = self.root
        for step in place:
            if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
                node = node.value[step]
            else:
                known = {name.value: value for name, value in self._pairs(node)}
                node = known[str(step)]
        return node

    @staticmethod
    def _pairs(node: yaml.Node | None) -> Sequence[tuple[yaml.Node, yaml.Node]]:
        return node.value if isinstance(node, yaml.MappingNode) else ()

    def _end(self, node: yaml.Node) -> int:
        """Where the last character of a value stands; a block mapping itself ends only where the next entry begins."""
        return max(self._ends(node))

    def _ends(self, node: yaml.Node) -> Iterator[int]:
        if isinstance(node, yaml.ScalarNode):
            stripped = self.text[: node.end_mark.index].rstrip()
            yield max(node.start_mark.index, len(stripped))
        elif isinstance(node, yaml.CollectionNode) and node.flow_style:
            yield node.end_mark.index
        else:
            yield node.start_mark.index
            for child in node.value:
                for part in child if isinstance(child, tuple) else (child,):
                    yield from self._ends(part)
