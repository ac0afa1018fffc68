"""Networks that run in a page: that they are the stored ones, compute what Keras computes, and can be used by anybody.

Beside the networks of the book there is one of the tests' own, "letters", which `tests/live/train.py` trained: it shows
that a network that writes works, whatever the book has of that kind.
"""

import json
import re
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from _ext.live import CLOSING, only_when_asked, opening
from lstmbook import mixture
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
from tools import export_live
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


def letters():
    """Return the weights of the tests' own network, in the order of Keras's set_weights."""
    with np.load(Path(__file__).parent / "live" / "letters.npz") as file:
        return [file[str(i)].astype("float32") for i in range(len(file.files))]


def weights_of(name):
    return letters() if name.startswith("letters") else export_live.stored(LIVE[name])[0]


# What lies in _static/live


def check_export(name, entry, weights, checksum, folder):
    """Check that the files of a network are those that the stored weights give."""
    files = export_live.export(name, entry, weights, checksum)
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
    pictures = (folder / f"{name}.svg").read_text("utf-8"), files[f"{name}.svg"].decode()
    if len({re.sub(r"[\d.]+", "0", picture) for picture in pictures}) > 1:
        complaints.append(f"{name}.svg is another picture: {advice}")
    return complaints


@pytest.mark.parametrize("name", LIVE)
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
    files = {path.name for path in FOLDER.iterdir() if path.suffix in (".bin", ".json", ".svg")}
    assert files == {f"{name}.{suffix}" for name in LIVE for suffix in ("bin", "json", "svg")}
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
        page = "".join([before, title, style, region, CLOSING.format(network=network), after])
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
            f"async given => {{ const live = await import('{workshop}/_static/live/lstm.js'); {script} }}", given
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


NETWORKS = [*LIVE, "letters_float16", "letters_int8"]


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


@pytest.mark.parametrize("name", LIVE)
def test_what_rounding_takes_away_is_little_and_is_what_the_appendix_says(module, name):
    """On sequences of the kind that the network reads."""
    known = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    weights, vocabulary, example = weights_of(name), known["vocabulary"], known["example"]
    if "digits" in example:
        sequences = np.random.default_rng(1).integers(len(vocabulary), size=(50, len(example["digits"])))
        asked = slice(-1, None)
    else:
        text = example.get("start", "") + example["beginning"] + example["text"]
        sequences, asked = np.array([[vocabulary.index(symbol) for symbol in text]]), slice(None)
    found = np.array(module(READ, {"name": name, "sequences": sequences.tolist()}))[:, asked]
    gap = np.abs(found - np.array(keras_model(weights, len(vocabulary))(sequences))[:, asked]).max()
    assert gap < 1e-2
    assert known["differences"][known["format"]] < 1e-2


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
    known = json.loads(export_live.export("letters", LETTERS, letters(), "")["letters.json"])
    assert found == known["example"]["text"]
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
    page_name = next(name for name, found in PAGES.items() if ("gates", "echo") in found)
    with opened(browser, site, f"{page_name}.html") as (page, faults):
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


# In the pages

EVERY = [(name, demonstration, network) for name, found in PAGES.items() for demonstration, network in found]
WRITERS = [(name, network) for name, demonstration, network in EVERY if demonstration == "writer"]


@pytest.mark.parametrize(("name", "network"), WRITERS)
def test_a_network_of_the_book_writes_its_stored_text(browser, site, name, network):
    with opened(browser, site, f"{name}.html") as (page, _):
        region = start(page, network)
        region.get_by_role("button", name="Write", exact=True).press("Enter")
        found = "".join(letters_in(region).all_text_contents())
    assert found == json.loads((FOLDER / f"{network}.json").read_text("utf-8"))["example"]["text"]


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
    assert live_requests(requests) == {"live.css"}
    start(page, network)
    wanted = {"live.css", "lstm.js", "parts.js", f"{demonstration}.js", f"{network}.json", f"{network}.bin"}
    assert live_requests(requests) == wanted
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
