"""Train the nine networks of the chapter that compares the architectures. Run from the top folder:

python -m data.architecture_comparison.train       writes results.csv

A training that is recorded in results.csv already is not repeated. Without the file all are run, which takes about a
quarter of an hour on one core. The code that is run is the chapter's own: its cells tagged "recipe". So what the
chapter shows is what was measured.
"""

import csv
import hashlib
import os
from pathlib import Path

from data.networks.train import names_of

HERE = Path(__file__).parent
RATES = (0.001, 0.003, 0.01, 0.03, 0.1)  # tried with every network
LOWER, HIGHER = (0.0003, 0.0001, 0.00003, 0.00001), (0.3, 1.0, 3.0, 10.0)  # tried while the best is at the edge
SEED_OF_CHOICE = 3  # none of the test seeds
SEEDS = (0, 1, 2)


def use_one_core():
    """Bind the program to one core and one thread; before Keras is imported, which the chapter's cells do."""
    for limit in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[limit] = "1"
    if hasattr(os, "sched_setaffinity"):  # Linux
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def measure(chapter, task_name, model_name, recorded):
    """Yield a row for each training: of each rate on validation data, then of the best one on test data.

    While the best rate is the lowest or the highest tried, the next lower or higher one is tried too. Of rates that
    are equally good, the lowest counts as the best. A row in `recorded` is taken as it is.
    """
    task, build = chapter["TASKS"][task_name], chapter["MODELS"][model_name]
    units = chapter["units_for"](build, task)
    model = chapter["prepare"](task, build, units)

    def trained(part, rate, seed):
        what = (task_name, model_name, str(units), str(model.count_params()), part, str(rate), str(seed))
        if what in recorded:
            return *what, *recorded[what]
        data = task.data(part)
        chapter["keras"].utils.set_random_seed(seed)
        seconds = chapter["train"](task, model, data, seed, rate)
        score = chapter["score"](task_name, task, model, data)
        return *what, f"{score:.5f}", f"{seconds:.2f}"

    to_try, lower, higher, found = list(RATES), list(LOWER), list(HIGHER), {}
    while to_try:
        rate = to_try.pop(0)
        row = trained("validation", rate, SEED_OF_CHOICE)
        found[rate] = float(row[-2])
        yield row
        if not to_try:
            best = (min if task.m == 1 else max)(sorted(found), key=found.get)
            if best == min(found):
                to_try.append(lower.pop(0))
            elif best == max(found):
                to_try.append(higher.pop(0))
    for seed in SEEDS:
        yield trained("test", best, seed)


def main():
    use_one_core()
    chapter, file = names_of("architectures/comparison"), HERE / "results.csv"
    recorded = {}
    if file.exists():
        recorded = {tuple(row[:-2]): row[-2:] for row in csv.reader(file.read_text("utf-8").splitlines())}
    lines = ["task,model,units,parameters,part,rate,seed,score,seconds"]
    for task_name in chapter["TASKS"]:
        for model_name in chapter["MODELS"]:
            for row in measure(chapter, task_name, model_name, recorded):
                lines.append(",".join(row))
                print(lines[-1], flush=True)
    content = ("\n".join(lines) + "\n").encode()
    file.write_bytes(content)
    (HERE / "SHA256SUMS").write_text(f"{hashlib.sha256(content).hexdigest()}  results.csv\n")


if __name__ == "__main__":
    main()
