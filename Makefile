# SPDX-License-Identifier: Apache-2.0
SHELL := /bin/sh
VENV  := .venv
RUN   := $(VENV)/bin/python
PINS  := constraints.txt tools/setup $(addsuffix /pyproject.toml,$(shell tools/packages folders))
# Keyed on what is pinned and where the folder lies: a change, or a move, sets up anew.
STAMP := $(VENV)/.ready-$(shell (pwd; cat $(PINS)) | sha256sum | cut -c1-16)
CODE  := services descriptors dataplane-agent tests tools/measure tools/coverage tools/ports
KILLS ?= 60
RUNS  ?= 20000
CYCLES ?= 2000
SEED  ?= 1

.DEFAULT_GOAL := help
.PHONY: help setup setup-run setup-test demo test check fmt docs measure bench profile fuzz chaos grow compose-test clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*##  *\(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-22s %s\n", $$1, $$2}'

demo: setup-run  ## set everything up, start the suite, and prove a network service with traffic
	@$(VENV)/bin/mano demo

test: setup-test  ## set everything up and run all tests; some of them: make test ARGS=tests/unit/nfvo
	$(RUN) -m pytest -q $(if $(ARGS),$(ARGS),--cov --cov-report=)
	@$(if $(ARGS),true,$(RUN) tools/coverage)

check: setup  ## lint and types
	$(VENV)/bin/ruff format --check $(CODE)
	$(VENV)/bin/ruff check $(CODE)
	tools/types

fmt: setup  ## mend what can be mended by machine
	$(VENV)/bin/ruff check --fix $(CODE)
	$(VENV)/bin/ruff format $(CODE)

docs: setup  ## write the pages that are made from the sources: docs/ports.md, docs/states.md
	tools/ports >docs/ports.md.new && mv docs/ports.md.new docs/ports.md
	$(RUN) -m mano.sol.diagram >docs/states.md.new && mv docs/states.md.new docs/states.md

measure:  ## how the code reads, in figures: lines, names, types, what is written twice
	@python3 tools/measure

bench: setup-test  ## the figures, as a table; some of them: make bench ONLY=vnf,ns
	$(RUN) -m tests.bench $(if $(ONLY),--only $(ONLY)) $(ARGS)

profile: setup-test  ## where the time goes: make profile WHAT=vnf (or ns, cycles, onboard, …)
	$(RUN) -m tests.bench.profiling $(or $(WHAT),vnf) $(ARGS)

fuzz: setup  ## mutated packages against the toolchain: make fuzz RUNS=200000 SEED=1
	nice -n 19 $(RUN) -m tests.fuzz $(RUNS) $(SEED)

chaos: setup-test  ## the chaos test, longer: make chaos KILLS=1000 [SEED=7] [MODE=embedded or distributed]
	KILLS=$(KILLS) SEED=$(SEED) $(RUN) -m pytest -q -s $(foreach mode,$(or $(MODE),embedded distributed),tests/suite/test_chaos_$(mode).py) $(ARGS)

grow: setup-test  ## cycles of network services, with what is stored and the memory: make grow CYCLES=2000
	$(RUN) -m tests.hostile.grow $(CYCLES)

compose-test: setup-run  ## build the image, start docker-compose.yml, run the demo against it
	tests/lab/compose-test $(ARGS)

clean:  ## remove what was built here; the suite's data stay (mano down --purge removes those)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup: $(STAMP)
setup-run: $(STAMP)
	@tools/setup programs run
setup-test: setup-run
	@tools/setup programs test

$(STAMP):
	@tools/setup venv
	@rm -f $(VENV)/.ready-*
	@touch $@
