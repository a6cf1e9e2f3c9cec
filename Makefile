# paidan: one word for each thing a person does with the project. Needs Python 3.11 or newer, git and make.
#
#   PYTHON=python3.12   the Python to build with (default: python3)
#   UV=                 install with pip alone (default: pip installs the pinned uv first, which is three times faster)
#   ARGS="…"            handed on to demo, run, test, soak and bench
#   JOBS=2              test processes side by side

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install install-dev demo run test check soak bench lock clean

PYTHON ?= python3
UV ?= yes
JOBS ?= 2
ARGS ?=

V := .venv
BIN := $(V)/bin
PACKAGES := bot routing store sandbox tests $(wildcard bench)

help: ## print this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

install: $(V)/.ready ## set up .venv; afterwards .venv/bin/paidan is there

install-dev: $(V)/.ready-dev ## the same with the tools that check and test it

demo: $(V)/.ready ## a sales team's morning on SQLite and a stand-in WeCom; ARGS=--exit-when-done ends by itself
	$(BIN)/paidan demo $(ARGS)

run: $(V)/.ready ## start the service with the settings of .env and the environment
	$(BIN)/paidan serve $(ARGS)

test: $(V)/.ready-dev ## every test but the long ones, PostgreSQL and browser included
	@requirements/chromium.sh
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile $(ARGS)

check: $(V)/.ready-dev ## format, lint, types, imports, docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(PACKAGES)
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/architecture

soak: $(V)/.ready-dev ## the long runs (races, kills, fuzz, faults), seeds printed; PAIDAN_SOAK=full for full length
	@requirements/chromium.sh
	$(BIN)/python -m pytest -m soak --timeout 7200 -s $(ARGS)

bench: $(V)/.ready-dev ## measure, next to floors of the same run; writes JSON and a table
	$(BIN)/python -m bench $(ARGS)

lock: $(V)/.ready-dev ## write requirements/*.txt anew from pyproject.toml: names, versions, hashes, no hosts
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    --group pyproject.toml:build pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    -c requirements/run.txt --group pyproject.toml:build --group pyproject.toml:dev pyproject.toml \
	    -o requirements/dev.txt

clean: ## remove .venv, caches and build results; data/ stays
	rm -rf $(V) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(V)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "paidan needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another one: make PYTHON=python3.12")'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "this Python has no venv module (on Debian and Ubuntu: apt install python3-venv)" >&2; exit 1; }
	$(PYTHON) -m venv $(V)
	@touch $@

$(V)/.ready: $(V)/.made requirements/run.txt requirements/uv.txt requirements/install.sh pyproject.toml
	UV="$(UV)" requirements/install.sh $(V) requirements/run.txt
	@touch $@

$(V)/.ready-dev: $(V)/.ready requirements/dev.txt
	UV="$(UV)" requirements/install.sh $(V) requirements/dev.txt
	@touch $@
