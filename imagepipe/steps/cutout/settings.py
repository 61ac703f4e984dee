"""What a cutout is asked to do, as a value, and what can be wrong with it."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from imagepipe.errors import ImagepipeError
from imagepipe.frozen import frozen

Rgb = tuple[int, int, int]


class CutoutFailed(ImagepipeError):
    """The picture cannot be cut out well; the message has the figure and the bound."""


@frozen
class Settings:
    """The options of the step (cutout.json), with their defaults.

    `key`: #rrggbb, or `auto` to measure it; `expected`: the colour that the prompt asked for, "" where none is known.
    Radii are pixels; tolerance and thresholds are channel differences, 0 to 255.
    """

    mode: str = "unmix"
    key: str = "auto"
    auto: str = "border"
    tolerance: float = 12
    soft_matte: bool = False
    transparent_threshold: float = 12
    opaque_threshold: float = 96
    edge_feather: float = 0
    edge_contract: int = 0
    despill: bool = False
    subject: str = "opaque"
    holes: str = "cut"
    expected: str = ""

    @property
    def named_key(self) -> Rgb | None:
        """The colour that was given or asked for; None where it has to be measured."""
        name = self.key if self.key != "auto" else self.expected
        return colour(name) if name else None


def colour(name: str) -> Rgb:
    """#rrggbb as channels, 0 to 255 each. Raises CutoutFailed."""
    digits = name.removeprefix("#")
    try:
        red, green, blue = bytes.fromhex(digits)
    except ValueError:
        raise CutoutFailed(
            f"`{name[:40]}` is no key colour", hint="write it as #rrggbb, as in #00ff00", code="cutout-options"
        ) from None
    return red, green, blue


def settings(options: Mapping[str, Any], expected: str = "") -> Settings:
    """The settings of a call, already valid against cutout.json. Raises CutoutFailed where two options contradict."""
    known = {field.name for field in fields(Settings)}
    made = Settings(**{name: value for name, value in options.items() if name in known}, expected=expected)
    if made.transparent_threshold >= made.opaque_threshold:
        raise CutoutFailed(
            f"transparent_threshold {made.transparent_threshold:g} is not below opaque_threshold "
            f"{made.opaque_threshold:g}",
            hint="keep the transparent one lower",
            code="cutout-options",
        )
    return made
