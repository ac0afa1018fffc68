"""Networks that run in a page: that they are the stored ones, compute what Keras computes, and can be used by anybody.

Beside the networks of the book there is one of the tests' own, "letters", which `tests/live/train.py` trained: it shows
that a network that writes works, whatever the book has of that kind.
"""

import json
import re
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pandas as pd
import pytest

from _ext.live import closing, only_when_asked, opening
from lstmbook import mixture, notation
from tests.live.train import VOCABULARY
from tests.test_site import (
    HEAVIEST_PAGE,
    LIMIT,
    SITE,
    check_accessibility,
    check_phone,
    opened,
    served,
)
from tests.test_structure import BOOK, CHAPTERS, markdown
from tools import export_live, live_captions, live_pen, live_tunes
from tools.export_live import FOLDER, LIVE

LETTERS = {
    "chapter": "tests",
    "network": "letters",
    "seed": 0,
    "vocabulary": VOCABULARY,
    "format": "float16",
    "example": {
        "beginning": "the memory cell",
        "start": "\n",
        "temperature": 0.6,
        "nucleus": 0.9,
        "seed": 3,
        "length": 120,
    },
}
PAUSE = 45  # milliseconds between two letters
WRITTEN = "ing a lathbf hether lstm that decides us a recurrent layer that a sequence."
PAGES = {  # page -> [(demonstration, network), ...]
    name: found
    for name, notebook in BOOK.items()
    if (found := re.findall(r"^[`:]{3,}\{live\} (\w+) (\w+)", "\n\n".join(markdown(notebook)), re.MULTILINE))
}


def page_of(network):
    """The name of the page in which a network runs."""
    return next(name for name, found in PAGES.items() if network in dict(map(reversed, found)))


@contextmanager
def started(browser, site, network):
    """Yield the page and the region of a network that was started; at the end there must be no faults."""
    with opened(browser, site, f"{page_of(network)}.html") as (page, faults):
        yield page, start(page, network)
    assert faults == []


@contextmanager
def at_a_standstill(browser, site, network):
    """In the way of `started`, with motion allowed and a clock that moves when the test says so."""
    context = browser.new_context(reduced_motion="no-preference")
    page = context.new_page()
    page.set_default_timeout(LIMIT)
    page.clock.install()
    page.clock.pause_at("2030-01-01")
    page.goto(f"{site}/{page_of(network)}.html")
    yield page, start(page, network)
    context.close()


def check_gaps(rounded, stored, wrong):
    """Differences to Keras with the weights as the page has them, as they are stored, and with one that is wrong."""
    assert rounded < 1e-4
    assert stored < 1e-2
    assert wrong > 1e-4  # the test can fail


SYMBOLS = [name for name, entry in LIVE.items() if "by" not in entry]  # networks that read one symbol a step
FURTHER = {"composer": {"player.js", "staff.js"}}  # what a demonstration takes beside lstm.js and parts.js


def known(name):
    """Return the description of an exported network."""
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def pictures_of(name):
    return {known(name)["picture"]}


def letters():
    """Return the weights of the tests' own network, in the order of Keras's set_weights."""
    with np.load(Path(__file__).parent / "live" / "letters.npz") as file:
        return [file[str(i)].astype("float32") for i in range(len(file.files))]


def weights_of(name):
    return letters() if name.startswith("letters") else export_live.stored(LIVE[name])[0]


# What lies in _static/live


def check_export(name, entry, weights, checksum, folder, **given):
    """Check that the files of a network are those that the stored weights give."""
    files = export_live.export(name, entry, weights, checksum, **given)
    advice = f"run `make live` (python -m tools.export_live {name})"
    if missing := [file for file in files if not (folder / file).exists()]:
        return [f"{', '.join(missing)} is not there: {advice}"]
    complaints = []
    if (folder / f"{name}.bin").read_bytes() != files[f"{name}.bin"]:
        complaints.append(f"{name}.bin does not hold the stored weights: {advice}")
    found, wanted = (json.loads(text) for text in ((folder / f"{name}.json").read_bytes(), files[f"{name}.json"]))
    for key, value in wanted.items():
        # What rounding changes was measured: other processors round differently.
        if found.get(key) != (pytest.approx(value, rel=0.2) if key == "differences" else value):
            complaints.append(f"{name}.json has another {key!r}: {advice}")
    if f"{name}.svg" in files:  # other versions of a library draw other pixels
        pictures = (folder / f"{name}.svg").read_text("utf-8"), files[f"{name}.svg"].decode()
        if len({re.sub(r"[\d.]+", "0", picture) for picture in pictures}) > 1:
            complaints.append(f"{name}.svg is another picture: {advice}")
    return complaints


@pytest.mark.parametrize("name", SYMBOLS)
def test_what_a_page_gets_belongs_to_the_stored_weights(name):
    assert check_export(name, LIVE[name], *export_live.stored(LIVE[name]), FOLDER) == []


def test_check_export_complains(tmp_path):
    def check(weights=None, checksum="ab"):
        return check_export("letters", LETTERS, weights or letters(), checksum, tmp_path)

    assert "letters.bin, letters.json, letters.svg is not there" in check()[0]
    for file, content in export_live.export("letters", LETTERS, letters(), "ab").items():
        (tmp_path / file).write_bytes(content)
    assert check() == []
    (complaint,) = check(checksum="cd")
    assert complaint.startswith("letters.json has another 'from'")
    weights = letters()
    weights[1][3, 4] += 0.01
    assert "letters.bin does not hold the stored weights" in check(weights)[0]
    (tmp_path / "letters.svg").write_text("<svg/>")
    assert check()[-1].startswith("letters.svg is another picture")


def test_every_network_is_in_a_page_and_every_file_is_of_a_network():
    files = {path.name for path in FOLDER.iterdir() if path.suffix not in (".js", ".css")}
    pictures = {picture for name in LIVE for picture in pictures_of(name)}
    assert files == {f"{name}.{suffix}" for name in LIVE for suffix in ("bin", "json")} | pictures
    assert {network for found in PAGES.values() for _, network in found} == set(LIVE)
    assert all(f"chapters/{LIVE[network]['chapter']}" in CHAPTERS for network in LIVE)


@pytest.mark.parametrize("precision", export_live.FORMATS)
def test_an_encoded_array_is_decoded_where_its_place_says(precision):
    weights = [np.random.default_rng(0).normal(size=shape).astype("float32") for shape in [(3, 5), (7,), (5, 7)]]
    content, places, decoded = export_live.encode(weights, precision)
    for array, place, rounded in zip(weights, places, decoded, strict=True):
        kind = {"float16": "<f2", "int8": "<i1"}[place["format"]]
        found = np.frombuffer(content, kind, array.size, place["at"]).reshape(place["shape"]).astype("float32")
        if place["format"] == "int8":
            found = found * np.frombuffer(content, "<f4", array.shape[1], place["scales"])
            assert np.abs(found - array).max() <= np.abs(array).max() / 127 / 2 * 1.0001
        np.testing.assert_array_equal(found, rounded)
        np.testing.assert_allclose(found, array, atol=0.02)


