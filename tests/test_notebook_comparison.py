"""The nbval plugin: it lets pass what it must, and above all fails what it must."""

import base64
import io
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbval.plugin import IPyNbCell
from PIL import Image

from tests.notebook_comparison import compare_outputs, compare_text, figure_difference, split_numbers

pytestmark = pytest.mark.xdist_group(Path(__file__).stem)  # what its fixture runs is run once
REPOSITORY = Path(__file__).parent.parent
TOLERANT = {"tolerance": {"rtol": 0.05, "atol": 0.01}}
EXEMPT = {"tags": ["exempt"]}
DRAW = """
import io
from IPython.display import Image, display
from PIL import Image as Picture
def draw(grey, size=(40, 30)):
    png = io.BytesIO()
    Picture.new("L", size, grey).save(png, "png")
    display(Image(png.getvalue()))
def table(text):
    display({"text/html": f"<table><td>{text}</td></table>", "text/plain": text}, raw=True)
"""


def png(grey, size=(40, 30)):
    data = io.BytesIO()
    Image.new("L", size, grey).save(data, "png")
    return base64.b64encode(data.getvalue()).decode()


def printed(text, name="stdout"):
    return new_output("stream", name=name, text=text + "\n")


def figure(*args):
    return new_output("display_data", {"image/png": png(*args), "text/plain": "<IPython.core.display.Image object>"})


def table(text):
    return new_output("display_data", {"text/html": f"<table><td>{text}</td></table>", "text/plain": text})


def glued(text):
    return new_output("display_data", {"application/papermill.record/text/plain": text})


# What the cell runs, its stored outputs, its metadata, and words of the failure message (None: the cell passes).
CELLS = {
    "set up": (DRAW, [], {}, None),
    "equal text": ("print('mae 0.512')", [printed("mae 0.512")], {}, None),
    "exact, last digit": ("print('mae 0.512')", [printed("mae 0.513")], {}, "mismatch 'stdout'"),
    "exact, spaces": ("print('mae  0.512')", [printed("mae 0.512")], {}, "mismatch 'stdout'"),
    "only figures tolerant": ("print('mae 0.512')", [printed("mae 0.513")], {"tolerance": {"pixels": 9}}, "mismatch"),
    "within": ("print('mae 0.512')", [printed("mae 0.500")], TOLERANT, None),
    "beyond": ("print('mae 0.552')", [printed("mae 0.500")], TOLERANT, "stored 0.5, fresh 0.552"),
    "words": ("print('rmse 0.500')", [printed("mae 0.500")], TOLERANT, "words differ"),
    "one number more": ("print('mae 0.5 0.5')", [printed("mae 0.5")], TOLERANT, "1 numbers stored, 2 fresh"),
    "no longer printed": ("None", [printed("mae 0.5")], TOLERANT, "stdout: 1 stored, 0 fresh"),
    "not stored": ("print('mae 0.5')", [], TOLERANT, "stdout: 0 stored, 1 fresh"),
    "exact, no longer printed": ("None", [printed("mae 0.5")], {}, "Missing output fields"),
    "exact, not stored": ("print('mae 0.5')", [], {}, "Unexpected output fields"),
    "table within": ("table('LSTM 1,020.0 ± 3.1')", [table("LSTM 999.5 ± 3.0")], TOLERANT, None),
    "table beyond": ("table('LSTM 1,020.0 ± 3.9')", [table("LSTM 999.5 ± 3.0")], TOLERANT, "text/html 1: number 2"),
    "glue within": (
        "display({'application/papermill.record/text/plain': '0.51'}, raw=True)", [glued("0.50")], TOLERANT, None
    ),
    "glue beyond": (
        "display({'application/papermill.record/text/plain': '0.6'}, raw=True)", [glued("0.5")], TOLERANT, "fresh 0.6"
    ),
    "figure equal": ("draw(100)", [figure(100)], {}, None),
    "figure nearly equal": ("draw(102)", [figure(100)], {}, None),
    "figure changed": ("draw(105)", [figure(100)], {}, "difference 5.00, allowed 2"),
    "figure within its limit": ("draw(105)", [figure(100)], {"tolerance": {"pixels": 6}}, None),
    "figure beyond its limit": ("draw(107)", [figure(100)], {"tolerance": {"pixels": 6}}, "difference 7.00, allowed 6"),
    "figure of another size": ("draw(100, (41, 30))", [figure(100)], {}, "stored size (40, 30)"),
    "figure missing": ("draw(100)", [figure(100), figure(100)], {}, "image/png: 2 stored, 1 fresh"),
    "figure no longer drawn": ("None", [new_output("display_data", {"image/png": png(9)})], {}, "1 stored, 0 fresh"),
    "figure added": ("draw(100); draw(100)", [figure(100)], {}, "image/png: 1 stored, 2 fresh"),
    "second figure changed": ("draw(100); draw(50)", [figure(100), figure(100)], {}, "image/png 2: root-mean-square"),
    "exempt, no assertion": ("print('a b')  # assert", [printed("c d")], EXEMPT, "asserts nothing"),
    "exempt": ("print('a b')\nassert 2 > 1", [printed("c d")], EXEMPT, None),
    "exempt, assertion fails": ("print('a b')\nassert 1 > 2", [printed("c d")], EXEMPT, "caused an exception"),
    "exempt, nothing stored": ("print('a b')\nassert 2 > 1", [], EXEMPT, "stdout: 0 stored, 1 fresh"),
    "exempt, its figure changed": ("draw(200)\nassert 2 > 1", [figure(100)], EXEMPT, "difference 100.00"),
    "stderr changed": ("import sys; print('warning 2', file=sys.stderr)", [printed("warning 1", "stderr")], {}, None),
    "error": ("1 / 0", [], {}, "caused an exception"),
    "display updated": (
        "h = display({'text/plain': 'run 1'}, raw=True, display_id='a'); h.update({'text/plain': 'run 2'}, raw=True)",
        [new_output("display_data", {"text/plain": "run 2"})], {}, None,
    ),
    "display updated to something else": (
        "h = display({'text/plain': 'run 2'}, raw=True, display_id='b'); h.update({'text/plain': 'run 3'}, raw=True)",
        [new_output("display_data", {"text/plain": "run 2"})], {}, "mismatch 'text/plain'",
    ),
    "quiet": ("import os; print(os.environ['TQDM_DISABLE'])", [printed("1")], {}, None),
}  # fmt: skip


