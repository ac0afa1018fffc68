"""Make stamps.npz: pictures of things, many of them photographs, with a caption each. Run from the top folder:

python -m data.stamps.build
"""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from data.fetch import read_folder_from_deb, write_npz

SOURCE = {
    "requirement": "tuxpaint-stamps-default=2022.06.04-1",
    "sha256": "6db6c1bfc870a47f1499d6203b083522eacb57c5f9c87d468f2e92eb6d9d5f34",
    "folder": "usr/share/tuxpaint/stamps",
}
SIZE, MOST_WORDS = 40, 10


def plain(text: str) -> str:
    """Return the first sentence of a text in small letters, without punctuation."""
    first = text.splitlines()[0].strip().split(". ")[0].split("! ")[0]
    return " ".join("".join(letter if letter.isalnum() else " " for letter in first.lower()).split())


def small(content: bytes) -> np.ndarray:
    """Return a picture in the middle of a white square, as red, green and blue from 0 to 255."""
    picture = Image.open(io.BytesIO(content)).convert("RGBA")
    side = max(picture.size)
    white = Image.new("RGBA", (side, side), "white")
    white.alpha_composite(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
    return np.asarray(white.convert("RGB").resize((SIZE, SIZE), Image.Resampling.BOX))


files = read_folder_from_deb(**SOURCE)
names = sorted(name for name in files if name.endswith(".png") and name.replace(".png", ".txt") in files)
names = [name for name in names if not name.startswith("symbols/")]
captions = {name: plain(files[name.replace(".png", ".txt")].decode()) for name in names}
names = [name for name in names if 1 <= len(captions[name].split()) <= MOST_WORDS]
write_npz(
    Path(__file__).with_name("stamps.npz"),
    pictures=np.array([small(files[name]) for name in names]),
    caption=np.array([captions[name] for name in names]),
    kind=np.array([name.split("/")[0] for name in names]),
)
