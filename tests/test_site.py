"""The built site in a headless browser: what it loads, how it looks on a phone and in the dark, who can use it.

Each check is a function that returns complaints; the end of this file shows that each one complains.
"""

import os
import re
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.test_structure import TOC

SITE = Path(__file__).parent.parent / "_build" / "html"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
HEAVIEST_PAGE = 1_500_000
HEAVIEST_SITE = 40_000_000
LIMIT = 60_000  # milliseconds that an event may take: more than on a busy machine
THEMED = ["color-contrast", "link-in-text-block"]  # the rules of axe whose verdict may be another one in the dark
# Where links lead that nobody meant: what templates, themes and Jupyter Book put in when they are not told better.
INVENTED = r"localhost|127\.0\.0\.1|example\.(com|org)|executablebooks/jupyter-book|your[-_]?(user|name|org|repo)|TODO"
LAUNCH = r"colab\.(research\.)?google|mybinder\.org|github\.com/[^/]+/[^/]+/(edit|blob|tree|issues/new)"


@contextmanager
def served(folder):
    """Serve a folder on this machine and yield its address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def opened(browser, site, name):
    """Open a page of a site on a phone; yield it with the list of what went wrong while loading, which grows."""
    context = browser.new_context(viewport=PHONE, color_scheme="light", reduced_motion="reduce")
    faults = []

    def guard(request):
        if not request.url.startswith((f"{site}/", "data:", "blob:")):
            faults.append(f"requests {request.url}, which is not on this site: bundle it")

    page = context.new_page()
    page.set_default_timeout(LIMIT)
    page.on("request", guard)
    page.on("console", lambda m: m.type == "error" and faults.append(f"console error: {m.text} ({m.location['url']})"))
    page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
    page.on("requestfailed", lambda request: faults.append(f"request failed: {request.url} {request.failure}"))
    page.on("response", lambda r: r.status >= 400 and faults.append(f"status {r.status}: {r.url}"))
    page.goto(f"{site}/{name}", wait_until="load")
    # Colours that fade from one theme to the other would be measured half way.
    page.add_style_tag(content="*, ::before, ::after { transition: none !important; animation: none !important; }")
    if page.locator(".math").count():
        page.evaluate("async () => { if (window.MathJax?.startup) await MathJax.startup.promise; }")
    yield page, faults
    context.close()


# The checks of a page


def check_equations(page):
    found = page.evaluate("""() => ({
        written: document.querySelectorAll(".math").length,
        typeset: document.querySelectorAll(".math mjx-container mjx-math, .math mjx-container svg").length,
        errors: [...document.querySelectorAll("mjx-merror, [data-mjx-error]")].map(
            e => e.getAttribute("title") ?? e.dataset.mjxError ?? e.textContent),
        left: [...document.querySelectorAll("main *")]
            .flatMap(e => e.closest("pre, code, mjx-container, script") ? [] : [...e.childNodes])
            .filter(n => n.nodeType === 3 && /\\\\[(\\[]/.test(n.data)).map(n => n.data.trim().slice(0, 60)),
    })""")
    complaints = [f"an equation has an error: {error}" for error in found["errors"]]
    complaints += [f"TeX is left in the text: {text}" for text in dict.fromkeys(found["left"])]
    if found["typeset"] < found["written"]:
        complaints.append(f"only {found['typeset']} of {found['written']} equations are typeset")
    return complaints


def check_images(page):
    images = page.evaluate("""() => [...document.images].map(
        i => ({name: i.getAttribute("src"), alt: i.alt.trim(), width: i.naturalWidth}))""")
    complaints = [f"image {i['name']} does not load" for i in images if not i["width"]]
    return complaints + [
        f"image {i['name']} has the alt text {i['alt']!r}: say what it shows"
        for i in images
        if not i["alt"] or re.search(r"\.(png|svg|jpe?g)$", i["alt"])
    ]


def check_weight(page):
    size = page.evaluate("""() => [...performance.getEntriesByType("navigation"),
        ...performance.getEntriesByType("resource").filter(e => e.initiatorType === "img")]
        .reduce((sum, e) => sum + e.encodedBodySize, 0)""")
    if size > HEAVIEST_PAGE:
        return [f"the page and its images weigh {size / 1e6:.2f} MB, over {HEAVIEST_PAGE / 1e6}: make figures smaller"]
    return []


def check_phone(page):
    """Check that nothing scrolls sideways or is cut off on a phone, but in a scrolling box of its own."""
    found = page.evaluate("""() => {
        const root = document.documentElement;
        const boxed = e => !e.matches("article, main")
            && (/auto|scroll/.test(getComputedStyle(e).overflowX) || boxed(e.parentElement));
        const wide = [...document.querySelectorAll("main :is(table, pre, img, svg, p, li, h1, h2, h3, mjx-container)")]
            .filter(e => e.getBoundingClientRect().right > root.clientWidth + 1 && !boxed(e));
        return {page: root.scrollWidth, view: root.clientWidth,
                wide: wide.map(e => `${e.localName} "${e.textContent.trim().slice(0, 40)}"`)};
    }""")
    complaints = [f"{element} is wider than a phone and has no scrolling box" for element in found["wide"]]
    if found["page"] > found["view"]:
        complaints.append(f"the page scrolls sideways on a phone: it is {found['page']} wide, not {found['view']}")
    # A box that scrolls must be reachable without a mouse; there are more of them on a phone.
    return complaints + axe(page, ["scrollable-region-focusable"])


def axe(page, rules=None, omitted=()):
    """Run these rules of axe (None: all but the omitted) on a page."""
    # Without preload, or axe asks for every @import of a style sheet at an address of its own making.
    options = {"resultTypes": ["violations"], "preload": False, "rules": {rule: {"enabled": False} for rule in omitted}}
    complaints = []
    for violation in Axe().run(page, options=options | ({"runOnly": rules} if rules else {})).response["violations"]:
        if violation["impact"] in ("serious", "critical"):
            nodes = [(n["target"][0], (n["any"] or n["all"] or n["none"])[0]["message"]) for n in violation["nodes"]]
            where = "; ".join(f"{target} ({message})" for target, message in nodes[:3])
            complaints.append(f"{violation['id']}, {violation['help']}: {len(nodes)} elements, as {where}")
    return complaints


def turn_dark(page):
    """Let the reader's system turn dark, and wait until the page was told and has drawn two frames since."""
    page.evaluate("""() => {
        const dark = matchMedia("(prefers-color-scheme: dark)");
        const frame = () => new Promise(requestAnimationFrame);
        window.turned = new Promise(told => dark.addEventListener("change", told)).then(frame).then(frame);
    }""")
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("window.turned.then(() => true)")


def check_contrast(page):
    complaints = axe(page, THEMED)
    turn_dark(page)
    if page.evaluate("document.documentElement.dataset.theme") != "dark":
        complaints.append("the page does not turn dark with the reader's system: let the theme's mode be auto")
    return complaints + [f"in the dark: {complaint}" for complaint in axe(page, THEMED)]


def check_accessibility(page):
    page.set_viewport_size(DESKTOP)
    complaints = axe(page, omitted=THEMED)
    # The colours of code are checked in `check_code`, once. It is taken out, not only left out: axe takes a look at
    # every element of a page, whatever it is to leave out, and most of them are tokens of code.
    page.evaluate("document.querySelectorAll('pre').forEach(pre => pre.replaceChildren())")
    return complaints + check_contrast(page)


def check_solutions(page):
    """Check that solutions are closed at first, and that Enter on their buttons opens them."""
    complaints = []
    for solution in page.locator(".solution").all():
        title = solution.locator(".admonition-title").first.inner_text()
        rest = solution.locator(":scope > :not(.admonition-title) >> visible=true")
        if rest.count() or not solution.locator("button.toggle-button").count():
            complaints.append(f"{title!r} is open from the start: give it `:class: dropdown`")
            continue
        solution.locator("button.toggle-button").first.press("Enter")
        if not rest.count():
            complaints.append(f"{title!r} does not open by Enter on its button")
    return complaints


def check_skip_link(page):
    page.keyboard.press("Tab")
    text, target = page.evaluate("[document.activeElement.innerText.trim(), document.activeElement.hash]")
    if not re.search(r"skip to main", text, re.IGNORECASE):
        return [f"the first Tab reaches {text[:40]!r}, not a link 'Skip to main content'"]
    return [] if target and page.locator(target).count() else [f"the skip link leads to {target}: no such place"]


PAGE_CHECKS = [
    check_skip_link,
    check_equations,
    check_images,
    check_weight,
    check_phone,
    check_solutions,
    check_accessibility,  # the last, for it goes over to a desktop
]


def complaints_about(page, faults):
    return [complaint for check in PAGE_CHECKS for complaint in check(page)] + faults


@pytest.mark.parametrize("name", [*TOC, "search"])
def test_page(browser, site, name):
    with opened(browser, site, f"{name}.html") as (page, faults):
        complaints = complaints_about(page, faults)
    assert not complaints, f"{name}.html:\n" + "\n".join(complaints)


# The checks of the whole site

# Fills a page with a specimen of the code on all pages: in each place that code stands in (a cell, an output, one of
# them in a solution, ...) each kind of text that occurs in code, and each token that the style sheets have a colour
# for. Each is a word long, for axe lets single letters pass.
SPECIMEN = r"""pages => {
    const shell = element => {
        const copy = element.cloneNode(false);
        copy.removeAttribute("id");
        copy.className = copy.className.replace(/\btag_\S+/g, "");  // the tags of a cell give it no colours
        copy.open = true;
        return copy;
    };
    const shells = (element, top) => element === top ? []
        : [...shells(element.parentElement, top), ...(element.localName === "section" ? [] : [shell(element)])];
    const keep = (map, chain) => map.set(chain.map(element => element.outerHTML).join(), chain);
    const nest = chain => chain.reduce((outer, inner) => (outer.append(inner), inner));
    const places = new Map(), texts = new Map();
    for (const page of pages.map(text => new DOMParser().parseFromString(text, "text/html")))
        for (const pre of page.querySelectorAll("pre")) {
            keep(places, shells(pre, pre.closest("article, body")));
            for (const element of [pre, ...pre.querySelectorAll("*")])
                if ([...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
                    keep(texts, shells(element, pre));
        }
    for (const rule of [...document.styleSheets].flatMap(sheet => [...sheet.cssRules]))
        for (const [, token] of (rule.selectorText ?? "").matchAll(/\.highlight \.([\w-]+)/g)) {
            const span = document.createElement("span");
            span.className = token;
            keep(texts, [span]);
        }
    const specimen = document.createElement("div");
    specimen.id = "specimen";
    (document.querySelector("article") ?? document.body).replaceChildren(specimen);
    for (const place of places.values()) {
        const pre = nest([specimen, ...place]);
        for (const text of texts.values()) {
            const innermost = nest([pre, ...text.map(shell)]);
            innermost.append(`code ${innermost.className}\n`);
        }
    }
}"""


def check_code(page, pages):
    """Check the colours of the code in these pages (their HTML) on a specimen that takes the place of a page."""
    page.set_viewport_size(DESKTOP)
    page.evaluate(SPECIMEN, pages)
    code = [pre for text in pages for pre in re.findall(r"<pre\b.*?</pre>", text, re.DOTALL)]
    wanted = {name for pre in code for names in re.findall(r'\bclass="([^"]*)"', pre) for name in names.split()}
    shown = page.locator("#specimen [class]").evaluate_all("elements => elements.flatMap(e => [...e.classList])")
    complaints = [f"the specimen of code has no .{name}" for name in sorted(wanted.difference(shown))]
    if (
        not code
        or page.locator("#specimen pre").first.is_hidden()
        or page.locator("#specimen pre >> visible=false").count()
    ):
        complaints.append("the specimen of code is not seen")
    return complaints + check_contrast(page)


def check_search(page, word):
    """Check that a search for a word finds a chapter."""
    page.locator("#search-results ul.search").wait_for()
    page.wait_for_function("!/searching|preparing/i.test(document.querySelector('#search-results h2').innerText)")
    links = page.locator("#search-results li a").evaluate_all("links => links.map(link => link.pathname)")
    return [] if any("/chapters/" in link for link in links) else [f"searching {word!r} finds no chapter: {links}"]


def check_hrefs(html, repository):
    """Check that no link leads to an invented address, nor to a repository that the book is not in."""
    hrefs = dict.fromkeys(re.findall(r"""\bhref=["']([^"']+)""", html))
    return [
        f"links to {href}: remove the link or give the real address"
        for href in hrefs
        if re.search(INVENTED, href) or (re.search(LAUNCH, href) and not (repository and f"/{repository}/" in href))
    ]


def check_site_weight(folder):
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return [f"the site weighs {size / 1e6:.1f} MB, over {HEAVIEST_SITE / 1e6} MB"] if size > HEAVIEST_SITE else []


def test_code(browser, site):
    pages = [path.read_text("utf-8") for path in sorted(SITE.rglob("*.html"))]
    with opened(browser, site, f"{TOC[-1]}.html") as (page, _):
        complaints = check_code(page, pages)
    assert not complaints, "\n".join(complaints)


def test_search(browser, site):
    with opened(browser, site, "search.html?q=forget") as (page, faults):
        complaints = check_search(page, "forget") + faults
    assert not complaints, "\n".join(complaints)


def test_hrefs(site):
    repository = os.environ.get("GITHUB_REPOSITORY")
    complaints = [
        f"{path.relative_to(SITE)} {complaint}"
        for path in sorted(SITE.rglob("*.html"))
        for complaint in check_hrefs(path.read_text("utf-8"), repository)
    ]
    assert not complaints, "\n".join(complaints)


def test_site_weight(site):
    complaints = check_site_weight(SITE)
    assert not complaints, "\n".join(complaints)


# The checks themselves: a good page that none complains of, and what each must complain of

GOOD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Good</title><link rel="icon" href="data:,">
<style>
[data-theme=dark] body {background: #000; color: #fff} [data-theme=dark] a {color: #8cf}
pre {color: #040; background: #fff} [data-theme=dark] pre {color: #cfc; background: #000}
.highlight .k {color: #00c} [data-theme=dark] .highlight .k {color: #8cf}
.highlight .never, pre .odd {background: #fff} .highlight .never {color: #a00} pre .odd {color: #a00}
.toggle-hidden > :not(.admonition-title) {display: none}
</style></head><body>
<a class="skip" href="#main" style="color: #00c; background: #fff">Skip to main content</a>
<main id="main"><h1>Good</h1><p>The gate <code>\\(f\\)</code> <span class="math"><mjx-container><mjx-math>f</mjx-math>
</mjx-container></span> in <a href="#main">its place</a> forgets.</p><img src="good.svg" alt="A square">
<div style="overflow-x: auto" tabindex="0"><table style="width: 900px"><tr><td>1</td></tr></table></div>
<div class="solution toggle-hidden"><p class="admonition-title">Solution <button class="toggle-button"
 onclick="this.closest('div').classList.toggle('toggle-hidden')">Open</button></p><p>Two.</p></div>
<div class="highlight"><pre>Three <span class="k">for</span> <span class="odd">four</span></pre></div></main>
<script>const dark = matchMedia("(prefers-color-scheme: dark)");
dark.onchange = () => document.documentElement.dataset.theme = dark.matches ? "dark" : "light";</script>
</body></html>"""


def check_own_code(page):
    return check_code(page, [page.content()])


# Which check (None: what `opened` sees) must say what when what in the good page becomes what.
BROKEN = [
    (None, "<h1>", "<script src='https://cdn.invalid/x.js'></script><h1>", "requests https://cdn.invalid/x.js"),
    (None, "<h1>", "<script src='missing.js'></script><h1>", "status 404: http://127.0.0.1"),
    (None, "<script>", "<script>console.error('broken');", "console error: broken"),
    (None, "<script>", "<script>nothing();", "script error: nothing is not defined"),
    (check_skip_link, "Skip to main content", "Home", "the first Tab reaches 'Home'"),
    (check_skip_link, "#main", "#nowhere", "the skip link leads to #nowhere"),
    (check_equations, "<mjx-math>f</mjx-math>", "", "only 0 of 1 equations are typeset"),
    (check_equations, "<mjx-math>f", "<mjx-math><mjx-merror title='No \\x'>", "an equation has an error: No \\x"),
    (check_equations, "<code>\\(f\\)</code>", "\\(f\\)", "TeX is left in the text: The gate \\(f\\)"),
    (check_images, 'alt="A square"', "", "image good.svg has the alt text ''"),
    (check_images, 'alt="A square"', 'alt="square.png"', "image good.svg has the alt text 'square.png'"),
    (check_images, "good.svg", "missing.svg", "image missing.svg does not load"),
    (check_weight, "good.svg", "heavy.svg", "the page and its images weigh 1.5"),
    (check_accessibility, "<h1>", "<h1 style='color: #ccc; background: #fff'>", "color-contrast"),
    (check_accessibility, "color: #fff}", "color: #222}", "in the dark: color-contrast"),
    (check_accessibility, "<code>", "<code style='color: #ccc'>", "color-contrast"),
    (check_accessibility, "a {color: #8cf}", "p a {color: #ccc; text-decoration: none}", "in the dark: link-in-text"),
    (check_own_code, ".k {color: #00c}", ".k {color: #ccc}", "1 elements, as .k ("),
    (check_own_code, ".k {color: #8cf}", ".k {color: #222}", "in the dark: color-contrast"),
    (check_own_code, "pre {color: #040;", "pre {color: #ccc;", "1 elements, as pre ("),
    (check_own_code, "pre {color: #cfc;", "pre {color: #222;", "in the dark: color-contrast"),
    (check_own_code, ".never {color: #a00}", ".never {color: #ccc}", "1 elements, as .never ("),
    (check_own_code, ".odd {color: #a00}", ".odd {color: #ccc}", "1 elements, as .odd ("),
    (check_own_code, "pre {color: #040;", "pre {display: none;", "the specimen of code is not seen"),
    (check_own_code, "pre>", "p>", "the specimen of code is not seen"),
    (check_own_code, "dark.onchange", "dark.other", "does not turn dark"),
    (check_accessibility, "dark.onchange", "dark.other", "does not turn dark"),
    (check_accessibility, 'lang="en"', "", "html-has-lang"),
    (check_phone, "overflow-x: auto", "", "the page scrolls sideways on a phone"),
    (check_phone, "overflow-x: auto", "overflow-x: hidden", 'table "1" is wider than a phone'),
    (check_solutions, "solution toggle-hidden", "solution", "'Solution Open' is open from the start"),
    (check_solutions, "onclick", "ondblclick", "'Solution Open' does not open by Enter"),
]  # fmt: skip


@pytest.fixture(scope="module")
def specimens(tmp_path_factory):
    """Serve the good page and the broken ones made of it."""
    folder = tmp_path_factory.mktemp("site")
    square = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    (folder / "good.svg").write_text(square)
    (folder / "heavy.svg").write_text(square + " " * HEAVIEST_PAGE)
    (folder / "good.html").write_text(GOOD)
    for i, (_, old, new, _) in enumerate(BROKEN):
        assert old in GOOD, old
        (folder / f"broken{i}.html").write_text(GOOD.replace(old, new))
    with served(folder) as address:
        yield address


def test_checks_pass_a_good_page(browser, specimens):
    with opened(browser, specimens, "good.html") as (page, faults):
        assert complaints_about(page, faults) == []


@pytest.mark.parametrize("number", range(len(BROKEN)), ids=[complaint for *_, complaint in BROKEN])
def test_checks_complain(browser, specimens, number):
    check, _, _, complaint = BROKEN[number]
    with opened(browser, specimens, f"broken{number}.html") as (page, faults):
        assert complaint in "\n".join(check(page) if check else faults)


def test_check_code_complains_of_what_the_specimen_lacks(browser, specimens, monkeypatch):
    monkeypatch.setitem(globals(), "SPECIMEN", SPECIMEN.replace("keep(texts, shells", "(texts, shells"))
    with opened(browser, specimens, "good.html") as (page, _):
        assert check_own_code(page) == ["the specimen of code has no .odd"]


@pytest.mark.parametrize(
    ("found", "complaints"),
    [("chapters/lstm", []), ("genindex", ["searching 'gate' finds no chapter: ['/genindex.html']"])],
)
def test_check_search_complains(browser, tmp_path, found, complaints):
    results = f'<div id="search-results"><h2>Results</h2><ul class="search"><li><a href="{found}.html">x</a></ul></div>'
    (tmp_path / "search.html").write_text(results)
    with served(tmp_path) as address, opened(browser, address, "search.html") as (page, _):
        assert check_search(page, "gate") == complaints


@pytest.mark.parametrize(
    ("href", "repository", "good"),
    [
        ("https://doi.org/10.1162/neco.1997.9.8.1735", None, True),
        ("https://github.com/keras-team/keras", None, True),
        ("https://example.com/book", None, False),
        ("https://github.com/executablebooks/jupyter-book", None, False),
        ("https://colab.research.google.com/github/ann/book/blob/main/a.ipynb", None, False),
        ("https://colab.research.google.com/github/ann/book/blob/main/a.ipynb", "ann/book", True),
        ("https://mybinder.org/v2/gh/ann/book/main", "bob/book", False),
        ("https://github.com/ann/book/issues/new", None, False),
    ],
)
def test_check_hrefs(href, repository, good):
    complaints = check_hrefs(f'<a class="reference external" href="{href}">', repository)
    assert complaints == ([] if good else [f"links to {href}: remove the link or give the real address"])


def test_check_site_weight_complains(tmp_path):
    with (tmp_path / "big").open("wb") as file:
        file.truncate(HEAVIEST_SITE)
        assert check_site_weight(tmp_path) == []
        file.truncate(HEAVIEST_SITE + 1)
        assert "weighs 40.0 MB" in check_site_weight(tmp_path)[0]
