"""What `.ci/docs.py` notices in a built site, and in the pages at the repository's top."""

import runpy
from pathlib import Path
from typing import Any

from tests.docs.pages import ROOT

CHECK: dict[str, Any] = runpy.run_path(str(ROOT / ".ci" / "docs.py"))
HOME = """
<a href="guide/">a</a><a href="guide/#there">b</a><a href="#here">c</a><h1 id="here"></h1><a href="https://example.com/x">d</a>
<a href="guide/#gone">e</a><a href="nowhere/">f</a><img src="gone.png"><script src="https://example.com/x.js"></script>
<link rel="stylesheet" href="//example.com/x.css">
"""


def test_every_link_that_leads_nowhere_and_every_fetch_is_told(tmp_path: Path) -> None:
    (tmp_path / "guide").mkdir()
    (tmp_path / "guide" / "index.html").write_text('<h2 id="there"></h2><a href="..">back</a><a href="../#here">a</a>')
    (tmp_path / "index.html").write_text(HOME)
    assert sorted(CHECK["broken"](tmp_path)) == [
        "index.html: fetches //example.com/x.css",
        "index.html: fetches https://example.com/x.js",
        "index.html: gone.png: no such page",
        "index.html: guide/#gone: no such anchor",
        "index.html: nowhere/: no such page",
    ]


def test_links_of_the_pages_at_the_top_lead_to_files(tmp_path: Path) -> None:
    assert list(CHECK["astray"](ROOT)) == []
    for name in CHECK["TOP"]:
        (tmp_path / name).write_text("[a](docs/gone.md#x) [b](https://example.com)\n")
    assert len(list(CHECK["astray"](tmp_path))) == len(CHECK["TOP"])
