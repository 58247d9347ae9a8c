#!/usr/bin/env python3
"""Says what each room of src/ takes in the release build, in bytes.

Usage: size.py FOLDER, the folder with libcloudcircuit.so. A function of C belongs to the room that it is named after.
"""
import os
import re
import subprocess
import sys
import tempfile

# Words of C functions, in this order, and the room that they belong to.
WORDS = [("_json", "json"), ("signal", "guard"), ("guard", "guard"), ("_name", "names"), ("ledger", "ledger"),
         ("rate_limit", "rate_limit"), ("breaker", "breaker"), ("budget_columns", "budget"), ("forecast", "forecast"),
         ("tracker", "detect"), ("detect", "detect"), ("scan", "detect"), ("spike", "spike"), ("budget", "budget"),
         ("money", "money")]


def room(symbol):
    if (path := re.match(r"<?cloudcircuit::(?:abi::)?(\w+)", symbol)):
        return path.group(1)
    if symbol.startswith("cloudcircuit_"):
        return next((room for word, room in WORDS if word in symbol), "abi")
    # As <core::... as cloudcircuit::codec::...>, or another crate's.
    inner = re.search(r"cloudcircuit::(?:abi::)?(\w+)", symbol)
    return inner.group(1) if inner else symbol.split("::")[0].strip("<")


def main(folder):
    library = os.path.join(folder, "libcloudcircuit.so")
    rooms = {}
    for line in subprocess.run(["nm", "-SC", library], check=True, capture_output=True, text=True).stdout.splitlines():
        if (symbol := re.match(r"\w+ (\w+) \w (.*)", line)):
            rooms[room(symbol.group(2))] = rooms.get(room(symbol.group(2)), 0) + int(symbol.group(1), 16)
    for name, size in sorted(rooms.items(), key=lambda item: -item[1]):
        print(f"{size:8} {name}")
    with tempfile.NamedTemporaryFile() as stripped:
        subprocess.run(["strip", "-o", stripped.name, library], check=True)
        size = os.path.getsize(stripped.name)
    print(f"{size:8} the whole file without symbols; {size - sum(rooms.values())} of them are text, tables and headers")


if __name__ == "__main__":
    main(sys.argv[1])
