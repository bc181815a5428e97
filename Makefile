# Everything the project does on the command line. Each target sets up what it needs first; a second run starts at once.
# Real files stand for finished steps, so that make knows what is done: .venv/*.stamp, .cache/node.stamp, site/node_modules.

MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON := .venv/bin/python
PIP_INSTALL := $(PYTHON) -m pip install -qq --disable-pip-version-check --require-hashes
TOOLS := site/node_modules/.bin
BROWSER := $(PYTHON) tools/browser.py --install >/dev/null
TEST_BROWSER := $(PYTHON) tools/browser.py --install --for-tests >/dev/null
BASE_URL ?= /
TARGET ?= plain
PORT ?= 8000
ROUNDS ?= 5
SECONDS ?= 60
SLOW_ROUNDS ?= 2

# What `make setup` leaves behind, for each need.
BUILDING := .venv/build.stamp site/node_modules/.package-lock.json .cache/l2site/runtime.stamp
TESTING := .venv/dev.stamp $(BUILDING)

# What `make bench-peers` compares the site with, apart from everything else.
PEERS := .cache/peers/npm.stamp .cache/peers/venv.stamp .cache/peers/wheels.stamp

# What `make bench-build` compares the build with, apart too.
PEERS_BUILD := .cache/peers-build/venv.stamp

# What `make lighthouse` audits with, apart too.
LIGHTHOUSE := .cache/lighthouse/npm.stamp

# .cache/node holds the Node and npm that were chosen (tools/node.py).
export PATH := $(CURDIR)/.cache/node:$(PATH)
# What a program says appears when it says it, in a log too.
export PYTHONUNBUFFERED := 1

.PHONY: help
help: ## explain every target
	@echo 'make serve shows the site; make test runs every test. Both set everything up by themselves.'
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

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

.venv/fuzz.stamp: requirements/fuzz.txt .venv/dev.stamp
	@echo 'Installing the fuzzer (requirements/fuzz.txt)'
	@$(PIP_INSTALL) -r requirements/fuzz.txt
	@touch $@

.venv/browsers.stamp: requirements/browsers.txt .venv/dev.stamp
	@echo 'Installing the Python packages that drive other browsers (requirements/browsers.txt)'
	@$(PIP_INSTALL) -r requirements/browsers.txt
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

.cache/lighthouse/npm.stamp: bench/lighthouse/package.json bench/lighthouse/package-lock.json bench/lighthouse/.npmrc | .cache/node.stamp
	@echo 'Installing Lighthouse (bench/lighthouse/package-lock.json)'
	@mkdir -p .cache/lighthouse/npm && cp $^ .cache/lighthouse/npm
	@cd .cache/lighthouse/npm && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
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

.cache/peers-build/venv.stamp: requirements/peers-build.txt
	@echo 'Installing what the build is compared with (requirements/peers-build.txt)'
	@python=$$(sh tools/python.sh) && $$python -m venv --clear .cache/peers-build/venv
	@.cache/peers-build/venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r $<
	@touch $@

# ---- The site

.PHONY: serve
serve: $(BUILDING) ## build the site, serve it, and rebuild when a source changes (PORT=8000)
	@$(PYTHON) build.py serve --port $(PORT)

.PHONY: build
build: $(BUILDING) ## build the site into dist (BASE_URL=https://example.org/path/ TARGET=nginx, see docs/publishing.md)
	@$(PYTHON) build.py build --out dist --base-url $(BASE_URL) --target $(TARGET)

.PHONY: figures
figures: $(TESTING) ## draw the pictures of the default figures in site/figures again
	@$(BROWSER)
	@$(PYTHON) build.py figures

# ---- Checks and tests

CHECKS := check-ruff check-format check-mypy check-tsc check-biome check-spelling check-content check-figures check-html check-workflows

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
check-workflows:
	@echo '== zizmor: workflows'
	@.venv/bin/zizmor --offline --persona=auditor --quiet .github

.PHONY: test
test: $(TESTING) build ## run every test, in a real browser too
	@$(TEST_BROWSER)
	@$(PYTHON) -m pytest -n auto --maxprocesses 4 --dist loadfile

.PHONY: test-whole
test-whole: $(TESTING) build ## run every test, with every case where make test takes some; before a release
	@$(TEST_BROWSER)
	@$(PYTHON) -m pytest -n auto --maxprocesses 4 --dist loadfile --whole

.PHONY: test-unit
test-unit: $(TESTING) ## run the quick tests only, without a browser
	@$(PYTHON) -m pytest -n auto tests/unit tests/contract tests/content

