"""What a cell shows is kept whole up to a bound, in time that grows with its length, and as its author asks."""

from __future__ import annotations

import re
import time
from types import SimpleNamespace

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_runs import contents, elsewhere

from auditlib.core.visible import as_a_terminal
from auditlib.report.pages.render import render_html
from auditlib.runs import make_report as making
from auditlib.runs.engine.gathering import DATA, OUTPUTS, PRINTED, GatheringClient
from auditlib.runs.execute import execute
from auditlib.runs.runfile import Limits

NBCLIENT = re.compile(r".*\r(?=[^\n])")
"""How nbclient leaves out what a carriage return writes over, in time that grows with the square of a line."""


@given(st.text("ab\r\n", max_size=40))
def test_a_line_is_left_as_nbclient_leaves_it(text) -> None:
    assert as_a_terminal(text) == NBCLIENT.sub("", text)


def test_a_long_line_takes_time_with_its_length() -> None:
    seconds = []
    for size in (200_000, 2_000_000):
        begun = time.process_time()
        as_a_terminal("\r\n" + "y" * size + "\r" + "z" * size)
        seconds.append(time.process_time() - begun)
    assert seconds[1] < 1


class Cells:
    """A client that is told messages, as of a kernel, for one cell."""

    def __init__(self, language: str = "en") -> None:
        self.cell = nbformat.v4.new_code_cell("1")
        notebook = nbformat.v4.new_notebook(cells=[self.cell])
        self.client = GatheringClient(SimpleNamespace(nb=notebook, autosave_cell=lambda: None), said_in=language)
        self.client.reset_execution_trackers()
        self.client.clear_before_next_output = False

    def tell(self, kind: str, **content: object) -> None:
        message = {"msg_type": kind, "header": {"msg_type": kind}, "content": content, "parent_header": {}}
        self.client.process_message(message, self.cell, 0)

    def write(self, text: str, name: str = "stdout") -> None:
        self.tell("stream", name=name, text=text)

    def show(self, **data: str) -> None:
        self.tell("display_data", data={kind.replace("_", "/"): one for kind, one in data.items()}, metadata={})

    def end(self) -> list[object]:
        self.client._settle(self.cell.outputs)
        return list(self.cell.outputs)


@pytest.mark.long
@given(st.lists(st.integers(0, 30_000), max_size=30), st.randoms(use_true_random=False))
def test_pieces_give_the_text_that_they_make_however_it_is_cut(sizes, random) -> None:
    """A kernel sends what is written in pieces that hang on its clock: the same text has to be kept of all."""
    whole = "".join(random.choice("abcd") * size for size in sizes)
    cells = Cells()
    rest = whole
    while rest:
        size = random.randrange(1, 150_000)
        cells.write(rest[:size])
        rest = rest[size:]
    outputs = cells.end()
    if len(whole) <= PRINTED:
        assert [one.text for one in outputs] == ([whole] if whole else [])
        return
    more, half = len(whole) - PRINTED, PRINTED // 2
    said = f"[{more} character{'s' if more > 1 else ''} left out here: a cell may show {PRINTED}]"
    assert [one.text for one in outputs] == [f"{whole[:half]}\n{said}\n{whole[-half:]}"]


def test_a_hundred_thousand_pieces_are_one_output_in_seconds() -> None:
    begun = time.process_time()
    cells = Cells("zh")
    for number in range(100_000):
        cells.write(f"row {number} of 100000\n")
    (output,) = cells.end()
    assert time.process_time() - begun < 20
    assert output.text.startswith("row 0 of 100000\nrow 1 of")
    assert output.text.endswith("row 99999 of 100000\n")
    assert re.search(r"\n［此处略去 \d+ 个字符：每个单元格至多显示 200000 个］\n", output.text)


def test_streams_displays_and_what_is_cleared_stand_where_they_were() -> None:
    cells = Cells()
    cells.write("to stderr", "stderr")
    cells.write("one")
    cells.show(text_plain="shown")
    cells.write(" two")
    cells.write("!", "stderr")
    told = [(one.get("name", "shown"), one.get("text", "")) for one in cells.end()]
    assert told == [("stdout", "one two"), ("stderr", "to stderr!"), ("shown", "")]
    cells.tell("clear_output", wait=False)
    cells.write("after")
    cells.tell("clear_output", wait=True)
    cells.write("at last")
    cells.write(".")
    assert [one.text for one in cells.end()] == ["at last."]


