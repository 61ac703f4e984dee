"""A page of a thousand assets: small enough to attach, whole, and usable. benchmarks/report.py says how fast it opens."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gitproject import GitProject
from tests.review.pages import Opened

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.timeout(600)]


def at_length(project: GitProject, *arguments: str) -> None:
    """Runs a command that may take its time on a busy machine."""
    with project.start(*arguments) as process:
        out, err = process.communicate(timeout=300)
    assert process.returncode == 0, out + err


def test_a_thousand_assets_before_and_now(tmp_path: Path, visit: Callable[..., Opened]) -> None:
    project = GitProject(tmp_path / "p")
    rows = "".join(f"  a{i:04}: {{prompt: picture {i} of a shop, output: public/{i}.png}}\n" for i in range(1000))
    project.write(f"version: 1\ndefaults: {{provider: placeholder, options: {{quality: low}}}}\nassets:\n{rows}")
    at_length(project.begin(), "build")
    project.commit("First pictures")
    project.edit("of a shop", "of a market")
    at_length(project, "build")
    target = tmp_path / "report.html"
    at_length(project, "report", "--base", "HEAD", "-o", str(target))
    assert target.stat().st_size < 30_000_000
    page = visit(target.as_uri())
    assert len(page.visible()) == 1000
    assert page.page.locator(".card .thumb img[src^='data:image/']").count() == 1000
    page.page.fill("#find", "a0123")
    assert page.visible() == ["a0123"]
    view = page.open("a0123")
    assert view.locator(".stage img").evaluate_all("all => all.map(image => image.naturalWidth)") == [320, 320]
    assert [url for url in page.asked if not url.startswith(("file:", "data:"))] == []
    assert page.complaints == []
