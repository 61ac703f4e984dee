"""A page of a thousand assets: small enough to attach, quick enough to use."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gitproject import GitProject
from tests.review.pages import Opened

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.timeout(600)]


def test_a_thousand_assets_before_and_now(tmp_path: Path, visit: Callable[..., Opened]) -> None:
    project = GitProject(tmp_path / "p")
    rows = "".join(f"  a{i:04}: {{prompt: picture {i} of a shop, output: public/{i}.png}}\n" for i in range(1000))
    project.write(f"version: 1\ndefaults: {{provider: placeholder, options: {{quality: low}}}}\nassets:\n{rows}")
    project.begin().build()
    project.commit("First pictures")
    project.edit("of a shop", "of a market")
    project.build()
    target = tmp_path / "report.html"
    assert project.run("report", "--base", "HEAD", "-o", str(target)).code == 0
    assert target.stat().st_size < 30_000_000
    page = visit(target.as_uri())
    timing = page.page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    assert timing < 3000, "milliseconds"
    assert len(page.visible()) == 1000
    page.page.fill("#find", "a0123")
    assert page.visible() == ["a0123"]
    assert page.complaints == []
