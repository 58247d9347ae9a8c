"""The built library as bytes in, bytes out: every call copies what it is passed and hands back
what it wrote, and is made twice, the second time at odd addresses.

Structs are typed by hand from the design; the numbers of constants come from its description.
"""
import ctypes
import json
import os
import random
import struct

DESCRIPTION = os.path.join(os.path.dirname(__file__), "../../include/cloudcircuit.json")


class Difference(Exception):
    """The library did not do what it should have."""


def check(kept, promise):
    if not kept:
        raise Difference(promise)


with open(DESCRIPTION) as file:
    description = json.load(file)
# By their names without CLOUDCIRCUIT_.
CONSTANTS = {one["name"].removeprefix("CLOUDCIRCUIT_"): one["value"] for one in description["constants"]}
STATUS = {
    one["number"]: one["name"].removeprefix("CLOUDCIRCUIT_").removeprefix("ERR_")
    for one in description["statuses"]
}


GAP = b"\xa5" * 16
ARENA = bytearray(2048)
BASE = ctypes.addressof(ctypes.c_char.from_buffer(ARENA))
PLACES = [64 - BASE % 64, 1024 + 7 - BASE % 64]


class Function:
    """A function of the library. `arguments` names each one: the size in bytes of what a pointer
    points to, or the C type of a number."""

    def __init__(self, library, name, *arguments):
        self.function = library["cloudcircuit_" + name]
        pointer = lambda a: ctypes.c_void_p if isinstance(a, int) else a
        self.function.argtypes = [pointer(a) for a in arguments]
        self.function.restype = ctypes.c_int32
        self.slots, at = [], len(GAP)
        for index, size in enumerate(arguments):
            if isinstance(size, int):
                self.slots.append((index, at, at + size))
                at += size + len(GAP)

    def __call__(self, *arguments):
        """Arguments are numbers and bytes, None for NULL; answers the status's name and, for each
        pointer, the bytes behind it after the call."""
        passed = list(arguments)
        image = GAP
        for index, start, end in self.slots:
            image += (passed[index] or bytes(end - start)) + GAP
        results = []
        for place in PLACES:
            for index, start, end in self.slots:
                if arguments[index] is not None:
                    passed[index] = BASE + place + start
            ARENA[place : place + len(image)] = image
            status = self.function(*passed)
            results.append((status, bytes(ARENA[place : place + len(image)])))
        check(results[0] == results[1], "the same call twice answers the same bytes")
        status, after = results[0]
        written, seen = [], GAP
        for index, start, end in self.slots:
            written.append(after[start:end])
            seen += after[start:end] + GAP
        check(seen == after, "nothing is written outside the structs")
        return STATUS.get(status, status), written


def mutated(raw, layout):
    """The bytes of a state after an accident that a store may have."""
    kind = random.randrange(8)
    if kind == 0:
        return random.choice([bytes(len(raw)), random.randbytes(len(raw)), b"\xff" * len(raw)])
    if kind == 1:
        return raw[: random.randrange(len(raw))].ljust(len(raw), b"\0")
    if kind == 2:
        at = random.randrange(len(raw))
        return raw[:at] + bytes([raw[at] ^ 1 << random.randrange(8)]) + raw[at + 1 :]
    fields = list(layout.unpack(raw))
    at = random.randrange(len(fields))
    was = fields[at]
    values = [was + 1, was - 1, 0, 1, -was, was ^ 3, was << 1, 2**31, 2**63 - 1]
    random.shuffle(values)
    for fields[at] in values:
        try:
            return layout.pack(*fields)
        except struct.error:
            pass  # that value is out of the field's range


def anywhere():
    """Any int64_t, the ends of its range more often than the rest."""
    edge = random.choice([-(2**63), 0, 2**63 - 1]) + random.randrange(-3, 4)
    value = random.choice([edge, random.randrange(-(2**63), 2**63)])
    return max(-(2**63), min(2**63 - 1, value))
