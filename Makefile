# make install takes PREFIX, BINDIR, LIBDIR, INCLUDEDIR, MANDIR, DOCDIR, DATADIR and DESTDIR; CARGO_TARGET_DIR moves what is built.
# make shared and make static take CPU=v3 (or v2, v4) for CPUs of that level of x86-64 alone. For another machine see
# packaging/cross.sh, which sets CARGO_BUILD_TARGET and the tools.
CARGO ?= cargo
CFLAGS ?= -O2
OBJCOPY ?= objcopy
INSTALL ?= install

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR ?= $(PREFIX)/share/man
DOCDIR ?= $(PREFIX)/share/doc/cloudcircuit
DATADIR ?= $(PREFIX)/share/cloudcircuit

TARGET = $(abspath $(or $(CARGO_TARGET_DIR),target))
RELEASE = $(TARGET)/release
DIST = $(TARGET)/dist
MACHINE = $(or $(firstword $(subst -, ,$(CARGO_BUILD_TARGET))),$(shell uname -m))
ifdef CARGO_BUILD_TARGET
RELEASE = $(TARGET)/$(CARGO_BUILD_TARGET)/release
DIST = $(TARGET)/dist/$(CARGO_BUILD_TARGET)
LEVELS =
endif
ifdef CPU
# With a target of its own, what runs during the build is compiled for every CPU and shared.
export CARGO_BUILD_TARGET = x86_64-unknown-linux-gnu
export RUSTFLAGS += -C target-cpu=x86-64-$(CPU)
RELEASE = $(TARGET)/$(CARGO_BUILD_TARGET)/release
DIST = $(TARGET)/dist/x86-64-$(CPU)
LEVELS =
endif
VERSION := $(shell sed -n '/^version = /{s/.*"\(.*\)"/\1/p;q;}' Cargo.toml)
# The version's first number, which build.rs puts into the soname.
ABI_VERSION := $(firstword $(subst ., ,$(VERSION)))
SOURCES = Cargo.toml Cargo.lock build.rs cbindgen.toml $(shell find build src -name "*.rs")
# The extension for SQLite is built where SQLite's header is: make SQLITE= leaves it out.
SQLITE := $(shell $(CC) -E -include sqlite3ext.h -x c /dev/null >/dev/null 2>&1 && ls bindings/sqlite/*.c 2>/dev/null)
SQLITE_EXTENSION = $(if $(SQLITE),$(DIST)/cloudcircuit_sqlite.so)
COPYBOOK = $(wildcard bindings/cobol/cloudcircuit.cpy)
GUARD = $(wildcard programs/spend_guard/*.c)
GUARD_HEADERS = $(wildcard programs/spend_guard/*.h)
HEADERS = $(notdir $(wildcard include/*))
DOCS = $(notdir $(wildcard docs/*.md docs/*.svg))
# An archive of which every byte is decided by the files in it.
PACK = tar --sort=name --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX --mtime=@$(or $(SOURCE_DATE_EPOCH),0) -I 'gzip -9n' -cf

.PHONY: all shared static demo report replay pictures test check check-targets check-compilers mutants coverage fuzz sanitize breaks \
	bench size header abi-dump install uninstall dist crate gem wheel \
	dist-go deb npm redis site clean

all: shared static
	$(MAKE) $(DIST)/spend_guard $(SQLITE_EXTENSION)

shared:
	$(CARGO) build --release --lib
	ln -sf libcloudcircuit.so $(RELEASE)/libcloudcircuit.so.$(ABI_VERSION)
	$(if $(CPU),$(INSTALL) -D -m 755 $(RELEASE)/libcloudcircuit.so $(DIST)/libcloudcircuit.so)

comma := ,

# The static library as one object. It is small, and a host can link it next to any other Rust
# library, because it has no global symbols but its own. Cargo's archive packs the compiler's run-time library with it.
static: ARCHIVE = $(RELEASE)/libcloudcircuit.a
static: shared
	rm -rf $(DIST)/object && mkdir -p $(DIST)/object
	cd $(DIST)/object && \
		$(AR) x $(ARCHIVE) $$($(AR) t $(ARCHIVE) | grep '^cloudcircuit\.') && \
		$(LD) -r -o ../cloudcircuit.o *.o $(ARCHIVE)
	$(OBJCOPY) --wildcard --keep-global-symbol='cloudcircuit_*' \
		-R .llvmbc -R .llvmcmd $(DIST)/cloudcircuit.o
	rm -rf $(DIST)/libcloudcircuit.a $(DIST)/object
	$(AR) rcs $(DIST)/libcloudcircuit.a $(DIST)/cloudcircuit.o

# The spend guard, on the bill in examples/data. Status 3 says that it found something.
demo: $(RELEASE)/spend_guard
	@$< --limit 3000 --fail-on throttle examples/data/focus_bill.csv || [ $$? -eq 3 ]
	@echo
	@echo 'Try next:'
	@echo '  $(<:$(CURDIR)/%=%) --last --fail-on throttle examples/data/focus_bill.csv    # the last day alone, as cron would'
	@echo '  $(<:$(CURDIR)/%=%) --group-by ServiceName --top 5 examples/data/focus_bill.csv'
	@echo '  $(<:$(CURDIR)/%=%) your_focus_export.csv    # --help has the options for other columns, budgets and formats'

$(RELEASE)/spend_guard: shared $(GUARD) $(GUARD_HEADERS)
	$(CC) -std=c99 $(CFLAGS) -Iinclude $(GUARD) -o $@ \
		-L$(RELEASE) -lcloudcircuit -Wl,-rpath,'$(RELEASE)' -lm

# The one that is installed has the library in it.
$(DIST)/spend_guard: $(DIST)/libcloudcircuit.a $(GUARD) $(GUARD_HEADERS)
	$(CC) -std=c99 $(CFLAGS) -Iinclude $(GUARD) -o $@ $(DIST)/libcloudcircuit.a -lm

# The library goes into the extension, too.
$(DIST)/cloudcircuit_sqlite.so: $(DIST)/libcloudcircuit.a $(SQLITE) bindings/sqlite/extension.h
	$(CC) -std=c99 $(CFLAGS) -fPIC -shared -fvisibility=hidden -Iinclude $(SQLITE) -o $@ \
		$(DIST)/libcloudcircuit.a -Wl,--exclude-libs,ALL -lm

# Python with what the report needs, from PyPI.
REPORT_PYTHON = $(TARGET)/report-python/bin/python
WITH_LIBRARY = PYTHONPATH=bindings/python CLOUDCIRCUIT_LIBRARY=$(RELEASE)/libcloudcircuit.so

$(REPORT_PYTHON):
	python3 -m venv $(TARGET)/report-python
	$@ -m pip install --quiet --disable-pip-version-check "$$(grep duckdb bindings/python/tests/requirements.txt)"

# The same bill as one HTML page. Status 3 says that something would have been blocked.
report: shared $(REPORT_PYTHON)
	$(WITH_LIBRARY) $(REPORT_PYTHON) -m cloudcircuit.report --limit 2900 --group-by SubAccountName \
		--html $(TARGET)/report.html examples/data/focus_bill.csv || [ $$? -eq 3 ]
	@echo made $(TARGET)/report.html

# What the replays of daily spend must find in every language, as the one in Python does.
replay: shared
	$(WITH_LIBRARY) python3 -B examples/replay.py examples/data/daily_spend.csv >examples/data/replay.txt

# The Go module with the library inside: it needs neither pkg-config nor LD_LIBRARY_PATH. Each platform is a folder
# under lib/, with a line for it in doc.go; ARM64 names a libcloudcircuit.a that was built for linux/arm64.
dist-go: $(DIST)/libcloudcircuit.a
	rm -rf $(DIST)/go && mkdir -p $(DIST)/go/include $(DIST)/go/lib/linux_amd64
	cp bindings/go/go.mod bindings/go/README.md LICENSE $(filter-out %_test.go %/gen_status.go,$(wildcard bindings/go/*.go)) $(DIST)/go
	mkdir $(DIST)/go/redis && cp $(filter-out %_test.go,$(wildcard bindings/go/redis/*.go)) $(DIST)/go/redis
	cp include/cloudcircuit.h $(DIST)/go/include
	cp $(DIST)/libcloudcircuit.a $(DIST)/go/lib/linux_amd64
	$(if $(ARM64),mkdir $(DIST)/go/lib/linux_arm64 && cp $(ARM64) $(DIST)/go/lib/linux_arm64)
	sed -i 's|^// #cgo pkg-config: cloudcircuit$$|// #cgo CFLAGS: -I$${SRCDIR}/include\n// #cgo linux,amd64 LDFLAGS: $${SRCDIR}/lib/linux_amd64/libcloudcircuit.a$(if \
		$(ARM64),\n// #cgo linux$(comma)arm64 LDFLAGS: $${SRCDIR}/lib/linux_arm64/libcloudcircuit.a)|' $(DIST)/go/doc.go
	$(PACK) $(DIST)/cloudcircuit-go-$(VERSION).tar.gz -C $(DIST) --transform 's|^go|cloudcircuit-go-$(VERSION)|' go

# The pictures of the README, of DETECTION.md and of PERFORMANCE.md.
pictures: shared $(REPORT_PYTHON)
	$(WITH_LIBRARY) $(REPORT_PYTHON) docs/make_spend_chart.py docs
	$(WITH_LIBRARY) $(REPORT_PYTHON) docs/make_detection_pictures.py docs
	docs/make_performance.py docs

# The documentation as pages in target/site, which a browser reads from there, and packed. No link may lead nowhere.
SITE_PYTHON = $(TARGET)/site-python/bin/python
$(SITE_PYTHON):
	python3 -m venv $(TARGET)/site-python
	$@ -m pip install --quiet --disable-pip-version-check mkdocs==1.6.1

site: $(SITE_PYTHON)
	$(SITE_PYTHON) docs/site_pages.py gather $(TARGET)/site-pages
	CLOUDCIRCUIT_PAGES=$(TARGET)/site-pages CLOUDCIRCUIT_SITE=$(TARGET)/site $(SITE_PYTHON) -m mkdocs --quiet build --strict
	rm -f $(TARGET)/site/404.html $(TARGET)/site/sitemap.xml*
	$(SITE_PYTHON) docs/site_pages.py check $(TARGET)/site
	mkdir -p $(DIST)
	$(PACK) $(DIST)/cloudcircuit-docs-$(VERSION).tar.gz -C $(TARGET) --transform 's|^site|cloudcircuit-docs-$(VERSION)|' site

# The last line counts what passed, failed and was skipped. make test TESTS='contract vectors' runs those alone.
test:
	CARGO='$(CARGO)' tests/run.py $(TESTS)

# What an edit to one room of src/ can break, in seconds: make check ROOM=budget.
check:
	$(if $(ROOM),,$(error which room? make check ROOM=budget, or another folder or file of src/))
	CLOUDCIRCUIT_ROOM=$(ROOM) $(CARGO) test --lib --test contract --test vectors --test model --test boundaries -- $(ROOM):: quick_

# Changes one decision after the other in a copy of src/, and fails when no test notices: see tests/mutants/mutate.py.
# MUTANTS takes rooms, files or options: make mutants MUTANTS='--changed --minutes 1'.
MUTANTS_PYTHON = $(TARGET)/mutants-python/bin/python
$(MUTANTS_PYTHON):
	python3 -m venv $(TARGET)/mutants-python
	$@ -m pip install --quiet --disable-pip-version-check tree-sitter==0.26.1 tree-sitter-rust==0.24.2

mutants: $(MUTANTS_PYTHON)
	$(MUTANTS_PYTHON) -B tests/mutants/mutate.py $(MUTANTS)

# Which lines and branches of src/ the tests reach through the C ABI; fails on one that nothing reaches.
coverage:
	CARGO='$(CARGO)' tests/coverage.py

# Fuzzes the C functions with all targets of tests/fuzz/, ten seconds each: make fuzz SECONDS=600 FUZZ="ledger json" SEED=7.
# RECORD=1 adds what was run to docs/TESTING.md, INPUT=... runs one input again.
fuzz:
	CARGO='$(CARGO)' $(SEED:%=SEED=%) tests/fuzz/run.py $(FUZZ) $(SECONDS:%=--seconds %) \
		$(INPUT:%=--input %) $(if $(RECORD),--record) $(if $(MINIMISE),--minimise)

# Breaks the library in fifteen ways in a copy, each with the check that must notice: make breaks BREAKS="flag panic".
breaks:
	tests/breaks.py $(BREAKS)

# The same answers from every Rust compiler that is here: make check-compilers COMPILERS="1.95 nightly" names them.
check-compilers:
	tests/compilers.py $(COMPILERS)

# The library itself under AddressSanitizer and ThreadSanitizer.
sanitize:
	CARGO='$(CARGO)' tests/sanitizers/check.py

# The library for other machines: make check-targets TARGETS="s390x-unknown-linux-gnu", or all of tests/targets.py.
check-targets:
	tests/targets.py $(TARGETS)

# Compares the library with its peers and writes docs/FIGURES.md and benches/figures.json, from which make pictures
# draws those of docs/PERFORMANCE.md; BENCH=--quick only prints, in seconds, what needs neither Python packages nor much
# memory. benches/columns.py measures the columns alone.
bench: shared
	$(if $(LEVEL_LIBRARIES),$(MAKE) $(LEVEL_LIBRARIES))
	python3 benches/run.py $(BENCH) $(RELEASE)

# What each room of src/ takes in the shared library.
size: shared
	python3 benches/size.py $(RELEASE)

# Refreshes what is generated and committed: the header, its description for other languages, and what
# docs/ and bindings/ make from that.
header:
	CLOUDCIRCUIT_UPDATE_HEADER=1 $(CARGO) test --test header generated
	docs/make_reference.py docs
	bindings/cobol/make_copybook.py >bindings/cobol/cloudcircuit.cpy
	bindings/rust/make_sys.py
	bindings/postgresql/make_types.py
	! command -v go >/dev/null || (cd bindings/go && go run gen_status.go)

# Writes down the ABI of this version, with which tests/abi.rs compares every later one: see docs/ABI.md.
abi-dump:
	$(CARGO) build --lib
	tests/abi/dump.sh $(TARGET)/debug/libcloudcircuit.so >$(TARGET)/libcloudcircuit.abi
	cp $(TARGET)/libcloudcircuit.abi tests/abi/
	sed -n '/_VERSION/!s/^#define \(CLOUDCIRCUIT_[A-Z0-9_]* .*\)/\1/p' include/cloudcircuit.h >tests/abi/constants.txt

# What is built already is not built again, so that the user who installs needs no Rust.
$(DIST)/libcloudcircuit.a: $(SOURCES)
	$(MAKE) static

# Builds for levels of x86-64, among which glibc's loader chooses. make install LEVELS= leaves them out.
ifneq (,$(and $(filter x86_64,$(shell uname -m)),$(shell getconf GNU_LIBC_VERSION 2>/dev/null)))
LEVELS ?= v3
endif
LEVEL_LIBRARIES = $(LEVELS:%=$(DIST)/x86-64-%/libcloudcircuit.so)
LEVEL_DIR = $(LIBDIR)/glibc-hwcaps/x86-64-$(1)

$(LEVEL_LIBRARIES): $(DIST)/x86-64-%/libcloudcircuit.so: $(SOURCES)
	$(MAKE) shared CPU=$*

PKGCONFIG_DIR = $(LIBDIR)/pkgconfig
CMAKE_DIR = $(LIBDIR)/cmake/cloudcircuit
# The way from an installed folder to another: what is installed may move as a whole.
way = $(shell realpath -m --relative-to='$(1)' '$(2)')
FILL_IN = sed -e 's|@VERSION@|$(VERSION)|g' -e 's|@ABI_VERSION@|$(ABI_VERSION)|g' \
	-e 's|@PREFIX@|$(call way,$(1),$(PREFIX))|g' -e 's|@INCLUDEDIR@|$(call way,$(1),$(INCLUDEDIR))|g'
# The manual page's date: today, or SOURCE_DATE_EPOCH where the same bytes are wanted again.
DATE = $(shell LC_ALL=C date -u '+%B %-d, %Y' $(SOURCE_DATE_EPOCH:%=-d @%))

install: $(DIST)/libcloudcircuit.a $(DIST)/spend_guard $(LEVEL_LIBRARIES) $(SQLITE_EXTENSION)
	$(INSTALL) -d '$(DESTDIR)$(BINDIR)' '$(DESTDIR)$(MANDIR)/man1' '$(DESTDIR)$(INCLUDEDIR)' '$(DESTDIR)$(PKGCONFIG_DIR)' '$(DESTDIR)$(CMAKE_DIR)' \
		'$(DESTDIR)$(MANDIR)/man3' '$(DESTDIR)$(DOCDIR)'
	$(INSTALL) -m 755 $(DIST)/spend_guard '$(DESTDIR)$(BINDIR)'
	sed 's/@DATE@/$(DATE)/' packaging/spend_guard.1.in >'$(DESTDIR)$(MANDIR)/man1/spend_guard.1'
	chmod 644 '$(DESTDIR)$(MANDIR)/man1/spend_guard.1'
	$(INSTALL) -m 644 $(HEADERS:%=include/%) '$(DESTDIR)$(INCLUDEDIR)'
	$(INSTALL) -m 644 $(DIST)/libcloudcircuit.a '$(DESTDIR)$(LIBDIR)'
	$(INSTALL) -m 755 $(RELEASE)/libcloudcircuit.so '$(DESTDIR)$(LIBDIR)/libcloudcircuit.so.$(VERSION)'
	ln -sf libcloudcircuit.so.$(VERSION) '$(DESTDIR)$(LIBDIR)/libcloudcircuit.so.$(ABI_VERSION)'
	ln -sf libcloudcircuit.so.$(ABI_VERSION) '$(DESTDIR)$(LIBDIR)/libcloudcircuit.so'
	$(foreach level,$(LEVELS),\
		$(INSTALL) -D -m 755 $(DIST)/x86-64-$(level)/libcloudcircuit.so \
			'$(DESTDIR)$(call LEVEL_DIR,$(level))/libcloudcircuit.so.$(VERSION)' && \
		ln -sf libcloudcircuit.so.$(VERSION) \
			'$(DESTDIR)$(call LEVEL_DIR,$(level))/libcloudcircuit.so.$(ABI_VERSION)' &&) true
	$(if $(SQLITE),$(INSTALL) -D -m 755 $(SQLITE_EXTENSION) '$(DESTDIR)$(LIBDIR)/sqlite3/cloudcircuit_sqlite.so')
	$(if $(COPYBOOK),$(INSTALL) -D -m 644 $(COPYBOOK) '$(DESTDIR)$(DATADIR)/cloudcircuit.cpy')
	$(call FILL_IN,$(PKGCONFIG_DIR)) packaging/cloudcircuit.pc.in \
		>'$(DESTDIR)$(PKGCONFIG_DIR)/cloudcircuit.pc'
	$(call FILL_IN,$(CMAKE_DIR)) packaging/cmake/cloudcircuit-config.cmake.in \
		>'$(DESTDIR)$(CMAKE_DIR)/cloudcircuit-config.cmake'
	$(call FILL_IN,$(CMAKE_DIR)) packaging/cmake/cloudcircuit-config-version.cmake.in \
		>'$(DESTDIR)$(CMAKE_DIR)/cloudcircuit-config-version.cmake'
	awk -v date='$(DATE)' -v folder='$(DESTDIR)$(MANDIR)/man3' \
		-f packaging/man.awk include/cloudcircuit.h examples/quickstart.c
	$(INSTALL) -m 644 $(DOCS:%=docs/%) '$(DESTDIR)$(DOCDIR)'
	chmod 644 '$(DESTDIR)$(PKGCONFIG_DIR)/cloudcircuit.pc' '$(DESTDIR)$(CMAKE_DIR)'/*.cmake \
		'$(DESTDIR)$(MANDIR)'/man3/cloudcircuit.3 '$(DESTDIR)$(MANDIR)'/man3/cloudcircuit_*.3

uninstall:
	rm -f '$(DESTDIR)$(BINDIR)/spend_guard' '$(DESTDIR)$(MANDIR)/man1/spend_guard.1' \
		$(HEADERS:%='$(DESTDIR)$(INCLUDEDIR)/%') '$(DESTDIR)$(LIBDIR)/libcloudcircuit.a' \
		'$(DESTDIR)$(LIBDIR)/libcloudcircuit.so' \
		'$(DESTDIR)$(LIBDIR)/libcloudcircuit.so.$(ABI_VERSION)' \
		'$(DESTDIR)$(LIBDIR)/libcloudcircuit.so.$(VERSION)' \
		$(foreach level,$(LEVELS),'$(DESTDIR)$(call LEVEL_DIR,$(level))/libcloudcircuit.so.$(VERSION)' \
			'$(DESTDIR)$(call LEVEL_DIR,$(level))/libcloudcircuit.so.$(ABI_VERSION)') \
		'$(DESTDIR)$(LIBDIR)/sqlite3/cloudcircuit_sqlite.so' '$(DESTDIR)$(DATADIR)/cloudcircuit.cpy' \
		'$(DESTDIR)$(PKGCONFIG_DIR)/cloudcircuit.pc' \
		'$(DESTDIR)$(CMAKE_DIR)/cloudcircuit-config.cmake' \
		'$(DESTDIR)$(CMAKE_DIR)/cloudcircuit-config-version.cmake' \
		'$(DESTDIR)$(MANDIR)'/man3/cloudcircuit.3 '$(DESTDIR)$(MANDIR)'/man3/cloudcircuit_*.3 \
		$(DOCS:%='$(DESTDIR)$(DOCDIR)/%')
	rmdir '$(DESTDIR)$(CMAKE_DIR)' '$(DESTDIR)$(DOCDIR)' '$(DESTDIR)$(DATADIR)' '$(DESTDIR)$(LIBDIR)/sqlite3' || true

# What is installed, to be unpacked anywhere, and its checksum.
PACKAGE = libcloudcircuit-$(VERSION)-$(MACHINE)-linux
dist:
	rm -rf $(DIST)/$(PACKAGE)
	$(MAKE) install DESTDIR= PREFIX=$(DIST)/$(PACKAGE)
	cp LICENSE README.md CHANGELOG.md $(DIST)/$(PACKAGE)
	$(PACK) $(DIST)/$(PACKAGE).tar.gz -C $(DIST) $(PACKAGE)
	cd $(DIST) && sha256sum $(PACKAGE).tar.gz >$(PACKAGE).tar.gz.sha256

# The Rust crate, with the library for this machine's target, and its sources for any other. ARM64 as for dist-go.
CRATE = $(DIST)/crate
RUST_TARGET = $(shell rustc -vV | sed -n 's/^host: //p')
crate: static
	rm -rf $(CRATE)
	mkdir -p $(CRATE)/native/$(RUST_TARGET) $(CRATE)/native/library
	cp -r LICENSE $(addprefix bindings/rust/,Cargo.toml Cargo.lock README.md build.rs src) $(CRATE)
	cp $(DIST)/libcloudcircuit.a $(CRATE)/native/$(RUST_TARGET)
	$(if $(ARM64),$(INSTALL) -D -m 644 $(ARM64) $(CRATE)/native/aarch64-unknown-linux-gnu/libcloudcircuit.a)
	cp -r Cargo.lock cbindgen.toml build.rs build src $(CRATE)/native/library
	cp Cargo.toml $(CRATE)/native/library/Cargo.toml.packed
	$(CARGO) package --quiet --no-verify --offline --allow-dirty --manifest-path $(CRATE)/Cargo.toml \
		--target-dir $(CRATE)/target
	cp $(CRATE)/target/package/cloudcircuit-$(VERSION).crate $(DIST)

# The Redis module, with the library in it. Debian's libclang-14-dev and clang read the server's header.
redis: static
	CLOUDCIRCUIT_LIB_DIR=$(DIST) $(CARGO) build --quiet --release --locked --target-dir $(TARGET)/redis-module \
		--manifest-path bindings/redis/module/Cargo.toml

# The Ruby gem with the library for this machine's platform, and the one with its sources, which cargo builds.
GEM = $(DIST)/gem
gem: shared $(LEVEL_LIBRARIES)
	rm -rf $(GEM) && mkdir -p $(GEM)
	cp -r bindings/ruby $(GEM)/platform
	cp -r bindings/ruby $(GEM)/source
	cp $(RELEASE)/libcloudcircuit.so $(GEM)/platform/lib/cloudcircuit
	$(foreach level,$(LEVELS),$(INSTALL) -D $(DIST)/x86-64-$(level)/libcloudcircuit.so \
		$(GEM)/platform/lib/cloudcircuit/x86-64-$(level)/libcloudcircuit.so &&) true
	cp -r Cargo.toml Cargo.lock cbindgen.toml build.rs build src $(GEM)/source/ext/cloudcircuit
	chmod -R u=rwX,go=rX $(GEM)
	cd $(GEM)/platform && CLOUDCIRCUIT_GEM_CPU=$(MACHINE) gem build --quiet cloudcircuit.gemspec && mv *.gem $(DIST)
	cd $(GEM)/source && gem build --quiet cloudcircuit.gemspec && mv *.gem $(DIST)

# Wheels with the library inside, which need no other package and no compiler, and the sdist that builds one. The
# library asks for no C library, so that the same one serves glibc and musl: tests/artefact.rs.
WHEEL_PLATFORMS = manylinux_2_17_$(MACHINE) musllinux_1_2_$(MACHINE)
WHEEL_TOOLS = $(TARGET)/wheel-tools/bin
BUILD_WHEEL = CLOUDCIRCUIT_LIBRARY=$(RELEASE)/libcloudcircuit.so \
	CLOUDCIRCUIT_LIBRARY_V3=$(filter $(DIST)/x86-64-v3/%,$(LEVEL_LIBRARIES)) $(WHEEL_TOOLS)/pyproject-build $(WHEEL_FLAGS) \
	--outdir $(DIST)
wheel: shared $(LEVEL_LIBRARIES)
	test -x $(WHEEL_TOOLS)/pyproject-build || \
		{ python3 -m venv $(TARGET)/wheel-tools && $(WHEEL_TOOLS)/pip --quiet install build; }
	for platform in $(WHEEL_PLATFORMS); do \
		CLOUDCIRCUIT_WHEEL_PLATFORM=$$platform $(BUILD_WHEEL) --wheel bindings/python || exit 1; \
	done
	$(BUILD_WHEEL) --sdist bindings/python

# The npm package for Node and browsers, with the library as WebAssembly in it.
npm:
	CARGO='$(CARGO)' bindings/wasm/build.sh $(TARGET)

# Debian packages, from a copy of the sources. What this make was called with is not meant for the one in debian/rules.
DEB = $(DIST)/deb
deb:
	rm -rf $(DEB) && mkdir -p $(DEB)/source
	cp -R Cargo.toml Cargo.lock build.rs cbindgen.toml Makefile build src include examples packaging programs docs $(DEB)/source
	mkdir $(DEB)/source/bindings && cp -R bindings/sqlite bindings/cobol $(DEB)/source/bindings
	cp -R packaging/debian $(DEB)/source/debian
	cd $(DEB)/source && env -u CARGO_TARGET_DIR -u MAKEFLAGS -u MAKELEVEL dpkg-buildpackage -b -us -uc

clean:
	$(CARGO) clean