def test_too_many_outputs_and_too_large_ones_are_left_out_with_a_sentence() -> None:
    cells = Cells()
    for _ in range(OUTPUTS + 3):
        cells.show(text_plain="x")
    outputs = cells.end()
    assert len(outputs) == OUTPUTS + 1
    assert outputs[-1].text == f"[3 outputs left out here: a cell may show {OUTPUTS}]\n"
    cells = Cells()
    cells.show(text_html="x" * (DATA + 1), text_plain="y" * (PRINTED + 5), image_png="z" * 10)
    cells.tell("error", ename="E", evalue="v" * (PRINTED + 1), traceback=["t" * (PRINTED + 1)])
    shown, error = cells.end()
    assert set(shown.data) == {"text/plain", "image/png"}
    assert shown.data["text/plain"] == f"[left out here: text/html of {DATA + 1} characters; a cell may show {DATA}]"
    assert "[1 character left out here" in error.evalue
    assert "[1 character left out here" in error.traceback[0]


# --- the page ---------------------------------------------------------------------------------------


def page(*cells: object) -> str:
    return render_html(nbformat.v4.new_notebook(cells=list(cells)), title="T", language="en")


def code(text: str, *tags: str) -> object:
    output = nbformat.v4.new_output("stream", name="stdout", text=text)
    return nbformat.v4.new_code_cell("secret_source", outputs=[output], metadata={"tags": list(tags)})


def test_a_row_of_blanks_takes_time_with_its_length() -> None:
    begun = time.process_time()
    page(code(" " * 300_000 + "x\r\n" + "y" * 300_000))
    assert time.process_time() - begun < 10


@pytest.mark.parametrize("tag", ["remove-cell", "remove_cell", "remove-output", "remove_output"])
def test_what_an_author_removes_is_not_in_the_page(tag) -> None:
    text = page(code("kept"), code("removed", tag))
    assert "kept" in text
    assert "removed" not in text


def test_inputs_are_never_in_the_page_and_hidden_outputs_can_be_opened() -> None:
    text = page(code("seen", "hide-input"), code("seen too", "remove-input"), code("folded", "hide-output"))
    assert "secret_source" not in text
    assert re.search(r"<details><summary>Show</summary>\s*<pre class=\"printed\">folded</pre>\s*</details>", text)
    assert text.count("<pre") == 3


def test_a_failed_cell_is_shown_whatever_its_tags_say() -> None:
    failed = code("words", "remove-cell")
    failed.outputs.append(nbformat.v4.new_output("error", ename="E", evalue="why", traceback=["E: why"]))
    text = page(failed)
    assert "E: why" in text
    assert "words" in text


HARMFUL = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))", "<iframe src='http://x'></iframe>", "<style>.failed{display:none}</style>",
    "<meta http-equiv='refresh' content='0;url=http://x'>", "<form action='http://x'><button>b</button></form>",
    "<p style='position:fixed'>x</p>", "</section></main><div>", "<base href='http://x'>", "<object data='x'></object>",
    "![](http://tracker/x.png)", "<svg onload=alert(1)></svg>", "<a href='data:text/html,x'>x</a>", "<link href='x'>",
    "<div class='failed'>x</div>", "<p onclick='x()'>x</p>", "<main>x</main>", "<!-- --><embed src='x'>",
]  # fmt: skip
FORBIDDEN = re.compile(
    r"alert|onerror|javascript:|http://|display:none|refresh|position|<form|<button|<iframe|<base|<object|onload"
    r"|data:text|<link|class=\"failed|onclick|<embed|<style|<meta|<script"
)


