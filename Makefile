# The book's commands. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# The first Python in reach that TensorFlow has wheels for; `make book PYTHON=/path/to/python` takes another.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
READY := .venv/ready
SITE := _build/html/index.html

# Everything the rendered book is made from.
SOURCES := $(shell find chapters data lstmbook _ext _static -type f -not -name '*.pyc' -not -name '*.part' 2>/dev/null) \
	index.md references.bib _config.yml _toc.yml

.PHONY: help
help:  ## list these commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/' | expand -t 20

.PHONY: book
book: $(SITE)  ## set up .venv and render the book to _build/html
	@echo "The book is in $(SITE); \`make serve\` opens it."

$(SITE): $(READY) $(SOURCES)
	$(BIN)/jupyter-book build . --builder html --warningiserror --keep-going
	@touch $@

# The marker is written last: a broken installation is taken up again by the next `make`.
$(READY): requirements.txt pyproject.toml
	@test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
		|| { echo "Python 3.11, 3.12 or 3.13 is needed: install one, or name it: make book PYTHON=/path/to/python3.12"; exit 1; }
	@test "$$(df -Pk . | awk 'NR == 2 {print $$4}')" -gt 4000000 || { echo "The disk has less than 4 GB left: free some space, then run the same command again."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) lacks its venv module: install it (Debian, Ubuntu: apt-get install python3-venv)."; exit 1; }
	@echo "Setting up .venv with $$($(PYTHON) --version): about 600 MB to download, 1-5 minutes."
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --progress-bar on --disable-pip-version-check --compile --require-hashes -r requirements.txt \
		| sed -u '/^Requirement already satisfied/d' \
		|| { echo "Installing failed. Without a network, connect and run the same command again: it takes up where it stopped."; exit 1; }
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: serve
serve: $(SITE)  ## open the book at http://127.0.0.1:8000 (PORT=8001 for another port)
	$(BIN)/python -m webbrowser -t "http://127.0.0.1:$(or $(PORT),8000)" >/dev/null || true
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html $(or $(PORT),8000)

.PHONY: notebooks
notebooks: $(READY)  ## execute all chapters and store them (CHAPTER=chapters/prediction/weather for one)
	$(BIN)/python -m tools.execute $(CHAPTER)

NBVAL := --nbval --nbval-current-env --nbval-cell-timeout=600 -n 2 --dist loadscope

.PHONY: test
ifdef CHAPTER
test: $(SITE)  ## run every test: lint, package, structure, site, and every notebook (CHAPTER=… for those of one or several)
	$(BIN)/ruff check $(NOTEBOOKS)
	$(BIN)/pytest tests/test_structure.py tests/test_networks.py tests/test_light_site.py tests/test_live.py tests/test_tunes.py tests/test_site.py $(addprefix --chapter=,$(CHAPTER))
	$(BIN)/pytest $(NOTEBOOKS) $(NBVAL)
else
test: lint $(SITE)
	$(BIN)/pytest tests --cov -n 2 --dist loadgroup
	$(BIN)/pytest chapters $(NBVAL)
endif

NOTEBOOKS = $(addsuffix .ipynb,$(CHAPTER:.ipynb=))

# The book does not need it, so it lies in a folder of its own.
JAX := .venv/jax
$(JAX)/ready: requirements-jax.txt $(READY)
	@$(BIN)/pip install --quiet --disable-pip-version-check --compile --no-deps --require-hashes --upgrade --target $(JAX) -r requirements-jax.txt
	@touch $@

.PHONY: jax
jax: $(JAX)/ready  ## test the package with Keras's JAX backend
	KERAS_BACKEND=jax PYTHONPATH=$(JAX) $(BIN)/pytest $(addprefix tests/test_,$(PACKAGE_TESTS:=.py)) -n 2 --dist loadgroup

PACKAGE_TESTS := baselines cell compare decoding doctests evaluation framing mixture models notation plots problems

.PHONY: steady
steady: $(READY)  ## find cells that would come out otherwise on another processor (CHAPTER=…, RUNS=3)
	$(BIN)/python -m tools.steady $(CHAPTER) --runs $(or $(RUNS),3)

.PHONY: recipes
recipes: $(READY)  ## train the networks that a chapter stores (CHAPTER=chapters/architectures/stacked)
	$(BIN)/python -m data.networks.train $(CHAPTER)

.PHONY: live
live: $(READY)  ## export stored networks for the pages in which they run
	$(BIN)/python -m tools.export_live
	$(BIN)/python -m tools.export_tunes

.PHONY: new
new: $(READY)  ## start a chapter from the template (CHAPTER=chapters/prediction/tides)
	$(BIN)/python -m tools.new $(CHAPTER)

.PHONY: bench
bench: $(READY)  ## time framing.windows and the training on sums beside the usual recipes
	$(BIN)/pytest tests/test_benchmark.py --benchmark-only --benchmark-columns=median,rounds --benchmark-sort=name
	$(BIN)/python -m tools.bench_addition $(SECONDS)

.PHONY: lint
lint: $(READY)  ## check the style of code and notebooks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --exclude '*.ipynb' .

# Extras are kept: without them, pip 23.2 (the one in Python 3.11) reaches for the newest release and finds no hash for it.
.PHONY: lock
lock: $(READY)  ## compile requirements.in into requirements.txt (all platforms, with hashes)
	$(PYTHON) -m uv --version >/dev/null || { echo "make lock needs uv: python -m pip install uv"; exit 1; }
	$(PYTHON) -m uv pip compile --quiet --universal --fork-strategy fewest --generate-hashes --no-strip-extras --python-version 3.11 \
		--no-annotate --no-header --upgrade requirements.in --output-file requirements.txt

.PHONY: data
data: $(READY)  ## build every data file again from its pinned source
	@for script in data/*/build.py; do $(BIN)/python -m "$$(tr / . <<< "$${script%.py}")"; done

.PHONY: links
links: $(READY)  ## check every link of the book that leads elsewhere (needs a network)
	$(BIN)/jupyter-book build . --builder linkcheck

.PHONY: clean
clean:  ## remove .venv and _build
	rm -rf .venv _build
