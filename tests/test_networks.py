"""lstmbook.networks and data/networks: what is stored, that the cells of the chapters train it, and how it is made."""

import ast
import hashlib
import io
import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from data.fetch import npz_content, record_checksum
from data.networks import train as script
from lstmbook import networks

ROOT = Path(__file__).parent.parent
STORED = sorted(path.relative_to(script.STORE).with_suffix("").as_posix() for path in script.STORE.rglob("*.npz"))
CELLS = {chapter: script.recipe_cells(script.CHAPTERS / f"{chapter}.ipynb") for chapter in STORED}


# Every stored network is one that its chapter's cells train


def test_every_chapter_with_recipes_has_a_file_and_every_file_a_chapter():
    assert script.chapters_with_recipes() == STORED


@pytest.mark.parametrize("chapter", STORED)
def test_the_cells_of_today_are_those_that_were_trained(chapter):
    with np.load(script.STORE / f"{chapter}.npz") as file:
        trained = file["recipe"].item()
    advice = f"a cell tagged recipe was changed: `make recipes CHAPTER=chapters/{chapter}` trains the networks again"
    assert script.recipe_hash(CELLS[chapter]) == trained, advice


@pytest.mark.parametrize(
    ("chapter", "i"), [(chapter, i) for chapter, cells in CELLS.items() for i in range(len(cells))]
)
def test_a_change_in_any_cell_is_noticed(chapter, i):
    """A number, or a name where a cell has none, becomes another one."""
    cells = list(CELLS[chapter])
    nodes = list(ast.walk(ast.parse(cells[i])))
    numbers = [node for node in nodes if isinstance(node, ast.Constant) and type(node.value) in (int, float)]
    spot = (numbers or [node for node in nodes if isinstance(node, ast.Name | ast.alias)])[-1]
    lines = cells[i].splitlines()
    line = lines[spot.lineno - 1].encode()  # columns are counted in bytes
    start, end = spot.col_offset, spot.end_col_offset
    lines[spot.lineno - 1] = (line[:start] + (b"271828" if numbers else b"another_name") + line[end:]).decode()
    cells[i] = "\n".join(lines)
    assert script.recipe_hash(cells) != script.recipe_hash(CELLS[chapter])


@pytest.mark.parametrize("chapter", STORED)
def test_comments_and_white_space_do_not_count(chapter):
    """Nor do brackets and quotes: ast.unparse writes the code in its own style."""
    cells = ["# a comment\n\n" + ast.unparse(ast.parse(cell)) + "  # another\n\n" for cell in CELLS[chapter]]
    assert script.recipe_hash(cells) == script.recipe_hash(CELLS[chapter])


def test_the_order_of_the_cells_counts_and_so_does_where_they_end():
    assert len({script.recipe_hash(cells) for cells in (["a", "b"], ["b", "a"], ["a\nb"], ["a", "b", ""])}) == 4


def test_the_hash_is_the_same_in_every_version_of_python():
    """Computed with Python 3.11; ast.dump has other fields in 3.12, and another style in 3.13."""
    cell = "@cache\ndef f(x, *, y=None) -> int:\n    return f'{x:.2f}' 'é', ..., {1: -2.5e-7}, b'a'"
    assert script.recipe_hash([cell]).startswith("ec102dd2b5b127fc")


# What is loaded


@pytest.mark.parametrize("chapter", STORED)
def test_weights_and_losses_are_numbers_of_single_precision_and_seeds_differ(chapter):
    weights, histories = networks.load(chapter)
    assert list(weights) == list(histories)
    for name, seeds in weights.items():
        assert len(seeds) == len(histories[name]) >= 1
        assert [[w.shape for w in seed] for seed in seeds] == [[w.shape for w in seeds[0]]] * len(seeds)
        assert len({seed[0].tobytes() for seed in seeds if seed}) in (0, len(seeds)), f"{name}: seeds are equal"
        for seconds in [history.pop("seconds") for history in histories[name]]:
            assert isinstance(seconds, float)
        for key, array in [
            *(("weights", w) for seed in seeds for w in seed),
            *(entry for history in histories[name] for entry in history.items()),
        ]:
            assert array.dtype == np.float32
            if key.endswith("by bar"):  # a tune need not have every bar
                assert np.isfinite(array).any(axis=-1).all()
            else:
                assert np.isfinite(array).all()


