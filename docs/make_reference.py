#!/usr/bin/env python3
"""Makes API.md and STATUSES.md from include/cloudcircuit.json: make_reference.py FOLDER."""
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

API = """\
# Functions, structs and constants

For readers who look up a name. [`cloudcircuit.h`](../include/cloudcircuit.h) describes each in full, as
do the manual pages; [`cloudcircuit.json`](../include/cloudcircuit.json) has the same as data, with the
offset of every field. Made from that file by `make header`.
"""

STATUSES = """\
# Statuses

For hosts that got one back. A function returns `CLOUDCIRCUIT_OK`, or the status of the first rule that its
arguments break; the header lists its errors in that order. Numbers are never used again. Made from
[`cloudcircuit.json`](../include/cloudcircuit.json) by `make header`.

| number | name | meaning |
| ---: | --- | --- |
"""


def signature(function):
    arguments = ", ".join(argument["name"] for argument in function["arguments"])
    return f"- `{function['name']}({arguments})`: {function['doc']}\n"


def struct(one):
    return f"- `{one['name']}`, {one['size']} bytes: {one['doc']}\n"


def constant(one):
    value = json.dumps(one["value"])
    return f"- `{one['name']}` = {value}: {one['doc']}\n"


def api(description):
    text = API
    kinds = (("functions", signature), ("structs", struct), ("constants", constant))
    for chapter in description["chapters"]:
        lists = []
        for kind, line in kinds:
            items = [line(one) for one in description[kind] if one["chapter"] == chapter["title"]]
            lists += ["\n" + "".join(items)] if items else []
        if lists:
            text += f"\n## {chapter['title']}\n\n{chapter['doc']}\n" + "".join(lists)
    return text


def statuses(description):
    row = "| {number} | `{name}` | {message} |\n"
    return STATUSES + "".join(row.format(**status) for status in description["statuses"])


def main():
    with open(os.path.join(HERE, "../include/cloudcircuit.json")) as file:
        description = json.load(file)
    for name, make in (("API.md", api), ("STATUSES.md", statuses)):
        with open(os.path.join(sys.argv[1], name), "w") as file:
            file.write(make(description))


if __name__ == "__main__":
    main()
