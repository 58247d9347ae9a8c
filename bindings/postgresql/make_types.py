#!/usr/bin/env python3
"""Makes types.sql and layouts.h, the composite types of SQL and where their columns lie in the
structs of C, from the description of the C header: make_types.py [cloudcircuit.json [FOLDER]]."""
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

# Kinds of columns, as cc_row.c reads them, and their types in SQL.
KINDS = {"double": "d", "int32_t": "i", "uint32_t": "u", "int64_t": "l", "uint64_t": "q"}
TYPES = {"d": "double precision", "i": "integer", "u": "bigint", "l": "bigint", "q": "bigint",
         "n": "numeric", "b": "boolean", "a": "bigint[]"}

# limit and window are words of SQL's own.
NAMES = {"limit": "amount_limit", "window": "window_points"}

# The states' own fields are the library's: SQL sees those by which a person judges.
STATES = {"ledger_state", "breaker_state", "rate_limit_state"}
LEFT_OUT = {"spike_tracker_state"}


def is_flag(field):
    return field["type"] == "uint32_t" and (
        field["name"].startswith("is_")
        or field["name"] in ("allowed", "would_refuse", "clock_regressed", "allow_operation"))


def kind(field):
    if "length" in field:
        return "a"
    if is_flag(field):
        return "b"
    # A share can be above what bigint holds.
    return "n" if field["name"] == "usage_ppm" else KINDS[field["type"]]


def columns(struct):
    """The columns of a struct: name, kind, offset, places, offset of the count of an array."""
    name = struct["name"].removeprefix("cloudcircuit_")
    offsets = {field["name"]: field["offset"] for field in struct["fields"]}
    found = []
    for field in struct["fields"]:
        if field["name"].startswith("reserved") or field["name"] in ("layout", "threshold_count"):
            continue
        if name in STATES and "length" in field:
            continue
        found.append((NAMES.get(field["name"], field["name"]), kind(field), field["offset"],
                      field.get("length", 1), offsets.get("threshold_count", 0)))
    return found


def is_setting(name):
    return re.search("_config(_i64)?$|_policy$", name)


def sql(name, rows):
    lines = [f"CREATE TYPE {name} AS ("]
    lines.append(",\n".join(f"    {column} {TYPES[kind]}" for column, kind, *_ in rows))
    lines.append(");\n")
    if is_setting(name):
        arguments = ",\n".join(f"    {column} {TYPES[kind]} DEFAULT NULL" for column, kind, *_ in rows)
        values = ", ".join(f"${place}" for place in range(1, len(rows) + 1))
        lines.append(f"CREATE FUNCTION {name}(\n{arguments}\n) RETURNS {name}\n"
                     f"LANGUAGE sql IMMUTABLE PARALLEL SAFE\nAS 'SELECT ROW({values})::@extschema@.{name}';\n")
    return "\n".join(lines)


def c(name, rows):
    lines = [f"static const cc_field {name}_fields[] = {{"]
    for column, letter, offset, places, count in rows:
        lines.append(f"    {{\"{column}\", '{letter}', {offset}, {places}, {count}}},")
    lines.append("};")
    lines.append(f"static const cc_layout {name}_layout = {{\"{name}\", {len(rows)}, {name}_fields}};\n")
    return "\n".join(lines)


def main():
    file = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "../../include/cloudcircuit.json")
    folder = sys.argv[2] if len(sys.argv) > 2 else HERE
    with open(file, encoding="utf-8") as text:
        structs = json.load(text)["structs"]
    named = [(struct["name"].removeprefix("cloudcircuit_"), struct) for struct in structs]
    found = [(name, columns(struct)) for name, struct in named if name not in LEFT_OUT]
    made = "Made from cloudcircuit.json by make_types.py: do not edit."
    with open(os.path.join(folder, "types.sql"), "w", encoding="utf-8") as out:
        out.write(f"-- {made}\n-- The library's structs. The header tells what each column means. In settings NULL is the"
                  " default.\n\n")
        out.write("\n".join(sql(name, rows) for name, rows in found))
    with open(os.path.join(folder, "layouts.h"), "w", encoding="utf-8") as out:
        out.write(f"/* {made} */\n")
        out.write("\n".join(c(name, rows) for name, rows in found))


main()
