"""Train the nine networks of the chapter that compares the architectures. Run from the top folder:

python -m data.architecture_comparison.train       about 12 minutes on one core; writes results.csv

The code that is run is the chapter's own: its cells tagged "recipe". So what the chapter shows is what was measured.
Everything runs on one core: the limits below must be set before Keras is imported, which the chapter's cells do.
"""

import hashlib
import json
import os
from pathlib import Path

for limit in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[limit] = "1"
if hasattr(os, "sched_setaffinity"):  # Linux
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

HERE = Path(__file__).parent
CHAPTER = HERE.parent.parent / "chapters/architectures/comparison.ipynb"
RATES = (0.001, 0.003, 0.01, 0.03, 0.1)
SEED_OF_CHOICE = 3  # none of the test seeds
SEEDS = (0, 1, 2)


def recipe():
    """Return the names that the chapter's recipe cells define."""
    cells = json.loads(CHAPTER.read_text("utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if "recipe" in cell["metadata"].get("tags", [])]
    names = {"__name__": "recipe"}
    exec(compile("\n\n".join(code), str(CHAPTER), "exec"), names)
    return names


def measure(chapter, task_name, model_name):
    """Yield a row for each training: five learning rates on validation data, then the best with three other seeds."""
    task, build = chapter["TASKS"][task_name], chapter["MODELS"][model_name]
    units = chapter["units_for"](build, task)
    model = chapter["prepare"](task, build, units)
    parameters = model.count_params()
    trials = [("validation", rate, SEED_OF_CHOICE) for rate in RATES]
    found = {}
    while trials:
        part, rate, seed = trials.pop(0)
        data = task.data(part)
        chapter["keras"].utils.set_random_seed(seed)
        seconds = chapter["train"](task, model, data, seed, rate)
        score = chapter["score"](task_name, task, model, data)
        yield task_name, model_name, units, parameters, part, rate, seed, f"{score:.5f}", f"{seconds:.2f}"
        if part == "validation":
            found[rate] = score
            if len(found) == len(RATES):
                best = (min if task.m == 1 else max)(found, key=found.get)
                trials = [("test", best, seed) for seed in SEEDS]


def main():
    chapter = recipe()
    lines = ["task,model,units,parameters,part,rate,seed,score,seconds"]
    for task_name in chapter["TASKS"]:
        for model_name in chapter["MODELS"]:
            for row in measure(chapter, task_name, model_name):
                lines.append(",".join(map(str, row)))
                print(lines[-1], flush=True)
    content = ("\n".join(lines) + "\n").encode()
    (HERE / "results.csv").write_bytes(content)
    (HERE / "SHA256SUMS").write_text(f"{hashlib.sha256(content).hexdigest()}  results.csv\n")


if __name__ == "__main__":
    main()
