"""Tunes that a page plays: that they are the stored ones, and that anybody can start and stop them."""

import json
import re

import numpy as np
import pytest
from PIL import Image

from tests.test_site import LIMIT, check_accessibility, check_phone, opened
from tests.test_structure import BOOK, markdown
from tools import export_tunes
from tools.export_tunes import FOLDER, TUNES

PAGES = [
    (name, tunes)
    for name, notebook in BOOK.items()
    for tunes in re.findall(r"^[`:]{3,}\{tunes\} (\w+)", "\n\n".join(markdown(notebook)), re.MULTILINE)
]


def notes_of(name):
    return [tune["notes"] for tune in json.loads((FOLDER / f"{name}.json").read_text("utf-8"))]


# What lies in _static/tunes


@pytest.mark.parametrize("name", TUNES)
def test_the_page_gets_the_stored_tunes(name):
    files = export_tunes.export(name)
    advice = "run `python -m tools.export_tunes`"
    assert (FOLDER / f"{name}.json").read_bytes() == files[f"{name}.json"], advice
    assert {path.name for path in FOLDER.glob(f"{name}*")} == set(files), advice
    assert sum(len(content) for content in files.values()) < 300_000


def test_every_set_of_tunes_is_in_a_page():
    assert {tunes for _, tunes in PAGES} == set(TUNES)


@pytest.mark.parametrize("name", TUNES)
def test_notes_follow_each_other(name):
    for notes in notes_of(name):
        time, duration, pitch = np.transpose(notes)
        assert time[0] == 0 and (np.diff(time) == duration[:-1]).all() and (duration > 0).all()
        assert ((pitch > 40) & (pitch < 100)).all()


@pytest.mark.parametrize("name", TUNES)
def test_the_head_of_a_note_is_where_it_is_said_to_be(name):
    for tune in json.loads((FOLDER / f"{name}.json").read_text("utf-8")):
        with Image.open(FOLDER / tune["picture"]) as picture:
            dark = np.array(picture.convert("L")) < 128
        for right, down in tune["places"]:
            row, column = round(down * dark.shape[0]), round(right * dark.shape[1])
            assert dark[row - 6 : row + 7, column - 6 : column + 7].any()
        assert len(tune["places"]) == len(tune["notes"])


# In the page


def start(page, tunes):
    """Start the player by the keyboard; return its region."""
    region = page.locator(f"#live-{tunes}")
    region.get_by_role("button", name="Start").press("Enter")
    region.locator(".live-stage").wait_for()
    return region


@pytest.mark.parametrize(("name", "tunes"), PAGES)
def test_notes_get_their_time_and_their_frequency(browser, site, name, tunes):
    with opened(browser, site, f"{name}.html") as (page, _):
        script = """async ([address, notes]) =>
            (await import(address)).schedule(notes, 240).map(({ from, to, hertz }) => [from, to, hertz])"""
        found = page.evaluate(script, [f"{site}/_static/live/player.js", notes_of(tunes)[0]])
    time, duration, pitch = np.transpose(notes_of(tunes)[0])
    eighth = 60 / 240
    expected = [time / 12 * eighth, (time + duration) / 12 * eighth, 440 * 2 ** ((pitch - 69) / 12)]
    np.testing.assert_allclose(found, np.transpose(expected), rtol=1e-12)


