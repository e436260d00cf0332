# Two commands: `make demo` shows everything working, `make test` runs everything CI runs.
.DELETE_ON_ERROR:
.PHONY: help demo test check build packages venv audit fmt css clean

NEXTEST := $(shell command -v cargo-nextest 2>/dev/null)
ARGS ?=

help: ## This list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /  make \1\t/' | expand -t 18

demo: packages build ## A whole world to try; ARGS=--script walks through it by itself
	target/debug/demo $(ARGS)

test: packages venv check build ## Everything that CI runs
ifdef NEXTEST
	cargo nextest run --workspace --no-fail-fast
else
	cargo test --workspace --no-fail-fast --lib --bins --tests
endif
	cargo test --workspace --doc --quiet

check: ## Formatting, lints, documentation
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --quiet -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items --quiet

build: ## Everything once, with the one profile of demo and tests
	cargo build --workspace --all-targets

packages: # what Debian or Ubuntu must have
	tools/install-packages.sh

venv: # python-fido2, pinned
	tools/venv.sh

audit: ## Licences, sources and bans of every dependency
	@command -v cargo-deny >/dev/null || cargo install --locked cargo-deny
	cargo deny check bans licenses sources

css: ## Rebuilds server/static from the NL Design System packages (needs npm)
	cd server/design && npm ci && npm run build

fmt: ## Formats the code
	cargo fmt --all

clean: ## Removes everything that was built
	cargo clean
