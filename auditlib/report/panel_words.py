"""Every fixed sentence of the report of a panel of experts, in Chinese and English."""

from __future__ import annotations

from auditlib.core.catalogue import Catalogue

__all__ = ["tell"]

tell = Catalogue("panel")
