#!/usr/bin/env python3
"""Makes cloudcircuit.cpy from the description of the C header:
make_copybook.py [cloudcircuit.json] > cloudcircuit.cpy."""
import json
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
      *> cloudcircuit.json by make_copybook.py: do not edit.
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


def constants(description):
    for status in description["statuses"]:
        entry("       01", name(status["name"]), f"CONSTANT AS {status['number']}")
    for constant in description["constants"]:
        entry("       01", name(constant["name"]), f"CONSTANT AS {json.dumps(constant['value'])}")


def fields(structs, struct, level=5, prefix=""):
    """A struct within another has its name before those of its fields, which stay unique that way."""
    for field in structs[struct]:
        indent = " " * (7 + level * 4 // 5) + f"{level:02}"
        item = prefix + field["name"]
        if field["type"] in structs:
            entry(indent, name(item))
            fields(structs, field["type"], level + 5, f"{item}_")
        else:
            occurs = f" OCCURS {field['length']}" if "length" in field else ""
            entry(indent, f"{name(item):31}", USAGES[field["type"]] + occurs)


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "../../include/cloudcircuit.json")
    with open(path, encoding="ascii") as file:
        description = json.load(file)
    print(HEAD)
    constants(description)
    structs = {struct["name"]: struct["fields"] for struct in description["structs"]}
    for struct in structs:
        print()
        entry("       01", name(struct))
        fields(structs, struct)


if __name__ == "__main__":
    main()
