# Every command lives in dev.py; `make help` lists them.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do if $$p -c "" >/dev/null 2>&1; then echo $$p; break; fi; done)
export HOUSEHOLDS SEEDS

.PHONY: run test test-deep check bench docs setup help
help run test test-deep check bench docs setup:
	@test -n "$(PYTHON)" || { echo "python: none that starts. Install Python 3.11 or newer (Debian, Ubuntu: apt install python3 python3-venv)." >&2; exit 6; }
	@"$(PYTHON)" dev.py $@ $(MAKEOVERRIDES)
