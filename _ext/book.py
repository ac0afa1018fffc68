"""Sphinx extension of the book: what the stored notebooks know, launch buttons, repairs to the theme's pages, and
a site that is light to load and to store."""

import base64
import json
import os
import re
import shutil
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
from docutils import nodes
from PIL import Image
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole

# How far a colour may move, of 255, in a figure that is made lighter: at most, as on the soft edge of a letter, and on
# average. Beyond the average, smooth shades, as in a map, turn into bands that are seen.
FARTHEST = 16
AVERAGE = 0.3

# Files of the theme and of Jupyter Book that no page asks for: maps for debuggers, translations that are read while
# building, fonts for browsers that are gone, templates, and Font Awesome's script, which draws with 1.5 MB what its
# style sheet draws too.
UNUSED = (
    "_static/**/*.map",
    "_static/**/*.ttf",
    "_static/*.html",
    "_static/locales",
    "_static/readme.png",
    "_static/sphinx-thebe.*",
    "_static/vendor/fontawesome/*/js",
)
ICON_SCRIPT = re.compile(r'\s*<script src="[^"]*/fontawesome/[^"]*/js/[^"]*"></script>')


def read_notebook(env, docname: str) -> dict:
    path = Path(env.doc2path(docname))
    if path.suffix != ".ipynb":
        raise ValueError(f"{docname} is not a notebook")
    env.note_dependency(str(path))
    return json.loads(path.read_text(encoding="utf-8"))


def last_run(env, docname: str) -> dict:
    """Read what `make notebooks` recorded in a notebook: date, seconds and the version of Keras."""
    metadata = read_notebook(env, docname)["metadata"]
    if "last_run" not in metadata:
        raise ValueError(f"{docname} was never executed and stored: run `make notebooks CHAPTER={docname}`")
    return metadata["last_run"]


class ExecutionTime(SphinxRole):
    """``{execution-time}`chapters/prediction/weather` `` becomes "95 seconds"."""

    def run(self):
        return [nodes.Text(f"{last_run(self.env, self.text)['seconds']} seconds")], []


class ExecutionTimes(SphinxDirective):
    """A table of all notebooks with the time, date and Keras version of their last stored run."""

    def run(self):
        docnames = sorted(d for d in self.env.found_docs if self.env.doc2path(d).endswith(".ipynb"))
        runs = {docname: last_run(self.env, docname) for docname in docnames}
        lines = ["| chapter | seconds on one core | executed on | Keras |", "|---|--:|---|---|"]
        lines += [f"| {{doc}}`/{d}` | {r['seconds']} | {r['date']} | {r['keras']} |" for d, r in runs.items()]
        lines += [f"| **together** | **{sum(r['seconds'] for r in runs.values())}** | | |"]
        container = nodes.container()
        self.state.nested_parse(lines, self.content_offset, container)
        return container.children


class StoredFigure(SphinxDirective):
    """``{stored-figure} DOCNAME TAG``: the stored figure of the cell with this tag, and its alt text."""

    required_arguments = 2
    has_content = True

    def run(self):
        docname, tag = self.arguments
        cells = read_notebook(self.env, docname)["cells"]
        (cell,) = (cell for cell in cells if tag in cell["metadata"].get("tags", []))
        (png,) = (o["data"]["image/png"] for o in cell["outputs"] if "image/png" in o.get("data", {}))
        path = Path(self.env.srcdir, "_build", "stored_figures", f"{tag}.png")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode("".join(png)))
        image = nodes.image(uri=f"/{path.relative_to(self.env.srcdir)}", alt=cell["metadata"]["mystnb"]["image"]["alt"])
        caption = nodes.caption()
        self.state.nested_parse(self.content, self.content_offset, caption)
        caption.children = caption.children[0].children  # the text of its one paragraph
        return [nodes.figure("", image, caption)]


def add_launch_buttons(app: Sphinx, config) -> None:
    """GITHUB_REPOSITORY ("owner/name") is set in GitHub's own builds; nowhere else is the address known."""
    repository = os.environ.get("GITHUB_REPOSITORY")
    options = config.html_theme_options
    options["launch_buttons"] = {}
    if repository:
        options["repository_url"] = f"https://github.com/{repository}"
        options["repository_branch"] = os.environ.get("GITHUB_REF_NAME", "main")
        options["path_to_docs"] = ""
        options["use_repository_button"] = True
        options["launch_buttons"] = {
            "binderhub_url": "https://mybinder.org",
            "colab_url": "https://colab.research.google.com",
            "notebook_interface": "jupyterlab",
        }


