"""The engine against papermill's own: the same notebook, the same bytes."""

from __future__ import annotations

import _thread
import json
import os
import subprocess
import sys
import time

import nbformat
import papermill
import pytest
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError
from small_runs import contents, elsewhere, write_notebook

from auditlib.runs.engine.warm_process import WarmProcess
from auditlib.runs.execute import execute
from auditlib.runs.runfile import Limits

CELLS = [
    "import sys, os, warnings\nfrom IPython.display import HTML, clear_output, display\nprint('one', 2)",
    "print('three')\nprint('four')",
    "print('to stderr', file=sys.stderr)\nprint('to stdout')",
    "warnings.warn('look out')\n1 + 1",
    "print('before')\ndisplay(HTML('<b>shown</b>'))\nprint('between')\n'the result'",
    "display({'text/plain': 'raw'}, raw=True)\nprint('after')",
    "handle = display('first', display_id='mine')\ndisplay('other')",
    "handle.update('second')\nprint('updated')",
    "print('gone'); clear_output(); print('stays')\nclear_output(wait=True)\nprint('only this')",
    "import pandas as pd\nframe = pd.DataFrame({'单位': ['A', 'B'], '得分': [97.5, 88]})\nframe",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2, 3])\nplt.show()\nprint('after the figure')",
    "figure, axis = plt.subplots()\naxis.bar(['a', 'b'], [1, 2]);",
    "!echo from the shell",
    "text = !echo caught\ntext",
    "%%capture caught\nprint('hidden')\ndisplay('hidden too')\nprint('hidden', file=sys.stderr)",
    "print(repr(caught.stdout), repr(caught.stderr), len(caught.outputs))",
    "import asyncio\nawait asyncio.sleep(0)\nasync def later():\n    print('awaited')\n    return 7\nawait later()",
    "object()",
    "Exception('a value')",
    "def add(a, b):\n    return a + b\nadd?",
    "%timeit -n1 -r1 -q pass\n_, __",
    "import threading\nthread = threading.Thread(target=print, args=('of a thread',))\nthread.start(); thread.join()",
    "%%bash\necho out of bash",
    "print('no newline', end='')",
    "for number in range(3): print(number, flush=True)",
    "import decimal, numpy as np\ndecimal.getcontext().prec = 5\nnp.seterr(all='raise')",
    "decimal.getcontext().prec, np.geterr()",
    "In[-1], _ih[1][:6]",
]
LAST = {
    "an exception": "def deep(number):\n    return number / 0\nprint('so far')\ndeep(1)",
    "a question": "input('name? ')",
    "a password": "import getpass\ngetpass.getpass()",
    "a fault of syntax": "for in",
    "an unknown magic": "%unheard_of",
    "a raised exit": "import sys\nprint('last words')\nsys.exit(2)",
}


@pytest.mark.long
def test_a_notebook_with_every_kind_of_output_is_the_same_as_papermills_own(report, tmp_path) -> None:
    reports = [report("all", *CELLS)]
    reports += [report(name.replace(" ", "-"), "print('begun')", code, "print('after')") for name, code in LAST.items()]
    for folder, stock in ((tmp_path / "forked", False), (tmp_path / "stock", True)):
        outcomes = list(
            execute([elsewhere(one, folder) for one in reports], 2, Limits(seconds=120), tmp_path, stock=stock)
        )
        assert {one.report.id for one in outcomes if one.error is None} == {"all"}
        assert len(outcomes) == len(reports)
    for name in contents(tmp_path / "stock"):
        if name.endswith(".ipynb"):
            cells, expected = (nbformat.read(tmp_path / folder / name, 4).cells for folder in ("forked", "stock"))
            for cell, one in zip(cells, expected, strict=True):
                assert cell == one, name
    assert contents(tmp_path / "forked") == contents(tmp_path / "stock")
    made = nbformat.read(tmp_path / "forked" / "all.ipynb", as_version=4)
    kinds = [kind for cell in made.cells for output in cell.get("outputs", ()) for kind in output.get("data", ())]
    assert kinds.count("image/png") == 2


def test_what_is_written_past_python_stands_where_it_was_written(report, tmp_path) -> None:
    """A kernel shows it some time later, so that this cannot be compared with papermill's own engine."""
    code = "import os, subprocess\nprint('one')\nos.system('echo two')\nprint('three')\nos.write(2, b'four\\n')\n"
    more = "subprocess.run(['echo', '五'])\nprint('six')\nopen('/dev/stdout', 'a').write('seven\\n');"
    assert [one.error for one in execute([report("past", code + more)], 1, Limits(seconds=60), tmp_path)] == [None]
    cell = nbformat.read(tmp_path / "out" / "past.ipynb", as_version=4).cells[-1]
    text = "".join(output.text for output in cell.outputs if output.name == "stdout")
    assert text == "one\ntwo\nthree\n五\nsix\nseven\n"
    assert [output.text for output in cell.outputs if output.name == "stderr"] == ["four\n"]


# --- by papermill's own interfaces -----------------------------------------------------------------


