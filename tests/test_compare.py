"""lstmbook.evaluation.compare and by_unit: beside SciPy's intervals, on simulated errors of known truth, refusals."""

import doctest

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from lstmbook.evaluation import by_unit, compare

RNG = np.random.default_rng(0)
WEEKS = RNG.normal(2.0, 0.3, 52)  # errors of one model
BETTER = WEEKS - 0.2 + RNG.normal(0, 0.1, 52)


def interval(table, name):
    return tuple(table.loc[name, ["low", "high"]])


def autoregressive(rng, shape, phi):
    noise = rng.normal(size=(shape[0], shape[1] + 50))
    for t in range(1, noise.shape[1]):
        noise[:, t] += phi * noise[:, t - 1]
    return noise[:, 50:]


# The table


def test_the_example_of_the_docstring():
    [example] = doctest.DocTestFinder().find(compare, "compare", globs={"np": np, "compare": compare})
    assert doctest.DocTestRunner().run(example) == (0, 3)


def test_the_table():
    table = compare({"LSTM": [BETTER, BETTER + 0.1], "ridge": WEEKS, 7: WEEKS + 0.5}, "ridge")
    assert list(table.index) == ["LSTM", "ridge", 7]
    assert list(table.columns) == ["mean", "difference", "low", "high", "verdict"]
    assert table["mean"]["LSTM"] == pytest.approx(BETTER.mean() + 0.05)
    assert table["difference"]["LSTM"] == pytest.approx(BETTER.mean() + 0.05 - WEEKS.mean())
    assert list(table.loc["ridge", "difference":]) == [0, 0, 0, "reference"]
    assert (table["low"] <= table["difference"]).all() and (table["difference"] <= table["high"]).all()


def test_the_table_is_narrow():
    names = {"reference": 1000 * WEEKS} | {f"a name of twenty, {i:2}": 1000 * BETTER for i in range(3)}
    assert max(map(len, str(compare(names, "reference").round(3)).splitlines())) < 75


def test_the_same_seed_gives_the_same_table_and_another_one_nearly():
    errors = {"ridge": WEEKS, "LSTM": np.stack([BETTER, BETTER + 0.1, BETTER])}
    table = compare(errors, "ridge")
    pd.testing.assert_frame_equal(table, compare(errors, "ridge"))
    other = compare(errors, "ridge", seed=1)
    assert interval(other, "LSTM") != interval(table, "LSTM")
    assert interval(other, "LSTM") == pytest.approx(interval(table, "LSTM"), abs=0.01)


def test_the_errors_are_left_alone():
    kept = WEEKS.copy()
    compare({"ridge": WEEKS, "LSTM": BETTER}, "ridge")
    assert np.array_equal(WEEKS, kept)


# Verdicts


@pytest.mark.parametrize(
    "shift, lower, higher", [(-0.2, "ahead", "behind"), (0, "level", "level"), (0.2, "behind", "ahead")]
)
@pytest.mark.parametrize("seeds", [None, 3])
def test_verdicts(shift, lower, higher, seeds):
    rng = np.random.default_rng(1)
    errors = WEEKS + shift + rng.normal(0, 0.05, (seeds or 1, 52))
    errors = {"other": errors if seeds else errors[0], "reference": WEEKS}
    assert compare(errors, "reference").loc["other", "verdict"] == lower
    assert compare(errors, "reference", higher_is_better=True).loc["other", "verdict"] == higher


def test_right_and_wrong():
    rng = np.random.default_rng(2)
    right = {"often": rng.random(500) < 0.9, "seldom": rng.random(500) < 0.6}
    table = compare(right, "seldom", higher_is_better=True)
    assert table.loc["often", "verdict"] == "ahead"
    assert table.loc["often", "mean"] == right["often"].mean()
    whole = {name: values.astype("int8") for name, values in right.items()}
    pd.testing.assert_frame_equal(compare(whole, "seldom", higher_is_better=True), table)


@pytest.mark.parametrize("apart, verdict", [(0, "level"), (0.1, "behind")])
def test_models_that_never_differ(apart, verdict):
    table = compare({"one": WEEKS, "two": WEEKS + apart, "three": [WEEKS + apart, WEEKS + apart]}, "one")
    assert list(table["verdict"]) == ["reference", verdict, verdict]
    assert table.loc["two":, ["low", "high"]].to_numpy() == pytest.approx(apart)


def test_what_all_models_find_hard_cancels():
    hard = 100 * np.random.default_rng(3).random(52)
    table = compare({"ridge": WEEKS, "LSTM": BETTER}, "ridge")
    harder = compare({"ridge": WEEKS + hard, "LSTM": BETTER + hard}, "ridge")
    assert interval(harder, "LSTM") == pytest.approx(interval(table, "LSTM"))


