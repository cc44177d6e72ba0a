"""``python -m handbook``: the whole site, or nothing. The same inputs give the same bytes."""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import sys
import tempfile
from pathlib import Path

from handbook.places import LANGUAGES, ROOT

os.environ["SOURCE_DATE_EPOCH"] = "0"  # pages bear no day on which they were built
os.environ["NO_MKDOCS_2_WARNING"] = "true"


def main() -> int:
    """Builds both languages beside ``--out`` and puts them in its place."""
    asked = argparse.ArgumentParser(prog="python -m handbook", description=__doc__)
    asked.add_argument("--out", type=Path, default=ROOT / "documentation", help="where the site goes")
    out = asked.parse_args().out
    logging.basicConfig(format="%(levelname)s %(message)s", level=logging.WARNING)
    from mkdocs.exceptions import Abort

    from handbook.site import build_language

    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".handbook-") as folder:
        work = Path(folder)
        try:
            for language in LANGUAGES:
                print({"zh": "中文页面", "en": "English pages"}[language], flush=True)
                build_language(language, work / language, work / "site" / ("" if language == "zh" else language))
        except Abort as found:
            print(found, file=sys.stderr)
            return 1
        shutil.rmtree(out, ignore_errors=True)
        shutil.move(work / "site", out)
    print(f"open {out / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
