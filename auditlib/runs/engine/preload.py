"""What the warm process has at hand before its first fork."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from auditlib.runs.engine.imports import skip_unused_imports

if TYPE_CHECKING:
    from auditlib.runs.engine.kernel import Shell

__all__ = ["preload"]

MODULES = (
    "papermill", "ipykernel.ipkernel", "nbclient", "nbconvert", "nbformat", "pandas", "polars", "pyarrow",
    "pyarrow.pandas_compat", "numpy", "scipy.special", "PIL.PngImagePlugin",
    "matplotlib.pyplot", "matplotlib.figure", "matplotlib.backends.backend_svg", "matplotlib.backends.backend_agg",
    "matplotlib_inline.backend_inline", "chinese_calendar",
    "auditlib.runs.make_report", "auditlib.analysis.assessment", "auditlib.report.unit", "auditlib.report.ranking",
    "auditlib.report.pages.render", "auditlib.runs.engine.forked_client",
)  # fmt: skip


def preload() -> Shell:
    """Import the libraries of reports, draw a figure, compile the template and the schemas of notebooks.

    Starts no thread, leaves no file open.

    The shell comes first, as the backend stands in the environment before matplotlib is imported: only so does
    pyplot find both, as it would in a kernel, and show its figures.
    """
    skip_unused_imports()
    from auditlib.runs.engine.kernel import Shell

    shell = Shell()
    for name in MODULES:
        importlib.import_module(name)
    import nbformat

    from auditlib.report import figure
    from auditlib.report.pages import render

    figure.ready()
    render.ready()
    nbformat.validate(nbformat.v4.new_notebook())  # type: ignore[no-untyped-call]
    return shell
