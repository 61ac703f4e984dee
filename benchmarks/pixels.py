"""How fast pixels are made: mattes against the per-pixel script, the cutout with its PNG, a hero in eighteen files.

Needs nothing but imagepipe[pixels]. `python -m benchmarks.pixels [matte] [command] [hero]`, from the project's
folder, prints medians and ratios. The script is the plain Python of tests/steps/classic_reference.py, run on a part of
the picture and counted up, since it takes half a minute on a whole one. Goals: PERFORMANCE, "The pixels".
"""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from io import BytesIO
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import numpy as np
from PIL import Image, ImageDraw

from imagepipe.contracts import StepContext
from imagepipe.steps import resize
from imagepipe.steps.cutout import matte
from imagepipe.steps.encode import encode
from tests.steps import classic_reference

ROUNDS = 5
SIZES = ((1024, 1024), (3840, 2160))
WIDTHS = (320, 480, 640, 960, 1280, 1600)
CLASSIC = {"mode": "classic", "soft_matte": True, "despill": True}
UNMIX = {"mode": "unmix"}
CONTEXT = StepContext("benchmark")
_PART = 256


def picture(size: tuple[int, int]) -> Image.Image:
    """A shaded subject with sixty strands on green, edges smooth."""
    width, height = size
    image = Image.new("RGB", size, (0, 255, 0))
    draw = ImageDraw.Draw(image)
    shade = Image.merge("RGB", [Image.linear_gradient("L").point(lambda v, m=m: v * m // 255) for m in (220, 150, 90)])
    image.paste(shade.resize((width * 6 // 10, height * 8 // 10)), (width * 2 // 10, height // 10))
    for at in range(60):
        end = (width * (0.5 + 0.45 * np.cos(at)), height * (0.5 + 0.45 * np.sin(at)))
        draw.line((width / 2, height / 2, *end), fill=(210, 170, 110), width=3)
    return image.resize((width // 2, height // 2), Image.Resampling.BOX).resize(size, Image.Resampling.BICUBIC)


def took(act: Callable[[], object]) -> float:
    """Seconds of one run."""
    begun = perf_counter()
    act()
    return perf_counter() - begun


def interleaved(acts: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Medians, each round running every act once."""
    times: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(ROUNDS):
        for name, act in acts.items():
            times[name].append(took(act))
    return {name: median(found) for name, found in times.items()}


def script_seconds(image: Image.Image) -> float:
    """What the per-pixel script would take for the whole picture."""
    part = image.crop((0, 0, _PART, _PART))
    each = median(took(lambda: classic_reference.cut(part, CLASSIC)) for _ in range(3))
    return each * image.width * image.height / (_PART * _PART)


def mattes() -> None:
    """The matte alone: goals 50 × for classic, 25 × for unmix."""
    for size in SIZES:
        image = picture(size).convert("RGBA")
        pixels = np.asarray(image)
        script = script_seconds(image)
        found = interleaved({"classic": partial(matte, pixels, CLASSIC), "unmix": partial(matte, pixels, UNMIX)})
        for name, seconds in found.items():
            print(f"{size[0]}x{size[1]} {name}: {seconds * 1000:.0f} ms, {script / seconds:.0f} x the script")


_COMMAND = """
import sys
from imagepipe.contracts import StepContext
from imagepipe.steps import cutout
from imagepipe.steps.encode import encode
from imagepipe.steps.opening import opened
made = cutout.run(opened(open(sys.argv[1], "rb").read()), {"mode": sys.argv[3]}, StepContext("x"))
open(sys.argv[2], "wb").write(encode(made, "png", {"effort": 1}))
try:
    print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
except OSError:
    print(0)
"""


def commands() -> None:
    """A process of its own from PNG to PNG, against the script with its PNG: goals 12 × and 20 ×, under 150 MB."""
    with TemporaryDirectory() as folder:
        before, after = Path(folder) / "in.png", Path(folder) / "out.png"
        for size in SIZES:
            image = picture(size)
            image.save(before)
            rgba = image.convert("RGBA")
            script = script_seconds(rgba) + took(lambda rgba=rgba: rgba.save(BytesIO(), "PNG"))
            for mode in ("classic", "unmix"):
                runs = [_in_process(before, after, mode) for _ in range(ROUNDS)]
                seconds, peak = median(one[0] for one in runs), max(one[1] for one in runs)
                ratio = script / seconds
                print(f"{size[0]}x{size[1]} {mode} with PNG: {seconds:.2f} s, {ratio:.0f} x the script, {peak} MB")


def _in_process(before: Path, after: Path, mode: str) -> tuple[float, int]:
    begun = perf_counter()
    argv = [sys.executable, "-c", _COMMAND, str(before), str(after), mode]
    done = subprocess.run(argv, check=True, capture_output=True, text=True)
    return perf_counter() - begun, int(done.stdout) // 1024


def hero() -> None:
    """A picture of 2048 pixels into six widths and three formats over two threads: goal 1.15 × its encoders' time."""
    image = picture((2048, 2048))
    sized = {width: resize.run(image, {"width": width}, CONTEXT) for width in WIDTHS}
    formats = ("webp", "avif", "jpeg")

    def all_files() -> None:
        with ThreadPoolExecutor(2) as pool:  # As a build does it: the largest first, each encoded once it is there.

            def made(width: int) -> None:
                picture = resize.run(image, {"width": width}, CONTEXT)
                files.extend(pool.submit(encode, picture, format, {}) for format in formats)

            files: list[Future[bytes]] = []
            for done in [pool.submit(made, width) for width in reversed(WIDTHS)]:
                done.result()
            for file in files:
                file.result()

    def encoders() -> None:
        wanted = [(sized[width], format) for width in reversed(WIDTHS) for format in formats]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda one: encode(one[0], one[1], {}), wanted))

    spent: dict[str, list[float]] = {"all": [], "encoders": []}

    def counted(name: str, act: Callable[[], object]) -> None:
        begun = process_time()
        act()
        spent[name].append(process_time() - begun)

    found = interleaved({"all": partial(counted, "all", all_files), "encoders": partial(counted, "encoders", encoders)})
    ratio = found["all"] / found["encoders"]
    work = median(whole / part for whole, part in zip(spent["all"], spent["encoders"], strict=True))
    print(f"hero, 18 files: {found['all']:.2f} s, {ratio:.2f} x its encoders ({found['encoders']:.2f} s)")
    print(f"hero, 18 files: {work:.2f} x its encoders' processor time, which others on the machine disturb less")


PARTS = {"matte": mattes, "command": commands, "hero": hero}

if __name__ == "__main__":
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()
