"""Start a chapter from the template: python -m tools.new chapters/prediction/tides"""

import re
import sys
from pathlib import Path

TEMPLATE = Path(__file__).with_name("template.ipynb")


def main(arguments: list[str], root: Path = Path()) -> None:
    name = arguments[0].removesuffix(".ipynb") if len(arguments) == 1 else ""
    if not re.fullmatch(r"chapters/[a-z]\w*/[a-z]\w*", name):
        sys.exit(f"Name one chapter, in small letters, such as chapters/prediction/tides. Got: {' '.join(arguments)}")
    path = root / f"{name}.ipynb"
    if path.exists():
        sys.exit(f"{path} exists already: choose another name, or delete it first.")
    short = path.stem.replace("_", "-")
    text = TEMPLATE.read_text("utf-8").replace("chapters/part/name", name).replace("label-of-chapter", short)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    print(f"{path} is yours to write. Then add `- file: {name}` to _toc.yml and the chapter to the map on index.md;")
    print(f"`make notebooks CHAPTER={name}` executes and stores it, `make test CHAPTER={name}` tests it.")


if __name__ == "__main__":
    main(sys.argv[1:])