def keep_scripts_once(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Jupyter Book adds every script under _static, some of them twice; MathJax and Thebe break when loaded twice.

    Thebe is left out altogether: it would run the code on somebody else's server.
    """
    kept, seen = [], set()
    for script in context["script_files"]:
        key = (str(script.filename), script.attributes.get("body", ""))
        if "thebe" not in "".join(key).lower() and key not in seen:
            seen.add(key)
            kept.append(script)
    context["script_files"][:] = kept
    context["css_files"][:] = [sheet for sheet in context["css_files"] if "thebe" not in str(sheet.filename)]


def name_roles_of_references(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """An item of an element with role "list" needs the role "listitem", or screen readers announce an empty list."""
    if "body" in context:
        context["body"] = context["body"].replace('role="doc-biblioentry"', 'role="listitem"')


@cache  # a figure stands in a page and in the copy of the notebook that the page offers
def lighter(png: bytes) -> bytes:
    """Return a figure with a palette of 256 colours, or with all its own where the difference would be seen.

    The palette starts with the most frequent colour; each next one is far from those before, and frequent: so areas
    keep their colours exactly, and what changes a little are the soft edges of lines and letters.
    """
    image = Image.open(BytesIO(png))
    if image.mode != "RGBA" or image.getextrema()[3] != (255, 255):
        return png  # it was made lighter before, or is transparent
    codes = np.asarray(image).view(np.uint32)
    codes, where, counts = np.unique(codes, return_inverse=True, return_counts=True)
    colours = codes.view(np.uint8).reshape(-1, 4)[:, :3].astype(int)
    palette, nearest, distance = [], np.zeros(len(colours), np.uint8), np.full(len(colours), 256)
    following = counts.argmax()
    while len(palette) < 256 and distance.any():
        found = np.abs(colours - colours[following]).max(axis=1)
        nearest[found < distance] = len(palette)
        palette.append(colours[following])
        distance = np.minimum(distance, found)
        following = (distance * counts**0.15).argmax()
    if distance.max() > FARTHEST or np.average(distance, weights=counts) > AVERAGE:
        light = image.convert("RGB")
    else:
        light = Image.fromarray(nearest[where].reshape(image.height, image.width))
        light.putpalette(np.array(palette, np.uint8).tobytes())
    file = BytesIO()
    light.save(file, "PNG", optimize=True)
    return file.getvalue()


def lighten_notebook(text: str) -> str:
    """Make the figures in a stored notebook lighter."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            if png := output.get("data", {}).get("image/png"):
                png = lighter(base64.b64decode("".join(png)))
                output["data"]["image/png"] = base64.b64encode(png).decode()
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def lighten(app: Sphinx, exception: Exception | None) -> None:
    """Make a built site lighter; what an earlier build made lighter is left as it is."""
    if exception or app.builder.name != "html":
        return
    site = Path(app.outdir)
    for path in [path for pattern in UNUSED for path in site.glob(pattern)]:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in site.rglob("*.html"):
        text = path.read_text("utf-8")
        if ICON_SCRIPT.search(text):
            path.write_text(ICON_SCRIPT.sub("", text), "utf-8")
    for path in site.glob("_images/*.png"):
        png = path.read_bytes()
        if (light := lighter(png)) != png:
            path.write_bytes(light)
    for path in site.glob("_sources/**/*.ipynb"):
        text = path.read_text("utf-8")
        if (light := lighten_notebook(text)) != text:
            path.write_text(light, "utf-8")


def setup(app: Sphinx) -> dict:
    app.add_role("execution-time", ExecutionTime())
    app.add_directive("execution-times", ExecutionTimes)
    app.add_directive("stored-figure", StoredFigure)
    app.connect("config-inited", add_launch_buttons)
    app.connect("html-page-context", keep_scripts_once, priority=900)
    app.connect("html-page-context", name_roles_of_references)
    app.connect("build-finished", lighten)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
