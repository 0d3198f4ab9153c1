# Tasks of the project. `make` alone lists them; everything made stays in .venv and .entente.
ifndef PYTHON
PYTHON := $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
endif
ifeq ($(PYTHON),)
PYTHON := python3
endif
DATA ?=
DEMO_ARGS ?=
TEST_ARGS ?=
BENCH_ARGS ?=
LOAD_ARGS ?=
SOAK_ARGS ?=
SOAK_MINUTES ?= 60
SCREENS ?=
KEY ?=
RELEASE_ARGS ?=
export PYTHON
BIN := .venv/bin
ROOMS := gateway tenants policy sharing audit

.DEFAULT_GOAL := help
.PHONY: help venv venv-dev demo demo-real test test-security release nightly lint rego regal console console-test screenshots test-deps opa bench bench-matching bench-billion load soak load-report lock clean keycloak

help: ## list the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

venv: .venv/.entente-run ## make .venv from the locks (exact versions, hashes checked)

venv-dev: .venv/.entente-dev ## the same with what the tests and the lint need

.venv/.entente-run: deploy/requirements-build.lock deploy/requirements.lock pyproject.toml
	@deploy/scripts/venv.sh run

.venv/.entente-dev: deploy/requirements-build.lock deploy/requirements-dev.lock pyproject.toml
	@deploy/scripts/venv.sh dev

opa: ## put OPA into .entente/bin (from PATH, else built with Go)
	@deploy/scripts/opa.sh

console: ## build what browsers get, into gateway/console/dist (Node.js from PATH, else from PyPI)
	@deploy/scripts/console.sh

console-test: console ## the console's own checks: types, documents, lint, unit tests
	@deploy/scripts/console.sh check

screenshots: venv-dev console ## pictures of all screens, into deploy/docs/screens (SCREENS="home search" for some)
	@$(BIN)/python -m tests.console.screenshots $(SCREENS)

demo: venv ## three nodes on loopback, one question across the border (DEMO_ARGS=--once ends after it)
	@deploy/scripts/opa.sh || echo "no OPA here: the demo runs on the embedded rego_engine"
	@deploy/scripts/console.sh || echo "no console here: the nodes answer programs, and browsers with a notice"
	@$(BIN)/entente demo $(DEMO_ARGS)

demo-real: venv ## the same on real data: make demo-real DATA=<folder>
	@test -n "$(DATA)" || { echo "which data? make demo-real DATA=<folder>" >&2; exit 2; }
	@deploy/scripts/opa.sh || echo "no OPA here: the demo runs on the embedded rego_engine"
	@deploy/scripts/console.sh || echo "no console here: the nodes answer programs, and browsers with a notice"
	@$(BIN)/entente demo --data "$(DATA)" $(DEMO_ARGS)

test: venv-dev console ## everything: lint, Rego, console, tests on every engine and database (TEST_ARGS for pytest)
	@deploy/scripts/tests.sh $(TEST_ARGS)

nightly: venv-dev rego console ## at length: what is marked long; 200 kills of a log, of a sequencer; 2000 examples; 12000 inputs on each engine
	@ENTENTE_REQUIRE_ALL=1 $(BIN)/python -m pytest -m long $(TEST_ARGS)
	@ENTENTE_CRASH_ROUNDS=200 ENTENTE_TAKEOVER_ROUNDS=200 ENTENTE_ENGINE_INPUTS=12000 HYPOTHESIS_PROFILE=thorough \
		$(BIN)/python -m pytest tests/audit tests/flow/test_sequencer.py tests/flow/test_processes.py \
		tests/policy/test_engines.py tests/tenants/test_views.py $(TEST_ARGS)

test-security: venv-dev ## attack it with others' tools: schemathesis, bandit, semgrep, pip-audit, npm audit, atheris (FUZZ_SECONDS each)
	@$(BIN)/python -m pytest tests/security $(TEST_ARGS)
	@deploy/scripts/security.sh

release: venv-dev ## wheel, sdist, bill of materials, provenance into dist/release, built twice; signed with KEY=<file>
	@deploy/scripts/security.sh bill
	@$(BIN)/python -m deploy.scripts.licences
	@$(BIN)/python -m deploy.scripts.release make $(if $(KEY),--key "$(KEY)") $(RELEASE_ARGS)

lint: venv-dev ## ruff, mypy, import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

rego: ## check, test and lint the policies
	@deploy/scripts/opa.sh || true
	@deploy/scripts/regal.sh || true
	@deploy/scripts/rego.sh

test-deps: ## bring what the tests start: PostgreSQL, Chromium, SoftHSM, OPA, Go, promtool, programs that check our logs, an identity provider
	@deploy/scripts/system-deps.sh test
	@deploy/scripts/opa.sh
	@deploy/scripts/outside.sh >/dev/null
	@deploy/scripts/promtool.sh >/dev/null
	@deploy/scripts/idp.sh >/dev/null
	@deploy/scripts/beside.sh checkers >/dev/null
	@deploy/scripts/console.sh

keycloak: ## put Keycloak, the second identity provider of the tests, into .entente (make nightly does so itself)
	@deploy/scripts/keycloak.sh

regal: ## put Regal, the linter of the Rego, into .entente/bin
	@deploy/scripts/regal.sh

bench: venv-dev ## measure against the baselines, into tests/bench/RESULTS.md
	@$(BIN)/python -m tests.bench $(BENCH_ARGS)

bench-matching: venv-dev ## precision and recall of the matcher, into tests/bench/MATCHING.md
	@$(BIN)/python -m tests.bench.matching $(BENCH_ARGS)

bench-billion: venv-dev ## a million records on PostgreSQL: sizes, WAL, times, and what that is at a billion; goes on where it was
	@$(BIN)/python -m tests.bench.billion $(BENCH_ARGS)

load: venv-dev ## thirty partners, five of them broken, for three minutes; then gateways restarted in turn
	@deploy/scripts/opa.sh
	@$(BIN)/python -m tests.load load $(LOAD_ARGS)
	@$(BIN)/python -m tests.load rolling

soak: venv-dev ## the same federation for SOAK_MINUTES=60 at a low rate (Ctrl-C ends it; SOAK_ARGS=--on goes on)
	@deploy/scripts/opa.sh
	@$(BIN)/python -m tests.load soak --minutes $(SOAK_MINUTES) $(SOAK_ARGS)

load-report: venv-dev ## deploy/docs/load.md from the figures of the runs
	@$(BIN)/python -m tests.load report

lock: ## resolve the dependencies anew (UPGRADE=1 takes the newest)
	@deploy/scripts/lock.sh

clean: ## remove what was made here, the demo's nodes included
	rm -rf .venv .entente dist gateway/console/dist gateway/console/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find $(ROOMS) tests deploy -name __pycache__ -type d -prune -exec rm -rf {} +
