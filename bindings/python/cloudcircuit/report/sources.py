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

_MARKS = {
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
    encoding: str = "utf-8"
    is_gzip: bool = False
    has_odd_quotes: bool = False


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


def source(path: str, columns: Columns, name: str) -> Source:
    """What a file is. A file that is no bill is refused, with what it is instead."""
    with open(path, "rb") as file:
        start = file.read(8)
    if not start:
        raise BillError(f"{name}: empty, not even a header")
    if start.startswith(b"PAR1"):
        return Source(path, name, "parquet", [])
    for mark, what in _MARKS.items():
        if start.startswith(mark):
            raise BillError(f"{name}: the file is {what}; a bill is CSV in UTF-8, gzip or Parquet")
    is_gzip = start.startswith(b"\x1f\x8b")
    is_utf8, has_odd_quotes = _scan(path, is_gzip, name)
    encoding = "utf-8" if is_utf8 else "latin-1"
    with _opened(path, is_gzip) as file:
        head = file.read(HEADER_BYTES).decode(encoding, "replace")
    delimiter, skipped, header = _header(head, columns, name)
    return Source(path, name, "csv", header, delimiter, skipped, encoding, is_gzip, has_odd_quotes)


def line_of(found: Source, row: int, rejected: set[int]) -> int:
    """The line on which a row begins; rows are counted from the header on, without those rejected."""
    at, is_inside = 0, False
    with _opened(found.path, found.is_gzip) as file:
        text = io.TextIOWrapper(file, encoding="latin-1", newline=None)
        for number, line in enumerate(text, 1):
            is_new = number > found.skipped and not is_inside and line != "\n" and number not in rejected
            if is_new and at == row:
                return number
            at += is_new
            is_inside ^= line.count('"') % 2 == 1 and number not in rejected
    return 0


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


def _opened(path: str, is_gzip: bool) -> IO[bytes]:
    return gzip.open(path, "rb") if is_gzip else open(path, "rb")  # type: ignore[return-value]


def _scan(path: str, is_gzip: bool, name: str) -> tuple[bool, bool]:
    """Whether all of a file is UTF-8, and whether its quotes are odd in number. A NUL is refused."""
    decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
    quotes = lines = 0
    try:
        with _opened(path, is_gzip) as file:
            for block in _blocks(file):
                if b"\0" in block:
                    line = lines + 1 + block[: block.index(b"\0")].count(b"\n")
                    raise BillError(f"{name}:{line}: a NUL byte; the file is damaged, or in UTF-16")
                lines += block.count(b"\n")
                quotes += block.count(b'"')
                try:
                    if decoder:
                        decoder.decode(block)
                except UnicodeDecodeError:
                    decoder = None
    except (OSError, EOFError) as error:
        raise BillError(f"{name}: {error}") from None
    return decoder is not None, quotes % 2 == 1


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    while block := file.read(BLOCK):
        yield block


def _header(head: str, columns: Columns, name: str) -> tuple[str, int, list[str]]:
    """Delimiter, lines above the header, and the header's names."""
    lines = head.lstrip("\ufeff").splitlines()[:TITLE_LINES]
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
