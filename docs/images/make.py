"""Makes README's pictures from the program itself: a plan in a terminal, and the example shop as the placeholder draws it.

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


def main() -> None:
    """Both pictures, in this folder."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "shop"
        shutil.copytree(ROOT / "examples/quickstart", project, ignore=shutil.ignore_patterns("public", "*.lock"))
        imagepipe(project, "build")
        sheet(project / "public", HERE / "quickstart.png")
        shutil.rmtree(project / "public")
        (project / "assets.lock").unlink()
        as_svg(plan(project), HERE / "plan.svg")


if __name__ == "__main__":
    main()