def narrative(markdown: str, *, shown: bool = False) -> str:
    cell = nbformat.v4.new_markdown_cell(markdown)
    if shown:
        output = nbformat.v4.new_output("display_data", data={"text/markdown": markdown})
        cell = nbformat.v4.new_code_cell("", outputs=[output])
    text = page(cell)
    assert text.count("<main") == text.count("</main>") == 1
    return re.search(r'<section class="narrative">(.*)</section>\s*</main>', text, re.DOTALL)[1]


@pytest.mark.parametrize("markdown", HARMFUL)
@pytest.mark.parametrize("shown", [False, True])
def test_html_in_markdown_runs_loads_and_covers_nothing(markdown, shown) -> None:
    text = narrative(f"before\n\n{markdown}\n\nafter", shown=shown)
    assert not FORBIDDEN.search(text), text
    assert "before" in text
    assert "after" in text


def test_what_markdown_is_for_stays() -> None:
    text = narrative(
        "# 标题\n\n**bold** `a < b` [link](https://example.org/?a=1&b=2) ~~gone~~ $x<y$\n\n"
        "| a | b |\n|:--|--:|\n| 1 | 2 |\n\n```python\nif a < b: pass\n```\n\n- [x] done\n\n"
        "<details><summary>more</summary>text</details> <kbd>Ctrl</kbd>\n\n"
        "![dot](data:image/png;base64,iVBORw0KGgo=)"
    )
    for kept in (
        '<h1>标题</h1>', "<strong>bold</strong>", "<code>a &lt; b</code>", 'href="https://example.org/?a=1&amp;b=2"',
        "<del>gone</del>", "$x&lt;y$", '<td style="text-align:right">2</td>', '<div class="highlight">', "checked",
        "<summary>more</summary>", "<kbd>Ctrl</kbd>", 'src="data:image/png;base64,iVBORw0KGgo="',
    ):  # fmt: skip
        assert kept in text, kept


@pytest.mark.parametrize(("kind", "start"), [("image/svg+xml", "data:image/svg+xml;base64,PHN2Zy8+"),
                                            ("image/jpeg", "data:image/jpeg;base64,AAAA"),
                                            ("image/gif", "data:image/gif;base64,AAAA")])  # fmt: skip
def test_pictures_of_every_kind_are_drawn(kind, start) -> None:
    output = nbformat.v4.new_output(
        "display_data", data={kind: "<svg/>" if "svg" in kind else "AAAA", "text/plain": "P"}
    )
    assert f'<img src="{start}" alt="P">' in page(nbformat.v4.new_code_cell("", outputs=[output]))


# --- whole reports, by both engines -----------------------------------------------------------------


MAGICS = [
    "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()",
    "%config InlineBackend.figure_formats = ['svg']\nplt.plot([1, 2]); plt.show()",
    "%gui\n%gui asyncio", "%matplotlib agg", "%matplotlib inline", "%pylab inline", "%hist -l 2", "%who_ls",
    "%store", "%load_ext autoreload\n%autoreload 2", "%%html\n<b>x</b>", "%%latex\n$x$", "%%javascript\n1",
    "%%svg\n<svg xmlns='http://www.w3.org/2000/svg'/>", "%%markdown\n**b**", "%%bash\necho out\necho err >&2",
    "%env MARK=1\n%env MARK", "%precision 2\n3.14159", "%history -n 1-3", "%lsmagic?", "%psearch len*", "%pdoc len",
    "%%capture out\nprint(1)", "%sx echo a", "!!echo b", "%alias hello echo hi\n%hello", "%macro mm 1\nmm",
    "%pdef print",
    "%pprint", "%xmode Minimal", "%automagic", "%timeit -n1 -r1 -q 1", "%prun -q 1", "%dhist", "%logstate", "%autocall",
    "%reset_selective -f zz", "%cd -q .", "%ls /nonexistent", "%unload_ext autoreload",
    "from IPython.display import *\ndisplay(HTML('<b>x</b>'), Markdown('*x*'), Latex('$x$'), Math('x'), JSON({}))",
    "display(Image(data=b'GIF89a', format='gif'), SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>'), Code('x=1'))",
    "handle = display('a', display_id=True); handle.update('b')", "import ipywidgets; ipywidgets.IntSlider(3)",
    "class A:\n    def _repr_mimebundle_(self, **kw): return {'text/plain': 'a'}, {'text/plain': {'m': 1}}\nA()",
    "import os, tempfile; os.chdir(tempfile.mkdtemp())", "%%writefile one.py\nONE = 3\nprint('ran')",
    "%run one.py\nONE", "%whos int", "%%script bash --no-raise-error\necho out; exit 3", "%%sh\nprintf 'a\\nb'",
    "import pandas as pd\npd.DataFrame({'a': [1, 2]}).style.set_uuid('x').highlight_max()",
    "import polars as pl\npl.DataFrame({'a': [1, 2], 'b': ['甲', '乙']})", "bar = ProgressBar(3)\nfor _ in bar: pass",
    "import tqdm, sys\nfor _ in tqdm.tqdm(range(2), file=sys.stdout, bar_format='{n_fmt}/{total_fmt}'): pass",
    "import logging\nlogging.basicConfig(level=20, stream=sys.stdout, force=True)\nlogging.info('logged')",
    "from rich import print as rich_print\nrich_print('[bold]x[/bold]')", "%alias_magic tt timeit\n%tt -n1 -r1 -q 1",
    "print('\\x1b[31mred\\x1b[0m \\r over'); print('a\\bb\\ttab')", "%reset -f\n'ONE' in dir()",
]  # fmt: skip


