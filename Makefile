# The commands of the course. `make` says what each does.

PYTHON ?= python3
export TORCH
BIN = .venv/bin
TESTS ?= tests
# `kept` skips the proofs that passed before on the same contents; `all` takes none on a sample.
PROOFS ?= $(COURSE_PROOFS)
UPGRADE ?=
# A release is generated, and its stubs leave imports unused; code in Markdown is fragments.
NOT_OURS = --extend-exclude 'release,*.md'
CHROMIUM = chromium chromium-browser google-chrome

# Named after what the environment is made from, so that it is made again when that changes, and only then.
STAMP := .venv/made-from-$(shell cat requirements.lock pyproject.toml 2>/dev/null | cksum | cut -d ' ' -f 1)

IS_NEW_ENOUGH = import sys; sys.exit(sys.version_info < (3, 11))

.PHONY: help demo test lab submit format lock release student-kit site execute clean writable .venv

help: ## say what each target does
	@awk -F ':.*## ' '/^[-.a-z]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

demo: $(STAMP) | writable ## let a class of fourteen go through release, submission, grading and feedback
	@$(BIN)/autograder demo

test: $(STAMP) | writable ## lint, check types, imports and notebooks, run the tests (TESTS=tests/check for some, PROOFS=kept)
	@$(BIN)/ruff check $(NOT_OURS) .
	@$(BIN)/ruff format --check $(NOT_OURS) .
	@$(BIN)/autograder normalize --check
	@$(BIN)/basedpyright --level error
	@$(BIN)/lint-imports --no-logo --no-cache
	@for name in $(CHROMIUM); do command -v $$name >/dev/null && exit 0; done; \
		echo "Chromium is not installed: the tests in a browser are skipped."
	@COURSE_PROOFS="$(PROOFS)" OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/pytest -n 3 --dist loadgroup $(TESTS)

lab: $(STAMP) ## start JupyterLab (PORT=8889 for another port, FOLDER=demo for the demo class)
	@$(BIN)/python -m course_utils.student.start_lab $(if $(PORT),--port $(PORT)) $(FOLDER) $(ARGS)

submit: $(STAMP) ## hand in a unit and wait for its feedback (UNIT=02_pca_least_squares)
	@test -n "$(UNIT)" || { echo "error: name the unit, as in make submit UNIT=02_pca_least_squares." >&2; exit 1; }
	@$(BIN)/python -m course_utils.submit "$(UNIT)"

format: $(STAMP) | writable ## bring code and notebooks into their committed form
	@$(BIN)/ruff check --fix $(NOT_OURS) .
	@$(BIN)/ruff format $(NOT_OURS) .
	@$(BIN)/autograder normalize

lock: $(STAMP) | writable ## write requirements.lock and environment.yml from pyproject.toml (UPGRADE=1 for newer versions)
	@UV_FIND_LINKS="$${UV_FIND_LINKS:-$$PIP_FIND_LINKS}" $(BIN)/uv pip compile --quiet --python $(BIN)/python \
		--python-version 3.11 --all-extras --no-emit-find-links --no-header $(if $(UPGRADE),--upgrade) -o requirements.lock pyproject.toml
	@$(BIN)/autograder environment

release: $(STAMP) | writable ## make release/ from source/, and the pages that are made from docstrings and tags
	@$(BIN)/python -m autograder.authoring.checks_page
	@$(BIN)/autograder contents
	@$(BIN)/autograder generate

student-kit: $(STAMP) | writable ## write what students get, as a folder and a zip, into build/
	@$(BIN)/autograder kit --zip

site: $(STAMP) | writable ## build the web edition in build/site, in which every picture works without a kernel
	@$(BIN)/autograder site

execute: $(STAMP) | writable ## run notebooks/ top to bottom and keep what they show
	@$(BIN)/autograder execute

clean: | writable ## remove caches and the demo; never a submission, a grade or the environment
	@rm -rf demo build .pytest_cache .ruff_cache .hypothesis
	@find . -path ./.venv -prune -o -type d \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +

.venv: $(STAMP) ## make the environment in .venv from requirements.lock (TORCH=cpu or TORCH=cuda chooses the torch)

$(STAMP): | writable
	@$(BIN)/python -c '$(IS_NEW_ENOUGH)' 2>/dev/null || { \
		$(PYTHON) -c '$(IS_NEW_ENOUGH)' 2>/dev/null || { \
			echo "error: the course needs Python 3.11 or newer, which '$(PYTHON)' is not;" \
				"name one, as in make PYTHON=python3.12." >&2; exit 1; }; \
		$(PYTHON) -m venv --clear .venv || { \
			echo "error: $(PYTHON) cannot make an environment; on Debian and Ubuntu, install python3-venv." >&2; exit 1; }; }
	@rm -f .venv/made-from-*
	@$(BIN)/python course_utils/student/install.py --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@git config diff.notebook.textconv "$(BIN)/jupytext --to py:percent --output -" 2>/dev/null || true
	@touch $@

writable:
	@test -w . || { echo "error: $(CURDIR) cannot be written to; copy the course to a folder of your own." >&2; exit 1; }
