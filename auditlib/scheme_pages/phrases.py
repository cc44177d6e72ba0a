"""Every fixed sentence of a scheme's dossier and of the pages of worked examples, in Chinese and English."""

from __future__ import annotations

from auditlib.core.catalogue import Catalogue

__all__ = ["phrase"]

phrase = Catalogue("dossier")
