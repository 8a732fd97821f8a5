"""`grade NOTEBOOK --execute`: a kernel forked from a warm process, and the page of what came of it."""

import base64
import os
import re
import signal
import time

import click
import nbformat
import pytest
from jupyter_client.manager import KernelManager
from nbformat import v4

from grader.cli.execute import check_executable
from grader.cli.main import run
from grader.errors import UntrustedNotebook
from grader.kernel import provisioner
from grader.kernel.execute import OrdinaryKernel, OwnKernel, execute
from grader.report import executed
from grader.report.executed import executed_page
from grader.report.safe import html as markup

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kernels are forked where there is a fork")
NORMALIZED = "def dNormalizedLogits(counts, dCounts):\n    return counts * dCounts"


def notebook(*cells):
    return v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in cells])


def texts(cells):
    return ["".join(o.get("text", "") or o.get("ename", "") for o in cell.outputs) for cell in cells]


def test_cells_run_in_order_and_one_that_fails_shows_its_error(tmp_path):
    given = notebook("import os\nprint(os.getcwd())", "1 / 0", "print('after')")
    done, problem = execute(given, tmp_path)
    assert texts(done.cells) == [f"{tmp_path}\n", "ZeroDivisionError", "after\n"] and problem == ""
    assert given.cells[0].outputs == []


def test_the_kernel_is_forked_from_a_process_that_has_torch_and_has_run_nothing(tmp_path):
    cells = ("import sys; print('torch' in sys.modules)", "import os; print(os.getppid())")
    first, _ = execute(notebook(*cells), tmp_path)
    second, _ = execute(
        notebook(*cells, "import torch; print((torch.ones(64, 64) @ torch.ones(64, 64)).sum())"), tmp_path
    )
    server = provisioner._server()._process.pid
    assert texts(first.cells) == ["True\n", f"{server}\n"]
    assert texts(second.cells) == ["True\n", f"{server}\n", "tensor(262144.)\n"]


def test_a_cell_that_does_not_end_is_stopped_and_said(tmp_path):
    _, problem = execute(notebook("while True: pass"), tmp_path, cell_seconds=1)
    assert "more than 1 s" in problem


def test_a_kernel_that_dies_is_said(tmp_path):
    _, problem = execute(notebook("import os; os._exit(1)"), tmp_path)
    assert "died" in problem


@pytest.mark.slow
def test_the_ordinary_kernel_does_as_well(tmp_path):
    done, problem = execute(notebook("print(1)"), tmp_path, warm=False)
    assert texts(done.cells) == ["1\n"] and problem == ""


@pytest.mark.slow
def test_without_the_warm_process_kernels_start_as_jupyter_starts_them(tmp_path, monkeypatch):
    def gone():
        raise OSError("gone")

    gone.cache_clear = lambda: None
    monkeypatch.setattr(provisioner, "_server", gone)
    done, _ = execute(notebook("print(1)"), tmp_path)
    assert texts(done.cells) == ["1\n"]


def test_jupyter_can_use_interrupt_and_restart_it():
    manager = KernelManager(kernel_name="python3", kernel_spec_manager=OwnKernel())
    assert OrdinaryKernel().get_kernel_spec("x").metadata == {}
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        client.execute("import time; time.sleep(100)")
        time.sleep(0.5)
        manager.interrupt_kernel()
        assert client.get_shell_msg(timeout=30)["content"]["ename"] == "KeyboardInterrupt"
        before = manager.provisioner.pid
        manager.restart_kernel()
        client.wait_for_ready(timeout=60)
        client.execute("1")
        assert client.get_shell_msg(timeout=30)["content"]["status"] == "ok"
        assert manager.provisioner.pid != before
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    with pytest.raises(ProcessLookupError):
        os.kill(before, signal.SIG_DFL)


def test_nothing_in_the_page_runs_or_comes_from_elsewhere():
    bad = "<script>alert(1)</script><img src='https://example.org/x.png' onerror='alert(2)'>"
    cell = v4.new_code_cell("x", outputs=[v4.new_output("display_data", data={"text/html": bad})])
    page = executed_page(v4.new_notebook(cells=[v4.new_markdown_cell(bad), cell]), "<b>.ipynb", "")
    assert not re.search(r"<script|<[^>]*\sonerror", page) and "<b>" not in page
    assert "default-src 'none'" in page


def test_text_and_tables_are_shown_as_such():
    text = "# A title\n\nwords\n\n| a |\n|---|\n| 1 |"
    page = executed_page(v4.new_notebook(cells=[v4.new_markdown_cell(text)]), "a.ipynb", "")
    assert re.search(r"<h1>A title", page) and "<th>a</th>" in page and "&lt;p&gt;" not in page


