"""`make steady`: it finds a cell that another processor would change, and passes one that it would not."""

import os
import re
import subprocess
import sys
from pathlib import Path

import keras
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tools.steady import worst

pytestmark = pytest.mark.xdist_group(Path(__file__).stem)  # what its fixture runs is run once
REPOSITORY = Path(__file__).parent.parent
BUILD = """
import keras
def weight(seed=0):
    keras.utils.set_random_seed(seed)
    layer = keras.layers.Dense(1)
    layer.build((None, 1))
    return layer
w = float(weight().kernel[0, 0])
"""
# What the cell runs, its metadata, and what `make steady` says of it (None: it came out the same).
CELLS = {
    "set up": (BUILD, {}, None),
    "unsteady": ("print(f'{w:.12f}')", {}, "FAILS"),
    "steady": ("print(f'{w:.3f}')", {}, None),
    "within its tolerance": ("print(f'{w:.12f}')", {"tolerance": {"atol": 1e-3}}, "0.00"),
    "within, but not by half": ("print(f'{w:.12f}')", {"tolerance": {"rtol": 1.5e-6}}, "CLOSE"),
    "an assertion on the last digit": ("assert w == {w!r}", {}, "FAILS"),
    "equal weights stay equal": ("assert weight().kernel == w and weight(1).kernel != w", {}, None),
    "the notebook sees nothing of it": ("assert 'SEED' not in globals() and 'ops' not in globals()", {}, None),
}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Store CELLS as they come out without disturbance, and let `make steady` run them once."""
    keras.utils.set_random_seed(0)
    layer = keras.layers.Dense(1)
    layer.build((None, 1))
    w = float(layer.kernel[0, 0])
    notebook = new_notebook()
    for count, (source, metadata, _) in enumerate(CELLS.values(), start=1):
        digits = re.findall(r"print.*:(\.\d+f)", source)
        outputs = [new_output("stream", name="stdout", text=f"{w:{digits[0]}}\n")] if digits else []
        source = source.replace("{w!r}", repr(w))
        notebook.cells.append(new_code_cell(source, metadata=metadata, outputs=outputs, execution_count=count))
    path = tmp_path_factory.mktemp("steady") / "cells.ipynb"
    nbformat.write(notebook, path)
    command = [sys.executable, "-m", "tools.steady", str(path), "--runs", "1"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "COV_"))}
    return subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=300)


@pytest.mark.parametrize("name", CELLS)
def test_cell(report, name):
    number, said = list(CELLS).index(name), CELLS[name][2]
    lines = [line for line in report.stdout.splitlines() if f"::Cell {number}: " in line]
    assert said in lines[0] if said else not lines, report.stdout + report.stderr


def test_end(report):
    unsteady = sum(said in ("FAILS", "CLOSE") for *_, said in CELLS.values())
    assert (
        f"{len(CELLS)} cells, {len(CELLS) - unsteady - 1} came out the same, {unsteady} used over half" in report.stdout
    )
    assert report.returncode == 1


def test_worst_of_several_runs_comes_first():
    runs = [{"a": [0.1, "x"], "b": [0.0, ""], "c": [0.4, "z"]}, {"a": [0.7, "y"], "b": [0.0, ""], "c": [0.2, ""]}]
    assert worst(runs) == [(0.7, "a", "y"), (0.4, "c", "z"), (0.0, "b", "")]


def test_a_chapter_that_does_not_exist():
    run = subprocess.run(
        [sys.executable, "-m", "tools.steady", "chapters/x"], cwd=REPOSITORY, capture_output=True, text=True
    )
    assert run.returncode == 1 and "There is no notebook chapters/x.ipynb." in run.stderr
