# Each target installs what it needs and is missing; a second run repeats nothing.

PORT ?= 8000
DATA ?= build/demo

bin := .venv/bin
python := .venv/.stamp
node := node_modules/.stamp
vendor := static/vendor/icons.svg
catalogues := $(patsubst %.po,%.mo,$(wildcard translations/*/LC_MESSAGES/*.po))

# Our own Node, when the machine has none; the folder does not exist otherwise.
export PATH := $(CURDIR)/.venv/node/bin:$(PATH)

# $(call step,headline,command): say what runs, and which step it was that failed.
define step
@printf '\n== %s ==\n' '$(1)'
@$(2) || { printf '\n** make $@ stopped: "%s" failed. **\n' '$(1)' >&2; exit 1; }
endef

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## Show this list.
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

.PHONY: setup
setup: $(python) $(vendor) $(catalogues) ## Install all that is missing.

.PHONY: run
run: setup ## Start the portal with demo data on http://localhost:8000 (PORT=, DATA=).
	@exec $(bin)/portal demo run --port $(PORT) --data $(DATA)

.PHONY: test
test: setup test-machine ## Run every test: SQLite, PostgreSQL, JavaScript, authors, real browsers.
	$(call step,Python tests on SQLite,$(bin)/pytest -n 2 --dist loadgroup -m "not browser and not kit")
	$(call step,Python tests on PostgreSQL,PORTAL_TEST_DATABASE=postgresql \
	  scripts/postgres.py $(bin)/pytest -n 2 --dist loadgroup -m "not browser and not kit")
	$(call step,What authors are given,$(bin)/pytest -n 2 --dist loadgroup -m kit tests/kit)
	$(call step,JavaScript tests,node --test $(sort $(shell find tests/javascript -name "*.test.js")))
	$(call step,Stories in real browsers,$(bin)/pytest -m browser tests/browser)

.PHONY: check
check: setup ## Check style, types, imports, templates, JavaScript, dependencies, translations.
	$(call step,ruff: style,$(bin)/ruff check)
	$(call step,ruff: format,$(bin)/ruff format --check)
	$(call step,mypy: types,$(bin)/mypy)
	$(call step,import-linter: rooms,$(bin)/lint-imports --no-logo --no-cache)
	$(call step,deptry: dependencies,$(bin)/deptry .)
	$(call step,djlint: templates,$(bin)/djlint --quiet --lint templates plugins)
	$(call step,biome: JavaScript and CSS,node_modules/.bin/biome check --error-on-warnings)
	$(call step,tsc: types in JavaScript,node_modules/.bin/tsc --project jsconfig.json)
	$(call step,babel: translations,$(bin)/python scripts/catalogues.py)

.PHONY: fix
fix: setup ## Mend what the tools can mend by themselves.
	$(bin)/ruff check --fix
	$(bin)/ruff format
	node_modules/.bin/biome check --write
	$(bin)/python scripts/catalogues.py --update

.PHONY: bench
bench: setup test-machine ## Measure, and compare with bare peers, into bench/results.json.
	@scripts/postgres.py $(bin)/portal bench

.PHONY: shots
shots: setup test-machine ## Take screenshots of every page into build/shots/.
	@$(bin)/python -m tests.browser.shots

.PHONY: test-machine
test-machine:
	@scripts/test-machine

# Each stamp lies in the folder it speaks for, so that removing the folder starts it afresh.
$(python): pyproject.toml uv.lock scripts/python-packages
	@echo "setup: Python packages"
	@scripts/python-packages
	@touch $@

$(node): package.json package-lock.json | $(python)
	@echo "setup: front-end packages"
	@npm ci --loglevel=error
	@touch $@

$(vendor): scripts/vendor.py scripts/icons.txt $(node)
	@$(bin)/python scripts/vendor.py

%.mo: %.po | $(python)
	@$(bin)/pybabel --quiet compile --input-file $< --output-file $@
