"""Personal data in texts, under the name by which other programs know it; see :mod:`auditlib.ledger.privacy.find`."""

from __future__ import annotations

from auditlib.ledger.privacy.find import Span, find_personal, mask_personal

__all__ = ["Span", "find_personal", "mask_personal"]
