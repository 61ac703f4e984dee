"""The pictures as a Python module: typed dictionaries, the ids a Literal."""

import json
from collections.abc import Sequence

from imagepipe.codegen.shelf import NOTE, Picture

_TYPES = """\
from typing import Final, Literal, TypedDict


class ImageFile(TypedDict):
    path: str
    width: int
    height: int
    format: str
    bytes: int


class ImageAsset(TypedDict):
    src: str
    width: int
    height: int
    alt: str
    srcset: dict[str, str]
    blurhash: str
    color: str
    files: list[ImageFile]
    beside: list[str]
"""


def render(pictures: Sequence[Picture]) -> str:
    """The whole file. JSON of texts, numbers, lists and maps is Python too."""
    ids = ", ".join(json.dumps(picture.id) for picture in pictures)
    type_ = f"ImageId = Literal[{ids}]" if ids else "ImageId = str"
    body = json.dumps({picture.id: picture.data for picture in pictures}, indent=4)
    return f'"""{NOTE}"""\n\n{_TYPES}\n\n{type_}\n\nIMAGES: Final[dict[ImageId, ImageAsset]] = {body}\n'
