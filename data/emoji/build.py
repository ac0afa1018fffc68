"""Make emoji.npz: small pictures, most of them of people, and their names. Run from the top folder:

python -m data.emoji.build

The pictures and the names come from two pinned packages.
"""

import io
import json
from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image

from data.fetch import read_folder_from_npm, write_npz

PICTURES = {
    "requirement": "emoji-datasource-google@16.0.0",
    "sha256": "fb5fd131b362aab7a55542d2a147a79708cce0a8b1c1bbacd470172708b5c438",
    "folder": "img/google/64",
}
NAMES = {
    "requirement": "emojibase-data@17.0.0",
    "sha256": "d01d0e2ca4e22cb402679532155342c71e2e871f25c32223c013b8b166ebdf5a",
    "folder": "en",
}
SIZE = 48
PEOPLE, OTHERS = 1, {3: "animal or plant", 4: "food"}  # groups of the names
SINGLE_PEOPLE = range(23, 30)  # subgroups: people, gestures, roles, fantasy, activities, sports, resting
TONES = [f"{tone} skin tone" for tone in ("light", "medium-light", "medium", "medium-dark", "dark")]
HIDDEN = "snowboarder"  # wrapped up: the same picture for all skin tones


def plain(label: str) -> str:
    """Return a label in small letters, without punctuation: words with a space between them."""
    return " ".join("".join(letter if letter.isalnum() else " " for letter in label.lower()).split())


def small(content: bytes) -> np.ndarray:
    """Return a picture on white, as red, green and blue from 0 to 255."""
    picture = Image.open(io.BytesIO(content)).convert("RGBA")
    white = Image.new("RGBA", picture.size, "white")
    return np.asarray(Image.alpha_composite(white, picture).convert("RGB").resize((SIZE, SIZE), Image.Resampling.BOX))


def rows() -> list[tuple]:
    """Return hexcode, caption, figure, tone and kind of all pictures that have a name."""
    found = []
    for entry in json.loads(read_folder_from_npm(**NAMES)["data.json"]):
        group, skins = entry.get("group"), entry.get("skins", [])
        if group in OTHERS:
            found.append((entry["hexcode"], plain(entry["label"]), plain(entry["label"]), "", OTHERS[group]))
        elif group == PEOPLE and entry["subgroup"] in SINGLE_PEOPLE and skins and entry["label"] != HIDDEN:
            for variant in [entry, *(skin for skin in skins if isinstance(skin["tone"], int))]:  # a list: a couple
                stem, _, rest = variant["label"].partition(": ")
                rest = rest.split(", ") if rest else []
                tone = next((part for part in rest if part in TONES), "")
                figure = " ".join([stem, *(part for part in rest if part not in TONES)])
                found.append((variant["hexcode"], plain(variant["label"]), plain(figure), plain(tone), "person"))
    return found


files = {name.removesuffix(".png").replace("-fe0f", ""): png for name, png in read_folder_from_npm(**PICTURES).items()}
found = [row for row in rows() if row[0].lower().replace("-fe0f", "") in files]
tones_of = Counter(figure for _, _, figure, _, kind in found if kind == "person")
found = [row for row in found if row[4] != "person" or tones_of[row[2]] == 1 + len(TONES)]
codes, captions, figures, tones, kinds = zip(*found, strict=True)
write_npz(
    Path(__file__).with_name("emoji.npz"),
    pictures=np.array([small(files[code.lower().replace("-fe0f", "")]) for code in codes]),
    caption=np.array(captions),
    figure=np.array(figures),
    tone=np.array(tones),
    kind=np.array(kinds),
)
