"""Execute notebooks from top to bottom and store them: python -m tools.execute [NOTEBOOK ...]

Two run side by side, one thread each. A notebook is replaced only after its last cell has run without an error.
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from importlib.metadata import version
from pathlib import Path

import nbformat
from nbclient import NotebookClient

# What a notebook runs under, here and in the tests: no progress bars and no log lines in its outputs, one thread.
QUIET_ENVIRONMENT = {
    "TQDM_DISABLE": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTEST_CURRENT_TEST": "book",  # ipykernel then leaves TensorFlow's own stderr alone
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}


def execute(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    code_cells = sum(cell.cell_type == "code" for cell in notebook.cells)
    started = time.monotonic()

    def report(cell, cell_index, execute_reply):
        done = sum(c.cell_type == "code" for c in notebook.cells[: cell_index + 1])
        print(f"{path.stem}: {done}/{code_cells} cells, {time.monotonic() - started:.0f} s", flush=True)

    client = NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_executed=report,
    )
    client.execute(stderr=subprocess.DEVNULL)  # TensorFlow greets on stderr
    # Only what the reader needs to know: details such as the exact Python would change with every run.
    notebook.metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
        "last_run": {
            "date": date.today().isoformat(),
            "seconds": round(time.monotonic() - started),
            "keras": version("keras"),
        },
    }
    finished = path.with_suffix(".part")
    nbformat.write(notebook, finished)
    finished.replace(path)


def main(arguments: list[str]) -> None:
    paths = [Path(a).with_suffix(".ipynb") for a in arguments] or sorted(Path("chapters").rglob("*.ipynb"))
    missing = [str(path) for path in paths if not path.is_file()]
    if missing:
        sys.exit(f"There is no notebook {', '.join(missing)}. Name it as in _toc.yml: chapters/prediction/weather")
    os.environ.update(QUIET_ENVIRONMENT)
    with ThreadPoolExecutor(max_workers=2) as pool:
        for path, run in [(path, pool.submit(execute, path)) for path in paths]:
            if error := run.exception():
                print(f"{path}: not stored.\n{error}", file=sys.stderr)
                pool.shutdown(wait=False, cancel_futures=True)
                sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
