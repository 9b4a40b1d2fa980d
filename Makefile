# Two commands do everything: `make demo` and `make test`. Each makes .venv and installs what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: demo test soak lint check bench screenshots clean

$(INSTALLED): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; try: make PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	@$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $@

demo: $(INSTALLED)
	$(BIN)/cco demo

test: $(INSTALLED)  # a few minutes; what takes longer is in soak
	$(BIN)/python -m pytest --numprocesses=3 --dist=worksteal

soak: $(INSTALLED)
	$(BIN)/python -m pytest -m soak --numprocesses=3 --dist=worksteal

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check: $(INSTALLED)
	$(BIN)/cco knowledge check --golden tests/answers/golden.csv

bench: $(INSTALLED)
	$(BIN)/python -m bench

screenshots: $(INSTALLED)
	$(BIN)/python -m tests.e2e.screenshots

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
