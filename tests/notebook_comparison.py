"""Pytest plugin: nbval's comparison of fresh and stored outputs, with tolerances and with figures.

The top folder's conftest.py loads it, so `pytest --nbval chapters/architectures/vanilla.ipynb` is all that is needed.
What a cell's metadata can ask for:

- `"tolerance": {"rtol": 0.05, "atol": 0.01}`: the numbers in its text may differ as `numpy.isclose` allows (an
  omitted one is 0); the words may not.
- `"tolerance": {"pixels": 12}`: its figures may differ by this root-mean-square difference (0-255, default 2).
- `"tags": ["exempt"]`: its text is not compared; it must hold an `assert` statement on what is sure instead.

Everything else in a cell is compared exactly, except stderr, which depends on the machine.

For `make steady`, `--disturb SEED` changes the initial weights of every network by a relative 1e-6, as the rounding of
another processor would, and `--margins FILE` writes how much of its tolerance each cell used up.
"""

import base64
import io
import json
import os
import re
from collections import defaultdict
from itertools import zip_longest
from pathlib import Path

import numpy as np
from nbformat import NotebookNode
from nbval.plugin import IPyNbCell, IPyNbFile, transform_streams_for_comparison
from PIL import Image

from tools.execute import QUIET_ENVIRONMENT

PIXELS = 2.0
DISTURB = Path(__file__).parent.parent / "tools" / "disturb.py"

# Dates, times and version numbers are words. So is a number that touches a letter: Conv1D, float32, lstm_1, 12ms.
WORDS_OR_NUMBER = re.compile(
    r"""(?<![\w.])(?:
        \d{4}-\d\d-\d\d(?!\d) | \d\d?:\d\d(?::\d\d)?(?!\d)
        | (?P<number>[-+−]?(?:(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)\.?\d*(?:e[-+]?\d+)?|\.\d+(?:e[-+]?\d+)?|nan|inf)
          (?!\w|\.\d))
    )""",
    re.VERBOSE | re.IGNORECASE,
)
NUMBER_SIGN = "\N{REPLACEMENT CHARACTER}"


def split_numbers(text):
    """Return the text with a sign for each number, in a layout without the widths of the numbers, and the numbers."""
    numbers = []

    def take(match):
        if match["number"] is None:
            return match[0]
        numbers.append(float(match["number"].replace(",", "").replace("−", "-")))
        return NUMBER_SIGN

    words = WORDS_OR_NUMBER.sub(take, text)
    words = re.sub(r"([-=─━═])\1+", r"\1", words)
    words = re.sub(rf"\s*{NUMBER_SIGN}\s*", NUMBER_SIGN, words)
    return " ".join(words.split()), numbers


def text_differences(fresh, stored, rtol=0.0, atol=0.0):
    """Compare two texts number by number; return [(used, what), ...], one for each number that is not the same.

    `used` is the share of the tolerance that the difference takes up: over 1, it is too much.
    """
    fresh_words, fresh_numbers = split_numbers(fresh)
    stored_words, stored_numbers = split_numbers(stored)
    if fresh_words != stored_words:
        at = next(i for i, (a, b) in enumerate(zip_longest(fresh_words, stored_words)) if a != b)
        near = slice(max(at - 30, 0), at + 30)
        what = (
            f"the words differ (numbers shown as #), stored {stored_words[near].replace(NUMBER_SIGN, ' # ')!r}, "
            f"fresh {fresh_words[near].replace(NUMBER_SIGN, ' # ')!r} "
            f"({len(stored_numbers)} numbers stored, {len(fresh_numbers)} fresh)"
        )
        return [(np.inf, what)]
    found = []
    for i, (a, b) in enumerate(zip(fresh_numbers, stored_numbers, strict=True), start=1):
        allowed = atol + rtol * abs(b)
        if np.isclose(a, b, rtol=0, atol=0, equal_nan=True):
            continue
        used = abs(a - b) / allowed if allowed and np.isfinite([a, b]).all() else np.inf
        what = (
            f"number {i} of {len(stored_numbers)}: stored {b:g}, fresh {a:g}, "
            f"difference {abs(a - b):.3g}, allowed {allowed:.3g} (rtol {rtol:g}, atol {atol:g})"
        )
        found.append((used, what))
    return found


