"""The files of a bill, and how DuckDB has to read each: found out from their bytes, before a row is read."""

from __future__ import annotations

import codecs
import csv
import glob
import gzip
import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from .columns import Columns, cells_of, is_header, missing
from .errors import BillError

BLOCK = 1 << 20
HEADER_BYTES = 1 << 16
TITLE_LINES = 20
"""Lines above the header, at most."""
DELIMITERS = ",;\t|"
ENDINGS = (".csv", ".csv.gz", ".tsv", ".txt", ".gz", ".parquet")

MARKS = ("\ufeff", "\u00ef\u00bb\u00bf")
"""A byte order mark, and one that was read as Latin-1."""

_KINDS = {
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
    b"PK\x03\x04": "a ZIP archive or a workbook of Excel",
    b"\x28\xb5\x2f\xfd": "compressed by Zstandard",
    b"BZh": "compressed by bzip2",
}


@dataclass(frozen=True, slots=True)
class Source:
    path: str
    name: str
    kind: str
    """csv or parquet."""
    header: list[str]
    delimiter: str = ","
    skipped: int = 0
    """Lines above the header."""
    is_gzip: bool = False
    quotes: int = 0


def paths_of(given: list[str]) -> list[str]:
    """The files that the arguments name: files, folders with everything in them, patterns."""
    found: list[str] = []
    for one in given:
        if os.path.isdir(one):
            inside = sorted(os.path.join(at, name) for at, _, names in os.walk(one) for name in names)
            files = [path for path in inside if path.lower().endswith(ENDINGS)]
        elif os.path.exists(one):
            files = [one]
        else:
            files = sorted(path for path in glob.glob(one, recursive=True) if os.path.isfile(path))
        if not files:
            raise BillError(f"{one}: no such file" + (" of a bill in the folder" if os.path.isdir(one) else ""))
        found += files
    return list(dict.fromkeys(found))


def source(path: str, columns: Columns, name: str, folder: str) -> Source:
    """What a file is. A file that is no bill is refused, with what it is instead.

    DuckDB takes one kind of line end, and UTF-8: a file of several line ends, or in the code page of Windows that
    holds Latin-1, is copied to the folder in that form.
    """
    with open(path, "rb") as file:
        start = file.read(8)
    if not start:
        raise BillError(f"{name}: empty, not even a header")
    if start.startswith(b"PAR1"):
        return Source(path, name, "parquet", [])
    for mark, what in _KINDS.items():
        if start.startswith(mark):
            raise BillError(f"{name}: the file is {what}; a bill is CSV in UTF-8, gzip or Parquet")
    is_gzip = start.startswith(b"\x1f\x8b")
    scanned = _scan(path, is_gzip, name)
    is_mixed = scanned.lines and scanned.returns and not scanned.returns == scanned.pairs == scanned.lines
    if is_mixed or not scanned.is_utf8:
        path, is_gzip = _rewritten(path, is_gzip, folder, scanned.is_utf8), False
        scanned = _scan(path, is_gzip, name)
    with _opened(path, is_gzip) as file:
        head = file.read(HEADER_BYTES).decode("utf-8", "replace")
    delimiter, skipped, header = _header(head, columns, name)
    return Source(path, name, "csv", header, delimiter, skipped, is_gzip, scanned.quotes)


def _rewritten(path: str, is_gzip: bool, folder: str, is_utf8: bool) -> str:
    copy = os.path.join(folder, f"{len(os.listdir(folder))}.csv")
    encoding = "utf-8" if is_utf8 else "cp1252"
    with _text(path, is_gzip, encoding) as text, open(copy, "w", encoding="utf-8", newline="\n") as out:
        for line in text:
            out.write(line)
    return copy


def line_of(found: Source, row: int, rejected: set[int]) -> int:
    """The line on which a row begins; rows are counted from the header on, without those rejected."""
    at = 0
    for number, is_new, _ in _lines(found, rejected):
        if is_new and at == row:
            return number
        at += is_new
    return 0


def row_count(found: Source, rejected: set[int]) -> tuple[int, bool]:
    """How many rows begin, without those rejected, and whether a quote is never closed."""
    rows, is_open = 0, False
    for _, is_new, is_open in _lines(found, rejected):
        rows += is_new
    return rows, is_open


