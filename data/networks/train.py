"""Train the networks that chapters load instead of training them. Run from the top folder:

python -m data.networks.train architectures/stacked    trains those of one chapter, or of several
python -m data.networks.train                          trains those of all chapters that store networks

What is trained is what the chapter shows: its cells tagged "recipe", which together must run on their own. They end
with the table of what to train, RECIPES, a dict: name of a network -> a dict with

- "build", a function that returns the network,
- "fit", a function that trains it: it returns losses as Keras's ``History.history`` has them, or yields such a dict
  after each of its calls of Keras's fit,
- "seeds", such as (0, 1, 2); each time it is ``keras.utils.set_random_seed(seed)``, ``model = build()``,
  ``fit(model, seed, ...)``,
- "weights": False, where nobody needs them; "precision": "float16", where they shall be stored in half the space and
  no digit changes that the chapter prints,
- and whatever else "fit" takes, by name.

A run that is interrupted is taken up where it stopped, unless a tagged cell was changed.
"""

import ast
import hashlib
import json
import os
import shutil
import sys
import time
from pathlib import Path

import numpy as np

from data.fetch import npz_content, record_checksum
from tools.execute import QUIET_ENVIRONMENT

ROOT = Path(__file__).parent.parent.parent
CHAPTERS, STORE, PARTS = ROOT / "chapters", ROOT / "data" / "networks", ROOT / "_build" / "recipes"


def recipe_cells(path: Path) -> list[str]:
    """Return the code of a notebook's cells tagged "recipe"."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if "recipe" in cell["metadata"].get("tags", [])]


def chapters_with_recipes(chapters: Path = CHAPTERS) -> list[str]:
    """Return the names of the chapters that store networks, such as "architectures/stacked"."""
    notebooks = sorted(path for path in chapters.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)
    return [path.relative_to(chapters).with_suffix("").as_posix() for path in notebooks if recipe_cells(path)]


def recipe_hash(cells: list[str]) -> str:
    """Return the hash of what cells compute: comments and white space do not count, everything else does."""

    def dump(node):
        # ast.dump and ast.unparse write other text in other versions of Python; fields that are empty come and go.
        if isinstance(node, ast.AST):
            fields = {name: value for name, value in ast.iter_fields(node) if value is not None and value != []}
            return [type(node).__name__, {name: dump(value) for name, value in fields.items()}]
        return [dump(item) for item in node] if isinstance(node, list) else repr(node)

    tree = json.dumps([dump(ast.parse(cell)) for cell in cells], sort_keys=True)
    return hashlib.sha256(tree.encode()).hexdigest()


def names_of(chapter: str, chapters: Path = CHAPTERS) -> dict:
    """Run the tagged cells of a chapter, such as "architectures/stacked", and return the names they define."""
    path = chapters / f"{chapter}.ipynb"
    names = {"__name__": "recipe"}
    exec(compile("\n\n".join(recipe_cells(path)), str(path), "exec"), names)
    return names


def train_network(build, fit, seed, weights=True, precision="float32", **settings) -> dict:
    """Train one network and return its weights by their places, its losses by their names, and the seconds."""
    import keras  # not at the top: main() must set the number of threads before

    started = time.monotonic()
    keras.utils.set_random_seed(seed)
    model = build()
    found = fit(model, seed, **settings)
    losses = {}
    for part in [found] if isinstance(found, dict) else found:
        for name, values in part.items():
            losses.setdefault(name, []).extend(np.atleast_1d(values))
    losses.setdefault("seconds", [time.monotonic() - started])
    arrays = {str(place): w.astype(precision) for place, w in enumerate(model.get_weights() if weights else [])}
    return arrays | {name: np.array(values, "float32") for name, values in losses.items()}


def train(chapter: str, chapters: Path = CHAPTERS, store: Path = STORE, parts: Path = PARTS) -> None:
    """Train the networks of a chapter and write ``store/chapter.npz``; each finished one is kept in `parts` at once."""
    cells = recipe_cells(chapters / f"{chapter}.ipynb")
    recipe, names = recipe_hash(cells), names_of(chapter, chapters)
    if not names.get("RECIPES"):
        sys.exit(f"The cells tagged recipe of {chapter} define no RECIPES: add the table of what to train.")
    to_train = [(name, i) for name, entry in names["RECIPES"].items() for i in range(len(entry["seeds"]))]
    arrays, folder = {"recipe": np.array(recipe)}, parts / chapter / recipe
    for number, (name, i) in enumerate(to_train, start=1):
        entry = dict(names["RECIPES"][name])
        seed, part = entry.pop("seeds")[i], folder / f"{number}.npz"
        done = part.exists()
        if not done:
            _replace(part, npz_content(train_network(seed=seed, **entry)))
        with np.load(part) as file:
            trained = dict(file)
        last = [f"{key} {trained[key].flat[-1]:.4g}" for key in trained if not key.isdigit() and key != "seconds"]
        how = "was there already" if done else f"{trained['seconds'][0]:.0f} s"
        print(f"{chapter} {number}/{len(to_train)}: {name}, seed {seed}: {', '.join([how, *last])}", flush=True)
        arrays |= {f"{name}/{i}/{key}": array for key, array in trained.items()}
    path = store / f"{chapter}.npz"
    _replace(path, npz_content(arrays))
    record_checksum(path, store, f"{len(to_train)} networks")
    shutil.rmtree(parts / chapter)


def _replace(path, content):
    """Write a file that is never there by half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".part").write_bytes(content)
    path.with_suffix(".part").replace(path)


def main(*names: str) -> None:
    known = chapters_with_recipes()
    chosen = [name.removeprefix("chapters/").removesuffix(".ipynb") for name in names]
    for name in chosen:
        if name not in known:
            missing = "has no cell tagged recipe" if (CHAPTERS / f"{name}.ipynb").exists() else "does not exist"
            sys.exit(f"chapters/{name}.ipynb {missing}. Name one of {', '.join(known)}, or none for all of them.")
    os.environ.update(QUIET_ENVIRONMENT)
    for name in chosen or known:
        train(name)


if __name__ == "__main__":
    main(*sys.argv[1:])
