"""The chapter on sentiment: its recipe, run on a second file, and its network, which must not read the padding."""

import joblib
import keras
import numpy as np
import pandas as pd
import pytest

from data.networks.train import names_of
from lstmbook import datasets
from tests.chapter_code import imports_and_recipe


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    """What the recipe gives for the tweets, with a text without words and a doubled one among them."""
    imports, cells = imports_and_recipe("classification/sentiment", "def learn_texts", 1)
    names = {}
    for text in [*imports, *cells]:
        exec(text, names)
    tweets = datasets.snippets().query("source == 'tweets' and abs(rating) > 0.5").iloc[:1500]
    table = pd.DataFrame({"tweet": tweets["text"], "mood": np.where(tweets["rating"] > 0, "good", "bad")})
    table = pd.concat([table, table.iloc[:5], pd.DataFrame({"tweet": ["!!!", None], "mood": ["good", "bad"]})])
    folder = tmp_path_factory.mktemp("recipe")
    table.to_csv(folder / "tweets.csv", index=False)
    return folder, names["learn_texts"](folder / "tweets.csv", text="tweet", label="mood", epochs=3)


def test_a_fifth_is_held_back_and_no_text_is_in_both_parts(learned):
    folder, (_, _, held, scores) = learned
    n_texts = pd.read_csv(folder / "tweets.csv")["tweet"].nunique()
    assert n_texts < 1502 and len(held) == n_texts - n_texts * 4 // 5 and held["tweet"].is_unique
    assert scores.index.tolist() == ["counts", "network", "both"]
    assert scores["mean"].between(0, 40).all()
    assert np.isfinite(held[["counts", "network", "both"]]).all(axis=None)


def test_the_saved_models_take_raw_texts_and_answer_the_same(learned):
    folder, (rule, model, held, _) = learned
    model.save(folder / "tweets.keras")
    joblib.dump(rule, folder / "tweets.joblib")
    texts = held["tweet"].tolist()[:20]
    again = keras.models.load_model(folder / "tweets.keras")(keras.ops.convert_to_tensor(texts))
    np.testing.assert_allclose(np.array(again)[:, 0], held["network"][:20], atol=1e-4)
    np.testing.assert_allclose(joblib.load(folder / "tweets.joblib").decision_function(texts), held["counts"][:20])


@pytest.fixture(scope="module")
def build_network():
    return names_of("classification/sentiment")["build_network"]


@pytest.mark.parametrize("settings", [{}, {"lstm": False}, {"pieces": False}], ids=str)
def test_the_rating_does_not_depend_on_the_vectors_of_the_padding(build_network, settings):
    rng = np.random.default_rng(0)
    words, pieces = np.zeros((4, 32), int), np.zeros((4, 32, 12), int)
    for row, length in enumerate((1, 5, 20, 32)):
        words[row, :length] = rng.integers(1, 7500, length)
        pieces[row, :length, :4] = rng.integers(1, 8000, (length, 4))
    model = build_network(**settings)
    before = np.array(model([words, pieces]))
    for layer in model.layers:
        if isinstance(layer, keras.layers.Embedding):
            [vectors] = layer.get_weights()
            vectors[0] += 5
            layer.set_weights([vectors])
    np.testing.assert_array_equal(np.array(model([words, pieces])), before)
    words[:, 0] += 1
    assert (np.array(model([words, pieces])) != before).all()