@pytest.fixture
def store(tmp_path, monkeypatch):
    """A data folder with one file, of a chapter "part/one"; its folder networks."""
    folder = tmp_path / "networks"
    path = folder / "part" / "one.npz"
    path.parent.mkdir(parents=True)
    arrays = {"recipe": np.array("0a")}
    for seed in range(11):  # more than nine: seeds and places are numbers, not letters
        arrays |= {f"a, b/{seed}/{i}": np.full(2, seed + i / 100, "float16") for i in range(11)}
        arrays[f"a, b/{seed}/seconds"] = np.array([1.5], "float32")
    arrays |= {"losses only/0/val_loss": np.array([2.0, 1.0], "float32"), "losses only/0/seconds": np.float32([3.0])}
    path.write_bytes(npz_content(arrays))
    record_checksum(path, folder, "eleven networks")
    monkeypatch.setenv("LSTMBOOK_DATA", str(tmp_path))
    return folder


def test_networks_come_by_name_seed_and_place(store):
    weights, histories = networks.load("part/one")
    assert list(weights) == list(histories) == ["a, b", "losses only"]
    for seed, arrays in enumerate(weights["a, b"]):
        assert [w.dtype for w in arrays] == [np.float32] * 11
        np.testing.assert_allclose([w[0] for w in arrays], seed + np.arange(11) / 100, rtol=1e-3)
    assert histories["a, b"] == [{"seconds": 1.5}] * 11
    assert weights["losses only"] == [[]]
    assert histories["losses only"][0]["seconds"] == 3.0
    assert histories["losses only"][0]["val_loss"].tolist() == [2.0, 1.0]


@pytest.mark.parametrize("name", ["vanilla", "part", "../part/one", "", None])
def test_a_chapter_without_stored_networks_is_refused_with_those_that_have_some(store, name):
    with pytest.raises(ValueError, match=rf"chapter must be one of 'part/one'; got {name!r}\."):
        networks.load(name)


WAYS_BACK = r"Get it back with `git checkout -- data/networks`.*`python -m data.networks.train.*LSTMBOOK_DATA"


@pytest.mark.parametrize("file", ["part/one.npz", "SHA256SUMS"])
def test_a_missing_file_is_named_with_the_ways_back(store, file):
    (store / file).unlink()
    with pytest.raises(FileNotFoundError, match=f"needs .*{Path(file).name}, which does not exist. {WAYS_BACK}"):
        networks.load("part/one")


def test_a_damaged_file_is_noticed(store):
    content = bytearray((store / "part/one.npz").read_bytes())
    content[100] ^= 1
    (store / "part/one.npz").write_bytes(content)
    with pytest.raises(ValueError, match=f"one.npz is damaged: .*{WAYS_BACK} part/one`|one.npz is damaged: .*"):
        networks.load("part/one")


def test_blank_lines_among_the_checksums_do_no_harm(store):
    sums = store / "SHA256SUMS"
    sums.write_text(f"\n{sums.read_text()}\n   \n")
    assert networks.load("part/one")[1]["losses only"][0]["seconds"] == 3.0


# How they are made

CHAPTER = [
    "import keras\nimport numpy as np",
    "def build(units=2):\n    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(units)])",
    "def fit(model, seed, epochs):\n"
    "    model.compile('sgd', 'mse')\n"
    "    X = np.random.default_rng(seed).normal(size=(8, 3))\n"
    "    for _ in range(epochs):\n"
    "        yield model.fit(X, X[:, :2], verbose=0).history",
    "def fit_at_once(model, seed):\n    return {'score': [0.5], 'seconds': 7}",
    "RECIPES = {\n"
    "    'one': {'build': build, 'fit': fit, 'seeds': (0, 4), 'epochs': 2},\n"
    "    'scores': {'build': build, 'fit': fit_at_once, 'seeds': (1,), 'weights': False},\n"
    "}",
]


@pytest.fixture
def chapter(tmp_path):
    """Write a notebook with tagged cells into a folder of chapters, and return a function that trains it."""
    folders = {name: tmp_path / name for name in ("chapters", "store", "parts")}
    (folders["chapters"] / "part").mkdir(parents=True)
    folders["store"].mkdir()

    def write(cells=CHAPTER):
        tagged = [{"cell_type": "code", "metadata": {"tags": ["recipe"]}, "source": [cell]} for cell in cells]
        other = {"cell_type": "code", "metadata": {}, "source": ["raise ValueError"]}
        content = json.dumps({"cells": [other, *tagged, other]})
        (folders["chapters"] / "part" / "one.ipynb").write_text(content)

    write()
    return write, lambda: script.train("part/one", **folders), folders


def stored_in(folder, monkeypatch):
    monkeypatch.setenv("LSTMBOOK_DATA", str(folder))
    shutil.copytree(folder / "store", folder / "networks", dirs_exist_ok=True)
    return networks.load("part/one")


