"""Find cells that would come out otherwise on another processor: python -m tools.steady [CHAPTER ...] [--runs N]

Runs the chapters several times, each time with the initial weights of all networks disturbed by a relative 1e-6 and
with other kernels, compares with what is stored, and lists the cells by the share of their tolerance that was used.
Exits with 1 if a cell has used more than half: it may fail on a processor that nobody has tried.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ENOUGH = 0.5 + 1e-6  # printed numbers are rounded: half is often met exactly
# What chooses other kernels than the usual ones: oneDNN's, XLA's and those of two threads.
KERNELS = [
    {"TF_ENABLE_ONEDNN_OPTS": "0", "TF_NUM_INTRAOP_THREADS": "2", "OMP_NUM_THREADS": "2"},
    {"ONEDNN_MAX_CPU_ISA": "SSE41", "XLA_FLAGS": "--xla_cpu_max_isa=SSE4_2"},
    {"ONEDNN_MAX_CPU_ISA": "AVX2", "XLA_FLAGS": "--xla_cpu_max_isa=AVX"},
]


def run(paths, seed):
    """Run the notebooks once with disturbed weights and other kernels; return {cell: (share used, what differs)}."""
    with tempfile.TemporaryDirectory() as folder:
        margins = Path(folder) / "margins.json"
        command = [sys.executable, "-m", "pytest", *paths, "--nbval", "--nbval-current-env", "--nbval-cell-timeout=900"]
        command += ["-n", str(min(2, len(paths))), "--dist", "loadscope", "-p", "tests.notebook_comparison"]
        command += ["--disturb", str(seed), "--margins", str(margins), "-p", "no:cacheprovider", "-q", "--tb=no", "-rN"]
        environment = os.environ | KERNELS[seed % len(KERNELS)]
        done = subprocess.run(command, env=environment)
        if done.returncode not in (0, 1) or not margins.exists():  # 1: some cells failed, which is what we look for
            sys.exit("The run did not come to its end.")
        return json.loads(margins.read_text("utf-8"))


def worst(runs):
    """Return [(share used, cell, what), ...] of several runs: each cell once, as it was worst; the worst first."""
    cells = {}
    for found in runs:
        for cell, (used, what) in found.items():
            cells[cell] = max(cells.get(cell, (0.0, "")), (used, what))
    return sorted(((used, cell, what) for cell, (used, what) in cells.items()), key=lambda row: (-row[0], row[1]))


def main(arguments):
    parser = argparse.ArgumentParser(prog="make steady", description=__doc__)
    parser.add_argument("chapters", nargs="*", help="such as chapters/prediction/weather; all if none is named")
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args(arguments)
    paths = [Path(name).with_suffix(".ipynb") for name in asked.chapters] or sorted(Path("chapters").rglob("*.ipynb"))
    missing = [str(path) for path in paths if not path.is_file()]
    if missing:
        sys.exit(f"There is no notebook {', '.join(missing)}. Name it as in _toc.yml: chapters/prediction/weather")
    if asked.runs < 1:
        parser.error(f"--runs must be at least 1; got {asked.runs}.")
    runs = []
    for seed in range(asked.runs):
        kernels = " ".join(f"{name}={value}" for name, value in KERNELS[seed % len(KERNELS)].items())
        print(f"run {seed + 1} of {asked.runs}: weights disturbed, {kernels}", flush=True)
        started = time.monotonic()
        runs.append(run(list(map(str, paths)), seed))
        print(
            f"    {time.monotonic() - started:.0f} s, {sum(u > 1 for u, _ in runs[-1].values())} cells fail", flush=True
        )
    rows = worst(runs)
    for used, cell, what in rows:
        if used:
            mark = "FAILS " if used > 1 else "CLOSE " if used > ENOUGH else ""
            print(f"{used:6.2f}  {mark}{cell}: {what}")
    unsteady = sum(used > ENOUGH for used, *_ in rows)
    print(f"{len(rows)} cells, {sum(used == 0 for used, *_ in rows)} came out the same, {unsteady} used over half.")
    return 1 if unsteady else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