LSTM, DENSE = [(7, 12), (3, 12), (12,)], [(3, 7), (7,)]
KINDS = {
    "lstm dense": [*LSTM, *DENSE],
    "embedding lstm dense": [(9, 7), *LSTM, *DENSE],
    "lstm lstm dense": [*LSTM, (3, 8), (2, 8), (8,), (2, 7), (7,)],
    "embedding lstm lstm dense": [(9, 7), *LSTM, (3, 8), (2, 8), (8,), (2, 7), (7,)],
}


@pytest.mark.parametrize("kinds", KINDS)
def test_layers_are_told_from_the_shapes(kinds):
    layers = export_live.layers_of([np.zeros(shape) for shape in KINDS[kinds]])
    assert " ".join(layer["kind"] for layer in layers) == kinds
    assert [array.shape for layer in layers for array in layer["arrays"]] == KINDS[kinds]


@pytest.mark.parametrize(
    "shapes",
    [
        [*LSTM, *LSTM, (6, 7), (7,)],  # two directions
        [*LSTM, (3, 5), (5,), (5, 7), (7,)],  # a hidden dense layer, whose activation the shapes do not tell
        [(7, 9), (3, 9), (2, 9), (3, 7), (7,)],  # a GRU
        [(4, 3), *LSTM, *DENSE],
    ],
)
def test_layers_that_a_page_cannot_compute_are_refused(shapes):
    with pytest.raises(ValueError, match="must be those of an embedding"):
        export_live.layers_of([np.zeros(shape) for shape in shapes])


def test_the_vocabulary_must_fit_the_weights():
    with pytest.raises(ValueError, match="must be those of an embedding"):
        export_live.Network(letters(), VOCABULARY[:-1])


# What the module computes


@pytest.fixture(scope="module")
def workshop(tmp_path_factory, site):
    """Serve the site once more, with a page on which the tests' own network writes; yield the address."""
    folder = tmp_path_factory.mktemp("workshop")
    live = folder / "_static" / "live"
    live.mkdir(parents=True)
    for path in (SITE / "_static").iterdir():
        if path.name != "live":
            (folder / "_static" / path.name).symlink_to(path)
    for path in (SITE / "_static" / "live").iterdir():
        (live / path.name).symlink_to(path)
    for precision in export_live.FORMATS:
        entry = LETTERS | {"format": precision}
        for file, content in export_live.export(f"letters_{precision}", entry, letters(), "").items():
            (live / file).write_bytes(content)
    for file in ("bin", "json", "svg"):
        (live / f"broken.{file}").write_bytes((live / f"letters_int8.{file}").read_bytes())
    content = bytearray((live / "broken.bin").read_bytes())
    content[1000] ^= 1
    (live / "broken.bin").write_bytes(content)
    plain = (SITE / "chapters" / "appendix" / "live.html").read_text("utf-8")
    for network in ("letters_float16", "broken", "missing"):
        region = opening("writer", network, "It writes", 90_000) + (
            '<p>What there is to see.</p><img class="live-still" src="_static/live/letters_int8.svg" alt="A text">'
        )
        style = '<link rel="stylesheet" href="_static/live/live.css">'
        before, title, after = plain.replace("../../", "").rpartition("</h1>")
        page = "".join([before, title, style, region, closing(network), after])
        (folder / f"{network}.html").write_text(page, "utf-8")
    with served(folder) as address:
        yield address


@pytest.fixture(scope="module")
def module(browser, workshop):
    """Return a function that evaluates JavaScript in which `live` is the module and `given` an argument."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(LIMIT)
    page.goto(f"{workshop}/_static/live/echo.json")

    def run(script, given=None):
        return page.evaluate(
            f"""async given => {{
                const live_address = "{workshop}/_static/live";
                const live = await import(live_address + "/lstm.js");
                {script}
            }}""",
            given,
        )

    yield run
    context.close()


READ = """
    const network = await live.load(given.name);
    return given.sequences.map(sequence => {
        let states = network.start();
        return sequence.map(symbol => {
            const after = network.step(symbol, states);
            states = after.states;
            return [...live.softmax(after.scores)];
        });
    });
