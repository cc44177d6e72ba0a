"""Pages as PDF for filing: numbered, with running heads and bookmarks, searchable, the same bytes every time.

WeasyPrint lays the page out, without a browser and without script. It is imported only when a PDF is asked for: the
extra ``auditlib[pdf]`` brings it, and the system must have Pango. Nothing is read but the page and the packaged fonts.
"""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditlib.core.errors import InputError
from auditlib.report.pages.drawings import with_pictures
from auditlib.report.pages.fonts import FAMILY, FOLDER
from auditlib.report.pages.styles import page_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["layout_versions", "pdf_of", "ready"]

FONT = "auditlib-font:"
"""Before the name of a font file, where the style sheet asks for it."""
SYMBOLS = "Audit Symbols"
"""The signs that the packaged fonts lack (✓, ⌊ ⌋) are those of the fonts that matplotlib brings."""
FACES = (
    (FAMILY, 400, "AuditSansSC-Regular.otf"),
    (FAMILY, 700, "AuditSansSC-Bold.otf"),
    (SYMBOLS, 400, "DejaVuSans.ttf"),
    (SYMBOLS, 700, "DejaVuSans-Bold.ttf"),
)

QUOTES = "unicode-range: U+2018-2019, U+201C-201D;"
"""The signs that English pages take from another font: in the Chinese one they are as wide as a Chinese sign."""

SPOT = re.compile(r'<a class="spot"[^>]*></a>')
MAIN = '<main id="report">'
FOLDED = '<details class="data audit">'
"""The table under a figure."""
DETAILS = re.compile(r"<details\b[^>]*>|</details>")

EPOCH = "SOURCE_DATE_EPOCH"
"""The environment variable by which programs are told the time that they shall write."""


def layout_versions() -> Mapping[str, str]:
    """The versions of what lays pages out: others may break lines and pages elsewhere.

    Raises :class:`InputError` where it is not installed.
    """
    return {"weasyprint": _weasyprint().__version__, "pango": _pango_version(), "fonts cut by": _subsetter()}


def ready() -> None:
    """Lay a small page out now, so that the first PDF costs no more than the next: fonts are found, styles read."""
    pdf_of('<html lang="zh"><head></head><body><h1>1</h1><p>1 <b>1</b></p><table><tr><td>1</table></body></html>')


def pdf_of(page: str) -> bytes:
    """A page of ours, as :func:`.render.render_html` gives it, as PDF.

    Headings become bookmarks, figures keep their alternative texts. Raises :class:`InputError` where WeasyPrint or
    Pango is not installed.
    """
    weasyprint = _weasyprint()
    from weasyprint.text.fonts import FontConfiguration

    styled = with_pictures(_without_what_paper_hides(page)).replace(
        "</head>", f"<style>\n{_style()}</style>\n</head>", 1
    )
    with _passing_folder(), _without_clock():
        document = weasyprint.HTML(string=styled, base_url=None, url_fetcher=_fetcher()(), media_type="print")
        written: bytes = document.write_pdf(font_config=FontConfiguration(), pdf_tags=True)
    return written


def _without_what_paper_hides(page: str) -> str:
    """A page without its script, its links to others and the tables under its figures: no printed page shows them.

    The bytes of the PDF stay; reading, matching and leaving out what is hidden takes a tenth of the time.
    """
    head, begun, rest = page.partition("<body")
    body, ended, _ = rest.rpartition("</main>")
    navigation, main, report = body.partition(MAIN)
    if not (begun and ended and main):
        return page
    kept, at, report = [], 0, SPOT.sub("", report)
    while (begin := report.find(FOLDED, at)) >= 0 and (end := _end_of_details(report, begin)):
        kept.append(report[at:begin])
        at = end
    return "".join((head, begun, navigation.partition(">")[0], ">", main, *kept, report[at:], ended, "</body></html>"))


def _end_of_details(page: str, begin: int) -> int:
    """Behind the end of a ``details`` element with those inside it; 0 where it has none."""
    depth = 0
    for tag in DETAILS.finditer(page, begin):
        depth += -1 if tag[0].startswith("</") else 1
        if depth == 0:
            return tag.end()
    return 0


@contextmanager
def _passing_folder() -> Iterator[None]:
    """A folder for what is only needed meanwhile: WeasyPrint leaves its own copies of fonts to a process that ends."""
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="auditlib-") as folder:
        tempfile.tempdir = folder
        try:
            yield
        finally:
            tempfile.tempdir = before


@contextmanager
def _without_clock() -> Iterator[None]:
    """fontTools, which cuts fonts to size where HarfBuzz does not, writes the time into them, or this one."""
    before = os.environ.get(EPOCH)
    os.environ[EPOCH] = "0"
    try:
        yield
    finally:
        if before is None:
            del os.environ[EPOCH]
        else:
            os.environ[EPOCH] = before


@cache
def _weasyprint() -> Any:
    try:
        import weasyprint
    except ImportError as error:
        text = f"a PDF needs WeasyPrint ({error}); install it with: pip install 'auditlib[pdf]'"
        raise InputError.at("formats", "pdf", text) from None
    except OSError as error:
        library = str(error).splitlines()[0]
        install = "apt-get install libpango-1.0-0 libpangoft2-1.0-0"
        text = f"WeasyPrint, the extra auditlib[pdf], needs Pango: {library}; install it with: {install}"
        raise InputError.at("formats", "pdf", text) from None
    return weasyprint


def _pango_version() -> str:
    from weasyprint.text.ffi import pango

    number = pango.pango_version()
    return f"{number // 10000}.{number // 100 % 100}.{number % 100}"


def _subsetter() -> str:
    """What takes out of a font the signs that a page does not show: HarfBuzz and fontTools leave other bytes."""
    from weasyprint.text import ffi

    if ffi.harfbuzz_subset is None:
        return f"fonttools {version('fonttools')}"
    major, minor = 0, 0
    while ffi.harfbuzz.hb_version_atleast(major + 1, 0, 0):
        major += 1
    while ffi.harfbuzz.hb_version_atleast(major, minor + 1, 0):
        minor += 1
    return f"harfbuzz {major}.{minor}"


@cache
def _style() -> str:
    """The packaged fonts in place of the reader's own, and what only a printed page has."""
    faces = "\n".join(
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; src: url("{FONT}{name}"); }}'
        for family, weight, name in FACES
    )
    quotes = "\n".join(
        f'@font-face {{ font-family: "Audit Quotes"; font-weight: {weight}; src: url("{FONT}{name}"); {QUOTES} }}'
        for family, weight, name in FACES
        if family == SYMBOLS
    )
    return faces + quotes + page_file("auditlib/pdf.css")


@cache
def _fetcher() -> type[Any]:
    """What WeasyPrint fetches by: packaged fonts and pictures within the page; all else is refused."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Fetcher(URLFetcher):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(allowed_protocols=("data",), allow_redirects=False)

        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
            if (file := _font_files().get(url)) is not None:
                return URLFetcherResponse(url, file.read_bytes(), {"Content-Type": "font/otf"})
            return super().fetch(url, headers)

    return Fetcher


@cache
def _font_files() -> Mapping[str, Path]:
    """The file of each font by the address that the style sheet asks for."""
    import matplotlib

    places = {FAMILY: FOLDER, SYMBOLS: Path(matplotlib.get_data_path()) / "fonts" / "ttf"}
    return {f"{FONT}{name}": places[family] / name for family, _, name in FACES}
