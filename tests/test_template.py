"""The template of a chapter: `make new` copies it, and the copy renders and passes from the start."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.test_structure import CHAPTER_CHECKS
from tools.new import main

ROOT = Path(__file__).parent.parent
NAME = "chapters/prediction/sea_level"
TOC = f"""format: jb-book
root: {NAME}
chapters:
  - file: chapters/appendix/glossary
  - file: chapters/appendix/references
  - file: chapters/architectures/vanilla
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A book of the new chapter, the glossary, the references, and a page of the name that the template refers to."""
    folder = tmp_path_factory.mktemp("book")
    for name in ("_config.yml", "_ext", "_static", "references.bib", "conftest.py", "tests", "tools", "pyproject.toml"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "_toc.yml").write_text(TOC)
    for name in ("appendix", "architectures"):
        (folder / "chapters" / name).mkdir(parents=True)
    for name in ("glossary", "references"):
        shutil.copy(ROOT / f"chapters/appendix/{name}.md", folder / "chapters/appendix")
    (folder / "chapters/architectures/vanilla.md").write_text("# A page\n")
    main([NAME], root=folder)
    return folder


@pytest.mark.parametrize("check", CHAPTER_CHECKS, ids=lambda check: check.__name__.removeprefix("check_"))
def test_structure(book, check):
    assert check(nbformat.read(book / f"{NAME}.ipynb", as_version=4)) == []


def test_names_are_those_of_the_new_chapter(book):
    text = (book / f"{NAME}.ipynb").read_text("utf-8")
    assert ":label: sea-level-1" in text and f"{{execution-time}}`{NAME}`" in text
    assert "label-of-chapter" not in text and "chapters/part" not in text


def run(command, folder):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "COV_"))}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_renders(book):
    run([Path(sys.executable).with_name("jupyter-book"), "build", ".", "--warningiserror", "--keep-going"], book)
    assert "How much electricity" in (book / "_build/html" / f"{NAME}.html").read_text("utf-8")


def test_it_comes_out_as_stored(book):
    run([sys.executable, "-m", "pytest", "--nbval", f"{NAME}.ipynb", "-p", "no:cacheprovider"], book)


@pytest.mark.parametrize("names", [[], ["sea_level"], ["chapters/Sea/level"], ["chapters/a/b", "chapters/a/c"]])
def test_a_name_that_is_none(names, tmp_path):
    with pytest.raises(SystemExit, match="Name one chapter, in small letters"):
        main(names, root=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(book):
    before = (book / f"{NAME}.ipynb").read_bytes()
    with pytest.raises(SystemExit, match="exists already"):
        main([f"{NAME}.ipynb"], root=book)
    assert (book / f"{NAME}.ipynb").read_bytes() == before
