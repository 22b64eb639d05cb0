.DEFAULT_GOAL := help
.PHONY: help install run chat test lint types check fit bench evaluate lock clean

PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(UV):
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --require-hashes -r requirements/uv.txt

.venv/run.done: requirements/run.txt | $(UV)
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/run.txt
	@touch $@

.venv/test.done: requirements/test.txt | .venv/run.done
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/test.txt
	@touch $@

.venv/bench.done: requirements/bench.txt | .venv/test.done
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/bench.txt
	@touch $@

install: .venv/run.done ## Set up what the bot needs, inside .venv

run: .venv/run.done ## Start the bot on http://127.0.0.1:8000 (and Telegram where a token is set)
	@$(BIN)/python -m bot run

chat: .venv/run.done ## Talk with the bot in this terminal
	@$(BIN)/python -m bot chat

lint: .venv/test.done ## Check style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/test.done ## Check types
	$(BIN)/mypy

check: .venv/run.done ## Check the knowledge base
	$(BIN)/python -m bot check

test: lint types check ## Lint, types, knowledge check and all tests
	$(BIN)/python -m pytest -n auto

fit: .venv/test.done ## Learn the ranking and the thresholds again from the phrasings and questions
	$(BIN)/python -m bot fit

evaluate: .venv/test.done ## Measure understanding on the project's labelled questions
	$(BIN)/python -m tests.evaluation

bench: .venv/bench.done ## Compare accuracy and speed with other methods, and measure load
	$(BIN)/python -m tests.bench

lock: | $(UV) ## Renew the lock files from pyproject.toml
	$(UV) pip compile --quiet pyproject.toml $(LOCK) --extra test --extra bench -o requirements/bench.txt
	$(UV) pip compile --quiet pyproject.toml $(LOCK) --extra test -c requirements/bench.txt -o requirements/test.txt
	$(UV) pip compile --quiet pyproject.toml $(LOCK) -c requirements/bench.txt -o requirements/run.txt
	echo uv | $(UV) pip compile --quiet - $(LOCK) -o requirements/uv.txt

LOCK := --generate-hashes --universal -p 3.11 --no-header --no-annotate

clean: ## Remove the environment and caches (the database stays)
	rm -rf .venv .mypy_cache .ruff_cache
