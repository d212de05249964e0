# make run    opens the app; the first time it makes .venv and installs into it
# make test   runs every test
# make fuzz   runs the property tests with examples of its own, ten times as many and other ones each time
# make check  style, types and layers

PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --constraint constraints.txt --editable

.PHONY: run test fuzz check

run: .venv/.installed
	@$(BIN)/gradtui vanishing-sigmoid

test: .venv/.installed-test
	$(BIN)/pytest -n 2

fuzz: .venv/.installed-test
	$(BIN)/pytest -n 2 -m hypothesis --hypothesis-profile fuzz

check: .venv/.installed-test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

.venv/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing into .venv, once. PyTorch is large: the first time takes some minutes."
	$(INSTALL) .
	@touch $@

.venv/.installed-test: .venv/.installed
	$(INSTALL) '.[test]'
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "gradtui needs Python 3.11 or newer, and $(PYTHON) is not. Name another one: make PYTHON=python3.12 run" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo "$(PYTHON) cannot make virtual environments. On Debian and Ubuntu: sudo apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv .venv
