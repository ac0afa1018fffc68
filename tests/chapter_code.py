"""What the tests of recipes share: the code of a chapter, to be run outside its notebook."""

import json
from pathlib import Path

CHAPTERS = Path(__file__).parent.parent / "chapters"


def imports_and_recipe(chapter, start, n_cells):
    """Sources of the chapter's two cells of imports, and of `n_cells` from the only one that begins with `start`."""
    cells = json.loads((CHAPTERS / f"{chapter}.ipynb").read_text("utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    (first,) = (i for i, text in enumerate(code) if text.startswith(start))
    return code[:2], code[first : first + n_cells]