def test_a_chapter_is_trained_and_stored(chapter, tmp_path, monkeypatch, capsys):
    _, train, folders = chapter
    train()
    weights, histories = stored_in(tmp_path, monkeypatch)
    assert [[w.shape for w in seed] for seed in weights["one"]] == [[(3, 2), (2,)]] * 2
    assert weights["scores"] == [[]] and histories["scores"][0]["seconds"] == 7.0
    assert [len(history["loss"]) for history in histories["one"]] == [2, 2]
    keras.utils.set_random_seed(4)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile("sgd", "mse")
    X = np.random.default_rng(4).normal(size=(8, 3))
    model.fit(X, X[:, :2], epochs=2, verbose=0)
    for mine, stored in zip(model.get_weights(), weights["one"][1], strict=True):
        np.testing.assert_allclose(mine, stored, atol=1e-6)
    assert not list(folders["parts"].rglob("*.npz")) and not list(tmp_path.rglob("*.part"))
    printed = capsys.readouterr().out
    assert "part/one 2/3: one, seed 4: " in printed and ", loss " in printed
    assert "store/part/one.npz: 3 networks, " in printed
    with np.load(folders["store"] / "part/one.npz") as file:
        assert file["recipe"].item() == script.recipe_hash(CHAPTER)


def test_an_interrupted_training_is_taken_up_where_it_stopped(chapter, tmp_path, monkeypatch, capsys):
    write, train, folders = chapter
    train()
    whole = (folders["store"] / "part/one.npz").read_bytes()
    network, n = script.train_network, iter(range(9))

    def interrupted(**entry):
        if next(n) == 1:
            raise KeyboardInterrupt
        return network(**entry)

    monkeypatch.setattr(script, "train_network", interrupted)
    monkeypatch.setattr(script.time, "monotonic", lambda: 0.0)
    with pytest.raises(KeyboardInterrupt):
        train()
    assert (folders["store"] / "part/one.npz").read_bytes() == whole
    write([f"# a comment\n{cell}" for cell in CHAPTER])
    train()
    assert next(n) == 4  # one, the interrupted one, and the two that were left
    assert "1/3: one, seed 0: was there already" in capsys.readouterr().out
    with np.load(folders["store"] / "part/one.npz") as again, np.load(io.BytesIO(whole)) as first:
        assert again.files == first.files
        for key in set(first.files) - {"one/0/seconds", "one/1/seconds"}:
            np.testing.assert_array_equal(again[key], first[key])


def test_after_a_change_all_are_trained_again(chapter, monkeypatch, capsys):
    write, train, folders = chapter
    part = folders["parts"] / "part/one" / script.recipe_hash(CHAPTER) / "1.npz"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"of another recipe")
    write([cell.replace("'epochs': 2", "'epochs': 1") for cell in CHAPTER])
    train()
    assert "already" not in capsys.readouterr().out


def test_weights_are_stored_in_half_precision_if_the_table_says_so(chapter, tmp_path, monkeypatch):
    write, train, folders = chapter
    write([*CHAPTER, "RECIPES['one'] |= {'precision': 'float16'}"])
    train()
    with np.load(folders["store"] / "part/one.npz") as file:
        assert {file[key].dtype.name for key in file.files if key[-1].isdigit()} == {"float16"}
        assert file["one/0/loss"].dtype == np.float32
    assert stored_in(tmp_path, monkeypatch)[0]["one"][0][0].dtype == np.float32


@pytest.mark.parametrize("cells", [CHAPTER[:-1], [*CHAPTER, "RECIPES = {}"]])
def test_a_chapter_without_a_table_is_refused(chapter, cells):
    write, train, _ = chapter
    write(cells)
    with pytest.raises(SystemExit, match="The cells tagged recipe of part/one define no RECIPES: add the table"):
        train()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("architectures/nothing", "does not exist"),
        ("chapters/foundations/sequences.ipynb", "has no cell tagged recipe"),
    ],
)
def test_a_chapter_that_stores_nothing_is_refused_by_name(name, why):
    with pytest.raises(SystemExit, match=rf"{why}\. Name one of architectures/bidirectional, .*or none for all"):
        script.main("architectures/vanilla", name)


@pytest.mark.parametrize(
    ("names", "trained"),
    [
        ((), STORED),
        (
            ("chapters/architectures/stacked", "architectures/vanilla"),
            ["architectures/stacked", "architectures/vanilla"],
        ),
        (("chapters/architectures/stacked.ipynb",), ["architectures/stacked"]),
    ],
)
def test_chapters_are_named_with_or_without_their_folder_or_all_are_trained(monkeypatch, names, trained):
    called = []
    monkeypatch.setattr(script, "train", called.append)
    monkeypatch.setattr(script.os, "environ", {})
    script.main(*names)
    assert called == trained
    assert script.os.environ["TF_NUM_INTRAOP_THREADS"] == "1"


