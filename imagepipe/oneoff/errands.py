"""A wish with its words and its file names: ready to be shown as a payload, or to be sent. Pure."""

from typing import Any

from imagepipe.frozen import frozen
from imagepipe.oneoff.wishes import Wish
from imagepipe.values import Words

GENERATIONS, EDITS = "/v1/images/generations", "/v1/images/edits"


@frozen
class Errand:
    """One request. `outputs` has a path for each of its n pictures, `copies` the smaller ones beside them (none, or as
    many), `most` pixels on their longest side. `id` names it in reports."""

    id: str
    wish: Wish
    words: Words
    outputs: tuple[str, ...]
    copies: tuple[str, ...] = ()
    most: int = 0

    @property
    def files(self) -> tuple[str, ...]:
        """Everything that will be written."""
        return (*self.outputs, *self.copies)


def payload(errand: Errand) -> dict[str, Any]:
    """What `--dry-run` prints: where it goes, what will be written, and exactly the fields that would be sent."""
    wish = errand.wish
    shown: dict[str, Any] = {
        "endpoint": EDITS if wish.images or wish.mask else GENERATIONS,
        "outputs": list(errand.outputs),
        "outputs_downscaled": list(errand.copies),
        "model": wish.model,
        "prompt": errand.words.text,
        **wish.request,
    }
    if wish.images:
        shown["image"] = list(wish.images)
    if wish.mask:
        shown["mask"] = wish.mask
    return shown
