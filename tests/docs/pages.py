"""The pages of the documentation and their parts."""

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = (ROOT / "README.md", *sorted(DOCS.rglob("*.md")))
SESSIONS: dict[str, Any] = runpy.run_path(str(DOCS / "sessions.py"))
blocks: Callable[[str], Any] = SESSIONS["blocks"]


def name_of(page: Path) -> str:
    """How a page is called in a test's name."""
    return page.relative_to(ROOT).as_posix()


def text_of(page: Path) -> str:
    """The page."""
    return page.read_text(encoding="utf-8")
