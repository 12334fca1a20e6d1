# `make` alone lists the targets. Each sets up .venv first.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.set-up
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help setup demo test check lint types unit bench soak schemas gazetteer image requirements clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

setup: $(STAMP) ## make .venv with pinned, hashed packages and the kabar command

$(STAMP): requirements/build.txt requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Kabar needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Try: make PYTHON=python3.12 setup" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "setting up $(VENV) (pinned packages, hashes checked)" >&2
	@$(PIP) install --require-hashes -r requirements/build.txt
	@$(PIP) install --require-hashes --no-build-isolation -r requirements/dev.txt
	@$(PIP) install --no-deps --no-build-isolation --no-index -e .
	@touch $@

demo: $(STAMP) ## run the main job: embedded broker, worker, desk, dashboard, sample archive
	@$(BIN)/kabar demo

test: $(STAMP) lint types unit ## run every check and test

check: lint types ## ruff and mypy alone

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

# What needs no broker takes all cores. What does waits half of its time: two files at once, each with a broker.
unit: $(STAMP)
ifdef PYTEST
	$(BIN)/python -m pytest $(PYTEST)
else
	$(BIN)/python -m pytest -n auto -m "not (kafka or docker or soak)"
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "(kafka or docker) and not soak"
endif

soak: $(STAMP) ## run the long forms of the tests: faults, hostile input
	$(BIN)/python -m pytest -m soak $(PYTEST)

bench: $(STAMP) ## articles a second, as ratios measured side by side
	$(BIN)/python -m tests.bench

schemas: $(STAMP) ## write streams/schemas/*.json and deploy/asyncapi.yaml from the record types
	$(BIN)/kabar schema --write streams/schemas
	$(BIN)/kabar schema --asyncapi > deploy/asyncapi.yaml

gazetteer: $(STAMP) ## write streams/data/gazetteer.bin from GeoNames, the CLDR and places.toml
	@$(PIP) install --require-hashes -r requirements/gazetteer.txt
	@$(BIN)/python -m streams.gazetteer.build

image: ## build the worker's image
	docker build -f deploy/Dockerfile -t kabar:local .

requirements: $(STAMP) ## resolve requirements/*.in anew into hashed *.txt
	cd requirements && for name in build worker dev gazetteer; do \
	  ../$(BIN)/pip-compile --generate-hashes --allow-unsafe --strip-extras --no-header --quiet --upgrade \
	    --no-emit-index-url --no-emit-trusted-host --no-emit-find-links -o $$name.txt $$name.in || exit 1; done

clean: ## remove .venv and what tools left
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
