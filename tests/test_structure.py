"""The structure of the book: what every chapter, page and data folder must hold.

Each check is a function that returns complaints; the lower half of this file shows that each one complains.
"""

import copy
import hashlib
import re
import subprocess
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
import yaml
from markdown_it import MarkdownIt
from mdit_py_plugins.colon_fence import colon_fence_plugin
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

ROOT = Path(__file__).parent.parent
LONGEST_CELL = 30
SHORTEST_ALT_TEXT = 25
LARGEST_FILE = 5_000_000
LIMITS = {"rtol": 0.5, "atol": float("inf"), "pixels": 40}
MARKDOWN = MarkdownIt().use(colon_fence_plugin)

# Reading the book


def docnames(toc):
    """Return the names of all pages in a Jupyter Book table of contents, in order."""
    if isinstance(toc, list):
        return [name for entry in toc for name in docnames(entry)]
    own = [toc[key] for key in ("root", "file") if key in toc]
    return own + [name for key in ("parts", "chapters", "sections") for name in docnames(toc.get(key, []))]


def page_path(docname):
    """Return the file of a page, or None."""
    candidates = [ROOT / f"{docname}{suffix}" for suffix in (".ipynb", ".md")]
    return next((path for path in candidates if path.exists()), None)


def read_page(path):
    """Read a notebook, or a Markdown page as a notebook of one cell."""
    if path.suffix == ".md":
        return new_notebook(cells=[new_markdown_cell(path.read_text("utf-8"))])
    return nbformat.read(path, as_version=4)


