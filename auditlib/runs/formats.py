"""What a report becomes beside its executed notebook and its page, and what decides how these files look."""

from __future__ import annotations

from importlib.metadata import version

from auditlib.core.hashes import digest
from auditlib.runs.runfile import NotebookUse, RunFile

__all__ = ["ALL_ENDINGS", "ENDINGS", "FORM", "beside_of", "layout_of"]

ENDINGS = (".html", ".ipynb")
"""The files of every report."""
FORM = ".objection.xlsx"
"""The form by which a unit objects to its result."""
ALL_ENDINGS = (*ENDINGS, ".pdf", ".docx", FORM)
"""With those that a run may ask for beside them."""


def beside_of(run: RunFile, use: NotebookUse) -> tuple[str, ...]:
    """The endings of what the reports of a notebook become beside page and notebook.

    The form lies beside the first report on a unit alone, however many there are.
    """
    first = next((other for other in run.notebooks if other.per == "unit"), None)
    contested = run.objections is not None and use is first
    return tuple(f".{one}" for one in run.formats if one != "html") + ((FORM,) if contested else ())


def layout_of(run: RunFile) -> dict[str, str]:
    """The hashes of what decides how the files of a run look, beside what every page has.

    Raises :class:`InputError` where what lays out its formats is missing.
    """
    decides = {}
    if "pdf" in run.formats:
        from auditlib.report.pages.pdf import layout_versions

        decides["pdf"] = digest(layout_versions())
    if "docx" in run.formats:
        decides["docx"] = digest(version("python-docx"))
    if run.terms is not None:
        decides["issue"] = digest([run.terms.issue.model_dump(mode="json"), _objections(run)])
    return decides


def _objections(run: RunFile) -> object:
    return None if run.objections is None else run.objections.model_dump(mode="json")
