# The same words at your desk and in CI. VENV=… chooses another virtual environment.
VENV ?= .venv
PYTHON ?= python3.11
BIN := $(VENV)/bin
INSTALL ?= $(BIN)/python -m pip install --quiet --disable-pip-version-check
ACTIVE := PATH="$(abspath $(BIN)):$$PATH"
EXPERIMENT ?= laptop
WORKERS ?= 2
JOBS ?= 2
HOURS ?= 24
SWEEP ?= -S train.lr=0.01,0.02 -S train.batch_size=16,32 -S tokenizer=bpe,wordlist
NAME ?= best
MODEL ?= models/model
PORT ?= 7860
PROMPT ?= 我想
export PROMPT
# Each client has versions of its own, so an environment of its own: made from tests/clients/requirements-<name>.txt.
CLIENTS := .venv-clients

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev setup-ray setup-clients params repro sample demo sweep winner micro-batch test lint coverage acceptance clients bench clean

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: $(VENV)/.runtime  ## virtual environment with the locked versions

$(VENV)/.runtime: requirements.lock
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(INSTALL) -r requirements.lock
	touch $@

setup-dev: $(VENV)/.dev  ## and the tools that tests need

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	$(INSTALL) -r requirements-dev.lock
	touch $@

setup-ray: $(VENV)/.ray  ## and Ray, for acceptance or a cluster

$(VENV)/.ray: requirements-ray.lock $(VENV)/.dev
	$(INSTALL) -r requirements-ray.lock
	touch $@

params: setup  ## compose conf/ to params.yaml (EXPERIMENT=laptop|long|gpu|smoke)
	$(ACTIVE) python -m pipeline.core.compose experiment=$(EXPERIMENT)

repro: params  ## set-up, then the whole pipeline
	$(ACTIVE) dvc repro
	@echo && echo "Read the report: $(abspath reports/report.html)"

sample: setup  ## what the finished model writes after PROMPT=我想
	@$(ACTIVE) python -m pipeline.generate --model $(MODEL) --prompt "$$PROMPT"

$(VENV)/.demo: requirements-demo.lock $(VENV)/.runtime
	$(INSTALL) -r requirements-demo.lock
	touch $@

demo: setup $(VENV)/.demo  ## a page to try the finished model, on this machine alone (PORT=7860)
	$(ACTIVE) python -m pipeline.demo --model $(MODEL) --port $(PORT)

# A group's option (tokenizer=wordlist) and not one of its values: the two methods need different ones.
sweep:  ## queue the grid SWEEP='-S key=a,b …', work on it with WORKERS, wait up to HOURS, print the best first
	$(ACTIVE) python -m pipeline.sweeps run --workers $(WORKERS) --hours $(HOURS) -- $(SWEEP)

micro-batch: setup  ## the largest forward pass that fits here, written to the conf/train/ of EXPERIMENT
	$(ACTIVE) python -m pipeline.sweeps.micro_batch --tokenizer models/tokenizer experiment=$(EXPERIMENT)

winner:  ## the best experiment of this commit (or EXP=…) as conf/experiment/NAME.yaml
	$(ACTIVE) python -m pipeline.sweeps winner --name $(NAME) $(if $(EXP),--experiment $(EXP))

lint: setup-dev
	$(ACTIVE) ruff check .
	$(ACTIVE) ruff format --check .
	$(ACTIVE) mypy
	$(ACTIVE) python -m pipeline.core.compose --check

test: lint  ## lint, types, params drift and every test but the slow proofs; fails on a skip
	$(ACTIVE) OMP_NUM_THREADS=1 python -m pytest -n $(JOBS) -m "not acceptance" -p tests.no_skips --durations=10

coverage: setup-dev  ## branch coverage of pipeline/ and crawler/ by the tests of `make test`; fails below the floor in pyproject.toml
	rm -f .coverage .coverage.*
# Traced, the crawls that race a clock may fail (pytest's status 1): `make test` judges the tests, this takes the figure.
	$(ACTIVE) OMP_NUM_THREADS=1 coverage run -m pytest -n $(JOBS) -m "not acceptance" -p tests.no_skips -q || test $$? -eq 1
	$(ACTIVE) coverage combine -q
	$(ACTIVE) coverage report

acceptance: setup-dev setup-ray setup-clients $(VENV)/.demo  ## the slow proofs: forced rebuilds, kills, sweeps
	$(ACTIVE) python -m pytest -m acceptance -p tests.no_skips

clients: setup-dev setup-clients  ## the released folder (WENYUAN_RELEASE=…) and the data in the tools of those who use them
	$(ACTIVE) python -m pytest -q --no-header tests/clients -m acceptance -p tests.no_skips

setup-clients: $(patsubst tests/clients/requirements-%.txt,$(CLIENTS)/%/.done,$(wildcard tests/clients/requirements-*.txt)) $(CLIENTS)/node/.done

$(CLIENTS)/%/.done: tests/clients/requirements-%.txt
	test -x $(CLIENTS)/$*/bin/python || $(PYTHON) -m venv $(CLIENTS)/$*
	$(subst $(BIN)/python,$(CLIENTS)/$*/bin/python,$(INSTALL)) -r $<
	touch $@

# No scripts: both packages bring their binaries, and neither may build or download more. Not `npm ci`: it wants the
# optional binaries of every machine in the lock file, also those that a registry does not hand to this one.
$(CLIENTS)/node/.done: tests/clients/package.json tests/clients/package-lock.json
	mkdir -p $(CLIENTS)/node
	cp $^ $(CLIENTS)/node
	npm install --prefix $(CLIENTS)/node --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

bench: setup-dev  ## each headline figure against its peer, in one run
	$(ACTIVE) sh -ec 'for script in bench/*.py; do echo "== $$script"; PYTHONPATH=. python $$script; done'

clean:  ## outputs and scratch; the DVC cache stays (dvc gc -w empties it)
	rm -rf data models reports .scratch
