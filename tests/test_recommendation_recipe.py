"""The recipe of the chapter on recommendation, run on a second file: the orders of bicycle shops, newest first."""

import keras
import numpy as np
import pandas as pd
import pytest

from lstmbook import datasets
from tests.chapter_code import imports_and_recipe


@pytest.fixture(scope="module")
def recipe(tmp_path_factory):
    """The names that the recipe defines, after it ran on the bike orders."""
    imports, cells = imports_and_recipe("prediction/recommendation", "FILE, N_VISITS", 2)
    folder = tmp_path_factory.mktemp("recipe")
    datasets.bike_orders().iloc[::-1].to_csv(folder / "sales.csv", index=False)
    names = {"FOLDER": folder}
    for text in [*imports, *cells]:
        exec(text, names)
    return names


def test_every_customer_gets_ten_different_items(recipe):
    lists = pd.read_csv(recipe["FOLDER"] / "recommendations.csv", index_col="customer")
    orders = datasets.bike_orders()
    assert sorted(lists.index) == sorted(orders["customer"].unique())
    assert lists.columns.tolist() == [str(place) for place in range(1, 11)]
    assert (lists.nunique(axis=1) == 10).all() and set(lists.to_numpy().ravel()) <= set(orders["item"])


def test_the_counts_are_those_of_a_plain_loop(recipe):
    """What a shop ordered before a visit, each order 0.9 times the one after it."""
    orders = datasets.bike_orders()
    orders = orders[orders["customer"] == "Ithaca Mountain Climbers"]
    items = sorted(datasets.bike_orders()["item"].unique())
    expected = np.zeros(97)
    for _, order in orders.groupby("time"):
        expected = 0.9 * (expected + np.isin(items, order["item"]))
    coming = (recipe["who"] == "Ithaca Mountain Climbers") & recipe["ahead"]
    np.testing.assert_allclose(recipe["counts"][coming], expected[None], rtol=1e-5)


def test_the_last_days_are_tested_and_not_fitted_first(recipe):
    days = recipe["when"][recipe["test"]]
    assert days.min() > pd.Timestamp("2011-12-28") - pd.Timedelta(days=91) and len(days) == 60
    scores = pd.read_csv(recipe["FOLDER"] / "scores.csv", index_col=0)
    assert scores.index.tolist() == ["counting rule", "LSTM"]
    assert scores["mean"].between(0.05, 0.4).all()


def test_the_saved_model_gives_the_same_chances(recipe):
    model = keras.models.load_model(recipe["FOLDER"] / "recommender.keras")
    ahead = recipe["ahead"]
    again = model.predict([recipe["window"][ahead], recipe["skipped"][ahead]], verbose=0)
    np.testing.assert_allclose(again, recipe["runs"][1][ahead], atol=1e-5)


def test_the_lists_are_the_networks_only_if_it_is_ahead(recipe):
    ahead = recipe["scores"].loc["LSTM", "verdict"] == "ahead"
    scores = recipe["runs"][1] if ahead else recipe["score"]["counting rule"]
    assert recipe["use"] is scores
    best = recipe["trips"].columns[scores[recipe["ahead"]].argmax(axis=1)]
    assert (best == recipe["lists"][1]).all()
