"""Holds a picture's facts against what was asked for and expected; what cannot be checked is said, not passed over."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from imagepipe.errors import Problem
from imagepipe.frozen import frozen
from imagepipe.plugins import resolve
from imagepipe.values import Candidate, FrozenMap, Request

_PIXELS = "imagepipe.pictures.pixels"
_LOOKS = "imagepipe.pictures.looks"
_LETTERING = "imagepipe.pictures.lettering"
_UNITS = {"": 1, "k": 1000, "K": 1000, "M": 1_000_000, "ki": 1024, "Ki": 1024, "Mi": 1 << 20}
_OF_FILE = {"width", "height", "min_width", "min_height", "aspect", "format", "max_bytes"}
OF_MATTE = frozenset({"alpha", "min_transparent", "max_transparent", "clear_corners", "max_fringe"})
"""What a picture has only once its background is taken away."""

OF_CONTENT = frozenset({"text", "palette", "min_detail", "max_seam", "min_similarity"})
"""What is seen in a picture, which a stand-in never shows."""

_ASPECT_TOLERANCE = 0.01
_PALETTE_DISTANCE = 24


@frozen
class Facts:
    """A picture's facts; `data` b"" where only the recorded ones are at hand: then nothing about pixels is checked.

    `key` is the colour that its background was asked for in; `target` the file that it is an edit of, with its `mask`.
    """

    width: int
    height: int
    format: str
    file_bytes: int
    data: bytes = b""
    key: str = ""
    target: bytes = b""
    mask: bytes = b""


class NotChecked(str):
    """Why an expectation was not checked."""


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
    if size not in ("auto", came) and not (format == facts.format == "svg" and _alike(facts, str(size))):
        found.append(_problem(("options", "size"), f"the picture is {came}, and {size} was asked for"))
    return tuple(found)


def _alike(facts: Facts, size: str) -> bool:
    """Whether a drawing, which has every size, has the proportions of `size`."""
    wide, _, high = size.partition("x")
    if not (wide.isdecimal() and high.isdecimal() and int(wide)):
        return False
    return abs(facts.width * int(high) / (facts.height * int(wide)) - 1) <= _ASPECT_TOLERANCE


def unmet(facts: Facts, expect: Mapping[str, Any]) -> tuple[Problem, ...]:
    """The expectations that `facts` do not meet, each with the figure and the bound."""
    held = ((name, wanted) for name, wanted in expect.items() if facts.data or name in _OF_FILE)
    return tuple(
        problem for name, wanted in held if name in _CHECKS and (problem := _unmet(name, wanted, facts, expect))
    )


def _unmet(name: str, wanted: Any, facts: Facts, expect: Mapping[str, Any]) -> Problem | None:
    fault: str
    if facts.format == "svg" and name not in _OF_FILE:
        fault = NotChecked("a drawing (svg) has no pixels")
    elif name == "palette":
        fault = _palette(facts, wanted, expect.get("palette_distance", _PALETTE_DISTANCE))
    else:
        fault = _CHECKS[name](facts, wanted)
    if isinstance(fault, NotChecked):
        text = f"`expect.{name}` was not checked: {fault}; look at the picture"
        return Problem("expectation-unchecked", ("expect", name), text, severity="warning")
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
    alpha = resolve(f"{_PIXELS}:has_translucency")(facts.data, facts.format)
    if alpha == wanted:
        return ""
    return "the picture has no transparency, and it was asked for" if wanted else "the picture has transparency"


def _share(facts: Facts) -> float:
    return float(resolve(f"{_PIXELS}:transparent_share")(facts.data, facts.format))


def _min_transparent(facts: Facts, wanted: float) -> str:
    return f"{share:.1%} is transparent, expected at least {wanted:.1%}" if (share := _share(facts)) < wanted else ""


def _max_transparent(facts: Facts, wanted: float) -> str:
    return f"{share:.1%} is transparent, expected at most {wanted:.1%}" if (share := _share(facts)) > wanted else ""


def _max_bytes(facts: Facts, wanted: int | str) -> str:
    found = re.fullmatch(r"([\d.]+) ?([kKM]?i?)B?", str(wanted))
    bound = float(found[1]) * _UNITS[found[2]] if found else 0
    return f"the file has {facts.file_bytes} bytes, expected at most {wanted}" if facts.file_bytes > bound else ""


def _palette(facts: Facts, wanted: tuple[str, ...], bound: float = _PALETTE_DISTANCE) -> str:
    found = resolve(f"{_LOOKS}:nearest_colours")(facts.data, facts.format, tuple(wanted))
    missing = [f"{name} (the nearest is {far} of 255 away)" for name, far in found.items() if far > bound]
    return f"colours missing from the picture: {', '.join(missing)}; at most {bound:g} may be" if missing else ""


def _corners(facts: Facts, wanted: int) -> str:
    found = resolve(f"{_LOOKS}:clear_corners")(facts.data, facts.format)
    return f"{found} of 4 corners are clear, expected at least {wanted}" if found < wanted else ""


def _fringe(facts: Facts, wanted: float) -> str:
    if not facts.key:
        return NotChecked("no key colour was asked for")
    try:
        found = resolve(f"{_LOOKS}:fringe")(facts.data, facts.format, facts.key)
    except ModuleNotFoundError:
        return NotChecked("NumPy is not installed (pip install 'imagepipe[pixels]')")
    fault = f"the edge has {found:.2f} more of {facts.key} than the inside, expected at most {wanted:g}"
    return fault if found > wanted else ""


def _detail(facts: Facts, wanted: float) -> str:
    found = resolve(f"{_LOOKS}:detail")(facts.data, facts.format)
    fault = f"the picture is blank: its pixels differ by {found:.1f}, expected at least {wanted:g}"
    return fault if found < wanted else ""


def _seam(facts: Facts, wanted: float) -> str:
    found = resolve(f"{_LOOKS}:seams")(facts.data, facts.format)
    return f"opposite edges differ by {found:.1f} of 255, expected at most {wanted:g}" if found > wanted else ""


def _similarity(facts: Facts, wanted: float) -> str:
    if not facts.target:
        return NotChecked("the picture that was edited is not at hand")
    found = resolve(f"{_LOOKS}:likeness")(facts.data, facts.format, facts.target, facts.mask)
    where = "outside of its mask" if facts.mask else "all over"
    fault = f"the picture is {found:.3f} like its target {where}, expected at least {wanted:g}"
    return fault if found < wanted else ""


def _text(facts: Facts, wanted: str | tuple[str, ...]) -> str:
    texts = (wanted,) if isinstance(wanted, str) else tuple(map(str, wanted))
    try:
        missing = resolve(f"{_LETTERING}:unread")(facts.data, facts.format, texts)
    except resolve(f"{_LETTERING}:CannotRead") as why:
        return NotChecked(why)
    return "text that cannot be read in the picture: " + ", ".join(f'"{text}"' for text in missing) if missing else ""


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
        "clear_corners": _corners,
        "max_fringe": _fringe,
        "min_detail": _detail,
        "max_seam": _seam,
        "min_similarity": _similarity,
        "text": _text,
    }
)
