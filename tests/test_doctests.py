"""The examples in the docstrings of lstmbook: every public function and class has one, and it shows what comes out."""

import doctest
import importlib
import inspect
import pkgutil

import matplotlib.pyplot as plt
import pytest

import lstmbook

MODULES = [f"lstmbook.{module.name}" for module in pkgutil.iter_modules(lstmbook.__path__)]
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS

every_module = pytest.mark.parametrize("name", MODULES)


@pytest.fixture(autouse=True)
def canvas():
    """Draw without a screen and in the usual style, and close all figures afterwards."""
    plt.switch_backend("Agg")
    with plt.rc_context():
        yield
    plt.close("all")


@every_module
def test_examples_show_what_comes_out(name):
    failed, _ = doctest.testmod(importlib.import_module(name), optionflags=FLAGS)
    assert not failed, "see the output above"


@every_module
def test_every_public_function_and_class_has_an_example(name):
    module = importlib.import_module(name)
    if name.rpartition(".")[2].startswith("_"):
        return  # nothing in it is public
    found = {key: value for key, value in vars(module).items() if getattr(value, "__module__", None) == name}
    public = {key: value for key, value in found.items() if not key.startswith("_") and callable(value)}
    assert public
    without = [key for key, value in public.items() if ">>>" not in (inspect.getdoc(value) or "")]
    assert not without
