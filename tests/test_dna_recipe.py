"""The recipe of the chapter on DNA, run on a second genome, and on files that it must not swallow."""

import keras
import numpy as np
import pandas as pd
import pytest

from lstmbook import datasets
from tests.chapter_code import imports_and_recipe


def run(folder, sequence, features, n_cells, edit=lambda text: text):
    """The names that the chapter's files of a genome and the first `n_cells` of its recipe define."""
    imports, (files, *cells) = imports_and_recipe("classification/dna", "FOLDER = ", 1 + n_cells)
    names = {"sequence": sequence, "features": features, "FOLDER": folder}
    for text in [*imports, files.replace("FOLDER = Path(mkdtemp())", ""), *cells]:
        exec(edit(text), names)
    return names


@pytest.fixture(scope="module")
def ecoli(tmp_path_factory):
    """The names that the recipe defines, trained for a moment on a second genome; one of its genes is new."""
    sequence, features = datasets.ecoli()
    gene = features[features["kind"] == "CDS"].iloc[-20]
    folder = tmp_path_factory.mktemp("recipe")

    def edit(text):
        return text.replace("6000, 4", "2000, 3").replace("887400:888000", "{}:{}".format(*gene[["start", "end"]]))

    return run(folder, sequence, features, 2, edit) | {"length": gene["end"] - gene["start"] + 600}


def test_the_recipe_learns_from_a_second_genome(ecoli):
    assert ecoli["N_WINDOWS"] == 2000
    assert len(ecoli["correct"]) > 2000
    assert ecoli["correct"].mean() > 0.85
    assert (ecoli["at"][ecoli["known"]] + 150 <= ecoli["at"][ecoli["rows"]].min()).all()
    assert ecoli["truth"][~ecoli["val"]].mean() == pytest.approx(0.5, abs=0.05)


def test_it_finds_a_gene_with_the_saved_network_and_writes_what_it_found(ecoli):
    found = pd.read_csv(ecoli["NEW"].with_suffix(".csv"))
    assert found.columns.tolist() == ["start", "score", "frame"]
    assert found["start"].tolist() == list(range(0, ecoli["length"] - 152, 30))
    inside = found[found["start"] < ecoli["length"] - 750]
    assert (inside["score"] > 0).mean() > 0.7
    model = keras.models.load_model(ecoli["GENOME"].with_suffix(".keras"))
    assert model.count_params() == 64 * 16 + 4 * 32 * (16 + 32 + 1) + 33
    each = model.predict(ecoli["X_new"].reshape(-1, 50), verbose=0).reshape(-1, 6)
    np.testing.assert_allclose(np.log(np.exp(each).sum(axis=1)), found["score"], rtol=1e-3, atol=1e-3)


FEATURES = pd.DataFrame(
    {
        "kind": ["CDS", "CDS", "CDS", "tRNA"],
        "start": [10, 250, 601, 700],
        "end": [220, 550, 641, 720],
        "strand": [1, -1, 1, 1],
    }
)
LETTERS = "".join(np.random.default_rng(0).choice(list("ACGT"), 1200))


def test_genes_are_read_on_both_strands_and_those_of_broken_codons_are_left_out(tmp_path):
    names = run(tmp_path, LETTERS, FEATURES, 1)
    coding, at, X, y, empty = (names[name] for name in ("coding", "at", "X", "y", "empty"))
    assert np.flatnonzero(coding[0]).tolist() == list(range(10, 220, 3))
    assert np.flatnonzero(coding[1]).tolist() == list(range(250, 550, 3))
    assert at[empty].min() == 720 and not y[empty].any()
    window, frame = np.argwhere(y)[[0, -1]].T
    assert (at[window] + frame % 3).tolist() == [31, 391]
    other = LETTERS[::-1].translate(str.maketrans("ACGT", "TGCA"))
    for letters, first, codons in zip((LETTERS, other), (31, 1200 - 391 - 150), X[window, frame], strict=True):
        words = [letters[i : i + 3] for i in range(first, first + 150, 3)]
        assert codons.tolist() == [np.dot([16, 4, 1], ["ACGT".index(c) for c in word]) for word in words]


def test_a_file_of_two_sequences_is_refused(tmp_path):
    def edit(text):
        return text.replace(">genome\\n", ">first\\nACGT\\n>second\\n")

    with pytest.raises(ValueError, match="too many values"):
        run(tmp_path, LETTERS, FEATURES, 1, edit)
