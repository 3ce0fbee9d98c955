# Every target does its own set-up: what is missing is named, then installed
# (Debian), or the one line that installs it is printed (Fedora, Arch, macOS).

GO         ?= go
TAGS       := migrated_fynedo
BINARY     := bin/tokenwell-desktop
CONSOLE    := bin/tokenwell
TOOLS      := $(CURDIR)/build/tools
GOFUMPT    := v0.10.0
GOLANGCI   := v2.15.0
GOVULN     := v1.1.4
NODE_ROOMS := auth/conformance/oidc-provider auth/conformance/openid-client
SHOTS      := docs

# What npm has installed in them.
NODE_DONE = $(NODE_ROOMS:%=%/node_modules/.package-lock.json)

# What has tests that need no more than Go, the longest first, so that none of them
# is still running when all others are done. The desktop program itself needs cgo.
FIRST := tokenwell/gui tokenwell/auth tokenwell/db
TESTED = $(FIRST) $(filter-out tokenwell $(FIRST),$(shell $(GO) list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' ./...))
BUILT = $(shell $(GO) list -f '{{if .GoFiles}}{{.ImportPath}}{{end}}' ./... | grep -vx tokenwell)

# The packages whose tests need more than Go: a display, a browser, a keyring,
# another server.
E2E = $(shell grep -rl --include='*_test.go' '^//go:build e2e' . | xargs -n1 dirname | sort -u)

# Fyne complains about the language of the C locale at each start.
export LANG := en_US.UTF-8
# In every command alike, so that the toolkit is compiled once, not once for
# the release and once more for each test.
export GOFLAGS := $(shell $(GO) env GOFLAGS) -trimpath

.PHONY: run demo test unit race e2e check bench soak build screenshots clean setup-build setup-test

## run: builds the app and opens it; without a display the demo runs instead
run: build
	@if [ "$$(uname)" = Linux ] && [ -z "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
		echo "There is no display on this machine: running the demo on a virtual one instead."; \
		$(MAKE) --no-print-directory demo; \
	else exec ./$(BINARY); fi

## build: the release binaries, the window's and the console command's
build: setup-build
	$(GO) build -ldflags "-s -w" -tags "$(TAGS)" -o $(BINARY) .
	CGO_ENABLED=0 $(GO) build -ldflags "-s -w" -o $(CONSOLE) ./cli

## demo: a robot does the main job on a virtual display; pictures in build/demo
demo: build setup-test
	$(GO) test -tags "e2e $(TAGS)" -run '^TestDemo$$' -v -count=1 -timeout 10m ./gui/robot

## test: everything
test: race e2e

# Tests are linked anew for each run, in half the time without symbols for a
# debugger; traces name file and line all the same.
LINK := "-ldflags=-s -w"

# One package more at a time than there are cores on a small machine: many tests
# wait for a time limit.
## unit: unit and window tests, the fast part
unit:
	sh .ci/gotest.sh build/unit.log -p 3 $(LINK) $(TESTED)

# The race detector watches the program and what it calls at the same time. Not
# watched: pure calculation of others, which would take three times as long
# (SQLite translated from C, whose memory is not Go's; pixels, glyphs, ciphers).
RACE := -race $(foreach p,modernc.org/sqlite/lib modernc.org/libc/... image/... golang.org/x/image/... \
	github.com/go-text/... github.com/anthonynsimon/bild/... github.com/fyne-io/oksvg github.com/srwiley/... encoding/xml \
	golang.org/x/crypto/... crypto/internal/fips140/...,'-gcflags=$(p)=-race=false -d=checkptr=0')

## race: the same with the race detector, which takes six times as long
race:
	sh .ci/gotest.sh build/race.log $(RACE) $(LINK) $(TESTED)

# One package after the other: the program's own ports are fixed, and timing
# tests need the machine for themselves.
## e2e: the real binary, a real keyring, browser and authorization servers
e2e: build setup-test $(NODE_DONE)
	sh .ci/gotest.sh build/e2e.log $(LINK) -tags "e2e $(TAGS)" -count=1 -p 1 -timeout 40m $(E2E)

%/node_modules/.package-lock.json: %/package-lock.json
	cd $* && npm ci --no-audit --no-fund --ignore-scripts
	touch $@

## soak: every kill point 1,000 times; 1,000 callers in each of 8 processes, 200 rounds
soak: setup-build
	TOKENWELL_KILLS=1000 TOKENWELL_FLIGHT=1000x200 $(GO) test -tags "e2e $(TAGS)" -run 'Kill|SingleFlight' -v -count=1 -timeout 48h . ./cli

## check: formatting, vet, linters, import rules, cross builds, modules
check: setup-build $(TOOLS)/gofumpt-$(GOFUMPT) $(TOOLS)/golangci-lint-$(GOLANGCI)
	@unformatted=$$($(TOOLS)/gofumpt-$(GOFUMPT) -l .); if [ -n "$$unformatted" ]; then \
		echo "gofumpt would change:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) vet -tags "e2e bench killpoints $(TAGS)" ./...
	$(TOOLS)/golangci-lint-$(GOLANGCI) run ./...
	CGO_ENABLED=0 GOOS=windows GOARCH=amd64 $(GO) build $(BUILT)
	@# ci is the toolkit's own tag: without it macOS asks for AppKit, which needs cgo
	CGO_ENABLED=0 GOOS=darwin GOARCH=arm64 $(GO) build -tags ci $(BUILT)
	$(GO) mod verify
	sh .ci/vulncheck.sh $(TOOLS) $(GOVULN)

$(TOOLS)/gofumpt-$(GOFUMPT):
	sh .ci/tool.sh $@ mvdan.cc/gofumpt@$(GOFUMPT)

$(TOOLS)/golangci-lint-$(GOLANGCI):
	sh .ci/tool.sh $@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI)

## bench: speed and size beside their baselines
bench: build setup-test $(NODE_DONE)
	$(GO) test -tags "$(TAGS)" -run '^$$' -bench . -count=1 -timeout 30m ./db
	CGO_ENABLED=0 $(GO) test -tags bench -run '^$$' -bench Picker -benchtime 300x -count=1 ./gui
	$(GO) test -tags "bench $(TAGS)" -run '^$$' -bench Storm -benchtime 1x -count=1 -timeout 60m ./db
	CGO_ENABLED=0 $(GO) test -tags bench -run '^$$' -bench Token -benchtime 1x -count=1 -timeout 30m ./auth/conformance
	CGO_ENABLED=0 $(GO) test -tags bench -run '^$$' -bench HandOut -benchtime 1x -count=1 -timeout 30m ./cli
	$(GO) test -tags "bench $(TAGS)" -run '^$$' -bench 'Start|Window' -benchtime 1x -count=1 -timeout 30m ./gui/robot
	@ls -l $(BINARY) | awk '{printf "desktop binary, stripped: %.1f MB\n", $$5/1e6}'

## screenshots: the pictures in docs, from the demo and from the tours
screenshots: demo
	TOKENWELL_DARK=1 $(GO) test -tags "e2e $(TAGS)" -run '^Test(Services|Local|HandOut)?Tour$$' -v -count=1 -timeout 20m ./gui/robot
	mkdir -p $(SHOTS)
	sh .ci/screenshots.sh build/demo build/tour build/tour-services build/tour-local build/tour-handout $(SHOTS)

clean:
	rm -rf bin build

setup-build:
	@sh .ci/packages.sh build

setup-test:
	@sh .ci/packages.sh test
