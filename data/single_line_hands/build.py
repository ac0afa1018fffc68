"""Make letters.csv.gz from a pinned package. Run from the top folder: python -m data.single_line_hands.build"""

import re
import string
from pathlib import Path

import pandas as pd

from data.fetch import read_from_deb, write_csv_gz

PACKAGE = {
    "requirement": "inkscape=1.2.2-2+b1",
    "sha256": "5e767932868c0e6909400986d5df7dbad540c9716512c1449bb7b8c6e864a3a8",
}
FOLDER = "usr/share/inkscape/extensions/svg_fonts"
HANDS = ("EMSAllure", "EMSElfin", "EMSFelix", "EMSTech")
GLYPH = re.compile(r'<glyph unicode="([A-Za-z])" [^>]*?horiz-adv-x="([\d.]+)" d="([^"]*)"')


def rows_of(hand: str, svg: str) -> list[tuple]:
    """Return a row for each point of each letter's path, which has only the commands M (move) and L (line)."""
    assert "SIL Open Font License http://scripts.sil.org/OFL" in svg
    rows = []
    for letter, advance, path in GLYPH.findall(svg):
        assert set(re.findall("[A-Za-z]", path)) <= {"M", "L"}
        for stroke, points in enumerate(path.split("M")[1:]):
            numbers = [float(number) for number in points.replace("L", " ").split()]
            pairs = zip(numbers[::2], numbers[1::2], strict=True)
            rows += [(hand[3:], letter, float(advance), stroke, x, y) for x, y in pairs]
    return rows


if __name__ == "__main__":
    svgs = {hand: read_from_deb(**PACKAGE, member=f"{FOLDER}/{hand}.svg").decode() for hand in HANDS}
    columns = ["hand", "letter", "advance", "stroke", "x", "y"]
    table = pd.DataFrame([row for hand in HANDS for row in rows_of(hand, svgs[hand])], columns=columns)
    assert (table.groupby("hand")["letter"].nunique() == len(string.ascii_letters)).all()
    write_csv_gz(table, Path(__file__).parent / "letters.csv.gz")