def test_the_units_are_paired():
    shuffled = np.random.default_rng(4).permutation(BETTER)
    table = compare({"ridge": WEEKS, "LSTM": BETTER, "mixed up": shuffled}, "ridge")
    low, high = table["low"], table["high"]
    assert high["mixed up"] - low["mixed up"] > 3 * (high["LSTM"] - low["LSTM"])


# Beside SciPy


@pytest.mark.parametrize("n_units", [10, 20, 200])
def test_for_independent_normal_units_it_is_as_wide_as_students_interval(n_units):
    one, two = np.random.default_rng(n_units).normal(size=(2, n_units))
    expected = stats.ttest_rel(two, one).confidence_interval()
    low, high = interval(compare({"one": one, "two": two}, "one", n_resamples=20_000), "two")
    assert high - low == pytest.approx(expected.high - expected.low, rel=0.04)
    assert (low + high) / 2 == pytest.approx((two - one).mean(), abs=0.05 * (high - low))


def test_for_many_independent_units_it_is_scipys_bootstrap_however_skewed():
    skewed = np.random.default_rng(5).lognormal(sigma=1.5, size=400)
    table = compare({"zero": np.zeros(400), "skewed": skewed}, "zero", n_resamples=20_000)
    draws = stats.bootstrap((skewed,), np.mean, n_resamples=20_000, method="percentile", rng=0)
    low, high = draws.confidence_interval
    assert high - skewed.mean() > 1.05 * (skewed.mean() - low)  # it shows the skew
    assert interval(table, "skewed") == pytest.approx((low, high), abs=0.03 * (high - low))


@pytest.mark.parametrize("n_seeds", [(3, 3), (2, 5), (3, 1)])
def test_where_only_the_seeds_differ_it_is_welchs_interval(n_seeds):
    rng = np.random.default_rng(6)
    of_seeds = [rng.normal(size=n) if n > 1 else np.zeros(1) for n in n_seeds]
    errors = {name: np.squeeze(effects[:, None] + WEEKS) for name, effects in zip("ab", of_seeds, strict=True)}
    if n_seeds[1] == 1:
        expected = stats.ttest_1samp(of_seeds[0], 0).confidence_interval()
    else:
        expected = stats.ttest_ind(*of_seeds, equal_var=False).confidence_interval()
    table = compare(errors, "b", n_resamples=50_000)
    assert interval(table, "a") == pytest.approx(tuple(expected), abs=0.02 * (expected.high - expected.low))


def test_blocks_of_alike_units_count_once():
    """A unit that stands ten times over is one unit: the interval is that of the hundred different ones."""
    one, two = np.random.default_rng(7).normal(size=(2, 100))
    low, high = interval(compare({"one": one, "two": two}, "one"), "two")
    repeated = {"one": np.repeat(one, 10), "two": np.repeat(two, 10)}
    narrow = interval(compare(repeated, "one"), "two")
    assert narrow[1] - narrow[0] == pytest.approx((high - low) / np.sqrt(10), rel=0.05)
    wide = interval(compare(repeated, "one", block=30), "two")
    assert wide[1] - wide[0] == pytest.approx(high - low, rel=0.15)


def test_blocks_go_round_and_keep_the_order():
    """It does not matter where on the circle the units begin. Mixed up, they look independent."""
    series = autoregressive(np.random.default_rng(8), (1, 300), 0.9)[0]
    turned, mixed = np.roll(series, 77), np.random.default_rng(9).permutation(series)
    errors = {"zero": np.zeros(300), "series": series, "turned": turned, "mixed": mixed}
    table = compare(errors, "zero", block=20, n_resamples=20_000)
    assert interval(table, "turned") == pytest.approx(interval(table, "series"), abs=0.05)
    low, high = table["low"], table["high"]
    assert high["mixed"] - low["mixed"] < 0.5 * (high["series"] - low["series"])


# How often the interval holds the truth: 95 % is the aim

INDEPENDENT = (0.92, 0.97)


def coverage(draw, n_units, *, times=4, models=400, **settings):
    """Share of models, all as good as a reference of zeros, that are found level."""
    level = []
    for seed in range(times):
        rng = np.random.default_rng(seed)
        errors = {"reference": np.zeros(n_units)} | {i: draw(rng) for i in range(models)}
        level.append(compare(errors, "reference", n_resamples=1000, seed=seed, **settings)["verdict"] == "level")
    return np.sum(level) / (times * models)


