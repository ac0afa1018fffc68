"""Make kanji.csv.gz from a pinned package. Run from the top folder: python -m data.kanji.build"""

import math
import re
from itertools import pairwise
from pathlib import Path

import pandas as pd

from data.fetch import read_many_from_wheel, write_csv_gz

PACKAGE = {
    "requirement": "kanjivg==20260714",
    "sha256": "5190e7ec4eb513dbe6865b2ed52c58287fc10ea514b9409e4cf66ce7db41644d",
}
FILE = re.compile(r"kanji/(0[4-9][0-9a-f]{3})\.svg")  # no variants, which have a name behind the number
FIRST, LAST = "\u4e00", "\u9fff"  # the characters that Unicode calls CJK Unified Ideographs
MOST_STROKES, SIDE = 8, 109
FEWEST_POINTS, MOST_POINTS, SPACING = 4, 8, 16
STROKE = re.compile(r'<path [^>]*? d="([^"]*)"')
TOKEN = re.compile(r"[A-Za-z]|-?(?:\d+\.?\d*|\.\d+)")


def curves_of(path: str) -> list[list[tuple[float, float]]]:
    """Return the cubic Bézier curves of a stroke, four points each; its commands are M, m, C, c, S and s."""
    tokens, curves, command = TOKEN.findall(path), [], ""
    pen = (0.0, 0.0)
    while tokens:
        if tokens[0].isalpha():
            command = tokens.pop(0)
        taken = {"m": 1, "c": 3, "s": 2}[command.lower()]
        numbers = [float(tokens.pop(0)) for _ in range(2 * taken)]
        from_pen = pen if command.islower() else (0.0, 0.0)
        places = [(from_pen[0] + x, from_pen[1] + y) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
        if taken == 1:
            assert not curves  # one line a stroke
        elif taken == 2:  # the handle is the last one, mirrored
            x, y = curves[-1][2] if curves else pen
            places.insert(0, (2 * pen[0] - x, 2 * pen[1] - y))
        if taken > 1:
            curves.append([pen, *places])
        pen = places[-1]
    return curves


def points_of(path: str) -> list[tuple[float, float]]:
    """Return points of a stroke at equal distances, the ends among them: 4 to 8, the more the longer it is.

    Only arithmetic and square roots of Python's own floats, so that every processor finds the same points.
    """
    fine = []
    for a, b, c, d in curves_of(path):
        for t in [step / 50 for step in range(51)]:
            s = 1 - t
            shares = (s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t)
            place = [sum(w * p[i] for w, p in zip(shares, (a, b, c, d), strict=True)) for i in (0, 1)]
            fine.append(place)
    lengths = [math.sqrt((p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2) for p, q in pairwise(fine)]
    whole = sum(lengths)
    n = min(max(FEWEST_POINTS, 2 + round(whole / SPACING)), MOST_POINTS)
    found, walked, i = [], 0.0, 0
    for k in range(n):
        wanted = whole * k / (n - 1)
        while i < len(lengths) - 1 and walked + lengths[i] < wanted:
            walked += lengths[i]
            i += 1
        t = min(max((wanted - walked) / lengths[i], 0), 1) if lengths[i] else 0
        x, y = (p + t * (q - p) for p, q in zip(fine[i], fine[i + 1], strict=True))
        found.append((round(x, 1), round(SIDE - y, 1)))
    return found


if __name__ == "__main__":
    files = read_many_from_wheel(**PACKAGE, members="kanji/0*.svg")
    rows = []
    for name, content in sorted(files.items()):
        fits = FILE.fullmatch(name)
        character = chr(int(fits[1], 16)) if fits else ""
        if not FIRST <= character <= LAST:
            continue
        svg = content.decode()
        assert "Attribution-Share Alike 3.0 Licence" in svg
        paths = STROKE.findall(svg)
        if len(paths) <= MOST_STROKES:
            rows += [(character, stroke, x, y) for stroke, path in enumerate(paths) for x, y in points_of(path)]
    table = pd.DataFrame(rows, columns=["character", "stroke", "x", "y"])
    write_csv_gz(table, Path(__file__).parent / "kanji.csv.gz")
