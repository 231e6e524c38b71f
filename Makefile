# Every command of the project, a line each: `make help`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help

help: ## List every command
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s '|'

$(STAMP): requirements/base.txt requirements/dev.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) (once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

setup: $(STAMP) ## Make .venv and install everything, pinned by hash

demo: $(STAMP) ## Run the whole story on a demo business (ARGS=--exit stops after the sync)
	@$(BIN)/bookbridge demo $(ARGS)

serve: $(STAMP) ## Run both halves with an embedded Postgres
	@$(BIN)/bookbridge serve $(ARGS)

test: $(STAMP) ## Run every test: books, bridge, and both together
	@$(BIN)/python scripts/test.py $(ARGS)

check: $(STAMP) ## Format, lint, types, import rules, migrations
	@$(BIN)/python scripts/check.py

fmt: $(STAMP) ## Format the code
	@$(BIN)/ruff format src tests bench scripts
	@$(BIN)/ruff check --fix --quiet src tests bench scripts

bench: $(STAMP) ## Measure, each figure beside its rival or its limit
	@$(BIN)/python -m bench $(ARGS)

lock: ## Pin the requirements again (needs uv)
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate requirements/base.in -o requirements/base.txt
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate --allow-unsafe requirements/dev.in -o requirements/dev.txt

clean: ## Remove .venv and caches
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

.PHONY: help setup demo serve test check fmt bench lock clean
