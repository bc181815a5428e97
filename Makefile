# Everything the project does on the command line. Each target sets up what it needs first; a second run starts at once.
# Real files stand for finished steps, so that make knows what is done: .venv/*.stamp, .cache/node.stamp, site/node_modules.

MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON := .venv/bin/python
PIP_INSTALL := $(PYTHON) -m pip install -qq --disable-pip-version-check --require-hashes
TOOLS := site/node_modules/.bin
BROWSER := $(PYTHON) tools/browser.py --install >/dev/null
BASE_URL ?= /
PORT ?= 8000
ROUNDS ?= 5
SLOW_ROUNDS ?= 2

# What `make setup` leaves behind, for each need.
BUILDING := .venv/build.stamp site/node_modules/.package-lock.json .cache/l2site/runtime.stamp
TESTING := .venv/dev.stamp $(BUILDING)

# What `make bench-peers` compares the site with, apart from everything else.
PEERS := .cache/peers/npm.stamp .cache/peers/venv.stamp .cache/peers/wheels.stamp

# .cache/node holds the Node and npm that were chosen (tools/node.py).
export PATH := $(CURDIR)/.cache/node:$(PATH)
# What a program says appears when it says it, in a log too.
export PYTHONUNBUFFERED := 1

.PHONY: help
help: ## explain every target
	@echo 'make serve shows the site; make test runs every test. Both set everything up by themselves.'
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

# ---- Setting up

.PHONY: setup
setup: $(TESTING) ## install everything that the other targets need, but the browser
	@echo 'Everything is installed.'

# A virtual environment that is broken or only half made is made again.
ifneq ($(shell { $(PYTHON) -c 'import pip'; } 2>/dev/null && echo runs),runs)
.PHONY: .venv/pyvenv.cfg
endif

.venv/pyvenv.cfg:
	@python=$$(sh tools/python.sh) && echo "Making .venv with $$($$python --version)" && $$python -m venv --clear .venv

.venv/build.stamp: requirements/build.txt .venv/pyvenv.cfg
	@echo 'Installing the Python packages for building (requirements/build.txt)'
	@$(PIP_INSTALL) -r requirements/build.txt
	@touch $@

.venv/dev.stamp: requirements/dev.txt .venv/build.stamp
	@echo 'Installing the Python packages for testing (requirements/dev.txt)'
	@$(PIP_INSTALL) -r requirements/dev.txt
	@touch $@

# The Node that was chosen can go too.
ifneq ($(shell test -x .cache/node/node && echo there),there)
.PHONY: .cache/node.stamp
endif

.cache/node.stamp: requirements/node.txt tools/node.py .venv/pyvenv.cfg | .venv/build.stamp
	@$(PYTHON) tools/node.py .cache/node
	@touch $@

site/node_modules/.package-lock.json: site/package.json site/package-lock.json site/.npmrc | .cache/node.stamp
	@echo 'Installing the npm packages (site/package-lock.json)'
	@cd site && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

