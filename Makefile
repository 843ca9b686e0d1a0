# SPDX-License-Identifier: Apache-2.0
# `make demo` and `make test` work on a fresh Debian: both install what is missing first.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# Debian packages the build needs; `make setup` installs those that are missing.
PACKAGES := pkg-config libbluetooth-dev libgpiod-dev libsystemd-dev libsodium-dev libsqlite3-dev \
            libinih-dev libmicrohttpd-dev libmosquitto-dev libcurl4-openssl-dev libc6-dev gcc \
            python3-venv ca-certificates mosquitto mosquitto-clients openssl
# What packing takes; the arm64 package also `debootstrap qemu-user-static`.
DEB_PACKAGES := dpkg-dev python3
# Debian 13 has Swift; elsewhere a toolchain must already be on PATH.
SWIFT_PACKAGES := $(if $(shell command -v swift 2>/dev/null),,swiftlang lld libstdc++-14-dev git)
# Debian's own toolchain keeps part of itself outside the usual places.
export PATH := $(PATH):/usr/libexec/swift/bin

RELEASE := swift build $(shell cat .ci/release-flags)
BIN := .build/release
# The same for every debug build, so that one build serves them all.
STRICT := -Xswiftc -warnings-as-errors
ARGS ?=

.PHONY: help setup build deb test-deb test-boot demo test test-browser bench bench-desk \
        bench-detector bench-fleet rig rig-board soak fuzz format lint strict clean

help: ## show these targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 24

setup: ## install the Debian packages that are missing
	@.ci/install $(PACKAGES) $(SWIFT_PACKAGES)

build: setup ## build lintel and lintel-hotel for release
	@$(RELEASE) --product lintel && $(RELEASE) --product lintel-hotel

deb: setup ## Debian packages of this machine's release (ARGS='trixie arm64': of another)
	@.ci/install $(DEB_PACKAGES)
	@systemd/debian/build $(ARGS)

test-deb: build ## install, upgrade, downgrade, remove and purge them in clean Debian roots, also arm64
	@.ci/install $(DEB_PACKAGES) debootstrap lintian qemu-user-static
	@systemd/debian/test $(ARGS)
	@systemd/debian/test-arm64

test-boot: setup ## a Debian with the package in an emulated machine: start, stall, crash, power cut (ARGS=trixie)
	@.ci/install $(DEB_PACKAGES) debootstrap qemu-system-x86 busybox-static gpiod
	@systemd/debian/test-boot $(ARGS)

demo: build ## guests walk up to doors that open (ARGS='--for 20s --headless')
	@$(BIN)/lintel demo $(ARGS)

# Many tests run whole gateways and brokers: more at once than these only wait for each other.
test: setup .cache/venv/.ready ## run every test
	@LINTEL_PYTHON=$(CURDIR)/.cache/venv/bin/python \
		SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=6 swift test $(STRICT) $(ARGS)

test-browser: setup .cache/venv/.ready ## the board in headless Chromium, and its API fuzzed
	@.ci/install chromium
	@swift build $(STRICT) --product lintel && swift build $(STRICT) --product lintel-hotel
	@cd Tests/Board && ../../.cache/venv/bin/python test_board.py $(ARGS)
	@cd Tests/Board && ../../.cache/venv/bin/python test_api.py

bench: build .cache/venv/.ready ## measure speed, as ratios to references in the same run
	@$(RELEASE) --product lintel-bench
	@.cache/venv/bin/python Tests/Benchmarks/bench.py $(ARGS)

bench-desk: build ## board and API over HTTP, with a million events
	@python3 Tests/Benchmarks/desk.py

bench-fleet: build .cache/venv/.ready ## 1000 gateways at one server; how fast a pass is revoked
	@$(RELEASE) --product lintel-bench-fleet
	@for count in 100 1000; do $(BIN)/lintel-bench-fleet run --gateways $$count \
		--server $(BIN)/lintel-hotel $(ARGS) || exit; done
	@.cache/venv/bin/python Tests/Benchmarks/revoke.py

bench-detector: setup ## misses against false opens, beside every peer's filter
	@$(RELEASE) --product lintel-bench-detector
	@$(BIN)/lintel-bench-detector --figure hw/figures/detector-curves.svg $(ARGS)

rig: build ## scenarios on a real kernel's Bluetooth and GPIO, in an emulated machine
	@swift build --build-tests $(STRICT)
	@hw/rig/run $(ARGS)

rig-board: build ## the same on emulated arm64 boards; root, 6 GB, minutes the first time
	@hw/rig/board/run $(ARGS)

soak: build ## a simulated day, and minutes of adapter faults and dying brokers (ARGS='--minutes 10')
	@$(RELEASE) --product lintel-bench
	@mkdir -p .cache/soak && cc -O2 -o .cache/soak/reference Tests/Benchmarks/reference.c \
		$$(pkg-config --cflags --libs libsodium)
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && $(BIN)/lintel-bench soak \
		--lintel $(CURDIR)/$(BIN)/lintel --hotel $(CURDIR)/$(BIN)/lintel-hotel --reference .cache/soak/reference $(ARGS) "$$folder"

fuzz: setup ## feed the parsers of hostile bytes with libFuzzer (ARGS=SECONDS for each)
	@Tests/Fuzzing/run $(ARGS)

format: ## format the sources
	@swift format format --in-place --recursive --parallel Package.swift Sources Tests

lint: ## check the format
	@swift format lint --strict --recursive --parallel Package.swift Sources Tests

strict: setup ## build everything with warnings as errors
	@swift build --build-tests $(STRICT)

# The virtual phone of the tests: a Bluetooth stack that none of us wrote.
.cache/venv/.ready: Tests/requirements.txt | setup
	@echo "installing the test phone's Python packages into .cache/venv"
	@python3 -m venv .cache/venv && .cache/venv/bin/pip install --quiet -r $< && touch $@

clean: ## remove what was built
	@rm -rf .build .cache
