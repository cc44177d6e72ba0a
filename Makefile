# make audit   score the demonstration ledger and render every report
# make test    the tests that every change runs (some minutes); make test-long the others
# make twin    2000 random ledgers a scheme against its slow twin
# make test-long  the tests that take seconds each: whole runs, kills, many random examples (a quarter of an hour)
# make test-whole  both of them in one go, which collects and prepares once what both need
# make test-years  two runs of a year killed twenty times, then verified with planted changes (half an hour)
# make test-installed  the wheel away from the clone, and every notebook as it is (some minutes)
# make test-browser  the pages and JupyterLab in Chromium (some minutes)
# make fuzz    shipped files, spoilt, for an hour; make fuzz-minute for one
# make sbom    what using auditlib brings, as CycloneDX, in sbom.json
# make audit-lock  known holes in what the locks name
# make coverage  the tests with the lines that none of them reaches
# make lab     JupyterLab on the notebooks
# make dossiers  a page for each scheme, with its worked examples, in reports/dossiers
# make panel   rehearse the S19 panel: questionnaires, two rounds, weights, a revised scheme, reports
# make sample  the committed sample of reports, in reports/sample, made anew
# make docs    the handbook, in Chinese and English, in documentation/index.html; make pictures draws its pictures anew
# make site    one page over all runs, in reports/index.html
# make check   lint, format, types, imports, schemes
# make bench   time and memory beside other ways, at full size (an hour); make bench-small runs the same code in a minute
# make lock    compile the three lock files anew
#
# audit, lab, dossiers, panel, sample and site install what using auditlib needs (requirements.lock); the others
# what developing needs besides (requirements-dev.lock).
PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv
USE := .venv/installed
DEV := .venv/installed-dev
TEMPLATE := $(addprefix auditlib/report/pages/templates/auditlib/,conf.json index.html.j2)
RUN ?= params/runs/demo.yaml

.PHONY: audit test test-installed test-long test-whole test-years test-browser coverage twin fuzz fuzz-minute sbom audit-lock lab check lock clean bench bench-small dossiers panel sample site docs pictures

audit: $(USE)
	$(BIN)/auditlib run $(RUN)

test: $(DEV)
	$(BIN)/python -m pytest

twin: $(DEV)
	AUDITLIB_TWIN_LEDGERS=2000 $(BIN)/python -m pytest tests/property

fuzz: $(DEV)
	$(BIN)/python tests/fuzz/fuzz.py --seconds 3600 --seed $(or $(SEED),1)

fuzz-minute: $(DEV)
	$(BIN)/python tests/fuzz/fuzz.py --seconds 60

# The same lock gives the same bytes: no time and no serial number is in it.
sbom: $(DEV)
	$(BIN)/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible \
	  --spec-version 1.6 --output-format JSON --output-file sbom.json

audit-lock: $(DEV)
	$(BIN)/pip-audit --strict --disable-pip --no-deps --requirement requirements.lock
	$(BIN)/pip-audit --strict --disable-pip --no-deps --requirement requirements-dev.lock

test-long: $(DEV)
	$(BIN)/python -m pytest -m long

test-whole: $(DEV)
	$(BIN)/python -m pytest -m 'not browser and not installed' --durations=40 --durations-min=10

test-browser: $(DEV)
	$(BIN)/python -m pytest -n 0 -m browser tests/browser

# Environments are large: they go with the tests that made them.
test-installed: $(DEV)
	folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	$(BIN)/python -m pytest -n auto --dist loadgroup -m installed tests/installed --basetemp="$$folder/tests"

test-years: $(DEV)
	AUDITLIB_TEST_YEARS=1 $(BIN)/python -m pytest -n 0 -m long tests/runs/test_whole_years.py

coverage: $(DEV)
	$(BIN)/python -m pytest -m 'not browser and not installed' --cov=auditlib --cov-report=term:skip-covered

lab: $(USE)
	$(BIN)/jupyter lab notebooks/unit_audit.ipynb

