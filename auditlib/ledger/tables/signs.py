"""How often a sign stands in the bytes of a text."""

from __future__ import annotations

__all__ = ["count_sign"]

LONG = 2**24
"""Bytes: a shorter text is counted without numpy, which takes longer to be loaded than that."""


def count_sign(content: bytes, sign: bytes) -> int:
    """How often ``sign``, one byte, stands in a text: all bytes at once, where one in ten is a separator."""
    if len(content) < LONG or len(sign) != 1:
        return content.count(sign)
    import numpy as np

    return int(np.count_nonzero(np.frombuffer(content, dtype=np.uint8) == sign[0]))
