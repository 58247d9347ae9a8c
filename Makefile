CARGO ?= cargo
CFLAGS ?= -O2
OBJCOPY ?= objcopy

TARGET = $(abspath $(or $(CARGO_TARGET_DIR),target))
RELEASE = $(TARGET)/release
DIST = $(TARGET)/dist
# The version's first number, which build.rs puts into the soname.
ABI_VERSION = $(shell sed -n 's/^version = "\([0-9]*\)\..*/\1/p' Cargo.toml)

.PHONY: all static demo test bench header clean

all:
	$(CARGO) build --release --lib
	ln -sf libcloudcircuit.so $(RELEASE)/libcloudcircuit.so.$(ABI_VERSION)

# The static library as one object: small, and in any host beside any other Rust library, for it
# holds no global symbol but its own. Cargo's archive packs the compiler's run-time library with it.
static: ARCHIVE = $(RELEASE)/libcloudcircuit.a
static: all
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

$(RELEASE)/spend_guard: all examples/c/spend_guard.c examples/c/bill.h examples/c/csv.h
	$(CC) -std=c99 $(CFLAGS) -Iinclude examples/c/spend_guard.c -o $@ \
		-L$(RELEASE) -lcloudcircuit -Wl,-rpath,'$(RELEASE)' -lm

test:
	$(CARGO) test

# Measures the library beside its peers and writes docs/PERFORMANCE.md; BENCH=--quick only prints, in
# seconds, what needs neither Python packages nor much memory.
bench: all
	python3 benches/run.py $(BENCH) $(RELEASE)

# Refreshes the committed header from the comments in src/.
header:
	CLOUDCIRCUIT_UPDATE_HEADER=1 $(CARGO) test --test header

clean:
	$(CARGO) clean