@pytest.fixture
def run(warm, monkeypatch, tmp_path):
    """Runs a notebook of the given cells by papermill's function, with our engine; gives the notebook."""
    monkeypatch.setattr("auditlib.runs.engine.engine.open_session", warm.session)

    def run(*cells: str, declared: str = "", **options: object):
        file = write_notebook(tmp_path / "in.ipynb", list(cells), parameters=declared)
        options = {"engine_name": "auditlib", "progress_bar": False} | options
        return papermill.execute_notebook(file, tmp_path / "out.ipynb", **options)

    return run


def test_papermill_hands_parameters_to_the_engine_and_gets_the_notebook_back(run) -> None:
    notebook = run("print(unit * 2)", declared="unit = 'B'", parameters={"unit": "C"})
    assert notebook.cells[-1].outputs[0].text == "CC\n"
    assert notebook.metadata.language_info.name == "python"
    assert notebook.metadata.kernelspec.name == "python3"


def test_a_notebook_collects_its_own_garbage_and_leaves_alone_what_was_there_before_it(run) -> None:
    """The collector would write to every page of memory that the warm process shares with it."""
    cell = run("import gc\nprint(gc.isenabled(), gc.get_freeze_count() > 100_000)").cells[-1]
    assert cell.outputs[0].text == "True True\n"


def test_a_failing_cell_is_papermills_own_error_and_the_notebook_is_kept(run, tmp_path) -> None:
    with pytest.raises(PapermillExecutionError, match="ZeroDivisionError"):
        run("print('so far')", "1 / 0", "print('never')")
    kept = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    assert "so far" in str(kept.cells)
    assert kept.cells[-1].execution_count is None


@pytest.mark.parametrize("limit", [{"execution_timeout": 1}, {"timeout": 1}, {"execution_timeout": 1, "timeout": 50}])
def test_a_cell_that_runs_longer_than_papermill_allows_is_a_time_out(run, limit) -> None:
    with pytest.raises(CellTimeoutError):
        run("import time; time.sleep(30)", **limit)


def test_a_notebook_whose_process_ends_is_a_dead_kernel(run) -> None:
    with pytest.raises(DeadKernelError):
        run("import os; os._exit(1)")


def test_a_warm_process_that_was_killed_is_replaced(warm, monkeypatch) -> None:
    from auditlib.runs.engine import engine

    class Killed:
        def session(self, *arguments: object) -> None:
            raise EOFError

        def close(self) -> None: ...

    processes = [Killed(), warm]
    monkeypatch.setattr("auditlib.runs.engine.warm_process.WarmProcess", lambda: processes.pop(0))
    engine._warm.cache_clear()
    session = engine._session_of_a_warm_process(None)
    engine._warm.cache_clear()
    assert session.run("1", lambda message: None, 30)["status"] == "ok"
    session.close()
    assert processes == []


@pytest.mark.long
def test_papermills_command_finds_the_engine_and_keeps_a_failing_notebook(tmp_path) -> None:
    file = write_notebook(
        tmp_path / "in.ipynb", ["print('unit', unit)", "assert unit == 'A'"], parameters="unit = None"
    )
    command = [sys.executable, "-m", "papermill", "--engine", "auditlib", "--no-progress-bar", "-p", "unit", "B"]
    done = subprocess.run([*command, str(file), str(tmp_path / "out.ipynb")], capture_output=True, text=True)
    assert done.returncode == 1
    assert "AssertionError" in done.stderr
    assert "unit B" in (tmp_path / "out.ipynb").read_text(encoding="utf-8")


def test_a_second_notebook_sees_the_folder_and_environment_of_its_own_caller(tmp_path, monkeypatch) -> None:
    told = []
    file = write_notebook(
        tmp_path / "in.ipynb", ["import os; print(os.path.basename(os.getcwd()), os.environ['MARK'])"]
    )
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv("MARK", name)
        done = papermill.execute_notebook(
            str(file), None, engine_name="auditlib", cwd=str(tmp_path / name), progress_bar=False
        )
        told.append(done.cells[-1].outputs[0].text)
    assert told == ["one one\n", "two two\n"]


@pytest.mark.long
def test_importing_papermill_imports_nothing_heavy_of_ours() -> None:
    program = "import json, sys, papermill.engines; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    modules = set(json.loads(done.stdout))
    assert {name for name in modules if name.split(".")[0] == "auditlib"} == {
        "auditlib", "auditlib.core", "auditlib.core.environment", "auditlib.core.errors", "auditlib.core.home",
        "auditlib.core.visible", "auditlib.runs", "auditlib.runs.engine", "auditlib.runs.engine.engine",
        "auditlib.runs.shipped",
    }  # fmt: skip
    assert not modules & {"polars", "pandas", "matplotlib", "nbconvert"}  # pyarrow papermill takes itself, for HDFS


@pytest.mark.long
def test_a_warm_process_of_its_own_starts_alone_and_answers(started_anew) -> None:
    with WarmProcess() as process:
        process.submit(0, abs, -1)
        assert process.answer() == (0, 1, None)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the threads of a process")
def test_a_warm_process_does_not_fork_beside_a_thread() -> None:
    with WarmProcess() as process:
        process.prepare(_thread.start_new_thread, time.sleep, (60,))
        process.submit(0, os.getpid)
        with pytest.raises((EOFError, OSError)):
            process.answer()
    with WarmProcess() as control:
        control.prepare(os.getpid)
        control.submit(0, abs, -1)
        assert control.answer() == (0, 1, None)