"""


def keras_model(weights, n_symbols):
    """Build the network in Keras from the shapes of its weights alone, with an answer after every step."""
    layers = export_live.layers_of(weights)
    x = inputs = keras.Input((None,), dtype="int32")
    for i, layer in enumerate(layers):
        n_outputs = layer["arrays"][0].shape[1]
        if layer["kind"] == "embedding":
            x = keras.layers.Embedding(n_symbols, n_outputs)(x)
            continue
        if i == 0:
            x = keras.layers.CategoryEncoding(n_symbols, output_mode="one_hot")(keras.ops.expand_dims(x, -1))
        if layer["kind"] == "lstm":
            x = keras.layers.LSTM(n_outputs // 4, return_sequences=True)(x)
        else:
            x = keras.layers.Dense(n_outputs, activation="softmax" if layer is layers[-1] else None)(x)
    model = keras.Model(inputs, x)
    model.set_weights(weights)
    return model


def sequences_for(n_symbols, length=40):
    return np.random.default_rng(7).integers(n_symbols, size=(20, length))


NETWORKS = [*SYMBOLS, "letters_float16", "letters_int8"]


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_computes_what_keras_computes(module, name):
    weights, entry = weights_of(name), LIVE.get(name) or LETTERS | {"format": name.removeprefix("letters_")}
    n_symbols = len(export_live.vocabulary_of(entry))
    sequences = sequences_for(n_symbols)
    found = np.array(module(READ, {"name": name, "sequences": sequences.tolist()}))
    rounded = export_live.encode(weights, entry["format"])[2]
    exact = keras_model(rounded, n_symbols)
    np.testing.assert_allclose(found, exact(sequences), atol=1e-4)
    # The test can fail: one wrong weight is seen.
    rounded[-1][0] += 0.01
    exact.set_weights(rounded)
    assert np.abs(found - exact(sequences)).max() > 1e-4


@pytest.mark.parametrize("name", SYMBOLS)
def test_what_rounding_takes_away_is_little_and_is_what_the_appendix_says(module, name):
    """On sequences of the kind that the network reads."""
    description = known(name)
    weights, vocabulary, example = weights_of(name), description["vocabulary"], description["example"]
    if "digits" in example:
        sequences = np.random.default_rng(1).integers(len(vocabulary), size=(50, len(example["digits"])))
        asked = slice(-1, None)
    else:
        text = example.get("start", "") + example["beginning"] + example["text"]
        sequences, asked = np.array([[vocabulary.index(symbol) for symbol in text]]), slice(None)
    found = np.array(module(READ, {"name": name, "sequences": sequences.tolist()}))[:, asked]
    gap = np.abs(found - np.array(keras_model(weights, len(vocabulary))(sequences))[:, asked]).max()
    assert gap < 1e-2


@pytest.mark.parametrize("name", LIVE)
def test_what_rounding_takes_away_is_little_where_it_was_exported(name):
    assert known(name)["differences"][known(name)["format"]] < 1e-2


def test_random_numbers_are_the_same_in_both_languages(module):
    for seed in (0, 1, 2**31, 12345):
        found = module("const r = live.mulberry32(given); return Array.from({length: 99}, r)", seed)
        assert found == list(islice(export_live.mulberry32(seed), 99))
    # The numbers that the public C code of the generator gives for the seed 1.
    assert [round(x * 2**32) for x in islice(export_live.mulberry32(1), 3)] == [2693262067, 11749833, 2265367787]


def test_all_numbers_of_half_precision_are_decoded(module):
    bits = np.arange(2**16, dtype="uint16")
    bits = bits[(bits >> 10 & 31) < 31]  # without the infinite ones and those that are no numbers
    found = module("return Array.from(given, live.half)", bits.tolist())
    np.testing.assert_array_equal(found, bits.view("float16"))


@pytest.mark.parametrize("temperature", [0, 0.5, 1, 1.5])
@pytest.mark.parametrize(("top_k", "nucleus"), [(None, 1), (3, 1), (None, 0.8), (5, 0.3), (1, 1)])
def test_unlikely_symbols_are_cut_alike_in_both_languages(module, temperature, top_k, nucleus):
    scores = np.random.default_rng(0).normal(size=(20, 12)).round(1) * 2  # with ties
    script = """return given.scores.map(s => [...live.cut(live.softmax(s, given.temperature), given)])"""
    given = {"scores": scores.tolist(), "temperature": temperature, "nucleus": nucleus}
    found = np.array(module(script, given | ({"topK": top_k} if top_k else {})))
    wanted = [export_live.cut(export_live.softmax(s, temperature), top_k, nucleus) for s in scores]
    np.testing.assert_allclose(found, wanted, atol=1e-12)
    assert ((found > 0).sum(axis=1) <= (top_k or 12)).all()
    np.testing.assert_allclose(found.sum(axis=1), 1)


def test_symbols_are_drawn_as_often_as_they_are_likely(module):
    shares = [0.5, 0, 0.2, 0.3, 0]
    script = "const r = live.mulberry32(1); return Array.from({length: 20000}, () => live.draw(given, r))"
    drawn = np.bincount(module(script, shares), minlength=5) / 20_000
    np.testing.assert_allclose(drawn, shares, atol=0.02)
    assert drawn[1] == drawn[4] == 0
    assert module("return live.draw(given, () => 1 - 2 ** -53)", [0.5, 0.5 - 1e-9, 0]) == 1


def test_points_of_a_mixture_are_spread_as_it_says(module):
    parameters = np.random.default_rng(0).normal(size=(40, 18))
    means = module("return given.map(p => live.sampleMixture(p, Math.random, 0))", parameters.tolist())
    np.testing.assert_allclose(means, mixture.sample(parameters, np.random.default_rng(0), temperature=0), atol=1e-6)

    script = """const r = live.mulberry32(1);
        return Array.from({length: 20000}, () => live.sampleMixture(given.parameters, r, given.temperature))"""
    for temperature in (1.0, 0.25):
        given = {"parameters": parameters[0].tolist(), "temperature": temperature}
        found = np.array(module(script, given))
        rows = np.broadcast_to(parameters[0], (20_000, 18))
        wanted = mixture.sample(rows, np.random.default_rng(0), temperature)
        np.testing.assert_allclose(found.mean(axis=0), wanted.mean(axis=0), atol=0.1)
        np.testing.assert_allclose(np.cov(found.T), np.cov(wanted.T), rtol=0.1, atol=0.05)
        for quantile in (0.1, 0.5, 0.9):
            np.testing.assert_allclose(*(np.quantile(x.sum(axis=1), quantile) for x in (found, wanted)), atol=0.12)


def random_arrays(*shapes, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape).astype("float32") for shape in shapes]


def as_matrices(arrays):
    return [{"shape": array.shape, "values": array.ravel().tolist()} for array in arrays]


def test_the_window_moves_as_graves_says(module):
    kernel, bias, text = random_arrays((6, 15), (15,), (7, 4))
    states = np.random.default_rng(1).normal(size=(9, 6))
    script = """let places = new Float64Array(5);
        const [kernel, bias, text] = given.arrays;
        return given.states.map(h => {
            const step = live.windowStep([kernel, bias], h, places, text);
            places = step.places;
            return [[...places], [...step.weights], [...step.seen]];
        })"""
    found = module(script, {"arrays": as_matrices([kernel, bias, text]), "states": states.tolist()})
    places = np.zeros(5)
    for h, said in zip(states, found, strict=True):
        a, b, k = np.split(h @ kernel + bias, 3)
        places = places + 0.1 * np.exp(k)
        # phi(u), term by term, as it stands in the paper.
        phi = [sum(export_live.softmax(a) * np.exp(-np.exp(b) * (places - u) ** 2)) for u in range(7)]
        for one, other in zip(said, (places, phi, np.array(phi) @ text), strict=True):
            np.testing.assert_allclose(one, other, atol=1e-6)
        twin = live_pen.window_step([kernel, bias], h, places - 0.1 * np.exp(k), text)
        for one, other in zip(twin, (places, phi, np.array(phi) @ text), strict=True):
            np.testing.assert_allclose(one, other, atol=1e-6)


def test_attention_is_that_of_keras(module):
    query, keys, cells, scale = random_arrays((4,), (9, 4), (9, 6), (4,))
    layer = keras.layers.AdditiveAttention()
    inputs = [query[None, None], cells[None], keys[None]]
    layer(inputs)
    layer.set_weights([scale])
    seen, weights = layer(inputs, return_attention_scores=True)
    script = """const typed = ({ shape, values }) => ({ shape, values: Float64Array.from(values) });
        const [keys, cells] = given.arrays.map(typed);
        const { weights, seen } = live.attend(given.query, keys, cells, given.scale);
        return [[...weights], [...seen]]"""
    given = {"arrays": as_matrices([keys, cells]), "query": query.tolist(), "scale": scale.tolist()}
    for one in (module(script, given), live_captions.attend(query, keys, cells, scale)):
        np.testing.assert_allclose(one[0], np.array(weights)[0, 0], atol=1e-6)
        np.testing.assert_allclose(one[1], np.array(seen)[0, 0], atol=1e-5)


@pytest.mark.parametrize("bias", [0, 0.5, 3])
def test_a_tidy_pen_draws_the_same_moves_in_both_languages(module, bias):
    parameters = np.random.default_rng(0).normal(size=(30, 24))
    script = """const r = live.mulberry32(5);
        return given.parameters.map(p => live.sampleMixture(live.tidy(p, given.bias), r))"""
    found = module(script, {"parameters": parameters.tolist(), "bias": bias})
    random = export_live.mulberry32(5)
    expected = [live_pen.sample_mixture(live_pen.tidy(p, bias), random) for p in parameters]
    np.testing.assert_allclose(found, expected, atol=1e-9)
    if bias == 0:
        np.testing.assert_array_equal(live_pen.tidy(parameters[0], 0), parameters[0])


# The demonstrations


@pytest.fixture
def alone(browser, workshop):
    """Open the page of the network that writes, in the way of `opened`; yield it with the list of faults."""
    with opened(browser, workshop, "letters_float16.html") as (page, faults):
        yield page, faults
    assert faults == []


def start(page, network):
    """Start a network by the keyboard; return its region."""
    region = page.locator(f"#live-{network}")
    region.get_by_role("button", name="Start").press("Enter")
    region.locator(".live-stage").wait_for()
    return region


def letters_in(region):
    return region.locator(".live-text [role=option]")


def test_a_network_writes_the_stored_text(alone):
    page, _ = alone
    region = start(page, "letters_float16")
    region.get_by_role("button", name="Write", exact=True).press("Enter")
    region.locator("[data-state=stopped]").wait_for()
    found = "".join(letters_in(region).all_text_contents())
    assert found.startswith(WRITTEN)
    description = json.loads(export_live.export("letters", LETTERS, letters(), "")["letters.json"])
    assert found == description["example"]["text"]
    assert f"The network wrote: {found}" in region.get_by_role("listbox").get_attribute("aria-label")
    region.get_by_role("button", name="Another").press("Enter")
    region.locator("[data-state=stopped]").wait_for()
    assert region.get_by_label("Seed").input_value() == "4"
    assert "".join(letters_in(region).all_text_contents()) != found
    region.get_by_label("Seed").fill("3")
    region.get_by_label("Beginning").press("Enter")
    assert "".join(letters_in(region).all_text_contents()) == found


def test_settings_and_the_beginning_count(alone):
    page, _ = alone
    region = start(page, "letters_float16")
    region.get_by_label("Temperature").press("Home")
    assert region.locator(".live-value").inner_text() == "0.0"
    region.get_by_label("Beginning").fill("The Cell ß")
    region.get_by_label("Choose among").select_option("the 3 likeliest (top-k)")
    region.get_by_label("Beginning").press("Enter")
    assert region.locator(".live-given").text_content() == "the cell "
    written = [letters_in(region).all_text_contents()]
    network = export_live.Network(export_live.encode(letters(), "float16")[2], list(VOCABULARY))
    expected = islice(export_live.write(network, "the cell ", 0, temperature=0, start="\n"), 120)
    assert written[0] == [VOCABULARY[symbol] for symbol, _ in expected]
    # At temperature 0 there is nothing to choose, so neither the seed nor the cut matters.
    region.get_by_role("button", name="Another").press("Enter")
    assert letters_in(region).all_text_contents() == written[0]


def test_each_letter_shows_what_it_was_chosen_from(alone):
    page, _ = alone
    region = start(page, "letters_float16")
    region.get_by_role("button", name="Write", exact=True).press("Enter")
    listbox, options = region.get_by_role("listbox"), letters_in(region)
    caption, rows = region.locator("figcaption"), region.locator(".live-row")
    network = export_live.Network(export_live.encode(letters(), "float16")[2], list(VOCABULARY))
    text = "the memory cell" + "".join(options.all_text_contents())

    def expected(k):
        scores, _, _ = network.read([VOCABULARY.index(letter) for letter in "\n" + text[: k + 15]])
        p = export_live.softmax(scores[-1], 0.6)
        best = VOCABULARY[p.argmax()]
        return f"the network had the choice: {({' ': 'space'}).get(best, best)} {p.max() * 100:.0f}\u00a0%"

    listbox.focus()
    assert expected(0) in caption.text_content()
    for key, k in [("Right", 1), ("Right", 2), ("Left", 1), ("End", 119), ("Right", 119), ("Home", 0)]:
        listbox.press(key.replace("Right", "ArrowRight").replace("Left", "ArrowLeft"))
        assert listbox.get_attribute("aria-activedescendant") == options.nth(k).get_attribute("id")
        assert options.nth(k).get_attribute("aria-selected") == "true"
        assert region.locator("[aria-selected=true]").count() == 1
        assert expected(k) in caption.text_content()
    options.nth(20).hover()
    assert expected(20) in caption.text_content()
    assert rows.count() == 8
    assert region.locator(".live-row.written").count() == 1


def test_letters_come_one_by_one_and_stop_when_asked(browser, workshop):
    context = browser.new_context(reduced_motion="no-preference")
    page = context.new_page()
    page.set_default_timeout(LIMIT)
    page.clock.install()
    page.clock.pause_at("2030-01-01")  # the clock moves when the test says so
    page.goto(f"{workshop}/letters_float16.html")
    region = start(page, "letters_float16")
    options = letters_in(region)
    region.get_by_role("button", name="Write", exact=True).press("Enter")
    assert options.count() == 1
    page.clock.run_for(10 * PAUSE)
    assert options.count() == 11
    region.get_by_role("button", name="Stop").press("Enter")
    assert "11 letters" in region.locator(".live-status").inner_text()
    page.clock.run_for(10 * PAUSE)
    assert options.count() == 11
    region.get_by_role("button", name="Write", exact=True).press("Enter")
    page.clock.run_for(4 * PAUSE)
    page.keyboard.press("Escape")
    page.clock.run_for(10 * PAUSE)
    assert options.count() == 5
    region.get_by_role("button", name="Write", exact=True).press("Enter")
    page.clock.run_for(200 * PAUSE)
    assert options.count() == 120
    context.close()


def test_without_motion_a_text_is_there_at_once(alone):
    page, _ = alone
    region = start(page, "letters_float16")
    count = region.get_by_role("button", name="Write", exact=True).evaluate(
        "button => { button.click(); return document.querySelectorAll('.live-text [role=option]').length }"
    )
    assert count == 120


def test_gates_and_answer_follow_the_digits(browser, site):
    """By keyboard alone, from the region's button on."""
    network = export_live.Network(export_live.encode(weights_of("echo"), "float16")[2], list("0123456789"))
    with opened(browser, site, f"{page_of('echo')}.html") as (page, faults):
        region = start(page, "echo")
        answer = region.locator(".live-answer")
        assert "After 10 of 10 digits the network says 7, with probability 1.00" in answer.inner_text()
        assert page.evaluate("document.activeElement.className") == "live-stage"
        page.keyboard.press("Tab")
        page.keyboard.press("Control+A")
        page.keyboard.type("29a048")
        scores, _, record = network.read([2, 9, 0, 4, 8])
        p = export_live.softmax(scores[-1])
        says = f"After 5 of 5 digits the network says {p.argmax()}, with probability {p.max():.2f}. "
        verdict = "right" if p.argmax() == 9 else "wrong"
        assert says + f"The second digit was 9: {verdict}. It reads digits only" in answer.inner_text()
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowLeft")
        assert "After 4 of 5 digits" in answer.inner_text()
        region.locator("summary").press("Enter")
        rows = region.locator("table tr").all_inner_texts()
        shown = [[float(x) for x in row.split()] for row in rows[1:]]
        names = ["forget gate", "input gate", "output gate", "cell state"]
        assert len(shown) == 8
        for unit, *values in shown:
            np.testing.assert_allclose(values, [record[name][3, int(unit)] for name in names], atol=0.0051)
        # Opened forget gates: the same as other biases.
        region.get_by_label("forget biases").press("End")
        weights = export_live.encode(weights_of("echo"), "float16")[2]
        weights[2][32:64] += 4
        scores, _, _ = export_live.Network(weights, list("0123456789")).read([2, 9, 0, 4])
        p = export_live.softmax(scores[-1])
        assert f"says {p.argmax()}, with probability {p.max():.2f}" in answer.inner_text()
        region.get_by_label("Digits", exact=True).fill("")
        assert "Type some digits" in answer.inner_text()
        region.get_by_label("Digits", exact=True).fill("3")
        assert "It has not read a second digit yet" in answer.inner_text()
        # What the chapter says of the first forty random digits.
        extra = region.get_by_label("forget biases")
        extra.press("Home")
        region.get_by_role("button", name="40 random digits").press("Enter")
        assert "After 40 of 40 digits" in answer.inner_text() and "wrong" in answer.inner_text()
        extra.press("ArrowRight")
        extra.press("ArrowRight")
        assert region.get_by_text("+ 1.0").count() and "right" in answer.inner_text()
    assert faults == []