def store(path, cells):
    notebook = new_notebook()
    for count, (source, outputs, metadata, _) in enumerate(cells, start=1):
        notebook.cells.append(
            new_code_cell(source, outputs=outputs, metadata=metadata, execution_count=count if count else None)
        )
    nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def failures(tmp_path_factory):
    """Run nbval with the plugin on a notebook made of CELLS and on one that was never run."""
    folder = tmp_path_factory.mktemp("book")
    (folder / "pytest.ini").write_text("[pytest]\n")
    store(folder / "cells.ipynb", CELLS.values())
    never_run = new_notebook(cells=[new_code_cell("1"), new_code_cell("pass")])
    nbformat.write(never_run, folder / "never_run.ipynb")
    # As the whole book is run, in workers; without the settings of the run that this test is in.
    command = f"-m pytest {folder} -c {folder}/pytest.ini --rootdir {folder} --junitxml {folder}/report.xml -n 2"
    command += " --nbval --nbval-current-env --dist loadscope -p tests.notebook_comparison -p no:cacheprovider"
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "TQDM_", "COV_"))}
    run = subprocess.run(
        [sys.executable, *command.split()], cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=100
    )
    assert run.returncode == 1, run.stdout + run.stderr
    outcomes = {}
    for case in ElementTree.parse(folder / "report.xml").iter("testcase"):
        outcomes[case.get("classname"), case.get("name")] = "\n".join(f"{f.get('message')}\n{f.text}" for f in case)
    return folder, outcomes


def test_plain_nbval_uses_the_plugin():
    """`pytest --nbval chapters/…` is given no plugin; conftest.py in the top folder loads it."""
    assert IPyNbCell.compare_outputs is compare_outputs
    assert os.environ["TQDM_DISABLE"] == "1"


@pytest.mark.parametrize("name", CELLS)
def test_cell(failures, name):
    message, expected = failures[1]["cells.ipynb", f"Cell {list(CELLS).index(name)}"], CELLS[name][3]
    assert expected in message if expected else message == "", message


def test_cell_that_was_never_run(failures):
    assert "Unexpected output fields" in failures[1]["never_run.ipynb", "Cell 0"]
    assert failures[1]["never_run.ipynb", "Cell 1"] == ""


