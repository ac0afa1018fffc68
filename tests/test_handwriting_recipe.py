"""The recipe of the chapter on handwriting, run on a second file: sevens that people wrote on a tablet."""

import keras
import numpy as np
import pandas as pd
import pytest

from lstmbook import datasets
from tests.chapter_code import CHAPTERS, imports_and_recipe

SETTINGS = "96, 60, 80, 6, 8"


@pytest.fixture(scope="module")
def recipe(tmp_path_factory):
    """The names that the recipe defines, after it ran on 300 sevens with a small network."""
    assert (CHAPTERS / "generation/handwriting.ipynb").exists()
    imports, cells = imports_and_recipe("generation/handwriting", "FILE, UNITS", 2)
    assert SETTINGS in cells[0]
    folder = tmp_path_factory.mktemp("recipe")
    points, digits = datasets.pendigits()
    sevens = points[digits == 7][:300]
    # As if every seven had two strokes, and drawings and strokes had other names than numbers from 0.
    places = np.arange(8)
    rows = [(f"d{i}", 10 + (p > 5), *sevens[i, p]) for i in range(300) for p in places]
    pd.DataFrame(rows, columns=["drawing", "stroke", "x", "y"]).to_csv(folder / "strokes.csv", index=False)
    names = {"FOLDER": folder}
    for cell in [*imports, *cells]:
        exec(cell.replace(SETTINGS, "24, 12, 60, 5, 3"), names)
    return names


def test_the_recipe_marks_lifted_pens_and_ends(recipe):
    assert recipe["y"].shape == (300, 8, 3)
    np.testing.assert_array_equal(recipe["y"][:, :, 2], np.tile([0, 0, 0, 0, 0, 1, 0, 2], (300, 1)))
    np.testing.assert_array_equal(recipe["X"][:, 1:], recipe["y"][:, :-1])
    assert (recipe["X"][:, 0] == 0).all()


def test_the_recipe_compares_on_drawings_that_nothing_was_learned_from(recipe):
    assert not set(recipe["kept"]) & set(recipe["known"])
    scores = pd.read_csv(recipe["FOLDER"] / "scores.csv", index_col=0)
    assert scores.loc["LSTM", "verdict"] == "ahead"
    assert scores.loc["LSTM", "mean"] < scores.loc["rule", "mean"] - 0.5


def test_the_recipe_saves_a_model_and_new_drawings_in_units_of_the_table(recipe):
    model = keras.models.load_model(recipe["FOLDER"] / "pen.keras", compile=False)
    X = recipe["X"][:3]
    np.testing.assert_allclose(model.predict(X, verbose=0), recipe["own"].predict(X, verbose=0), rtol=1e-5)
    written = pd.read_csv(recipe["FOLDER"] / "written.csv")
    assert written["drawing"].nunique() == 5
    assert written.groupby("drawing").size().max() <= 8
    assert 20 < written["x"].std() < 80
