"""How long the report of N assets takes to open in Chromium, against a bare page with the same pictures.

    python benchmarks/report.py [N]

Needs Chromium and playwright. Prints the page's size, and medians in milliseconds from the navigation's start to the end of
its load event; the goal for 1,000 assets is below 3 s and 30 MB.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), None)
HEAD = "version: 1\ndefaults: {provider: placeholder, options: {quality: low}}\nassets:\n"
ASSET = "  a%04d: {prompt: picture %d of a shop, output: public/%d.png}\n"


def ran(folder: Path, *command: str) -> None:
    """Runs a command in the project; what goes wrong is told and ends this."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "IMAGEPIPE_CONFIG": os.devnull}
    subprocess.run(command, cwd=folder, env=env, check=True, stdout=subprocess.DEVNULL)


def report(folder: Path, count: int) -> Path:
    """The page of a project of `count` assets, each with a picture before and now."""
    imagepipe, git = (sys.executable, "-m", "imagepipe"), ("git", "-c", "user.name=b", "-c", "user.email=b@example.com")
    manifest = folder / "assets.yaml"
    manifest.write_text(HEAD + "".join(ASSET % (at, at, at) for at in range(count)), encoding="utf-8")
    ran(folder, "git", "init", "-q")
    ran(folder, *imagepipe, "build")
    ran(folder, "git", "add", "-A")
    ran(folder, *git, "commit", "-qm", "First pictures")
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("a shop", "a market"), encoding="utf-8")
    ran(folder, *imagepipe, "build")
    ran(folder, *imagepipe, "report", "--base", "HEAD", "-o", "report.html")
    return folder / "report.html"


def bare(page: Path) -> Path:
    """A page of the same pictures and nothing else."""
    pictures = re.findall(r'<img src="data:image/[^>]+>', page.read_text(encoding="utf-8"))
    assert pictures
    target = page.with_name("bare.html")
    target.write_text("<!doctype html>" + "".join(pictures), encoding="utf-8")
    return target


def opened(page: Page, path: Path, rounds: int = 5) -> float:
    """Median milliseconds until the page is loaded."""
    times = []
    for _ in range(rounds):
        page.goto("about:blank")
        page.goto(path.as_uri(), timeout=0)
        times.append(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))
    return statistics.median(times)


def main(count: int) -> None:
    """Prints the figures."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        ours = report(Path(folder), count)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        mine, plain = opened(page, ours), opened(page, bare(ours))
        size = ours.stat().st_size / 1e6
        print(f"report of {count} assets  {size:.1f} MB  {mine:.0f} ms  bare page {plain:.0f} ms  {mine / plain:.2f} x")
        browser.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
