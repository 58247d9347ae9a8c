CARGO ?= cargo
CFLAGS ?= -O2 -Wall -Wextra

LIB = target/release

.PHONY: all demo test header

all:
	$(CARGO) build --release
	ln -sf libcloudcircuit.so $(LIB)/libcloudcircuit.so.0

# The spend guard, on the bill in examples/data.
demo: all
	$(CC) -std=c99 $(CFLAGS) -Iinclude examples/c/spend_guard.c -L$(LIB) -lcloudcircuit \
		-Wl,-rpath,'$(CURDIR)/$(LIB)' -lm -o $(LIB)/spend_guard
	$(LIB)/spend_guard --group-by none --limit 9000 examples/data/focus_bill.csv

test:
	$(CARGO) test

# Refreshes the committed header from the sources' comments.
header:
	CLOUDCIRCUIT_UPDATE_HEADER=1 $(CARGO) test --test header
