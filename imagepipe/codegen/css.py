"""The pictures as CSS: a class for each, in the best format the browser takes, on its mean colour while it loads."""

import re
from collections.abc import Sequence

from imagepipe.codegen.shelf import NOTE, File, Picture

_PLAIN = re.compile("[a-zA-Z0-9_-]")
_SMALL_FIRST = ("avif", "webp", "png", "jpeg", "gif", "svg")


def render(pictures: Sequence[Picture]) -> str:
    """The whole file: `.image-ID` for every picture, and `--image-ID` for rules of one's own."""
    root = "".join(f"  --image-{_name(picture.id)}: {_link(picture, picture.main)};\n" for picture in pictures)
    rules = "\n".join(_rule(picture) for picture in pictures)
    return f"/* {NOTE} */\n\n:root {{\n{root}}}\n\n{rules}"


def _rule(picture: Picture) -> str:
    main = picture.main
    lines = [f"  aspect-ratio: {main.width} / {main.height};"] if main.width and main.height else []
    lines += [f"  background-color: {picture.color};"] if picture.color else []
    lines += [f"  background-image: {_link(picture, main)};"]
    choices = _choices(picture)
    if len(choices) > 1:
        listed = ", ".join(f'{_link(picture, file)} type("image/{file.format}")' for file in choices)
        lines.append(f"  background-image: image-set({listed});")
    lines += ["  background-size: cover;"]
    return f".image-{_name(picture.id)} {{\n" + "\n".join(lines) + "\n}\n"


def _choices(picture: Picture) -> list[File]:
    """The widest file of each format in the shape of the main one, small formats first."""
    widest: dict[str, File] = {}
    for file in picture.alike:
        if file.format in _SMALL_FIRST and file.width > getattr(widest.get(file.format), "width", 0):
            widest[file.format] = file
    return sorted(widest.values(), key=lambda file: _SMALL_FIRST.index(file.format))


def _link(picture: Picture, file: File) -> str:
    return f'url("{_text(picture.address(file))}")'


def _text(text: str) -> str:
    return "".join(f"\\{ord(c):x} " if c in '"\\' or not c.isprintable() else c for c in text)


def _name(id: str) -> str:
    """An id as part of a CSS name, everything else than letters, digits, - and _ escaped."""
    return "".join(c if _PLAIN.match(c) else f"\\{c}" for c in id)