TOC = docnames(yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8")))
PATHS = {name: path for name in TOC if (path := page_path(name))}
BOOK = {name: read_page(path) for name, path in PATHS.items()}
CHAPTERS = [name for name, path in PATHS.items() if path.suffix == ".ipynb"]


def code_cells(notebook):
    """Yield ("code cell 3", cell) for each code cell that is not empty, counted from 0 as nbval does."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [(f"code cell {i}", cell) for i, cell in enumerate(cells) if cell.source.strip()]


def outputs(notebook):
    return [(where, output) for where, cell in code_cells(notebook) for output in cell.outputs]


def markdown(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def text_of(output):
    """Return all text in an output."""
    values = [output.get("text", ""), *output.get("traceback", []), *output.get("data", {}).values()]
    return "\n".join(str(value) for value in values)


def tokens(text):
    """Yield every Markdown token, those inside directives too."""
    for token in MARKDOWN.parse(text):
        yield token
        yield from token.children or ()
        if token.type in ("fence", "colon_fence") and token.info.startswith("{"):
            yield from tokens(token.content)


def headings(notebook):
    """Return [(level, title), ...]."""
    found = []
    for text in markdown(notebook):
        top = MARKDOWN.parse(text)
        found += [(int(a.tag[1]), b.content) for a, b in pairwise(top) if a.type == "heading_open"]
    return found


def directives(notebook, name):
    """Return [(argument, label), ...] of the directives of this name, as {exercise-start} or {solution}."""
    pattern = rf"^\s*[`:]{{3,}}\{{{name}\}}[ \t]*(\S*)[^\n]*\n((?:\s*:[\w-]+:[^\n]*\n)*)"
    found = re.findall(pattern, "\n\n".join(f"{text}\n" for text in markdown(notebook)), re.MULTILINE)
    return [(argument, (re.findall(r":label:\s*(\S+)", options) or [""])[0]) for argument, options in found]


# The checks of a chapter


def check_executed_in_order(notebook):
    counts = [cell.execution_count for _, cell in code_cells(notebook)]
    if counts != list(range(1, len(counts) + 1)):
        return [f"its execution counts are {counts}, not 1, 2, 3, ...: execute it from top to bottom and store it"]
    return []


def check_outputs(notebook):
    complaints = [] if outputs(notebook) else ["it is stored without outputs: execute it and store it"]
    for where, cell in code_cells(notebook):
        for output in cell.outputs:
            if output.output_type == "error" and "raises-exception" not in cell.metadata.get("tags", []):
                complaints.append(f"{where} ends in {output.ename}: mend it, or tag it raises-exception if it is meant")
            if output.get("name") == "stderr":
                complaints.append(f"{where} writes to stderr: {output.text[:80]!r}; remove the cause")
            if "application/vnd.jupyter.widget-view+json" in output.get("data", {}):
                complaints.append(f"{where} shows a widget, which a page cannot: print or plot instead")
    return complaints


def check_no_machine_path(notebook):
    pattern = re.compile(r"(?<![\w.*])/(?:home|root|tmp|Users)/[^\s'\"<]*|\bC:\\\S*")
    texts = [(f"cell {i}", cell.source) for i, cell in enumerate(notebook.cells)]
    texts += [(f"the output of {where}", text_of(output)) for where, output in outputs(notebook)]
    return [
        f"{where} has a path of one machine, {path!r}: make it relative to the book"
        for where, text in texts
        for path in pattern.findall(text)
    ]


def check_cell_length(notebook):
    lengths = [(where, sum(bool(x.strip()) for x in cell.source.splitlines())) for where, cell in code_cells(notebook)]
    return [f"{where} has {n} lines, over {LONGEST_CELL}: split it" for where, n in lengths if n > LONGEST_CELL]


def check_tags(notebook):
    """Every output is compared: no cell opts out by nbval's own means."""
    complaints = []
    for where, cell in code_cells(notebook):
        marks = [tag for tag in cell.metadata.get("tags", []) if tag.startswith("nbval-")]
        marks += re.findall(r"#\s*(NBVAL_\w+|PYTEST_VALIDATE_IGNORE_OUTPUT)", cell.source)
        complaints += [f"{where} is marked {mark}: use `tolerance` metadata or the tag `exempt`" for mark in marks]
    return complaints


def check_tolerance(notebook):
    complaints = []
    for where, cell in code_cells(notebook):
        for key, value in cell.metadata.get("tolerance", {}).items():
            if key not in LIMITS:
                complaints.append(f"{where}: tolerance has the key {key!r}; it can have {', '.join(LIMITS)}")
            elif not (isinstance(value, int | float) and 0 <= value <= LIMITS[key]):
                complaints.append(f"{where}: tolerance {key} is {value!r}; it can be a number from 0 to {LIMITS[key]}")
    return complaints


def check_alt_text(notebook):
    alts = []
    for where, cell in code_cells(notebook):
        if any("image/png" in output.get("data", {}) for output in cell.outputs):
            alts.append((where, cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")))
    for text in markdown(notebook):
        for token in tokens(text):
            if token.type == "image":
                alts.append((f"image {token.attrs['src']}", token.content))
            elif match := re.match(r"\{(?:image|figure)\}\s*(\S+)", token.info):
                alts.append((f"image {match[1]}", "".join(re.findall(r"^:?alt:\s*(.+)", token.content, re.MULTILINE))))
        for tag in re.findall(r"<img\b[^>]*>", text):
            alts.append((tag, "".join(re.findall(r"alt=[\"']([^\"']*)", tag))))
    complaints = [
        f"{where} has the alt text {alt!r}: say in {SHORTEST_ALT_TEXT} characters or more what the figure shows"
        for where, alt in alts
        if len(alt) < SHORTEST_ALT_TEXT or alt.endswith(".png")
    ]
    texts = [alt for _, alt in alts if alt]
    complaints += [
        f"{where} has the alt text of another figure, {alt!r}" for where, alt in alts if texts.count(alt) > 1
    ]
    return complaints


def check_opening(notebook):
    complaints = []
    first = notebook.cells[0] if notebook.cells else new_markdown_cell()
    if not re.fullmatch(r"(?:\([\w-]+\)=\n)?# [^\n]+\n+(?![#`:(])[^\n].*[.!?]\s*", first.source, re.DOTALL):
        complaints.append("its first cell is not a title (`# ...`) followed by a sentence of what the chapter promises")
    wanted = ("you will learn", "you need", "{execution-time}")
    boxes = [token.content for text in markdown(notebook) for token in tokens(text) if token.info.startswith("{")]
    if not any(all(words in box.lower() for words in wanted) for box in boxes):
        complaints.append("it has no box (an admonition) with 'You will learn', 'You need' and {execution-time}`...`")
    return complaints


def check_exercises(notebook):
    exercises = [label for _, label in directives(notebook, "exercise(?:-start)?")]
    solutions = [argument for argument, _ in directives(notebook, "solution(?:-start)?")]
    complaints = [] if 3 <= len(exercises) <= 5 else [f"it has {len(exercises)} exercises, not 3 to 5"]
    complaints += ["an exercise has no :label:"] * exercises.count("")
    complaints += [f"exercise {label} has no {{solution}} {label}" for label in exercises if label not in solutions]
    complaints += [f"solution {label!r} has no exercise of this label" for label in solutions if label not in exercises]
    complaints += [f"label {label} is used twice" for label in {*exercises} if exercises.count(label) > 1]
    for kind in ("exercise", "solution"):
        gates = re.findall(rf"^\s*[`:]{{3,}}\{{{kind}-(start|end)\}}", "\n".join(markdown(notebook)), re.MULTILINE)
        if gates != ["start", "end"] * (len(gates) // 2):
            complaints.append(f"{{{kind}-start}} and {{{kind}-end}} do not alternate: {gates}")
    return complaints


def check_closing(notebook):
    titles = [title for _, title in headings(notebook)]
    complaints = [f"it has no heading {title!r}" for title in ("Summary", "Further reading") if title not in titles]
    if not any(re.search(r"\{cite(:\w+)?\}`", text) for text in markdown(notebook)):
        complaints.append("it cites nothing: refer to references.bib with {cite}`key`")
    return complaints


def check_headings(notebook):
    levels = [level for level, _ in headings(notebook)]
    complaints = [] if levels.count(1) == 1 else [f"it has {levels.count(1)} titles (`# ...`), not one"]
    for (level, _), (below, title) in pairwise(headings(notebook)):
        if below > level + 1:
            complaints.append(
                f"heading {title!r} is of level {below} under one of level {level}: use level {level + 1}"
            )
    return complaints


def check_seeds(notebook):
    code = "\n".join(cell.source for _, cell in code_cells(notebook))
    random = re.search(r"^\s*(?:import|from) keras\b|\b(?:np|numpy)\.random\b", code, re.MULTILINE)
    seeded = re.search(r"\bset_random_seed\(\s*\w|\bdefault_rng\(\s*(?!None)\w|\bover_seeds\(", code)
    complaints = [] if seeded or not random else ["it sets no seed: call keras.utils.set_random_seed(seed)"]
    old = re.findall(r"\b(?:np|numpy)\.random\.(?!default_rng\b|Generator\b|SeedSequence\b)\w+", code)
    complaints += [f"it calls {name}: use a generator of np.random.default_rng(seed)" for name in old]
    complaints += ["it calls default_rng without a seed"] * len(re.findall(r"\bdefault_rng\(\s*(?:None\s*)?\)", code))
    return complaints


def check_metadata(notebook):
    complaints = ["its metadata holds the state of widgets: remove it"] if "widgets" in notebook.metadata else []
    kernel = notebook.metadata.get("kernelspec", {}).get("name")
    return complaints if kernel == "python3" else [*complaints, f"its kernel is {kernel!r}, not 'python3'"]


CHAPTER_CHECKS = [check for name, check in list(globals().items()) if name.startswith("check_")]


@pytest.mark.parametrize("check", CHAPTER_CHECKS, ids=lambda check: check.__name__.removeprefix("check_"))
@pytest.mark.parametrize("name", CHAPTERS)
def test_chapter(name, check):
    complaints = check(BOOK[name])
    assert not complaints, f"{name}: " + "\n".join(complaints)


# The checks of the whole book


def check_toc(names, on_disk):
    """Compare the pages in the table of contents with the page files there are."""
    complaints = [f"_toc.yml names {name} twice" for name in {*names} if names.count(name) > 1]
    complaints += [f"_toc.yml names {name}, which does not exist" for name in names if name not in on_disk]
    return complaints + [f"{name} is not in _toc.yml: add it or delete it" for name in on_disk if name not in names]


def check_glue(book):
    """Compare the results that notebooks store with those that pages show."""
    stored, wanted = {}, {}
    for name, notebook in book.items():
        for where, output in outputs(notebook):
            if key := output.get("metadata", {}).get("scrapbook", {}).get("name"):
                stored[name, key] = where
        text = "\n".join(markdown(notebook))
        roles = re.findall(r"\{glue(?::\w*)?\}`([^`]+)`", text)
        for reference in roles + [argument for argument, _ in directives(notebook, r"glue(?::\w*)?")]:
            page, _, key = reference.rpartition("::")
            wanted[page.strip("/") or name, key.split(":")[0]] = name
    complaints = [
        f"{at} shows {key!r} of {name}, which has no such output"
        for (name, key), at in wanted.items()
        if (name, key) not in stored
    ]
    return complaints + [
        f"{name}, {where}: glues {key!r}, which no page shows"
        for (name, key), where in stored.items()
        if (name, key) not in wanted
    ]


def check_links(notebook, folder, pages):
    """Check the links of one page to files: they exist, and a page is one that the book has."""
    targets = []
    for text in markdown(notebook):
        targets += [str(token.attrs["href"]) for token in tokens(text) if token.type == "link_open"]
        targets += [f"{t}.md" for t in re.findall(r"\{doc\}`(?:[^`<]*<)?([^`<>]+)>?`", text)]
    complaints = []
    for target in targets:
        path = unquote(target.partition("#")[0])
        if not path or re.match(r"[\w+.-]+:", path):
            continue
        path = (ROOT / path.lstrip("/") if path.startswith("/") else folder / path).resolve()
        is_page = path.suffix in ("", ".ipynb", ".md") and not path.is_dir()
        if path.with_suffix("") not in pages if is_page else not path.exists():
            complaints.append(f"the link {target} leads nowhere: name a page of _toc.yml or a file of the book")
    return complaints


def check_data_folder(folder, cards):
    """Check that a data folder tells where its files are from, and that they are what it says."""
    complaints = [f"it has no {name}" for name in ("README.md", "SHA256SUMS") if not (folder / name).exists()]
    if not any((folder / name).exists() for name in ("build.py", "train.py")):
        complaints.append("it has no build.py (nor a train.py, where the file holds trained weights)")
    if complaints:
        return complaints
    lines = [line.split(maxsplit=1) for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines() if line]
    sums = {name.lstrip("*"): digest for digest, name in lines}
    describing = {"README.md", "build.py", "train.py", "SHA256SUMS", "__init__.py"}
    files = {
        str(path.relative_to(folder)): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".pyc" and path.name not in describing
    }
    complaints += [f"{name} is not in SHA256SUMS" for name in files if name not in sums]
    complaints += [f"SHA256SUMS names {name}, which does not exist" for name in sums if not (folder / name).is_file()]
    for name in files:
        if name in sums and hashlib.sha256(files[name].read_bytes()).hexdigest() != sums[name]:
            complaints.append(f"{name} is not the file that SHA256SUMS describes: `make data` builds it again")
    if not sums:
        complaints.append("SHA256SUMS names no file")
    return complaints if folder.name in cards else [*complaints, "chapters/appendix/datasets.md does not name it"]


def check_file_sizes(paths):
    sizes = [(path, path.stat().st_size) for path in paths if path.is_file()]
    return [
        f"{path} has {n / 1e6:.1f} MB, over {LARGEST_FILE / 1e6:.0f} MB: make it smaller"
        for path, n in sizes
        if n > LARGEST_FILE
    ]


def test_toc():
    on_disk = {
        path.relative_to(ROOT).with_suffix("").as_posix()
        for pattern in ("index.md", "chapters/**/*.ipynb", "chapters/**/*.md")
        for path in ROOT.glob(pattern)
        if ".ipynb_checkpoints" not in path.parts
    }
    complaints = check_toc(TOC, on_disk)
    assert not complaints, "\n".join(complaints)
    assert CHAPTERS, "_toc.yml names no notebook"


def test_glue():
    complaints = check_glue(BOOK)
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize("name", PATHS)
def test_links(name):
    complaints = check_links(BOOK[name], PATHS[name].parent, {ROOT / docname for docname in TOC})
    assert not complaints, f"{name}: " + "\n".join(complaints)


@pytest.mark.parametrize(
    "folder", sorted(p for p in ROOT.glob("data/*/") if p.name != "__pycache__"), ids=lambda p: p.name
)
def test_data_folder(folder):
    complaints = check_data_folder(folder, (ROOT / "chapters/appendix/datasets.md").read_text("utf-8"))
    assert not complaints, f"data/{folder.name}: " + "\n".join(complaints)


def test_file_sizes():
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    complaints = check_file_sizes([ROOT / name for name in listed if name])
    assert not complaints, "\n".join(complaints)


# The checks themselves: a good chapter that none complains of, and for each check what it must complain of

EXERCISE = """```{{exercise-start}} More units
:label: ex-{0}
```
Double the units.
```{{exercise-end}}
```"""
SOLUTION = """```{{solution-start}} ex-{0}
:class: dropdown
```
```{{solution-end}}
```"""


def good_chapter():
    figure = new_output("display_data", {"image/png": "aGVsbG8=", "text/plain": "<Figure size 640x480 with 1 Axes>"})
    glued = new_output(
        "display_data",
        {"application/papermill.record/text/plain": "0.5"},
        metadata={"scrapbook": {"name": "mae", "mime_prefix": "application/papermill.record/"}},
    )
    alt = {"mystnb": {"image": {"alt": "Observed and forecast temperature over four weeks"}}}
    cells = [
        new_markdown_cell("# Weather\n\nYou will forecast the temperature of tomorrow."),
        new_markdown_cell(
            ":::{admonition} Before you start\n**You will learn** much.\n\n**You need** Python. "
            "{execution-time}`weather`\n:::"
        ),
        new_code_cell("import keras\nkeras.utils.set_random_seed(1)", execution_count=1),
        new_code_cell("plot()", execution_count=2, outputs=[figure], metadata=alt),
        new_code_cell("glue('mae', 0.5)", execution_count=3, outputs=[glued], metadata={"tolerance": {"rtol": 0.05}}),
        new_markdown_cell(
            "## Results\n\nThe error is {glue:text}`mae:.2f`: [data](../README.md).\n\n"
            "![A chain of memory cells over time](x.svg)\n\n```python\n# not a title\n```"
        ),
        *[new_markdown_cell(text.format(i)) for i in range(3) for text in (EXERCISE, SOLUTION)],
        new_markdown_cell("## Summary\n\n### Further reading\n\n{cite}`hochreiter1997`"),
        new_code_cell(""),
    ]
    return new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})


def changed(index, **changes):
    """Return a function that gives a cell of a notebook other contents."""
    return lambda notebook: notebook.cells[index].update(changes)


def printed(text, name="stdout"):
    return [new_output("stream", name=name, text=text)]


def appended(text):
    return lambda notebook: notebook.cells.append(new_markdown_cell(text))


FIGURE_CELL = 3
BROKEN = [
    (check_executed_in_order, changed(2, execution_count=None), "execution counts are [None, 2, 3]"),
    (check_executed_in_order, changed(3, execution_count=1), "execution counts are [1, 1, 3]"),
    (check_executed_in_order, lambda n: n.cells.insert(2, n.cells.pop(4)), "execution counts are [3, 1, 2]"),
    (check_outputs, lambda n: [c.update(outputs=[]) for c in n.cells if "outputs" in c], "without outputs"),
    (check_outputs, changed(2, outputs=[new_output("error", ename="KeyError")]), "code cell 0 ends in KeyError"),
    (check_outputs, changed(2, outputs=printed("Warning", "stderr")), "code cell 0 writes to stderr: 'Warning'"),
    (check_outputs, changed(2, outputs=[new_output("display_data", {"application/vnd.jupyter.widget-view+json": {}})]),
     "shows a widget"),
    (check_no_machine_path, changed(2, source="open('/home/ann/x.csv')"), "cell 2 has a path of one machine"),
    (check_no_machine_path, changed(2, source=r"open('C:\x.csv')"), "cell 2 has a path of one machine"),
    (check_no_machine_path, changed(2, outputs=printed("saved /tmp/x")), "the output of code cell 0 has"),
    (check_no_machine_path, changed(2, outputs=[new_output("execute_result", {"text/plain": "'/Users/ann'/Users/x"})]),
     "'/Users/ann'"),
    (check_cell_length, changed(2, source="x = 1\n" * 31), "code cell 0 has 31 lines"),
    (check_tags, changed(2, metadata={"tags": ["nbval-ignore-output"]}), "marked nbval-ignore-output"),
    (check_tags, changed(2, source="# NBVAL_SKIP\nx"), "marked NBVAL_SKIP"),
    (check_tolerance, changed(2, metadata={"tolerance": {"rtoll": 0.1}}), "has the key 'rtoll'"),
    (check_tolerance, changed(2, metadata={"tolerance": {"rtol": 0.6}}), "rtol is 0.6"),
    (check_tolerance, changed(2, metadata={"tolerance": {"pixels": 41}}), "pixels is 41"),
    (check_tolerance, changed(2, metadata={"tolerance": {"atol": "0.1"}}), "atol is '0.1'"),
    (check_alt_text, changed(FIGURE_CELL, metadata={}), "code cell 1 has the alt text ''"),
    (check_alt_text, changed(FIGURE_CELL, metadata={"mystnb": {"image": {"alt": "A figure"}}}), "'A figure'"),
    (check_alt_text, lambda n: n.cells.insert(0, n.cells[FIGURE_CELL]), "the alt text of another figure"),
    (check_alt_text, appended("![](x.svg)"), "image x.svg has the alt text ''"),
    (check_alt_text, appended(":::{note}\n![a](x.svg)\n:::"), "image x.svg has the alt text 'a'"),
    (check_alt_text, appended("<img src='x.svg'>"), "<img src='x.svg'> has the alt text ''"),
    (check_alt_text, appended("```{figure} x.svg\n:name: x\n\nA caption\n```"), "image x.svg has the alt text ''"),
    (check_alt_text, appended("```{image} x.svg\n:alt: of a_very_long_file_name.png\n```"), "image x.svg has"),
    (check_opening, lambda n: n.cells.pop(0), "first cell is not a title"),
    (check_opening, changed(0, source="# Weather"), "first cell is not a title"),
    (check_opening, changed(0, source="# Weather\n\n## The problem is this."), "first cell is not a title"),
    (check_opening, changed(1, source="You will learn. You need. {execution-time}`x`"), "has no box"),
    (check_opening, changed(1, source=":::{note}\nYou will learn. You need.\n:::"), "has no box"),
    (check_exercises, lambda n: n.cells.pop(6), "solution 'ex-0' has no exercise"),
    (check_exercises, lambda n: n.cells.pop(7), "exercise ex-0 has no {solution}"),
    (check_exercises, lambda n: [n.cells.pop(6) for _ in "12"], "it has 2 exercises"),
    (check_exercises, appended("```{exercise}\n```"), "no :label:"),
    (check_exercises, appended(EXERCISE.format(0)), "label ex-0 is used twice"),
    (check_exercises, appended("```{solution-end}\n```"), "{solution-end} do not alternate"),
    (check_closing, changed(-2, source="## Summary\n\n{cite}`x`"), "no heading 'Further reading'"),
    (check_closing, changed(-2, source="## Further reading\n\n{cite}`x`"), "no heading 'Summary'"),
    (check_closing, changed(-2, source="## Summary\n\n### Further reading"), "cites nothing"),
    (check_headings, appended("# Another title"), "it has 2 titles"),
    (check_headings, changed(5, source="### Results"), "'Results' is of level 3 under one of level 1"),
    (check_seeds, changed(2, source="import keras"), "sets no seed"),
    (check_seeds, changed(2, source="rng = np.random.default_rng(None)"), "sets no seed"),
    (check_seeds, changed(2, source="np.random.default_rng(1)\nx = np.random.rand(3)"), "it calls np.random.rand"),
    (check_seeds, changed(2, source="over_seeds(f)\nrng = default_rng()"), "default_rng without a seed"),
    (check_metadata, lambda n: n.metadata.update(widgets={}), "state of widgets"),
    (check_metadata, lambda n: n.metadata.kernelspec.update(name="conda"), "its kernel is 'conda'"),
]  # fmt: skip


@pytest.mark.parametrize("check", CHAPTER_CHECKS)
def test_check_passes_a_good_chapter(check):
    assert check(good_chapter()) == []
    assert any(check is broken[0] for broken in BROKEN), "show that this check can fail: add a case to BROKEN"


@pytest.mark.parametrize(("check", "break_it", "complaint"), BROKEN)
def test_check_complains(check, break_it, complaint):
    notebook = copy.deepcopy(good_chapter())
    break_it(notebook)
    assert complaint in "\n".join(check(notebook))


def test_error_that_is_meant_passes():
    notebook = good_chapter()
    changed(2, outputs=[new_output("error", ename="KeyError")], metadata={"tags": ["raises-exception"]})(notebook)
    assert check_outputs(notebook) == []


def test_docnames():
    toc = "{root: index, parts: [{caption: A, chapters: [{file: a, sections: [{file: b}]}]}, {chapters: [{file: c}]}]}"
    assert docnames(yaml.safe_load(toc)) == ["index", "a", "b", "c"]


def test_check_toc_complains():
    assert check_toc(["index", "a"], {"index", "a"}) == []
    assert check_toc(["a", "a"], {"a"}) == ["_toc.yml names a twice"]
    assert check_toc(["a"], set()) == ["_toc.yml names a, which does not exist"]
    assert check_toc([], {"a"}) == ["a is not in _toc.yml: add it or delete it"]


def test_check_glue_complains():
    chapter, page = good_chapter(), new_notebook(cells=[new_markdown_cell("")])
    book = {"chapters/weather": chapter, "index": page}
    assert check_glue(book) == []
    chapter.cells.pop(5)
    assert check_glue(book) == ["chapters/weather, code cell 2: glues 'mae', which no page shows"]
    page.cells[0].source = "{glue:text}`chapters/weather::mae:.2f`"
    assert check_glue(book) == []
    page.cells[0].source += "\n```{glue} chapters/weather::rmse\n```"
    assert check_glue(book) == ["index shows 'rmse' of chapters/weather, which has no such output"]
    page.cells[0].source = "{glue}`mae`"
    assert "index shows 'mae' of index, which has no such output" in check_glue(book)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("[a](other.ipynb) [b](../c.md#part) [c](https://a.org/b) [d](#here) [e](notes.txt) {doc}`../c`", True),
        ("{doc}`the other <other>` [f](/chapters/part/other.ipynb)", True),
        ("[a](missing.ipynb)", False),
        ("[a](unlisted.md)", False),
        ("[a](missing.txt)", False),
        ("{doc}`missing`", False),
        ("{doc}`text <../missing>`", False),
        (":::{note}\n[a](missing.ipynb)\n:::", False),
    ],
)
def test_check_links(tmp_path, monkeypatch, text, good):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    folder = tmp_path / "chapters" / "part"
    folder.mkdir(parents=True)
    (folder / "notes.txt").touch()
    (folder / "unlisted.md").touch()
    pages = {folder / "other", tmp_path / "chapters" / "c"}
    complaints = check_links(new_notebook(cells=[new_markdown_cell(text)]), folder, pages)
    assert complaints == [] if good else len(complaints) == 1