@pytest.mark.long
def test_magics_and_display_types_give_the_same_by_both_engines(report, tmp_path) -> None:
    reports = [
        report("magics", *MAGICS),
        report("dies", "for i in range(3): print('row', i, end=' ')\nimport os; os._exit(4)"),
    ]
    for name, stock in (("forked", False), ("stock", True)):
        outcomes = execute(
            [elsewhere(one, tmp_path / name) for one in reports], 1, Limits(seconds=200), tmp_path, stock=stock
        )
        failures = {one.report.id: one.error for one in outcomes}
        assert failures["magics"] is None, failures
        assert "DeadKernelError" in failures["dies"]
    made, expected = (nbformat.read(tmp_path / name / "magics.ipynb", 4).cells for name in ("forked", "stock"))
    for cell, one in zip(made, expected, strict=True):
        assert cell == one
    pictures = [kind for cell in made for output in cell.get("outputs", ()) for kind in output.get("data", ())]
    assert (pictures.count("image/png"), pictures.count("image/svg+xml")) == (1, 3)
    assert contents(tmp_path / "forked")["magics.html"] == contents(tmp_path / "stock")["magics.html"]
    dead = nbformat.read(tmp_path / "forked" / "dies.ipynb", 4).cells[-1].outputs
    assert [one.output_type for one in dead] == ["stream", "error"]
    assert dead[0].text == "row 0 row 1 row 2 "
    assert (tmp_path / "forked" / "dies.html").read_text(encoding="utf-8").count('<pre class="printed">') == 1


def test_the_limit_is_one_of_the_whole_report(report, tmp_path) -> None:
    reports = [
        report("writes", "while True: print('y' * 100)"),
        report("sleeps", *["import time; time.sleep(1.5)"] * 5),
        report("control", "print('in time')"),
    ]
    outcomes = {one.report.id: one for one in execute(reports, 1, Limits(seconds=5), tmp_path)}
    for name in ("writes", "sleeps"):
        assert outcomes[name].failure.kind == "timeout"
        assert "not finished 5 seconds after its report was begun" in outcomes[name].error
        assert outcomes[name].seconds < 5 + making.GRACE
    assert outcomes["control"].error is None
    assert nbformat.read(tmp_path / "out" / "writes.ipynb", 4).cells[-1].outputs[0].text.startswith("yyy")


def test_a_page_that_takes_too_long_is_left_and_the_notebook_kept(report, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(making, "GRACE", 1.0)
    monkeypatch.setattr(making, "pages_of", lambda *arguments: time.sleep(60))
    one = report("slow", "print('words')")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "slow.html").write_text("of an earlier run")
    failure = making.make_report(one, None, Limits(seconds=1))
    assert failure is not None
    assert failure.kind == "timeout"
    assert not one.file(".html").exists()
    assert one.file(".ipynb").exists()
