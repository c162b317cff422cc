# Tandem: build, run, test. Needs Go 1.26 and, on Debian, apt for the programs
# that the tests use.

GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X main.version=$(VERSION)

.PHONY: run build test unit sim soak lint setup generate bench fuzz clean

run: build ## build and start a sample contact center
	bin/tandem demo

build: ## build bin/tandem
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "$(LDFLAGS)" -o bin/tandem ./cmd/tandem

test: setup lint unit sim ## everything that must be green

setup: ## install the programs that the tests use
	scripts/setup-tests

lint: ## vet, staticcheck, generated code up to date
	test -z "$$(gofmt -l $$(git ls-files '*.go' 2>/dev/null || find . -name '*.go'))" || { gofmt -l .; echo "run gofmt -w on the files above"; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

unit: ## all tests, with the race detector
	$(GO) test -race -count=1 -timeout 20m ./...

sim: ## 300 simulated lives of a contact center, with faults; what -race leaves out
	$(GO) test -count=1 -timeout 20m ./sim

SEEDS ?= 3000
soak: ## many more lives: make soak SEEDS=n
	$(GO) test -count=1 -timeout 0 ./sim -run TestWorld -seeds $(SEEDS) -from 301

generate: ## make generated code again
	$(GO) generate ./...

bench: build ## the figures of docs/BENCHMARKS.md
	scripts/bench

fuzz: ## each fuzz test for half a minute
	scripts/fuzz 30s

clean:
	rm -rf bin
