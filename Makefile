# The two that matter: `make demo` runs an example newsroom, `make test` proves the system. `make help` lists all.

PYTHON ?= python3
PORT ?= 8000
CHRONICLE_BASE_URL ?= http://127.0.0.1:$(PORT)
export CHRONICLE_BASE_URL

# Some settings of pip on a machine make it warn at every call; with -qq it speaks only when it fails.
PIP := .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input
# Real servers stop when their tests do, so two workers cost one more start of each and no more.
# Tests start hundreds of processes, which read what the first of them compiled, whatever is set elsewhere.
PYTEST := PYTHONDONTWRITEBYTECODE= .venv/bin/python -m pytest -q -n 2
CODE := $(wildcard cms domain projections tests bench)

.DEFAULT_GOAL := help
.PHONY: demo test lint types format bench clean help

demo: .venv/.runtime ## an example newsroom on 127.0.0.1:$PORT (default 8000)
	@.venv/bin/python -m cms.demo --port $(PORT)

test: lint types ## lint, types and all tests, real PostgreSQL and Valkey included
	@$(PYTEST)

lint: .venv/.dev ## rules and format, changing nothing
	@.venv/bin/ruff check -q $(CODE)
	@.venv/bin/ruff format -q --diff $(CODE)

types: .venv/.dev ## strict types
	@.venv/bin/mypy --no-error-summary $(CODE)

format: .venv/.dev ## format, and correct what can be corrected safely
	@.venv/bin/ruff check -q --fix-only $(CODE)
	@.venv/bin/ruff format -q $(CODE)

bench: .venv/.dev ## measure, on this machine; kill, memory and million take long: `.venv/bin/python -m bench million`
	@.venv/bin/python -m bench

clean: ## remove the virtual environment and what the tools made; data/ stays
	@rm -rf .venv build dist *.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +

help:
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 10

# A stamp is newer than the pins it installed, so a second start asks pip nothing.
.venv/.dev: requirements-dev.txt .venv/.runtime
	@echo 'Installing the tools.'
	@$(PIP) -r requirements-dev.txt
	@touch $@

# An environment that is half made, or whose Python is gone or too old, is made anew.
.venv/.runtime: requirements.txt pyproject.toml
	@.venv/bin/python -c '$(NEW_ENOUGH); import pip' 2>/dev/null || { $(MAKE_VENV); }
	@echo 'Installing Chronicle into .venv.'
	@$(PIP) -r requirements.txt
	@$(PIP) --no-build-isolation --no-deps --editable .
	@touch $@

NEW_ENOUGH := import sys; assert sys.version_info >= (3, 11)

define MAKE_VENV
$(PYTHON) -c '$(NEW_ENOUGH)' 2>/dev/null || \
	{ echo 'Chronicle needs Python 3.11 or newer. To name one: make $(MAKECMDGOALS) PYTHON=python3.12' >&2; exit 1; }; \
$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	{ echo '$(PYTHON) has no venv module. On Debian and Ubuntu: apt install python3-venv' >&2; exit 1; }; \
$(PYTHON) -m venv --clear .venv
endef
