"""A report: a tuple of sections, each a module of its own, over one page."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any, ClassVar, Generic, TypeVar

from auditlib.report.page import Page
from auditlib.report.section import NOTHING, Section

__all__ = ["PeriodReport", "Report"]

P = TypeVar("P")
S = TypeVar("S", bound=Page)


class Report(Generic[P]):
    """What a notebook shows of a page, section by section.

    To add a section: a module with a function ``section(page)``, and a line in the tuple.
    """

    sections: ClassVar[tuple[ModuleType, ...]]
    """The modules of the sections in the order of the page."""

    def __init__(self, page: P) -> None:
        self.page = page

    @property
    def names(self) -> tuple[str, ...]:
        """What :meth:`show` can be asked for, in the order of the page."""
        return tuple(self._modules())

    def show(self, name: str, **options: Any) -> Section:
        """A section by its name: ``.sentences``, ``.table`` (pandas), ``.figure`` (matplotlib); Jupyter shows it whole.

        ``options`` are the section's own. Raises :class:`ValueError` with the names there are.
        """
        module = self._modules().get(name)
        if module is None:
            raise ValueError(f"found no section {name!r}, expected one of: {', '.join(self.names)}")
        shown: Section = module.section(self.page, **options) if self.concerns(module) else NOTHING
        return shown

    def concerns(self, module: ModuleType) -> bool:
        """Whether a section has something to show of this page."""
        return True

    def _modules(self) -> dict[str, ModuleType]:
        return {module.__name__.rpartition(".")[2]: module for module in self.sections}

    def __iter__(self) -> Iterator[Section]:
        return (self.show(name) for name in self.names)

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {', '.join(self.names)}"


class PeriodReport(Report[S]):
    """A report on a scored period, or on what a scheme without points makes of it."""

    of_points: ClassVar[tuple[ModuleType, ...]]
    """The sections that are left out where the scheme has no indicators, and so no points."""

    def concerns(self, module: ModuleType) -> bool:
        return module not in self.of_points or bool(self.page.scheme.indicators)
