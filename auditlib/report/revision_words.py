"""Every fixed sentence of the report on a revision of weights, in Chinese and English."""

from __future__ import annotations

from auditlib.core.catalogue import Catalogue

__all__ = ["phrased"]

phrased = Catalogue("revision")
