#!/usr/bin/env python3
"""Makes cloudcircuit.cpy from the C header: make_copybook.py [HEADER] > cloudcircuit.cpy."""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
USAGES = {
    "uint8_t": "BINARY-CHAR UNSIGNED",
    "double": "COMP-2",
    "int32_t": "BINARY-LONG",
    "uint32_t": "BINARY-LONG UNSIGNED",
    "int64_t": "BINARY-DOUBLE",
    "uint64_t": "BINARY-DOUBLE UNSIGNED",
}
LAST_COLUMN = 72

HEAD = """\
      *> Structs, statuses and constants of libcloudcircuit. Made from
      *> cloudcircuit.h by make_copybook.py: do not edit.
      *>
      *> Names are those of the C header with CC- for CLOUDCIRCUIT_ and
      *> cloudcircuit_; the header tells what each of them means.
      *>
      *> Pass structs BY REFERENCE, OMITTED for a NULL config, and every
      *> int64_t and size_t BY VALUE SIZE 8: GnuCOBOL passes 4 bytes of
      *> a value unless it is told otherwise, whatever the item is.
      *>
      *> There is one of each struct. A second state or hold is a PIC X
      *> item of its LENGTH, which goes in and out by a group MOVE.
"""


def name(text):
    return "CC-" + re.sub("^cloudcircuit_", "", text, flags=re.I).replace("_", "-").upper()


def entry(level, item, description=""):
    """A data description, on two lines where one would pass the last column."""
    text = f"{level}  {item} {description}".rstrip() + "."
    if len(text) > LAST_COLUMN:
        text = f"{level}  {item.rstrip()}\n{description.rjust(LAST_COLUMN - 1)}."
    print(text)


def constants(header):
    for constant, value in re.findall(r"#define (CLOUDCIRCUIT_\w+) (\S+)", header):
        value = {"INT64_MIN": str(-(2**63))}.get(value, value.rstrip("u"))
        entry("       01", name(constant), f"CONSTANT AS {value}")


def fields(bodies, struct, level=5, prefix=""):
    """A struct within another has its name before those of its fields, which stay unique that way."""
    for kind, field, count in re.findall(r"^    (\w+) (\w+)(?:\[(\d+)\])?;$", bodies[struct], re.M):
        indent = " " * (7 + level * 4 // 5) + f"{level:02}"
        if kind in bodies:
            entry(indent, name(prefix + field))
            fields(bodies, kind, level + 5, f"{prefix}{field}_")
        else:
            usage = USAGES[kind] + (f" OCCURS {count}" if count else "")
            entry(indent, f"{name(prefix + field):31}", usage)


def structs(header):
    found = re.findall(r"typedef struct \{(.*?)\} (cloudcircuit_\w+);", header, re.S)
    bodies = {struct: body for body, struct in found}
    for struct in bodies:
        print()
        entry("       01", name(struct))
        fields(bodies, struct)


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "../../include/cloudcircuit.h")
    with open(path, encoding="ascii") as file:
        header = file.read()
    print(HEAD)
    constants(header)
    structs(header)


if __name__ == "__main__":
    main()
