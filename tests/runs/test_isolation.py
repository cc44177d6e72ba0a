"""What a notebook does to its process ends with it."""

from __future__ import annotations

import json

import nbformat
import pytest
from small_runs import contents

from auditlib.runs.engine.session import Died, TimedOut
from auditlib.runs.execute import execute
from auditlib.runs.runfile import Limits

SPOIL = """
import atexit, builtins, decimal, gc, locale, logging, os, random, signal, sys, tempfile, threading, time, warnings
import matplotlib as mpl, numpy as np, pandas as pd, polars as pl
mpl.rcParams["font.size"] = 99
pd.options.display.max_rows = 3
pd.Series.sum = lambda self, *rest, **more: -1
pl.Config.set_tbl_rows(1)
os.environ["SPOILT"] = "1"
os.chdir("/")
sys.path.insert(0, "/spoilt")
np.seterr(all="raise")
builtins.abs = lambda value: 0
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
random.seed(1); np.random.seed(1)
kept = open(os.devnull)
warnings.simplefilter("error")
locale.setlocale(locale.LC_ALL, "C")
logging.getLogger().setLevel(logging.DEBUG); logging.disable(logging.CRITICAL)
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
os.umask(0o077)
sys.setrecursionlimit(4321)
atexit.register(print, "spoilt")
sys.modules["json"] = None
decimal.getcontext().prec = 2
gc.disable()
get_ipython().run_line_magic("precision", "2")
spoilt_name = 1
"""
OBSERVE = """
import builtins, decimal, gc, locale, logging, os, random, signal, sys, threading, warnings
import matplotlib as mpl, numpy as np, pandas as pd, polars as pl
seen = {
    "rcParams": mpl.rcParams["font.size"],
    "pandas options": pd.options.display.max_rows,
    "a patched method": int(pd.Series([1, 2]).sum()),
    "polars options": str(pl.Config.state()),
    "environ": os.environ.get("SPOILT"),
    "working folder": os.getcwd(),
    "sys.path": list(sys.path),
    "np.seterr": np.geterr(),
    "builtins": abs(-2),
    "threads": threading.active_count(),
    "warnings filters": [str(one) for one in warnings.filters],
    "locale": locale.setlocale(locale.LC_ALL),
    "logging": (logging.getLogger().level, logging.root.manager.disable),
    "signal handlers": str(signal.getsignal(signal.SIGUSR1)),
    "umask": (os.umask(0o022), os.umask(0o022))[0],
    "recursion limit": sys.getrecursionlimit(),
    "sys.modules": sys.modules.get("json") is None,
    "decimal context": str(decimal.getcontext()),
    "gc": gc.isenabled(),
    "IPython": get_ipython().display_formatter.formatters["text/plain"].float_precision,
    "names": "spoilt_name" in globals(),
}
import json
print(json.dumps(seen))
"""


def told(warm, *cells: str) -> str:
    """What a fresh notebook prints in these cells."""
    session = warm.session()
    texts: list[str] = []
    try:
        for cell in cells:
            reply = session.run(cell, lambda message: texts.append(message["content"].get("text", "")), 60)
            assert reply["status"] == "ok", reply
    finally:
        session.close()
    return "".join(texts)


def test_a_notebook_sees_nothing_of_what_the_one_before_it_has_spoilt(warm) -> None:
    before = json.loads(told(warm, OBSERVE))
    told(warm, SPOIL)
    assert json.loads(told(warm, OBSERVE)) == before
    assert before["a patched method"] == 3


def test_what_a_notebook_spoils_it_sees_itself(warm) -> None:
    """Else the test above could not fail."""
    seen = told(
        warm, SPOIL.replace('sys.modules["json"] = None', ""), "print(pd.Series([1, 2]).sum(), np.geterr(), abs(-1))"
    )
    assert seen == "-1 {'divide': 'raise', 'over': 'raise', 'under': 'raise', 'invalid': 'raise'} 0\n"


