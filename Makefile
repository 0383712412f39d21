# Everything that a newcomer, a developer and the continuous integration run. Needs make and Python 3.11 or later with
# venv and pip; each target installs what it needs into .venv, from the versions in uv.lock.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Test processes at once: each loads the networks, so more cores than two help little.
JOBS ?= 2
DEMO_OUT ?= demo-out

.DEFAULT_GOAL := help
.PHONY: help demo cohort-demo test test-training lint format bench train docs lock clean

help: ## Say what can be made
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.ready-core ## Read the example films, print truth beside measurement, write the reports
	$(BIN)/python examples/demo.py --out $(DEMO_OUT)

cohort-demo: $(VENV)/.ready-cohort ## Analyse the example cohort of 77 patients as a published study did, write the report
	$(BIN)/python examples/cohort_demo.py --out $(DEMO_OUT)/cohort

test: lint $(VENV)/.ready-test ## Check style, types and floors, then run the tests
	$(BIN)/pytest -n $(JOBS)

test-training: $(VENV)/.ready-train ## Run the tests of the training code, which need torch
	$(BIN)/pytest tests/training

lint: $(VENV)/.ready-test ## Check style (ruff), types (mypy) and floors (import-linter)
	$(BIN)/python tools/lint.py

format: $(VENV)/.ready-test ## Lay out the code and mend what ruff can mend by itself
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format --quiet .

bench: $(VENV)/.ready-test ## Measure accuracy and speed, write bench/results.json, renew the table in README.md
	$(BIN)/python -m bench
	$(BIN)/python tools/readme_table.py
	$(BIN)/python tools/published_page.py

train: $(VENV)/.ready-train ## Train the networks again and export them (hours; resumable)
	$(BIN)/python -m sclerograph.training

docs: $(VENV)/.ready-docs ## Build the documentation into docs/_build/html
	$(BIN)/sphinx-build -W --keep-going -q -b html docs docs/_build/html
	@echo "open docs/_build/html/index.html"

lock: $(VENV)/.ready-core ## Renew uv.lock and the constraints that pip reads, after a change of pyproject.toml
	$(BIN)/uv lock --upgrade
	$(BIN)/uv export --quiet --frozen --all-extras --no-hashes --no-emit-project --no-annotate --no-header -o constraints.txt

clean: ## Remove what was built here (not .venv)
	rm -rf build dist docs/_build $(DEMO_OUT) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# One mark for each set of packages; `install` takes the extras that the set needs.
$(VENV)/.ready-core: pyproject.toml uv.lock tools/install.sh
	tools/install.sh "$(PYTHON)" $(VENV)
	@touch $@

$(VENV)/.ready-cohort: pyproject.toml uv.lock tools/install.sh
	tools/install.sh "$(PYTHON)" $(VENV) cohort
	@touch $@ $(VENV)/.ready-core

$(VENV)/.ready-test: pyproject.toml uv.lock tools/install.sh
	tools/install.sh "$(PYTHON)" $(VENV) phantom cluster cohort dev
	@touch $@ $(VENV)/.ready-core $(VENV)/.ready-cohort

$(VENV)/.ready-docs: pyproject.toml uv.lock tools/install.sh
	tools/install.sh "$(PYTHON)" $(VENV) docs
	@touch $@

# pip, not uv: it takes the build of torch that is at hand, where uv would fetch gigabytes of CUDA.
$(VENV)/.ready-train: $(VENV)/.ready-test
	$(BIN)/python -m pip install --quiet -e '.[train]' -c constraints.txt
	@touch $@