# The network that composes

composer_tests = pytest.mark.xdist_group("composer")  # in one process: the chapter's cells take half a minute
EXPECT = """
    const { Composer } = await import(live_address + "/composer.js");
    const composer = new Composer(await live.loadParts("fiddle"));
    const tune = composer.begin(given.spot, given.bar);
    return given.notes.map(([p, d, spot, bar]) => {
        const expected = composer.expect(tune);
        composer.add(tune, p, d);
        [tune.spot[tune.p.length], tune.bar[tune.p.length]] = [spot, bar]; // a bar of a real tune may be too short
        return [[...expected.p], [...expected.d]];
    });
"""


def parts_in_page(name):
    content, found = (FOLDER / f"{name}.bin").read_bytes(), {}
    for layer in known(name)["layers"]:
        found[layer["name"]] = []
        for place in layer["arrays"]:
            values = np.frombuffer(content, "<f2", np.prod(place["shape"]), place["at"])
            found[layer["name"]].append(values.reshape(place["shape"]).astype("float32"))
    return found


@composer_tests
def test_the_composer_is_the_stored_network():
    assert check_export("fiddle", LIVE["fiddle"], *export_live.stored(LIVE["fiddle"]), FOLDER) == []


@composer_tests
@pytest.mark.parametrize("number", [3, 40])
def test_the_composer_computes_what_keras_computes(module, number):
    """On tunes of the validation part, with the copy head and all."""
    names = live_tunes.recipe(LIVE["fiddle"]["chapter"])
    tune = names["tunes"][names["PARTS"]["validation"][number]]
    notes = np.column_stack([tune["p"], tune["d"], [*tune["spot"][1:], 0], [*tune["bar"][1:], 0]]).tolist()
    start = {"spot": int(tune["spot"][0]), "bar": int(tune["bar"][0]), "notes": notes}
    found = module(EXPECT, start)
    counts = {f"log {kind}": np.zeros((len(notes), size)) for kind, size in names["SIZES"].items()}
    inputs = [x[None] for x in names["inputs_of"](tune | counts)]
    gaps = []
    rounded = export_live.encode(weights_of("fiddle"), LIVE["fiddle"]["format"])[2]
    wrong = [w.copy() for w in rounded]
    wrong[-1][names["LENGTHS"].tolist().index(12)] += 0.05
    for weights in (rounded, weights_of("fiddle"), wrong):
        model = names["build_full"](counts=False)
        model.set_weights(weights)
        said = [keras.ops.convert_to_numpy(keras.ops.softmax(x))[0] for x in model(inputs)]
        gaps.append(max(np.abs(np.array(of) - p).max() for of, p in zip(zip(*found, strict=True), said, strict=True)))
    check_gaps(*gaps)


