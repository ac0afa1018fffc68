"""The recipe of the chapter on DNA, run on a second genome, and on files that it must not swallow."""

import keras
import numpy as np
import pandas as pd
import pytest

from lstmbook import datasets
from tests.chapter_code import imports_and_recipe


@pytest.fixture(scope="module")
def recipe(tmp_path_factory):
    """The names that the recipe defines."""
    imports, cells = imports_and_recipe("classification/dna", "def write_genbank", 7)
    names = {
        "sequence": "ACGT",
        "features": pd.DataFrame({"kind": [], "start": [], "end": [], "strand": []}, dtype=int),
    }
    for text in [*imports, *cells]:
        exec(text, names)
    return names | {"FOLDER": tmp_path_factory.mktemp("recipe")}


def test_the_recipe_learns_from_a_second_genome_and_finds_its_genes(recipe):
    sequence, features = datasets.ecoli()
    file = recipe["FOLDER"] / "ecoli.gbk"
    recipe["write_genbank"](file, sequence, features)
    scores = recipe["learn"](file, n_pieces=256)
    assert scores.index.tolist() == ["hexamers", "LSTM"]
    assert scores.loc["hexamers", "mean"] == pytest.approx(0.945, abs=0.01)
    assert scores.loc["LSTM", "mean"] > 0.8  # trained for eight updates
    assert scores.loc["LSTM", "high"] - scores.loc["LSTM", "low"] < 0.05

    gene = features[features["kind"] == "CDS"].iloc[-20]
    found = recipe["find_genes"](sequence[gene["start"] : gene["end"]], file)
    assert found["gene"].mean() > 0.7
    assert found["start"].tolist() == list(range(0, gene["end"] - gene["start"] - 149, 30))
    assert keras.models.load_model(file.with_suffix(".keras")).count_params() == 31_072
    assert pd.read_csv(file.with_suffix(".csv")).shape == found.shape


FEATURES = pd.DataFrame(
    {
        "kind": ["CDS", "CDS", "CDS", "tRNA"],
        "start": [10, 50, 90, 130],
        "end": [40, 80, 121, 140],
        "strand": [1, -1, 1, 1],
    }
)
LETTERS = "".join(np.random.default_rng(0).choice(list("ACGT"), 200))


def test_genes_are_read_on_both_strands_and_those_of_broken_codons_are_left_out(recipe):
    file = recipe["FOLDER"] / "small.gbk"
    recipe["write_genbank"](file, LETTERS, FEATURES)
    _, genes, free = recipe["read_file"](file)
    assert [gene[:2] for gene in genes] == [(10, 40), (50, 80)]
    assert free.tolist() == [[0, 10], [40, 50], [80, 90], [121, 130], [140, 200]]
    other = LETTERS[50:80][::-1].translate(str.maketrans("ACGT", "TGCA"))
    for letters, (_, _, codons) in zip((LETTERS[10:40], other), genes, strict=True):
        words = [letters[i : i + 3] for i in range(0, 27, 3)]  # without the stop
        assert codons.tolist() == [np.dot([16, 4, 1], ["ACGT".index(c) for c in word]) for word in words]


def test_a_file_of_two_records_is_refused(recipe):
    file = recipe["FOLDER"] / "two.gbk"
    recipe["write_genbank"](file, LETTERS, FEATURES)
    file.write_text(2 * (file.read_text() + "\n"))
    with pytest.raises(ValueError, match="one record"):
        recipe["read_file"](file)
