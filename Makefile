# What people type. `make` alone lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo test check bench worker web stop lock clean

PORT ?= 8000
SERVE ?= yes
VENV := .venv/bin
MANAGE := $(VENV)/python manage.py

# `make check` looks at the code as a public installation would run it, and at no database.
AS_IN_PRODUCTION := env DEBUG=no ALLOWED_HOSTS=plumbline.example.com \
    CSRF_TRUSTED_ORIGINS=https://plumbline.example.com MAIL_HOST=mail.example.com

# What Python compiled once is kept: each worker of the tests reads a thousand files.
unexport PYTHONDONTWRITEBYTECODE

help:  ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

demo:  ## Set everything up, run a night on real baskets, serve it (SERVE=no: end there)
	@bin/set-up
	@$(MANAGE) demo --port $(PORT) $(if $(filter no,$(SERVE)),--no-serve)

test:  ## The whole suite, on a real PostgreSQL
	@bin/set-up
	@$(VENV)/pytest --verbosity=0 -rs -n auto --dist worksteal $(TESTS)

check:  ## Style, types, direction of imports, migrations, safety of the settings
	@bin/set-up
	$(VENV)/ruff check
	$(VENV)/ruff format --check
	$(AS_IN_PRODUCTION) SECRET_KEY=$$($(VENV)/python -c "import secrets; print(secrets.token_urlsafe(64))") \
	    bash -euo pipefail -c '\
	    DATABASE_URL=postgresql://app:unused@database.example.com/plumbline $(VENV)/mypy; \
	    $(VENV)/lint-imports; \
	    $(VENV)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run; \
	    $(MANAGE) check --deploy --fail-level WARNING'

bench:  ## Each figure beside its goal and its rival of the same run
	@bin/set-up
	@$(VENV)/python -m benchmarks

worker:  ## Background work: the night, and what pages ask for
	@bin/set-up
	@$(MANAGE) worker

web:  ## The pages, at http://localhost:8000 (PORT=…)
	@bin/set-up
	@$(MANAGE) web --port $(PORT)

stop:  ## Stop the PostgreSQL under var/
	@$(MANAGE) db stop

lock:  ## Write requirements.lock anew from pyproject.toml
	@bin/set-up lock

clean:  ## Remove what tools left behind; the data under var/ stays
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -path ./.venv -prune -o -name __pycache__ -type d -exec rm -rf {} +