@pytest.fixture
def composing(browser, site):
    with started(browser, site, "fiddle") as found:
        yield found


NOTES = """async region => {
    const heads = [...region.querySelectorAll(".live-note")];
    return heads.map(head => head.classList.contains("live-copied"));
}"""


def compose(region, button="New tune"):
    region.get_by_role("button", name=button).press("Enter")
    region.locator("[data-state=stopped]").wait_for()
    summary = region.locator("summary")
    if not region.locator("details").get_attribute("open") and not region.locator("pre").is_visible():
        summary.press("Enter")
    return region.locator("pre").inner_text()


def test_a_seed_gives_the_stored_tune(composing):
    _, region = composing
    example = known("fiddle")["example"]
    table = pd.DataFrame([row[:4] for row in example["tune"]], columns=["bar", "place", "duration", "pitch"])
    expected = notation.write_abc(table.assign(metre=example["metre"], sharps=2), "New tune, seed 1")
    assert [*map(str.strip, compose(region).split("\n"))] == [*map(str.strip, expected.split("\n"))]
    assert region.evaluate(NOTES) == [row[4] > 0.5 for row in example["tune"]]
    assert f"{len(table)} notes" in region.locator(".live-status").inner_text()
    other = compose(region, "Another")
    assert "seed 2" in other and other.split("K:")[1] != expected.split("K:")[1]
    region.get_by_label("Seed").fill("1")
    assert compose(region).split("K:")[1].split() == expected.split("K:")[1].split()


def test_metre_and_temperature_count(composing):
    _, region = composing
    region.get_by_label("Metre").select_option("6/8")
    region.get_by_label("Temperature").press("Home")
    first = compose(region)
    assert "M:6/8" in first
    again = compose(region, "Another")
    tunes = [notation.read_abc(text) for text in (first, again)]
    # At temperature 0 nothing is drawn but the upbeat.
    firsts = [tune.loc[tune["bar"] > 0, "pitch"].iloc[0] for tune in tunes]
    assert all(tune["bar"].max() == 16 for tune in tunes) and len(firsts) == 2
    assert tunes[0].groupby("bar")["duration"].sum().loc[1:15].median() == 72


def test_a_new_tune_is_played_and_stopped_by_keyboard(composing):
    page, region = composing
    status, stage = region.locator(".live-status"), region.locator(".live-stage")
    region.get_by_role("button", name="Play").press("Enter")
    assert status.inner_text() == "Ask for a new tune first."
    compose(region)
    region.get_by_role("button", name="Play").press("Enter")
    assert stage.get_attribute("data-state") == "playing"
    assert f"Playing: {len(known('fiddle')['example']['tune'])} notes" in status.inner_text()
    region.locator(".live-sounding").wait_for()
    region.get_by_role("button", name="Stop").press("Enter")
    assert status.inner_text() == "Stopped." and not region.locator(".live-sounding").count()
    region.get_by_role("button", name="Play").press("Enter")
    page.keyboard.press("Escape")
    assert stage.get_attribute("data-state") == "stopped"


