"""Imports that cost seconds and bring nothing here, kept out of the processes that auditlib starts."""

from __future__ import annotations

import os
import sys

__all__ = ["skip_unused_imports"]


def skip_unused_imports() -> None:
    """Keep out the grammar of internationalised addresses, and the search for plug-ins of pydantic.

    jsonschema, which checks notebooks, imports it where it is installed and does without it where it is not: it
    checks a format that no notebook has. Compiling the grammar takes two seconds, more than half of the start.
    pydantic looks for plug-ins, which watch what it checks, in what every installed library says of itself.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
