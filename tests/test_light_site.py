"""What makes the built site light: figures of few colours that look as they did, and no file that no page asks for."""

import base64
import hashlib
import json
from io import BytesIO
from types import SimpleNamespace

import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from _ext.book import AVERAGE, FARTHEST, lighten, lighten_notebook, lighter
from tests.test_site import SITE
from tests.test_structure import BOOK, CHAPTERS, outputs


def png_of(pixels):
    """Return a figure as matplotlib stores it: with an alpha channel."""
    file = BytesIO()
    Image.fromarray(np.asarray(pixels, np.uint8)).convert("RGBA").save(file, "PNG")
    return file.getvalue()


def pixels_of(png):
    return np.asarray(Image.open(BytesIO(png)).convert("RGB")).astype(int)


def differences(png, other):
    """Return how far each pixel of a figure moves, in the colour that moves most."""
    return np.abs(pixels_of(png) - pixels_of(other)).max(axis=2)


def few_colours(rng):
    return rng.integers(256, size=(256, 3))[rng.integers(256, size=(90, 120))]


def soft_edges(rng):
    """A white page with some lines whose edges have 2,000 colours between blue and white."""
    pixels = np.full((300, 400, 3), 255)
    shade = rng.integers(256, size=2000)
    pixels.reshape(-1, 3)[rng.choice(120_000, 2000, replace=False)] = np.stack([shade, shade, shade // 2 + 128], axis=1)
    return pixels


def map_of_shades(rng):
    """Smooth shades everywhere, as in a map: a palette would turn them into bands."""
    x, y = np.meshgrid(np.arange(256), np.arange(256))
    return np.stack([x, y, (x + y) // 2], axis=2)


@pytest.mark.parametrize(
    ("draw", "mode", "farthest"), [(few_colours, "P", 0), (soft_edges, "P", FARTHEST), (map_of_shades, "RGB", 0)]
)
def test_a_lighter_figure_looks_the_same(draw, mode, farthest):
    png = png_of(draw(np.random.default_rng(0)))
    light = lighter(png)
    assert len(light) < len(png)
    assert Image.open(BytesIO(light)).mode == mode
    assert differences(png, light).max() <= farthest
    assert differences(png, light).mean() <= AVERAGE
    assert lighter(light) == light


def test_the_most_frequent_colours_stay_exactly():
    pixels = soft_edges(np.random.default_rng(0))
    pixels[:50] = (250, 200, 3)
    light = pixels_of(lighter(png_of(pixels)))
    assert (light[:50] == (250, 200, 3)).all()
    white = (pixels == 255).all(axis=2)
    assert (light[white] == 255).all()


def test_a_transparent_figure_stays_as_it_is():
    file = BytesIO()
    Image.new("RGBA", (9, 9), (1, 2, 3, 0)).save(file, "PNG")
    assert lighter(file.getvalue()) == file.getvalue()


def notebook_with(png):
    figure = new_output("display_data", data={"image/png": base64.b64encode(png).decode(), "text/plain": "<Figure>"})
    cells = [new_markdown_cell("# Größe"), new_code_cell("plot()", outputs=[figure, new_output("stream", text="1\n")])]
    return json.dumps(new_notebook(cells=cells), ensure_ascii=False, indent=1) + "\n"


def test_only_the_figures_of_a_notebook_change():
    png = png_of(soft_edges(np.random.default_rng(0)))
    stored = notebook_with(png)
    light = lighten_notebook(stored)
    before, after = json.loads(stored), json.loads(light)
    data = after["cells"][1]["outputs"][0]["data"]
    assert base64.b64decode(data["image/png"]) == lighter(png)
    data["image/png"] = before["cells"][1]["outputs"][0]["data"]["image/png"]
    assert after == before
    assert lighten_notebook(light) == light


@pytest.fixture
def built(tmp_path):
    """A site as it comes from the builder."""
    png = png_of(soft_edges(np.random.default_rng(0)))
    icons = '<script src="_static/vendor/fontawesome/6.5.2/js/all.min.js?digest=1"></script>'
    for name, content in {
        "index.html": f'<link href="_static/a.css">\n{icons}\n<script src="_static/a.js"></script>'.encode(),
        "_images/figure.png": png,
        "_sources/chapters/a.ipynb": notebook_with(png).encode(),
        "_static/a.css": b"",
        "_static/a.css.map": b"",
        "_static/a.js": b"",
        "_static/locales/de/sphinx.po": b"",
        "_static/vendor/fontawesome/6.5.2/js/all.min.js": b"",
        "_static/vendor/fontawesome/6.5.2/LICENSE.txt": b"",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return tmp_path


def run(site, exception=None, builder="html"):
    lighten(SimpleNamespace(outdir=site, builder=SimpleNamespace(name=builder)), exception)
    return {str(path.relative_to(site)): path.stat() for path in site.rglob("*") if path.is_file()}


def test_a_built_site_gets_lighter(built):
    png = (built / "_images/figure.png").read_bytes()
    notebook = (built / "_sources/chapters/a.ipynb").read_text("utf-8")
    assert {*run(built)} == {
        "index.html",
        "_images/figure.png",
        "_sources/chapters/a.ipynb",
        "_static/a.css",
        "_static/a.js",
        "_static/vendor/fontawesome/6.5.2/LICENSE.txt",
    }
    assert (built / "index.html").read_text() == '<link href="_static/a.css">\n<script src="_static/a.js"></script>'
    assert (built / "_images/figure.png").read_bytes() == lighter(png)
    assert (built / "_sources/chapters/a.ipynb").read_text("utf-8") == lighten_notebook(notebook)


def test_a_second_build_writes_nothing_again(built):
    first = {name: stat.st_mtime_ns for name, stat in run(built).items()}
    assert {name: stat.st_mtime_ns for name, stat in run(built).items()} == first


@pytest.mark.parametrize(("exception", "builder"), [(ValueError(), "html"), (None, "linkcheck")])
def test_a_failed_build_and_other_builders_are_left_alone(built, exception, builder):
    assert "_static/a.css.map" in run(built, exception, builder)


def check_figures(notebook, folder):
    """Check that the figures in a folder, which MyST-NB names by the hash of the stored ones, look like these."""
    complaints = []
    for where, output in outputs(notebook):
        if text := output.get("data", {}).get("image/png"):
            png = base64.b64decode(text)
            path = folder / f"{hashlib.sha256(png).hexdigest()}.png"
            if not path.exists():
                complaints.append(f"the figure of {where} is not in the site: run `make book`")
            elif differences(png, path.read_bytes()).max() > FARTHEST:
                complaints.append(f"the figure of {where} looks different in the site")
    return complaints


@pytest.mark.parametrize("name", CHAPTERS)
def test_figures_look_the_same_in_the_site(name):
    assert check_figures(BOOK[name], SITE / "_images") == []


def test_check_figures_complains(tmp_path):
    pixels = np.full((9, 9, 3), 255)
    figure = new_output("display_data", data={"image/png": base64.b64encode(png_of(pixels)).decode()})
    notebook = new_notebook(cells=[new_code_cell("plot()", outputs=[figure])])
    assert check_figures(notebook, tmp_path) == ["the figure of code cell 0 is not in the site: run `make book`"]
    path = tmp_path / f"{hashlib.sha256(png_of(pixels)).hexdigest()}.png"
    pixels[4, 4] = 255 - FARTHEST
    path.write_bytes(png_of(pixels))
    assert check_figures(notebook, tmp_path) == []
    pixels[4, 4, 1] -= 1
    path.write_bytes(png_of(pixels))
    assert check_figures(notebook, tmp_path) == ["the figure of code cell 0 looks different in the site"]