def compare_text(fresh, stored, rtol=0.0, atol=0.0):
    """Return what differs by too much between two texts, as a list of complaints."""
    return [what for used, what in text_differences(fresh, stored, rtol, atol) if used > 1]


def decode(figure):
    """Return the image in a base64 string on a white ground, as a page shows it."""
    image = Image.open(io.BytesIO(base64.b64decode(figure))).convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")


def figure_difference(fresh, stored, pixels):
    """Compare two base64 figures: return [(used, what)] as `text_differences` does, empty if they are the same."""
    fresh, stored = decode(fresh), decode(stored)
    if fresh.size != stored.size:
        return [(np.inf, f"stored size {stored.size} pixels, fresh size {fresh.size}")]
    rms = np.sqrt(np.mean((np.asarray(fresh, float) - np.asarray(stored, float)) ** 2))
    what = f"root-mean-square pixel difference {rms:.2f}, allowed {pixels:g}"
    return [(rms / pixels if pixels else np.inf, what)] if rms else []


def save_side_by_side(fresh, stored, path):
    """Save a picture of the stored figure (left) beside the fresh one, and return a sentence that names it."""
    fresh, stored = decode(fresh), decode(stored)
    both = Image.new("RGB", (stored.width + fresh.width + 10, max(stored.height, fresh.height)), "red")
    both.paste(stored, (0, 0))
    both.paste(fresh, (stored.width + 10, 0))
    path.parent.mkdir(parents=True, exist_ok=True)
    both.save(path)
    return f"see {os.path.relpath(path)} (stored left, fresh right)"


def by_kind(outputs):
    """Group the outputs of a cell: {"stdout": [text], "text/plain": [text, ...], "image/png": [base64, ...], ...}."""
    kinds = defaultdict(list)
    for output in transform_streams_for_comparison(outputs):
        for kind, value in (output | output.get("data", {})).items():
            kinds[kind].append(value)
    return kinds


def is_text(kind):
    # Values that `glue` stores without showing them come as application/papermill.record/text/plain.
    return kind == "stdout" or "text/" in kind


def is_figure(kind):
    return kind.endswith(("image/png", "image/jpeg"))


def compare_outputs(cell, fresh, stored, skip_compare=None):
    """Stand in for `IPyNbCell.compare_outputs`: do tolerant text and figures here, leave the rest to nbval."""
    tolerance = dict(cell.cell.metadata.get("tolerance", {}))
    pixels = tolerance.pop("pixels", PIXELS)
    exempt = "exempt" in cell.cell.metadata.get("tags", [])
    fresh_kinds, stored_kinds = by_kind(fresh), by_kind(stored)
    ours = [k for k in {**stored_kinds, **fresh_kinds} if is_figure(k) or (is_text(k) and (tolerance or exempt))]
    differences = []
    if exempt and not re.search(r"^\s*assert\b", cell.cell.source, re.MULTILINE):
        complaint = "the cell is tagged `exempt` but asserts nothing: add an assert statement or remove the tag"
        differences.append((np.inf, complaint))
    for kind in ours:
        pairs = list(zip(fresh_kinds[kind], stored_kinds[kind], strict=False))
        if len(fresh_kinds[kind]) != len(stored_kinds[kind]):
            counts = f"{kind}: {len(stored_kinds[kind])} stored, {len(fresh_kinds[kind])} fresh"
            differences.append((np.inf, counts))
        for i, (a, b) in enumerate(pairs if is_figure(kind) or not exempt else [], start=1):
            found = figure_difference(a, b, pixels) if is_figure(kind) else text_differences(a, b, **tolerance)
            if is_figure(kind) and found and found[0][0] > 1:
                name = f"{cell.path.stem}-cell{cell.cell_num}{f'-{i}' if len(pairs) > 1 else ''}.png"
                path = cell.config.rootpath / "_build" / "figure_differences" / name
                found = [(used, f"{what}; {save_side_by_side(a, b, path)}") for used, what in found]
            differences += [(used, f"{kind} {i}: {what}") for used, what in found]
    skip_compare = (*(skip_compare or cell.parent.skip_compare), "stderr", *ours)
    same = nbval_compare_outputs(cell, fresh, stored, skip_compare)
    if not same:
        differences.append((np.inf, "a difference where none is allowed"))
    used, what = max(differences, default=(0.0, ""))
    if cell.config.option.margins:
        cell.user_properties.append(("margin", (float(used), what)))  # a NumPy number could not leave a worker
    complaints = [what for used, what in differences if used > 1]
    if not complaints:
        return True
    remedy = (
        "If the fresh output is right, store it with `make notebooks "
        f"CHAPTER={os.path.relpath(cell.path.with_suffix(''), cell.config.rootpath)}`; "
        "if it cannot be the same on every machine, set `tolerance` in the cell's metadata."
    )
    cell.comparison_traceback += [*complaints, remedy]
    return False