def networks(rng, n_units, *, of_seed, of_unit=1.0, of_both=0.5, n_seeds=3):
    """Errors around zero; `of_seed` is the deviation of the seeds' mean, in terms of that of the units' mean."""
    of_seed *= np.sqrt((of_unit**2 + of_both**2 / n_seeds) / n_units * n_seeds)
    units = rng.normal(0, of_unit, n_units)
    return units + rng.normal(0, of_seed, (n_seeds, 1)) + rng.normal(0, of_both, (n_seeds, n_units))


@pytest.mark.parametrize("n_units", [20, 50, 200])
@pytest.mark.parametrize("distribution", ["normal", "laplace"])
def test_coverage_on_independent_units(n_units, distribution):
    low, high = INDEPENDENT
    assert low < coverage(lambda rng: getattr(rng, distribution)(size=n_units), n_units) < high


@pytest.mark.parametrize("n_units", [20, 200])
@pytest.mark.parametrize("of_seed", [0, 0.5, 1])
def test_coverage_with_three_seeds(n_units, of_seed):
    low, high = INDEPENDENT
    assert low < coverage(lambda rng: networks(rng, n_units, of_seed=of_seed), n_units, times=2) < high


def test_without_the_seeds_it_would_not_hold():
    """The mean over the seeds, given as if nothing were random."""
    assert coverage(lambda rng: networks(rng, 50, of_seed=1).mean(axis=0), 50) < 0.88


@pytest.mark.parametrize("of_seed", [0, 1])
def test_coverage_with_three_seeds_each(of_seed):
    level = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        units = rng.normal(size=30)
        pair = {name: units / 2 + networks(rng, 30, of_seed=of_seed, of_unit=0.7) for name in "ab"}
        level += compare(pair, "a", n_resamples=1000, seed=seed).loc["b", "verdict"] == "level"
    low, high = INDEPENDENT
    assert low < level / 200 < high


@pytest.mark.parametrize("n_units, block", [(200, 15), (500, 20)])
def test_coverage_on_neighbours_that_are_alike(n_units, block):
    assert 0.90 <= coverage(lambda rng: autoregressive(rng, (1, n_units), 0.6)[0], n_units, block=block) < 0.97


def test_coverage_on_neighbours_that_are_alike_with_seeds():
    def draw(rng):
        of_unit, *of_both = autoregressive(rng, (4, 300), 0.6)
        return of_unit + 0.5 * np.array(of_both) + rng.normal(0, 0.1, (3, 1))

    assert 0.90 <= coverage(draw, 300, times=1, block=20) < 0.985


def test_blocks_of_one_do_not_do_there():
    assert coverage(lambda rng: autoregressive(rng, (1, 200), 0.6)[0], 200, times=1) < 0.75


def test_a_true_difference_is_found_the_more_surely_the_more_units():
    def found(n_units):
        return 1 - coverage(lambda rng: rng.normal(0.3, size=n_units), n_units, times=1)

    assert found(20) < 0.4
    assert found(400) > 0.99


# Refusals


def refusal(*args, **settings):
    with pytest.raises(ValueError) as error:
        compare(*args, **settings)
    return str(error.value)


PAIR = {"ridge": WEEKS, "LSTM": BETTER}


@pytest.mark.parametrize(
    "lstm, message",
    [
        (["a"] * 52, "errors['LSTM'] must be numeric; got values of type <U1."),
        (WEEKS.astype(object), "errors['LSTM'] must be numeric; got values of type object."),
        (1j * WEEKS, "errors['LSTM'] must be numeric; got values of type complex128."),
        (
            [WEEKS, WEEKS[:9]],
            "errors['LSTM'] must be an array of numbers; got a sequence of arrays of different shapes.",
        ),
        (np.append(WEEKS[1:], np.nan), "errors['LSTM'] must be finite; got 1 missing or infinite values."),
        (np.append(WEEKS[1:], np.inf), "errors['LSTM'] must be finite; got 1 missing or infinite values."),
        (1.5, "errors['LSTM'] must have the shape (units,), or (seeds, units) with at least two seeds; got ()."),
        (
            [WEEKS],
            "errors['LSTM'] must have the shape (units,), or (seeds, units) with at least two seeds; got (1, 52).",
        ),
        (WEEKS[:51], "errors must hold the same units for all models; got the shapes {'ridge': (52,), 'LSTM': (51,)}."),
        (np.ones((3, 53)), "errors must hold the same units for all models; got the shapes {'ridge': (52,), "),
        (
            np.ones((2, 52, 1)),
            "errors['LSTM'] must have the shape (units,), or (seeds, units) with at least two seeds; ",
        ),
    ],
)
def test_refused_errors(lstm, message):
    assert refusal({"ridge": WEEKS, "LSTM": lstm}, "ridge").startswith(message)


@pytest.mark.parametrize("errors", [{}, [WEEKS, BETTER], pd.DataFrame(PAIR)])
def test_errors_are_a_dict(errors):
    assert refusal(errors, "ridge").startswith("errors must be a dict, name of the model -> errors of the units, ")


