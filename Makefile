# make demo   makes a video, set-up included
# make test   runs all tests, set-up included
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
PROGRAMS := $(patsubst cmd/%/main.go,%,$(wildcard cmd/filmgate/main.go cmd/fakevendor/main.go))
TOOLS := $(CURDIR)/.tools
GOTESTSUM := $(TOOLS)/gotestsum@v1.13.0
GOLANGCI_LINT := $(TOOLS)/golangci-lint@v2.15.0
VERSITYGW := $(TOOLS)/versitygw@v1.8.0
OASDIFF := $(TOOLS)/oasdiff@v1.38.0
NFPM := $(TOOLS)/nfpm@v2.45.2
CYCLONEDX := $(TOOLS)/cyclonedx-gomod@v1.10.0
HELM := $(TOOLS)/helm@v4.3.2
NODE := $(TOOLS)/node@22.23.5

.PHONY: build demo studio gallery test lint api api-released alerts chart bench benchmarks chaos packages packages-test image-test clean setup-run setup-test setup-examples setup-studio

build: $(addprefix bin/,$(PROGRAMS))

.PHONY: $(addprefix bin/,$(PROGRAMS))
$(addprefix bin/,$(PROGRAMS)): bin/%:
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o $@ ./cmd/$*

setup-run:
	@scripts/setup.sh run

setup-test:
	@scripts/setup.sh test

setup-examples: setup-test
	@scripts/examples.sh $(NODE)

setup-studio: setup-examples
	@scripts/studio.sh $(NODE)

demo: setup-run build
	go run ./cmd/demo

# Builds the pages of the studio into internal/web/studio/built, which is committed.
studio: setup-examples
	scripts/studio.sh $(NODE) build

# Draws the pictures of docs/gallery and writes its page.
gallery:
	go test ./internal/render/film -count=1 -run 'Gallery|ContactSheet' -update

test: setup-studio $(GOTESTSUM) $(VERSITYGW)
	scripts/test.sh $(GOTESTSUM)/gotestsum

lint: $(GOLANGCI_LINT) api alerts chart
	go vet ./...
	cd scripts/typecheck && go vet ./... && go run . ../.. darwin ./cmd/filmgate && go run . ../.. windows ./cmd/filmgate
	$(GOLANGCI_LINT)/golangci-lint run ./...

# Checks that the OpenAPI document breaks no caller of the released version.
api: $(OASDIFF)
	scripts/api.sh $(OASDIFF)/oasdiff

# Tries the alerts on numbers, by promtool if it is installed.
alerts:
	scripts/alerts.sh

# Renders the Helm chart and checks what comes out of it. What the test opens is outside of its module, so its result is never taken from the cache.
chart: $(HELM)
	cd deploy/helm/charttest && go vet ./... && HELM=$(HELM)/helm go test -count=1 ./...

# At a release: the document of this version is what later ones may not break.
api-released:
	gzip -9nc internal/web/openapi/openapi.json >.ci/openapi-released.json.gz
	sed -i '/^#/!d' .ci/openapi-breaks.txt

# Compare two runs with: go run golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da bench-old.txt bench.txt
bench: setup-run
	go test -p 1 -run '^$$' -bench . -benchmem -timeout 2h ./... | tee bench.txt

# Measures the figures of docs/benchmarks.md and writes it: some 15 minutes, and 8 GB of disk for a million tasks.
benchmarks: setup-test $(VERSITYGW)
	go test -p 1 -run '^$$' -bench '^Benchmark(Poll|Create|Nodes|Wake|Streams|Webhooks|Studio|Estimate|Recovery|Polling|PollingByEngines)$$' -timeout 1h \
		./cmd/filmgate ./internal/queue ./internal/web/studio ./internal/gateway | tee bench.txt
	go run ./cmd/benchreport bench.txt > bench.md
	mv bench.md docs/benchmarks.md

# Kills and breaks running servers, and proves that nothing was lost: CHAOS="--seed=1 --tasks=100 --kills=10 --database=sqlite --report=chaos.md"
chaos: setup-test bin/filmgate $(VERSITYGW)
	go run ./cmd/chaos $(CHAOS)

# Writes dist/: archives, deb, rpm and apk, SBOMs and SHA256SUMS. PLATFORMS="linux/amd64 darwin/arm64" are all unless it is set.
packages: $(NFPM) $(CYCLONEDX)
	scripts/packages.sh $(NFPM)/nfpm $(CYCLONEDX)/cyclonedx-gomod

# Installs, upgrades and purges the deb in a bare Debian: minutes, as root, with debootstrap.
packages-test: $(NFPM) $(CYCLONEDX)
	scripts/packages-test.sh $(NFPM)/nfpm $(CYCLONEDX)/cyclonedx-gomod

# Builds the image and runs it with and without a volume, by buildah and podman and without a registry: minutes, as root, with debootstrap.
image-test:
	scripts/image-test.sh

clean:
	rm -rf bin dist .tools examples/typescript/node_modules internal/web/studio/page/node_modules bench.txt bench.md demo/out.mp4 demo/contact-sheet.jpg

# A tool's folder has the version in its name, so that a new version is installed anew.
$(GOTESTSUM): module := gotest.tools
$(GOLANGCI_LINT): module := github.com/golangci/golangci-lint/v2/cmd
$(VERSITYGW): module := github.com/versity/versitygw/cmd
$(OASDIFF): module := github.com/oasdiff
$(NFPM): module := github.com/goreleaser/nfpm/v2/cmd
$(CYCLONEDX): module := github.com/CycloneDX/cyclonedx-gomod/cmd
$(HELM): module := helm.sh/helm/v4/cmd
$(GOTESTSUM) $(GOLANGCI_LINT) $(VERSITYGW) $(OASDIFF) $(NFPM) $(CYCLONEDX) $(HELM):
	GOBIN=$@ go install $(module)/$(notdir $@) || { rm -rf $@; exit 1; }
