"""What a cell shows, gathered as it comes: one text a stream, bounded in length, whichever engine runs the cell.

nbclient keeps an output for every piece that is written, and joins the pieces when the cell has ended well, by patterns
whose time grows with the square of the longest line. Here pieces are joined as they come, in time that grows with their
length, also where the cell fails, takes too long, or its process dies.
"""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output
from papermill.clientwrap import PapermillNotebookClient

from auditlib.core.message import t
from auditlib.core.visible import as_a_terminal

__all__ = ["DATA", "OUTPUTS", "PRINTED", "GatheringClient"]

PRINTED = 200_000
"""Characters of what a cell prints on one stream, of a text that it shows, and of an error; the ends stay."""
DATA = 20_000_000
"""Characters of any other one thing that a cell shows: a picture, a table in HTML."""
OUTPUTS = 2_000
"""Things that a cell shows one by one."""


def _bounded(head: str, tail: str, left_out: int, language: str) -> str:
    """The beginning and the end of a text, with a sentence in the place of the characters that are left out."""
    said = t("[{count} {count:character|characters} left out here: a cell may show {most}]", language,
             count=left_out, most=PRINTED)  # fmt: skip
    return f"{head}\n{said}\n{tail}"


def _short(text: str, language: str) -> str:
    half = PRINTED // 2
    return text if len(text) <= PRINTED else _bounded(text[:half], text[-half:], len(text) - PRINTED, language)


class _Printed:
    """What was written to one stream. Of a long text the beginning and the end are held, and nothing between."""

    def __init__(self, node: NotebookNode) -> None:
        self.node = node
        self._head = ""
        self._pieces: list[str] = []
        self._held = self._length = 0
        self.add(node.text)

    def add(self, text: str) -> None:
        self._pieces.append(text)
        self._held += len(text)
        self._length += len(text)
        if self._held > 2 * PRINTED:
            held = "".join(self._pieces)
            self._head = self._head or held[: PRINTED // 2]
            self._pieces = [held[-PRINTED // 2 :]]
            self._held = len(self._pieces[0])

    def settle(self, language: str) -> None:
        """Let the output have the text that was written so far."""
        held = "".join(self._pieces)
        if self._length <= PRINTED:
            self.node.text = as_a_terminal(held)
            return
        head, tail = (as_a_terminal(part) for part in (self._head or held[: PRINTED // 2], held[-PRINTED // 2 :]))
        self.node.text = _bounded(head, tail, self._length - PRINTED, language)


class GatheringClient(PapermillNotebookClient):  # type: ignore[misc]
    """papermill's client, with the outputs of a cell gathered as they come; ``said_in`` names a language."""

    def __init__(self, nb_man: Any, said_in: str = "en", **options: Any) -> None:
        super().__init__(nb_man, **options | {"coalesce_streams": False})
        self._language = said_in
        self._printed: dict[str, _Printed] = {}
        self._more = 0

    def execute_cell(self, cell: Any, cell_index: int, **options: Any) -> Any:
        self._forget()
        try:
            return super().execute_cell(cell, cell_index, **options)
        finally:
            if cell.cell_type == "code":
                self._settle(cell.outputs)
            self._forget()

    def process_message(self, message: Any, cell: Any, cell_index: int) -> Any:
        content, usual = message["content"], not (self.clear_before_next_output or self._elsewhere(message))
        known = self._printed.get(content["name"]) if usual and message["msg_type"] == "stream" else None
        if known and not (self.log_output or self.stdout_file or self.stderr_file):  # else papermill writes it, too
            return known.add(content["text"])
        return super().process_message(message, cell, cell_index)

    def output(self, outs: list[Any], msg: Any, display_id: str | None, cell_index: int) -> Any:
        kind = msg["msg_type"]
        if self._elsewhere(msg):
            return super().output(outs, msg, display_id, cell_index)
        if self.clear_before_next_output:
            self._forget()
        elif kind in ("display_data", "execute_result") and len(outs) >= OUTPUTS:
            self._more += 1
            return None
        elif kind == "stream" and (printed := self._printed.get(msg["content"]["name"])):
            printed.add(msg["content"]["text"])
            return new_output("stream", **msg["content"])  # type: ignore[no-untyped-call] # for a log
        shown = super().output(outs, msg, display_id, cell_index)
        if kind == "stream":
            self._printed[shown.name] = _Printed(shown)
        return shown

    def clear_output(self, outs: list[Any], msg: Any, cell_index: int) -> None:
        super().clear_output(outs, msg, cell_index)
        if not outs:
            self._forget()

    def _elsewhere(self, message: Any) -> bool:
        """Whether a widget takes what the cell shows."""
        return bool(self.output_hook_stack and self.output_hook_stack.get(message["parent_header"].get("msg_id")))

    def _forget(self) -> None:
        self._printed.clear()
        self._more = 0

    def _settle(self, outs: list[Any]) -> None:
        for printed in self._printed.values():
            printed.settle(self._language)
        for place in range(len(outs) - 1):  # what is written to both at once comes in any order
            both = outs[place : place + 2]
            if [one.get("name") for one in both] == ["stderr", "stdout"]:
                outs[place : place + 2] = both[::-1]
        for shown in outs:
            self._bound(shown)
        if self._more:
            said = t("[{count} {count:output|outputs} left out here: a cell may show {most}]", self._language,
                     count=self._more, most=OUTPUTS)  # fmt: skip
            outs.append(new_output("stream", name="stdout", text=f"{said}\n"))  # type: ignore[no-untyped-call]

    def _bound(self, shown: Any) -> None:
        if shown.output_type == "error":
            shown.evalue = _short(shown.evalue, self._language)
            shown.traceback = [_short(line, self._language) for line in shown.traceback]
        data = shown.get("data", {})
        if "text/plain" in data:
            data["text/plain"] = _short(data["text/plain"], self._language)
        for kind in [kind for kind, value in data.items() if isinstance(value, str) and len(value) > DATA]:
            data["text/plain"] = t(
                "[left out here: {kind} of {count} characters; a cell may show {most}]", self._language,
                kind=kind, count=len(data.pop(kind)), most=DATA,
            )  # fmt: skip