nbval_compare_outputs = IPyNbCell.compare_outputs
nbval_setup = IPyNbFile.setup
nbval_get_kernel_message = IPyNbFile.get_kernel_message


def set_up(file):
    """Stand in for `IPyNbFile.setup`: start the kernel, and disturb its networks if that is asked for."""
    nbval_setup(file)
    seed = file.config.option.disturb
    if seed is not None:
        # In a namespace of its own, so that the notebook finds nothing that it has not defined.
        code = f"exec({DISTURB.read_text('utf-8')!r}, {{'__name__': 'disturb', 'SEED': {seed}}})"
        reply = file.kernel.kc.execute(code, silent=True, reply=True, timeout=300)
        if reply["content"]["status"] != "ok":
            raise RuntimeError(f"{DISTURB.name} failed: {reply['content']}")
        file.kernel.await_idle(reply["parent_header"]["msg_id"], timeout=300)


def get_kernel_message(file, timeout=None, stream="iopub"):
    """Stand in for `IPyNbFile.get_kernel_message`: let the update of a display change what was displayed.

    nbval knows no updates; Jupyter stores a display as it was last.
    """
    message = nbval_get_kernel_message(file, timeout, stream)
    content = message["content"]
    display_id = content.get("transient", {}).get("display_id")
    displays = vars(file).setdefault("displays", {})
    if display_id is not None and message["msg_type"] == "display_data":
        # nbval keeps a NotebookNode as it is, and a plain dict as a copy.
        content["data"] = displays[display_id] = NotebookNode(content["data"])
    elif display_id is not None and message["msg_type"] == "update_display_data":
        if display_id in displays:
            displays[display_id].clear()
            displays[display_id].update(content["data"])
        message["msg_type"] = "comm"  # nbval passes over it
    return message


def pytest_addoption(parser):
    group = parser.getgroup("notebooks", "the book's notebooks")
    group.addoption("--disturb", type=int, metavar="SEED", help="disturb initial weights by a relative 1e-6")
    group.addoption("--margins", type=Path, metavar="FILE", help="write the share of its tolerance each cell used")


def pytest_configure(config):
    for name, value in QUIET_ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    IPyNbCell.compare_outputs = compare_outputs
    IPyNbFile.setup = set_up
    IPyNbFile.get_kernel_message = get_kernel_message
    if config.option.margins and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Margins(config.option.margins))


class Margins:
    """Collect what the cells used of their tolerances, from all workers, and write it when all are done."""

    def __init__(self, path):
        self.path, self.found = path, {}

    def pytest_runtest_logreport(self, report):
        if "::Cell " not in report.nodeid or (report.when != "call" and report.passed):
            return
        used, what = dict(report.user_properties).get("margin", (np.inf if report.failed else 0.0, "it fails"))
        if report.failed and used <= 1:  # an assertion, an error or a timeout
            used, what = np.inf, report.longreprtext.strip().splitlines()[-1]
        self.found[report.nodeid] = used, what

    def pytest_sessionfinish(self):
        self.path.write_text(json.dumps(self.found), encoding="utf-8")


def pytest_itemcollected(item):
    # nbval compares nothing in a cell stored without an execution count, so that a cell that was
    # never run would pass whatever it prints.
    if isinstance(item, IPyNbCell) and item.cell.execution_count is None:
        item.cell.execution_count = 0