@pytest.mark.parametrize(("name", "tunes"), PAGES)
def test_a_tune_is_played_and_stopped_by_keyboard(browser, site, name, tunes):
    with opened(browser, site, f"{name}.html") as (page, faults):
        region = start(page, tunes)
        status, stage = region.get_by_role("status").last, region.locator(".live-stage")
        assert status.inner_text() == "Choose a tune and press Play."
        region.get_by_role("button", name="Play").press("Enter")
        assert stage.get_attribute("data-state") == "playing"
        assert f"Playing: {len(notes_of(tunes)[0])} notes" in status.inner_text()
        region.get_by_role("button", name="Stop").press("Enter")
        assert status.inner_text() == "Stopped."
        region.get_by_role("button", name="Play").press("Enter")
        page.keyboard.press("Escape")
        assert stage.get_attribute("data-state") == "stopped"
        for k, tune in enumerate(json.loads((FOLDER / f"{tunes}.json").read_text("utf-8"))):
            region.get_by_role("combobox").select_option(str(k))
            picture = region.locator(f"img[src$='{tune['picture']}']")
            page.wait_for_function(
                "picture => picture.complete && picture.naturalWidth > 500", arg=picture.element_handle()
            )
            assert picture.get_attribute("alt") == f"{tune['title']}, on a staff."
        region.get_by_label("Eighth notes a minute").press("End")
        assert region.locator(".live-value").inner_text() == "480"
        complaints = check_phone(page) + check_accessibility(page) + faults
    assert complaints == []


@pytest.mark.parametrize(("name", "tunes"), PAGES)
def test_a_tune_ends_by_itself(browser, site, name, tunes):
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(LIMIT)
    page.clock.install()
    page.goto(f"{site}/{name}.html")
    region = start(page, tunes)
    region.get_by_role("button", name="Play").press("Enter")
    page.clock.run_for(200_000)
    region.get_by_text("Played to its end.").wait_for()
    context.close()


@pytest.mark.parametrize(("name", "tunes"), PAGES)
def test_the_note_that_is_heard_is_marked_and_the_speed_can_change(browser, site, name, tunes):
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.set_default_timeout(LIMIT)
    page.clock.install()
    page.goto(f"{site}/{name}.html")
    region = start(page, tunes)
    mark, scroll = region.locator(".live-mark"), region.locator(".live-table")
    assert region.locator(".live-hint").is_visible() and not mark.is_visible()
    assert region.get_by_role("button", name="Stop").is_disabled()
    region.get_by_role("button", name="Play").press("Enter")
    places = json.loads((FOLDER / f"{tunes}.json").read_text("utf-8"))[0]["places"]
    seen = set()
    for _ in range(12):
        page.clock.run_for(500)
        left, top = (float(mark.evaluate(f"mark => mark.style.{side}").removesuffix("%")) for side in ("left", "top"))
        seen.add(min(range(len(places)), key=lambda k: abs(100 * places[k][0] - left) + abs(100 * places[k][1] - top)))
        box, frame = mark.bounding_box(), scroll.bounding_box()
        assert frame["x"] - 20 < box["x"] < frame["x"] + frame["width"]
    assert len(seen) > 8
    said = region.get_by_role("status").last.inner_text()
    region.get_by_label("Eighth notes a minute").press("Home")
    assert region.locator(".live-stage").get_attribute("data-state") == "playing"
    assert region.get_by_role("status").last.inner_text() != said
    page.clock.run_for(1000)
    assert mark.is_visible()
    region.get_by_role("button", name="Stop").press("Enter")
    assert not mark.is_visible() and region.get_by_role("button", name="Stop").is_disabled()
    context.close()


@pytest.mark.parametrize(("name", "tunes"), PAGES)
def test_nothing_is_fetched_before_it_is_asked_for(browser, site, name, tunes):
    context = browser.new_context()
    page, requests = context.new_page(), []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"{site}/{name}.html", wait_until="networkidle")
    assert not [url for url in requests if "/_static/tunes/" in url or "player.js" in url]
    start(page, tunes).locator(".live-tune").wait_for()
    wanted = {"player.js", "parts.js", f"{tunes}.json", f"{tunes}-0.png"}
    assert wanted <= {url.rpartition("/")[2] for url in requests}
    assert [url for url in requests if not url.startswith((f"{site}/", "data:", "blob:"))] == []
    context.close()


@pytest.mark.parametrize(("name", "tunes"), PAGES)
def test_without_scripts_an_explanation_is_left(browser, site, name, tunes):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/{name}.html")
    region = page.locator(f"#live-{tunes}")
    assert "With JavaScript, your browser plays the tunes here." in region.inner_text()
    assert not region.get_by_role("button").count()
    context.close()
