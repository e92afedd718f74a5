# Everything a person or a machine does with this repository. `make` alone explains.
.POSIX:
.SUFFIXES:
.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint format bench plots load fuzz torture lock clean environment assets browser faults test-packages

PORT = 5000
MINUTES =
PYTEST = -n 2
UPGRADE =
SHARE = 1
BIN = .venv/bin
SET_UP = @sh .ci/set-up
LOCK = $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate \
	--custom-compile-command "make lock"

help: ## show this help
	@echo "Bangfu 帮扶: the case-work system of a trade-union federation"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  make demo PORT=8080          another port"
	@echo "  make test PYTEST=tests/unit  only some tests, or any options of pytest"
	@echo "  make lock UPGRADE=--upgrade  choose the newest allowed versions"

setup: environment test-packages assets browser faults ## set up: .venv, built assets, a browser for the tests
	@echo "Ready. Next: make demo, or make test."

demo: environment assets ## load the demo federation and serve it on http://127.0.0.1:5000
	@BANGFU_DEMO=1 $(BIN)/bangfu demo --quiet
	@BANGFU_DEMO=1 exec $(BIN)/bangfu serve --port $(PORT)

test: environment test-packages assets browser faults ## run the whole suite: both databases, real browser
	@$(BIN)/python -m pytest $(PYTEST)

lint: environment test-packages ## check style, types, imports, templates, processes, and that tests can begin
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint webapp --lint --quiet
	$(BIN)/bangfu check processes
	@said=$$($(BIN)/python -m pytest --collect-only -q 2>&1) || { printf '%s\n' "$$said" | tail -n 40; exit 1; }

format: environment test-packages ## write the code in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: environment assets ## measure, each figure beside its limit
	@$(BIN)/bangfu bench

plots: environment test-packages assets ## measure how figures grow and draw them (docs/images/growth-*.svg)
	$(SET_UP) plots
	@$(BIN)/python -m tests.bench.plots

load: environment test-packages assets ## hold the mix of a working day on both databases (MINUTES=30 each); report in build/load.json
	@minutes="$(MINUTES)" && $(BIN)/python -m tests.load.run --minutes "$${minutes:-30}"

fuzz: environment test-packages ## look for inputs that break the readers and FEEL (MINUTES=60)
	$(SET_UP) fuzz
	@minutes="$(MINUTES)" && nice -n 19 $(BIN)/python -m tests.fuzz.run --minutes "$${minutes:-60}"

torture: environment test-packages faults ## break it hundreds of times (SHARE=0.1: fewer); counts go to build/torture.jsonl
	@BANGFU_TEST_TORTURE=$(SHARE) nice -n 10 $(BIN)/python -m pytest -p no:randomly --timeout 7200 --tb=short tests/crash

lock: environment test-packages ## bring the lock files in step with pyproject.toml
	$(LOCK) $(UPGRADE) pyproject.toml --group build -o requirements.lock
	$(LOCK) $(UPGRADE) pyproject.toml --group build --group test --group lint \
		--constraints requirements.lock -o requirements-test.lock
	$(LOCK) $(UPGRADE) --group pyproject.toml:assets -o webapp/assets/node.lock
	$(LOCK) $(UPGRADE) --group pyproject.toml:fuzz -o requirements-fuzz.lock
	$(LOCK) $(UPGRADE) --group pyproject.toml:plots -o requirements-plots.lock

clean: ## remove all that set-up, tests and tools wrote; the data in var/ stay
	rm -rf .venv .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build *.egg-info
	rm -rf webapp/assets/node_modules webapp/static/lib webapp/static/dist webapp/demo/divisions.json
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

environment:
	$(SET_UP) environment

test-packages: environment
	$(SET_UP) test-packages

assets: environment
	@$(BIN)/python webapp/assets/build.py

browser:
	$(SET_UP) browser

faults:
	$(SET_UP) faults