.PHONY: test-hosting
test-hosting: $(TESTING) ## install nginx and Caddy where apt-get may, and serve the site with them; part of make test where they are
	@$(BROWSER)
	@$(PYTHON) -m tools.nginx --install >/dev/null
	@$(PYTHON) -m pytest -q tests/build/test_targets.py tests/e2e/test_hosting.py

.PHONY: smoke
smoke: $(TESTING) ## look at a published site: files, headers, a figure in a browser, and the Observatory's score (URL=https://example.org/)
	@$(BROWSER)
	@PYTHONPATH=src $(PYTHON) -m tools.smoke $(URL)
	@$(PYTHON) -m tools.observatory $(URL)

.PHONY: faults
faults: $(TESTING) ## break every file of the site in every way, in a browser, and print what became of each
	@$(TEST_BROWSER)
	@$(PYTHON) -m pytest -q -rP --whole tests/e2e/test_faults.py

.PHONY: fuzz
fuzz: $(TESTING) .venv/fuzz.stamp ## try what nobody thought of on all that reads texts, SECONDS=60 for each reader
	@PYTHONPATH=src:. $(PYTHON) -m tests.hostile.fuzz --seconds $(SECONDS)

.PHONY: browsers
browsers: $(TESTING) .venv/browsers.stamp ## try what matters in Firefox, WebKitGTK and Chromium (STRICT=1: fail where one is missing)
	@$(PYTHON) -m tools.drivers
	@$(PYTHON) -m pytest -q tests/browsers $(if $(STRICT),--every-browser)

.PHONY: visual
visual: $(TESTING) build ## compare pictures of every page and figure with those that are meant (ONLY="penalty page")
	@$(BROWSER)
	@PYTHONPATH=src $(PYTHON) -m tests.visual $(ONLY)

.PHONY: visual-update
visual-update: $(TESTING) build ## accept what the pages look like today; look at test-results/visual/index.html first
	@$(BROWSER)
	@PYTHONPATH=src $(PYTHON) -m tests.visual --update $(ONLY)

.PHONY: golden
golden: $(TESTING) ## accept the figures of today as tests/golden; read the diff before committing it
	@$(PYTHON) -m pytest -q tests/contract -k golden --update-golden

.PHONY: bench
bench: $(TESTING) build ## measure speed and size, and print tables
	@PYTHONPATH=src $(PYTHON) -m bench

.PHONY: bench-serve
bench-serve: $(TESTING) build ## load nginx with the built site, files compressed in advance and on the fly, and print a table
	@$(PYTHON) -m tools.nginx --install >/dev/null
	@PYTHONPATH=src $(PYTHON) -m bench.serve

.PHONY: lighthouse
lighthouse: $(TESTING) $(LIGHTHOUSE) build ## have Lighthouse audit two pages, as a phone and as a desktop; fails beneath its thresholds
	@$(BROWSER)
	@PYTHONPATH=src $(PYTHON) -m bench.lighthouse --rounds $(ROUNDS)

.PHONY: bench-peers
bench-peers: $(TESTING) $(PEERS) ## compare with PyScript, JupyterLite and others, and write it into docs/performance.md
	@$(BROWSER)
	@PYTHONPATH=src $(PYTHON) -m bench.peers --rounds $(ROUNDS) --slow-rounds $(SLOW_ROUNDS) $(if $(ONLY),--only $(ONLY))

.PHONY: bench-build
bench-build: $(TESTING) $(PEERS_BUILD) ## build 10, 100 and 1,000 sections, beside MkDocs, Pelican and Sphinx (SECTIONS="10 100")
	@PYTHONPATH=src $(PYTHON) -m bench.corpus $(if $(SECTIONS),--sections $(SECTIONS))

# ---- Supply chain

.PHONY: sbom
sbom: $(TESTING) build ## write sbom.json, the bill of materials of all that ships and of all that builds and tests it
	@$(PYTHON) tools/bill.py dist/sbom.json sbom.json

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
	@echo 'Pinning requirements/*.in, and package.json in site, bench/peers and bench/lighthouse'
	@for name in build node dev fuzz browsers peers peers-build; do \
		$(UV_COMPILE) --python-version 3.12 requirements/$$name.in -o requirements/$$name.txt || exit 1; done
	@$(UV_COMPILE) --python-version 3.14 --no-deps requirements/peers-browser.in -o requirements/peers-browser.txt
	@for folder in site bench/peers bench/lighthouse; do \
		(cd $$folder && npm install --package-lock-only --min-release-age=7 --loglevel=error >/dev/null) || exit 1; done
	@rm -rf .cache/uv

.PHONY: clean
clean: ## remove everything that is made, but what setup installed
	@rm -rf dist dist.* sbom.json test-results .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -not -path './.venv/*' -not -path './site/node_modules/*' -prune -exec rm -rf {} +
