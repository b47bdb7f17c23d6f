# Every command sets up all it needs on a machine with Python 3.11 and nothing else.
PYTHON ?= python3.11
BIN := .venv/bin
READY := .venv/.ready
SERVE ?= 1
PORT ?= 8000
DEMO ?= demo
# All take hours; name some: make bench BENCHES="line frontier".
BENCHES ?= line intake linkage portraits realism meters circles industry verification alarms goods \
	leaks risk reasons scoring frontier cycle tiers limits allocation rules lab

# Journeys start hundreds of processes: none is to compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test nightly check bench docs lock browser clean

$(READY): requirements/lock.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/lock.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

demo: $(READY)  ## Simulate a county, run the whole line, serve the pages (SERVE=0: stop after the report).
	$(BIN)/xiaowei --home $(DEMO)/home demo $(DEMO) --seed 7
	@if [ "$(SERVE)" != "0" ]; then $(BIN)/xiaowei --home $(DEMO)/home serve --port $(PORT); fi

test: check browser  ## Lint, types, house rules and every test.
	$(BIN)/python -m pytest -n 2 --dist loadfile --durations=40

nightly: check browser  ## All of that, and what takes hours: more kills, worlds and payloads.
	$(BIN)/python -m pytest -n 2 --dist loadfile --durations=40 -m "nightly or not nightly"

check: $(READY)  ## Lint, types and house rules alone.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/trait_page.py --check
	$(BIN)/python tools/source_page.py --check
	$(BIN)/python tools/access_page.py --check
	$(BIN)/python -m pytest tests/test_house.py

browser:  ## Find Chromium, or install the system's package where that is allowed.
	sh tools/chromium.sh

bench: $(READY)  ## Measure speed and truth against peers; results in bench/results/.
	mkdir -p bench/results
	for name in $(BENCHES); do \
		$(BIN)/python bench/$$name.py --json > bench/results/$$name.json || exit 1; \
		tail -1 bench/results/$$name.json; \
	done

docs: $(READY)  ## Make the generated pages anew.
	$(BIN)/python tools/trait_page.py
	$(BIN)/python tools/source_page.py
	$(BIN)/python tools/access_page.py

lock: $(READY)  ## Renew the locked versions; no registry address enters the file.
	$(BIN)/uv pip compile -q --python-version 3.11 --universal --generate-hashes --no-emit-index-url --extra dev pyproject.toml -o requirements/lock.txt --upgrade

clean:
	rm -rf .venv $(DEMO) build dist
