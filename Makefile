# Two commands matter to a newcomer: `make demo` and `make test`. Every target sets up .venv on first use.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
BENCH_STAMP := .venv/.bench
export UV_PYTHON_DOWNLOADS := never
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help install demo test check bench lock clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

install: $(STAMP)  ## set up .venv with every extra, from the hashed lock file

$(STAMP): pyproject.toml locks/all.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "make: $(PYTHON) is older than Python 3.11; name a newer one: make PYTHON=python3.12" >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@if $(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.5'; then \
	  $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r locks/all.txt && \
	  $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable . ; \
	else \
	  $(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r locks/all.txt && \
	  $(BIN)/python -m pip install --disable-pip-version-check --no-deps --no-build-isolation --editable . ; \
	fi
	@touch $(STAMP)

demo: $(STAMP)  ## the main job on this machine: scan, run, benchmark, decide (KEEP=1 leaves the dashboard up)
	@$(BIN)/python fixtures/demo.py $(if $(KEEP),--keep)

test: $(STAMP)  ## the whole test suite, house rules included
	@$(BIN)/python -m pytest -m 'not bench' $(ARGS)

check: $(STAMP)  ## lint, format, types, layers
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports --no-logo

bench: $(BENCH_STAMP)  ## the benchmarks, each against a peer in the same run (ONLY=name for one)
	@$(BIN)/python -m pytest -m bench -s -p no:cacheprovider tests/bench $(if $(ONLY),-k $(ONLY))

$(BENCH_STAMP): $(STAMP) locks/bench.txt
	@if test -x $(BIN)/uv; then $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r locks/bench.txt; \
	else $(BIN)/python -m pip install --disable-pip-version-check --no-deps --require-hashes -r locks/bench.txt; fi
	@touch $(BENCH_STAMP)

lock: $(STAMP)  ## resolve the lock files again, hashed and without index addresses
	@for want in all agent bench; do \
	  version=3.11; \
	  case $$want in \
	    all) extras='--extra agent --extra tflite --extra coordinator --extra dask --extra dev' ;; \
	    agent) extras='--extra agent --extra tflite'; version=3.10 ;; \
	    bench) extras='--extra bench --constraint locks/all.txt --no-emit-package opencv-python' ;; \
	  esac; \
	  $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
	    --python-version $$version $$extras pyproject.toml -o locks/$$want.txt || exit 1; \
	done

clean:  ## remove what the targets made
	@rm -rf .venv .demo .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
