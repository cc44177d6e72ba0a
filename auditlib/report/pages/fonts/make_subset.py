"""Makes the packaged fonts anew from Noto Sans SC.

Called as ``python -m auditlib.report.pages.fonts.make_subset REGULAR.otf BOLD.otf``; needs fonttools. README.md beside
this file says which packages hold the two sources.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from auditlib.report.pages.fonts import FAMILY, FOLDER

__all__ = ["characters", "make"]

RANGES = (
    (0x0020, 0x007F),  # ASCII
    (0x00A0, 0x0100),  # Latin-1
    (0x2010, 0x2043),  # dashes, quotes, ellipsis, per mille, primes
    (0x2150, 0x2183),  # fractions, Roman numerals
    (0x2190, 0x219A),  # arrows
    (0x21D0, 0x21D5),
    (0x2200, 0x2270),  # mathematical operators
    (0x2308, 0x230C),  # floor and ceiling
    (0x2460, 0x249C),  # circled and bracketed numbers
    (0x25A0, 0x25D0),  # squares, triangles, circles
    (0x3000, 0x3020),  # Chinese punctuation
    (0xFF01, 0xFF5F),  # full-width forms
)


def characters() -> set[int]:
    """GB2312, Latin-1, punctuation, arrows, mathematical and geometric signs."""
    gb2312 = (bytes((high, low)) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF))
    found = {ord(text) for pair in gb2312 if len(text := pair.decode("gb2312", "ignore")) == 1}
    return found | {code for first, after in RANGES for code in range(first, after)}


def make(source: Path, style: str, weight: int) -> Path:
    """Writes the subset of one face, renamed to :data:`FAMILY`, and returns its path."""
    options = subset.Options(hinting=False, layout_features=[], name_IDs=["*"], name_languages=[0x409])
    options.drop_tables += ["DSIG", "VORG", "vhea", "vmtx", "BASE", "GPOS", "GSUB", "GDEF"]
    font: TTFont = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters())
    subsetter.subset(font)
    notices = {0, 5, 7, 8, 9, 10, 11, 12, 13, 14}
    names = font["name"]
    names.names = [record for record in names.names if record.nameID in notices]
    postscript = f"{FAMILY.replace(' ', '')}-{style}"
    for name_id, text in ((1, FAMILY), (2, style), (3, postscript), (4, f"{FAMILY} {style}"), (6, postscript)):
        names.setName(text, name_id, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    font["OS/2"].fsSelection = 0x20 if style == "Bold" else 0x40
    font["head"].macStyle = 1 if style == "Bold" else 0
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    target = FOLDER / f"{postscript}.otf"
    font.save(target)
    return target


if __name__ == "__main__":
    regular, bold = map(Path, sys.argv[1:])
    for file in (make(regular, "Regular", 400), make(bold, "Bold", 700)):
        print(f"{file.name}: {file.stat().st_size:,} bytes")
