"""Pytest's settings for the whole book: notebooks are compared by our plugin, and a run can be cut down to chapters."""

import pytest
from hypothesis import settings

# A busy machine, or a backend that compiles at its first call, takes its time.
settings.register_profile("book", deadline=None)
settings.load_profile("book")

pytest_plugins = ["tests.notebook_comparison"]


def pytest_addoption(parser):
    parser.addoption("--chapter", action="append", help="run only the tests of this page, such as chapters/dna/dna")


def pytest_collection_modifyitems(config, items):
    wanted = {name.removesuffix(".ipynb") for name in config.option.chapter or []}
    if not wanted:
        return
    pages = [getattr(item, "callspec", None) and item.callspec.params.get("name") for item in items]
    if missing := wanted - set(pages):
        raise pytest.UsageError(f"there is no page {', '.join(sorted(missing))}: name it as in _toc.yml")
    config.hook.pytest_deselected(items=[item for item, page in zip(items, pages, strict=True) if page not in wanted])
    items[:] = [item for item, page in zip(items, pages, strict=True) if page in wanted]
