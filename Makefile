# Two commands: `make demo` shows everything working, `make test` runs everything CI runs.
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo test check build bench packages demo-packages venv audit fmt css clean

NEXTEST := $(shell command -v cargo-nextest 2>/dev/null)
ARGS ?=
# what build.rs compiles by itself
ALONE := firmware-sim/preload/after_fork.rs

# Warnings are fatal with the version of Rust this tree is written for; a newer one has new lints.
PINNED := 1.95
DENY := $(if $(findstring rustc $(PINNED).,$(shell rustc --version 2>/dev/null)),-D warnings)

help: ## This list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /  make \1\t/' | expand -t 18

demo: demo-packages build ## A whole world to try; ARGS=--script walks through it by itself
	target/debug/demo $(ARGS)

test: packages venv check build ## Everything that CI runs
ifdef NEXTEST
	cargo nextest run --workspace --no-fail-fast
else
	cargo test --workspace --no-fail-fast --lib --bins --tests
endif
	cargo test --workspace --doc --quiet

check: ## Formatting, lints, documentation
	@cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 || \
	  { echo "rustfmt or clippy is missing: rustup component add rustfmt clippy" >&2; exit 1; }
	cargo fmt --all --check
	rustfmt --edition 2024 --check $(ALONE)
	cargo clippy --workspace --all-targets --quiet -- $(DENY)
	RUSTDOCFLAGS="$(DENY)" cargo doc --workspace --no-deps --document-private-items --quiet

build: ## Everything once, with the one profile of demo and tests
	cargo build --workspace --all-targets

bench: demo-packages ## How fast the server is and what it holds in memory, beside the bare operation (bench/README.md)
	cargo build --release -p sleutelbos-server -p bench
	target/release/bench $(ARGS)

packages: # what building, demo and tests need of Debian or Ubuntu
	tools/install-packages.sh tools/packages-demo.txt tools/packages-test.txt

demo-packages: # what building and the demo need
	tools/install-packages.sh tools/packages-demo.txt

venv: # python-fido2, pinned
	tools/venv.sh

audit: ## Licences, sources and bans of every dependency
	@command -v cargo-deny >/dev/null || cargo install --locked cargo-deny
	cargo deny check bans licenses sources

css: ## Rebuilds server/static from the NL Design System packages (needs npm)
	cd server/design && npm ci && npm run build

fmt: ## Formats the code
	cargo fmt --all
	rustfmt --edition 2024 $(ALONE)

clean: ## Removes everything that was built
	cargo clean
