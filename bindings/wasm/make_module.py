#!/usr/bin/env python3
"""Checks the WebAssembly module that the linker made, and writes it without names and other custom sections.

Usage: make_module.py LINKED MODULE. The module imports nothing, no function of it panics, and its stack is four times as
large as any call needs.
"""
import sys
from pathlib import Path

CUSTOM, IMPORT, GLOBAL = 0, 2, 6
STACK = 4 * 16 * 1024


def number(data, at):
    """An unsigned LEB128 number, and where it ends."""
    value, shift = 0, 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def sections(data):
    """The kind, the whole and the content of each section."""
    at = 8
    while at < len(data):
        size, start = number(data, at + 1)
        yield data[at], data[at : start + size], data[start : start + size]
        at = start + size


def main():
    linked, module = map(Path, sys.argv[1:])
    data = linked.read_bytes()
    kept, has_names = [data[:8]], False
    for kind, whole, content in sections(data):
        if kind == CUSTOM:
            length, start = number(content, 0)
            if content[start : start + length] == b"name":
                has_names = True
                if b"panic" in content:
                    sys.exit(f"{linked}: a function panics")
        else:
            kept.append(whole)
        if kind == IMPORT and number(content, 0)[0] > 0:
            sys.exit(f"{linked}: imports something")
        # The first global is the stack pointer: its type, which can change, and i32.const with the end of the stack.
        # The stack starts at 0.
        if kind == GLOBAL:
            first = content[number(content, 0)[1] :]
            if first[:3] != b"\x7f\x01\x41" or number(first, 3)[0] < STACK:
                sys.exit(f"{linked}: the stack is too small")
    if not has_names:
        sys.exit(f"{linked}: has no names to look for a panic in")
    module.write_bytes(b"".join(kept))


if __name__ == "__main__":
    main()