def page_of(html):
    cell = v4.new_code_cell(
        "x", outputs=[v4.new_output("display_data", data={"text/html": html, "text/plain": "plain"})]
    )
    return executed_page(v4.new_notebook(cells=[cell]), "a.ipynb", "")


def test_what_stands_in_style_sheets_and_scripts_is_not_shown_as_text():
    page = page_of("<style scoped>.dataframe { color: red }</STYLE ><b>kept</b><script>let x</script> also")
    assert "<b>kept</b> also" in page and "color: red" not in page and "let x" not in page


class Counted:
    """A regular expression that counts how often it looks."""

    def __init__(self, pattern):
        self._pattern, self.looked = pattern, 0

    def search(self, *where):
        self.looked += 1
        return self._pattern.search(*where)


def test_html_that_would_take_long_to_read_is_shown_as_plain_text(monkeypatch):
    """It is not cleaned, and gone through once for a style sheet that does not end, however often one begins."""
    beginning = Counted(markup.BEGINNING)
    monkeypatch.setattr(markup, "BEGINNING", beginning)
    monkeypatch.setattr(executed, "cleaned", lambda html: pytest.fail(f"cleaned: {html[:20]}"))
    for html in ("<div>" * 50_000, "<td>1</td>" * 50_000, "<script>" * 50_000, "<b>" * 300 + "<p>x"):
        page = page_of(html)
        assert '<pre class="text"' in page and "plain</pre>" in page
    assert beginning.looked == 4


def test_pictures_are_shown_with_words_for_those_who_do_not_see_them():
    data = base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'></svg>").decode()
    html = f"<img src='data:image/svg+xml;base64,{data}'><img src='https://example.org/x.png' alt='a plot'>"
    page = page_of(html)
    pictures = re.findall(r"<img[^>]*>", page)
    assert len(pictures) == 2 and 'alt=""' in pictures[0] and f'src="data:image/svg+xml;base64,{data}"' in pictures[0]
    assert pictures[1] == '<img alt="a plot">' and "example.org" not in page
    attached = v4.new_markdown_cell("![mine](attachment:a.png)", attachments={"a.png": {"image/png": "iVBORw0KGgo="}})
    page = executed_page(v4.new_notebook(cells=[attached]), "a.ipynb", "")
    assert re.search(r'<img[^>]* src="data:image/png;base64,iVBORw0KGgo="', page) and 'alt="mine"' in page


def test_the_command_links_the_page_and_says_that_a_kernel_is_not_confined(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    nbformat.write(notebook(NORMALIZED, "print('hello')"), "mine.ipynb")
    before = (tmp_path / "mine.ipynb").read_bytes()
    assert run(["mine.ipynb", "--execute", "--trust", "--stage", "dNormalizedLogits"]) == 0
    assert "not confined" in capfd.readouterr().err
    assert 'href="report-executed.html"' in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "hello" in (tmp_path / "report-executed.html").read_text(encoding="utf-8")
    assert (tmp_path / "mine.ipynb").read_bytes() == before


def test_no_notebook_is_executed_unless_somebody_says_so(here, monkeypatch, capsys):
    nbformat.write(notebook("open('it ran', 'w')"), "a.ipynb")
    assert run(["a.ipynb", "--execute", "--no-html"]) == 2
    told = capsys.readouterr().err
    assert "a.ipynb was not executed" in told and "add --trust" in told
    for stream in ("stdin", "stderr"):
        monkeypatch.setattr(f"sys.{stream}.isatty", lambda: True)
    monkeypatch.setattr(click, "confirm", lambda question, err: "Did you write it, or trust it?" in question and answer)
    answer = False
    with pytest.raises(UntrustedNotebook):
        check_executable(here / "a.ipynb", trust=False)
    answer = True
    check_executable(here / "a.ipynb", trust=False)
    assert not (here / "it ran").exists()


def test_text_that_takes_long_to_set_is_shown_as_it_is():
    rich = executed.Rich()
    long, wide = "[" * (executed.MARKDOWN_EACH + 1), "**a" + " " * 400 + "b**"
    assert [rich.markdown(text, {}).kind for text in ("*a*", long, wide)] == ["html", "text", "text"]
    many = [rich.markdown("a" * executed.MARKDOWN_EACH, {}).kind for _ in range(executed.RICH_CAP // 20_000)]
    assert many[0] == "html" and many[-1] == "text"
