#!/usr/bin/env python3
"""Gathers the pages of the site, and checks the links of the site that mkdocs makes of them.

    docs/site_pages.py gather FOLDER    the repository's Markdown, where it stands, and the files that it links to
    docs/site_pages.py check FOLDER     every link of every page leads to a file and an anchor in FOLDER
"""

from __future__ import annotations

import re
import shutil
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parents[1]
ELSEWHERE = ("target", ".github", ".git")


def gather(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    pages = [page for page in sorted(ROOT.rglob("*.md")) if page.relative_to(ROOT).parts[0] not in ELSEWHERE]
    files = set(pages)
    for page in pages:
        text = page.read_text()
        for link in re.findall(r'(?:\]\(|src="|srcset=")([^)"#\s]+)', text):
            if not urlsplit(link).scheme:
                files.update(linked(page, link))
    for file in files:
        copy = folder / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)


def linked(page: Path, link: str) -> list[Path]:
    """The file that a page links to; of a folder, each file in it but pages, which need what is not built here."""
    file = (page.parent / link).resolve()
    if not file.exists() or ROOT not in (file, *file.parents):
        sys.exit(f"{page.relative_to(ROOT)}: no {link} in the repository")
    if not file.is_dir():
        return [file]
    return [entry for entry in sorted(file.iterdir()) if entry.is_file() and entry.suffix != ".html"]


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors = {"", "top"}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value and name in ("href", "src", "srcset"):
                self.links.append(value)
                # A browser that reads a file asks nobody for a script, a style or a picture.
                if tag != "a" and urlsplit(value).scheme not in ("", "data"):
                    self.links.append(f"missing/{value}")
            elif value and name in ("id", "name"):
                self.anchors.add(value)


def check(folder: Path) -> None:
    pages = {path: Page(path.read_text()) for path in sorted(folder.rglob("*.html"))}
    faults = []
    count = 0
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme:
                continue
            count += 1
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            is_there = target.is_file() or target.is_dir() and not link.startswith("/")
            has_anchor = target not in pages or unquote(parts.fragment) in pages[target].anchors
            if not (is_there and has_anchor and folder in (target, *target.parents)):
                faults.append(f"{path.relative_to(folder)}: {link}")
    if faults:
        sys.exit("links that lead nowhere:\n" + "\n".join(faults))
    print(f"{len(pages)} pages, {count} links")


if __name__ == "__main__":
    command, place = sys.argv[1:]
    {"gather": gather, "check": check}[command](Path(place).resolve())
