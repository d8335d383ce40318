# make help lists what there is to make.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

GO ?= go
TOOL := $(GO) tool -modfile=tools/go.mod
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
COMMIT ?= $(shell git rev-parse HEAD 2>/dev/null || echo unknown)
BUILD := -trimpath -tags nomsgpack -ldflags '-s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT)'
TESTFLAGS ?= -shuffle=on -p 2 -timeout 8m
FUZZTIME ?= 30s

.PHONY: help run test check race bench fuzz golden fmt lint vet build image clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## install what is missing, build, and start the demo college
	@.ci/install run
	@$(MAKE) build
	@exec ./bin/mailbox serve --demo

test: ## install what the tests need and run all of them
	@.ci/install test
	@$(TOOL) gotestsum --format pkgname --format-hide-empty-pkg -- $(TESTFLAGS) ./...

check: ## what continuous integration runs: format, vet, lint, tests
	@$(TOOL) golangci-lint config verify
	@$(TOOL) golangci-lint fmt --diff
	@$(MAKE) vet lint test

race: ## run the tests under the race detector
	@.ci/install race
	@CGO_ENABLED=1 $(TOOL) gotestsum --format pkgname --format-hide-empty-pkg -- -race $(TESTFLAGS) -timeout 20m ./...

bench: ## measure speed and size (BENCH: options, such as --only lists,figures --keep)
	@.ci/install run
	@$(MAKE) build
	@./bin/mailbox bench $(BENCH)

fuzz: ## feed every fuzz target for FUZZTIME (30s) each
	@.ci/install test
	@grep -rHoE '^func Fuzz[A-Za-z0-9_]+' --include='*_test.go' . | sed -E 's|/[^/]*_test.go:func | |' | \
	while read -r dir name; do $(GO) test -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 50x "$$dir"; done

golden: ## rewrite the golden files, then show what changed
	@.ci/install test
	@UPDATE_GOLDEN=1 $(GO) test $(TESTFLAGS) ./...
	@git status --short -- '*testdata*' '*.golden'

fmt: ## format the source
	@$(TOOL) golangci-lint fmt

lint: ## look for mistakes
	@$(TOOL) golangci-lint run

vet:
	@$(GO) vet ./...

build: ## build ./bin/mailbox
	@CGO_ENABLED=0 $(GO) build $(BUILD) -o bin/mailbox ./cmd/mailbox

image: ## build the container image mailbox:VERSION
	@command -v docker >/dev/null || { echo 'missing: docker (the image is built by it)' >&2; exit 1; }
	docker build -f docker/Dockerfile --build-arg VERSION=$(VERSION) --build-arg COMMIT=$(COMMIT) -t mailbox:$(VERSION) .

clean: ## remove what was built; data stays
	@rm -rf bin coverage.out
