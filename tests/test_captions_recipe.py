"""The chapter on image captions: its recipe, run on another folder of pictures, and its decoder."""

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from data.networks.train import names_of
from lstmbook import datasets
from tests.chapter_code import imports_and_recipe

N_PICTURES = 90


@pytest.fixture(scope="module")
def recipe(tmp_path_factory):
    """The names that the recipe defines, after it ran on a few emoji, a tenth of them without a caption."""
    imports, cells = imports_and_recipe("generation/image_captions", "SIZE, EPOCHS = 48, 30", 2)
    folder = tmp_path_factory.mktemp("recipe")
    pictures, table = datasets.emoji()
    chosen = np.flatnonzero(table["kind"] == "person")[:N_PICTURES]
    captions = table["caption"].to_numpy()[chosen]
    captions[::10] = ""
    files = [f"{name}.png" for name in range(N_PICTURES)]
    for file, i in zip(files, chosen, strict=True):
        plt.imsave(folder / file, pictures[i])
    pd.DataFrame({"file": files, "caption": captions}).to_csv(folder / "captions.csv", index=False)
    names = {"FOLDER": folder}
    for cell in [*imports, *cells]:
        exec(cell.replace("SIZE, EPOCHS = 48, 30", "SIZE, EPOCHS = 32, 80"), names)
    return names


def test_the_recipe_captions_the_pictures_that_have_none(recipe):
    written = pd.read_csv(recipe["FOLDER"] / "written.csv", keep_default_na=False)
    assert written["file"].tolist() == [f"{name}.png" for name in range(0, N_PICTURES, 10)]
    words = set(" ".join(written["written"]).split())
    assert len(words) > 1 and words <= set(recipe["lexicon"]) - {"<start>", "<end>"}


def test_the_recipe_learns_from_what_is_told_and_not_held_out(recipe):
    told, held_out, learn = (recipe[name] for name in ("told", "held_out", "learn"))
    assert told.sum() == 0.9 * N_PICTURES and not (held_out & learn).any() and ((held_out | learn) == told).all()
    right = np.array(recipe["written"]) == recipe["captions"]["caption"].to_numpy()
    assert right[learn].mean() > 0.2


def test_the_saved_model_and_words_give_probabilities(recipe):
    model = keras.models.load_model(recipe["FOLDER"] / "captions.keras")
    words = (recipe["FOLDER"] / "words.txt").read_text("utf-8").split("\n")
    p = model.predict([recipe["images"][:2], recipe["shifted"][:2]], verbose=0)
    assert p.shape == (*recipe["shifted"][:2].shape, len(words))
    np.testing.assert_allclose(p.sum(axis=-1), 1, rtol=1e-4)


@pytest.fixture(scope="module")
def chapter():
    return names_of("generation/image_captions")


def test_no_word_and_no_combination_leaks_between_the_parts(chapter):
    rows, part = chapter["rows"], chapter["part"]
    held = pd.Series(part).str.startswith("figure")
    assert not set(rows["figure"][held]) & set(rows["figure"][~held])
    colour = pd.Series(part).str.startswith("colour")
    counts = rows[~held].groupby("figure")["tone"].nunique()
    assert (counts == 6).all() and colour.sum() == 2 * len(counts)
    assert set(" ".join(rows["caption"]).split()) == set(chapter["words"])


def test_what_is_read_is_what_was_to_be_said_one_step_earlier(chapter):
    y, before, known = chapter["y"], chapter["before"], chapter["known"]
    assert (before[:, 1:] == y[:, :-1]).all() and (before[:, 0] == chapter["START"]).all()
    lengths = chapter["rows"]["caption"].str.split().str.len().to_numpy()
    assert (known.sum(axis=1) == lengths + 1).all()
    assert (y[np.arange(len(y)), lengths] == chapter["END"]).all()


def test_without_attention_is_attention_whose_u_is_zero(chapter):
    one, other = chapter["build"](), chapter["build"](attention=False)
    one.get_layer("score").set_weights([np.zeros(64, "float32")])
    extra = {id(w) for name in ("query", "key", "score") for w in one.get_layer(name).weights}
    shared = [w for w in one.weights if id(w) not in extra]
    assert [w.shape for w in shared] == [w.shape for w in other.weights]
    other.set_weights([w.numpy() for w in shared])
    inputs = [chapter[name][:4] for name in ("X", "views", "before")]
    np.testing.assert_allclose(one(inputs), other(inputs), atol=1e-5)


def test_the_overview_of_a_training_picture_does_not_depend_on_the_others(chapter):
    X, usual, often = chapter["X"], chapter["usual"], chapter["often"]
    alone = (chapter["overview"](X[5:6]) - usual.mean(axis=0))[:, often]
    np.testing.assert_allclose(alone[0], chapter["views"][5], atol=1e-4)
    assert len(usual) == chapter["training"].sum() and often.sum() == chapter["views"].shape[1]
