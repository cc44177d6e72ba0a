# make audit   score the demonstration ledger and render every report
# make test    the tests
# make twin    2000 random ledgers a scheme against its slow twin
# make test-long  the tests that kill runs and repeat them elsewhere (some minutes)
# make test-years  two runs of a year killed twenty times, then verified with planted changes (half an hour)
# make test-browser  the pages and JupyterLab in Chromium (some minutes)
# make coverage  the tests with the lines that none of them reaches
# make lab     JupyterLab on the notebooks
# make dossiers  a page for each scheme, with its worked examples, in reports/dossiers
# make panel   rehearse the S19 panel: questionnaires, two rounds, weights, a revised scheme, reports
# make sample  the committed sample of reports, in reports/sample, made anew
# make site    one page over all runs, in reports/index.html
# make check   lint, format, types, schemes
# make lock    compile requirements.lock anew (needs uv)
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/installed
TEMPLATE := $(addprefix auditlib/report/templates/auditlib/,conf.json index.html.j2)
RUN ?= params/runs/demo.yaml

.PHONY: audit test test-long test-years test-browser coverage twin lab check lock clean bench dossiers panel sample site

audit: $(STAMP)
	$(BIN)/auditlib run $(RUN)

test: $(STAMP)
	$(BIN)/python -m pytest

twin: $(STAMP)
	AUDITLIB_TWIN_LEDGERS=2000 $(BIN)/python -m pytest tests/property

test-long: $(STAMP)
	$(BIN)/python -m pytest -m long

test-browser: $(STAMP)
	$(BIN)/python -m pytest -n 0 -m browser tests/browser

test-years: $(STAMP)
	AUDITLIB_TEST_YEARS=1 $(BIN)/python -m pytest -n 0 -m long tests/runner/test_whole_years.py

coverage: $(STAMP)
	$(BIN)/python -m pytest --cov=auditlib --cov-report=term:skip-covered

lab: $(STAMP)
	$(BIN)/jupyter lab notebooks

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/auditlib check params/schemes/*.yaml

dossiers: $(STAMP)
	$(BIN)/auditlib dossier params/schemes/*.yaml --examples tests/spec --language zh --language en --out reports/dossiers

panel: $(STAMP)
	$(BIN)/auditlib panel rehearse params/panels/s19-synthetic --out reports/panels/s19-synthetic --replace

sample: $(STAMP)
	rm -rf reports/.sample && mkdir -p reports/.sample
	$(BIN)/auditlib run params/runs/sample.yaml --out reports/.sample/sample
	rm -rf reports/sample/2025-12
	cp -R reports/.sample/sample/2025-12 reports/.sample/sample/index.html reports/sample/

site: $(STAMP)
	$(BIN)/auditlib site reports

bench: $(STAMP)
	$(BIN)/python benchmarks/bench_measures.py
	$(BIN)/python benchmarks/bench_concordance.py
	$(BIN)/python benchmarks/bench_sensitivity.py
	$(BIN)/python benchmarks/bench_reports.py
	$(BIN)/python benchmarks/bench_many.py
	$(BIN)/python benchmarks/bench_growth.py
	$(BIN)/python benchmarks/bench_site.py

lock:
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header -o requirements.lock

# One stamp: the environment is made anew only when the lock, the project's own declaration, or the template that
# Jupyter is to find changed.
$(STAMP): requirements.lock pyproject.toml $(TEMPLATE)
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "auditlib needs Python 3.11 or newer; say make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .coverage