def test_random_numbers_are_not_the_same_in_each_notebook(warm) -> None:
    draw = "import random, numpy; print(random.random(), numpy.random.random())"
    first, second = told(warm, draw).split(), told(warm, draw).split()
    assert first[0] != second[0]
    assert first[1] != second[1]


def test_a_file_that_a_notebook_left_open_is_not_open_in_the_next(warm) -> None:
    count = "import os; print(len(os.listdir('/proc/self/fd')))"
    before = told(warm, count)
    told(warm, "files = [open('/dev/null') for number in range(50)]")
    assert told(warm, count) == before


def test_a_process_that_a_notebook_forked_neither_hides_its_end_nor_garbles_its_output(warm) -> None:
    session = warm.session()
    texts: list[str] = []
    fork = "import os, time\nif os.fork() == 0:\n    print('of the child', flush=True); time.sleep(30); os._exit(0)\n"
    try:
        session.run(
            f"{fork}time.sleep(.5)\nprint('of the parent')", lambda m: texts.append(m["content"].get("text", "")), 60
        )
        with pytest.raises(Died):
            session.run("os._exit(4)", print, 20)
    finally:
        session.close()
    assert "".join(texts) == "of the child\nof the parent\n"


def test_threads_may_print_at_once(warm) -> None:
    code = (
        "import threading\ndef speak(number):\n    for turn in range(200): print(f'{number}:' + 'x' * 500)\n"
        "all = [threading.Thread(target=speak, args=(n,)) for n in range(4)]\n"
        "[one.start() for one in all]; [one.join() for one in all];"
    )
    assert told(warm, code).count("x") == 4 * 200 * 500


def test_a_cell_that_runs_too_long_can_be_left(warm) -> None:
    session = warm.session()
    with pytest.raises(TimedOut):
        session.run("while True: pass", print, 0.3)
    session.close()
    assert told(warm, "print('well')") == "well\n"


ENDS = {
    "leaves": ("import sys; sys.exit(3)", "SystemExit: 3"),
    "exits": ("import os; os._exit(5)", "DeadKernelError: its process exited with 5"),
    "kills": ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "DeadKernelError: its process was killed"),
    "hoards": ("hoard = bytearray(4_000_000_000)", "MemoryError"),
    "dawdles": ("import time; time.sleep(60)", "CellTimeoutError"),
    "closes": ("import os; os.closerange(3, 4096)", "DeadKernelError: its process exited with 1"),
}


def test_a_notebook_that_ends_its_process_ends_its_own_report_only(report, tmp_path) -> None:
    reports = [report(name, "print('begun')", code, "print('after')") for name, (code, _) in ENDS.items()]
    good = [report(name, "print('begun')", "print('after')") for name in ("first", "last")]
    outcomes = {
        one.report.id: one
        for one in execute([good[0], *reports, good[1]], 2, Limits(seconds=4, megabytes=2000), tmp_path)
    }
    assert outcomes.keys() == {*ENDS, "first", "last"}
    for name, (_, text) in ENDS.items():
        assert str(outcomes[name].error).startswith(f"cell 3: {text}"), outcomes[name].error
        kept = nbformat.read(tmp_path / "out" / f"{name}.ipynb", as_version=4)
        marked = [cell for cell in kept.cells if cell.metadata.get("papermill", {}).get("exception")]
        assert [cell.source for cell in marked] == [ENDS[name][0]]
        assert "error" in [output.output_type for output in marked[0].outputs]
        page = (tmp_path / "out" / f"{name}.html").read_text(encoding="utf-8")
        assert "begun" in page
        assert text.split(":")[0] in page
    for name in ("first", "last"):
        assert outcomes[name].failure is None
        assert "after" in (tmp_path / "out" / f"{name}.html").read_text(encoding="utf-8")
    assert len(contents(tmp_path / "out")) == 2 * len(outcomes)
