"""Holds a picture's facts against what was asked for and expected; what cannot be checked is said, not passed over."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from imagepipe.errors import Problem
from imagepipe.pictures.reading import header_of
from imagepipe.plugins import resolve
from imagepipe.values import Candidate, FrozenMap, Request

_PIXELS = MappingProxyType(
    {name: f"imagepipe.pictures.pixels:{name}" for name in ("has_translucency", "transparent_share", "missing_colours")}
)
_UNITS = {"": 1, "k": 1000, "K": 1000, "M": 1_000_000, "ki": 1024, "Ki": 1024, "Mi": 1 << 20}
_NEEDS_PIXELS = {"alpha", "min_transparent", "max_transparent", "palette"}
_ASPECT_TOLERANCE = 0.01


@dataclass(frozen=True, slots=True)
class Facts:
    """A picture's facts; `data` b"" where only the recorded ones are at hand: then nothing about pixels is checked."""

    width: int
    height: int
    format: str
    file_bytes: int
    data: bytes = b""


def check(candidate: Candidate, request: Request, expect: Mapping[str, Any], data: bytes) -> tuple[Problem, ...]:
    """What is wrong with a generated picture: format and size against its request, alpha where a transparent background
    was asked for, and everything of `expect`. Problems of severity "warning" stop nothing."""
    facts = Facts(candidate.width, candidate.height, candidate.format, len(data), data)
    wanted = {"alpha": True} if request.options.get("background") == "transparent" else {}
    return _answers(facts, request.options) + unmet(facts, FrozenMap({**wanted, **expect}))


def _answers(facts: Facts, options: Mapping[str, Any]) -> tuple[Problem, ...]:
    found: list[Problem] = []
    format, size = options.get("output_format", "png"), options.get("size", "auto")
    if facts.format != format:
        found.append(
            _problem(("options", "output_format"), f"the picture is {facts.format}, and {format} was asked for")
        )
    came = f"{facts.width}x{facts.height}"
    if size not in ("auto", came):
        found.append(_problem(("options", "size"), f"the picture is {came}, and {size} was asked for"))
    return tuple(found)


def unmet(facts: Facts, expect: Mapping[str, Any]) -> tuple[Problem, ...]:
    """The expectations that `facts` do not meet, each with the figure and the bound."""
    return tuple(
        problem
        for name, wanted in expect.items()
        if (facts.data or name not in _NEEDS_PIXELS) and (problem := _unmet(name, wanted, facts))
    )


def _unmet(name: str, wanted: Any, facts: Facts) -> Problem | None:
    if name not in _CHECKS:
        text = f"`expect.{name}` cannot be checked here; look at the picture"
        return Problem("expectation-unchecked", ("expect", name), text, severity="warning")
    fault = _CHECKS[name](facts, wanted)
    return _problem(("expect", name), fault) if fault else None


def _problem(path: tuple[str, ...], message: str) -> Problem:
    return Problem("picture-unexpected", path, message)


def _exact(name: str) -> Any:
    return lambda f, wanted: f"{name} is {getattr(f, name)}, expected {wanted}" if getattr(f, name) != wanted else ""


def _least(name: str) -> Any:
    return lambda f, wanted: (
        f"{name} is {getattr(f, name)}, expected {wanted} or more" if getattr(f, name) < wanted else ""
    )


def _aspect(facts: Facts, wanted: str | float) -> str:
    wide, _, high = str(wanted).partition(":")
    bound, ratio = float(wide) / float(high or 1), facts.width / facts.height
    return f"aspect is {ratio:.3f}, expected {wanted}" if abs(ratio / bound - 1) > _ASPECT_TOLERANCE else ""


def _alpha(facts: Facts, wanted: bool) -> str:
    alpha = header_of(facts.data).has_alpha and resolve(_PIXELS["has_translucency"])(facts.data, facts.format)
    if alpha == wanted:
        return ""
    return "the picture has no transparency, and it was asked for" if wanted else "the picture has transparency"


def _share(facts: Facts) -> float:
    return float(resolve(_PIXELS["transparent_share"])(facts.data, facts.format))


def _min_transparent(facts: Facts, wanted: float) -> str:
    return f"{share:.1%} is transparent, expected at least {wanted:.1%}" if (share := _share(facts)) < wanted else ""


def _max_transparent(facts: Facts, wanted: float) -> str:
    return f"{share:.1%} is transparent, expected at most {wanted:.1%}" if (share := _share(facts)) > wanted else ""


def _max_bytes(facts: Facts, wanted: int | str) -> str:
    found = re.fullmatch(r"([\d.]+) ?([kKM]?i?)B?", str(wanted))
    bound = float(found[1]) * _UNITS[found[2]] if found else 0
    return f"the file has {facts.file_bytes} bytes, expected at most {wanted}" if facts.file_bytes > bound else ""


def _palette(facts: Facts, wanted: tuple[str, ...]) -> str:
    missing = resolve(_PIXELS["missing_colours"])(facts.data, facts.format, tuple(wanted))
    return f"colours missing from the picture: {', '.join(missing)}" if missing else ""


_CHECKS: Mapping[str, Any] = MappingProxyType(
    {
        **{name: _exact(name) for name in ("width", "height", "format")},
        "min_width": lambda facts, wanted: _least("width")(facts, wanted),
        "min_height": lambda facts, wanted: _least("height")(facts, wanted),
        "aspect": _aspect,
        "alpha": _alpha,
        "min_transparent": _min_transparent,
        "max_transparent": _max_transparent,
        "max_bytes": _max_bytes,
        "palette": _palette,
    }
)