@composer_tests
def test_what_the_page_says_of_a_tune_is_what_the_chapter_measures(composing):
    _, region = composing
    compose(region)
    composer = live_tunes.Composer(parts_in_page("fiddle"), live_tunes.recipe(LIVE["fiddle"]["chapter"]))
    found = live_tunes.judge(composer, [known("fiddle")["example"]["tune"]])
    said = re.findall(r"\d+", region.locator(".live-status").inner_text())
    _, bars, again, key, *_ = map(int, said)
    assert again / bars == pytest.approx(found["bars again"], abs=1e-3)
    assert key == pytest.approx(100 * found["in key"], abs=0.6)


# The network that writes by hand

LINES = """
    const { Pen } = await import(live_address + "/pen.js");
    const pen = new Pen(await live.loadParts("hand"));
    return given.map(({ text, hand, points }) => {
        const line = pen.begin(text, hand);
        return points.map(point => {
            const { move, pen: scores } = pen.expect(line, point);
            return [...move, ...scores, ...line.weights];
        });
    });
"""


def test_the_pen_is_the_stored_network():
    assert check_export("hand", LIVE["hand"], *export_live.stored(LIVE["hand"]), FOLDER) == []


def test_a_pen_of_other_parts_is_refused():
    weights = weights_of("hand")
    for wrong in (
        weights[:-1],
        [weights[1], weights[0], *weights[2:]],
        [*weights[:5], weights[5][:, :-1], weights[6][:-1]],
    ):
        with pytest.raises(ValueError, match="those of an LSTM, a window and a pen"):
            live_pen.parts_of(wrong)


def test_the_pen_computes_what_keras_computes(module):
    """On lines of the validation part, with the window and all."""
    names = live_pen.recipe(LIVE["hand"]["chapter"])
    paths, lengths, texts, hands = names["make_lines"](5, 10, "validation")
    inputs, _, _ = names["frame_lines"](paths, lengths, texts, hands)
    given = [
        {"text": text, "hand": int(hand), "points": before[:n].tolist()}
        for text, hand, before, n in zip(texts, hands, inputs[0], lengths, strict=True)
    ]
    found = module(LINES, given)
    model, gaps = names["build_writer"](), []
    n_gaussians = (model.output_shape[-1] - 3) // 6

    def probabilities(numbers):
        """Shares of the Gaussians, means, spreads, correlations, and what the pen does then."""
        shares, first, second, *spreads, raw = np.split(numbers[:, :-3], 6, axis=1)
        soft = [np.array([export_live.softmax(row) for row in rows]) for rows in (shares, numbers[:, -3:])]
        return np.hstack([*soft, first, second, *map(np.exp, spreads), np.tanh(raw)])

    rounded = export_live.encode(weights_of("hand"), LIVE["hand"]["format"])[2]
    wrong = [w.copy() for w in rounded]
    wrong[4][0] += 0.05  # a bell of the window
    for weights in (rounded, weights_of("hand"), wrong):
        model.set_weights(weights)
        said = keras.ops.convert_to_numpy(model(inputs)).astype(float)
        pairs = [
            (np.array(one)[:, : 6 * n_gaussians + 3], other[: len(one)]) for one, other in zip(found, said, strict=True)
        ]
        gaps.append(max(np.abs(probabilities(one) - probabilities(other)).max() for one, other in pairs))
    check_gaps(*gaps)


@pytest.fixture
def writing(browser, site):
    with started(browser, site, "hand") as found:
        yield found


def line_in(region):
    """Return the points that are drawn, stroke by stroke."""
    paths = region.locator(".live-paper path").evaluate_all("paths => paths.map(path => path.getAttribute('d'))")
    return [np.array(re.findall(r"-?[\d.]+", path), float).reshape(-1, 2) for path in paths]


def write_line(region, button="Write"):
    region.get_by_role("button", name=button, exact=True).press("Enter")
    region.locator("[data-state=stopped]").wait_for()
    return line_in(region)


def test_a_seed_gives_the_stored_line(writing):
    _, region = writing
    points = np.array(known("hand")["example"]["points"])
    strokes = np.split(points[:, :2] * [100, -100], np.flatnonzero(points[:-1, 2]) + 1)
    found = write_line(region)
    assert [len(stroke) for stroke in found] == [len(stroke) for stroke in strokes]
    np.testing.assert_allclose(np.concatenate(found), np.concatenate(strokes), atol=0.06)
    assert (
        f"{len(points)} points for “{known('hand')['example']['text']}”" in region.locator(".live-status").inner_text()
    )
    other = write_line(region, "Another")
    assert region.get_by_label("Seed").input_value() == "2"
    assert len(np.concatenate(other)) != len(points) or np.abs(np.concatenate(other) - np.concatenate(found)).max() > 1
    region.get_by_label("Seed").fill("1")
    np.testing.assert_array_equal(np.concatenate(write_line(region)), np.concatenate(found))


def test_text_hand_and_tidiness_count(writing):
    _, region = writing
    names = live_pen.recipe(LIVE["hand"]["chapter"])
    parts = live_pen.parts_of(export_live.encode(weights_of("hand"), "float16")[2])
    pen = live_pen.Pen(parts, names["SYMBOLS"], names["PLACES"], len(names["HANDS"]))
    hand = region.get_by_role("combobox")
    region.get_by_label("Number or word").fill("1815")
    assert hand.input_value() == str(known("hand")["numbers"])  # the hand that writes numbers
    region.get_by_label("Tidiness").press("Home")
    assert region.locator(".live-value").first.inner_text() == "0.00"
    expected = np.array([point[:2] for point in pen.write("1815", known("hand")["numbers"], 0, 1)]) * [100, -100]
    np.testing.assert_allclose(np.concatenate(write_line(region)), expected, atol=0.06)
    region.get_by_label("Number or word").fill("Tea?")
    assert hand.input_value() == "0"
    hand.select_option("1")
    region.get_by_label("Number or word").press("Enter")
    expected = np.array([point[:2] for point in pen.write("tea", 1, 0, 1)]) * [100, -100]
    np.testing.assert_allclose(np.concatenate(line_in(region)), expected, atol=0.06)
    status = region.locator(".live-status")
    assert "It has never seen ?: left out." in status.inner_text()
    hand.select_option(str(known("hand")["numbers"]))
    write_line(region)
    assert "this hand never wrote such a text" in status.inner_text()
    region.get_by_label("Number or word").fill("!")
    region.get_by_label("Number or word").press("Enter")
    assert "Type a number or a word first." in status.inner_text()


