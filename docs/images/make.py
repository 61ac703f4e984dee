"""Makes the pictures of README and docs from the program itself: a plan in a terminal, the example shop as the placeholder
draws it, and a page of `imagepipe report` (this one needs playwright and a Chromium).

Run from the checkout: `.venv/bin/python docs/images/make.py`.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT))

from tests.server import ImageServer  # noqa: E402 - the checkout is not installed

THEME = TerminalTheme(
    (24, 26, 32),
    (222, 224, 230),
    [(60, 64, 74), (232, 104, 110), (126, 200, 140), (226, 190, 110), (122, 162, 247), (198, 146, 234), (118, 204, 210),
     (222, 224, 230)],
    [(110, 116, 130), (240, 130, 136), (150, 220, 164), (240, 208, 140), (150, 184, 255), (214, 170, 246), (150, 222, 228),
     (255, 255, 255)],
)  # fmt: skip


def imagepipe(project: Path, *arguments: str, **env: str) -> str:
    """What a command prints on a terminal with colours."""
    command = [sys.executable, "-m", "imagepipe", "-C", str(project), *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "FORCE_COLOR": "1", "COLUMNS": "100", **env}
    return subprocess.run(command, env=environment, text=True, capture_output=True, check=False).stdout


def plan(project: Path) -> str:
    """A plan after one changed prompt and one changed quality, on a shop whose pictures are paid for."""
    manifest = project / "assets.yaml"
    text = manifest.read_text().replace("provider: placeholder", "provider: openai")
    manifest.write_text(text)
    server = ImageServer().start()
    env = {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "sk-none", "IMAGEPIPE_DATA": str(project / ".data")}
    imagepipe(project, "build", "--yes", **env)
    server.stop()
    text = text.replace("one matte mug, handle to the right", "two matte mugs, handles to the right")
    text = text.replace("options: {size: square}", "options: {size: square, quality: high}")
    text = text.replace("public/teapot.png", "public/catalogue/teapot.png")
    manifest.write_text(text)
    return imagepipe(project, "plan", **env)


def as_svg(text: str, file: Path) -> None:
    """Terminal output as a picture."""
    width = max(len(line) for line in Text.from_ansi(text).plain.splitlines()) + 2
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=max(72, width), file=nowhere, force_terminal=True)
        console.print(Text("$ imagepipe plan", style="bold"))
        console.print(Text.from_ansi(text.rstrip()))
        svg = console.export_svg(title="imagepipe", theme=THEME)
    # Without the fonts that would be fetched from elsewhere: the system's monospace does.
    file.write_text(re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL), encoding="utf-8")


def sheet(folder: Path, file: Path, height: int = 300, gap: int = 8) -> None:
    """The pictures of a folder side by side, at one height."""
    names = ("hero.png", "teapot.png", "pattern.jpg", "logo.png")
    found = [Image.open(folder / name).convert("RGB") for name in names]
    small = [one.resize((round(one.width * height / one.height), height), Image.Resampling.LANCZOS) for one in found]
    canvas = Image.new("RGB", (sum(one.width for one in small) + gap * (len(small) - 1), height), "white")
    at = 0
    for one in small:
        canvas.paste(one, (at, 0))
        at += one.width + gap
    canvas.quantize(128).save(file, optimize=True)


def page(project: Path, file: Path) -> None:
    """A pull request's page in a browser, opened at the picture that changed."""
    git = ("git", "-C", str(project), "-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "Pictures")):
        subprocess.run([*git, *words], check=True)
    manifest = project / "assets.yaml"
    text = manifest.read_text().replace("one matte mug, handle to the right", "two matte mugs, handles to the right")
    manifest.write_text(text.replace("soft morning light from the left", "low evening light from the left"))
    imagepipe(project, "build")
    imagepipe(project, "report", "--base", "HEAD", "-o", "report.html")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"))
        view = browser.new_page(viewport={"width": 1200, "height": 860}, color_scheme="light")
        view.goto((project / "report.html").as_uri())
        view.get_by_role("button", name="hero").first.click()
        view.evaluate("Promise.all([...document.querySelectorAll('dialog img')].map((image) => image.decode()))")
        view.wait_for_timeout(500)  # the page fades in
        view.screenshot(path=str(file))
        browser.close()
    Image.open(file).convert("RGB").quantize(128).save(file, optimize=True)


def main() -> None:
    """All pictures, in this folder."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "shop"
        shutil.copytree(ROOT / "examples/quickstart", project, ignore=shutil.ignore_patterns("public", "*.lock"))
        imagepipe(project, "build")
        sheet(project / "public", HERE / "quickstart.png")
        page(project, HERE / "report.png")
        shutil.copy(ROOT / "examples/quickstart/assets.yaml", project)
        shutil.rmtree(project / "public")
        (project / "assets.lock").unlink()
        as_svg(plan(project), HERE / "plan.svg")


if __name__ == "__main__":
    main()
