"""The recipe of the chapter on tunes, run on a second collection: eight tunes in three metres, typed for this test.

The tunes are old and in the public domain: Frère Jacques, Ah vous dirai-je, maman, Au clair de la lune, Yankee Doodle,
the hymn to joy of Beethoven's ninth symphony, O du lieber Augustin, Mary had a little lamb, Row, row, row your boat.
"""

import keras
import numpy as np
import pytest

from lstmbook import notation
from tests.chapter_code import imports_and_recipe

TUNES = {
    "2/4": [
        "G A | B G | G A | B G | B c | d2 | B c | d2 | d/e/ d/c/ | B G | d/e/ d/c/ | B G | G D | G2 | G D | G2 |]",
        "G G | A B | G B | A D | G G | A B | G2 | F D | G G | A B | c B | A G | F D | E F | G2 | G2 |]",
    ],
    "4/4": [
        "G G d d | e e d2 | c c B B | A A G2 | d d c c | B B A2 | d d c c | B B A2 |]",
        "G G G A | B2 A2 | G B A A | G4 | G G G A | B2 A2 | G B A A | G4 |]",
        "B B c d | d c B A | G G A B | B3/2 A/ A2 | B B c d | d c B A | G G A B | A3/2 G/ G2 |]",
        "B A G A | B B B2 | A A A2 | B d d2 | B A G A | B B B B | A A B A | G4 |]",
    ],
    "3/4": ["d3/2 e/ d/c/ | B G G | A D D | B G G | d3/2 e/ d/c/ | B G G | A D D | G3 |]"],
    "6/8": ["G3/2 G3/2 | G A/ B3/2 | B A/ B c/ | d3 | g/g/g/ d/d/d/ | B/B/B/ G/G/G/ | d c/ B A/ | G3 |]"],
}


@pytest.fixture(scope="module")
def recipe(tmp_path_factory):
    """The names that the recipe defines, after it ran on the typed tunes."""
    imports, cells = imports_and_recipe("generation/music", "FILE, AGO", 4)
    assert "20, 8" in cells[0] and cells[2].startswith("assert")
    folder = tmp_path_factory.mktemp("recipe")
    texts = [f"X:1\nM:{metre}\nL:1/4\nK:G\n{tune}" for metre, of_metre in TUNES.items() for tune in of_metre]
    (folder / "tunes.abc").write_text("\n\n".join(texts))
    names = {"FOLDER": folder}
    for text in [*imports, *cells[:2], cells[3]]:
        exec(text.replace("20, 8", "30, 4"), names)
    return names


def test_the_typed_tunes_are_whole(recipe):
    assert len(recipe["book"]) == 8
    for tune in recipe["book"]:
        size = notation.BAR[tune["metre"].iloc[0]]
        assert tune.groupby("bar")["duration"].sum().eq(size).all()


def test_a_tune_that_was_held_out_is_scored(recipe):
    assert recipe["held"].sum() == 2
    bits = recipe["scores"]
    uniform = np.log2(len(recipe["VALUES"]["pitch"]))
    assert 0 < bits["count"] < uniform and 0 < bits["LSTM"] < 2 * uniform


def test_the_new_tune_fills_its_bars(recipe):
    tune = notation.read_abc((recipe["FOLDER"] / "new.abc").read_text())
    assert tune["metre"].eq("4/4").all() and tune["bar"].max() >= 4
    assert set(tune["pitch"]) <= set(recipe["VALUES"]["pitch"])


def test_the_saved_model_answers_for_every_note(recipe):
    model = keras.models.load_model(recipe["FOLDER"] / "tunes.keras")
    pitch, duration = model.predict(recipe["X"][:2], verbose=0)
    n_notes = recipe["X"].shape[1]
    assert pitch.shape == (2, n_notes, len(recipe["VALUES"]["pitch"]))
    assert duration.shape == (2, n_notes, len(recipe["VALUES"]["duration"]))