def test_a_card_tells_of_every_chapter():
    card = (script.STORE / "README.md").read_text("utf-8")
    assert '`lstmbook.networks.load("' in card
    assert all(f"| `{chapter}` |" in card for chapter in STORED)
    sums = [line.split() for line in (script.STORE / "SHA256SUMS").read_text().splitlines()]
    assert {name: digest for digest, name in sums} == {
        f"{chapter}.npz": hashlib.sha256((script.STORE / f"{chapter}.npz").read_bytes()).hexdigest()
        for chapter in STORED
    }


# The recipes of the chapters


class Recorder:
    """Stands for a network: it keeps what it is trained on."""

    def __init__(self):
        self.seen = []

    def compile(self, *_, **__):
        pass

    def fit(self, X, y, **_):
        self.seen.append((X, y))
        return SimpleNamespace(history={"loss": [0.0]})


def test_the_network_in_one_piece_is_trained_on_new_videos_of_the_training_scans_alone():
    chapter, pools, network = script.names_of("architectures/cnn_lstm"), [], Recorder()
    digit_videos = chapter["digit_videos"]
    chapter["digit_videos"] = lambda rng, pool, n: pools.append(set(pool)) or digit_videos(rng, pool, n)
    assert len(list(chapter["fit_in_one_piece"](network, seed=0, epochs=2, n=64))) == 2
    assert pools == [set(chapter["train_scans"])] * 2
    assert not set(chapter["train_scans"]) & set(np.r_[chapter["val_scans"], chapter["test_scans"]])
    (first, _), (second, _) = network.seen
    assert first.shape == second.shape == (64, 6, 20, 20, 1) and (first != second).any()


def test_the_labellers_are_trained_on_streams_of_the_training_recordings_alone():
    chapter, seen = script.names_of("architectures/bidirectional"), []
    parts, stream = chapter["parts"], chapter["stream"]
    assert not set(parts["training"]) & set(np.r_[parts["validation"], parts["test"]])
    chapter["stream"] = lambda rng, part: seen.append(part) or stream(rng, part)
    late, mlp = Recorder(), Recorder()
    chapter["fit_labeller"](late, seed=0, delay=5, passes=2)
    assert len(list(chapter["fit_window_mlp"](mlp, seed=0, passes=2))) == 2
    assert seen == ["training"] * 4
    ((X, y),), ((windows, labels), (others, _)) = late.seen, mlp.seen
    assert X.shape[1:] == (65, 13) and y.shape == X.shape[:2]
    np.testing.assert_array_equal(y[: len(y) // 2, 5:].ravel(), labels)  # the same digits, five frames late
    assert windows.shape == (len(labels), 21 * 13) and (windows != others).any()


@pytest.mark.parametrize("name", ["drawer", "with end sign"])
def test_each_drawer_has_the_loss_that_its_record_ends_with(name):
    chapter = script.names_of("architectures/generative")
    entry = chapter["RECIPES"][name]
    X, y = chapter["frame"](entry["held_out"])
    y = y[:, :, np.newaxis]
    weights, histories = networks.load("architectures/generative")
    model = entry["build"]()
    for stored, history in zip(weights[name], histories[name], strict=True):
        model.set_weights(stored)
        p = np.take_along_axis(np.array(model(X)), np.maximum(y, 0), axis=2)
        assert -np.log(p[y >= 0]).mean() == pytest.approx(history["val_loss"][-1], abs=1e-3)
        assert history["val_loss"][-1] < history["val_loss"][0] - 0.05


def test_what_the_loss_of_the_drawers_ignores_comes_after_the_end_sign_alone():
    chapter = script.names_of("architectures/generative")
    numbers = chapter["RECIPES"]["with end sign"]["numbers"]
    X, y = chapter["frame"](numbers)
    ended = np.cumsum(numbers == chapter["END"], axis=1)
    assert set((y == 26).sum(axis=1)) == {1}
    np.testing.assert_array_equal(y == -1, (ended == 1) & (y != 26))
    assert set((y >= 0).sum(axis=1)) == {11, 21}
    assert set(X.sum(axis=2)[:, 0]) == {0}
    assert X.sum(axis=2)[y >= 0].sum() == (y >= 0).sum() - len(y)  # all read one number, but at the start


# The learning rate


def test_the_rate_of_restarts_is_that_of_one_cosine_and_full_again_after_it():
    """Compiled with CosineDecay, a second fit would train at rate zero and say nothing."""
    schedules = keras.optimizers.schedules
    once, again = schedules.CosineDecay(0.02, 300), schedules.CosineDecayRestarts(0.02, 300, t_mul=1.0)
    rates = np.array([[float(rate(step)) for rate in (once, again)] for step in range(300)])
    np.testing.assert_allclose(rates[:, 0], rates[:, 1], rtol=1e-3, atol=1e-9)
    assert [float(once(step)) for step in (300, 450)] == [0, 0]
    assert [float(again(step)) for step in (300, 450)] == pytest.approx([0.02, 0.01])
