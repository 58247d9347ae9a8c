"""What is on a page, and on a picture of it."""

from __future__ import annotations

import re
import struct
import unittest
import zlib
from html.parser import HTMLParser
from pathlib import Path


class Page(HTMLParser):
    """What is on a page: elements by tag and class, texts by the id that they stand under."""

    VOID = {"meta", "input", "br", "img", "link"}

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str], str]] = []
        self.stack: list[tuple[str, str]] = []  # tags, with what drawing or id they stand in
        self.texts: dict[str, list[str]] = {}
        self.feed(html)
        self.close()
        assert not self.stack, self.stack

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        inside = self.stack[-1][1] if self.stack else ""
        if tag == "svg":
            inside = found["class"]
        elif "id" in found:
            inside = found["id"]
        self.elements.append((tag, found, inside))
        if tag not in self.VOID:
            self.stack.append((tag, inside))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.elements.append((tag, found, self.stack[-1][1]))

    def handle_endtag(self, tag: str) -> None:
        assert self.stack and self.stack.pop()[0] == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if self.stack and self.stack[-1][0] not in ("script", "style"):
            self.texts.setdefault(self.stack[-1][1], []).append(data)

    def count(self, tag: str, kind: str = "", inside: str | None = None) -> int:
        return sum(
            found[0] == tag
            and set(kind.split()) <= set(found[1].get("class", "").split())
            and inside in (None, found[2])
            for found in self.elements
        )

    def text(self) -> str:
        return " ".join(text for texts in self.texts.values() for text in texts)


def loads_nothing(test: unittest.TestCase, page: Page, html: str) -> None:
    """Nothing on the page is fetched from anywhere."""
    for tag, attributes, _ in page.elements:
        test.assertNotIn(tag, ("link", "img", "iframe", "object", "embed", "image", "use", "base", "form", "a"))
        for name in attributes:
            test.assertNotIn(name, ("src", "href", "xlink:href", "srcset", "data", "action", "background"))
            test.assertFalse(name.startswith("on"), name)
    text = re.sub("sha256-[A-Za-z0-9+/=]+", "", html)
    for word in ("//", "url(", "@import", "fetch", "XMLHttp", "WebSocket", "import("):
        test.assertFalse(word in text, word)


def pixels(file: Path) -> list[bytes]:
    """Some pixels of a PNG with 8 bits a channel: every seventh of every eleventh line."""
    data = file.read_bytes()
    at, packed = 8, b""
    width = height = channels = 0
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + size]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack_from(">IIBB", body)
            assert depth == 8 and colour in (2, 6)
            channels = 3 if colour == 2 else 4
        packed += body if kind == b"IDAT" else b""
        at += 12 + size
    raw, stride = zlib.decompress(packed), width * channels
    before, found = bytes(stride), []
    for row in range(height):
        start = row * (stride + 1)
        before = unfiltered(raw[start], raw[start + 1 : start + 1 + stride], before, channels)
        if row % 11 == 0:
            found += [before[i : i + 3] for i in range(0, stride, 7 * channels)]
    return found


def unfiltered(kind: int, line: bytes, above: bytes, channels: int) -> bytes:
    out = bytearray(line)
    if kind == 2:
        return bytes((a + b) & 255 for a, b in zip(line, above))
    for i in range(len(out)) if kind else ():
        left = out[i - channels] if i >= channels else 0
        corner = above[i - channels] if i >= channels else 0
        if kind == 1:
            guess = left
        elif kind == 3:
            guess = (left + above[i]) // 2
        else:
            guess = min((left, above[i], corner), key=lambda g: abs(left + above[i] - corner - g))
        out[i] = (out[i] + guess) & 255
    return bytes(out)
