"""Pytest plugin: nbval's comparison of fresh and stored outputs, with tolerances and with figures.

Load it with `python -m pytest chapters --nbval -p tests.notebook_comparison`. What a cell's metadata can ask for:

- `"tolerance": {"rtol": 0.05, "atol": 0.01}`: the numbers in its text may differ as `numpy.isclose` allows (an
  omitted one is 0); the words may not.
- `"tolerance": {"pixels": 12}`: its figures may differ by this root-mean-square difference (0-255, default 2).
- `"tags": ["exempt"]`: its text is not compared; it must hold an `assert` statement on what is sure instead.

Everything else in a cell is compared exactly, except stderr, which depends on the machine.
"""

import base64
import io
import os
import re
from collections import defaultdict
from itertools import zip_longest

import numpy as np
from nbval.plugin import IPyNbCell, transform_streams_for_comparison
from PIL import Image

from tools.execute import QUIET_ENVIRONMENT

PIXELS = 2.0

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


def compare_text(fresh, stored, rtol=0.0, atol=0.0):
    """Return what differs between two texts, number by number, as a list of complaints."""
    fresh_words, fresh_numbers = split_numbers(fresh)
    stored_words, stored_numbers = split_numbers(stored)
    if fresh_words != stored_words:
        at = next(i for i, (a, b) in enumerate(zip_longest(fresh_words, stored_words)) if a != b)
        near = slice(max(at - 30, 0), at + 30)
        return [
            f"the words differ (numbers shown as #), stored {stored_words[near].replace(NUMBER_SIGN, ' # ')!r}, "
            f"fresh {fresh_words[near].replace(NUMBER_SIGN, ' # ')!r} "
            f"({len(stored_numbers)} numbers stored, {len(fresh_numbers)} fresh)"
        ]
    return [
        f"number {i} of {len(stored_numbers)}: stored {b:g}, fresh {a:g}, "
        f"difference {abs(a - b):.3g}, allowed {atol + rtol * abs(b):.3g} (rtol {rtol:g}, atol {atol:g})"
        for i, (a, b) in enumerate(zip(fresh_numbers, stored_numbers, strict=True), start=1)
        if not np.isclose(a, b, rtol=rtol, atol=atol, equal_nan=True)
    ]


def decode(figure):
    """Return the image in a base64 string on a white ground, as a page shows it."""
    image = Image.open(io.BytesIO(base64.b64decode(figure))).convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")


def compare_figure(fresh, stored, pixels, path):
    """Return what differs between two base64 figures; when something does, save stored | fresh as a picture."""
    fresh, stored = decode(fresh), decode(stored)
    if fresh.size != stored.size:
        complaint = f"stored size {stored.size} pixels, fresh size {fresh.size}"
    else:
        rms = np.sqrt(np.mean((np.asarray(fresh, float) - np.asarray(stored, float)) ** 2))
        if rms <= pixels:
            return []
        complaint = f"root-mean-square pixel difference {rms:.2f}, allowed {pixels:g}"
    both = Image.new("RGB", (stored.width + fresh.width + 10, max(stored.height, fresh.height)), "red")
    both.paste(stored, (0, 0))
    both.paste(fresh, (stored.width + 10, 0))
    path.parent.mkdir(parents=True, exist_ok=True)
    both.save(path)
    return [f"{complaint}; see {path} (stored left, fresh right)"]


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
    complaints = []
    if exempt and not re.search(r"^\s*assert\b", cell.cell.source, re.MULTILINE):
        complaints.append("the cell is tagged `exempt` but asserts nothing: add an assert statement or remove the tag")
    for kind in ours:
        pairs = list(zip(fresh_kinds[kind], stored_kinds[kind], strict=False))
        if len(fresh_kinds[kind]) != len(stored_kinds[kind]):
            complaints.append(f"{kind}: {len(stored_kinds[kind])} stored, {len(fresh_kinds[kind])} fresh")
        for i, (a, b) in enumerate(pairs if is_figure(kind) or not exempt else [], start=1):
            if is_figure(kind):
                name = f"{cell.path.stem}-cell{cell.cell_num}{f'-{i}' if len(pairs) > 1 else ''}.png"
                path = cell.config.rootpath / "_build" / "figure_differences" / name
                found = compare_figure(a, b, pixels, path)
            else:
                found = compare_text(a, b, **tolerance)
            complaints += [f"{kind} {i}: {complaint}" for complaint in found]
    skip_compare = (*(skip_compare or cell.parent.skip_compare), "stderr", *ours)
    same = nbval_compare_outputs(cell, fresh, stored, skip_compare)
    if same and not complaints:
        return True
    remedy = (
        "If the fresh output is right, store it with `make notebooks "
        f"CHAPTER={os.path.relpath(cell.path.with_suffix(''), cell.config.rootpath)}`; "
        "if it cannot be the same on every machine, set `tolerance` in the cell's metadata."
    )
    cell.comparison_traceback += [*complaints, remedy]
    return False


nbval_compare_outputs = IPyNbCell.compare_outputs


def pytest_configure(config):
    for name, value in QUIET_ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    IPyNbCell.compare_outputs = compare_outputs


def pytest_itemcollected(item):
    # nbval compares nothing in a cell stored without an execution count, so that a cell that was
    # never run would pass whatever it prints.
    if isinstance(item, IPyNbCell) and item.cell.execution_count is None:
        item.cell.execution_count = 0