def test_changed_figure_is_saved_beside_the_stored_one(failures):
    folder = failures[0] / "_build" / "figure_differences"
    number = list(CELLS).index("figure changed")
    both = Image.open(folder / f"cells-cell{number}.png")
    assert both.size == (90, 30)
    assert both.getpixel((0, 0)) == (100,) * 3 and both.getpixel((89, 29)) == (105,) * 3
    assert (folder / f"cells-cell{list(CELLS).index('second figure changed')}-2.png").exists()
    assert not (folder / f"cells-cell{list(CELLS).index('figure equal')}.png").exists()


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("mae 0.5", [0.5]),
        ("1e-05 .5 -3. 2E+3 +7", [1e-5, 0.5, -3, 2000, 7]),
        ("1,234,567.5 rows, 12,34", [1234567.5, 12, 34]),
        ("12.5% 0.5±0.1 −2", [12.5, 0.5, 0.1, -2]),
        ("[[1. 2.]\n [3. 4.]]", [1, 2, 3, 4]),
        ("(32, 20, 8)", [32, 20, 8]),
        ("nan -inf NaN", [np.nan, -np.inf, np.nan]),
        ("<td>0.5</td><td>-1</td>", [0.5, -1]),
        ("5-10", [5, 10]),
        ("Conv1D float32 lstm_1 12ms 1_000 banana 3.15.1", []),
        ("2014-12-31 23:00:00", []),
    ],
)
def test_numbers_found(text, numbers):
    np.testing.assert_array_equal(split_numbers(text)[1], numbers)


@pytest.mark.parametrize(
    ("fresh", "stored"),
    [
        ("| LSTM | 10.01 |\n|------|-------|", "| LSTM | 9.99 |\n|------|------|"),
        ("[10.01  0.5 ]", "[9.99 0.5 ]"),
        ("[[-0.001  2.5]]", "[[0.001 2.5]]"),
        ("nan", "nan"),
        ("inf", "inf"),
    ],
)
def test_layout_follows_the_width_of_numbers(fresh, stored):
    assert compare_text(fresh, stored, rtol=0.01, atol=0.01) == []


@pytest.mark.parametrize(
    ("fresh", "stored"),
    [
        ("nan", "1.0"),
        ("1.0", "nan"),
        ("inf", "1.0"),
        ("-inf", "inf"),
        ("-1.0", "1.0"),
        ("1.0 kg", "1.0 g"),
        ("12.5%", "12.5"),
        ("0.5 ± 0.1", "0.5 0.1"),
        ("keras 3.15.2", "keras 3.15.1"),
        ("2014-12-31", "2014-12-30"),
        ("lstm_2", "lstm_1"),
        ("1 2 3", "1 2"),
        ("", "1"),
    ],
)
def test_differences_that_no_tolerance_covers(fresh, stored):
    assert compare_text(fresh, stored, rtol=0.5, atol=0.01)


finite = st.floats(-1e6, 1e6)


@given(st.lists(st.tuples(finite, finite), min_size=1, max_size=5), st.floats(0, 0.5), st.floats(0, 1))
def test_numbers_are_compared_as_numpy_does(pairs, rtol, atol):
    fresh, stored = (" and ".join(repr(x) for x in column) for column in zip(*pairs, strict=True))
    far = [not np.isclose(a, b, rtol=rtol, atol=atol) for a, b in pairs]
    assert len(compare_text(fresh, stored, rtol, atol)) == sum(far)


@given(finite, st.sampled_from(["{:.3f}", "{:.2e}", "{:+.1f}", "{:,.2f}", "{:8.4f}"]))
def test_a_number_is_read_as_it_was_written(number, form):
    written = form.format(number)
    assert split_numbers(f"<td>{written}</td>")[1] == [float(written.replace(",", ""))]


@given(st.text())
def test_a_text_equals_itself(text):
    assert compare_text(text, text) == []


def test_figure_is_compared_as_it_is_seen():
    """Colours behind full transparency are not seen."""
    black, white = io.BytesIO(), io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(black, "png")
    Image.new("RGB", (4, 4), "white").save(white, "png")
    figures = [base64.b64encode(data.getvalue()).decode() for data in (black, white)]
    assert figure_difference(*figures, 0) == []


def collected(*arguments):
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)


def test_a_run_can_be_cut_down_to_chapters():
    chapter = "chapters/prediction/weather"
    run = collected("tests/test_structure.py", f"--chapter={chapter}.ipynb")
    names = [line for line in run.stdout.splitlines() if "::" in line]
    assert len(names) > 10 and all(f"[{chapter}" in name for name in names)


def test_a_chapter_that_does_not_exist_is_no_reason_to_test_nothing():
    run = collected("tests/test_structure.py", "--chapter=chapters/prediction/whether")
    assert run.returncode != 0
    assert "there is no page chapters/prediction/whether: name it as in _toc.yml" in run.stdout + run.stderr
