# Two commands to begin with: make run, make test. Everything they need they set up themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Test files are shared out among so many processes (one more than cores, as some wait for servers); one keeps a file to itself.
WORKERS ?= 3

.PHONY: run test lint soak bench fuzz texts clean
.DEFAULT_GOAL := run

$(VENV)/.run: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Kommunsvar needs Python 3.11 or later: make run PYTHON=python3.12")'
	@echo "Setting up (once, about half a minute) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.test: requirements-dev.txt $(VENV)/.run
	@echo "Setting up what the tests need (once) …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

run: $(VENV)/.run  ## open the try-out town in the browser
	@$(BIN)/python run_bot.py sandbox

test: $(VENV)/.test  ## every test; without PostgreSQL its half is left out, and that is said
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile

lint: $(VENV)/.test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

soak: $(VENV)/.test  ## long runs: 200 kills, and two months of a municipality
	@$(BIN)/pytest -m soak

bench: $(VENV)/.test  ## ratios beside a baseline of the same run
	@$(BIN)/python -m bench

fuzz: $(VENV)/.run  ## ten minutes of coverage-guided fuzzing of reading mail
	@$(PYTHON) -m venv var/fuzz && var/fuzz/bin/pip install --quiet --disable-pip-version-check atheris==3.0.0
	@mkdir -p var/fuzz/corpus var/fuzz/seeds && find tests/data/mail -name '*.eml' -exec cp {} var/fuzz/seeds/ \;
	@PYTHONPATH=. var/fuzz/bin/python bench/fuzz_mail.py -max_total_time=600 -max_len=20000 -timeout=10 \
	  -artifact_prefix=var/fuzz/ var/fuzz/corpus var/fuzz/seeds

texts: $(VENV)/.run  ## collect the texts and bring the catalogues up to date
	@mkdir -p var
	@$(BIN)/pybabel --quiet extract -F babel.cfg -k t:1 -k n:1,2 -k mark:1 --no-location --sort-output -o var/kommunsvar.pot .
	@for language in en fi sv_FI sv_lattlast; do \
	  $(BIN)/pybabel --quiet update --no-fuzzy-matching --omit-header -N -D kommunsvar -i var/kommunsvar.pot -d config/locale -l $$language --init-missing; \
	done

clean:
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
