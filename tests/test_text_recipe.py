"""The recipe of the chapter on text, run on a second file: the beginning of another novel, with letters of its own."""

import keras
import numpy as np
import pandas as pd
import pytest

from lstmbook import datasets
from tests.chapter_code import imports_and_recipe

SETTINGS = "UNITS, PASSES, STEPS = 128, 3, 24"


@pytest.fixture(scope="module")
def recipe(tmp_path_factory):
    """The names that the recipe defines, after it ran on 150,000 characters with a small network."""
    imports, cells = imports_and_recipe("generation/text", "FILE = ", 3)
    assert SETTINGS in cells[0]
    folder = tmp_path_factory.mktemp("recipe")
    text = datasets.austen()["Northanger Abbey"][:150_000].replace("th", "þ")
    (folder / "text.txt").write_text(text, "utf-8")
    names = {"FOLDER": folder}
    for cell in [*imports, *cells]:
        exec(cell.replace(SETTINGS, "UNITS, PASSES, STEPS = 8, 1, 24"), names)
    return names


def test_the_recipe_goes_on_with_the_file(recipe):
    written = (recipe["FOLDER"] / "goes_on.txt").read_text("utf-8")
    assert len(written) == 300
    assert set(written) <= set(recipe["kinds"]) and "þ" in recipe["kinds"]


def test_the_recipe_compares_on_pages_that_nothing_was_learned_from(recipe):
    scores = pd.read_csv(recipe["FOLDER"] / "scores.csv", index_col=0)
    assert scores.index.tolist() == ["counts", "LSTM", "both"]
    assert 1.8 < scores.loc["counts", "mean"] < 2.4 < scores.loc["LSTM", "mean"] < 4.6
    assert scores.loc["both", "mean"] <= scores.loc["counts", "mean"] + 0.02
    assert [len(pages) for pages in recipe["costs"].values()] == [recipe["pages"]] * 3


def test_the_saved_model_gives_probabilities(recipe):
    model = keras.models.load_model(recipe["FOLDER"] / "model.keras")
    p = model.predict(np.array([recipe["own"][:50]]), verbose=0)
    assert p.shape == (1, 50, len(recipe["kinds"]))
    np.testing.assert_allclose(p.sum(axis=-1), 1, rtol=1e-4)
