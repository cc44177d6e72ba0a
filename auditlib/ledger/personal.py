"""Personal data in texts, under the name by which other programs know it; see :mod:`auditlib.ledger.privacy.find`."""

from __future__ import annotations

from auditlib.ledger.privacy import find

__all__ = ["Span", "find_personal", "mask_personal"]

Span = find.Span
find_personal = find.find_personal
mask_personal = find.mask_personal
