"""Builds the documentation, and follows every link and anchor of it and of the pages at the repository's top.

Needs the extra `docs`, and no network. The sessions of its pages are run by `tests/docs`.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

HERE = Path(__file__).resolve().parent.parent
TOP = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
_LINK = re.compile(r"\]\(([^)\s]+)\)")


class Page(HTMLParser):
    """What a page links to, what it fetches by itself, and the anchors that it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.fetched: set[str] = set()
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Takes in one element."""
        found = {name: value or "" for name, value in attrs}
        self.anchors |= {found[name] for name in ("id", "name") if name in found}
        if tag == "a" and "href" in found:
            self.links.add(found["href"])
        elif tag in ("img", "script", "iframe", "source") and "src" in found:
            self.fetched.add(found["src"])
        elif tag == "link" and found.get("rel") not in ("canonical", "prev", "next") and "href" in found:
            self.fetched.add(found["href"])


def broken(site: Path) -> Iterator[str]:
    """Every link, picture, script or style of the built site that leads nowhere, or out of it unasked."""
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    for path, page in pages.items():
        here = path.relative_to(site).as_posix()
        for link in sorted(page.links | page.fetched):
            scheme = urlsplit(link).scheme or ("http" if link.startswith("//") else "")
            if scheme:
                if scheme in ("http", "https") and link in page.fetched:
                    yield f"{here}: fetches {link}"
                continue
            fault = _fault(site, pages, here, link)
            if fault and here != "404.html":
                yield f"{here}: {link}: {fault}"


def _fault(site: Path, pages: dict[Path, Page], here: str, link: str) -> str:
    parts = urlsplit(urljoin(f"/{here}", link))
    target = site / unquote(parts.path).lstrip("/")
    target = target / "index.html" if target.is_dir() else target
    if not target.is_file():
        return "no such page"
    if parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
        return "no such anchor"
    return ""


def astray(folder: Path) -> Iterator[str]:
    """Every relative link of the pages at the repository's top that names no file."""
    for name in TOP:
        for link in _LINK.findall((folder / name).read_text(encoding="utf-8")):
            if not urlsplit(link).scheme and not (folder / unquote(link.partition("#")[0])).exists():
                yield f"{name}: {link}: no such file"


def main() -> int:
    """Says what is wrong; the exit code is 1 if anything is."""
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(site)]
        if subprocess.run(command, cwd=HERE, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}, check=False).returncode:
            return 1
        wrong = [*broken(site), *astray(HERE)]
        print(f"{len(list(site.rglob('*.html')))} pages built")
    print(*wrong, sep="\n", end="\n" if wrong else "")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
