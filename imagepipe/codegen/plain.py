"""The pictures as JSON: {"version": 1, "images": {id: …}}."""

import json
from collections.abc import Sequence

from imagepipe.codegen.shelf import Picture


def render(pictures: Sequence[Picture]) -> str:
    """The whole file."""
    data = {"version": 1, "images": {picture.id: picture.data for picture in pictures}}
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
