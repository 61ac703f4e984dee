"""Pictures for a page, inside it: whole where there are few, small where there are many, or none at all."""

from base64 import b64encode
from typing import Literal

from imagepipe.errors import ImagepipeError
from imagepipe.pictures import facts
from imagepipe.pictures.thumbs import thumb
from imagepipe.reports.gallery import Picture

Embed = Literal["full", "thumbs", "none"]
FEW = 100
"""Assets up to which a page holds whole pictures."""
_WHOLE, _SIDE = 1_500_000, 2048
_THUMB, _SMALL = 320, 18_000
_DRAWING = 200_000
"""Bytes up to which a drawing is shown: it is not made smaller, and as an image it runs nothing."""
_ROOM = 17_000_000
"""Bytes that all small pictures of a page may take: as text they are a third more, 1,000 assets have 5 MB of words, and
the page stays under 30 MB."""


class Embedder:
    """Makes pictures ready to be shown, each once. `count` is how many pictures there may be."""

    def __init__(self, embed: Embed, count: int) -> None:
        self.embed = embed
        self._most = min(_SMALL, _ROOM // max(1, count))
        self._known: dict[str, Picture] = {}

    def picture(self, sha256: str, data: bytes) -> Picture | None:
        """The picture with these bytes; without them, one that is named but cannot be shown; None where nothing is known
        of it."""
        if not sha256:
            return None
        if sha256 not in self._known:
            self._known[sha256] = self._made(sha256, data)
        return self._known[sha256]

    def _made(self, sha256: str, data: bytes) -> Picture:
        try:
            fact = facts(data)
            if self.embed == "none":
                return Picture(sha256, fact.width, fact.height)
            kind, shown = f"image/{fact.format}", data
            if fact.format == "svg":
                kind, shown = "image/svg+xml", data if len(data) <= _DRAWING else b""
            elif self.embed == "thumbs" or len(data) > _WHOLE:
                bound = (_THUMB, self._most) if self.embed == "thumbs" else (_SIDE, _WHOLE)
                kind, shown = "image/webp", thumb(data, *bound)[0]
        except ImagepipeError:
            return Picture(sha256)
        source = f"data:{kind};base64,{b64encode(shown).decode()}" if shown else ""
        return Picture(sha256, fact.width, fact.height, source)
