# The work of every day. `make` alone lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PARALLEL := --numprocesses 2 --dist loadfile

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "python3-venv is missing: sudo apt-get install python3-venv"; exit 1; }
	@echo "Installing what pyproject.toml names into $(VENV)…"
	@{ $(BIN)/pip install --upgrade "pip>=25.1" && $(BIN)/pip install --editable . --group dev; } > $(VENV)/install.log 2>&1 \
	  || { tail -n 20 $(VENV)/install.log; exit 1; }
	@touch $@

install: $(READY) ## the environment in .venv

demo: $(READY) ## an invented city on this machine, with phones to play with
	@$(BIN)/allervers demo $(DEMO)

check: $(READY) ## under a minute: lint, types, walls, transcripts, the office on SQLite
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/pytest $(PARALLEL) -m "not peer and not proof" --databases sqlite

test: $(READY) ## under ten minutes: both databases, one real peer each
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/pytest $(PARALLEL) -m "not proof"

proof: $(READY) ## under 25 minutes: kills, storms, rates, pages; FULL=1 at the full counts
	@FULL=$(FULL) $(BIN)/pytest -m proof --timeout 1500 -s

locales: $(READY) ## take the sentences out of the code again, and into every catalogue
	@$(BIN)/pybabel -q extract -F pyproject.toml --no-location --sort-output --omit-header -o locales/messages.pot . 
	@for po in locales/*/LC_MESSAGES/messages.po; do $(BIN)/pybabel -q update -i locales/messages.pot -o $$po -l $$(basename $$(dirname $$(dirname $$po))) --no-fuzzy-matching --ignore-obsolete --no-wrap; done

readme: $(READY) ## the README's two tables, from the code
	@$(BIN)/python -m tests.readme

format: $(READY) ## put the code in its order
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

clean: ## what can be made again
	@rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .hypothesis

.PHONY: help install demo check test proof locales readme format clean