def test_one_model_has_no_rival():
    assert refusal({"ridge": WEEKS}, "ridge") == "errors must hold at least two models; got ['ridge']."


@pytest.mark.parametrize("reference", ["Ridge", None, ["ridge"]])
def test_a_reference_that_is_not_there(reference):
    assert refusal(PAIR, reference) == f"reference must be one of 'ridge', 'LSTM'; got {reference!r}."


@pytest.mark.parametrize("block", [0, -1, 1.0, True, "7"])
def test_refused_blocks(block):
    assert refusal(PAIR, "ridge", block=block) == f"block must be a whole number of at least 1; got {block!r}."


@pytest.mark.parametrize("n_resamples", [999, 1e4, None])
def test_refused_numbers_of_draws(n_resamples):
    assert (
        refusal(PAIR, "ridge", n_resamples=n_resamples)
        == f"n_resamples must be a whole number of at least 1000; got {n_resamples!r}."
    )


@pytest.mark.parametrize("n_units, block", [(0, 1), (9, 1), (19, 2), (52, 6)])
def test_too_few_units(n_units, block):
    few = {name: values[:n_units] for name, values in PAIR.items()}
    assert refusal(few, "ridge", block=block) == (
        f"errors must hold at least ten blocks of units; got {n_units} units in blocks of {block}. "
        "Take more units or shorter blocks."
    )


@pytest.mark.parametrize("n_units, block", [(10, 1), (20, 2), (52, 5)])
def test_just_enough_units(n_units, block):
    enough = {name: values[:n_units] for name, values in PAIR.items()}
    assert compare(enough, "ridge", block=block).loc["LSTM", "verdict"] == "ahead"


# Errors of samples as errors of units


def test_by_unit_is_the_weighted_mean_of_pandas():
    rng = np.random.default_rng(1)
    errors = {"LSTM": rng.random((60, 4)), "rule": rng.random((60, 4))}
    units, weights = rng.integers(7, size=60), rng.integers(3, size=(60, 4))
    means = by_unit(errors, units, weights)
    table = pd.DataFrame({"unit": np.repeat(units, 4), "w": weights.ravel()})
    for name, values in errors.items():
        table["e"] = values.ravel()
        wanted = [np.average(part["e"], weights=part["w"]) for _, part in table.groupby("unit")]
        np.testing.assert_allclose(means[name], wanted)
    plain = by_unit(errors, units)["rule"]
    np.testing.assert_allclose(plain, pd.Series(errors["rule"].mean(axis=1)).groupby(units).mean())


def test_by_unit_takes_names_booleans_and_a_weight_a_sample():
    means = by_unit({"a": np.array([True, False, True])}, ["Z", "B", "Z"], weights=[1, 1, 3])
    assert means["a"].tolist() == [0.0, 1.0]  # B before Z
    assert by_unit({"a": [[1.0, 3.0], [5.0, 5.0]]}, [0, 1], weights=[0, 2])["a"].tolist() == [5.0]


def test_by_unit_ignores_what_has_no_weight():
    errors = {"a": np.array([[1.0, np.nan], [np.nan, np.nan], [4.0, 2.0]])}
    assert by_unit(errors, [0, 1, 2], weights=[[1, 0], [0, 0], [1, 1]])["a"].tolist() == [1.0, 3.0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"errors": [1, 2, 3]}, "errors must be a dict"),
        ({"errors": {"a": [1.0, 2.0, 3.0], "b": [1.0, 2.0]}}, "errors must be arrays of one shape"),
        ({"errors": {"a": 1.0}}, "errors must be arrays of one shape"),
        ({"errors": {"a": ["x", "y", "z"]}}, r"errors\['a'\] must be numeric"),
        ({"errors": {"a": [1.0, np.nan, 2.0]}}, r"errors\['a'\] must be finite; got 1 missing.*weight 0"),
        ({"units": [0, 1]}, "units must name a unit for each of the 3 samples"),
        ({"units": ["x", None, "y"]}, "units must name a unit.*1 missing"),
        ({"weights": [1, -1, 1]}, "weights must not be negative"),
        ({"weights": [0, 0, 0]}, "weights must not be negative, nor all 0"),
        ({"weights": [1, 1]}, r"weights must have the shape \(3,\)"),
        ({"weights": [1, np.nan, 1]}, "weights must be finite"),
    ],
)
def test_by_unit_refuses(change, message):
    arguments = {"errors": {"a": [1.0, 2.0, 3.0]}, "units": [0, 0, 1]} | change
    with pytest.raises(ValueError, match=message):
        by_unit(**arguments)
