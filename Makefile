# Each target first sets up what it needs, quietly when that is there already. The steps are scripts in .ci; their
# output is in .venv/setup.log. ARGS="..." is handed on to the program, as in: make run ARGS="--port 9000"

export PATH := $(CURDIR)/.venv/node:$(PATH)
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DELETE_ON_ERROR:
.NOTPARALLEL:
.DEFAULT_GOAL := help

PYTHON := .venv/bin/python
STAMPS := .venv/stamps
EXTENSION_SOURCES := $(shell find extension -mindepth 1 \( -name node_modules -o -name dist \) -prune -o -print)

$(shell .ci/check-venv)

.PHONY: help
help: ## this list
	@echo "Sealbreak. make ..."
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1 \2/p' Makefile | while read name text; do printf '  %-12s%s\n' $$name "$$text"; done
	@echo 'Start with "make demo" (throw-away data) or "make run". ARGS="..." is handed on: make run ARGS=--help'

.PHONY: run demo
run: set-up-run ## start server and tray, and show the first steps
	@.venv/bin/sealbreak-server run $(ARGS)

demo: set-up-run ## the same on throw-away data, with a short scenario played in it
	@.venv/bin/sealbreak-server demo $(ARGS)

.PHONY: test test-quick check format
test: set-up-test ## everything: extension, checks, and the tests on a real browser, bus and screen
	@.ci/test $(ARGS)

test-quick: set-up-check ## the unit tests only: no process, socket, database or browser
	@.ci/test-quick $(ARGS)

check: set-up-check ## format, lint, types and layers, of Python and of the extension
	@.ci/check

format: set-up-check ## write the format that "check" wants
	@$(PYTHON) -m ruff format
	@$(PYTHON) -m ruff check --fix

.PHONY: bench soak screenshots mutants
bench: set-up-bench ## measure; one JSON object a line (ARGS names benchmarks)
	@PYTHONPATH=tests $(PYTHON) tests/bench $(ARGS)

soak: set-up-bench ## the long runs: kills, a day of hits, fuzzing, random worlds
	@PYTHONPATH=tests $(PYTHON) tests/soak $(ARGS)

mutants: set-up-test ## change the pure core in many ways, and list what no unit test notices (ARGS names files)
	@.ci/mutants $(ARGS)

screenshots: set-up-test ## take the pictures of the README again
	@PYTHONPATH=tests $(PYTHON) tests/screenshots $(ARGS)

audit: set-up-check ## ask the advisory services about everything this is built on
	@.ci/audit

.PHONY: dist pins clean audit
dist: set-up-check fetch-data extension/dist/manifest.json ## wheel, extension and its source, into dist/
	@.ci/make-dist

pins: ## newest versions of all Python packages into constraints.txt
	@.ci/make-pins

clean: ## remove what was built, and caches; .venv and node_modules stay
	rm -rf mutants dist extension/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# What the targets above need.

.PHONY: set-up-run set-up-check set-up-test set-up-bench
set-up-run: packages-run $(STAMPS)/python-run link-gi extension/dist/manifest.json fetch-data
set-up-check: packages-build $(STAMPS)/python-test extension/node_modules/.installed
set-up-test: packages-test $(STAMPS)/python-test link-gi extension/node_modules/.installed fetch-data fetch-proxies
set-up-bench: packages-bench set-up-test tests/bench/peer/node_modules/.installed

.PHONY: packages-run packages-build packages-test packages-bench
packages-run packages-build packages-test packages-bench: packages-%:
	@.ci/system-packages $*

$(STAMPS)/python-run: pyproject.toml constraints.txt .ci/set-up-python
	@.ci/set-up-python server,desktop
	@touch $@

$(STAMPS)/python-test: pyproject.toml constraints.txt .ci/set-up-python
	@.ci/set-up-python server,postgres,desktop,test
	@touch $(STAMPS)/python-run $@

# These look for themselves whether there is something to do.
.PHONY: link-gi node fetch-data fetch-proxies
link-gi:
	@$(PYTHON) -m sealbreak_desktop.system.system_gi

node:
	@.ci/set-up-node

fetch-data:
	@.ci/fetch-data

fetch-proxies:
	@.ci/fetch-proxies

extension/node_modules/.installed: extension/package.json extension/package-lock.json extension/.npmrc | node
	@RETRY=1 .ci/quietly "extension's packages" npm --prefix extension ci --no-audit --no-fund
	@touch $@

tests/bench/peer/node_modules/.installed: tests/bench/peer/package-lock.json tests/bench/peer/.npmrc constraints.txt
	@.ci/set-up-peer
	@touch $@

extension/dist/manifest.json: extension/node_modules/.installed $(EXTENSION_SOURCES)
	@.ci/quietly "extension" npm --prefix extension run build
	@touch $@
