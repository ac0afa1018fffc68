"""Sphinx extension for what runs in a page: the directives ``{live}``, ``{live-networks}`` and ``{tunes}``.

    :::{live} gates echo
    :title: Type digits, see the gates

    What there is to see, for everybody; where scripts are off it stands beside a still picture.
    :::

The first argument is the demonstration, a script in ``_static/live/`` (``gates``, ``writer``, ...), the second the
network, one that ``tools/export_live.py`` wrote there. Nothing of it is fetched before the reader asks for it: see
``_static/book.js``.
"""

import json
from decimal import Decimal
from html import escape
from math import prod
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

DEMONSTRATIONS = ("gates", "writer", "composer", "pen", "captioner")
PROMISE = "Fetches a network of {size} from this site; it runs in your browser."
OPENING = """<section class="live" id="live-{network}" aria-labelledby="live-{network}-title" \
data-demonstration="{demonstration}" data-network="{network}" data-promise="{promise}">
<p class="live-title" id="live-{network}-title">{title}</p>"""
WITHOUT = "With JavaScript, the network runs here, in your browser; without it, this is a picture of what one sees."
CLOSING = """<div class="live-begin"><button type="button" class="live-button" hidden>Start</button>
<p class="live-message" role="status">{without}</p></div>
<div class="live-stage" role="group" aria-labelledby="live-{network}-title" tabindex="-1" hidden></div>
</section>"""


def description(env, network: str) -> dict:
    path = Path(env.srcdir, "_static", "live", f"{network}.json")
    env.note_dependency(str(path))
    return json.loads(path.read_text("utf-8"))


def opening(demonstration: str, network: str, title: str, n_bytes: int, promise: str = PROMISE) -> str:
    promise = promise.format(size=f"{max(1, round(n_bytes / 1000))} kB")
    return OPENING.format(demonstration=demonstration, network=network, title=escape(title), promise=promise)


def closing(network: str, without: str = WITHOUT) -> str:
    return CLOSING.format(network=network, without=without)


class Live(SphinxDirective):
    """A region of a page in which a trained network runs, once the reader starts it."""

    required_arguments = 2
    option_spec = {"title": directives.unchanged_required}  # noqa: RUF012
    has_content = True

    def run(self):
        demonstration, network = self.arguments
        if demonstration not in DEMONSTRATIONS:
            raise self.error(f"there is no demonstration {demonstration!r}, only {', '.join(DEMONSTRATIONS)}")
        known = description(self.env, network)
        text = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, text)
        image = nodes.image(uri=f"/_static/live/{known['picture']}", alt=known["alt"], classes=["live-still"])
        if measures := known.get("measures"):
            table = nodes.container()
            rows = [[*measures], ["--:" for _ in measures], [f"{value:.2f}" for value in measures.values()]]
            self.state.nested_parse([f"| {' | '.join(row)} |" for row in rows], self.content_offset, table)
            text += table.children
        begin = opening(demonstration, network, self.options["title"], known["bytes"])
        return [
            nodes.raw("", begin, format="html"),
            *text.children,
            image,
            nodes.raw("", closing(network), format="html"),
        ]


class Tunes(SphinxDirective):
    """A region of a page that shows and plays tunes, which ``tools/export_tunes.py`` wrote, once the reader asks."""

    required_arguments = 1
    option_spec = {"title": directives.unchanged_required}  # noqa: RUF012
    has_content = True

    def run(self):
        (name,) = self.arguments
        path = Path(self.env.srcdir, "_static", "tunes", f"{name}.json")
        self.env.note_dependency(str(path))
        text = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, text)
        promise = "Fetches the notes, {size}, from this site; your browser plays them."
        begin = opening("player", name, self.options["title"], path.stat().st_size, promise)
        end = closing(name, "With JavaScript, your browser plays the tunes here.")
        return [nodes.raw("", begin, format="html"), *text.children, nodes.raw("", end, format="html")]


class LiveNetworks(SphinxDirective):
    """A table of the exported networks: their size, and how far rounding moves what they say."""

    def run(self):
        lines = [
            "| network | symbols | weights | float16 | change | int8 | change | in the page |",
            "|---|--:|--:|--:|--:|--:|--:|---|",
        ]
        for path in sorted(Path(self.env.srcdir, "_static", "live").glob("*.json")):
            known = description(self.env, path.stem)
            count = sum(prod(array["shape"]) for layer in known["layers"] for array in layer["arrays"])
            sizes, changes = known["sizes"], known["differences"]
            columns = [
                x
                for f in ("float16", "int8")
                for x in (f"{sizes[f] / 1000:.0f} kB", format(Decimal(f"{changes[f]:.1g}"), "f"))
            ]
            origin = f"{{doc}}`/chapters/{known['from']['chapter']}`"
            symbols = known.get("symbols") or known["vocabulary"]
            symbols = symbols if isinstance(symbols, int) else len(symbols)
            cells = [origin, symbols, f"{count:,}", *columns, known["format"]]
            lines.append(f"| {' | '.join(map(str, cells))} |")
        container = nodes.container()
        self.state.nested_parse(lines, self.content_offset, container)
        return container.children


def only_when_asked(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Take the scripts of the live parts out of the pages, and their style out of the pages that have none.

    Jupyter Book adds whatever lies under _static to every page.
    """
    context["script_files"][:] = [s for s in context["script_files"] if "_static/live/" not in str(s.filename)]
    if 'class="live"' not in context.get("body", ""):
        context["css_files"][:] = [s for s in context["css_files"] if "_static/live/" not in str(s.filename)]


def setup(app: Sphinx) -> dict:
    app.add_directive("live", Live)
    app.add_directive("tunes", Tunes)
    app.add_directive("live-networks", LiveNetworks)
    app.connect("html-page-context", only_when_asked, priority=901)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