check: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/auditlib check params/schemes/*.yaml

dossiers: $(USE)
	$(BIN)/auditlib dossier params/schemes/*.yaml --examples tests/spec --language zh --language en --out reports/dossiers

panel: $(USE)
	$(BIN)/auditlib panel rehearse params/panels/s19-synthetic --out reports/panels/s19-synthetic --replace

sample: $(USE)
	rm -rf reports/.sample && mkdir -p reports/.sample
	$(BIN)/auditlib run params/runs/sample.yaml --out reports/.sample/sample
	rm -rf reports/sample/2025-12
	cp -R reports/.sample/sample/2025-12 reports/.sample/sample/index.html reports/sample/

site: $(USE)
	$(BIN)/auditlib site reports

# Every link of every page leads somewhere, or there is no handbook.
docs: $(DEV)
	$(BIN)/python -m handbook

# JupyterLab and Chromium draw them; commit what comes out.
pictures: $(DEV)
	$(BIN)/python -m handbook.pictures

bench: $(DEV)
	$(BIN)/python benchmarks/bench_measures.py
	$(BIN)/python benchmarks/bench_duties.py
	$(BIN)/python benchmarks/bench_audit.py
	$(BIN)/python benchmarks/bench_restate.py
	$(BIN)/python benchmarks/bench_concordance.py
	$(BIN)/python benchmarks/bench_sensitivity.py
	$(BIN)/python benchmarks/bench_reports.py
	$(BIN)/python benchmarks/bench_many.py
	$(BIN)/python benchmarks/bench_growth.py
	$(BIN)/python benchmarks/bench_nation.py
	$(BIN)/python benchmarks/bench_site.py
	$(BIN)/python benchmarks/bench_sources.py
	$(BIN)/python benchmarks/bench_intake.py
	$(BIN)/python benchmarks/bench_personal.py

bench-small: $(DEV)
	$(BIN)/python benchmarks/bench_measures.py --rows 20000 --rounds 1
	$(BIN)/python benchmarks/bench_duties.py --cases 5000 --rounds 1
	$(BIN)/python benchmarks/bench_audit.py --cases 20000
	$(BIN)/python benchmarks/bench_restate.py --rows 20000 --parts 4
	$(BIN)/python benchmarks/bench_concordance.py --experts 20 --items 10 --draws 500 --loop 50 --rounds 1
	$(BIN)/python benchmarks/bench_sensitivity.py --draws 4096 --loop-draws 100 --common 200 --rounds 1
	$(BIN)/python benchmarks/bench_reports.py --run sample --reports 1 --rounds 1 --tables-only
	$(BIN)/python benchmarks/bench_many.py --units 10 --periods 1
	$(BIN)/python benchmarks/bench_growth.py --cases 8000 --units 4 --reports 4
	$(BIN)/python benchmarks/bench_nation.py --cases 40000 --units 40 --parts 3
	$(BIN)/python benchmarks/bench_site.py --units 60 --periods 2
	$(BIN)/python benchmarks/bench_sources.py --rows 5000
	$(BIN)/python benchmarks/bench_intake.py --rows 20000 --rounds 1
	$(BIN)/python benchmarks/bench_personal.py

# The second lock keeps to the first, so that both can be installed together. Extras stay in the text: an old pip that
# installs from it would otherwise look for them elsewhere.
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --no-annotate --no-header --no-strip-extras
DEVELOPING := import tomllib; \
  extras = tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]; \
  print(*(one for one in extras["dev"] if not one.startswith("auditlib[")), sep="\n")

lock: $(UV)
	echo uv | $(COMPILE) - --output-file requirements-uv.lock
	$(COMPILE) pyproject.toml --extra pdf --extra cluster --extra database --extra remote --output-file requirements.lock
	$(BIN)/python -c '$(DEVELOPING)' | $(COMPILE) - --constraint requirements.lock --output-file requirements-dev.lock

# uv installs everything else: it takes seconds, and looks for nothing but what the locks name, whatever was released
# since. Whichever pip comes with the Python brings it.
$(UV): requirements-uv.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "auditlib needs Python 3.11 or newer; say make PYTHON=python3.12")'
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	touch $@

# uv reads none of pip's settings. A mirror that pip is told of serves both, unless UV_DEFAULT_INDEX names another.
define INSTALL
index=$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$($(BIN)/python -m pip config get global.index-url 2>/dev/null)}}; \
if [ -n "$$index" ]; then export UV_DEFAULT_INDEX="$$index"; fi; \
$(UV) pip sync --quiet --require-hashes --python $(BIN)/python requirements-uv.lock $(1) && \
$(UV) pip install --quiet --no-deps --build-constraints requirements-dev.lock --python $(BIN)/python --editable . || \
{ echo "nothing else was installed; behind a proxy or mirror see docs/setting-up.md" >&2; exit 1; }
endef

# The environment is made anew only when a lock, the project's own declaration, or the template that Jupyter is to
# find changed. One that developing was set up in stays so.
$(USE): $(UV) requirements.lock requirements-dev.lock pyproject.toml $(TEMPLATE)
	@echo "installing into .venv what requirements.lock names"
	@$(call INSTALL,requirements.lock $(if $(wildcard $(DEV)),requirements-dev.lock))
	@touch $@ $(wildcard $(DEV))

$(DEV): $(USE)
	@echo "installing into .venv what requirements-dev.lock names"
	@$(call INSTALL,requirements.lock requirements-dev.lock)
	@touch $@

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .coverage
