"""What one received picture costs in CPU beyond the network: decode the answer, verify, name; and what a placeholder costs.

    python benchmarks/answers.py

Prints medians in milliseconds, and the ratio to the plain way (json, base64, a full decode by Pillow).
"""

import base64
import io
import json
import random
import statistics
import time
from collections.abc import Callable

from PIL import Image

from imagepipe.pictures import measure
from imagepipe.providers.card import Card, draw
from imagepipe.providers.imageapi import DIALECT
from imagepipe.values import FrozenMap, Request

REQUEST = Request("openai", "gpt-image-2", "a cup", FrozenMap({"n": 1}))


def cpu(act: Callable[[], object], rounds: int = 15) -> float:
    """Median CPU milliseconds."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        act()
        times.append(1000 * (time.process_time() - start))
    return statistics.median(times)


def noisy_png(size: int = 1024) -> bytes:
    """A PNG of about 1.5 MB: random low bits compress badly, as photographs do."""
    samples = random.Random(1).randbytes(size * size * 9 // 4).translate(bytes(value & 15 for value in range(256)))
    out = io.BytesIO()
    Image.frombytes("RGB", (size, size), samples.ljust(size * size * 3, b"\0")).save(out, "PNG", compress_level=1)
    return out.getvalue()


def main() -> None:
    """Prints the table."""
    data = noisy_png()
    body = json.dumps({"created": 1, "data": [{"b64_json": base64.b64encode(data).decode()}]}).encode()
    rows: list[tuple[str, Callable[[], object], Callable[[], object]]] = [
        (
            "answer to bytes",
            lambda: DIALECT.pictures(body, REQUEST),
            lambda: base64.b64decode(json.loads(body)["data"][0]["b64_json"], validate=True),
        ),
        ("verify and name", lambda: measure(data), lambda: Image.open(io.BytesIO(data)).load()),
    ]
    print(f"one picture of {len(data) / 1e6:.2f} MB        ours    plain   ratio")
    for name, ours, plain in rows:
        mine, theirs = cpu(ours), cpu(plain)
        print(f"{name:<30} {mine:7.2f} {theirs:8.2f} {theirs / mine:6.1f} x")
    for format in ("png", "jpeg", "webp"):
        card = Card(1024, 1024, format, "shop/product-mug", "A ceramic mug on a wooden table, morning light", 7)
        spent = cpu(lambda card=card: draw(card))  # type: ignore[misc]
        print(f"placeholder, 1024x1024 {format:<7} {spent:7.2f}   {1000 / spent:.0f} a second, {len(draw(card))} bytes")


if __name__ == "__main__":
    main()
