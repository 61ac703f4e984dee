"""Well-known sets of files that sites and apps ask for: names and sizes in pixels, as data."""

from imagepipe.frozen import frozen


@frozen
class SetFile:
    """One file of a set: its name in the folder, width × height in pixels."""

    name: str
    width: int
    height: int


def _squares(pattern: str, *sides: int) -> tuple[SetFile, ...]:
    return tuple(SetFile(pattern.format(side), side, side) for side in sides)


SETS: dict[str, tuple[SetFile, ...]] = {
    "favicon": (SetFile("favicon.ico", 48, 48), *_squares("favicon-{}.png", 16, 32, 48)),
    "apple": (
        SetFile("apple-touch-icon.png", 180, 180),
        *_squares("apple-touch-icon-{}.png", 120, 152, 167, 180, 1024),
    ),
    "android": _squares("android-chrome-{}.png", 36, 48, 72, 96, 144, 192, 512),
    "pwa": _squares("icon-{}.png", 48, 72, 96, 128, 144, 152, 192, 256, 384, 512),
    "social": (
        SetFile("og.jpg", 1200, 630),
        SetFile("twitter.jpg", 1200, 600),
        SetFile("square.jpg", 1080, 1080),
        SetFile("story.jpg", 1080, 1920),
    ),
}
"""Set name → its files."""
