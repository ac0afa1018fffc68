"""The counts of the chapter on tunes, against counting note by note."""

import json
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from keras import layers, ops

from tests.chapter_code import CHAPTERS

CELLS = ["def before(", "def contexts(", "class Counts", "BARS =", "def repeats(", "def build_counts("]
N_PITCHES, N_LENGTHS, N_SPOTS = 5, 3, 8


@pytest.fixture(scope="module")
def chapter():
    """The names that the chapter's cells of counts define."""
    cells = json.loads((CHAPTERS / "generation/music.ipynb").read_text("utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    names = {"np": np, "keras": keras, "layers": layers, "ops": ops}
    names |= {"SIZES": {"p": N_PITCHES, "d": N_LENGTHS}, "SPOTS": range(N_SPOTS)}
    for start in CELLS:
        (cell,) = (text for text in code if text.startswith(start))
        exec(cell, names)
    return SimpleNamespace(**names)


def a_tune(seed, n_bars=20):
    """Random notes that repeat themselves now and then; up to four begin in a bar."""
    rng = np.random.default_rng(seed)
    spots = [(bar, place) for bar in range(1, n_bars + 1) for place in range(4) if rng.random() < 0.8]
    bar, place = np.transpose(spots)
    phrase = rng.integers(0, N_PITCHES, 16)
    p = np.where(rng.random(len(bar)) < 0.7, phrase[(4 * bar + place) % 16], rng.integers(0, N_PITCHES, len(bar)))
    d = rng.integers(0, N_LENGTHS, len(bar))
    return {"p": p, "d": d, "bar": bar, "place": place, "spot": place + 4 * (seed % 2)}


def mixed(context, past, n_symbols):
    """The probabilities that counts from short to long contexts give; `past` are pairs (context, symbol)."""
    p = np.full(n_symbols, 1 / n_symbols)
    for k in range(len(context) + 1):
        counts = np.zeros(n_symbols)
        for other, symbol in past:
            counts[symbol] += other[:k] == context[:k]
        kinds, total = (counts > 0).sum(), counts.sum()
        p = (np.maximum(counts - 0.8, 0) + (0.8 * kinds + 1) * p) / (total + 1)
    return p


@pytest.mark.parametrize("kind", ["p", "d"])
@pytest.mark.parametrize("told", [0, 1])
def test_counts_without_the_own_tune(chapter, kind, told):
    tunes, n = [a_tune(seed, n_bars=8) for seed in range(3)], chapter.SIZES[kind]
    number = np.repeat(range(3), [len(t["p"]) for t in tunes])
    symbol = np.concatenate([t[kind] for t in tunes])
    lists = [chapter.contexts(t, kind, told) for t in tunes]
    for name in lists[0]:
        columns = [np.concatenate(c) for c in zip(*(of[name] for of in lists), strict=True)]
        contexts = [tuple(int(c[i]) for c in columns) for i in range(len(symbol))]
        numbers = chapter.as_numbers(columns)
        found = chapter.Counts(numbers, symbol, n)(numbers, symbol, number)
        np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)
        for i in range(0, len(symbol), 5):
            past = [(contexts[j], symbol[j]) for j in range(len(symbol)) if number[j] != number[i]]
            np.testing.assert_allclose(found[i], mixed(contexts[i], past, n), rtol=1e-4, err_msg=name)


def test_counts_of_other_tunes_know_unseen_contexts(chapter):
    train, new = a_tune(0), a_tune(1)
    for name, columns in chapter.contexts(train, "p").items():
        asked = chapter.contexts(new, "p")[name]
        counts = chapter.Counts(chapter.as_numbers(columns), train["p"], N_PITCHES)
        past = [(tuple(int(c[i]) for c in columns), s) for i, s in enumerate(train["p"])]
        found = counts(chapter.as_numbers(asked))
        for i in range(0, len(found), 7):
            expected = mixed(tuple(int(c[i]) for c in asked), past, N_PITCHES)
            np.testing.assert_allclose(found[i], expected, rtol=1e-4, err_msg=name)


def test_numbers_are_alike_where_all_columns_are(chapter):
    columns = [np.array([-1, -1, 90, 90, 5]), np.array([3, 3, -1, 98, 3]), np.array([0, 1, 0, 0, 0])]
    assert [len({*number}) for number in chapter.as_numbers(columns)] == [1, 3, 4, 5]
    nine = [np.array([92, 91])] + [np.array([98, 98])] * 8
    assert 0 < chapter.as_numbers(nine)[-1][1] < chapter.as_numbers(nine)[-1][0] < 2**63


@pytest.mark.parametrize("kind", ["p", "d"])
def test_nothing_looks_ahead(chapter, kind):
    tune, at = a_tune(2), 25
    other = {key: values.copy() for key, values in tune.items()}
    for name, n in chapter.SIZES.items():
        other[name][at:] = (other[name][at:] + 1) % n
    for name, columns in chapter.contexts(tune, kind).items():
        for ours, theirs in zip(columns, chapter.contexts(other, kind)[name], strict=True):
            assert (ours[: at + 1] == theirs[: at + 1]).all(), name
    for ours, theirs in zip(chapter.repeats(tune, kind), chapter.repeats(other, kind), strict=True):
        np.testing.assert_array_equal(ours[: at + 1], theirs[: at + 1])


@pytest.mark.parametrize("kind", ["p", "d"])
def test_repeats_are_those_of_a_search_by_hand(chapter, kind):
    tune = a_tune(3)
    n, size = len(tune["p"]), chapter.SIZES[kind]
    p, votes, agree = chapter.repeats(tune, kind)
    where = {(b, s): i for i, (b, s) in enumerate(zip(tune["bar"], tune["place"], strict=True))}

    def match(of, i, j):
        k = 0
        while k < 8 and min(i, j) - 1 - k >= 0 and tune[of][i - 1 - k] == tune[of][j - 1 - k]:
            k += 1
        return k

    for i in range(n):
        expected = np.full(size, 1 / size)
        for k in range(9):
            counts = np.zeros(size)
            for j in range(i):
                counts[tune[kind][j]] += match("p", i, j) >= k
            expected = (counts + 0.5 * expected) / (counts.sum() + 0.5)
        np.testing.assert_allclose(p[i], expected, rtol=1e-4)
        columns = []
        for of in ("p", "d"):
            for bars in chapter.BARS:
                j = where.get((tune["bar"][i] - bars, tune["place"][i]))
                columns.append(0 if j is None else 1 + match(of, i, j))
            columns.append(max([match(of, i, j) for j in range(i)], default=0))
        assert agree[i].tolist() == columns
        for k, bars in enumerate(chapter.BARS):
            j = where.get((tune["bar"][i] - bars, tune["place"][i]))
            assert votes[i, k] == (-1 if j is None else tune[kind][j])


def test_the_gate_begins_with_the_mean_of_all_counts(chapter):
    rng = np.random.default_rng(0)
    logs = np.log(rng.dirichlet(np.ones(N_PITCHES), (6, 8))).astype("float32")
    votes, agree = rng.integers(-1, N_PITCHES, (6, 8)), rng.integers(0, 9, (6, 18)).astype("float32")
    where = np.column_stack([rng.integers(0, N_SPOTS, 6), rng.integers(0, 8, 6)])
    found = np.array(chapter.build_counts(N_PITCHES)([logs, votes, agree, where]))
    expected = logs.mean(axis=1)
    expected -= np.log(np.exp(expected).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(found, expected, rtol=1e-4)
