"""Make novels.json.bz2 from a pinned package. Run from the top folder: python -m data.austen.build"""

import bz2
import json
import zlib
from pathlib import Path

from data.fetch import read_from_deb, record_checksum

SOURCE = {
    "requirement": "r-cran-janeaustenr=1.0.0-1",
    "sha256": "df6bddf211906d1ff404f8ff662c21b34e6660e7f54a311084e749050c019c95",
    "member": "usr/lib/R/site-library/janeaustenr/data/Rdata.rdb",
}
HERE = Path(__file__).parent
TITLES = (
    "Emma",
    "Mansfield Park",
    "Northanger Abbey",
    "Persuasion",
    "Pride and Prejudice",
    "Sense and Sensibility",
)


def r_objects(content: bytes) -> list[bytes]:
    """Return the objects of R's lazy-load file: each is compressed, after four bytes with its length."""
    objects = []
    while content:
        inflate = zlib.decompressobj()
        objects.append(inflate.decompress(content[4:]))
        assert len(objects[-1]) == int.from_bytes(content[:4])
        content = inflate.unused_data
    return objects


def lines_of(content: bytes) -> list[str]:
    """Return the lines of an R character vector in R's binary format, version 3."""
    assert content.startswith(b"X\n\0\0\0\3") and content[18:23] == b"UTF-8" and content[23:27] == b"\0\0\0\x10"
    lines, place = [], 31
    for _ in range(int.from_bytes(content[27:31])):
        length = int.from_bytes(content[place + 4 : place + 8])
        lines.append(content[place + 8 : place + 8 + length].decode())
        place += 8 + length
    assert place == len(content)
    return lines


if __name__ == "__main__":
    novels = {lines[0].title(): lines for lines in map(lines_of, r_objects(read_from_deb(**SOURCE)))}
    assert [title.replace(" And ", " and ") for title in sorted(novels)] == list(TITLES)
    texts = {title: "\n".join(novels[key]) + "\n" for title, key in zip(TITLES, sorted(novels), strict=True)}
    path = HERE / "novels.json.bz2"
    path.write_bytes(bz2.compress(json.dumps(texts, ensure_ascii=False, indent=0).encode(), 9))
    record_checksum(path, HERE, f"{sum(map(len, texts.values())):,} characters")
