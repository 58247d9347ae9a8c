# make install takes PREFIX, LIBDIR, INCLUDEDIR, MANDIR, DOCDIR and DESTDIR; CARGO_TARGET_DIR moves what is built.
CARGO ?= cargo
CFLAGS ?= -O2
OBJCOPY ?= objcopy
INSTALL ?= install

PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR ?= $(PREFIX)/share/man
DOCDIR ?= $(PREFIX)/share/doc/cloudcircuit

TARGET = $(abspath $(or $(CARGO_TARGET_DIR),target))
RELEASE = $(TARGET)/release
DIST = $(TARGET)/dist
VERSION := $(shell sed -n '/^version = /{s/.*"\(.*\)"/\1/p;q;}' Cargo.toml)
# The version's first number, which build.rs puts into the soname.
ABI_VERSION := $(firstword $(subst ., ,$(VERSION)))
SOURCES = Cargo.toml Cargo.lock build.rs cbindgen.toml $(shell find build src -name "*.rs")
HEADERS = $(notdir $(wildcard include/*))
DOCS = $(notdir $(wildcard docs/*.md docs/*.svg))

.PHONY: all shared static demo report pictures test check check-mutants bench header abi-dump install uninstall dist clean

all: shared static

shared:
	$(CARGO) build --release --lib
	ln -sf libcloudcircuit.so $(RELEASE)/libcloudcircuit.so.$(ABI_VERSION)

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

# The spend guard, on the bill in examples/data. Status 3 says that it would have blocked something.
demo: $(RELEASE)/spend_guard
	$< --limit 3000 --floor 30 --findings examples/data/focus_bill.csv || [ $$? -eq 3 ]
	$< --limit 3000 --floor 10 --detect --forecast --findings examples/data/focus_bill.csv || \
		[ $$? -eq 3 ]

$(RELEASE)/spend_guard: shared programs/spend_guard/spend_guard.c programs/spend_guard/bill.h programs/spend_guard/csv.h \
		programs/spend_guard/foresight.h
	$(CC) -std=c99 $(CFLAGS) -Iinclude programs/spend_guard/spend_guard.c -o $@ \
		-L$(RELEASE) -lcloudcircuit -Wl,-rpath,'$(RELEASE)' -lm

# The same bill as one HTML page.
report: shared
	CLOUDCIRCUIT_LIBRARY=$(RELEASE)/libcloudcircuit.so python3 bindings/python/report.py \
		--limit 7000 -o $(TARGET)/report.html examples/data/focus_bill.csv
	@echo made $(TARGET)/report.html

# The pictures of the README and of DETECTION.md.
pictures: shared
	CLOUDCIRCUIT_LIBRARY=$(RELEASE)/libcloudcircuit.so python3 docs/make_spend_chart.py docs
	CLOUDCIRCUIT_LIBRARY=$(RELEASE)/libcloudcircuit.so python3 docs/make_detection_pictures.py docs

# The last line counts what passed, failed and was skipped.
test:
	CARGO='$(CARGO)' tests/run.py

# What an edit to one room of src/ can break, in seconds: make check ROOM=budget.
check:
	$(if $(ROOM),,$(error which room? make check ROOM=budget, or another folder or file of src/))
	CLOUDCIRCUIT_ROOM=$(ROOM) $(CARGO) test --lib --test contract --test vectors --test model -- $(ROOM):: quick_

# Changes one decision in each room, in a copy, and fails when make check ROOM=... does not notice.
check-mutants:
	tests/mutants.py

# Compares the library with its peers and writes docs/PERFORMANCE.md; BENCH=--quick only prints, in
# seconds, what needs neither Python packages nor much memory.
bench: shared
	python3 benches/run.py $(BENCH) $(RELEASE)

# Refreshes what is generated and committed: the header, its description for other languages, and what
# docs/ and bindings/ make from that.
header:
	CLOUDCIRCUIT_UPDATE_HEADER=1 $(CARGO) test --test header generated
	docs/make_reference.py docs
	bindings/cobol/make_copybook.py >bindings/cobol/cloudcircuit.cpy
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

PKGCONFIG_DIR = $(LIBDIR)/pkgconfig
CMAKE_DIR = $(LIBDIR)/cmake/cloudcircuit
# The way from an installed folder to another: what is installed may move as a whole.
way = $(shell realpath -m --relative-to='$(1)' '$(2)')
FILL_IN = sed -e 's|@VERSION@|$(VERSION)|g' -e 's|@ABI_VERSION@|$(ABI_VERSION)|g' \
	-e 's|@PREFIX@|$(call way,$(1),$(PREFIX))|g' -e 's|@INCLUDEDIR@|$(call way,$(1),$(INCLUDEDIR))|g'
# The manual page's date: today, or SOURCE_DATE_EPOCH where the same bytes are wanted again.
DATE = $(shell LC_ALL=C date -u '+%B %-d, %Y' $(SOURCE_DATE_EPOCH:%=-d @%))

install: $(DIST)/libcloudcircuit.a
	$(INSTALL) -d '$(DESTDIR)$(INCLUDEDIR)' '$(DESTDIR)$(PKGCONFIG_DIR)' '$(DESTDIR)$(CMAKE_DIR)' \
		'$(DESTDIR)$(MANDIR)/man3' '$(DESTDIR)$(DOCDIR)'
	$(INSTALL) -m 644 $(HEADERS:%=include/%) '$(DESTDIR)$(INCLUDEDIR)'
	$(INSTALL) -m 644 $(DIST)/libcloudcircuit.a '$(DESTDIR)$(LIBDIR)'
	$(INSTALL) -m 755 $(RELEASE)/libcloudcircuit.so '$(DESTDIR)$(LIBDIR)/libcloudcircuit.so.$(VERSION)'
	ln -sf libcloudcircuit.so.$(VERSION) '$(DESTDIR)$(LIBDIR)/libcloudcircuit.so.$(ABI_VERSION)'
	ln -sf libcloudcircuit.so.$(ABI_VERSION) '$(DESTDIR)$(LIBDIR)/libcloudcircuit.so'
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
	rm -f $(HEADERS:%='$(DESTDIR)$(INCLUDEDIR)/%') '$(DESTDIR)$(LIBDIR)/libcloudcircuit.a' \
		'$(DESTDIR)$(LIBDIR)/libcloudcircuit.so' \
		'$(DESTDIR)$(LIBDIR)/libcloudcircuit.so.$(ABI_VERSION)' \
		'$(DESTDIR)$(LIBDIR)/libcloudcircuit.so.$(VERSION)' \
		'$(DESTDIR)$(PKGCONFIG_DIR)/cloudcircuit.pc' \
		'$(DESTDIR)$(CMAKE_DIR)/cloudcircuit-config.cmake' \
		'$(DESTDIR)$(CMAKE_DIR)/cloudcircuit-config-version.cmake' \
		'$(DESTDIR)$(MANDIR)'/man3/cloudcircuit.3 '$(DESTDIR)$(MANDIR)'/man3/cloudcircuit_*.3 \
		$(DOCS:%='$(DESTDIR)$(DOCDIR)/%')
	rmdir '$(DESTDIR)$(CMAKE_DIR)' '$(DESTDIR)$(DOCDIR)' || true

# What is installed, to be unpacked anywhere, and its checksum.
PACKAGE = libcloudcircuit-$(VERSION)-$(shell uname -m)-linux
dist:
	rm -rf $(DIST)/$(PACKAGE)
	$(MAKE) install DESTDIR= PREFIX=$(DIST)/$(PACKAGE)
	cp LICENSE README.md CHANGELOG.md $(DIST)/$(PACKAGE)
	tar -C $(DIST) --sort=name --owner=0 --group=0 --numeric-owner --mtime=@$(or $(SOURCE_DATE_EPOCH),0) \
		-I 'gzip -9n' -cf $(DIST)/$(PACKAGE).tar.gz $(PACKAGE)
	cd $(DIST) && sha256sum $(PACKAGE).tar.gz >$(PACKAGE).tar.gz.sha256

clean:
	$(CARGO) clean
