"""Whether what came back is what `expect` asks for, by the facts that the lock records. Touches no picture."""

import re
from collections.abc import Mapping
from typing import Any

from imagepipe.values import Asset, Candidate, FileFact

_BYTES = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([kKmMgG]?)(i?)[bB]?\s*\Z")
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3}
_NEAR = 0.01


def unmet(asset: Asset, picked: Candidate, files: Mapping[str, FileFact]) -> str:
    """The first expectation that is not met, as a sentence; "" where all are."""
    faults = [_fault("the picture", asset.expect, picked, 0)]
    for output in asset.outputs:
        if output.expect and output.path in files:
            fact = files[output.path]
            faults.append(_fault(output.path, output.expect, fact, fact.bytes))
    stepless = (files[o.path].bytes for o in asset.outputs if o.path in files and files[o.path].sha256 == picked.sha256)
    size = next(stepless, 0)
    faults.append(_too_large("the picture", asset.expect, size))
    return next((fault for fault in faults if fault), "")


def _fault(what: str, expect: Mapping[str, Any], found: Candidate | FileFact, size: int) -> str:
    for name in ("width", "height", "format"):
        value = getattr(found, name)
        if name in expect and value != expect[name]:
            return f"{what} has {name} {value}, and {expect[name]} is expected"
    if "aspect" in expect and (wanted := ratio(expect["aspect"])):
        got = found.width / found.height
        if abs(got - wanted) > _NEAR * wanted:
            return f"{what} is {found.width}x{found.height}, and an aspect of {expect['aspect']} is expected"
    return _too_large(what, expect, size)


def _too_large(what: str, expect: Mapping[str, Any], size: int) -> str:
    limit = bytes_of(expect.get("max_bytes"))
    if limit is not None and size > limit:
        return f"{what} has {size} bytes, and at most {expect['max_bytes']} are expected"
    return ""


def ratio(value: object) -> float | None:
    """An aspect as width over height: `16:9`, `16/9`, `1.5`; None for what is not one."""
    pieces = re.split(r"[:/x]", str(value))
    try:
        numbers = [float(piece) for piece in pieces]
    except ValueError:
        return None
    if len(numbers) > 2 or min(numbers) <= 0:
        return None
    return numbers[0] / (numbers[1] if len(numbers) == 2 else 1.0)


def bytes_of(value: object) -> float | None:
    """A number of bytes: 4000, `400kB`, `4MB` (powers of 1000), `4MiB` (of 1024); None for what is not one."""
    found = _BYTES.match(str(value)) if value is not None else None
    if not found:
        return None
    return float(found[1]) * (1024.0 if found[3] else 1000.0) ** _POWERS[found[2].lower()]