def test_the_window_can_be_looked_at_point_by_point(writing):
    _, region = writing
    write_line(region)
    text, slider = known("hand")["example"]["text"], region.get_by_label("Look at point")
    slider.press("Home")
    assert f"window lies mostly on {text[0]}, character 1 of {len(text)}" in region.locator(".live-legend").inner_text()
    assert sum(map(len, line_in(region))) == 1
    slider.press("End")
    assert "window lies mostly on the end" in region.locator(".live-legend").inner_text()
    assert "window on the end" in slider.get_attribute("aria-valuetext")


def test_points_come_one_by_one_and_stop_when_asked(browser, site):
    with at_a_standstill(browser, site, "hand") as (page, region):
        region.get_by_role("button", name="Write", exact=True).press("Enter")
        page.clock.run_for(10 * 30)
        assert sum(map(len, line_in(region))) == 11
        page.keyboard.press("Escape")
        assert "Stopped at point 11" in region.locator(".live-status").inner_text()
        page.clock.run_for(10 * 30)
        assert sum(map(len, line_in(region))) == 11
        region.get_by_role("button", name="Write", exact=True).press("Enter")
        page.clock.run_for(300 * 30)
        assert sum(map(len, line_in(region))) == len(known("hand")["example"]["points"])


# The network that describes pictures

CAPTIONS = """
    const { begin, speak } = await import(live_address + "/captioner.js");
    const { description, parts, array } = await live.loadParts("people");
    const cells = array(description.data.cells);
    const [, count, size] = cells.shape;
    return given.map((words, k) => {
        const values = cells.values.subarray(k * count * size, (k + 1) * count * size);
        let state = begin(parts, { shape: [count, size], values });
        return words.map(word => {
            const said = speak(parts, word, state);
            state = said.state;
            return [[...said.probabilities], [...said.weights]];
        });
    });
"""


def data_in_page(name, key):
    place = known(name)["data"][key]
    kind = {"float16": "<f2", "uint8": "u1"}[place["format"]]
    content = (FOLDER / f"{name}.bin").read_bytes()
    return np.frombuffer(content, kind, np.prod(place["shape"]), place["at"]).reshape(place["shape"])


def test_the_captioner_is_the_stored_network():
    weights, checksum = export_live.stored(LIVE["people"])
    source = live_captions.source_of(LIVE["people"], weights)
    maps = data_in_page("people", "cells")
    np.testing.assert_allclose(maps, source["cells"], rtol=2e-3, atol=2e-3)  # other processors round differently
    assert check_export("people", LIVE["people"], weights, checksum, FOLDER, source=source | {"cells": maps}) == []


def test_the_captioner_computes_what_keras_computes(module):
    """On the maps of the page's pictures: probabilities of words, and where the network looks."""
    names = live_captions.recipe(LIVE["people"]["chapter"])
    maps, description = data_in_page("people", "cells").astype("float32"), known("people")
    rng = np.random.default_rng(0)
    words = rng.integers(3, len(description["vocabulary"]), (len(maps), description["steps"]))
    words[:, 0] = description["start"]
    found = module(CAPTIONS, words.tolist())
    said, looked = (np.array([[step[i] for step in one] for one in found]) for i in (0, 1))
    rounded, gaps = export_live.encode(weights_of("people"), LIVE["people"]["format"])[2], []
    model = names["build"]()
    score = model.get_layer("score")
    wrong = [w.copy() for w in rounded]
    wrong[-1][description["end"]] += 0.05
    for weights in (rounded, weights_of("people"), wrong):
        model.set_weights(weights)
        speaker = keras.Model([model.get_layer("cells").output, model.inputs[2]], model.output)
        gaps.append(np.abs(said - keras.ops.convert_to_numpy(speaker([maps, words]))).max())
    query = keras.Model([model.inputs[2], model.get_layer("cells").output], model.get_layer("query").output)
    keys = keras.Model(model.get_layer("cells").output, model.get_layer("key").output)
    _, weights = score([query([words, maps]), maps, keys(maps)], return_attention_scores=True)
    np.testing.assert_allclose(looked, weights, atol=1e-4)
    check_gaps(*gaps)


@pytest.fixture
def describing(browser, site):
    with started(browser, site, "people") as found:
        yield found


def test_every_picture_gets_its_stored_caption(describing):
    _, region = describing
    description = known("people")
    status, words = region.locator(".live-status"), region.get_by_role("listbox")
    pictures = region.locator(".live-gallery button")
    assert pictures.count() == len(description["pictures"])
    for k, (title, written) in enumerate(zip(description["pictures"], description["example"]["captions"], strict=True)):
        pictures.nth(k).press("Enter")
        assert pictures.nth(k).get_attribute("aria-pressed") == "true"
        assert region.locator("[aria-pressed=true]").count() == 1
        verdict = "Exactly right." if title == written else f"The picture is called “{title}”."
        assert status.inner_text().startswith(f"It says: “{written}”. {verdict}")
        assert f"The network says: {written}." in words.get_attribute("aria-label")
        assert [*written.split(), "(end)"] == words.get_by_role("option").all_inner_texts()


