"""An environment with auditlib in it and no clone in sight, and the commands that a report prints."""

from __future__ import annotations

import html
import os
import re
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

COMMANDS = re.compile(r'<dl class="commands">(.*?)</dl>', re.S)
CODE = re.compile(r"<code>(.*?)</code>", re.S)
NOT_INHERITED = ("AUDITLIB_", "PYTHON", "VIRTUAL_ENV", "JUPYTER", "COV_", "PYTEST")


@dataclass(frozen=True)
class Installed:
    """An environment with auditlib in it and no clone in sight."""

    bin: Path

    def run(self, commands: list[str], folder: Path, accepted: tuple[int, ...] = (0,)) -> str:
        """Gives the commands, as they stand, to one shell in ``folder``; what they print. None may fail."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(NOT_INHERITED)}
        clone = str(Path(sys.executable).parent)
        path = [part for part in os.environ["PATH"].split(os.pathsep) if part != clone]
        environment["PATH"] = os.pathsep.join([str(self.bin), *path])
        with tempfile.NamedTemporaryFile() as exits:
            script = "\n".join(f"{line}\necho $? >>{shlex.quote(exits.name)}" for line in commands)
            done = subprocess.run(
                ["sh", "-c", script], cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                text=True, encoding="utf-8",
            )  # fmt: skip
            codes = [int(code) for code in Path(exits.name).read_text().split()]
        told = [f"{code}: {line}" for line, code in zip(commands, codes, strict=True) if code not in accepted]
        assert not told, f"{told}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        return done.stdout


def printed_commands(page: Path) -> list[str]:
    """The command lines of a page's section on how to repeat it."""
    (section,) = COMMANDS.findall(page.read_text(encoding="utf-8"))
    return [html.unescape(code) for code in CODE.findall(section)]
