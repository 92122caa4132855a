# Everything runs in the project's own environment, made on first use: Python 3.11+, pip and make are enough.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: demo test check fmt train quality bench lock clean

demo: $(READY)            ## watch 600 signed texts become figures, then serve them
	@store=$$(mktemp -d) && KIBARO_DATABASE_URL=sqlite:///$$store/kibaro.db KIBARO_KEY_FILE=$$store/kibaro.key \
		$(BIN)/kibaro demo $(ARGS)

test: $(READY)            ## prove it, on SQLite and PostgreSQL
	$(BIN)/pytest $(ARGS)

check: $(READY)           ## style, types, rooms, dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

fmt: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

train: $(READY)           ## learn the model of understanding from the example texts of all languages
	$(BIN)/python -m intake.understand.training $(ARGS)

quality: $(READY)         ## how well texts are understood, on a part that nothing was tuned on too
	$(BIN)/python -m tests.quality $(ARGS)

bench: $(READY)           ## speed as ratios measured in one run
	$(BIN)/python -m tests.benchmarks $(ARGS)

lock:                     ## after a change of pyproject.toml; needs uv
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 pyproject.toml --group dev -o requirements.lock

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Kibaro needs Python 3.11 or newer: make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

clean:
	rm -rf .venv build *.egg-info
