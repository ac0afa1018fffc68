"""What a `train.py` takes from its chapter: the cells tagged "recipe", so that what is shown is what was trained."""

import json
from pathlib import Path

CHAPTERS = Path(__file__).parent.parent / "chapters"


def names_of(chapter: str) -> dict:
    """Run the cells tagged "recipe" of a chapter, such as ``"architectures/cnn_lstm"``; return the names in them."""
    path = CHAPTERS / f"{chapter}.ipynb"
    cells = json.loads(path.read_text("utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if "recipe" in cell["metadata"].get("tags", [])]
    names = {"__name__": "recipe"}
    exec(compile("\n\n".join(code), str(path), "exec"), names)
    return names
