"""How long a manifest of N assets takes to be read, checked, expanded and rendered, against yaml.load alone.

Needs nothing but imagepipe. `python benchmarks/manifest.py [N]` prints medians in seconds and ratios to
`yaml.load(Loader=CSafeLoader)` on the same text; the goal is below 0.8 with everything rendered and nothing cached.
"""

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the checkout itself, installed or not

from imagepipe import yamltext
from imagepipe.manifest import loading
from imagepipe.manifest.shape import Shape

HEAD = """version: 1
project: benchmark
vars: {brand: Fernhill, palette: "warm ochre, slate blue"}
defaults:
  options: {quality: medium}
  prompt: {constraints: [no watermark]}
budget: {per_build: 5.00}
assets:
"""
ASSET = """  item-%05d:
    tags: [web, hero]
    alt: Picture %d of the shop
    prompt:
      use_case: product-mockup
      request: a hero image of a {{ brand }} mug, number %d
      subject: one matte mug, handle to the right
      composition: wide, space on the left
      lighting: soft studio lighting
      materials: matte glaze
      palette: "{{ palette }}"
    options: {size: 1536x1024, quality: high}
    output: public/img/item-%05d.png
"""
ROUNDS = 5
GOAL = 0.8
"""Times yaml.load for everything."""


def text(count: int) -> bytes:
    """A manifest of `count` assets of some twelve lines each."""
    return (HEAD + "".join(ASSET % (at, at, at, at) for at in range(count))).encode()


class OneFile:
    """A tree that holds the manifest alone."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self, path: str) -> bytes:
        if path != "assets.yaml":
            raise FileNotFoundError(path)
        return self.data

    def glob(self, pattern: str) -> tuple[str, ...]:
        return ()


def measured(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def unjudged(data: bytes) -> None:
    """Everything but the judges: read, checked against the schema, merged, expanded, crossed."""
    real = loading._judged
    loading._judged = lambda expansion, judge: {}
    try:
        full(data)
    finally:
        loading._judged = real


def full(data: bytes) -> None:
    wanted = loading.Wanted("benchmark", "assets.yaml", "", date(2026, 11, 21))
    loading.load_with_words(OneFile(data), wanted)


def main(count: int) -> None:
    data = text(count)
    cold = measured(lambda: full(data))
    value = yamltext.read(data, "assets.yaml")
    works: dict[str, Callable[[], object]] = {
        "yaml.load(CSafeLoader)": lambda: yaml.load(data, Loader=yaml.CSafeLoader),
        "read": lambda: yamltext.read(data, "assets.yaml"),
        "schema": lambda: Shape().check(value),
        "read, check, expand": lambda: unjudged(data),
        "read, check, expand, judge, render": lambda: full(data),
    }
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            times[name].append(measured(work))
    whole = median(times["yaml.load(CSafeLoader)"])
    print(f"{count:,} assets, {len(data) / 1e6:.1f} MB")
    for name, taken in times.items():
        print(f"{name:40} {median(taken):7.3f} s   {median(taken) / whole:5.2f} ×")
    print(f"{'all of it, the first time in a process':40} {cold:7.3f} s   {cold / whole:5.2f} ×")
    print(f"ratio {cold / whole:.2f} (goal: below {GOAL})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