# Compressing Pyodide as well as it can be takes half a minute, once.
.cache/l2site/runtime.stamp: site/node_modules/.package-lock.json site/editor/editor.js src/l2site/runtime.py $(wildcard src/l2site/pack/*.*) | .venv/build.stamp
	@echo 'Preparing Python for the browser'
	@$(PYTHON) build.py runtime
	@touch $@

.cache/peers/npm.stamp: bench/peers/package.json bench/peers/package-lock.json bench/peers/.npmrc | .cache/node.stamp
	@echo 'Installing the peers that npm has (bench/peers/package-lock.json)'
	@mkdir -p .cache/peers/npm && cp $^ .cache/peers/npm
	@cd .cache/peers/npm && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

.cache/peers/venv.stamp: requirements/peers.txt
	@echo 'Installing the peers that PyPI has (requirements/peers.txt)'
	@python=$$(sh tools/python.sh) && $$python -m venv --clear .cache/peers/venv
	@.cache/peers/venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r $<
	@touch $@

.cache/peers/wheels.stamp: requirements/peers-browser.txt | .cache/peers/venv.stamp
	@echo 'Fetching what they load in the browser (requirements/peers-browser.txt)'
	@rm -rf .cache/peers/wheels
	@.cache/peers/venv/bin/python -m pip download -qq --disable-pip-version-check --require-hashes --no-deps \
		--only-binary :all: --implementation cp --python-version 3.14 --abi cp314 --abi none \
		--platform pyemscripten_2026_0_wasm32 -d .cache/peers/wheels -r $<
	@touch $@

# ---- The site

.PHONY: serve
serve: $(BUILDING) ## build the site, serve it, and rebuild when a source changes (PORT=8000)
	@$(PYTHON) build.py serve --port $(PORT)

.PHONY: build
build: $(BUILDING) ## build the site into dist (BASE_URL=/path/ for a site that is not at the root)
	@$(PYTHON) build.py build --out dist --base-url $(BASE_URL)

.PHONY: figures
figures: $(TESTING) ## draw the pictures of the default figures in site/figures again
	@$(BROWSER)
	@$(PYTHON) build.py figures

# ---- Checks and tests

CHECKS := check-ruff check-format check-mypy check-tsc check-biome check-spelling check-content check-figures check-html

.PHONY: check
check: $(TESTING) build ## lint, format, types, spelling, content, pictures and HTML; all of them, whatever fails
	@$(MAKE) --no-print-directory --keep-going $(CHECKS)

.PHONY: $(CHECKS)
check-ruff:
	@echo '== ruff: Python lint'
	@$(PYTHON) -m ruff check --quiet
check-format:
	@echo '== ruff: Python format'
	@$(PYTHON) -m ruff format --quiet --check
check-mypy:
	@echo '== mypy: Python types'
	@$(PYTHON) -m mypy
check-tsc:
	@echo '== tsc: JavaScript types, pages and workers'
	@$(TOOLS)/tsc --noEmit -p site
	@$(TOOLS)/tsc --noEmit -p site/tsconfig.worker.json
check-biome:
	@echo '== biome: JavaScript, CSS and JSON'
	@cd site && node_modules/.bin/biome check --error-on-warnings
check-spelling:
	@echo '== codespell: spelling'
	@git ls-files -z --cached --others --exclude-standard | xargs -0 $(PYTHON) -m codespell_lib
check-content:
	@echo '== build.py check: content rules'
	@$(PYTHON) build.py check
check-figures:
	@echo '== build.py figures: pictures that are out of date'
	@$(PYTHON) build.py figures --check
check-html:
	@echo '== html-validate: the built pages'
	@$(TOOLS)/html-validate --config site/.htmlvalidate.json 'dist/**/*.html'

.PHONY: test
test: $(TESTING) build ## run every test, in a real browser too
	@$(BROWSER)
	@$(PYTHON) -m pytest -n auto --maxprocesses 4 --dist loadfile

.PHONY: test-unit
test-unit: $(TESTING) ## run the quick tests only, without a browser
	@$(PYTHON) -m pytest -n auto tests/unit tests/contract tests/content

.PHONY: faults
faults: $(TESTING) ## break every file of the site in every way, in a browser, and print what became of each
	@$(BROWSER)
	@$(PYTHON) -m pytest -q -rP --all-faults tests/e2e/test_faults.py

.PHONY: golden
golden: $(TESTING) ## accept the figures of today as tests/golden; read the diff before committing it
	@$(PYTHON) -m pytest -q tests/contract -k golden --update-golden

.PHONY: bench
bench: $(TESTING) build ## measure speed and size, and print tables
	@PYTHONPATH=src $(PYTHON) -m bench

.PHONY: bench-peers
bench-peers: $(TESTING) $(PEERS) ## compare with PyScript, JupyterLite and others, and write it into docs/performance.md
	@$(BROWSER)
	@PYTHONPATH=src $(PYTHON) -m bench.peers --rounds $(ROUNDS) --slow-rounds $(SLOW_ROUNDS) $(if $(ONLY),--only $(ONLY))

# ---- Housekeeping

.PHONY: format
format: $(TESTING) ## format Python, JavaScript, CSS and JSON, and mend what can be mended
	@$(PYTHON) -m ruff check --quiet --fix-only
	@$(PYTHON) -m ruff format --quiet
	@cd site && node_modules/.bin/biome check --write

# Only releases that have been out for a week are chosen, so that a stolen account is noticed before we install from it.
UV_COMPILE = UV_CUSTOM_COMPILE_COMMAND='make lock' .cache/uv/bin/uv pip compile --quiet --universal \
	--generate-hashes --no-emit-index-url --no-emit-find-links --exclude-newer '7 days' $(if $(UPGRADE),--upgrade)

.PHONY: lock
lock: .cache/node.stamp ## pin the dependencies again; UPGRADE=1 moves them to the newest releases
	@python=$$(sh tools/python.sh) && $$python -m venv --clear .cache/uv && .cache/uv/bin/pip install -qq --disable-pip-version-check uv
	@echo 'Pinning requirements/*.in, site/package.json and bench/peers/package.json'
	@for name in build node dev peers; do \
		$(UV_COMPILE) --python-version 3.12 requirements/$$name.in -o requirements/$$name.txt || exit 1; done
	@$(UV_COMPILE) --python-version 3.14 --no-deps requirements/peers-browser.in -o requirements/peers-browser.txt
	@for folder in site bench/peers; do \
		(cd $$folder && npm install --package-lock-only --min-release-age=7 --loglevel=error >/dev/null) || exit 1; done
	@rm -rf .cache/uv

.PHONY: clean
clean: ## remove everything that is made, but what setup installed
	@rm -rf dist test-results .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -not -path './.venv/*' -not -path './site/node_modules/*' -prune -exec rm -rf {} +
