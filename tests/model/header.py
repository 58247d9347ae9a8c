"""The header as the drivers read it: constants, statuses and structs by name, and the built library
called on one block of memory.

Structs become `struct` formats with their fields in the header's order. None has padding or
pointers, so packed and unpacked bytes are what the library reads and writes.
"""

import ctypes
import os
import re
import struct
import sys
from functools import lru_cache

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from seed import fresh_seed, has_more  # noqa: E402, F401

HEADER = os.environ.get("CLOUDCIRCUIT_HEADER") or os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "../../include/cloudcircuit.h"
)
CODES = {
    "int8_t": "b", "uint8_t": "B", "int16_t": "h", "uint16_t": "H", "int32_t": "i",
    "uint32_t": "I", "int64_t": "q", "uint64_t": "Q", "double": "d",
}  # fmt: skip


class Difference(Exception):
    """The library did not do what it should have."""


def check(kept, promise):
    if not kept:
        raise Difference(promise)


def read_header():
    with open(HEADER) as header:
        text = header.read()
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"//[^\n]*", "", text)
    numbers = re.findall(r"^#define CLOUDCIRCUIT_(\w+)\s+\(?(-?\d+)[uUlL]*\)?\s*$", text, re.M)
    structs = re.findall(r"typedef\s+struct\s*\w*\s*\{([^}]*)\}\s*cloudcircuit_(\w+)\s*;", text)
    return {name: int(number) for name, number in numbers}, {name: body for body, name in structs}


CONSTANTS, BODIES = read_header()
STATUS = {
    number: name.removeprefix("ERR_")
    for name, number in CONSTANTS.items()
    if name == "OK" or name.startswith("ERR_")
}


class Layout:
    """A struct of the header. The given fields are packed by name; reserved ones are 0."""

    def __init__(self, name, given, part=False):
        """With `part` the fields that are not given are the library's own and are skipped."""
        fields = re.findall(r"(\w+)\s+(\w+)\s*(?:\[\s*(\w+)\s*\])?\s*;", BODIES[name])
        self.name, self.names, form = name, [], "="
        for kind, field, count in fields:
            if count:
                count = (
                    int(count)
                    if count.isdigit()
                    else CONSTANTS[count.removeprefix("CLOUDCIRCUIT_")]
                )
            code = CODES.get(kind)
            if field in given:
                form += f"{count or ''}{code}"
                self.names.append(field)
            elif part or field.startswith("reserved"):
                size = (
                    struct.calcsize("=" + code)
                    if code
                    else Layout(kind.removeprefix("cloudcircuit_"), (), True).size
                )
                form += f"{size * (count or 1)}x"
            else:
                raise SystemExit(f"{name}.{field} is not in the model")
        missing = set(given) - set(self.names)
        if missing:
            raise SystemExit(f"{name} has no {missing}")
        self.struct = struct.Struct(form)
        self.size = self.struct.size
        self.pack = lru_cache(1 << 12)(self.pack_record)
        self.order = [given.index(name) for name in self.names]

    def pack_record(self, record):
        values = []
        for place in self.order:
            value = record[place]
            values.extend(value) if isinstance(value, tuple) else values.append(value)
        return self.struct.pack(*values)

    def read(self, raw):
        """The fields by name, an array's as a list."""
        values = list(self.struct.unpack(raw))
        return dict(zip(self.names, values)) if len(values) == len(self.names) else values


class Memory:
    """One block, in which each part has its place. Between parts, and before a call in what a call
    must write whole, stands junk."""

    GAP = 16

    def __init__(self, size=1 << 16):
        self.bytes = bytearray(b"\xa5" * size)
        self.base = ctypes.addressof(ctypes.c_char.from_buffer(self.bytes))
        self.used = self.GAP

    def part(self, size):
        """A slice of the block and its address."""
        start = self.used
        self.used += -(-size // 8) * 8 + self.GAP
        check(self.used <= len(self.bytes), "the block is large enough")
        return slice(start, start + size), self.base + start


def function(library, name, *arguments):
    """`p` for a pointer, `q` for int64_t, `Q` for uint64_t, `n` for size_t."""
    types = {"p": ctypes.c_void_p, "q": ctypes.c_int64, "Q": ctypes.c_uint64, "n": ctypes.c_size_t}
    found = library["cloudcircuit_" + name]
    found.argtypes, found.restype = [types[kind] for kind in "".join(arguments)], ctypes.c_int32
    return found


def expect_constants(numbers):
    for name, number in numbers.items():
        check(CONSTANTS.get(name) == number, f"CLOUDCIRCUIT_{name} is {number}")


def status_name(status):
    return STATUS.get(status, str(status))
