"""The recipe of the chapter on stock prices, run on a second file: another series, newest day first, with flaws."""

import keras
import numpy as np
import pandas as pd
import pytest

from lstmbook import datasets
from tests.chapter_code import imports_and_recipe


@pytest.fixture(scope="module")
def recipe(tmp_path_factory):
    """The names that the recipe defines, after it ran on the S&P 500."""
    imports, cells = imports_and_recipe("prediction/stock_market", "FILE = ", 3)
    assert "EPOCHS = 20" in cells[0]
    folder = tmp_path_factory.mktemp("recipe")
    table = datasets.sp500().loc["2004":].iloc[::-1].reset_index()
    table.loc[100, ["open", "high", "low"]] = table.loc[100, "close"]  # a day without a range
    table.to_csv(folder / "prices.csv", index=False)
    names = {"FOLDER": folder}
    for text in [*imports, *cells]:
        exec(text.replace("EPOCHS = 20", "EPOCHS = 2"), names)
    return names


def test_the_recipe_forecasts_the_day_after_the_last(recipe):
    saved = pd.read_csv(recipe["FOLDER"] / "volatility.csv", index_col="date", parse_dates=["date"])
    assert saved.index.tolist() == [pd.Timestamp("2016-01-01")]
    assert saved.columns.tolist() == ["HAR", "HAR + LSTM"]
    assert saved.iloc[0].between(0.3, 2).all()


def test_the_recipe_tests_on_days_that_it_was_not_fitted_on(recipe):
    scores = pd.read_csv(recipe["FOLDER"] / "volatility_scores.csv", index_col=0)
    assert scores.index.tolist() == ["HAR", "HAR + LSTM"]
    assert scores["mean"].between(0.5, 0.9).all()
    assert len(recipe["left"]["HAR"]) == 660


def test_the_saved_model_takes_raw_rows_and_holds_har(recipe):
    model = keras.models.load_model(recipe["FOLDER"] / "volatility.keras")
    rows = recipe["rows"].to_numpy()[None, -44:]
    both = model.predict(rows, verbose=0)[0, 0]
    np.testing.assert_allclose(both, recipe["logs"]["HAR + LSTM"], atol=1e-4)
    assert abs(both - recipe["rule"].predict(rows[:, -1])[0]) < 0.7
