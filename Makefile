# Linli 邻里. Two commands matter: `make run` and `make test`. Everything else is for those who build it.

SHELL := /bin/sh
# Set in some environments; without cached bytecode every process starts several seconds later.
unexport PYTHONDONTWRITEBYTECODE
# The first interpreter that is new enough; `make PYTHON=/path/to/python run` chooses another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
PREPARE = $(if $(PYTHON),$(PYTHON),$(error Linli needs Python 3.11 or newer / 需要 Python 3.11 以上)) scripts/prepare.py
VENV := .venv/bin

.PHONY: help run demo app dev front messages browser test check house bench fix lock catalogue migrations

help:
	@echo 'make run        install, build, start the database, load the demo district and serve it (PORT=8000)'
	@echo 'make demo       throw the demo district away and load it again'
	@echo 'make test       the whole suite, browser journeys included (DATABASE_URL=... uses that server)'
	@echo 'make check      the house rules, walks through the whole site, lint, types'
	@echo 'make house      the house rules alone'
	@echo 'make fix        let ruff mend and format'
	@echo 'make bench      measure (SIZE=100000)'
	@echo 'make lock       renew requirements/*.txt from requirements/*.in'
	@echo 'make catalogue  collect the sentences of the screens into linli/locale'
	@echo 'make migrations write missing migrations'

run:
	@$(PREPARE) app front messages
	@exec $(VENV)/linli run

demo:
	@$(PREPARE) app messages
	@exec $(VENV)/linli demo --reset

app dev front messages browser:
	@$(PREPARE) $@

test:
	@$(PREPARE) app dev front messages browser
	@exec $(VENV)/python scripts/test.py

check: house
	@$(VENV)/python -m pytest -q -n 2 tests/site
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check .
	@$(VENV)/mypy

house:
	@$(PREPARE) app dev
	@$(VENV)/python -m pytest -q -n 2 --dist worksteal tests/house

bench:
	@$(PREPARE) app dev front messages
	@exec $(VENV)/python -m bench $(if $(SIZE),--size $(SIZE))

fix:
	@$(PREPARE) app dev
	@$(VENV)/ruff check --fix . ; $(VENV)/ruff format .

lock:
	@$(PREPARE) lock

catalogue:
	@$(PREPARE) app catalogue messages

migrations:
	@$(PREPARE) app
	@$(VENV)/linli django makemigrations
