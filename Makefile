# Needs Python 3.11 and make, nothing else: the rest is fetched into .tools and .venv, with hashes, on first use.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.SUFFIXES:

PYTHON ?=
UV := .tools/bin/uv
PY := .venv/bin/python
STEP := .tools/bin/python scripts/step.py

export PYTHON
export UV_PYTHON_DOWNLOADS := never
export RASA_TELEMETRY_ENABLED := false
# Deprecations inside the libraries that Rasa 3.6 pins: nobody who runs this can act on them. Ours are errors in tests.
export PYTHONWARNINGS := ignore::DeprecationWarning,ignore::PendingDeprecationWarning
# TensorFlow's notes on CPU features and absent GPUs.
export TF_CPP_MIN_LOG_LEVEL := 2
# Containers like to set it. Without bytecode on disk Rasa compiles TensorFlow at each start: 24 s instead of 7.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install train run shell tune test check format bench bench-nlu bench-live bench-faults bench-delivery bench-traffic bench-overview bench-fresh lock clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | while IFS='	' read -r name text; do \
		printf '  make %-11s %s\n' "$$name" "$$text"; done

install: .venv/ready ## set up .venv from requirements.lock
	@echo "==> The environment is ready (.venv)"

.tools/ready: requirements-uv.txt scripts/bootstrap_tools.sh
	@scripts/bootstrap_tools.sh

.venv/ready: requirements.lock .tools/ready
	@$(UV) venv --quiet --allow-existing --python .tools/bin/python .venv
	@$(STEP) "Installing the packages of requirements.lock (2 GB on disk; minutes the first time)" \
		$(UV) pip sync --quiet --require-hashes --python $(PY) requirements.lock
	@touch $@

train: install ## train the assistant, if anything that it is made from has changed
	@$(PY) scripts/train.py

run: train ## start Rasa server, action server and desk; Ctrl-C stops them
	@exec $(PY) -m handoff.supervisor

shell: train ## talk to the assistant in the terminal
	@exec $(PY) -m handoff.supervisor.shell

tune: install ## how well the assistant understands its training data: results/tune.html (TUNE_ARGS="--messages log.csv")
	@$(PY) -m handoff.cli tune $(TUNE_ARGS)

test: train ## all tests: unit, integration, browser, and Rasa's own over tests/stories
	@scripts/ensure_chromium.sh
	@scripts/ensure_synapse.sh
	@$(PY) -m pytest --numprocesses 2 --dist loadgroup --no-loadscope-reorder
	@scripts/rasa_tests.sh

check: install ## style, types, direction of imports, training data, environment
	@$(STEP) "Style (ruff)" $(PY) -m ruff check .
	@$(STEP) "Format (ruff)" $(PY) -m ruff format --check .
	@$(STEP) "Types (mypy)" $(PY) -m mypy
	@$(STEP) "Direction of imports (import-linter)" .venv/bin/lint-imports --no-cache
	@$(STEP) "Environment against requirements.lock" $(PY) scripts/check_environment.py
	@$(STEP) "handoff.yml, endpoints.yml and domain" $(PY) -m handoff.cli check
	@$(STEP) "Training data (rasa data validate)" $(PY) -m handoff.rasa.command data validate --quiet --fail-on-warnings

format: install ## let ruff put the code in shape
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

bench: train ## turns, training, start and memory, beside Rasa's default project
	@$(PY) -m bench.turns

bench-nlu: install ## understanding of public data, beside Rasa's default pipeline (NLU_BENCH_ARGS="--stock all")
	@$(PY) -m bench.nlu_public $(NLU_BENCH_ARGS)

bench-live: train ## how soon a handoff is on the agent's screen and a reply on the visitor's, 50 conversations at once
	@$(PY) -m bench.live $(LIVE_BENCH_ARGS)

bench-faults: install ## whether anything is lost or doubled on the way to another live chat, whatever fails (about 40 minutes)
	@$(PY) -m bench.faults $(FAULTS_BENCH_ARGS)

bench-delivery: install ## how soon another live chat has a handoff when 50 are made each second
	@$(PY) -m bench.delivery $(DELIVERY_BENCH_ARGS)

bench-traffic: install ## whether the numbers of the overview are true: a month of 20,000 visits whose truth is known
	@$(PY) -m bench.traffic $(TRAFFIC_BENCH_ARGS)

bench-overview: install ## how long the overview takes with 100,000, 300,000 and 1,000,000 events stored
	@scripts/ensure_chromium.sh
	@$(PY) -m bench.overview $(OVERVIEW_BENCH_ARGS)

bench-fresh: .tools/ready ## minutes from a fresh clone to the demo page (UV_NO_CACHE=1: with an empty cache)
	@$(dir $(UV))python -m bench.fresh_clone

lock: .tools/ready ## resolve pyproject.toml into requirements.lock
	@$(STEP) "Resolving" $(UV) pip compile pyproject.toml --quiet --group dev --universal --python-version 3.11 \
		--generate-hashes --custom-compile-command "make lock" -o requirements.lock

clean: ## remove everything generated except var/ (conversations, secrets)
	rm -rf .tools .venv .rasa results bench/out .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	[ ! -d models ] || find models -mindepth 1 ! -name README.md -delete
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
