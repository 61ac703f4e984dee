"""Pictures that are there already, as assets of a manifest: what each entry says, and their adoption at no cost."""

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from imagepipe.errors import UsageError
from imagepipe.frozen import frozen
from imagepipe.models import sizes
from imagepipe.models.registry import Registry
from imagepipe.oneoff.errands import Errand
from imagepipe.oneoff.wishes import MODEL, Wish, words_of
from imagepipe.paths import FORMATS, suffix_of
from imagepipe.pictures import PictureFault, measure
from imagepipe.pipeline.adopting import adopt
from imagepipe.pipeline.load import load
from imagepipe.values import Candidate, FrozenMap

_OTHER = re.compile("[^a-z0-9]+")
_TAKEN = ("png", "jpeg", "webp")
_OTHERS = (
    (0, b"GIF8", "a GIF"),
    (4, b"ftypavi", "an AVIF"),
    (4, b"ftyphei", "a HEIC"),
    (0, b"\0\0\1\0", "an ICO"),
    (0, b"BM", "a BMP"),
    (0, b"II*\0", "a TIFF"),
    (0, b"MM\0*", "a TIFF"),
)
"""Where in a file it says what picture it is, and how that is called: those that no request can ask for."""


@frozen
class Found:
    """A picture to import: `errand` as its entry asks for it, `file` as it was typed."""

    errand: Errand
    file: str


def found(files: Sequence[str], known: Registry, taken: Iterable[str] = ()) -> tuple[Found, ...]:
    """An errand for each picture: its name as the words, the nearest legal size, its own format. No two ids are alike,
    and none is `taken`.

    Raises UsageError for a file that is no PNG, JPEG or WebP, or is named as another one.
    """
    model = known.find(MODEL).model
    ids = set(taken)
    made = []
    for file in files:
        fact = _measured(file)
        size = sizes.nearest(model, fact.width, fact.height) if model else "auto"
        words = " ".join(_OTHER.sub(" ", Path(file).stem.lower()).split()) or "a picture"
        options = FrozenMap({"size": size, "output_format": fact.format})
        wish = Wish(words, options=options)
        id = _free(words.replace(" ", "-"), ids)
        made.append(Found(Errand(id, wish, words_of(wish), (file,)), file))
    return tuple(made)


def _measured(file: str) -> Candidate:
    try:
        fact = _known(file, Path(file).read_bytes())
    except OSError as error:
        why = error.strerror or "it cannot be read"
        raise UsageError(f"cannot read {file}: {why}", hint="name a picture", code="input-missing") from None
    if FORMATS.get(suffix_of(file)) != fact.format:
        hint = f"rename it: {Path(file).stem}.{fact.format.replace('jpeg', 'jpg')}"
        raise UsageError(f"{file} holds a {fact.format} picture", hint=hint, code="suffix-format")
    return fact


def _known(file: str, data: bytes) -> Candidate:
    other = next((name for at, mark, name in _OTHERS if data[at:].startswith(mark)), "")
    if other:
        message = f"{file} is {other} picture; import takes PNG, JPEG and WebP, which a request can ask for"
        raise UsageError(message, hint="save it as PNG, and import that", code="input-format")
    try:
        return measure(data, _TAKEN)
    except PictureFault as fault:
        hint = "name whole, still PNG, JPEG or WebP pictures; save others as PNG first"
        raise UsageError(f"{file}: {fault.message}", hint=hint, code="input-format") from None


def _free(id: str, taken: set[str]) -> str:
    """The id, or the next one with a number."""
    named, at = id, 1
    while named in taken:
        at += 1
        named = f"{id}-{at}"
    taken.add(named)
    return named


def adopt_all(target: Path, pictures: Sequence[Found]) -> None:
    """Takes each picture as the answer to its entry: no call, no cost. Raises as adopting does."""
    for picture in pictures:
        manifest = load(target.parent, file=target.name)
        asset = next(asset for asset in manifest.assets if asset.id == picture.errand.id)
        adopt(manifest, asset, os.path.abspath(picture.file))
