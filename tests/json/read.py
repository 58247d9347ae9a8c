"""Reads records from standard input and compares every field with the bits in front of the record."""
import json
import struct
import sys
from decimal import Decimal

sys.dont_write_bytecode = True


def is_same(kind, expected, found):
    if kind == "d":
        return type(found) is float and "%016x" % struct.unpack("<Q", struct.pack("<d", found)) == expected
    if kind == "i":
        return type(found) is int and str(found) == expected
    if kind == "s":
        return found == expected
    if kind == "a":
        return json.dumps(found, separators=(",", ":")) == expected
    return found is (expected == "1")


def flat(record):
    """The members of a record with those of its settings, named config.name."""
    members = {}
    for name, value in record.items():
        if isinstance(value, dict):
            members.update({name + "." + key: inner for key, inner in value.items()})
        else:
            members[name] = value
    return members


def shortest(text):
    """Python prints the shortest digits that read back."""
    number = Decimal(text)
    assert number == Decimal(repr(float(text))), text
    return float(text)


fields = records = 0
for line in sys.stdin:
    expected, record = line.rstrip("\n").split("\t")
    found = flat(json.loads(record, parse_float=shortest))
    names = []
    for part in expected.split(" "):
        name, _, value = part.partition("=")
        names.append(name)
        fields += 1
        if not is_same(value[0], value[2:], found[name]):
            sys.exit("%s: %r in %s" % (part, found[name], record))
    if list(found) != names:
        sys.exit("other fields: " + line)
    records += 1
print("%d records, %d fields, 0 left out" % (records, fields))
