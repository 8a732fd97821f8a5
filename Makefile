# Two commands for a fresh machine: `make grade` and `make test`. Everything goes into .venv.

PYTHON ?= python3
SUBMISSION ?= tests/submissions/typical_mistakes
VENV := .venv
# A command starts a third of a second sooner with the compiled modules that Python keeps.
unexport PYTHONDONTWRITEBYTECODE
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check -q

.PHONY: grade test slow lint types stubs bench clean

grade: $(VENV)/.installed ## grade a hand-in: make grade SUBMISSION=path
	@$(VENV)/bin/grade "$(SUBMISSION)" || test $$? -eq 1

test: $(VENV)/.installed-dev ## the quick tests
	$(VENV)/bin/python -m pytest -n auto --dist worksteal

slow: $(VENV)/.installed-dev ## the tests that take long: whole commands, browsers, all attacks
	$(VENV)/bin/python -m pytest -n auto --dist worksteal -m slow

lint: $(VENV)/.installed-dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

types: $(VENV)/.installed-dev
	$(VENV)/bin/mypy

stubs: $(VENV)/.installed-dev ## bring the stubs up to date with forward scripts and solutions
	$(VENV)/bin/grade release nameweave exercises/nameweave
	$(VENV)/bin/grade release makemore exercises/makemore
	$(VENV)/bin/grade release attention exercises/attention
	$(VENV)/bin/grade release layers exercises/layers
	$(VENV)/bin/grade release modules exercises/modules

bench: $(VENV)/.installed-dev ## the timings of benchmarks/README.md
	$(VENV)/bin/python benchmarks/start_up.py
	$(VENV)/bin/python benchmarks/throughput.py
	$(VENV)/bin/python benchmarks/batch.py
	$(VENV)/bin/python benchmarks/layers.py
	$(VENV)/bin/python benchmarks/notebooks.py
	$(VENV)/bin/python benchmarks/training.py
	$(VENV)/bin/python benchmarks/watch.py
	$(VENV)/bin/python benchmarks/check.py

clean:
	rm -rf $(VENV) report.html

# torch first and by itself, so that a CPU build is taken where there is one.
$(VENV)/.installed: pyproject.toml constraints.txt
	test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install "$$(grep '^torch==' constraints.txt)"
	$(PIP) install -c constraints.txt -e .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) install -c constraints.txt -e '.[dev]'
	touch $@