def _lines(found: Source, rejected: set[int]) -> Iterator[tuple[int, bool, bool]]:
    """Each line's number, whether a row begins there, and whether it ends inside of quotes."""
    is_inside = False
    between = re.escape(found.delimiter)
    closed, opened = (re.compile(f'(^|{between})"{rest}') for rest in ('(?:[^"]|"")*"', ""))
    with _text(found.path, found.is_gzip) as text:
        for number, line in enumerate(text, 1):
            is_good = number > found.skipped and number not in rejected
            is_new = is_good and not is_inside and line != "\n"
            quoted = ('"' if is_inside else "") + (line if number > 1 else _unmarked(line))
            is_inside = is_good and bool(opened.search(closed.sub("", quoted)))
            yield number, is_new, is_inside


def lines_at(found: Source, positions: list[int]) -> list[int]:
    """The lines on which bytes stand, counted from 1 as the positions are; they rise."""
    lines: list[int] = []
    if not positions:
        return lines
    before, line = 0, 1
    with _opened(found.path, found.is_gzip) as file:
        for block in _blocks(file):
            end = b"\n" if b"\n" in block else b"\r"
            while len(lines) < len(positions) and positions[len(lines)] - 1 < before + len(block):
                lines.append(line + block.count(end, 0, positions[len(lines)] - 1 - before))
            before, line = before + len(block), line + block.count(end)
    return lines


def _text(path: str, is_gzip: bool, encoding: str = "latin-1") -> io.TextIOWrapper:
    """Each kind of line end as a line feed; by Latin-1 each byte as one character."""
    return io.TextIOWrapper(_opened(path, is_gzip), encoding=encoding, errors="replace", newline=None)


def _opened(path: str, is_gzip: bool) -> IO[bytes]:
    return gzip.open(path, "rb") if is_gzip else open(path, "rb")  # type: ignore[return-value]


@dataclass(slots=True)
class _Scanned:
    """What all bytes of a file tell."""

    is_utf8: bool = True
    lines: int = 0
    returns: int = 0
    pairs: int = 0
    """Carriage returns before a line feed."""
    quotes: int = 0


def _scan(path: str, is_gzip: bool, name: str) -> _Scanned:
    """A NUL is refused."""
    found, before = _Scanned(), b""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with _opened(path, is_gzip) as file:
            for block in _blocks(file):
                if b"\0" in block:
                    line = found.lines + 1 + block[: block.index(b"\0")].count(b"\n")
                    raise BillError(f"{name}:{line}: a NUL byte; the file is damaged, or in UTF-16")
                found.lines += block.count(b"\n")
                found.returns += block.count(b"\r")
                found.pairs += block.count(b"\r\n") + (before.endswith(b"\r") and block.startswith(b"\n"))
                found.quotes += block.count(b'"')
                before = block
                try:
                    if found.is_utf8:
                        decoder.decode(block)
                except UnicodeDecodeError:
                    found.is_utf8 = False
    except (OSError, EOFError) as error:
        raise BillError(f"{name}: {error}") from None
    return found


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    while block := file.read(BLOCK):
        yield block


def _unmarked(text: str) -> str:
    while text.startswith(MARKS):
        text = text[1:] if text[0] == MARKS[0] else text[3:]
    return text


def _header(head: str, columns: Columns, name: str) -> tuple[str, int, list[str]]:
    """Delimiter, lines above the header, and the header's names."""
    lines = _unmarked(head).splitlines()[:TITLE_LINES]
    sep = re.fullmatch(r"sep=(.)", lines[0], re.IGNORECASE) if lines else None
    delimiters = sep[1] if sep else DELIMITERS
    for skipped, line in enumerate(lines):
        for delimiter in delimiters:
            cells = cells_of(next(csv.reader([line], delimiter=delimiter), []))
            if is_header(cells, columns):
                while cells and not cells[-1]:
                    cells.pop()  # an unnamed column at the end is no column
                return delimiter, skipped, cells
    texts = [line for line in lines[1 if sep else 0 :] if line.strip()] or [""]
    delimiter = max(delimiters, key=texts[0].count)
    raise missing(cells_of(next(csv.reader([texts[0]], delimiter=delimiter), [])), columns, name)