def test_each_word_shows_where_the_network_looked_and_what_it_could_say(describing):
    _, region = describing
    description = known("people")
    parts = {name: arrays for name, arrays in parts_in_page("people").items()}
    maps = data_in_page("people", "cells").astype("float32")
    settings = {key: description[key] for key in ("start", "end", "steps")}
    region.get_by_role("button", name="Picture 3", exact=True).press("Enter")
    said = live_captions.caption(parts, maps[2], **settings)
    words, caption = region.get_by_role("listbox"), region.locator("figcaption")
    pixels = "canvas => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]"
    painted = set()
    words.focus()
    for key, k in [("Home", 0), ("ArrowRight", 1), ("End", len(said) - 1), ("ArrowLeft", len(said) - 2)]:
        words.press(key)
        word, probabilities, weights = said[k]
        name = "(end)" if word == description["end"] else description["vocabulary"][word]
        row, column = divmod(int(weights.argmax()), description["grid"])
        place = [["top", "middle", "bottom"][3 * row // 6], ["left", "centre", "right"][3 * column // 6]]
        share = f"{round(100 * probabilities[word])}\u00a0%"
        assert f"Word {k + 1}, {name}: it looked most at the {' '.join(place)}" in caption.inner_text()
        assert f"{name} {share}" in caption.text_content()
        assert region.locator(".live-row").count() == 5 and region.locator(".live-row.written").count() == 1
        side = 6 * description["size"]
        image = np.array(region.locator(".live-look > canvas").evaluate(pixels)).reshape(side, side, 4)
        cells = image[..., :3].reshape(6, side // 6, 6, side // 6, 3).mean(axis=(1, 3, 4))
        # The brightest cell is not darkened: as bright as in the picture.
        own = data_in_page("people", "pixels")[2].reshape(6, 8, 6, 8, 3).mean(axis=(1, 3, 4))
        np.testing.assert_allclose(cells[row, column], own[row, column], atol=6)
        painted.add(cells.tobytes())
    assert len(painted) > 1


def test_words_come_one_by_one(browser, site):
    with at_a_standstill(browser, site, "people") as (page, region):
        options = region.get_by_role("listbox").get_by_role("option")
        region.get_by_role("button", name="Picture 1", exact=True).press("Enter")
        assert options.count() == 1
        page.clock.run_for(700)
        assert options.count() == 2
        page.keyboard.press("Escape")
        assert options.count() == len(known("people")["example"]["captions"][0].split()) + 1
        assert "It says" in region.locator(".live-status").inner_text()


# In the pages

EVERY = [(name, demonstration, network) for name, found in PAGES.items() for demonstration, network in found]
WRITERS = [(name, network) for name, demonstration, network in EVERY if demonstration == "writer"]


@pytest.mark.parametrize(("name", "network"), WRITERS)
def test_a_network_of_the_book_writes_its_stored_text(browser, site, name, network):
    with opened(browser, site, f"{name}.html") as (page, _):
        region = start(page, network)
        region.get_by_role("button", name="Write", exact=True).press("Enter")
        found = "".join(letters_in(region).all_text_contents())
    assert found == known(network)["example"]["text"]


@pytest.mark.parametrize(("name", "network"), [(name, network) for name, _, network in EVERY])
def test_from_a_file_the_page_says_what_to_do(browser, name, network):
    context = browser.new_context()
    page = context.new_page()
    page.goto((SITE / f"{name}.html").as_uri())
    region = page.locator(f"#live-{network}")
    region.get_by_text("open the book with make serve to run it here").wait_for()
    assert not region.get_by_role("button").count()
    context.close()


def live_requests(requests):
    return {re.sub(r".*/_static/live/|\?.*", "", url) for url in requests if "/_static/live/" in url}


@pytest.mark.parametrize(("name", "demonstration", "network"), EVERY)
def test_nothing_is_fetched_before_it_is_asked_for(browser, site, name, demonstration, network):
    context = browser.new_context()
    page, requests = context.new_page(), []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"{site}/{name}.html", wait_until="networkidle")
    pictures = {known(other)["picture"] for _, other in PAGES[name]}
    assert live_requests(requests) - pictures == {"live.css"}
    start(page, network)
    wanted = {"live.css", "lstm.js", "parts.js", f"{demonstration}.js", f"{network}.json", f"{network}.bin"}
    assert live_requests(requests) - pictures == wanted | FURTHER.get(demonstration, set())
    assert [url for url in requests if not url.startswith((f"{site}/", "data:", "blob:"))] == []
    context.close()


@pytest.mark.parametrize(("name", "demonstration", "network"), EVERY)
def test_a_started_network_can_be_used_by_anybody(browser, site, name, demonstration, network):
    with opened(browser, site, f"{name}.html") as (page, faults):
        use(page, demonstration, network)
        complaints = check_phone(page) + check_accessibility(page) + faults
    assert complaints == []


def test_the_network_that_writes_can_be_used_by_anybody(alone):
    page, faults = alone
    use(page, "writer", "letters_float16")
    assert check_phone(page) + check_accessibility(page) + faults == []


def use(page, demonstration, network):
    region = start(page, network)
    if demonstration == "writer":
        region.get_by_role("button", name="Write", exact=True).press("Enter")
        region.get_by_role("listbox").press("End")
    elif demonstration == "captioner":
        region.get_by_role("button", name="Picture 2", exact=True).press("Enter")
        region.locator("[data-state=stopped]").wait_for()
        region.get_by_role("listbox").press("End")
    elif demonstration == "pen":
        region.get_by_role("button", name="Write", exact=True).press("Enter")
        region.locator("[data-state=stopped]").wait_for()
    elif demonstration == "composer":
        region.get_by_role("button", name="New tune").press("Enter")
        region.locator("[data-state=stopped]").wait_for()
        region.locator("summary").press("Enter")
    else:
        region.locator("summary").press("Enter")


@pytest.mark.parametrize(("name", "demonstration", "network"), EVERY)
def test_without_scripts_a_picture_and_an_explanation_are_left(browser, site, name, demonstration, network):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/{name}.html")
    region = page.locator(f"#live-{network}")
    assert region.locator("img.live-still").is_visible()
    assert region.locator("img.live-still").get_attribute("alt").endswith(".")
    assert region.locator("img.live-still").bounding_box()["height"] > 100
    assert "With JavaScript, the network runs here" in region.inner_text()
    assert len(region.inner_text()) > 250
    assert not region.get_by_role("button").count()
    context.close()


@pytest.mark.parametrize(
    ("name", "complaint"),
    [("broken", "broken.bin does not belong to broken.json"), ("missing", "missing.json is not there")],
)
def test_what_cannot_run_says_so(browser, workshop, name, complaint):
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(LIMIT)
    page.goto(f"{workshop}/{name}.html")
    region = page.locator(f"#live-{name}")
    region.get_by_role("button", name="Start").press("Enter")
    region.get_by_text(f"It does not run: {complaint}").wait_for()
    assert region.locator(".live-stage").is_hidden()
    assert region.get_by_role("button", name="Start").is_enabled()
    context.close()


def check_live_weight(networks, demonstrations, folder):
    """Check what the live parts of a page weigh, all started."""
    files = ["lstm.js", "parts.js", "live.css", *(f"{name}.js" for name in demonstrations)]
    files += {file for name in demonstrations for file in FURTHER.get(name, ())}
    files += [f"{name}.{suffix}" for name in networks for suffix in ("json", "bin")]
    size = sum((folder / file).stat().st_size for file in files)
    return [f"its live parts weigh {size / 1e6:.2f} MB, over {HEAVIEST_PAGE / 1e6}"] if size > HEAVIEST_PAGE else []


@pytest.mark.parametrize("name", PAGES)
def test_the_live_parts_of_a_page_are_light(name):
    demonstrations, networks = ({*column} for column in zip(*PAGES[name], strict=True))
    assert check_live_weight(networks, demonstrations, FOLDER) == []


def test_check_live_weight_complains(tmp_path):
    for file in ("lstm.js", "parts.js", "live.css", "gates.js", "echo.json"):
        (tmp_path / file).touch()
    for size, complaints in ((HEAVIEST_PAGE, 0), (HEAVIEST_PAGE + 1, 1)):
        with (tmp_path / "echo.bin").open("wb") as file:
            file.truncate(size)
        assert len(check_live_weight(["echo"], ["gates"], tmp_path)) == complaints


@pytest.mark.parametrize(("body", "sheets"), [('<section class="live" id="x">', 2), ("<p>", 1)])
def test_pages_carry_no_script_of_a_live_part_and_its_style_only_where_there_is_one(body, sheets):
    scripts = [SimpleNamespace(filename=f"_static/{name}.js") for name in ("book", "live/lstm", "live/gates")]
    styles = [SimpleNamespace(filename=f"_static/{name}.css") for name in ("book", "live/live")]
    context = {"script_files": scripts, "css_files": styles, "body": body}
    only_when_asked(None, "", "", context, None)
    assert [script.filename for script in context["script_files"]] == ["_static/book.js"]
    assert len(context["css_files"]) == sheets
