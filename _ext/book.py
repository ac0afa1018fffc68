"""Sphinx extension of the book: what the stored notebooks know, launch buttons, and repairs to the theme's pages."""

import base64
import json
import os
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole


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


def name_roles_of_references(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """An item of an element with role "list" needs the role "listitem", or screen readers announce an empty list."""
    if "body" in context:
        context["body"] = context["body"].replace('role="doc-biblioentry"', 'role="listitem"')


def setup(app: Sphinx) -> dict:
    app.add_role("execution-time", ExecutionTime())
    app.add_directive("execution-times", ExecutionTimes)
    app.add_directive("stored-figure", StoredFigure)
    app.connect("config-inited", add_launch_buttons)
    app.connect("html-page-context", keep_scripts_once, priority=900)
    app.connect("html-page-context", name_roles_of_references)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