def test_check_data_folder_complains(tmp_path):
    folder = tmp_path / "weather"
    folder.mkdir()
    assert len(check_data_folder(folder, "weather")) == 3
    for name in ("README.md", "build.py", "SHA256SUMS", "a.csv"):
        (folder / name).touch()
    assert check_data_folder(folder, "weather") == ["a.csv is not in SHA256SUMS", "SHA256SUMS names no file"]
    (folder / "SHA256SUMS").write_text(f"{hashlib.sha256(b'').hexdigest()}  a.csv\n")
    assert check_data_folder(folder, "the weather") == []
    assert check_data_folder(folder, "") == ["chapters/appendix/datasets.md does not name it"]
    (folder / "a.csv").write_text("1")
    assert "a.csv is not the file that SHA256SUMS describes" in check_data_folder(folder, "weather")[0]
    (folder / "a.csv").unlink()
    assert check_data_folder(folder, "weather") == ["SHA256SUMS names a.csv, which does not exist"]
    (folder / "a.csv").touch()
    (folder / "build.py").rename(folder / "train.py")
    assert check_data_folder(folder, "weather") == []
    (folder / "train.py").unlink()
    (complaint,) = check_data_folder(folder, "weather")
    assert complaint.startswith("it has no build.py")


def test_check_file_sizes_complains(tmp_path):
    with (tmp_path / "big").open("wb") as file:
        file.truncate(LARGEST_FILE)
        assert check_file_sizes([tmp_path / "big"]) == []
        file.truncate(LARGEST_FILE + 1)
        assert "5.0 MB" in check_file_sizes([tmp_path / "big"])[0]
